"""What changes if numbers change: how far limits must give way, what a unit more is worth, when an option enters

In: `Built`, `Outcome`.
Out: numbers by row or option.
Start at `duals.py`.
"""

from planner.sensitivity.duals import Fixed, Limit, dual_worth, least, limits_of, loosened, most_of, moved
from planner.sensitivity.elastic import any_point, integers, least_shortage
from planner.sensitivity.entry_price import Flip, PriceSide, Trials, trials_of
from planner.sensitivity.loosening import cost_of, least_step, proven_cost, that_bind, with_column, without
from planner.sensitivity.scaled_sites import IMPOSSIBLE, StrategicProgram, Value, scales
