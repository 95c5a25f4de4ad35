"""What binds, what it is worth, the price at which an option enters

In: a solved scenario.
Out: `Explanation`.
Start at `explain.py`.
"""

from planner.analysis.explain.entry_prices import TIE, hosted_price
from planner.analysis.explain.explain import explain, taken_options, trials_among
from planner.analysis.explain.line_reasons import successor
from planner.analysis.explain.named_limits import PART_TELLING, WORTH_TELLING, Named, in_wholes, named_limit
from planner.analysis.explain.shadow_prices import stated_step
