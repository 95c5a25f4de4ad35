"""Money on its date: what falls on which plan-year where a period lies in two, and what has come in by the end of a period.
Every limit is tried at the cent: what is reckoned by hand has a plan, a dollar less has none."""

from typing import Any

import pytest
from planning import a_scenario, an_offer, answered, commitment, on_demand, online, optimum, planned

LONG = [{"hours": 6570}, {"hours": 6570}]
"""The second period lies in the first plan-year by a third, and in the second by two."""
WEB = [online("web", 1.0)]


def paid_first(usd: float, **fields: Any) -> dict[str, Any]:
    """A node that is paid in full when its period begins, or by the hour at $1."""
    contracts = [commitment(0, 1, upfront_usd=usd), on_demand(1.0)]
    return {"periods": LONG, "workloads": WEB, "offers": [an_offer("n", {"web": 1}, *contracts, provider="q")]} | fields


@pytest.mark.parametrize("usd", [500.0, 1000.0, 1700.0])
@pytest.mark.parametrize("support", [0.0, 0.1])
def test_what_is_paid_at_once_falls_on_the_year_of_its_date(usd: float, support: float) -> None:
    """Both payments are of the first year, the second at its hour 6,570; by the hour a third of $6,570 would be."""
    paid = usd * (1 + support)
    fields = {"support": {"q": support}} if support else {}
    assert optimum(a_scenario(**paid_first(usd, budget_per_year_usd=[2 * paid, 1e6], **fields))) == pytest.approx(
        2 * paid
    )
    assert optimum(a_scenario(**paid_first(usd, budget_per_year_usd=[2 * paid - 1, 1e6], **fields))) in (
        None,
        pytest.approx(paid + 6570 * (1 + support)),
    )


@pytest.mark.parametrize("usd", [500.0, 1000.0, 1700.0])
def test_a_tier_of_the_first_year_counts_what_is_paid_at_once_in_it(usd: float) -> None:
    tier = {"provider": "q", "take_or_pay": False, "tiers": [{"spend_per_year_usd": 2 * usd, "discount": 0.1}]}
    plan = planned(a_scenario(**paid_first(usd, spend_agreements=[tier])))
    assert [plan.npv_usd, plan.bound_usd] == pytest.approx([1.8 * usd] * 2)


def by_the_hour(periods: list[dict[str, Any]], **fields: Any) -> float | None:
    """What an audited plan costs; None if there is none."""
    offers = [an_offer("n", {"web": 1}, on_demand(1.0), provider="q")]
    found = answered(a_scenario(**({"periods": periods, "workloads": WEB, "offers": offers} | fields)))
    if found.plan is None:
        assert found.stop == "infeasible"
        return None
    assert found.plan.audit.agrees, found.plan.audit.discrepancies
    return found.plan.npv_usd


@pytest.mark.parametrize("hours", [365, 730, 2190])
def test_other_costs_are_by_the_month_whatever_the_period(hours: int) -> None:
    cash = {"other_costs_per_month_usd": 100}
    least = hours + 100 * hours / 730
    assert by_the_hour([{"hours": hours}], cash=cash | {"at_hand_usd": least}) == pytest.approx(hours)
    assert by_the_hour([{"hours": hours}], cash=cash | {"at_hand_usd": least - 1}) is None


@pytest.mark.parametrize("incomes", [[100.0, 900.0], [900.0, 100.0], [400.0, 100.0, 900.0]])
def test_income_is_that_of_the_plan_year(incomes: list[float]) -> None:
    """Twelve months at $730 a month: what is at hand must last to the worst end of a year."""
    years = [{"hours": 8760}] * len(incomes)
    left = [sum(12 * (income - 730) for income in incomes[: n + 1]) for n in range(len(incomes))]
    least = max(0.0, -min(left))
    fields = {"income_per_month_usd": incomes}
    assert by_the_hour(years, cash={"at_hand_usd": least} | fields) == pytest.approx(8760 * len(incomes))
    assert by_the_hour(years, cash={"at_hand_usd": least - 1} | fields) is None


@pytest.mark.parametrize("discount", [0.05, 0.1, 0.3])
def test_what_an_agreement_gives_back_is_cash_in_the_last_period_of_its_year(discount: float) -> None:
    tier = {"provider": "q", "tiers": [{"spend_per_year_usd": 8000, "discount": discount}]}
    least = 8760 * (1 - discount)
    fields = {"spend_agreements": [tier]}
    assert by_the_hour([{"hours": 8760}], cash={"at_hand_usd": least}, **fields) == pytest.approx(least)
    assert by_the_hour([{"hours": 8760}], cash={"at_hand_usd": least - 1}, **fields) is None


@pytest.mark.parametrize("hours", [(730, 2190), (2190, 730), (365, 730)])
def test_stored_data_cost_by_the_length_of_each_period(hours: tuple[int, int]) -> None:
    kept = [online("web", 1.0, storage_gb=1000)]
    months = [h / 730 for h in hours]
    fields = {"workloads": kept, "storage_usd_per_gb_month": {"default": 0.03}}
    bills = [h + 30 * m for h, m in zip(hours, months, strict=True)]
    found = [
        by_the_hour([{"hours": h} for h in hours], budget_per_period_usd=limits, **fields)
        for limits in (bills, [bills[0] - 1, bills[1]], [bills[0], bills[1] - 1])
    ]
    assert found == [pytest.approx(sum(bills)), None, None]
