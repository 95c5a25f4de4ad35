"""A plan among very few classes stands before the search, and is the answer where that finds none, or a dearer one."""

from math import inf
from typing import Any

import numpy as np
import pytest
from mixed_worlds import draw_mixed
from planning import EMPTY, EXACT, a_scenario, an_offer, commitment, on_demand, online

from planner.formulation import Built, write
from planner.formulation.parameters import Parameters
from planner.pipeline import Solution, prepare, solve, solving
from planner.search.routing import search
from planner.solver.outcome import Outcome, solved_directly
from planner.solver.second_look import holds
from planner.solver.watch import Watch

CHEAP = an_offer("cheap", {"w": 1.0}, on_demand(2.0), provider="a")
YEARLY = an_offer("yearly", {"w": 1.0}, commitment(1.0, 12), provider="b")


def finds_nothing(built: Built, p: Parameters, gap: float, watch: Watch, known: float = np.inf) -> Outcome:
    return search(built, p, gap, watch, known)._replace(status="limit", x=None, objective=np.inf)


def solved(monkeypatch: pytest.MonkeyPatch, way: Any, small: int = 0, **fields: Any) -> Solution:
    monkeypatch.setattr(solving, "SMALL", small)
    monkeypatch.setattr(solving, "search", way)
    scenario = a_scenario(years=1, workloads=[online("w", 1.0)], start="2027-01", offers=[CHEAP, YEARLY], **fields)
    return solve(prepare(scenario, EMPTY), EXACT, Watch())


@pytest.mark.parametrize("fields", [{}, {"credits": [{"provider": "a", "usd": 50, "expires": "2028-01"}]}])
def test_a_plan_is_there_where_the_search_finds_none(monkeypatch: pytest.MonkeyPatch, fields: dict[str, Any]) -> None:
    found = solved(monkeypatch, finds_nothing, **fields)
    assert found.decisions is not None
    assert found.among_nearest
    assert found.outcome.bound <= found.outcome.objective


def test_a_plan_that_exists_is_not_denied(monkeypatch: pytest.MonkeyPatch) -> None:
    def denies(built: Built, p: Parameters, gap: float, watch: Watch, known: float = np.inf) -> Outcome:
        return finds_nothing(built, p, gap, watch, known)._replace(status="infeasible", bound=np.inf)

    found = solved(monkeypatch, denies)
    assert found.decisions is not None
    assert found.outcome.bound == -np.inf


def test_the_search_answers_where_it_is_better(monkeypatch: pytest.MonkeyPatch) -> None:
    found = solved(monkeypatch, search)
    assert found.outcome.status == "optimal"
    assert not found.among_nearest


def test_nothing_is_sought_before_what_is_small(monkeypatch: pytest.MonkeyPatch) -> None:
    assert solved(monkeypatch, finds_nothing, small=solving.SMALL).decisions is None


def test_no_plan_stays_no_plan(monkeypatch: pytest.MonkeyPatch) -> None:
    found = solved(monkeypatch, search, budget_total_usd=10)
    assert found.decisions is None
    assert found.outcome.status == "infeasible"


def test_a_small_program_ends_at_a_plan_that_is_enough_and_its_bound_holds() -> None:
    ended = 0
    for seed in range(30):
        built = write(prepare(a_scenario(**draw_mixed(seed)), EMPTY).parameters).built
        best = solved_directly(built.matrix, 1e-6, Watch())
        any_plan = solved_directly(built.matrix, 1e-6, Watch(), inf)
        assert any_plan.status != "infeasible" or best.status == "infeasible"
        if best.x is None or any_plan.x is None:
            continue
        room = 1e-6 * max(abs(best.objective), 1.0)
        assert any_plan.bound - room <= best.objective <= any_plan.objective + room
        assert holds(built.matrix, any_plan.x)
        ended += any_plan.objective > best.objective + room
    assert ended >= 3, ended
