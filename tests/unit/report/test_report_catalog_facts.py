"""Tables of facts in every dress."""

import csv
import io
import json

import pytest

from planner.domain.catalog import CarbonIntensity, Catalog, Constant, PricePath
from planner.domain.ownership_facts import ElectricityTariff, OwnershipFacts, ResidualCurve
from planner.report.catalog_facts import TABLES, fact_rows, facts_named, render_facts

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
    assert render_facts({table: fact_rows(CATALOG, table)}, form, today=TODAY).endswith("\n")


def test_a_path_is_shown_at_its_years() -> None:
    text = render_facts({"paths": fact_rows(CATALOG, "paths")}, "table", today=TODAY)
    line = next(line for line in text.splitlines() if line.strip().startswith("down"))
    assert line.split() == ["down", "0.8", "0.6", "0.6", "0.6", "0.6", "2026-10-08"]  # constant after the last point
    assert "(index.example/gpu)" in text


def test_a_residual_curve_goes_on_falling() -> None:
    text = render_facts({"residuals": fact_rows(CATALOG, "residuals")}, "table", today=TODAY)
    line = next(line for line in text.splitlines() if line.strip().startswith("market"))
    assert line.split() == ["market", "0.8", "0.6", "0.4", "0.2", "–", "2026-06"]
    assert "default; observed (shop)" in text


def test_programs_get_all_points_and_the_age() -> None:
    tables = {"paths": fact_rows(CATALOG, "paths")}
    (row,) = json.loads(render_facts(tables, "json", today=TODAY))["rows"]
    assert row["points"] == [[0.0, 1.0], [24.0, 0.6]]
    assert (row["table"], row["age_months"]) == ("paths", 1.5)
    (record,) = csv.DictReader(io.StringIO(render_facts(tables, "csv", today=TODAY)))
    assert record["points"] == "0:1 24:0.6"


def test_a_name_is_looked_up_in_all_tables() -> None:
    assert {table: len(rows) for table, rows in facts_named(CATALOG, "DE").items()} == {"carbon": 1, "electricity": 1}
    assert list(facts_named(CATALOG, "pue")) == ["power"]
    assert facts_named(CATALOG, "nothing") == {}
    assert "275.8" in render_facts(facts_named(CATALOG, "DE"), "table", today=TODAY)
