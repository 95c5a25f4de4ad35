"""Whose word on carbon intensity counts, and tonnes of a node-hour."""

from typing import Any

import pytest
from planning import a_scenario, an_offer, months, on_demand, online

from planner.domain.inputs.catalog import CarbonIntensity, Catalog
from planner.domain.options.option import Option, Provenance
from planner.domain.scenario.scenario import Scenario
from planner.market.emissions import intensity_of, tonnes_per_node_hour


def known(place: str, grams: float, provider: str = "") -> CarbonIntensity:
    return CarbonIntensity(place, provider, "", place, grams, "listed", "test", "2026-01", "")


CATALOG = Catalog(carbon_intensity={"r1": known("r1", 30.0, "cloud"), "AA": known("AA", 400.0)})


def option(provider: str = "cloud", region: str = "r1", country: str = "AA") -> Option:
    return Option(
        "x", "on_demand", provider, region, country, "n", None, 8, "on demand", 1.0,
        Provenance("row", "source", "2026-01", "listed"),
    )  # fmt: skip


def asked(**carbon: Any) -> Scenario:
    return a_scenario(
        periods=months(1),
        workloads=[online("w", [1.0])],
        offers=[an_offer("o", {"w": 1}, on_demand(1.0))],
        carbon=carbon or None,
    )


def test_the_catalog_knows_the_region_of_its_provider_else_the_country() -> None:
    assert intensity_of(option(), asked(), CATALOG) == 30.0
    assert intensity_of(option(provider="other"), asked(), CATALOG) == 400.0
    assert intensity_of(option(region="r2"), asked(), CATALOG) == 400.0
    assert intensity_of(option(region="r2", country="BB"), asked(), CATALOG) is None


def test_the_scenario_goes_first_by_region_country_default() -> None:
    stated = {"r1": 1.0, "AA": 2.0, "default": 3.0}
    assert intensity_of(option(), asked(intensity_g_per_kwh=stated), CATALOG) == 1.0
    assert intensity_of(option(region="r2"), asked(intensity_g_per_kwh=stated), CATALOG) == 2.0
    assert intensity_of(option(region="r2", country="BB"), asked(intensity_g_per_kwh=stated), CATALOG) == 3.0
    assert intensity_of(option(), asked(intensity_g_per_kwh={"AA": 2.0}), CATALOG) == 2.0  # before the catalog's region


def test_the_figure_for_the_unknown_comes_last() -> None:
    rules = asked(unknown_g_per_kwh=500.0)
    assert intensity_of(option(), rules, CATALOG) == 30.0
    assert intensity_of(option(region="r2", country="BB"), rules, CATALOG) == 500.0


def test_tonnes_of_a_node_hour() -> None:
    """10.2 kW × 1.25 × 400 g = 5,100 g."""
    assert tonnes_per_node_hour(10.2, 400.0, 1.25) == pytest.approx(0.0051)
    assert tonnes_per_node_hour(10.2, 0.0, 1.25) == 0.0
    assert tonnes_per_node_hour(None, 400.0, 1.25) is None
    assert tonnes_per_node_hour(10.2, None, 1.25) is None
