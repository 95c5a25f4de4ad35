"""What a unit that is owned costs and brings, period by period, reckoned by hand on equal and on unequal periods."""

from dataclasses import replace
from typing import Any

import pytest
from planning import a_scenario, an_offer, on_demand, online

from planner.domain.options.option import Asset, Option, Provenance, Recurring
from planner.domain.options.terms import Terms
from planner.domain.time.horizon import Horizon
from planner.market.owned.asset import (
    AssetFlow,
    capital,
    end_of,
    flows,
    hours_at,
    owned_terms,
    running,
    running_price,
    sale,
    whole_periods,
    years_at,
)
from planner.pipeline import horizon_of

YEAR = 8760.0


def horizon(*hours: float) -> Horizon:
    asked = a_scenario(
        periods=[{"hours": h} for h in hours],
        workloads=[online("w", [1.0] * len(hours))],
        offers=[an_offer("o", {"w": 1}, on_demand(1.0))],
    )
    return horizon_of(asked)


YEARS = horizon(YEAR, YEAR, YEAR)
UNEQUAL = horizon(YEAR, YEAR / 2, YEAR / 4)
"""Starts at 0, 1 and 1.5 years, ends at 1.75; beyond it periods are a quarter of a year."""
ENERGY = Recurring("energy", 0.5, 0.1, "calendar")
UPKEEP = Recurring("maintenance", 0.25, 0.3, "purchase")
RENT = Recurring("rent", 1.0, 0.05, "contract")


def an_asset(**fields: Any) -> Asset:
    """10,000 for a server, a fifth cheaper each year, 1,000 for its network; worth half after a year, nothing after two."""
    bare = Asset(
        site="hall",
        role="server",
        kw=10.0,
        capital=(("servers", 10_000.0, -0.2), ("network", 1_000.0, 0.0), ("spares", 0.0, 0.0)),
        change_per_year=-0.2,
        recurring=(ENERGY, UPKEEP, RENT),
        worth_usd=10_000.0,
        worth=((0.0, 1.0), (12.0, 0.5), (24.0, 0.0)),
        worth_at_end=((0.0, 0.8), (24.0, 0.4)),
        book_life_months=60.0,
        pue=1.2,
        idle_kw=4.0,
        busy_kw=9.0,
        usd_per_kwh=0.1,
        usd_per_kwh_change_per_year=0.0,
    )
    return bare._replace(**fields)


def an_option(asset: Asset, **fields: Any) -> Option:
    bare = Option(
        "own", "buy", "hall", "hall", "", "box", None, 8, "purchase", 0.0, Provenance("r", "s", "2026-10", "estimated"),
        term_hours=2 * YEAR, asset=asset,
    )  # fmt: skip
    return replace(bare, **fields)


def terms(term: int, lead: int = 0) -> Terms:
    return Terms((0.0,) * 4, (0.0,) * 4, term, lead, (0, 1, 2), (True,) * 3)


# --- time ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("hours", "down", "up"),
    [
        (0.0, 0, 0),
        (1.0, 0, 1),
        (YEAR - 1, 0, 1),
        (YEAR, 1, 1),
        (1.4 * YEAR, 1, 2),
        (1.5 * YEAR, 2, 2),
        (1.75 * YEAR, 3, 3),
        (1.9 * YEAR, 3, 4),
        (2.25 * YEAR, 5, 5),
        (2.3 * YEAR, 5, 6),
    ],
)
def test_times_become_whole_periods_beyond_the_horizon_as_long_as_its_last(hours: float, down: int, up: int) -> None:
    assert (whole_periods(hours, UNEQUAL), whole_periods(hours, UNEQUAL, up=True)) == (down, up)


def test_periods_beyond_the_horizon_follow_each_other_at_the_length_of_its_last() -> None:
    assert [years_at(UNEQUAL, t) for t in range(6)] == pytest.approx([0, 1, 1.5, 1.75, 2.0, 2.25])
    assert [hours_at(UNEQUAL, t) for t in range(5)] == [YEAR, YEAR / 2, YEAR / 4, YEAR / 4, YEAR / 4]


# --- terms --------------------------------------------------------------------------------------------------------


def test_terms_round_the_life_down_and_the_delivery_up() -> None:
    found = owned_terms(an_option(an_asset(), term_hours=2.9 * YEAR, lead_hours=0.1 * YEAR), YEARS, 0)
    assert (found.term, found.lead, found.signing) == (2, 1, (0, 1))
    assert found.usable == (True, True, True)
    assert owned_terms(an_option(an_asset(), term_hours=0.2 * YEAR), YEARS, 1).term == 1
    assert owned_terms(an_option(an_asset(), term_hours=0.2 * YEAR), YEARS, 1).signing == (1, 2)


def test_terms_state_all_capital_and_all_running_costs_of_a_unit_signed_then() -> None:
    found = owned_terms(an_option(an_asset()), YEARS, 0)
    assert found.upfront_usd == pytest.approx((11_000, 9_000, 7_400, 6_120))
    hourly = [0.5 * 1.1**t + (0.25 + 1.0) * 0.8**t for t in range(4)]
    assert found.usd_per_hour == pytest.approx(hourly, abs=2e-6)


def test_an_age_is_not_offered_where_a_lower_one_reaches_the_end_of_the_horizon() -> None:
    """Bought in the first year it may be sold after two, or kept; later the lower age lasts to the end as well."""
    found = owned_terms(an_option(an_asset(shorter_hours=2 * YEAR), term_hours=3 * YEAR), YEARS, 0)
    assert found.signing == (0,)
    assert owned_terms(an_option(an_asset(shorter_hours=YEAR), term_hours=3 * YEAR), YEARS, 0).signing == (0, 1)


# --- what is paid -------------------------------------------------------------------------------------------------


def test_capital_follows_the_price_of_its_kind_to_the_day_of_signing() -> None:
    assert capital(an_asset(), 0, YEARS) == (("servers", 10_000), ("network", 1_000))
    assert capital(an_asset(), 2, YEARS) == (("servers", 6_400), ("network", 1_000))
    half = dict(capital(an_asset(), 2, UNEQUAL))
    assert half["servers"] == pytest.approx(10_000 * 0.8**1.5, abs=1e-6)


def test_running_costs_move_with_time_with_the_purchase_or_as_signed() -> None:
    """In period 2 of a unit signed in 0 with a lead of one: two years on, one year after its first service."""
    price = {part.kind: running_price(an_asset(), part, 0, 1, 2, YEARS) for part in (ENERGY, UPKEEP, RENT)}
    assert price == pytest.approx({"energy": 0.5 * 1.21, "maintenance": 0.25, "rent": 1.05})
    later = {part.kind: running_price(an_asset(), part, 1, 0, 2, YEARS) for part in (ENERGY, UPKEEP, RENT)}
    assert later == pytest.approx({"energy": 0.5 * 1.21, "maintenance": 0.2, "rent": 0.8 * 1.05})


def test_a_rent_rises_after_full_years_of_service_only() -> None:
    """Signed in period 1, at 1 year: half a year later nothing has risen, and at 2.0 (period 4) a year is full."""
    rises = [
        running_price(an_asset(), RENT, 1, 0, t, UNEQUAL) / running_price(an_asset(), RENT, 1, 0, 1, UNEQUAL)
        for t in (2, 3, 4)
    ]
    assert rises == pytest.approx([1.0, 1.0, 1.05], abs=1e-5)


def test_beyond_the_horizon_only_what_a_contract_says_is_owed() -> None:
    found = list(running(an_asset(), terms(4), 1, UNEQUAL))
    assert {(flow.kind, flow.period) for flow in found} == {
        *((kind, t) for kind in ("energy", "maintenance", "rent") for t in (1, 2)),
        *(("rent", t) for t in (3, 4)),
    }
    assert {flow.hours for flow in found if flow.period >= 2} == {YEAR / 4}
    assert not any(flow.at_start for flow in found)


def test_running_costs_begin_with_service_not_with_the_order() -> None:
    assert {flow.period for flow in running(an_asset(), terms(1, lead=1), 0, YEARS)} == {1}


# --- what it brings -----------------------------------------------------------------------------------------------


def test_what_is_gone_within_the_horizon_is_sold_at_its_age() -> None:
    """Signed in 0 at 10,000, a year old at the start of period 1: half of it."""
    assert end_of(terms(1), 0, YEARS) == 1
    assert sale(an_asset(), terms(1), 0, YEARS) == AssetFlow("sale", 1, True, 0.0, -5_000.0)


def test_what_is_still_there_is_valued_at_the_end_by_the_other_curve() -> None:
    """Signed in 2 at 6,400, a year old at the end of the horizon: 0.6 of it; with a lead of one it has no age yet: 0.8."""
    assert end_of(terms(5), 2, YEARS) == 3
    assert sale(an_asset(), terms(5), 2, YEARS) == AssetFlow("sale", 3, True, 0.0, -3_840.0)
    assert sale(an_asset(), terms(5, lead=1), 2, YEARS) == AssetFlow("sale", 3, True, 0.0, -5_120.0)


def test_what_is_worth_nothing_brings_nothing() -> None:
    assert sale(an_asset(worth_usd=0.0), terms(1), 0, YEARS) is None
    assert sale(an_asset(worth=()), terms(1), 0, YEARS) is None
    assert sale(an_asset(), terms(2), 0, YEARS) is None
    assert sale(an_asset(worth_at_end=()), terms(9), 0, YEARS) is None


def test_all_cash_of_a_unit_is_its_capital_its_running_costs_and_its_sale() -> None:
    found = list(flows(an_asset(), terms(1), 0, YEARS))
    assert [(flow.kind, flow.period, flow.at_start) for flow in found] == [
        ("servers", 0, True),
        ("network", 0, True),
        ("energy", 0, False),
        ("maintenance", 0, False),
        ("rent", 0, False),
        ("sale", 1, True),
    ]
    assert float(sum(flow.usd for flow in found)) == pytest.approx(11_000 + YEAR * 1.75 - 5_000)


def test_an_hour_of_work_adds_the_draw_above_idling_at_the_meter_of_the_site() -> None:
    assert an_asset().extra_kwh_per_hour == pytest.approx(5 * 1.2)
