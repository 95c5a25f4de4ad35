"""Reported situations of limits that come in whole steps and of cards that idle, with the answer that is right."""

from typing import Any

import pytest
from planning import a_scenario, an_offer, on_demand, online, planned

UPFRONT = {"kind": "commitment", "upfront_usd": 60_000, "term_months": 12}
NODE = an_offer("node", {"w": 1}, on_demand(12), UPFRONT, provider="a")
DEAR = an_offer("node2", {"w": 1}, on_demand(20), provider="b")
YEAR: dict[str, Any] = {"start": "2027-01", "months": 12, "terminal": "liability", "replicas": "whole"}


def test_a_budget_by_the_month_delays_the_second_signing() -> None:
    """100,000 a month pay for one node upfront; the second is by the hour for a month, 8,760, and signed in the next."""
    plan = planned(a_scenario(**YEAR, budget_per_period_usd=100_000, workloads=[online("w", 2)], offers=[NODE]))
    assert plan.npv_usd == pytest.approx(120_000 + 8_760)
    (found,) = plan.binding
    assert (found.constraint, found.step, found.step_saves_usd) == (
        "budget_per_period_usd",
        20_000,
        pytest.approx(8_760),
    )


def test_a_share_of_sixty_percent_of_two_nodes_is_one() -> None:
    """One node upfront at the first provider, one by the hour at the dear one: 60,000 + 20 x 8,760."""
    plan = planned(a_scenario(**YEAR, max_share_per_provider=0.6, workloads=[online("w", 2)], offers=[NODE, DEAR]))
    assert plan.npv_usd == pytest.approx(235_200)
    (found,) = plan.binding
    assert found.constraint == "max_share_per_provider"
    assert (found.step, found.without_saves_usd) == pytest.approx((0.4, 115_200))


@pytest.mark.parametrize(("mtok_a_day", "used"), [(6, 0.0992), (45, 0.744)])
def test_a_card_is_used_by_the_work_it_does(mtok_a_day: float, used: float) -> None:
    card = an_offer("h100 rented", {"chat": 2.52}, on_demand(2.5))
    plan = planned(a_scenario(**YEAR, workloads=[online("chat", mtok_a_day / 24)], offers=[card]))
    assert plan.total_usd == pytest.approx(21_900)
    assert plan.lines[0].utilisation == pytest.approx(used, abs=1e-4)
