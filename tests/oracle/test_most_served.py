"""As much as possible under a budget: the multiple found, its bound, and what whole nodes leave between them."""

import pytest
from planning import a_scenario, an_offer, answered, months, on_demand, online

from planner.domain.records.plan import Plan

MONTH = 730.0


def most(budget_usd: float, **fields: object) -> Plan:
    offer = an_offer("o", {"chat": 1.0}, on_demand(1.0))
    asked = {"periods": months(1), "workloads": [online("chat", 1.0)], "offers": [offer]} | fields
    found = answered(a_scenario(objective="most_served", budget_total_usd=budget_usd, **asked))
    assert found.stop == "done"
    assert found.plan is not None
    assert found.plan.audit.agrees
    return found.plan


def test_fractional_nodes_serve_the_budget_to_the_last_dollar() -> None:
    plan = most(2.5 * MONTH, integers="relaxed")
    assert plan.largest_demand_scale == pytest.approx(2.5)
    assert plan.scenario.resolved["demand_scale"] == pytest.approx(2.5, abs=1e-4)
    assert plan.total_usd == pytest.approx(2.5 * MONTH, rel=1e-4)


@pytest.mark.parametrize(("nodes", "served"), [(1.7, 1), (2.5, 2), (6.2, 6)])
def test_whole_nodes_serve_whole_multiples(nodes: float, served: int) -> None:
    """The relaxation serves as many multiples as the budget pays nodes; whole ones serve the next whole number below."""
    plan = most(nodes * MONTH)
    assert plan.largest_demand_scale == pytest.approx(nodes)
    scale = plan.scenario.resolved["demand_scale"]
    assert served * 0.97 < scale <= served
    assert plan.total_usd == pytest.approx(served * MONTH)


def test_the_largest_multiple_that_is_tried_is_a_limit() -> None:
    plan = most(1e6, most_demand_scale=3.0)
    assert plan.scenario.resolved["demand_scale"] == pytest.approx(3.0)


def test_a_training_run_grows_with_the_rest() -> None:
    """4 nodes of 1 step an hour in one month, at 1 dollar: 2,920 steps; a budget for half of that halves the multiple."""
    run = {"name": "r", "kind": "training_run", "unit": "s", "work": 2920, "max_accelerators": 4}
    steady = {"failures_per_accelerator_year": 0, "checkpoint_write_minutes": 0}
    fields = {"workloads": [run | steady], "offers": [an_offer("o", {"r": 1.0}, on_demand(1.0))]}
    plan = most(1460.0, **fields)
    assert plan.largest_demand_scale == pytest.approx(0.5, rel=2e-3)
    assert 0.47 < plan.scenario.resolved["demand_scale"] <= 0.5


def test_a_budget_that_pays_nothing_has_no_plan() -> None:
    offer = an_offer("o", {"chat": 1.0}, on_demand(1000.0))
    asked = a_scenario(periods=months(1), workloads=[online("chat", 1.0)], offers=[offer], objective="most_served",
                       budget_total_usd=1.0)  # fmt: skip
    found = answered(asked)
    assert found.stop == "infeasible"
    assert found.causes
