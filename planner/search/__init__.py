"""A plan and a bound for a program that is too large to be solved whole

In: `Built`, `Parameters`, a gap and a budget.
Out: `Outcome`.
Start at `routing.py`.
"""

from planner.search.bounds import WideBound
from planner.search.neighbouring import KnownPlan, Nearby, Neighbours, known_plan
from planner.search.options import EARLY, FIRST, NEARBY
from planner.search.other_solvers import FILE_FORMATS, program_text, solved_by
from planner.search.routing import bound_of_all, priced_whole, search, seek
