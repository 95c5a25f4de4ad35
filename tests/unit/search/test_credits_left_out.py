"""Where credits keep the search from a plan, the plan without them is one, as far as it keeps the limits on money."""

from typing import Any

import numpy as np
import pytest
from planning import EMPTY, EXACT, a_scenario, an_offer, commitment, on_demand, online

from planner.formulation import Built
from planner.formulation.parameters import Parameters
from planner.pipeline import Solution, prepare
from planner.pipeline.credits import SearchWay
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


def only_from_a_plan(built: Built, p: Parameters, gap: float, watch: Watch, known: float = np.inf) -> Outcome:
    """A search that finds nothing where there are credits, unless it begins from a plan."""
    return (search if built.start is not None else no_plan_with_credits)(built, p, gap, watch, known)


def searched(way: SearchWay = no_plan_with_credits, provider: str = "a", usd: float = 500, **fields: Any) -> Solution:
    scenario = a_scenario(
        years=1,
        workloads=[online("w", 1.0, end="2027-04")],
        start="2027-01",
        offers=[OFFER, DEAR_BUT_SLOW_TO_PAY],
        credits=[{"provider": provider, "usd": usd, "expires": "2028-01"}],
        **fields,
    )
    return solve_by(prepare(scenario, EMPTY), EXACT, Watch(), way)


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


def test_no_plan_is_not_enough_where_any_plan_is() -> None:
    scenario = a_scenario(
        years=1,
        workloads=[online("w", 1.0)],
        start="2027-01",
        offers=[OFFER],
        credits=[{"provider": "a", "usd": 5000, "expires": "2028-01"}],
    )
    found = solve_by(prepare(scenario, EMPTY), EXACT, Watch(), no_plan_with_credits, enough=np.inf)
    assert found.decisions is not None


def test_there_is_none_where_limits_leave_none_without_credits() -> None:
    assert searched(budget_per_period_usd=700).outcome.x is None


def test_the_search_goes_on_from_the_plan_without_credits() -> None:
    """Without credits three months by the hour are cheapest; credits of the other seller make its year cheaper."""
    solution = searched(only_from_a_plan, provider="b", usd=5000)
    assert float(solution.outcome.objective) * 1000 == pytest.approx(12 * 730.0 - 5000)
    assert solution.outcome.status == "optimal"


def test_the_search_goes_on_where_its_time_was_cut() -> None:
    """All of the time is used: a plan that was found in the share of credits is the start in what is left."""
    began: list[bool] = []

    def slow(built: Built, p: Parameters, gap: float, watch: Watch, known: float = np.inf) -> Outcome:
        found = search(built, p, gap, watch, known)
        if p.credits and built.start is None:
            watch.deadline = -np.inf
            return found._replace(status="feasible", bound=0.0)
        began.append(built.start is not None)
        return found

    assert searched(slow).outcome.status == "optimal"
    assert began[-1]
