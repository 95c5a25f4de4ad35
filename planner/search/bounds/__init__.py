"""Below which no plan can be: the relaxation with cuts, slices priced one by one, few classes that speak for all

In: `Matrix`, `Layout`.
Out: bounds, and the relaxation kept alive.
Start at `relaxation.py`.
"""

from planner.search.bounds.by_class import WideBound, bound_by_classes
from planner.search.bounds.pricing import SlicePricing
from planner.search.bounds.relaxation import Relaxation
from planner.search.bounds.wide_pricing import WidePricing
