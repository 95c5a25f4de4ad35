"""No plan: why, and the cheapest ways out, each confirmed by a solve

In: a scenario that has no plan.
Out: causes and repairs.
Start at `diagnosis.py`.
"""

from planner.analysis.infeasible.causes import EXCLUDED, causes_of
from planner.analysis.infeasible.diagnosis import diagnose
from planner.analysis.infeasible.settings import Settings, changed
