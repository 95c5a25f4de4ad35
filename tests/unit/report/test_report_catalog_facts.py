"""Tables of facts in every dress."""

import csv
import io
import json

import pytest

from planner.domain.inputs.catalog import CarbonIntensity, Catalog, Constant, PricePath
from planner.domain.inputs.ownership_facts import FIGURES, ElectricityTariff, OwnershipFacts, ResidualCurve
from planner.domain.scenario.scenario import Scenario
from planner.inputs.catalog.load import load_catalog
from planner.market.owned.purchase import owned_market
from planner.report.catalog.facts import TABLES, fact_rows, facts_named, facts_report
from planner.report.document import render

CATALOG = Catalog(
    price_paths={"down": PricePath("down", ((0.0, 1.0), (24.0, 0.6)), "https://index.example/gpu/x", "2026-10-08")},
    carbon_intensity={"DE": CarbonIntensity("DE", "", "", "DE", 275.8, "derived", "grid", "2024", "median of 2")},
    power={"pue": Constant("pue", 1.2, 1.1, 1.5, "ratio", "survey", "2025")},
    ownership=OwnershipFacts(
        electricity_tariffs=(ElectricityTariff("DE", "year", 0.19, True, "estimated", "office", "2024", "industry"),),
        residual_curves=(ResidualCurve("market", ((0.0, 1.0), (36.0, 0.4)), True, "observed", "shop", "2026-06", ""),),
    ),
)
TODAY = "2026-11-22"


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize("form", ["table", "markdown", "csv", "json"])
def test_every_table_in_every_dress(table: str, form: str) -> None:
    assert render(facts_report({table: fact_rows(CATALOG, table)}, today=TODAY), form).endswith("\n")


def test_a_path_is_shown_at_its_years() -> None:
    text = render(facts_report({"paths": fact_rows(CATALOG, "paths")}, today=TODAY), "table")
    line = next(line for line in text.splitlines() if line.strip().startswith("down"))
    assert line.split() == ["down", "0.8", "0.6", "0.6", "0.6", "0.6", "2026-10-08"]  # constant after the last point
    assert "(index.example/gpu)" in text


def test_a_residual_curve_goes_on_falling() -> None:
    text = render(facts_report({"residuals": fact_rows(CATALOG, "residuals")}, today=TODAY), "table")
    line = next(line for line in text.splitlines() if line.strip().startswith("market"))
    assert line.split() == ["market", "0.8", "0.6", "0.4", "0.2", "–", "2026-06"]
    assert "default; observed (shop)" in text


def test_programs_get_all_points_and_the_age() -> None:
    tables = {"paths": fact_rows(CATALOG, "paths")}
    (row,) = json.loads(render(facts_report(tables, today=TODAY), "json"))["rows"]
    assert row["points"] == [[0.0, 1.0], [24.0, 0.6]]
    assert (row["table"], row["age_months"]) == ("paths", 1.5)
    (record,) = csv.DictReader(io.StringIO(render(facts_report(tables, today=TODAY), "csv")))
    assert record["points"] == "0:1 24:0.6"


def test_a_name_is_looked_up_in_all_tables() -> None:
    assert {table: len(rows) for table, rows in facts_named(CATALOG, "DE").items()} == {"carbon": 1, "electricity": 1}
    assert list(facts_named(CATALOG, "pue")) == ["power"]
    assert facts_named(CATALOG, "nothing") == {}
    assert "275.8" in render(facts_report(facts_named(CATALOG, "DE"), today=TODAY), "table")


def test_the_most_that_sellers_have_is_listed_with_what_it_is_of() -> None:
    """A seller's own figure stands beside it in the list of providers too, instead of that of its class."""
    catalog = load_catalog(None)
    (row,) = fact_rows(catalog, "caps", "together")
    assert (row["contract"], row["max_accelerators"], row["note"]) == ("reserved", 36_000, "its largest cluster, GB200")
    most = {one["id"]: one["reserved_cap_accelerators"] for one in fact_rows(catalog, "providers")}
    assert (most["together"], most["qubrid"], most["aws"]) == (36_000, 24_000, 1_000_000)
    assert "36,000" in render(facts_report({"caps": [row]}, today=TODAY), "table")


def test_everything_that_owning_takes_by_default_is_listed_and_shown() -> None:
    """Names of figures, and the tables in which their rows stand, with their sources."""
    catalog = load_catalog(None)
    scenario = Scenario.model_validate(ASKED)
    market = owned_market(scenario, catalog)
    figures = [figure for site in market.sites for figure in site.figures]
    figures += [figure for found in market.figures.values() for figure in found]
    taken = {(figure.name, figure.source) for figure in figures if figure.basis != "scenario"}
    assert len(taken) > 20
    known = {name.removeprefix("server_") for name in FIGURES}
    for name, source in taken:
        table = TABLE_OF.get(name) or ("residuals" if name.startswith("resale_at_") else "owning")
        rows = json.loads(render(facts_report({table: fact_rows(catalog, table)}, today=TODAY), "json"))["rows"]
        assert any(row["source"] == source for row in rows), name
        if table == "owning":
            key = {"network_fraction": "network_share_of_cluster_cost"}.get(name, name).removeprefix("server_")
            shown = CALLED.get(key, key)
            assert shown in known
            assert facts_named(catalog, shown)["owning"]


TABLE_OF = {
    "usd_per_kwh": "electricity",
    "rent_usd_per_kw_month": "colocation",
    "rent_rise_per_year": "colocation",
    "price_usd": "servers",
    "accelerators_per_server": "servers",
    "nameplate_kw": "server-power",
}
CALLED = {
    "storage_fraction": "storage_share_of_datacenter_cost",
    "draw_fraction": "measured_draw_fraction",
    "fit_out_usd_per_kw": "fit_out_usd_per_mw",
    "capex_usd_per_mw": "facility_capex_usd_per_mw",
    "life_months": "economic_life_months",
}
"""Figures of the catalog that are called otherwise in a scenario."""
ASKED = {
    "workloads": [{"name": "w", "kind": "training", "unit": "u", "demand_per_hour": 1}],
    "own": {
        "sites": [
            {"name": "hall", "kind": "colocation", "country": "US", "term_months": 36},
            {
                "name": "campus",
                "kind": "datacenter",
                "country": "DE",
                "land_and_development_usd": 0,
                "module_mw": 1,
                "reuse_fraction": 0,
            },
        ],
        "servers": [{"accelerator": "h100-sxm-80gb"}, {"accelerator": "b200-sxm-180gb"}],
    },
}


def test_models_chips_load_and_sellers_are_listed() -> None:
    catalog = load_catalog()
    wanted = {"models": "kimi-k3", "accelerators": "mi350x", "profiles": "chat_llm_azure", "providers": "lambda"}
    for table, name in wanted.items():
        rows = fact_rows(catalog, table)
        assert name in {row["id"] for row in rows}
        assert all(row["source"] and row["checked_on"] for row in rows)
        assert next(row["id"] for row in fact_rows(catalog, table, name.upper())).startswith(name)
        header, *lines = csv.reader(io.StringIO(render(facts_report({table: rows}, today=TODAY), "csv")))
        assert len(lines) == len(rows)
        assert "source" in header
