"""Owned things at the edges: cash that cancels, dates that never come, sizes out of scale, sites that must hold power."""

from typing import Any

import pytest
from planning import (
    a_colocation,
    a_datacenter,
    a_scenario,
    a_server,
    an_offer,
    flexible,
    months,
    on_demand,
    owning,
    planned,
)

from planner.domain.records.plan import Plan


def plan(site: dict[str, Any], demand: float = 20.0, rent: float = 30.0, **fields: Any) -> Plan:
    asked: dict[str, Any] = {
        "periods": months(4),
        "workloads": [flexible("work", demand)],
        "offers": [an_offer("node", {"work": 10}, on_demand(rent))],
        "own": owning([site], [a_server("box", {"work": 10}, 20_000)]),
    }
    return planned(a_scenario(**asked | fields))


@pytest.mark.parametrize("kind", [a_colocation, a_datacenter])
def test_land_that_is_paid_once_stands_in_every_runway(kind: Any) -> None:
    once = {"setup_usd": 500} if kind is a_colocation else {"land_and_development_usd": 500}
    free = plan(kind("site", **once))
    limited = plan(kind("site", **once), cash={"at_hand_usd": 200_000})
    assert free.sites
    assert limited.npv_usd == pytest.approx(free.npv_usd)


def test_a_building_that_comes_too_late_is_not_built() -> None:
    late = a_datacenter("site", available_from="2027-03", lead_months=2)
    found = plan(late, periods=None, start="2027-01", months=4)
    assert not found.sites
    assert found.npv_usd == pytest.approx(2 * 30.0 * 730 * 4)


@pytest.mark.parametrize("site", [a_colocation("site", min_kw=50), a_datacenter("site")])
def test_eighty_million_servers_cost_as_much_more_as_they_are(site: dict[str, Any]) -> None:
    small, huge = plan(site, 800.0), plan(site, 8e8)
    assert small.sites
    assert huge.sites
    assert huge.npv_usd == pytest.approx(small.npv_usd * 1e6, rel=1e-6)


@pytest.mark.parametrize(
    ("site", "kw"), [(a_colocation("site"), 1.0), (a_colocation("site", min_kw=7), 7.0), (a_datacenter("site"), 10.0)]
)
def test_a_required_site_holds_the_least_power_that_can_be_had(site: dict[str, Any], kw: float) -> None:
    """Renting is cheaper by far; the site is there all the same, and not as an empty shell."""
    assert not plan(site, rent=0.01).sites
    (record,) = plan(site | {"required": True}, rent=0.01).sites
    assert max(period.live_kw for period in record.periods) == pytest.approx(kw)


@pytest.mark.parametrize("power", ["cage", "building", "long contracts"])
def test_a_successor_may_come_before_its_predecessor_goes(power: str) -> None:
    """No capital in the third year: what serves it is bought in the second, beside what was bought in the first."""
    site = {
        "cage": a_colocation("site", term_months=12),
        "building": a_datacenter("site"),
        "long contracts": a_colocation("site", term_months=24, fit_out_usd_per_kw=1000),
    }[power]
    box = a_server("box", {"work": 10}, 100_000, life_months=24, residual_curve=[[0, 1], [24, 0]])
    years = {"periods": [{"hours": 8760}] * 3, "own": owning([site], [box])}
    found = plan(site, 10.0, 500.0, **years, budget_upfront_per_year_usd=[110_000, 110_000, 0])
    assert [(line.signed_index, line.units) for line in found.lines if line.action == "buy"] == [(0, 1.0), (1, 1.0)]
    assert found.npv_usd < 210_000


def test_a_rising_price_may_be_paid_before_the_predecessor_goes() -> None:
    """Three times the price in a year: 10,000 for years one and two, 30,000 for two and three; 90,000 would be due in the third."""
    box = a_server(
        "box", {"work": 10}, 10_000, life_months=24, residual_curve=[[0, 1], [24, 0]], price_change_per_year="200%"
    )
    years = {"periods": [{"hours": 8760}] * 3, "own": owning([a_datacenter("site")], [box], value_at_end="none")}
    found = plan(a_datacenter("site"), 10.0, 500.0, **years)
    assert [(line.signed_index, line.units) for line in found.lines if line.action == "buy"] == [(0, 1.0), (1, 1.0)]
    assert found.npv_usd == pytest.approx(40_000, rel=1e-4)
