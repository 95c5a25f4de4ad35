"""What the audit forgives goes by the size of what it compares, not by a fixed amount of it."""

from collections.abc import Callable

import pytest

from planner.analysis.answer import answer
from planner.audit import audit
from planner.domain.records.plan import Plan
from tests.helpers.planning import a_scenario, an_offer, flexible, on_demand, online

pytestmark = pytest.mark.slow

SCALES = (1e-6, 1.0, 1e6)


def a_plan(scale: float) -> Plan:
    """The same nodes at any scale: demand and what a node does are multiplied alike."""
    scenario = a_scenario(
        workloads=[online("chat", 3 * scale), flexible("jobs", 5 * scale)],
        offers=[an_offer("n", {"chat": 2 * scale, "jobs": 4 * scale}, on_demand(3.0))],
    )
    plan = answer(scenario, baselines=False).plan
    assert plan is not None
    return plan


def less_work(plan: Plan) -> Plan:
    serving = [r.model_copy(update={"work": r.work * 0.999}) for r in plan.serving]
    return plan.model_copy(update={"serving": tuple(serving)})


def less_able(plan: Plan) -> Plan:
    serving = [r.model_copy(update={"capacity": r.able * 1.001}) for r in plan.serving]
    return plan.model_copy(update={"serving": tuple(serving)})


@pytest.mark.parametrize("scale", SCALES)
def test_a_plan_agrees_at_every_scale(scale: float) -> None:
    plan = a_plan(scale)
    assert plan.audit.agrees, plan.audit.discrepancies
    assert plan.npv_usd == pytest.approx(a_plan(1.0).npv_usd, rel=1e-9)


@pytest.mark.parametrize(("rule", "broken"), [("demand", less_work), ("work", less_able)])
@pytest.mark.parametrize("scale", SCALES)
def test_a_thousandth_is_found_at_every_scale(scale: float, rule: str, broken: Callable[[Plan], Plan]) -> None:
    found = audit(broken(a_plan(scale)))
    assert not found.agrees
    assert rule in {discrepancy[0] for discrepancy in found.discrepancies}
