"""Whatever the world: both accountants agree on what low rates leave, and the cases lie on their sides of the plan."""

import pytest
from sized_worlds import CATALOG, draw_sized

from planner.analysis.answer import answer
from planner.domain.records.plan import Plan
from planner.domain.records.plan_records import SizingRecord

GAP = 1e-6
SEEDS = (*range(40), 43)
"""In world 43 all demand of a period is left unserved, and rounding leaves a trace of the data it would send."""


def plan_of(seed: int) -> Plan | None:
    return answer(draw_sized(seed), CATALOG, gap=GAP).plan


@pytest.mark.parametrize("first", range(0, len(SEEDS), 8))
def test_low_rates_serve_less_and_cost_more(first: int) -> None:
    said = 0
    for seed in SEEDS[first : first + 8]:
        plan = plan_of(seed)
        if plan is not None:
            assert plan.audit.agrees, f"world {seed}: {plan.audit.discrepancies}"
            said += plan.sizing is not None
            if plan.sizing is not None:
                _lies_between(plan, plan.sizing)
    assert said > 0 or first + 8 > len(SEEDS), "no world of these has a plan that rests on sizing"


def _lies_between(plan: Plan, sizing: SizingRecord) -> None:
    for one in sizing.workloads:
        assert 0 < one.low_fraction <= one.high_fraction
        assert one.low_fraction - 1e-9 <= one.worst_low_fraction <= one.served_low_fraction + 1e-9 <= 1 + 2e-9
        assert 0 < one.sized_fraction <= 1 + 1e-9
    low, high = sizing.cases
    if low.npv_usd is not None:
        assert low.npv_usd >= plan.bound_usd - 1e-6
    assert high.npv_usd is not None  # what can be served at these rates can be at higher ones
    assert high.npv_usd <= plan.npv_usd + 1e-6
