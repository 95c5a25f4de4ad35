"""Turn the collected facts into the catalog: `python datasets/curate.py FACTS_DIR` rewrites the CSV files here.

Deterministic and offline. Every figure is copied from a row of the facts with its source and date, or computed from
such rows as the row's `basis` and `note` say. What is left out is counted in `left_out.csv`, never repaired.
What a person decided (regions, sellers, aliases, node sizes) stands in `curate_tables.py`, what is said of owning
hardware in `curate_owning_tables.py`, what sizing adds to datasheets in `curate_sizing.py`. `sizing_constants.csv` is
not written here: `calibrate.py` fits it.
"""

import re
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import curate_paths as paths
import curate_read as lists
import curate_tables as tables
from curate_cells import Row, day, decided, entries, first_date, joined, number, read
from curate_chips import accelerator_rows
from curate_estimates import estimated_rows
from curate_evidence import Evidence, settle
from curate_files import Files
from curate_hosted import hosted_tables, unmapped_rows
from curate_models import language_models, other_names, unit_rows
from curate_owning import owning_tables, published_rows
from curate_places import announced_rows, cap_rows, ended_rows, machine_type_rows
from curate_prices import PRICE_COLUMNS, candidate_rows
from curate_sizing import with_sizing_columns

REPLACED_COLUMNS = (
    "provider", "region", "instance", "accelerator", "count", "contract", "plan", "term_months", "upfront_fraction",
    "min_nodes", "price_usd_per_hour", "interruptions_per_month", "access", "basis", "source", "checked_on",
    "until", "reason", "by", "file",
)  # fmt: skip
HOSTED_COLUMNS = (
    "id", "provider", "model", "usd_per_mtok_input", "usd_per_mtok_output", "usd_per_mtok_cached",
    "usd_per_mtok_input_batch", "usd_per_mtok_output_batch", "max_context", "withdrawn_on", "source", "checked_on",
    "until", "reason", "by",
)  # fmt: skip


def main(facts: Path, out: Path, take: list[str]) -> int:
    files = Files(out, take)
    left_out: Counter[tuple[str, str]] = Counter()
    accelerators = list(with_sizing_columns(list(accelerator_rows(facts)), facts))
    known = {row["id"] for row in accelerators}
    evidence = price_rows(facts, known, left_out)
    prices = [*evidence.rows, *estimated_rows(facts, evidence.rows)]

    files.write("accelerators.csv", accelerators, "id")
    models = language_models(facts, left_out)
    files.write("language_models.csv", models, "id")
    files.write("performance/unit_flop.csv", list(unit_rows(facts)), "model", "unit")
    files.write("providers.csv", list(provider_rows()), "id")
    files.write("provider_classes.csv", list(provider_class_rows()), "class")
    files.write("regions.csv", list(region_rows(prices)), "provider", "region")
    files.write("machine_types.csv", list(machine_type_rows(facts, prices)), "provider", "instance", "sold_as")
    files.write("caps.csv", list(cap_rows()), "provider", "contract", "accelerator")
    files.write("successors.csv", list(announced_rows()), "name")
    files.write("ended.csv", list(ended_rows(facts)), "kind", "provider", "what")
    for provider in sorted({row["provider"] for row in prices}):
        mine = [{name: row[name] for name in PRICE_COLUMNS} for row in prices if row["provider"] == provider]
        files.write(f"providers/{provider}.csv", mine, *PRICE_COLUMNS[:9])
    replaced = [{name: row[name] for name in REPLACED_COLUMNS} for row in evidence.out]
    files.write("replaced.csv", replaced, *REPLACED_COLUMNS[:9], "checked_on", "price_usd_per_hour")
    names = other_names(facts, {row["id"] for row in models})
    hosted, ended = hosted_tables(facts, {row["id"] for row in models}, names, left_out)
    files.write("hosted_apis.csv", hosted, "id")
    files.write("replaced_hosted.csv", [{name: row[name] for name in HOSTED_COLUMNS} for row in ended], "id", "reason")
    unmapped = list(unmapped_rows(facts, hosted, {row["id"] for row in models}))
    files.write("hosted_unmapped.csv", unmapped, "id")
    files.write("aliases.csv", list(alias_rows(accelerators, hosted, names)), "kind", "alias")
    files.write("load_profiles.csv", list(load_profile_rows(facts)), "id")
    files.write("request_lengths.csv", list(request_length_rows(facts)), "id")
    files.write("power.csv", list(paths.power_rows()), "name")
    files.write("price_paths.csv", list(paths.price_path_rows(facts)), "path", "months")
    files.write("carbon_intensity.csv", list(paths.carbon_rows(facts)), "id")
    for name, (rows, order) in owning_tables(facts, known, left_out).items():
        files.write(name, rows, *order)
    files.write("published_owning.csv", published_rows(facts, known), "accelerator")
    files.write("left_out.csv", list(left_out_rows(left_out)), "file", "reason")
    return files.close()


# ── prices ───────────────────────────────────────────────────────────────────────────────────────────────────────


def price_rows(facts: Path, known: set[str], left_out: Counter[tuple[str, str]]) -> Evidence:
    """The prices that hold, and what became of the others."""
    candidates = candidate_rows(facts, left_out)
    today = max(day(row["checked_on"]) for row in candidates)
    evidence = settle(candidates, read(facts / "market" / "availability.csv"), known, today)
    for row in evidence.out:
        left_out[row["file"], row["reason"]] += 1
    return evidence


# ── the rest of the market ───────────────────────────────────────────────────────────────────────────────────────


# ── what a person decided ────────────────────────────────────────────────────────────────────────────────────────


def provider_rows() -> Iterator[Row]:
    for provider, kind, opt_in, rank, name in entries(tables.PROVIDERS):
        row = {"id": provider, "name": name, "class": kind, "opt_in": opt_in, "size_rank": rank}
        yield decided(row, "planning assumption")


def provider_class_rows() -> Iterator[Row]:
    known = {kind: known for kind, *known in entries(lists.RESERVED)}
    for kind, on_demand, spot, interruptions in entries(tables.PROVIDER_CLASSES):
        reserved, why, source = known[kind]
        row = {
            "class": kind,
            "assumed_on_demand_cap_accelerators": on_demand,
            "assumed_spot_cap_accelerators": spot,
            "assumed_reserved_cap_accelerators": reserved,
            "assumed_spot_interruptions_per_month": interruptions,
            "basis": "assumed",
        }
        said = "planning assumption, override with `caps`, `spot_caps` and `reserved_caps` in the scenario"
        yield decided(row, f"{said}; reserved: {why} ({source})")


def region_rows(prices: Iterable[Row]) -> Iterator[Row]:
    """One row for every region that has a price; a region missing from the hand-made table stops the run."""
    groups = {country: group for group, countries in entries(tables.GROUPS, ":") for country in countries.split()}
    by_name = {(provider, region): group for provider, region, group in entries(tables.GROUP_OF_REGION)}
    country_of = {}
    for provider, pairs in entries(tables.REGIONS, ":"):
        country_of |= {(provider, *pair.split("=")[:1]): pair.split("=")[1] for pair in pairs.split()}
    for provider, region in {(row["provider"], row["region"]) for row in prices}:
        country = region[:2] if provider == "vast" else country_of[provider, region]
        group = by_name.get((provider, region), groups[country] if country else "")
        yield decided(
            {"provider": provider, "region": region, "country": country, "group": group},
            "the seller's region name" if country else "the seller's region name does not say the country",
        )


def alias_rows(accelerators: list[Row], hosted: list[Row], models: Mapping[str, str]) -> Iterator[Row]:
    """`models`: other names of models → id."""
    names = {("language_model", alias): target for alias, target in models.items()}
    for row in accelerators:
        if row["name"].lower() != row["id"]:
            names["accelerator", row["name"].lower()] = row["id"]
    for accelerator, aliases in entries(tables.ACCELERATOR_ALIASES, ":"):
        names |= {("accelerator", alias.strip()): accelerator for alias in aliases.split(",")}
    names |= {("hosted_model", row["id"]): row["language_model"] for row in hosted if row["language_model"]}
    for (kind, alias), target in names.items():
        yield decided({"kind": kind, "alias": alias, "id": target})


def left_out_rows(left_out: Counter[tuple[str, str]]) -> Iterator[Row]:
    for (file, reason), rows in left_out.items():
        yield decided({"file": file, "reason": reason, "rows": str(rows)}, f"counted by datasets/curate.py in {file}")


# ── load ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def load_profile_rows(facts: Path) -> Iterator[Row]:
    """One row a profile: its hours in order, scaled to mean 1 (the facts are off by rounding, at most 1e-5)."""
    hours: dict[str, list[float]] = {}
    for row in read(facts / "load" / "profiles.csv"):
        values = hours.setdefault(row["profile"], [])
        assert int(row["hour"]) == len(values), row
        values.append(float(row["relative_load"]))
    for about in read(facts / "load" / "sources.csv"):
        values = hours[about["profile"]]
        mean = sum(values) / len(values)
        row = {
            "id": about["profile"],
            "hours": str(len(values)),
            "basis": about["basis"],
            "values": " ".join(number(value / mean) for value in values),
            "source": about["source"] if about["source"] != "-" else "constructed",
            "checked_on": first_date(about["as_of"], about["as_of"].split("/")[0]),
            "note": joined(f"dates: {about['as_of']}", about["notes"]),
        }
        yield row
        if about["profile"] in tables.SHORT_PROFILES:
            short = tables.SHORT_PROFILES[about["profile"]]
            yield row | {"id": short, "note": joined(f"the same as {about['profile']}", row["note"])}


def request_length_rows(facts: Path) -> Iterator[Row]:
    measures = ("in_mean", "in_p50", "in_p90", "in_p99", "out_mean", "out_p50", "out_p90", "out_p99")
    for row in read(facts / "load" / "lengths.csv"):
        dated = first_date(row["notes"])
        yield {
            "id": re.sub(r"[^a-z0-9]+", "-", row["dataset"].lower()).strip("-"),
            "name": row["dataset"],
            **{f"{m}_tokens": number(row[m]) if row[m] else "" for m in measures},
            "requests": row["requests"],
            "in_out_ratio": row["in_out_ratio"],
            "source": row["source"],
            "checked_on": dated or tables.DECIDED_ON,
            "note": joined(row["notes"], "" if dated else "date of the trace not stated; dated when it was computed"),
        }


if __name__ == "__main__":
    if len(sys.argv) < 2 or "--take" in sys.argv[1:2]:
        sys.exit("usage: python datasets/curate.py FACTS_DIR [--take FILE|all ...]")
    sys.exit(main(Path(sys.argv[1]), Path(__file__).parent, sys.argv[3:] if sys.argv[2:3] == ["--take"] else []))
