"""The limits of a scenario that may give way, one by one

In: a scenario.
Out: levers: path, amount, words.
Start at `table.py`: what limits there are.
"""

from planner.analysis.infeasible.levers.levers import ASSUMED, DEMAND, FILTER, LEFT_OUT, STATED, Lever, raised
from planner.analysis.infeasible.levers.rows import ENDLESS, LimitPlace, levers_at
from planner.analysis.infeasible.levers.table import FILTERS, LIMITS
from planner.analysis.infeasible.levers.work import work_levers
