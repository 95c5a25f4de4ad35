"""Where credits keep the search from a plan, the plan without them is one, as far as it keeps the limits on money."""

from typing import Any

import numpy as np
import pytest
from planning import EMPTY, EXACT, a_scenario, an_offer, commitment, on_demand, online

from planner.formulation import Built
from planner.formulation.parameters import Parameters
from planner.pipeline import Solution, prepare
from planner.pipeline.solving import solve_by
from planner.search.routing import search
from planner.solver.outcome import Outcome
from planner.solver.watch import Watch

DEAR_BUT_SLOW_TO_PAY = an_offer("yearly", {"w": 1.0}, commitment(1.0, 12), provider="b")
OFFER = an_offer("hourly", {"w": 1.0}, on_demand(3.0), provider="a")


def no_plan_with_credits(built: Built, p: Parameters, gap: float, watch: Watch, known: float = np.inf) -> Outcome:
    """A search that finds nothing where there are credits."""
    found = search(built, p, gap, watch, known)
    return found._replace(status="limit", x=None, objective=np.inf) if p.credits else found


def searched(**fields: Any) -> Solution:
    scenario = a_scenario(
        years=1,
        workloads=[online("w", 1.0, end="2027-04")],
        start="2027-01",
        offers=[OFFER, DEAR_BUT_SLOW_TO_PAY],
        credits=[{"provider": "a", "usd": 500, "expires": "2028-01"}],
        **fields,
    )
    return solve_by(prepare(scenario, EMPTY), EXACT, Watch(), no_plan_with_credits)


@pytest.mark.parametrize(
    ("limit", "cost"),
    [
        ({}, 3 * 3.0 * 730 - 500),  # the cheapest without credits is the plan, and uses them
        ({"budget_per_period_usd": 1000}, 12 * 730.0),  # it exceeds the limit: the best within it is taken
    ],
)
def test_the_plan_without_credits_is_a_plan(limit: dict[str, Any], cost: float) -> None:
    solution = searched(**limit)
    assert solution.outcome.x is not None
    assert float(solution.outcome.objective) * 1000 == pytest.approx(cost)


def test_there_is_none_where_limits_leave_none_without_credits() -> None:
    assert searched(budget_per_period_usd=700).outcome.x is None
