"""Credits never make a plan dearer, and no line of a plan does nothing."""

from typing import Any

import numpy as np
import pytest
from planning import EMPTY, a_scenario, an_offer, commitment, months, on_demand, online

from planner.domain.scenario.scenario import Scenario
from planner.formulation.build import Built
from planner.formulation.parameters.parameters import Parameters
from planner.pipeline import prepare, solution_of, solve
from planner.pipeline.solving import solve_by
from planner.search.routing import search
from planner.solver.outcome import Outcome
from planner.solver.watch import Watch


def asked(**fields: Any) -> Scenario:
    return a_scenario(
        periods=months(2),
        workloads=[online("w", [2.0, 2.0])],
        offers=[
            an_offer("a", {"w": 1}, on_demand(1.2), commitment(1.1, 2), provider="p"),
            an_offer("b", {"w": 1}, on_demand(1.0), provider="q"),
        ],
        **fields,
    )


CREDITS = {"credits": [{"provider": "q", "usd": 1000}]}


def test_what_is_found_without_credits_is_a_plan_with_them() -> None:
    """A search that finds nothing with credits in the program ends with the plan without them, less the credits."""

    def shy(built: Built, p: Parameters, gap: float, watch: Watch) -> Outcome:
        found = search(built, p, gap, watch)
        if p.credits:
            return found._replace(status="limit", x=None, objective=np.inf, gap=np.inf)
        return found

    found = solve_by(prepare(asked(**CREDITS), EMPTY), 1e-9, Watch(), shy)
    assert found.present is not None
    assert float(found.present.npv) == pytest.approx(2 * 2 * 730 - 1000)
    assert found.outcome.status == "optimal", "the bound of the search with credits holds for it"


def test_a_plan_of_the_search_that_is_better_stays() -> None:
    def thorough(built: Built, p: Parameters, gap: float, watch: Watch) -> Outcome:
        return search(built, p, gap, watch)._replace(status="feasible")

    grants = [{"provider": "p", "usd": 2000}]
    found = solve_by(prepare(asked(credits=grants), EMPTY), 1e-9, Watch(), thorough)
    best = solve(prepare(asked(credits=grants), EMPTY), 1e-9, Watch())
    assert found.present is not None
    assert best.present is not None
    assert float(found.present.npv) == pytest.approx(float(best.present.npv))


def test_what_is_signed_and_does_nothing_is_left_out() -> None:
    """A node of `a` under contract, paid by credits of `p`, beside two of `b` at work: the plan costs no more without it."""
    scenario = asked(credits=[{"provider": "p", "usd": 5000, "expires_period": 2}, {"provider": "q", "usd": 5000}])
    solved = solve(prepare(scenario, EMPTY), 1e-9, Watch())
    built, x = solved.built, np.zeros(len(solved.built.columns))
    order = built.order
    p = solved.question.parameters
    classes = {p.options[o].option.provider: c for c, group in enumerate(p.classes) for o in group.running}
    hourly = {p.options[o].option.provider: o for group in p.classes for o in group.running}
    (signed,) = (v for (o, at), v in built.variables.signed.items() if at == 0)
    x[order[signed.name]] = 1
    for t in range(2):
        x[order[built.variables.running[hourly["q"], t, 0].name]] = 2
        x[order[built.variables.served[0, classes["q"], t, 0].name]] = 2
        x[order[built.variables.held[classes["q"], t, 0].name]] = 2
        x[order[built.variables.credit[0, t].name]] = 1.1 * 0.73
        x[order[built.variables.credit[1, t].name]] = 2 * 0.73
    idle = solution_of(solved.question, built, solved.outcome._replace(x=x))
    assert idle.decisions is not None
    assert not idle.decisions.signed
    assert sum(idle.decisions.running.values()) == pytest.approx(4)
