"""What the search of one question leaves for the next."""

from dataclasses import replace

import pytest
from planning import EMPTY, a_scenario, an_offer, commitment, on_demand, online

from planner.analysis.variants import questions_of
from planner.pipeline import solve
from planner.search import Neighbours
from planner.search.engine import Engine
from planner.search.options import DEFAULT
from planner.solver import Watch


def test_a_neighbours_plan_that_is_good_enough_ends_the_search(monkeypatch: pytest.MonkeyPatch) -> None:
    def at(rate: float, scale: float = 1.0) -> dict[str, float]:
        return {"discount_rate": rate, "demand_scale": scale}

    offers = [an_offer("box", {"chat": 1.3}, on_demand(10.0), commitment(6.0, 3))]
    common = {"periods": [{"hours": 730}] * 4, "workloads": [online("chat", 4070.7)], "offers": offers}
    scenarios = [a_scenario(**common, **asked) for asked in (at(0.1), at(0.1001), at(0.1, 1.3))]
    planned: list[int] = []
    original = Engine.plan
    monkeypatch.setattr(Engine, "plan", lambda engine, relaxed: (planned.append(1), original(engine, relaxed))[1])
    neighbours = Neighbours(replace(DEFAULT, direct_integers=-1))
    asked = []
    for question in questions_of(scenarios, EMPTY):
        found = solve(question, 0.01, Watch(), neighbours=neighbours)
        assert found.outcome.status == "optimal"
        assert found.outcome.gap <= 0.01
        asked.append(len(planned))
    assert asked == [1, 1, 2]
