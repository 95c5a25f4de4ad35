"""Price paths and carbon intensity of the bundled catalog: rules re-derived, known figures, look-ups."""

import csv
from collections import defaultdict
from decimal import Decimal
from statistics import median

import pytest

from planner.domain.finance.price_path import factor_at
from planner.domain.inputs.catalog import Catalog
from planner.inputs.catalog.load import bundled_directory, load_catalog


@pytest.fixture(scope="module")
def bundled() -> Catalog:
    return load_catalog()


def test_the_bundled_paths(bundled: Catalog) -> None:
    lengths = {name: (len(path.points), path.points[-1][0]) for name, path in bundled.price_paths.items()}
    assert lengths == {
        "flat": (1, 0),
        "falling": (61, 60),
        "rising": (61, 60),
        "price-performance": (61, 60),
        "replay-2023-2026": (22, 43),
        "replay-h100": (10, 36),
        "replay-h100-list": (3, 22),
        "replay-h100-on-demand": (13, 25),
        "replay-a100": (10, 40),
        "replay-a100-list": (3, 36),
        "replay-b200": (5, 16),
    }


def test_the_replay_is_the_survey(bundled: Catalog) -> None:
    """One-year contracts of the H100: 3.05 in 2023-01, 1.70 in 2025-10, 2.35 in 2026-03, 2.80 in 2026-08."""
    points = bundled.price_paths["replay-2023-2026"].points
    told = {0: 3.05, 33: 1.70, 38: 2.35, 43: 2.80}
    assert {m: 3.05 * float(factor_at(points, m)) for m in told} == pytest.approx(told, abs=1e-4)
    assert factor_at(points, 60) == factor_at(points, 43)  # nobody knows what comes after: constant


def test_a_list_price_stands_and_then_steps(bundled: Catalog) -> None:
    """98.32 USD an hour until June 2025, 55.04 from then on: a cut of 44%."""
    points = bundled.price_paths["replay-h100-list"].points
    assert [factor_at(points, m) for m in (0, 21, 22, 48)] == [
        1,
        1,
        Decimal("0.559805"),
        Decimal("0.559805"),
    ]  # 55.04 / 98.32


@pytest.mark.parametrize(
    ("path", "changes_per_year"),
    [
        (
            "falling",
            [
                (2.97 / 6.62) ** (12 / (20 + 10 / 30)) - 1,  # H100 composite 2023-10-01 to 2025-06-11
                1.95 / 2.8 - 1,  # H100 one-year contract, 2024-01 to 2025-01
                2.75 / 3.9 - 1,  # H100 on demand, 2024-04 to 2025-04
                (55.04 / 98.32) ** (12 / 22.5) - 1,  # list price, 2023-08-08 to 2025-06-23
                0.67 ** (1 / 3) - 1,  # two list prices, 2022-06-23 to 2025-06-23
                0.67 ** (1 / 3) - 1,
                (1.48 / 1.69) ** (12 / (12 + 2 / 30)) - 1,  # A100 composite, 2023-06-13 to 2024-06-15
            ],
        ),
        (
            "rising",
            [
                (3.3 / 2.97) ** (12 / (15 + 27 / 30)) - 1,  # H100 composite, 2025-06-11 to 2026-10-08
                (6.28 / 4.93) ** (12 / 16) - 1,  # B200 composite, 2025-06-08 to 2026-10-08
                (1.67 / 1.31) ** (12 / (15 + 27 / 30)) - 1,  # A100 composite, the same days
                (3.85 / 2.75) ** (12 / 13) - 1,  # H100 on demand, 2025-04 to 2026-05
                2.8 / 1.75 - 1,  # H100 one-year contract, 2025-08 to 2026-08
            ],
        ),
    ],
)
def test_falling_and_rising_are_the_median_of_the_steepest_yearly_changes(
    bundled: Catalog, path: str, changes_per_year: list[float]
) -> None:
    yearly = 1 + median(changes_per_year)
    points = bundled.price_paths[path].points
    assert [float(factor_at(points, m)) for m in (12, 30, 60)] == pytest.approx(
        [yearly, yearly**2.5, yearly**5], abs=2e-5
    )


def test_every_replayed_point_says_the_price_it_comes_from() -> None:
    with (bundled_directory() / "price_paths.csv").open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["path"].startswith("replay-")]
    base: dict[str, float] = {}
    for row in rows:
        usd = float(row["note"].split(" USD per accelerator-hour")[0])
        base.setdefault(row["path"], usd)
        assert float(row["factor"]) == pytest.approx(usd / base[row["path"]], abs=1e-6), row


def test_carbon_of_a_region_else_of_its_country(bundled: Catalog) -> None:
    assert len(bundled.carbon_intensity) == 72
    here = bundled.carbon_of("gcp", "us-central1", "US")
    assert here is not None
    assert (here.grams_co2e_per_kwh, here.basis) == (412.72, "listed")
    namesake = bundled.carbon_of("nebius", "us-central1", "US")  # another seller's region of the same name
    assert namesake is not None
    assert (namesake.id, namesake.grams_co2e_per_kwh, namesake.basis) == ("US", 340.42, "derived")
    assert bundled.carbon_of("acme", "nowhere", "NO") is None
    assert bundled.carbon_of("acme", "all", "") is None


def test_a_country_has_the_median_of_its_regions(bundled: Catalog) -> None:
    regions = defaultdict(list)
    for row in bundled.carbon_intensity.values():
        if row.region:
            regions[row.country].append(row.grams_co2e_per_kwh)
    countries = {row.id: row.grams_co2e_per_kwh for row in bundled.carbon_intensity.values() if not row.region}
    assert countries == pytest.approx({country: median(grams) for country, grams in regions.items()})
    assert sum(len(grams) for grams in regions.values()) == 44
