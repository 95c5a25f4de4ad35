"""The statement of a plan: its entries give the present value, the cash and the unit costs of plans worked out by hand."""

from collections import defaultdict

import pytest
from audit_lab_plan import lab
from audit_plans import read, startup
from audit_world_plan import world

from planner.audit import statement
from planner.domain.records.plan import Plan

BY_HAND = {
    **{rule: startup(rule) for rule in ("market", "liability", "annuity")},
    "world": world(),
    "lab": lab(),
}


def agrees(plan: Plan) -> None:
    found = statement(plan)
    assert found.npv_usd == pytest.approx(plan.npv_usd, rel=1e-9, abs=0.005)
    assert sum(e.usd for e in found.entries if e.cash) == pytest.approx(plan.total_usd, rel=1e-9, abs=0.005)
    cost: dict[str, float] = defaultdict(float)
    for entry in found.entries:
        for workload, share in found.shares.get(entry.centre, {}).items():
            cost[workload] += share * entry.usd
    for unit in plan.unit_costs:
        assert cost[unit.workload] / found.units[unit.workload] == pytest.approx(unit.usd_per_unit, rel=1e-6)


@pytest.mark.parametrize("name", BY_HAND)
def test_plans_by_hand(name: str) -> None:
    agrees(read(BY_HAND[name]))


def test_unit_costs_were_compared() -> None:
    assert sum(bool(read(plan).unit_costs) for plan in BY_HAND.values()) >= 4


def test_support_is_the_share_of_the_entry_it_names() -> None:
    found = statement(read(world()))
    support = [e for e in found.entries if e.share_of is not None]
    assert support
    for entry in support:
        assert entry.share_of is not None
        assert entry.usd == pytest.approx(found.entries[entry.share_of].usd * entry.unit_price_usd, abs=1e-6)
