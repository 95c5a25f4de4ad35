"""Where two rules on money meet: support and spending, savings plans and budgets or tiers, runs and tiers, sites and budgets,
the end of an unequal horizon. Every figure is reckoned by hand, and the program's own cost must be that of the books."""

import random
from math import inf
from typing import Any

import pytest
from planning import (
    a_colocation,
    a_datacenter,
    a_scenario,
    a_server,
    an_offer,
    commitment,
    flexible,
    months,
    on_demand,
    online,
    optimum,
    owning,
    planned,
)

from planner.domain.records.plan import Plan

YEAR = [{"hours": 8760}]
TWO_YEARS = YEAR * 2


def proven(**fields: Any) -> Plan:
    """The plan, whose bound is its cost: what the program minimised is what the books add up to."""
    plan = planned(a_scenario(**fields))
    assert plan.bound_usd == pytest.approx(plan.npv_usd, rel=1e-6, abs=1e-4)
    return plan


def agreement(spend: float, discount: float, **fields: Any) -> dict[str, Any]:
    return {"provider": "q", "tiers": [{"spend_per_year_usd": spend, "discount": discount}]} | fields


def savings(discount: float, **fields: Any) -> dict[str, Any]:
    return {"name": "sp", "provider": "q", "term_periods": 1, "rates": [{"discount": discount}]} | fields


def a_run(work: float, **fields: Any) -> dict[str, Any]:
    calm = {"failures_per_accelerator_year": 0, "checkpoint_write_minutes": 0, "unit": "step"}
    return {"name": "run", "kind": "training_run", "work": work} | calm | fields


# --- savings plans ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("limit", ["budget_total_usd", "budget_per_year_usd", "budget_per_period_usd", "cash"])
def test_what_a_savings_plan_covers_is_not_spent_twice(limit: str) -> None:
    """Ten dollars an hour at 90% off are 8,760 a year; covered nodes cost no more, so 9,000 are enough. Elsewhere it is 43,800."""
    money: Any = {"at_hand_usd": 9000} if limit == "cash" else 9000
    offers = [
        an_offer("q", {"w": 1}, on_demand(10.0), provider="q"),
        an_offer("elsewhere", {"w": 1}, on_demand(5.0), provider="r"),
    ]
    work = [online("w", [1.0], unserved={"usd_per_unit": 100})]
    plan = proven(periods=YEAR, workloads=work, offers=offers, savings_plans=[savings(0.9)], **{limit: money})
    assert plan.total_usd == pytest.approx(8760)
    assert plan.unserved == ()


def test_support_is_paid_on_what_is_not_covered_only() -> None:
    """A tenth of support on 8,760 committed, none on the nodes it covers: 9,636; a budget of 9,640 is enough."""
    plan = proven(
        periods=YEAR,
        support={"q": 0.1},
        budget_total_usd=9640,
        savings_plans=[savings(0.9)],
        workloads=[online("w", [1.0], unserved={"usd_per_unit": 100})],
        offers=[an_offer("q", {"w": 1}, on_demand(10.0), provider="q")],
    )
    assert plan.total_usd == pytest.approx(9636)


def test_what_a_savings_plan_covers_is_no_covered_spend_of_an_agreement() -> None:
    """A node at a dollar an hour, 8,760 a year; the plan halves it, and the agreement gives 60% of 8,000 and more on demand.

    Both together would give a rebate on money that was never paid: the best is the agreement alone, 3,504, not 4,380 − 5,256.
    """
    plan = proven(
        periods=YEAR,
        savings_plans=[savings(0.5)],
        spend_agreements=[agreement(8000, 0.6, covers=["on_demand"], take_or_pay=False)],
        workloads=[online("w", [1.0])],
        offers=[an_offer("q", {"w": 1}, on_demand(1.0), provider="q")],
    )
    assert plan.npv_usd == pytest.approx(3504)
    assert [record.level for record in plan.agreements] == [1]
    assert plan.covered == ()


def test_dollars_of_a_savings_plan_are_covered_spend_where_the_agreement_says_so() -> None:
    """4,380 committed count, with a tenth off: 3,942; the nodes that they cover count for nothing more."""
    plan = proven(
        periods=YEAR,
        savings_plans=[savings(0.5)],
        spend_agreements=[agreement(4000, 0.1, covers=["on_demand", "savings_plan"], take_or_pay=False)],
        workloads=[online("w", [1.0])],
        offers=[an_offer("q", {"w": 1}, on_demand(1.0), provider="q")],
    )
    assert plan.npv_usd == pytest.approx(3942)
    assert plan.agreements[0].covered_spend_usd == pytest.approx(4380)


@pytest.mark.parametrize("seed", range(16))
def test_a_minimum_between_two_prices_is_reached_by_whole_nodes(seed: int) -> None:
    """A node for a year, at one of two prices. A part of each would reach any spend between the two, and no node is in two places.

    Where both share a cap of one node there are two spends to choose from; else the cheaper, and idle hours of the dearer.
    """
    r = random.Random(seed)
    low = r.uniform(1.0, 3.0)
    high, shared = low * r.uniform(1.05, 1.5), seed % 2 == 0
    usual, dear = low * 8760, high * 8760
    least, off, pays = r.uniform(usual, dear), r.choice([0.1, 0.3]), r.random() < 0.5
    group: dict[str, Any] = {"groups": ["g"]} if shared else {}
    cheap: dict[str, Any] = {} if shared else {"max_nodes": 1}
    plan = proven(
        periods=YEAR,
        cap_groups=[{"name": "g", "max_nodes": 1}] if shared else [],
        spend_agreements=[agreement(least, off, take_or_pay=pays)],
        workloads=[online("w", [1.0])],
        offers=[
            an_offer("dear", {"w": 1}, on_demand(high), provider="q", region="r1", **group),
            an_offer("cheap", {"w": 1}, on_demand(low, **cheap), provider="q", region="r2", **group),
        ],
    )
    spends = (usual, dear) if shared else (usual, max(usual, least))
    missing = [max(least - usd, 0.0) if pays else (0.0 if usd >= least - 1e-6 else inf) for usd in spends]
    best = min(usual, *((1 - off) * usd + paid for usd, paid in zip(spends, missing, strict=True)))
    assert plan.npv_usd == pytest.approx(best)
    assert plan.audit.agrees, plan.audit.discrepancies


# --- support ------------------------------------------------------------------------------------------------------

CHAT = {"name": "w", "kind": "inference", "model": "m", "demand_per_hour": [1.0]}


@pytest.mark.parametrize("limit", ["budget_total_usd", "budget_per_year_usd", "budget_per_period_usd", "cash"])
@pytest.mark.parametrize("what", ["hosted", "egress", "storage"])
def test_support_is_spent_from_the_budget_too(what: str, limit: str) -> None:
    """8,760 units a year. A dollar each, in tokens, in data sent or in data kept, and a quarter of support on it.

    6,250 dollars pay for 5,000 units of tokens or of data sent; for data kept the year costs 10,950, and 10,900 are too few.
    """
    api = {"kind": "hosted_api", "name": "api", "provider": "q", "model": "m"}
    price = 1.0 if what == "hosted" else 1e-6
    work, fields = dict(CHAT) | {"unserved": {"usd_per_unit": 10}}, {}
    if what == "egress":
        work["egress_gb_per_unit"] = 1.0
        fields["egress_usd_per_gb"] = {"default": 1.0 - 1e-6}
    if what == "storage":
        work["storage_gb"] = 8760 / 12
        fields["storage_usd_per_gb_month"] = {"default": 1.0}
    usd = 10_900 if what == "storage" else 6250
    money: Any = {"at_hand_usd": usd} if limit == "cash" else usd
    plan = proven(
        periods=YEAR,
        hosted_apis=None,
        support={"q": 0.25},
        workloads=[work],
        offers=[api | {"usd_per_mtok_input": price, "usd_per_mtok_output": price}],
        **{limit: money},
        **fields,
    )
    lost = sum(u.work for u in plan.unserved)
    assert lost == pytest.approx(8760 if what == "storage" else 3760, rel=1e-4)
    assert plan.total_usd <= usd + 0.01


def test_support_is_paid_on_rebates_and_shortfalls() -> None:
    """A tenth off 8,760 and a fifth of support on all of it: 1.2 × 7,884; a budget a dollar above that is enough."""
    plan = proven(
        periods=YEAR,
        support={"q": 0.2},
        budget_total_usd=1.2 * 7884 + 1,
        spend_agreements=[agreement(8000, 0.1)],
        workloads=[online("w", [1.0], unserved={"usd_per_unit": 100})],
        offers=[an_offer("q", {"w": 1}, on_demand(1.0), provider="q")],
    )
    assert plan.total_usd == pytest.approx(1.2 * 7884)


# --- runs ---------------------------------------------------------------------------------------------------------


def test_the_part_of_a_period_that_a_run_takes_is_covered_spend() -> None:
    """A year and a half of one node at a dollar is 13,140, half of it elsewhere in the second year: 4,380 reach the tier there.

    A fifth off 8,760 and off 4,380, of which 4,000 are asked for: 10,512. Without the half year
    the second tier lacks it all.
    """
    plan = proven(
        periods=TWO_YEARS,
        spend_agreements=[agreement(4000, 0.2, covers=["on_demand"], take_or_pay=False)],
        workloads=[a_run(8760 * 1.5, cluster_sizes=[1])],
        offers=[
            an_offer("q", {"run": 1}, on_demand(1.0), provider="q"),
            an_offer("r", {"run": 1}, on_demand(0.9), provider="r"),
        ],
    )
    assert plan.npv_usd == pytest.approx(0.8 * 13_140)
    assert [record.covered_spend_usd for record in plan.agreements] == pytest.approx([8760, 4380])


@pytest.mark.parametrize("limit", ["budget_total_usd", "budget_per_year_usd"])
def test_the_part_of_a_period_that_a_run_takes_is_spent(limit: str) -> None:
    """A quarter of a year on four nodes costs what a year on one does, 8,760 at a dollar; at twice the price it is too dear."""
    asked = {
        "periods": YEAR,
        "workloads": [a_run(8760, cluster_sizes=[4])],
        "offers": [an_offer("o", {"run": 1}, on_demand(1.0))],
    }
    assert proven(**asked, **{limit: 8760.01}).total_usd == pytest.approx(8760)
    dear = an_offer("o", {"run": 1}, on_demand(1.0), commitment(0.5, 1))
    both = proven(**(asked | {"offers": [dear]}), **{limit: 8760.01})
    assert both.total_usd == pytest.approx(8760)  # four nodes committed all year would be 17,520
    assert optimum(a_scenario(**asked, **{limit: 8759.0})) is None


# --- sites --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("limit", ["budget_per_year_usd", "budget_per_period_usd"])
def test_land_is_paid_once_in_the_year_in_which_it_is_bought(limit: str) -> None:
    """5,000 for land and 10,000 for a server in the first year; in the two that follow there is next to nothing to pay."""
    plan = proven(
        months=36,
        period="quarter",
        start="2027-01",
        discount_rate=0,
        workloads=[flexible("work", 1.0, unserved={"usd_per_unit": 3})],
        offers=[an_offer("rent", {"work": 1}, on_demand(2.9))],
        own=owning([a_datacenter("hall", land_and_development_usd=5000)], [a_server("box", {"work": 1}, 10_000)]),
        **{limit: [15_100, 100, 100] if limit == "budget_per_year_usd" else [15_100] + [50] * 11},
    )
    assert plan.unserved == ()
    assert plan.cost.by_plan_year[0] == pytest.approx(15_000, abs=20)
    assert max(plan.cost.by_plan_year[1:]) < 20


def test_a_team_is_paid_in_every_year_of_a_site() -> None:
    """8,760 a year for people from the first power on: a budget of 8,700 for a later year cannot pay them."""
    asked = {
        "months": 24,
        "period": "quarter",
        "start": "2027-01",
        "workloads": [flexible("work", 1.0, unserved={"usd_per_unit": 3})],
        "offers": [an_offer("rent", {"work": 1}, on_demand(500.0))],
        "own": owning(
            [a_colocation("cage", team_usd_per_year=8760, term_months=24)], [a_server("box", {"work": 1}, 10_000)]
        ),
    }
    assert proven(**asked, budget_per_year_usd=[19_000, 9000]).unserved == ()
    assert sum(u.work for u in proven(**asked, budget_per_year_usd=[19_000, 8700]).unserved) > 8000


# --- the end of an unequal horizon ----------------------------------------------------------------------------------

UNEQUAL = [{"hours": 1000}, {"hours": 3000}]
"""Periods beyond it have 3,000 hours."""
FALLING = [{"hours": 3000}, {"hours": 1000}]
"""Periods beyond it have 1,000 hours."""


def sold_out(terminal: str, upfront: float = 0.0, periods: list[dict[str, Any]] = UNEQUAL, **fields: Any) -> Plan:
    """A node for four periods from the start, one work unit an hour, at a dollar an hour and something upfront."""
    signed = commitment(1.0, 4, upfront_usd=upfront, exact_nodes=1)
    return proven(
        periods=periods,
        terminal=terminal,
        workloads=[online("w", [1.0, 1.0])],
        offers=[an_offer("o", {"w": 1}, signed)],
        **fields,
    )


def test_periods_beyond_the_horizon_are_as_long_as_its_last() -> None:
    """1,000 + 3,000 hours inside and 2 × 3,000 beyond, owed in full."""
    plan = sold_out("liability")
    assert plan.npv_usd == pytest.approx(10_000)
    assert plan.total_usd == pytest.approx(4000)
    assert plan.cost.outstanding_liability_usd == pytest.approx(6000)
    assert sold_out("annuity").npv_usd == pytest.approx(4000)


def test_what_is_owed_beyond_is_discounted_to_the_middle_of_long_periods() -> None:
    """Middles at 500, 2,500, 5,500 and 8,500 hours."""
    plan = sold_out("liability", discount_rate=0.5)
    due = [(1000, 500), (3000, 2500), (3000, 5500), (3000, 8500)]
    assert plan.npv_usd == pytest.approx(sum(usd * 1.5 ** (-at / 8760) for usd, at in due), rel=1e-9)
    plan = sold_out("liability", discount_rate=0.5, periods=FALLING)
    due = [(3000, 1500), (1000, 3500), (1000, 4500), (1000, 5500)]
    assert plan.npv_usd == pytest.approx(sum(usd * 1.5 ** (-at / 8760) for usd, at in due), rel=1e-9)


def test_the_value_of_what_is_left_has_the_upfront_share_in_it() -> None:
    """The price falls by a fifth a year; at the end (4,000 h) the same contract costs f = 0.8^(4000/8760) of it.

    A new one costs f an hour and f × 600 upfront, spread over 4 × 3,000 hours: f × 1.05 an hour in all, against one that is owed.
    """
    plan = sold_out("market", upfront=600.0, price_changes=[{"per_year": -0.2}])
    f = 0.8 ** (4000 / 8760)
    worth = round(f, 6) + round(600 * f, 6) / (4 * 3000)
    assert plan.npv_usd == pytest.approx(600 + 4000 + 6000 * (1 - worth), abs=0.01)


def test_savings_plans_are_owed_in_long_periods_too() -> None:
    """A plan of four periods at half of 2 dollars: 10,000 hours; on demand inside the horizon is 8,000: signed
    for annuities only."""
    asked: dict[str, Any] = {
        "periods": UNEQUAL,
        "savings_plans": [savings(0.5, term_periods=4)],
        "workloads": [online("w", [1.0, 1.0])],
        "offers": [an_offer("o", {"w": 1}, on_demand(2.0), provider="q")],
    }
    assert proven(**asked, terminal="annuity").npv_usd == pytest.approx(4000)
    assert proven(**asked, terminal="liability").npv_usd == pytest.approx(8000)


def test_a_plan_year_that_ends_within_a_period_asks_for_what_falls_into_it() -> None:
    """Two periods of 6,000 hours: 8,760 hours and a first minimum of a year, then 3,240 hours and the same share of a minimum."""
    plan = proven(
        periods=[{"hours": 6000}, {"hours": 6000}],
        spend_agreements=[agreement(8_000, 0.1, take_or_pay=False)],
        workloads=[online("w", [1.0, 1.0])],
        offers=[an_offer("q", {"w": 1}, on_demand(1.0), provider="q")],
    )
    assert [record.threshold_usd for record in plan.agreements] == pytest.approx([8_000, 8_000 * 3240 / 8760])
    assert [record.covered_spend_usd for record in plan.agreements] == pytest.approx([8_760, 3_240])
    assert plan.npv_usd == pytest.approx(0.9 * 12_000)


# --- data -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("limit", ["budget_total_usd", "budget_per_year_usd", "budget_per_period_usd", "cash"])
@pytest.mark.parametrize("integers", ["whole", "relaxed"])
def test_kept_data_is_paid_from_the_budget_in_whole_and_in_relaxed_plans(limit: str, integers: str) -> None:
    """Two months of one node at a dollar, and 1,000 GB kept for 0.5 each a month: 730 + 500 a month, at one provider of two."""
    money = {"budget_total_usd": 2461, "budget_per_year_usd": 2461, "budget_per_period_usd": 1231}
    usd: Any = {"at_hand_usd": 2461} if limit == "cash" else money[limit]
    plan = proven(
        periods=months(2),
        integers=integers,
        storage_usd_per_gb_month={"default": 0.5, "r": 0.6},
        workloads=[online("w", [1.0, 1.0], storage_gb=1000, unserved={"usd_per_unit": 100})],
        offers=[
            an_offer("q", {"w": 1}, on_demand(1.0), provider="q"),
            an_offer("r", {"w": 1}, on_demand(0.99), provider="r"),
        ],
        **{limit: usd},
    )
    assert plan.audit.agrees
    assert plan.total_usd == pytest.approx(2460, rel=1e-6)


@pytest.mark.parametrize("integers", ["whole", "relaxed"])
def test_data_is_kept_or_not_whatever_else_may_be_fractional(integers: str) -> None:
    """Two nodes' work, of which one provider has a node: 730 each, and 1,000 GB at both, 1,000 dollars in all.

    2,400 dollars do not pay for that, and half the data at each would not do: the cheaper one alone serves a half.
    """
    asked: dict[str, Any] = {
        "periods": months(1),
        "integers": integers,
        "storage_usd_per_gb_month": {"default": 0.5},
        "workloads": [online("w", [2.0], storage_gb=1000, unserved={"usd_per_unit": 10})],
        "offers": [
            an_offer("q", {"w": 1}, on_demand(1.0, max_nodes=1), provider="q"),
            an_offer("r", {"w": 1}, on_demand(1.0, max_nodes=1), provider="r"),
        ],
    }
    both = proven(**asked, budget_total_usd=2461)
    assert both.total_usd == pytest.approx(2460)
    assert both.unserved == ()
    one = proven(**asked, budget_total_usd=1900 if integers == "relaxed" else 2400)
    if integers == "whole":
        assert one.total_usd == pytest.approx(1230)
        assert sum(u.work for u in one.unserved) == pytest.approx(730)
    else:  # 400 dollars are left for another node in part, 1,000 + 730 are gone with the data
        assert one.total_usd == pytest.approx(1900)
        assert sum(u.work for u in one.unserved) == pytest.approx(2460 - 1900)
