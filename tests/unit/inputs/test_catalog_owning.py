"""Facts about owning hardware of the bundled catalog: known figures, defaults re-derived, look-ups."""

import csv
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable

import pytest

from planner.domain.inputs.catalog import Catalog
from planner.domain.inputs.ownership_facts import FIGURES, OwnershipFacts
from planner.inputs.catalog.load import bundled_directory, load_catalog


@pytest.fixture(scope="module")
def bundled() -> Catalog:
    return load_catalog()


@pytest.fixture(scope="module")
def facts(bundled: Catalog) -> OwnershipFacts:
    return bundled.ownership


def read(name: str) -> list[dict[str, str]]:
    with (bundled_directory() / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_the_tables_are_as_large_as_the_readme_says(facts: OwnershipFacts) -> None:
    assert {name: len(rows) for name, rows in facts._asdict().items()} == {
        "server_prices": 41,
        "server_power": 18,
        "colocation_rents": 26,
        "electricity_tariffs": 101,
        "residual_curves": 6,
        "figures": 103,
    }


def test_every_fact_of_the_first_collection_that_is_no_row_has_a_reason() -> None:
    left_out = sum(int(row["rows"]) for row in read("left_out.csv") if row["file"] == "facts.csv")
    assert left_out == 102


@pytest.mark.parametrize(
    ("name", "context", "value"),
    [
        ("network_share_of_cluster_cost", "", 0.19),
        ("storage_share_of_datacenter_cost", "", 0.0125),
        ("facility_capex_usd_per_mw", "", 16e6),  # 11.5, 16 and 17.5 of 2026: the median
        ("fit_out_usd_per_mw", "", 750_000),
        ("construction_usd_per_mw", "Frankfurt", 11.6e6),
        ("all_in_usd_per_mw", "", 35e6),
        ("pue", "colocation", 1.42),
        ("pue", "ai", 1.2),
        ("pue", "survey", 1.56),  # 2024, not 1.58 of 2023
        ("measured_draw_fraction", "gpu", 0.75),
        ("maintenance_fraction_per_year", "", 0.045),  # 1%, 4.5% and 10% of 2026
        ("network_usd_per_accelerator", "b200", 4247),
        ("pue", "liquid-cooled", 1.1),
        ("construction_usd_per_mw", "United Arab Emirates", 8.8e6),
        ("lead_months", "own datacenter", 18),
        ("lead_months", "colocation", 8 * 7 * 12 / 365),
        ("lead_months", "servers", 1.5),
        ("economic_life_months", "", 48),
        ("software_usd_per_accelerator_year", "", 4500),
        ("borrowing_rate_per_year", "GPU-backed debt", 0.1),  # 7, 9.5, 10, 11, 15%
        ("tax_and_insurance_fraction_per_year", "", 0.01),
        ("nameplate_kw_per_accelerator_kw", "h100", 10.2 / 5.6),
        ("faulty_per_accelerator_year", "h100", 148 / 16_384 / (54 / 365)),
    ],
)
def test_known_figures(facts: OwnershipFacts, name: str, context: str, value: float) -> None:
    figure = facts.figure(name, context)
    assert figure is not None
    assert figure.value == pytest.approx(value, abs=1e-6)


def test_servers_and_their_power(facts: OwnershipFacts) -> None:
    price = facts.server_price("h100-sxm-80gb")
    assert price is not None
    assert (price.usd_per_server, price.usd_per_accelerator, price.basis) == (
        255_237.04,
        31_904.63,
        "listed",
    )  # not the planning figure of 300,000
    rack = facts.server_price("gb200-186gb")
    assert rack is not None
    assert (rack.accelerators, rack.usd_per_server) == (72, 3_300_000)  # not the 5.9 million with its building
    assert facts.server_price("h100-nvl-94gb") is None  # a list price that the facts warn of
    assert facts.server_price("mi300x") is None  # a baseboard is no server
    rated, most = facts.power("h100-sxm-80gb"), facts.power("h100-sxm-80gb", "peak")
    assert rated is not None
    assert most is not None
    assert rated.kw_per_accelerator == pytest.approx(1.275)
    assert most.kw / rated.kw == pytest.approx(0.82, abs=0.01)  # told: 18% below the rating
    assert facts.power("a100-sxm-80gb") is None


def test_rent_by_size(facts: OwnershipFacts) -> None:
    rents = {kw: facts.rent(kw) for kw in (5, 50, 300, 5_000, 200_000)}
    assert {kw: rent.usd_per_kw_month for kw, rent in rents.items() if rent} == {
        5: 225,
        50: 225,
        300: 194.95,
        5_000: 115,  # 80 to 150; Dallas, Atlanta and Phoenix are asked 120 to 127.5
        200_000: 137.5,
    }
    dense = facts.rent_of("high_density")
    assert dense is not None
    assert dense.usd_per_kw_month == 200
    at_home = facts.rent_of("suite", "SG")
    assert at_home is not None
    assert at_home.usd_per_kw_month == 375
    assert facts.rent_of("suite", "DE") == facts.rent_of("suite") == facts.rent_of("suite", "US")
    assert OwnershipFacts().rent(100) is None


def test_tariffs_fall_back_to_the_country(facts: OwnershipFacts) -> None:
    found = {place: facts.tariff(place) for place in ("US", "US-TX", "US-PA", "US-FL", "DE", "NO")}
    assert {place: tariff.usd_per_kwh for place, tariff in found.items() if tariff} == {
        "US": 0.0826,
        "US-TX": 0.066,  # the year 2023, not the month 2025-11
        "US-PA": 0.0775,
        "US-FL": 0.0939,
        "DE": 0.19,
    }


def test_residual_curves(facts: OwnershipFacts) -> None:
    curve, guide = facts.residual_curve(), facts.residual_curve("guide")
    assert curve is not None
    assert guide is not None
    assert curve.id == "h100-anchor"
    assert curve.points == ((0, 1), (12, 0.78), (24, 0.6), (36, 0.46), (48, 0.35))
    assert guide.points == ((0, 1), (12, 0.65), (24, 0.375), (36, 0.275), (48, 0.15))
    assert facts.residual_curve("nothing") is None


def is_a_server(row: dict[str, str]) -> bool:
    return row["scope"] == "server" and "LOW TRUST" not in row["note"]


EARLIER = {
    row["source"] for row in read("colocation_rents.csv") if row["default"] == "true" and row["market"] != "SG"
} | {row["source"] for row in read("colocation_rents.csv") if "cbre.com" in row["source"]}
"""Sources whose rents may be the default: pages that are generated or sell something are not."""


def told_default(rows: Iterable[dict[str, str]], value: str) -> dict[str, str]:
    """The rule of the README, said once more: newest year, median, of two in the middle the newer; price lists first."""
    rows = list(rows)
    if value == "usd_per_server":
        best = min(("listed", "observed", "derived", "estimated").index(row["basis"]) for row in rows)
        rows = [row for row in rows if row["basis"] == ("listed", "observed", "derived", "estimated")[best]]
    year = max(row["checked_on"][:4] for row in rows)
    newest = sorted((row for row in rows if row["checked_on"][:4] == year), key=lambda row: float(row[value]))
    half = len(newest) // 2
    middle = [newest[half]] if len(newest) % 2 else newest[half - 1 : half + 1]
    return max(middle, key=lambda row: row["checked_on"])


@pytest.mark.parametrize(
    ("name", "value", "key", "candidate"),
    [
        ("server_prices.csv", "usd_per_server", lambda r: r["accelerator"], is_a_server),
        ("colocation_rents.csv", "usd_per_kw_month", lambda r: r["size_class"], lambda r: r["source"] in EARLIER),
        ("owning.csv", "value", lambda r: (r["name"], r["context"]), lambda r: True),
        ("electricity_tariffs.csv", "usd_per_kwh", lambda r: r["place"], lambda r: r["span"] == "year"),
    ],
)
def test_defaults_follow_the_rule(
    name: str, value: str, key: Callable[[dict[str, str]], object], candidate: Callable[[dict[str, str]], bool]
) -> None:
    groups = defaultdict(list)
    for row in read(name):
        if candidate(row):
            groups[key(row)].append(row)
    assert groups
    for rows in groups.values():
        assert [row for row in rows if row["default"] == "true"] == [told_default(rows, value)]


def test_every_known_figure_is_there_and_has_one_default_a_context(facts: OwnershipFacts) -> None:
    assert {figure.name for figure in facts.figures} == set(FIGURES)
    defaults = Counter((figure.name, figure.context) for figure in facts.figures if figure.default)
    assert set(defaults) == {(figure.name, figure.context) for figure in facts.figures}
    assert set(defaults.values()) == {1}
