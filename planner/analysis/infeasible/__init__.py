"""No plan: why, and the cheapest ways out, each confirmed by a solve

In: a scenario that has no plan.
Out: causes and repairs.
Start at `diagnosis.py`.
"""

from planner.analysis.infeasible.causes import EXCLUDED, causes_of
from planner.analysis.infeasible.diagnosis import diagnose, levers_of
from planner.analysis.infeasible.levers import STATED, Lever
from planner.analysis.infeasible.oracle import Possible
from planner.analysis.infeasible.settings import Settings, changed, dotted, merged
