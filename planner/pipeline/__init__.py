"""The walk: scenario and catalog → market → sizing → parameters → program → outcome → solution. Pure

In: `Scenario` and `Catalog`.
Out: `Question`, then `Solution`.
Start at `question.py`, then `solving.py`.
"""

from planner.pipeline.question import (
    Question,
    horizon_of,
    on_market,
    on_scenario,
    prepare,
    prepare_beside,
    rerated,
    resized,
    restricted,
    scenario_hash,
    scenario_value,
    with_options,
)
from planner.pipeline.solving import (
    Solution,
    few_enough,
    large,
    solution_of,
    solve,
    solve_among,
    solve_from,
    solve_roughly,
    some_plan,
    unbounded,
)
