"""Writes docs/owned_hours.md: what an owned accelerator-hour costs by default, beside what others publish.

`tests/integration/test_owned_hours.py` checks that the page is fresh and that our figures lie within the published ranges.
"""

import csv
from pathlib import Path
from typing import NamedTuple

from planner.analysis.answer import answer
from planner.domain.inputs.catalog import Catalog
from planner.inputs.catalog.load import bundled_directory, load_catalog
from planner.inputs.scenario_file import parse_scenario

PAGE = Path(__file__).parent / "owned_hours.md"
CHIPS = ("h100-sxm-80gb", "h200-sxm-141gb", "b200-sxm-180gb", "b300-sxm-270gb", "gb200-186gb", "gb300-288gb")
LENDER = ", residual_curve: h100-lender"
PLANNING = "chanthaphan/gpu-tco"
"""Whose planning figures of 2026-07 are the only server prices that are newer."""
ASKED = """
start: 2027-01
years: 4
period: quarter
discount_rate: 10%
clouds: []
hosted_apis: none
successors: []
workloads: [{{name: work, kind: training, accelerator_hours_per_month: 3M, reference_accelerator: {chip}}}]
own:
  sites:
    - {{name: hall, kind: colocation, country: US, place: US-TX, max_mw: 20, term_months: 48, lead_months: 0}}
  servers: [{{accelerator: {chip}, lead_months: 0{more}}}]
"""
INTRODUCTION = """# What an owned hour costs

USD per accelerator-hour at work over four years, everything included (servers, network, storage, spares, rent, electricity,
people, maintenance, tax and insurance, less what is left at the end), at 10% a year: 3M hours a month of one accelerator in a
colocation hall of up to 20 MW in Texas. Nothing of it is stated but the size, the place and the term; every other figure is
the catalog's ([ownership.md](ownership.md) has them with their sources). Published: what a hyperscaler and a neocloud are said
to pay, and the three-year rent of the same source. The second column reckons resale by the curve of lenders (0.625 / 0.425 /
0.30 / 0.175 of the price after 12 / 24 / 36 / 48 months) against the default's 0.78 / 0.60 / 0.46 / 0.35: no measured curve
exists, so the truth lies somewhere between the two.

Servers of eight cost what the newest price lists that were found say, of 2024-12 and 2025-01 (B300: derived). The only newer
prices of H100, H200 and B200 servers are one author's planning figures of 2026-07 (300,000, 340,000 and 480,000 USD:
`server_prices.csv`); the third column reckons with them. The two sources contradict each other, and a plan that buys rests on the
older: get a quote (`price_usd`).

{outside}

| accelerator | default | resale as lenders reckon | servers as planned with in 2026-07 | published: hyperscaler to neocloud | \
published rent, three years | source |
|---|---:|---:|---:|---:|---:|---|
"""
CLOSING = """
Written by `make docs` (`docs/make_owned_hours.py`). Crossover figures beside published ones: [crossover.md](crossover.md).
"""


class OwnedHour(NamedTuple):
    """One accelerator."""

    accelerator: str
    usd: float
    usd_as_lenders: float
    usd_as_planned: float | None
    """With the newer planning figure of the server, where there is one."""
    low: float | None
    high: float | None
    rent: float | None
    source: str


def hour_of(chip: str, catalog: Catalog, more: str = "") -> float:
    """USD per accelerator-hour worked, by the default figures but those that `more` states of the server."""
    text = ASKED.format(chip=chip, more=more)
    found = answer(parse_scenario(text, "owned-hour.yaml", catalog=catalog), catalog, baselines=False)
    assert found.plan is not None, chip
    (site,) = found.plan.sites
    assert site.usd_per_accelerator_hour is not None
    return site.usd_per_accelerator_hour


def owned_hours(catalog: Catalog) -> list[OwnedHour]:
    with (bundled_directory() / "published_owning.csv").open(encoding="utf-8", newline="") as file:
        published = {row["accelerator"]: row for row in csv.DictReader(file)}
    rows = []
    for chip in CHIPS:
        said = published.get(chip, {})
        low, high, rent = (
            float(said[f"{k}_usd_per_accelerator_hour"]) if said else None for k in ("low", "high", "rent")
        )
        ours, lenders = hour_of(chip, catalog), hour_of(chip, catalog, LENDER)
        prices = (p for p in catalog.ownership.server_prices if p.accelerator == chip and p.source.startswith(PLANNING))
        planned = next((hour_of(chip, catalog, f", price_usd: {p.usd_per_server:.0f}") for p in prices), None)
        rows.append(
            OwnedHour(
                chip,
                ours,
                lenders,
                planned,
                low,
                high,
                rent,
                f"{said['source']}, {said['checked_on']}" if said else "–",
            )
        )
    return rows


def page(rows: list[OwnedHour]) -> str:
    lines = [
        f"| {row.accelerator} | {row.usd:.2f} | {row.usd_as_lenders:.2f} | {_or_dash(row.usd_as_planned)} | "
        + (f"{row.low:.2f} to {row.high:.2f} | {row.rent:.2f}" if row.low is not None else "– | –")
        + f" | {row.source.split('@')[0]}{row.source[-9:] if row.low is not None else ''} |"
        for row in rows
    ]
    return INTRODUCTION.format(outside=_outside(rows)) + "\n".join(lines) + "\n" + CLOSING


def _or_dash(usd: float | None) -> str:
    return "–" if usd is None else f"{usd:.2f}"


def _outside(rows: list[OwnedHour]) -> str:
    """Which figures lie above what a neocloud is said to pay."""
    now = [row.accelerator for row in rows if row.high is not None and row.usd > row.high]
    planned = [row.accelerator for row in rows if row.high is not None and (row.usd_as_planned or 0.0) > row.high]
    by_default, with_planned = (" and ".join(names) for names in (now, planned))
    return f"Above what a neocloud is said to pay lie {by_default} by default,\nand {with_planned} with the planning figures."


if __name__ == "__main__":
    PAGE.write_text(page(owned_hours(load_catalog())), encoding="utf-8")
