"""Limits, places and charges of a scenario as numbers of the program, worked by hand."""

from typing import Any

import pytest
from planning import a_scenario, an_offer, flexible, months, on_demand, online

from planner.assembly.limits import (
    NEVER,
    PeriodCash,
    budgets_of,
    cash_flows,
    credits_of,
    data_of,
    kin_of,
    modes_of,
    places_of,
    resilience_of,
    runway_of,
)
from planner.domain.options.option import Option, Provenance
from planner.domain.scenario.scenario import Scenario
from planner.domain.time.horizon import Horizon, Slice, periods_of
from planner.formulation.parameters.money import DataPrice, Grant
from planner.formulation.parameters.service import Kin
from planner.units import month_after


def asked(*works: dict[str, Any], **fields: Any) -> Scenario:
    offers = [an_offer("o", {"chat": 1, "code": 1}, on_demand(1.0))]
    return a_scenario(
        **({"periods": months(2), "workloads": works or [online("chat", 1.0)], "offers": offers} | fields)
    )


def calendar(count: int, hours: float = 730.0) -> Horizon:
    labels = [month_after("2026-01", n * round(hours / 730)) for n in range(count)]
    return periods_of([hours] * count, labels, [(Slice("all", hours),)] * count)


def explicit(count: int) -> Horizon:
    return periods_of([730.0] * count, [f"p{t}" for t in range(count)], [(Slice("all", 730.0),)] * count)


def option(**fields: Any) -> Option:
    stated: dict[str, Any] = {
        "id": "x", "action": "on_demand", "provider": "p", "region": "eu", "country": "AA", "node_type": "n",
        "accelerator": None, "count": 8, "contract": "on demand", "usd_per_hour": 1.0,
        "provenance": Provenance("row", "source", "2026-01", "listed"),
    }  # fmt: skip
    return Option(**(stated | fields))


# --- what options must share ------------------------------------------------------------------------


def test_without_rules_nothing_but_the_delivery_sets_options_apart() -> None:
    assert kin_of(option(), asked()) == Kin()
    assert kin_of(option(delivery="container"), asked()) == Kin(delivery="container")


@pytest.mark.parametrize(
    ("kind", "domain"), [("provider", "p"), ("region", "p/eu"), ("zone", "p/eu/z"), ("vendor", "unknown vendor")]
)
def test_failures_set_domains_apart(kind: str, domain: str) -> None:
    assert kin_of(option(zone="z"), asked(availability={"failure": kind})).domain == domain


def test_shares_data_and_credits_set_providers_apart() -> None:
    assert kin_of(option(), asked(max_share_per_provider=0.5)).provider == "p"
    assert kin_of(option(), asked(online("chat", 1.0, storage_gb=1), storage_usd_per_gb_month={"p": 1})).provider == "p"
    assert (
        kin_of(option(), asked(online("chat", 1.0, egress_gb_per_unit=1), egress_usd_per_gb={"p": 1})).provider == "p"
    )
    grants = {"credits": [{"provider": "p", "usd": 1}]}
    assert kin_of(option(), asked(**grants)).provider == "p"
    assert kin_of(option(provider="q"), asked(**grants)).provider == ""


def test_places_are_counted_rule_by_rule_in_the_order_of_the_workloads() -> None:
    rules = asked(
        online("chat", 1.0, residency=[{"share": 0.5, "regions": ["eu"]}, {"share": 0.2, "countries": ["BB"]}]),
        online("code", 1.0, residency=[{"share": 1.0, "regions": ["us"], "countries": ["AA"]}]),
    )
    assert places_of(rules) == ((0, 0.5), (0, 0.2), (1, 1.0))
    assert kin_of(option(), rules).places == (True, False, True)
    assert kin_of(option(region="us", country="BB"), rules).places == (False, True, True)


# --- fallbacks --------------------------------------------------------------------------------------


def test_fallbacks_in_the_order_of_their_workloads() -> None:
    """Quality of 2 dollars a unit, in the middle of half years at 21 %: 2 / 1.21^0.25 and 2 / 1.21^0.75, in thousands."""
    spike = {"name": "rush", "multiplier": 2, "hours_per_year": 100}
    works = [
        online("plain", 1.0),
        online("chat", 1.0, spike=spike, fallback={"share": 0.5, "usd_per_unit": 2}),
        online("code", 1.0, fallback={"share": 0.3, "when": "always"}),
        online("calm", 1.0, fallback={"share": 0.1}),
    ]
    always, rush, never = "always", "rush", NEVER
    modes = modes_of(asked(*works, discount_rate=0.21), calendar(2, 4380))
    assert [(m.parent, m.share, m.spike or always) for m in modes] == [
        (1, 0.5, rush),
        (2, 0.3, always),
        (3, 0.1, never),
    ]
    assert modes[0].cost == pytest.approx((0.002 / 1.21**0.25, 0.002 / 1.21**0.75))
    assert modes[1].cost == (0.0, 0.0)


# --- money ------------------------------------------------------------------------------------------


def test_budgets_one_for_all_or_one_each() -> None:
    assert budgets_of(None, 3, 1000) == (None, None, None)
    assert budgets_of(5000.0, 3, 1000) == (5.0, 5.0, 5.0)
    assert budgets_of((5000.0, 0.0), 3, 1000) == (5.0, 0.0, None)
    assert budgets_of((1.0, 2.0, 3.0), 2, 1.0) == (1.0, 2.0)


def test_credits_end_with_their_month_their_period_or_the_horizon() -> None:
    grants = [
        {"provider": "p", "usd": 1000},
        {"provider": "p", "usd": 2000, "expires": "2026-03"},
        {"provider": "q", "usd": 3000, "expires_period": 1},
        {"provider": "q", "usd": 4000, "expires": "2030-01"},
    ]
    assert credits_of(asked(credits=grants), calendar(4)) == (
        Grant("p", 1.0, 4), Grant("p", 2.0, 2), Grant("q", 3.0, 1), Grant("q", 4.0, 4),
    )  # fmt: skip
    assert credits_of(asked(credits=grants[:2]), explicit(4))[1].end == 4  # months mean nothing there


def test_credits_that_expire_in_a_quarter_may_be_used_in_all_of_it() -> None:
    """Gone in May: the quarter from April has begun, the one from July is the first without."""
    (grant,) = credits_of(asked(credits=[{"provider": "p", "usd": 1, "expires": "2026-05"}]), calendar(4, 2190))
    assert grant.end == 2


def test_cash_of_each_period() -> None:
    """100 a month, growing by 21 % a year, for half years: 600 and 660; other costs 10 a month; a round in month 8."""
    cash = {
        "at_hand_usd": 1000, "minimum_usd": 200, "income_per_month_usd": 100, "income_growth_per_year": 0.21,
        "other_costs_per_month_usd": 10, "raises": [{"month": "2026-05", "usd": 5000}, {"period": 0, "usd": 70}],
    }  # fmt: skip
    flows = cash_flows(asked(cash=cash), calendar(2, 4380))
    assert flows[0] == PeriodCash(pytest.approx(600.0), 70, pytest.approx(60.0))
    assert flows[1] == PeriodCash(pytest.approx(660.0), 5000, pytest.approx(60.0))
    assert runway_of(asked(cash=cash), calendar(2, 4380)) == pytest.approx((1.41, 7.01))
    assert runway_of(asked(), calendar(2)) == ()
    assert cash_flows(asked(), calendar(2)) == []


def test_income_by_plan_year_and_the_last_year_goes_on() -> None:
    cash = {"at_hand_usd": 0, "income_per_month_usd": [100, 200]}
    flows = cash_flows(asked(cash=cash), calendar(6, 4380))
    assert [round(flow.income_usd, 6) for flow in flows] == [600, 600, 1200, 1200, 1200, 1200]


def test_a_raise_after_the_horizon_never_comes() -> None:
    cash = {"at_hand_usd": 0, "raises": [{"month": "2027-01", "usd": 5000}, {"month": "2026-02", "usd": 1}]}
    assert [flow.raised_usd for flow in cash_flows(asked(cash=cash), calendar(3))] == [0, 1, 0]


# --- data -------------------------------------------------------------------------------------------


def test_prices_of_data_in_thousands_per_unit_and_hour() -> None:
    """2 GB a unit at 0.05 and 0.1; 7,300 GB at 0.02 a month are 0.2 dollars an hour."""
    rules = asked(
        online("plain", 1.0),
        online("chat", 1.0, egress_gb_per_unit=2, storage_gb=7300),
        egress_usd_per_gb={"default": 0.05, "p": 0.1},
        storage_usd_per_gb_month={"default": 0.02},
    )
    found = data_of(rules, ["q", "p", "q"])
    assert list(found) == [1]
    assert list(found[1]) == ["p", "q"]
    assert found[1]["p"] == DataPrice(pytest.approx(0.0002), pytest.approx(0.0002))
    assert found[1]["q"] == DataPrice(pytest.approx(0.0001), pytest.approx(0.0002))


def test_a_provider_without_a_price_for_the_data_is_left_out() -> None:
    rules = asked(online("chat", 1.0, egress_gb_per_unit=2), egress_usd_per_gb={"p": 0.1})
    assert list(data_of(rules, ["p", "q"])[0]) == ["p"]
    free = asked(online("chat", 1.0, egress_gb_per_unit=2), egress_usd_per_gb={"p": 0.0})
    assert data_of(free, ["p"])[0] == {"p": DataPrice(0.0, 0.0)}


# --- failures ---------------------------------------------------------------------------------------


def sliced() -> Horizon:
    slices = (*(Slice(f"s{n}", 182.5) for n in range(3)), Slice("rush", 182.5, "rush"))
    return periods_of([730.0] * 2, ["p0", "p1"], [slices] * 2)


ONLINE = {
    (w, t, s): rate
    for w, rates in enumerate([(3.0, 2.0, 1.0, 9.0), (1.0, 2.0, 2.0, 1.0)])
    for t in range(2)
    for s, rate in enumerate(rates)
}


def checks(first: str, second: str, slices: int) -> tuple[tuple[int, int], ...]:
    """Checked slices of two workloads of some kind; only online inference is protected."""
    kinds = {"inference": online, "training": flexible}
    works = [kinds[first]("chat", 1.0), kinds[second]("code", 1.0)]
    wanted = resilience_of(asked(*works, availability={"failure": "zone", "slices": slices}), sliced(), ONLINE)
    assert wanted is not None
    return wanted.checks


def test_each_protected_workloads_busiest_slices_and_all_spikes_are_checked() -> None:
    assert checks("inference", "training", 1) == ((0, 0), (0, 3), (1, 0), (1, 3))
    assert checks("training", "inference", 1) == ((0, 1), (0, 3), (1, 1), (1, 3))  # the first of equals
    assert checks("inference", "inference", 2)[:4] == ((0, 0), (0, 1), (0, 2), (0, 3))


def test_who_survives_with_what() -> None:
    works = [online("chat", 1.0), online("code", 1.0, survive=0.0), online("docs", 1.0, survive=0.4)]
    rules = asked(*works, availability={"failure": "zone", "survive": 0.8, "standby": ["hosted_api"]})
    wanted = resilience_of(rules, sliced(), ONLINE)
    assert wanted is not None
    assert (wanted.kind, wanted.survive, wanted.reserve) == ("zone", {0: 0.8, 2: 0.4}, {})
    assert (wanted.standby_on_demand, wanted.standby_hosted) == (False, True)


def test_a_reserve_alone_protects_all_online_inference_without_failures() -> None:
    works = [online("chat", 1.0), {"name": "jobs", "kind": "training", "unit": "step", "demand_per_hour": 1.0}]
    wanted = resilience_of(asked(*works, standing_reserve=0.25), sliced(), ONLINE)
    assert wanted is not None
    assert (wanted.kind, wanted.survive, wanted.reserve) == (None, {}, {0: 1.25})
    assert (wanted.standby_on_demand, wanted.standby_hosted) == (False, False)
    assert resilience_of(asked(), sliced(), ONLINE) is None
