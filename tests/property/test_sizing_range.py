"""Whatever the world: both accountants agree on what low rates leave, and the cases lie on their sides of the plan."""

import pytest
from sized_worlds import CATALOG, draw_sized

from planner.analysis.answer import answer
from planner.domain.plan import Plan

GAP = 1e-6
SEEDS = (*range(40), 43)
"""In world 43 all demand of a period is left unserved, and rounding leaves a trace of the data it would send."""


def plan_of(seed: int) -> Plan | None:
    return answer(draw_sized(seed), CATALOG, gap=GAP).plan


@pytest.mark.parametrize("seed", SEEDS)
def test_low_rates_serve_less_and_cost_more(seed: int) -> None:
    plan = plan_of(seed)
    if plan is None:
        pytest.skip("no plan exists in this world")
    assert plan.audit.agrees, plan.audit.discrepancies
    if plan.sizing is None:
        pytest.skip("nothing is sized in this world")
    for one in plan.sizing.workloads:
        assert 0 < one.low_fraction <= one.high_fraction
        assert one.low_fraction - 1e-9 <= one.worst_low_fraction <= one.served_low_fraction + 1e-9 <= 1 + 2e-9
        assert 0 < one.sized_fraction <= 1 + 1e-9
    low, high = plan.sizing.cases
    if low.npv_usd is not None:
        assert low.npv_usd >= plan.bound_usd - 1e-6
    assert high.npv_usd is not None  # what can be served at these rates can be at higher ones
    assert high.npv_usd <= plan.npv_usd + 1e-6


def test_most_worlds_say_something() -> None:
    """The property above is no empty one."""
    found = [plan_of(seed) for seed in SEEDS]
    assert sum(plan is not None and plan.sizing is not None for plan in found) >= 15
