"""`planner estimate`: one model on every accelerator, before any scenario exists

In: a serving or training request.
Out: `Estimate` records.
Start at `serving.py` and `training.py`.
"""

from planner.sizing.estimates.market_price import cheapest, market_of, stated
from planner.sizing.estimates.rule_of_thumb import serving_rules, training_rules
from planner.sizing.estimates.serving import serving_lines
from planner.sizing.estimates.training import total_flop, training_lines
from planner.sizing.estimates.units import unit_lines
