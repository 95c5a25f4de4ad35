"""Price paths and carbon intensity: how measured rents and grid averages become rows of the catalog.

The rule is stated at each function and in `datasets/README.md`; nothing here knows a figure that is not in the facts.
"""

import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from typing import NamedTuple

import curate_tables as tables
from curate_cells import Row, entries, first_date, joined, number, read, source_of

LONGEST_MONTHS = 60
"""Months to which `falling` and `rising` are written."""
SUSTAINED_MONTHS = 12
"""Two prices of a series say something of a year only if they lie at least so far apart."""
LEAST_CHANGE_PER_YEAR = 0.01
"""A series that moves less neither falls nor rises."""
COMPOSITE = "spot+contract composite"
CONTRACT = "12-month contract (midpoint)"
ON_DEMAND = "on-demand (midpoint)"

# path | accelerator in rental_index.csv | term in rental_index.csv
INDEX_REPLAYS = f"""
replay-2023-2026      | H100 | {CONTRACT}
replay-h100           | H100 | {COMPOSITE}
replay-h100-on-demand | H100 | {ON_DEMAND}
replay-a100           | A100 | {COMPOSITE}
replay-b200           | B200 | {COMPOSITE}
"""
# path | provider | region | instance: on-demand list prices that stand still between their changes
LIST_REPLAYS = """
replay-h100-list | aws | us-east-1 | p5.48xlarge
replay-a100-list | aws | us-east-1 | p4de.24xlarge
"""


# yearly change | who says so | as of | what it says
PRICE_PERFORMANCE = (
    -0.30,
    "Epoch AI, Machine Learning Hardware (https://epoch.ai/data/machine-learning-hardware)",
    "2025-01-16",
    "hardware at a given precision and performance level gets 30% cheaper each year; a trend of chips, no forecast of rents",
)
"""What the same work costs on the newest hardware."""


class Price(NamedTuple):
    """USD per accelerator-hour on a day."""

    day: str
    usd: float
    source: str
    checked_on: str
    note: str


class Change(NamedTuple):
    """The steepest change of a series between two prices at least a year apart."""

    series: str
    first: Price
    last: Price

    @property
    def per_year(self) -> float:
        return float((self.last.usd / self.first.usd) ** (12 / months_apart(self.first.day, self.last.day)) - 1)

    def __str__(self) -> str:
        return (
            f"{self.series} {self.per_year:+.1%} "
            f"({number(self.first.usd)} of {self.first.day} to {number(self.last.usd)} of {self.last.day})"
        )


def price_path_rows(facts: Path) -> Iterator[Row]:
    index, listed = index_series(facts), list_series(facts)
    yield a_point("flat", 0, 1.0, "definition", tables.DECIDED_ON, "prices stay as they are")
    evidence = {**{" ".join(key): prices for key, prices in index.items()}, **listed}
    yield from extended("falling", [c for c in steepest(evidence, sign=-1) if c.per_year <= -LEAST_CHANGE_PER_YEAR])
    yield from extended("rising", [c for c in steepest(evidence, sign=1) if c.per_year >= LEAST_CHANGE_PER_YEAR])
    yield from stated("price-performance", PRICE_PERFORMANCE)
    for path, gpu, term in entries(INDEX_REPLAYS):
        yield from index_replay(path, index[gpu, term])
    for path, provider, region, instance in entries(LIST_REPLAYS):
        yield from list_replay(path, listed[f"{provider} {region} {instance} on demand"])


def a_point(path: str, months: int, factor: float, source: str, checked_on: str, note: str) -> Row:
    return {
        "path": path,
        "months": str(months),
        "factor": number(factor),
        "source": source,
        "checked_on": checked_on,
        "note": note,
    }


# ── the evidence ─────────────────────────────────────────────────────────────────────────────────────────────────


def index_series(facts: Path) -> dict[tuple[str, str], list[Price]]:
    """The series of rents that are replayed, in order of day."""
    wanted = {(gpu, term) for _, gpu, term in entries(INDEX_REPLAYS)}
    series = defaultdict(list)
    for row in read(facts / "market" / "rental_index.csv"):
        if (row["gpu"], row["term"]) in wanted:
            price = Price(
                row["date"], float(row["usd_per_gpu_hour"]), source_of(row["source"]), row["as_of"], row["notes"]
            )
            series[row["gpu"], row["term"]].append(price)
    return {key: sorted(prices) for key, prices in series.items()}


def list_series(facts: Path) -> dict[str, list[Price]]:
    """On-demand list prices of one seller, region and instance, every change; those that never changed are left out."""
    series = defaultdict(list)
    for row in read(facts / "market" / "price_history.csv"):
        if row["price_kind"] == "on-demand":
            name = f"{row['provider']} {row['region']} {row['instance_type']} on demand"
            price = Price(row["as_of"], float(row["usd_per_gpu_hour"]), row["source"], row["as_of"], "")
            series[name].append(price)
    return {name: sorted(prices) for name, prices in series.items() if len(prices) > 1}


def steepest(evidence: dict[str, list[Price]], *, sign: int) -> list[Change]:
    """Of each series the steepest yearly change in one direction between two prices at least a year apart."""
    found = []
    for name, prices in evidence.items():
        pairs = [
            Change(name, first, last)
            for i, first in enumerate(prices)
            for last in prices[i + 1 :]
            if months_apart(first.day, last.day) >= SUSTAINED_MONTHS
        ]
        if pairs:
            found.append(max(pairs, key=lambda change: sign * change.per_year))
    return sorted(found, key=lambda change: change.per_year)


def months_apart(first: str, last: str) -> float:
    """Months from one day to another, days as thirtieths.

    >>> months_apart("2023-08-08", "2025-06-23")
    22.5
    """
    y0, m0, d0 = (int(part) for part in first.split("-"))
    y1, m1, d1 = (int(part) for part in last.split("-"))
    return (y1 - y0) * 12 + (m1 - m0) + (d1 - d0) / 30


# ── the paths ────────────────────────────────────────────────────────────────────────────────────────────────────


def stated(path: str, said: tuple[float, str, str, str]) -> Iterator[Row]:
    """A yearly change that somebody published, month by month: (1 + r)^(months / 12)."""
    rate, source, checked_on, note = said
    for months in range(LONGEST_MONTHS + 1):
        told = f"{rate:+.0%} a year: {note}" if months == 0 else ""
        yield a_point(path, months, (1 + rate) ** (months / 12), source, checked_on, told)


def extended(path: str, changes: list[Change]) -> Iterator[Row]:
    """The median over the series of their steepest yearly change, month by month: (1 + r)^(months / 12)."""
    rate = median(change.per_year for change in changes)
    source = joined(*dict.fromkeys(change.first.source for change in changes))
    checked_on = min(change.last.checked_on for change in changes)
    told = f"median of {len(changes)} series, {rate:+.2%} a year: " + ", ".join(str(change) for change in changes)
    for months in range(LONGEST_MONTHS + 1):
        factor = (1 + rate) ** (months / 12)
        if months == 0:
            yield a_point(path, months, factor, source, checked_on, told)
        else:
            yield a_point(path, months, factor, "computed from the series named at month 0", checked_on, "")


def index_replay(path: str, prices: list[Price]) -> Iterator[Row]:
    """A point for each month that has prices: their median relative to that of the first month."""
    by_month = defaultdict(list)
    for price in prices:
        by_month[price.day[:7]].append(price)
    start = min(by_month)
    base = median(price.usd for price in by_month[start])
    for month, found in sorted(by_month.items()):
        usd = median(price.usd for price in found)
        days = f" (median of {len(found)} days)" if len(found) > 1 else ""
        yield a_point(
            path,
            round(months_apart(f"{start}-01", f"{month}-01")),
            usd / base,
            joined(*dict.fromkeys(price.source for price in found)),
            min(price.checked_on for price in found),
            joined(f"{number(usd)} USD per accelerator-hour in {month}{days}", found[0].note),
        )


def list_replay(path: str, prices: list[Price]) -> Iterator[Row]:
    """A list price in steps: it stands until the month before its change, and falls to the new one in that month."""
    start, before = prices[0].day[:7], prices[0]
    for price in prices:
        month = round(months_apart(f"{start}-01", f"{price.day[:7]}-01"))
        if price is not before:
            still = f"{number(before.usd)} USD per accelerator-hour, unchanged until the month of the change"
            yield a_point(path, month - 1, before.usd / prices[0].usd, before.source, before.checked_on, still)
        note = f"{number(price.usd)} USD per accelerator-hour from {price.day}"
        yield a_point(path, month, price.usd / prices[0].usd, price.source, price.checked_on, note)
        before = price


# ── carbon ───────────────────────────────────────────────────────────────────────────────────────────────────────


def carbon_rows(facts: Path) -> Iterator[Row]:
    """Grid averages of named regions as published, and of each country the median of its regions (marked derived)."""
    countries = dict(pair.split("=") for pair in tables.CARBON_COUNTRIES.split())
    for provider, pairs in entries(tables.REGIONS, ":"):
        if provider == "gcp":
            countries |= dict(pair.split("=") for pair in pairs.split())
    by_country = defaultdict(list)
    for fact in read(facts / "tco" / "facts.csv"):
        if fact["topic"] != "carbon intensity":
            continue
        found = re.fullmatch(r"(.*) \((.*)\)", fact["name"])
        assert found is not None, fact
        assert fact["unit"] == "gCO2e/kWh", fact
        row = {
            "id": found[2],
            "provider": "gcp",
            "region": found[2],
            "country": countries[found[2]],
            "place": found[1],
            "grams_co2e_per_kwh": fact["value"],
            "basis": "listed",
            "source": fact["source"],
            "checked_on": first_date(fact["as_of"]),
            "note": fact["region/context"],
        }
        by_country[row["country"]].append(row)
        yield row
    for country, rows in by_country.items():
        grams = median(float(row["grams_co2e_per_kwh"]) for row in rows)
        told = ", ".join(f"{row['region']} {row['grams_co2e_per_kwh']}" for row in rows)
        yield {
            "id": country,
            "provider": "",
            "region": "",
            "country": country,
            "place": "",
            "grams_co2e_per_kwh": number(grams),
            "basis": "derived",
            "source": rows[0]["source"],
            "checked_on": min(row["checked_on"] for row in rows),
            "note": f"median of {len(rows)}: {told}" if len(rows) > 1 else f"the one region known: {told}",
        }


def power_rows() -> list[Row]:
    """From TDP to electricity: rows of the facts on server power and PUE, read by a person."""
    return [
        {
            "name": "node_power_ratio",
            "value": "1.5",
            "low": "1.37",
            "high": "1.82",
            "unit": "kW of a node under load per kW of its accelerators' TDP",
            "source": "HGX H100 measured 8.4 kW at most in training (facts tco/facts.csv, server power, 2025) over 8 x 700 W "
            "of TDP; low: 0.75 of a rating of 10.2 kW (Epoch AI), high: the rating itself",
            "checked_on": "2025",
        },
        {
            "name": "pue",
            "value": "1.2",
            "low": "1.1",
            "high": "1.56",
            "unit": "ratio",
            "source": "AI datacenter range, SemiAnalysis via Epoch AI "
            "(https://docs.google.com/spreadsheets/d/1Xe1WXNaZ0IZuuRAJP62xf_ufmwUhgRhtp446bTHnUOM); low: Google fleet 2024, "
            "high: global average, Uptime 2024",
            "checked_on": "2025",
        },
    ]
