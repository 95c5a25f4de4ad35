"""The program: parameters, variables, objective, rows

In: `Parameters`.
Out: `Built` (a PuLP program with keyed rows) or the same as arrays.
Start at `build.py`, which names the constraint families in order.
"""

from planner.formulation.arrays import SUMS, integers_of, repriced, write
from planner.formulation.build import FAMILIES, Built, PricedWhole, build, families_where
from planner.formulation.parameters import stands_of
from planner.formulation.resilience import NOTHING, emergency_of, outside
from planner.formulation.spending import credits_in, settled_in, spending
from planner.formulation.usage import useful_nodes
from planner.formulation.variables import Variables
