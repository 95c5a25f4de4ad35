"""The catalog: what is refused and how it is said; what the bundled one holds."""

import csv
import re
import time
from collections import Counter
from dataclasses import fields
from pathlib import Path

import pytest

from planner.domain.inputs.catalog import Catalog, InstancePrice, PricePath, earliest_day
from planner.errors import CatalogError
from planner.inputs.catalog.files.columns import COLUMNS, OPTIONAL
from planner.inputs.catalog.load import bundled_directory, load_catalog
from planner.sizing.constants import SizingConstants

ROWS = {
    "accelerators.csv": [
        "chip-80,Acme,Chip 80,80,3000,1000,2000,2000,,60,700,450,fabric,2022-10-01,verified,datasheet,2026-08,",
    ],
    "language_models.csv": ["tiny-7b,Tiny,7,7,32,4096,32,8,128,32000,8192,gqa,,,,,,bf16,paper,2026,"],
    "provider_classes.csv": ["neocloud,64,32,512,0.175,assumed,us,2026-11-22"],
    "providers.csv": ["acme,Acme Cloud,neocloud,false,1,us,2026-11-22"],
    "regions.csv": ["acme,north,DE,EU,name,2026-11-22"],
    "providers/acme.csv": [
        "north,big,chip-80,8,on_demand,on demand,,,1,24,,listed,price page,2026-10-02,",
        "north,big,chip-80,8,spot,spot,,,1,8,,observed,price page,2026-10-02,",
        "north,big,chip-80,8,commitment,standard,12,0.5,2,16.8,,listed,price page,2026-10-02,",
    ],
    "hosted_apis.csv": ["api:tiny,api,tiny,tiny-7b,0.1,0.3,,8192,,price page,2026-11"],
    "aliases.csv": ["accelerator,Chip,chip-80,us,2026-11-22", "hosted_model,api:tiny,tiny-7b,us,2026-11-22"],
    "load_profiles.csv": [f"flat,24,constructed,{' '.join(['1'] * 24)},constructed,2026-11-22,"],
    "price_paths.csv": ["down,0,1,survey,2026-10-08,", "down,12,0.8,survey,2026-09,"],
    "successors.csv": ["Chip 160,Acme,chip-80,2028-01,down,roadmap,2026-03,"],
    "carbon_intensity.csv": ["north,acme,north,DE,Town,300,listed,grid,2024,", "DE,,,DE,,300,derived,grid,2024,"],
    "power.csv": ["pue,1.2,1.1,1.5,ratio,survey,2025"],
    "server_prices.csv": ["chip-80/node,chip-80,8,server,240000,200000,300000,true,listed,shop,2026-05,"],
    "server_power.csv": ["chip-80/nameplate,chip-80,8,nameplate,10.2,listed,datasheet,2025,"],
    "colocation_rents.csv": ["small,suite,US,250,500,195,,,0.03,true,observed,survey,2025-12,"],
    "electricity_tariffs.csv": ["US-TX,year,0.066,true,observed,office,2023,"],
    "residual_curves.csv": [
        "market,0,1,,,true,observed,shop,2026,new",
        "market,24,0.6,0.5,0.7,true,observed,shop,2026,",
    ],
    "owning.csv": [
        "spare_fraction,,0.075,0.05,0.1,true,estimated,page,2026-05,",
        "pue,ai,1.2,1.1,1.3,true,estimated,page,2025,",
    ],
    "sizing_constants.csv": ["e_kv,0.95,0.9,1,fraction,fitted,2026-11-22"],
}
for _name in ("sizing_constants.csv", "power.csv"):  # every constant that a formula needs must be there
    _mine = {row.split(",")[0] for row in ROWS[_name]}
    _bundled = (bundled_directory() / _name).read_text(encoding="utf-8").splitlines()[1:]
    ROWS[_name] += [row for row in _bundled if row.split(",")[0] not in _mine]
SMALL = {name: [",".join(COLUMNS["providers/*.csv" if "/" in name else name]), *rows] for name, rows in ROWS.items()}
SMALL["caps.csv"] = [
    "provider,contract,accelerator,max_nodes,max_accelerators,source,checked_on,note",
    "acme,reserved,chip-80,,4000,press,2026-10,",
    "acme,commitment,,32,,docs,2026,",
]


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    root = tmp_path / "datasets"
    (root / "providers").mkdir(parents=True)
    for name, lines in SMALL.items():
        (root / name).write_text("\n".join(lines) + "\n", encoding="utf-8")
    return root


@pytest.fixture(scope="module")
def bundled() -> Catalog:
    return load_catalog()


def change(directory: Path, name: str, line: int, column: str, value: str) -> None:
    """Put `value` into one cell; lines count from 1 and the header is line 1."""
    path = directory / name
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))
    rows[line - 1][rows[0].index(column)] = value
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows(rows)


def refusal(directory: Path) -> str:
    with pytest.raises(CatalogError) as caught:
        load_catalog(directory)
    assert caught.value.exit_code == 2
    assert caught.value.help
    return caught.value.what


# ── the small catalog ────────────────────────────────────────────────────────────────────────────────────────────


def test_a_small_catalog_reads_as_it_was_written(directory: Path) -> None:
    catalog = load_catalog(directory)
    on_demand, spot, commitment = catalog.prices
    assert on_demand.id == "acme/north/big/on-demand"
    assert on_demand.country == "DE"
    assert on_demand.price_usd_per_hour == 24
    assert (on_demand.term_months, on_demand.interruptions_per_month) == (0, 0)
    assert spot.interruptions_per_month == 0.175  # the class's assumption: the row says nothing
    assert commitment.id == "acme/north/big/commitment-12m-upfront50"
    assert (commitment.term_months, commitment.upfront_fraction, commitment.min_nodes) == (12, 0.5, 2)
    assert catalog.aliases == {"chip": "chip-80"}
    assert catalog.token_prices[0].language_model == "tiny-7b"
    assert catalog.token_prices[0].usd_per_mtok_cached == 0
    assert catalog.providers["acme"].on_demand_cap_accelerators == 64
    assert catalog.price_paths == {"down": PricePath("down", ((0, 1), (12, 0.8)), "survey", "2026-10-08")}
    (announced,) = catalog.announced
    assert (announced.name, announced.replaces, announced.month) == ("Chip 160", ("chip-80",), "2028-01")
    carbon = catalog.carbon_of("acme", "north", "DE")
    assert carbon is not None
    assert (carbon.id, carbon.grams_co2e_per_kwh) == ("north", 300)
    server = catalog.ownership.server_price("chip-80")
    assert server is not None
    assert (server.usd_per_accelerator, server.low_usd_per_server) == (30_000, 200_000)
    (curve,) = catalog.ownership.residual_curves
    assert (curve.id, curve.points, curve.default) == ("market", ((0, 1), (24, 0.6)), True)


def test_a_stated_interruption_figure_wins_over_the_assumption(directory: Path) -> None:
    change(directory, "providers/acme.csv", 3, "interruptions_per_month", "0.025")
    assert load_catalog(directory).prices[1].interruptions_per_month == 0.025


def test_the_plan_joins_the_id_where_it_is_all_that_differs(directory: Path) -> None:
    with (directory / "providers/acme.csv").open("a", encoding="utf-8") as file:
        file.write("north,big,chip-80,8,commitment,convertible plan,12,0.5,1,18,,listed,price page,2026-10-02,\n")
    ids = [price.id for price in load_catalog(directory).prices[2:]]
    assert ids == [
        "acme/north/big/commitment-12m-upfront50-standard",
        "acme/north/big/commitment-12m-upfront50-convertible-plan",
    ]


REFUSED = [
    ("providers/acme.csv", 2, "source", "", "`source` is empty"),
    ("providers/acme.csv", 2, "checked_on", "", "`checked_on` is empty"),
    ("providers/acme.csv", 2, "checked_on", "last week", "`checked_on` is `last week`, which is no date"),
    ("providers/acme.csv", 2, "checked_on", "2026-02-30", "which is no date"),
    ("providers/acme.csv", 2, "accelerator", "", "`accelerator` is empty"),
    ("providers/acme.csv", 2, "accelerator", "chip-8", "did you mean `chip-80`?"),
    ("providers/acme.csv", 2, "price_usd_per_hour", "", "`price_usd_per_hour` is empty"),
    ("providers/acme.csv", 2, "price_usd_per_hour", "0", "`price_usd_per_hour` is 0, not above zero"),
    ("providers/acme.csv", 2, "price_usd_per_hour", "-3", "is -3, not above zero"),
    ("providers/acme.csv", 2, "price_usd_per_hour", "nan", "is `nan`, which is no finite number"),
    ("providers/acme.csv", 2, "price_usd_per_hour", "inf", "is `inf`, which is no finite number"),
    ("providers/acme.csv", 2, "price_usd_per_hour", "$24", "is `$24`, which is no finite number"),
    ("providers/acme.csv", 2, "count", "0.5", "not a whole number"),
    ("providers/acme.csv", 2, "count", "0", "not above zero"),
    ("providers/acme.csv", 2, "region", "south", "add it for `acme` to regions.csv"),
    ("providers/acme.csv", 2, "contract", "ondemand", "did you mean `on_demand`?"),
    ("providers/acme.csv", 2, "basis", "guessed", "use one of derived, estimated, listed, observed, quoted"),
    ("providers/acme.csv", 2, "term_months", "12", "for a contract without a term"),
    ("providers/acme.csv", 2, "interruptions_per_month", "0.1", "for a contract that is not spot"),
    ("providers/acme.csv", 4, "term_months", "", "`term_months` is empty"),
    ("providers/acme.csv", 4, "upfront_fraction", "", "`upfront_fraction` is empty"),
    ("providers/acme.csv", 4, "upfront_fraction", "50", "not a fraction"),
    ("providers/acme.csv", 4, "min_nodes", "", "`min_nodes` is empty"),
    ("providers.csv", 2, "class", "hypercloud", "`class` is `hypercloud`, which is not known"),
    ("providers.csv", 2, "opt_in", "no", "use one of false, true"),
    ("providers.csv", 2, "source", "", "`source` is empty"),
    ("provider_classes.csv", 2, "assumed_spot_cap_accelerators", "", "is empty"),
    ("caps.csv", 2, "max_nodes", "8", "is `8` of `reserved`; leave it empty, `max_accelerators` counts"),
    ("caps.csv", 2, "max_accelerators", "0.5", "not a whole number"),
    ("caps.csv", 2, "accelerator", "chip-8", "did you mean `chip-80`?"),
    ("caps.csv", 3, "accelerator", "chip-80", "is `chip-80` of `commitment`; leave it empty"),
    ("caps.csv", 3, "max_accelerators", "8", "is `8` of `commitment`; leave it empty, `max_nodes` counts"),
    ("regions.csv", 2, "country", "Germany", "ISO 3166"),
    ("regions.csv", 2, "provider", "acne", "did you mean `acme`?"),
    ("accelerators.csv", 2, "memory_gb", "-80", "`memory_gb` is -80"),
    ("accelerators.csv", 2, "id", "", "`id` is empty"),
    ("language_models.csv", 2, "active_parameters_b", "70", "above all 7"),
    ("language_models.csv", 2, "attention", "flash", "use one of gqa, mha, mla, mqa, none"),
    ("hosted_apis.csv", 2, "usd_per_mtok_output", "0", "not above zero"),
    ("hosted_apis.csv", 2, "language_model", "tiny-8b", "use an id of language_models.csv"),
    ("hosted_apis.csv", 2, "language_model", "", "aliases.csv says `tiny-7b`"),
    ("hosted_apis.csv", 2, "id", "tiny", "write `api:tiny`"),
    ("hosted_apis.csv", 2, "withdrawn_on", "soon", "which is no date"),
    ("aliases.csv", 2, "id", "chip-90", "did you mean `chip-80`?"),
    ("load_profiles.csv", 2, "values", "1 1 1", "holds 3 numbers for `24` hours"),
    ("load_profiles.csv", 2, "values", " ".join(["2"] * 24), "has mean 2"),
    ("successors.csv", 2, "replaces", "chip-80 chip-81", "names `chip-81`, which is not known"),
    ("successors.csv", 2, "month", "2028", "is `2028`, which is no month"),
    ("successors.csv", 2, "path", "dwon", "did you mean `down`?"),
    ("successors.csv", 2, "source", "", "`source` is empty"),
    ("price_paths.csv", 2, "months", "1", "begin at month 0"),
    ("price_paths.csv", 2, "factor", "1.1", "write 1: a path is relative to its start"),
    ("price_paths.csv", 3, "months", "0", "is 0 after 0"),
    ("price_paths.csv", 3, "months", "", "`months` is empty"),
    ("price_paths.csv", 3, "months", "-1", "is -1, below zero"),
    ("price_paths.csv", 3, "months", "6000", "above 600"),
    ("price_paths.csv", 3, "factor", "0", "not above zero"),
    ("price_paths.csv", 3, "path", "Down Town", "write small letters, digits and hyphens"),
    ("price_paths.csv", 3, "source", "", "`source` is empty"),
    ("price_paths.csv", 3, "checked_on", "soon", "which is no date"),
    ("carbon_intensity.csv", 2, "provider", "acne", "did you mean `acme`?"),
    ("carbon_intensity.csv", 2, "provider", "", "is empty for the region `north`"),
    ("carbon_intensity.csv", 2, "id", "south", "write `north`"),
    ("carbon_intensity.csv", 3, "country", "Germany", "ISO 3166"),
    ("carbon_intensity.csv", 3, "grams_co2e_per_kwh", "", "`grams_co2e_per_kwh` is empty"),
    ("carbon_intensity.csv", 3, "grams_co2e_per_kwh", "-1", "below zero"),
    ("carbon_intensity.csv", 3, "basis", "guessed", "use one of derived, listed"),
    ("power.csv", 2, "value", "2", "outside its range 1.1 to 1.5"),
    ("server_prices.csv", 2, "accelerator", "chip-8", "did you mean `chip-80`?"),
    ("server_prices.csv", 2, "scope", "rack", "use one of accelerator, all_in, baseboard, cluster, list, server"),
    ("server_prices.csv", 2, "usd_per_server", "0", "not above zero"),
    ("server_prices.csv", 2, "usd_per_server", "400000", "is 400000, outside its range 200000 to 300000"),
    ("server_prices.csv", 2, "default", "yes", "use one of false, true"),
    ("server_prices.csv", 2, "basis", "guessed", "use one of assumed, derived, estimated, listed, observed"),
    ("server_power.csv", 2, "id", "chip-80", "write `chip-80/nameplate`"),
    ("server_power.csv", 2, "kw", "", "`kw` is empty"),
    ("server_power.csv", 2, "measure", "plate", "did you mean `nameplate`?"),
    ("colocation_rents.csv", 2, "size_class", "room", "`size_class` is `room`, which is not known"),
    ("colocation_rents.csv", 2, "smallest_kw", "900", "is 900, above the largest 500"),
    ("colocation_rents.csv", 2, "rise_per_year", "3", "not a fraction"),
    ("electricity_tariffs.csv", 2, "place", "Texas", "write ISO 3166"),
    ("electricity_tariffs.csv", 2, "usd_per_kwh", "66", "is 66, above 2"),
    ("electricity_tariffs.csv", 2, "span", "week", "use one of month, year"),
    ("electricity_tariffs.csv", 2, "source", "", "`source` is empty"),
    ("residual_curves.csv", 2, "months", "1", "begin at month 0"),
    ("residual_curves.csv", 2, "fraction", "0.9", "begin new, with 1"),
    ("residual_curves.csv", 3, "fraction", "0.4", "outside its range 0.5 to 0.7"),
    ("residual_curves.csv", 3, "months", "0", "order a curve by months"),
    ("residual_curves.csv", 3, "default", "false", "is not the same in all rows of its curve"),
    ("owning.csv", 2, "name", "spare_fractoin", "did you mean `spare_fraction`?"),
    ("owning.csv", 2, "value", "", "`value` is empty"),
    ("owning.csv", 3, "value", "0.9", "is 0.9, below 1"),
    ("sizing_constants.csv", 2, "value", "2", "outside its range 0.9 to 1"),
]


@pytest.mark.parametrize(("name", "line", "column", "value", "said"), REFUSED)
def test_a_cell_that_must_not_be_believed_is_refused(
    directory: Path, name: str, line: int, column: str, value: str, said: str
) -> None:
    change(directory, name, line, column, value)
    what = refusal(directory)
    assert said in what
    assert f"datasets/{name}:{line}: `{column}`" in what


def test_a_second_price_of_the_same_contract_is_refused(directory: Path) -> None:
    path = directory / "providers/acme.csv"
    path.write_text(path.read_text() + SMALL["providers/acme.csv"][1] + "\n")
    assert "acme.csv:5: `instance` is priced twice under one contract, also in line 2; keep one" in refusal(directory)


@pytest.mark.parametrize("name", sorted(set(SMALL) - {"providers/acme.csv"}))
def test_a_second_row_of_the_same_name_is_refused(directory: Path, name: str) -> None:
    path = directory / name
    path.write_text(path.read_text() + SMALL[name][1] + "\n")
    assert f"datasets/{name}:{len(SMALL[name]) + 1}: " in refusal(directory)


@pytest.mark.parametrize("name", sorted(SMALL))
def test_an_unknown_and_a_missing_column_are_both_named(directory: Path, name: str) -> None:
    path = directory / name
    path.write_text(path.read_text().replace("checked_on", "checked_onn", 1))
    what = refusal(directory)
    assert f"datasets/{name}:1: unknown column `checked_onn`; did you mean `checked_on`?" in what
    assert f"datasets/{name}:1: column `checked_on` is missing" in what


@pytest.mark.parametrize("name", sorted(set(SMALL) - {"providers/acme.csv", "successors.csv", "caps.csv"}))
def test_a_missing_file_is_named(directory: Path, name: str) -> None:
    (directory / name).unlink()
    assert f"datasets/{name}:1: the file is missing" in refusal(directory)


@pytest.mark.parametrize(
    ("name", "row", "said"),
    [
        (
            "server_prices.csv",
            "chip-80/other,chip-80,8,server,230000,,,true,listed,shop,2026,",
            "`default` is true twice for `chip-80`",
        ),
        ("server_prices.csv", "chip-80/bare,chip-80,1,accelerator,9,,,true,listed,shop,2026,", "a whole server may be"),
        ("colocation_rents.csv", "other,suite,US,,,180,,,,true,observed,survey,2025,", "true twice for `suite`"),
        ("electricity_tariffs.csv", "US-TX,month,0.07,true,observed,office,2025,", "true twice for `US-TX`"),
        ("residual_curves.csv", "other,0,1,,,true,observed,shop,2026,", "true twice for `all curves`"),
        (
            "residual_curves.csv",
            "market,36,0.7,,,true,observed,shop,2026,",
            "is 0.7 after 0.6; a thing is not worth more",
        ),
        ("owning.csv", "pue,ai,1.3,,,true,estimated,page,2026,", "true twice for `pue ai`"),
        ("owning.csv", "spare_fraction,big,7.5,,,true,estimated,page,2026,", "is 7.5, not a fraction"),
    ],
)
def test_what_does_not_fit_the_rows_before_it_is_refused(directory: Path, name: str, row: str, said: str) -> None:
    path = directory / name
    path.write_text(path.read_text() + row + "\n")
    assert said in refusal(directory)


def test_prices_of_an_unknown_seller_are_refused(directory: Path) -> None:
    (directory / "providers/acme.csv").rename(directory / "providers/acne.csv")
    assert "unknown provider `acne`; did you mean `acme`?" in refusal(directory)


def test_a_comma_too_many_is_refused(directory: Path) -> None:
    path = directory / "regions.csv"
    path.write_text(path.read_text() + "acme,south,DE,EU,name,with comma,2026\n")
    assert "regions.csv:3: 7 cells under 6 columns" in refusal(directory)


def test_a_directory_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CatalogError, match="no catalog directory"):
        load_catalog(tmp_path / "nowhere")


def test_mistakes_of_all_files_come_together_and_the_rest_are_counted(directory: Path) -> None:
    change(directory, "accelerators.csv", 2, "tdp_watts", "hot")
    change(directory, "sizing_constants.csv", 2, "unit", "")
    what = refusal(directory)
    assert "accelerators.csv:2" in what
    assert "sizing_constants.csv:2" in what

    path = directory / "providers/acme.csv"
    rows = [f"north,big{i},chip-80,8,on_demand,on demand,,,1,0,,listed,page,2026,\n" for i in range(40)]
    path.write_text(path.read_text() + "".join(rows))
    lines = refusal(directory).splitlines()
    assert len(lines) == 1 + 20 + 1
    total = int(re.search(r"has (\d+) mistakes", lines[0])[1])  # type: ignore[index]
    assert lines[-1] == f"… and {total - 20} more"


# ── the bundled catalog ──────────────────────────────────────────────────────────────────────────────────────────


def price_of(catalog: Catalog, price_id: str) -> InstancePrice:
    return next(price for price in catalog.prices if price.id == price_id)


def test_the_bundled_catalog_is_as_large_as_its_readme_says(bundled: Catalog) -> None:
    assert len(bundled.prices) == 7_648
    assert sum(p.access == "open" for p in bundled.prices) > 6_000
    assert Counter(p.contract for p in bundled.prices) == {
        "on_demand": 2_557,
        "spot": 1_133,
        "commitment": 3_880,
        "capacity_block": 78,
    }
    assert len(bundled.providers) == 40
    assert {p.provider for p in bundled.prices} == set(bundled.providers)
    assert (len(bundled.accelerators), len(bundled.language_models), len(bundled.profiles)) == (88, 176, 19)
    assert len(bundled.token_prices) == 2357
    assert sum(bool(p.language_model) for p in bundled.token_prices) == 1_081
    assert bundled.newest_price_on == "2026-11-29"


def test_what_does_not_hold_is_listed_with_its_reason(bundled: Catalog) -> None:
    with (bundled_directory() / "replaced.csv").open(encoding="utf-8") as file:
        replaced = list(csv.DictReader(file))
    with (bundled_directory() / "left_out.csv").open(encoding="utf-8") as file:
        counted = {(row["file"], row["reason"]): int(row["rows"]) for row in csv.DictReader(file)}
    for key, rows in Counter((row["file"], row["reason"]) for row in replaced).items():
        assert counted[key] == rows
    held = {(p.provider, p.region, p.instance, p.contract, p.plan, f"{p.price_usd_per_hour:g}") for p in bundled.prices}
    again = ("provider", "region", "instance", "contract", "plan", "price_usd_per_hour")
    left = [row for row in replaced if row["reason"] in PHANTOM]
    assert len(left) > 2_000
    assert not [row for row in left if tuple(row[name] for name in again) in held]


PHANTOM = {"no such machine type in this region", "one price repeated over every region, not known to be sold there"}


def test_every_row_of_every_file_has_source_and_date() -> None:
    for path in sorted(bundled_directory().rglob("*.csv")):
        with path.open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                assert row["source"], (path.name, row)
                assert re.fullmatch(r"\d{4}(-\d\d){0,2}", row["checked_on"]), (path.name, row)


def test_known_prices(bundled: Catalog) -> None:
    known = {
        "aws/us-east-1/p5.48xlarge/on-demand": 55.04,
        "aws/us-east-1/p5.48xlarge/capacity-block-6m": 8 * 5.191,
        "aws/us-east-1/p5.48xlarge/commitment-36m-upfront100": 8 * 2.58688,
        "aws/us-east-1/p5.48xlarge/commitment-36m-upfront0-reserved-instance": 23.77728,
        "aws/us-west-2/p5.48xlarge/commitment-36m-upfront0-reserved-instance": 23.77728,
        "aws/us-west-2/p4de.24xlarge/commitment-36m-upfront0-standard-reserved-instance": 11.71777,
        "azure/eastus/Standard_ND96isr_H100_v5/commitment-36m-upfront0": 1_134_310 / 26_280,
        "gcp/us-central1/a4-highgpu-8g/commitment-12m-upfront0": 88.9272,
        "cirrascale/all/8x-B200/commitment-12m-upfront0": 8 * 4.79,
        "nebius/eu-north1/gpu-h100-sxm_8gpu-128vcpu-1600gb/on-demand": 8 * 4.50,
        "lambda/us-east-3/gpu_1x_gh200/on-demand": 2.29,
        "coreweave/US-EAST-04A/gd-8xh100ib-i128/on-demand": 49.24,
        "gcp/us-central1/a2-highgpu-1g/commitment-36m-upfront0": 1.28571,
        "gcp/us-central1/a2-highgpu-1g/on-demand": 3.673385,
        "verda/all/1H100.80S.32V/commitment-24m-upfront0": 2.64,
        "vultr/all/HGX-H100-8x-bare-metal/commitment-36m-upfront100": 8 * 2.30,
        "lambda/all/1-Click-Cluster-node-8x-H100/capacity-block-12m-1-click-cluster-2-weeks-to-1-year": 8 * 6.16,
        "oci/all-commercial-regions/BM.GPU.H100.8/on-demand": 80.0,
        "civo/all/8x-H100-SXM/commitment-24m-upfront0": 8 * 2.59,
    }
    found = {price.id: price.price_usd_per_hour for price in bundled.prices if price.id in known}
    assert found == pytest.approx(known, rel=1e-5)


def test_typical_discounts_of_the_facts_come_out(bundled: Catalog) -> None:
    by_id = {price.id: price.price_usd_per_hour for price in bundled.prices}

    def discount(node: str, term: str) -> float:
        return 1 - by_id[f"{node}/{term}"] / by_id[f"{node}/on-demand"]

    assert discount("gcp/us-central1/a2-highgpu-8g", "commitment-12m-upfront0") == pytest.approx(0.37, abs=0.01)
    assert discount("gcp/us-central1/a2-highgpu-8g", "commitment-36m-upfront0") == pytest.approx(0.65, abs=0.01)
    assert discount("gcp/us-central1/a3-highgpu-8g", "commitment-12m-upfront0") == pytest.approx(0.31, abs=0.01)
    assert discount("gcp/us-central1/a3-highgpu-8g", "commitment-36m-upfront0") == pytest.approx(0.56, abs=0.01)
    assert discount("gcp/us-central1/g2-standard-4", "commitment-36m-upfront0") == pytest.approx(0.55, abs=0.01)


def dearest_over_cheapest(bundled: Catalog, *accelerators: str) -> tuple[float, float]:
    """On-demand spread per accelerator-hour: over sellers at their cheapest region, and over all regions."""
    rates = [
        (p.provider, p.price_usd_per_hour / p.count)
        for p in bundled.prices
        if p.contract == "on_demand" and p.accelerator in accelerators and p.basis != "estimated"
    ]
    cheapest = {seller: min(rate for s, rate in rates if s == seller) for seller, _ in rates}
    everywhere = [rate for _, rate in rates]
    return max(cheapest.values()) / min(cheapest.values()), max(everywhere) / min(everywhere)


def test_the_spread_between_sellers_is_that_of_the_facts(bundled: Catalog) -> None:
    assert dearest_over_cheapest(bundled, "h100-sxm-80gb") == pytest.approx((6.15, 12.96), abs=0.01)  # told: 6x and 13x
    a100 = dearest_over_cheapest(bundled, "a100-sxm-80gb", "a100-pcie-80gb")
    assert a100[0] == pytest.approx(7.62, abs=0.01)  # told: 7.6x, which takes SXM and PCIe cards together
    assert dearest_over_cheapest(bundled, "a100-sxm-80gb")[0] == pytest.approx(5.45, abs=0.01)  # SXM alone


def test_spot_is_cheaper_than_on_demand(bundled: Catalog) -> None:
    on_demand = {(p.provider, p.region, p.instance): p for p in bundled.prices if p.contract == "on_demand"}
    for spot in (p for p in bundled.prices if p.contract == "spot"):
        twin = on_demand.get((spot.provider, spot.region, spot.instance))
        assert twin is None or spot.price_usd_per_hour < twin.price_usd_per_hour, spot.id


def test_committed_rates_are_of_many_sellers(bundled: Catalog) -> None:
    signed = [p for p in bundled.prices if p.contract in ("commitment", "capacity_block") and p.basis != "estimated"]
    assert len({p.provider for p in signed if p.access == "open"} - {"aws", "gcp"}) >= 11
    estimated = [p for p in bundled.prices if p.contract == "commitment" and p.basis == "estimated"]
    assert {"coreweave", "nebius", "crusoe", "hyperstack"} <= {p.provider for p in estimated}
    assert all(p.low_usd_per_hour is not None or p.high_usd_per_hour is not None for p in estimated)


def test_a_commitment_never_costs_more_than_on_demand(bundled: Catalog) -> None:
    on_demand = {(p.provider, p.region, p.instance): p for p in bundled.prices if p.contract == "on_demand"}
    for price in bundled.prices:
        twin = on_demand.get((price.provider, price.region, price.instance))
        if price.contract == "commitment" and twin:
            assert price.price_usd_per_hour < twin.price_usd_per_hour, price.id


def test_rates_older_than_the_price_cut_are_derived_from_today(bundled: Catalog) -> None:
    cut = ("p4d.24xlarge", "p4de.24xlarge", "p5.48xlarge")
    old = [p for p in bundled.prices if p.instance in cut and p.contract == "commitment" and p.checked_on < "2025-06"]
    assert old
    assert all(p.basis == "derived" and "predates the price cut" in p.note for p in old)
    assert not [
        p for p in old if p.instance.startswith("p5") and (p.term_months == 12 or p.plan.startswith("standard"))
    ]


def test_spot_interruptions_come_from_the_bucket_or_the_class(bundled: Catalog) -> None:
    spot = [p for p in bundled.prices if p.contract == "spot"]
    assert {p.interruptions_per_month for p in spot if p.provider == "aws"} == {0.025, 0.075, 0.125, 0.175, 0.25}
    assert {p.interruptions_per_month for p in spot if p.provider != "aws"} == {0.175}


def test_ids_are_unique_and_one_word(bundled: Catalog) -> None:
    ids = [price.id for price in bundled.prices]
    assert len(set(ids)) == len(ids)
    assert not [name for name in ids if re.search(r"[\s,()]", name)]
    assert len({price.id for price in bundled.token_prices}) == len(bundled.token_prices)


def test_every_alias_resolves_to_what_it_says(bundled: Catalog) -> None:
    assert set(bundled.aliases.values()) <= set(bundled.accelerators) | set(bundled.language_models)
    assert not set(bundled.aliases) & (set(bundled.accelerators) | set(bundled.language_models))
    assert bundled.aliases["h100"] == "h100-sxm-80gb"
    assert bundled.aliases["a100"] == "a100-sxm-80gb"
    assert bundled.aliases["meta-llama/llama-3.1-70b-instruct"] == "llama-3.1-70b"


def test_fine_tunes_and_quantisations_are_not_the_original(bundled: Catalog) -> None:
    mapped = {price.model.lower(): price.language_model for price in bundled.token_prices if price.language_model}
    other = re.compile(r"hermes|euryale|distill|nemotron|turbo|int8|awq|guard|latest")
    assert not [name for name, model in mapped.items() if set(other.findall(name)) - set(other.findall(model))]
    offered = {price.language_model for price in bundled.token_prices}
    assert {"llama-3.1-70b", "llama-3.3-70b", "deepseek-r1", "gpt-oss-120b", "qwen3-235b-a22b", "kimi-k3"} <= offered


def test_every_hosted_name_of_open_weights_is_mapped_or_left_out_with_the_reason(bundled: Catalog) -> None:
    with (bundled_directory() / "hosted_unmapped.csv").open(encoding="utf-8") as file:
        left_out = {row["id"]: row["reason"] for row in csv.DictReader(file)}
    open_weights = re.compile(r"llama|qwen|gemma|deepseek|glm|kimi|minimax|gpt-oss|nemotron|mixtral|jamba")
    unmapped = {p.id for p in bundled.token_prices if not p.language_model and open_weights.search(p.model.lower())}
    assert unmapped <= set(left_out)
    assert all(left_out.values())
    assert not {p.id for p in bundled.token_prices if p.language_model} & set(left_out)


def test_architectures_cache_what_their_source_says(bundled: Catalog) -> None:
    models = bundled.language_models
    assert models["llama-3.1-70b"].kv_elements_per_token * 2 == 327_680  # bytes at 16 bit
    assert models["gpt-3-175b"].kv_elements_per_token * 2 == 4_718_592
    assert models["deepseek-v3"].kv_elements_per_token * 2 == 70_272
    assert (models["mixtral-8x7b"].experts, models["mixtral-8x7b"].experts_per_token) == (8, 2)
    assert (models["deepseek-v3"].experts, models["deepseek-v3"].experts_per_token) == (256, 8)
    assert (models["gemma-3-27b"].sliding_window, models["gemma-3-27b"].sliding_layer_fraction) == pytest.approx(
        (1024, 5 / 6)
    )
    assert (models["llama-4-scout"].sliding_window, models["llama-4-scout"].sliding_layer_fraction) == (8192, 0.75)
    assert models["gpt-oss-120b"].native_precision == "mxfp4"
    assert models["bert-large"].kv_elements_per_token == 0
    for model in models.values():
        assert (model.experts is None) == (model.experts_per_token is None), model.id
        assert (model.sliding_window is None) == (model.sliding_layer_fraction == 0), model.id


def test_accelerators_are_dense_and_one_way(bundled: Catalog) -> None:
    h100 = bundled.accelerators["h100-sxm-80gb"]
    assert (h100.memory_gb, h100.bf16_tflops, h100.fp8_tflops, h100.link_gb_per_s) == (80, 989, 1979, 450)


def test_load_profiles_and_constants(bundled: Catalog) -> None:
    peak = {name: max(profile.values) for name, profile in bundled.profiles.items()}
    assert peak["chat_llm_azure"] == pytest.approx(1.67, abs=0.01)
    assert peak["coding_llm_azure"] == pytest.approx(3.01, abs=0.01)
    assert bundled.profiles["reasoning_llm_alibaba"].checked_on == "2025-06-09"
    assert {"e_bw", "e_kv", "e_f", "mfu_bf16", "mfu_fp8", "memory_use_fraction"} <= set(bundled.constants)
    assert bundled.constants["interruptions_per_gpu_year"].value == 0.173


def test_marketplaces_of_private_hosts_are_opt_in(bundled: Catalog) -> None:
    opt_in = {provider.id for provider in bundled.providers.values() if provider.opt_in}
    assert opt_in == {
        *("vast", "runpod-community", "openrelay", "excesssupply", "sfcompute"),
        *("akash", "lium", "packet-ai", "primeintellect", "spheron", "tensordock"),
    }
    ranked = {provider.size_rank: provider.id for provider in bundled.providers.values() if provider.size_rank}
    assert ranked == {1: "aws", 2: "azure", 3: "gcp", 4: "oci"}


def test_countries_are_those_of_the_region_names(bundled: Catalog) -> None:
    assert price_of(bundled, "aws/eu-north-1/p5.48xlarge/on-demand").country == "SE"
    assert price_of(bundled, "oci/all-commercial-regions/BM.GPU.H100.8/on-demand").country == ""
    assert sum(not price.country for price in bundled.prices) == 461


def test_dates_are_never_after_the_snapshot(bundled: Catalog) -> None:
    assert max(earliest_day(price.checked_on) for price in bundled.prices) <= "2026-11-29"


def test_the_readme_explains_every_column_of_every_file() -> None:
    root = bundled_directory()
    text = (root / "README.md").read_text(encoding="utf-8")
    sections = {part.split("`")[1]: part for part in re.split(r"^## ", text, flags=re.M) if part.startswith("`")}
    for path in sorted(root.rglob("*.csv")):
        name = "providers/*.csv" if path.parent.name == "providers" else path.name
        assert name in sections, f"{name} has no section in datasets/README.md"
        with path.open(encoding="utf-8", newline="") as file:
            header = next(csv.reader(file))
        unexplained = [column for column in header if f"`{column}`" not in sections[name]]
        assert not unexplained, f"{name}: {unexplained} not explained in datasets/README.md"
        if name in COLUMNS:
            assert sorted(header) == sorted((*COLUMNS[name], *OPTIONAL.get(name, ())))


def test_reading_the_whole_catalog_is_quick() -> None:
    started = time.process_time()
    load_catalog()
    assert time.process_time() - started < 1.0  # about 0.2 s here; the bound leaves room for slow machines


def broken(tmp_path: Path, name: str, data: bytes) -> str:
    root = small(tmp_path)
    (root / name).write_bytes(data)
    with pytest.raises(CatalogError) as caught:
        load_catalog(root)
    return caught.value.what


def small(tmp_path: Path) -> Path:
    for name, lines in SMALL.items():
        path = tmp_path / "own" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    assert load_catalog(tmp_path / "own").prices
    return tmp_path / "own"


@pytest.mark.parametrize("name", sorted(SMALL))
@pytest.mark.parametrize(
    ("what", "said"),
    [
        (b"\xff\xfe\x00", "is not UTF-8"),
        (b"x" * 200_000 + b"\n", "larger than field limit"),
        (b'"never closed\n', "columns"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_with_its_line(tmp_path: Path, name: str, what: bytes, said: str) -> None:
    text = ("\n".join(SMALL[name]) + "\n").encode()
    message = broken(tmp_path, name, text + what)
    assert f"own/{name}:{len(SMALL[name]) + 1}: " in message
    assert said in message


@pytest.mark.parametrize("table", ["sizing_constants.csv", "power.csv"])
def test_a_missing_constant_is_refused_by_name(tmp_path: Path, table: str) -> None:
    gone = SMALL[table][-1]
    message = broken(tmp_path, table, "\n".join(SMALL[table][:-1]).encode())
    assert f"the constant `{gone.split(',')[0]}` is missing" in message


def test_every_constant_of_the_formulas_stands_in_the_bundled_catalog() -> None:
    known = {f.name for f in fields(SizingConstants)} - {"software", "engines", "training", "engine"}
    assert known <= set(load_catalog().constants)
