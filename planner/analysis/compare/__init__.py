"""Two scenarios or plans side by side, and many variants of one

In: scenarios or plans.
Out: differences, or one answer a variant.
Start at `compare.py` and `what_if.py`.
"""

from planner.analysis.compare.compare import Subject, compare, judged
from planner.analysis.compare.what_if import Variant, what_if
