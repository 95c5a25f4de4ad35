"""Price paths and carbon intensity of the catalog."""

import re
from itertools import pairwise
from pathlib import Path

from planner.domain.inputs import CarbonIntensity, PricePath, Provider, earliest_day
from planner.inputs.catalog.files import CatalogRow, read_rows

LONGEST_PATH_MONTHS = 600
_BASES = ("listed", "derived")


def price_paths_of(root: Path, log: list[str]) -> dict[str, PricePath]:
    """Rows of one path, joined in the order of their months."""
    rows: dict[str, list[tuple[CatalogRow, float, float]]] = {}
    for row in read_rows(root, "price_paths.csv", log):
        name = row.text("path")
        if name and not re.fullmatch(r"[a-z0-9][a-z0-9-]*", name):
            row.refuse("path", f"is `{name}`", "write small letters, digits and hyphens")
        row.text("source")
        row.date()
        months, factor = _months(row), row.needed_positive("factor")
        rows.setdefault(name, []).append((row, months, factor))
    return {name: _price_path(name, found) for name, found in rows.items()}


def _months(row: CatalogRow) -> float:
    months = row.at_least_zero("months") if row.text("months") else None
    if months is not None and months > LONGEST_PATH_MONTHS:
        row.refuse("months", f"is {months:g}, above {LONGEST_PATH_MONTHS}", "write months from the start")
    return months or 0.0


def _price_path(name: str, rows: list[tuple[CatalogRow, float, float]]) -> PricePath:
    first, months, factor = rows[0]
    if months != 0:
        first.refuse("months", f"is {months:g} in the first row of `{name}`", "begin at month 0")
    if factor != 1:
        first.refuse("factor", f"is {factor:g} at the start of `{name}`", "write 1: a path is relative to its start")
    for (_, before, _), (row, months, _) in pairwise(rows):
        if months <= before:
            row.refuse("months", f"is {months:g} after {before:g}", "order a path by months, each month once")
    cells = [row.cells for row, _, _ in rows]
    return PricePath(
        id=name,
        points=tuple((months, factor) for _, months, factor in rows),
        source="; ".join(dict.fromkeys(cell["source"] for cell in cells)),
        checked_on=max((cell["checked_on"] for cell in cells), key=earliest_day),
    )


def carbon_intensity(row: CatalogRow, providers: dict[str, Provider]) -> CarbonIntensity | None:
    cells = row.cells
    country, region = row.country(), cells["region"]
    if cells["provider"]:
        row.one_of("provider", set(providers), "add the seller to providers.csv")
        row.text("region")
    elif region:
        row.refuse("provider", f"is empty for the region `{region}`", "name whose region it is")
    if cells["id"] != (region or country):
        row.refuse("id", f"is `{cells['id']}`", f"write `{region or country}`, the region or else the country")
    grams = row.at_least_zero("grams_co2e_per_kwh") if row.text("grams_co2e_per_kwh") else None
    intensity = CarbonIntensity(
        id=cells["id"],
        provider=cells["provider"],
        region=region,
        country=country,
        grams_co2e_per_kwh=grams or 0.0,
        basis=row.one_of("basis", _BASES),
        source=cells["source"],
        checked_on=cells["checked_on"],
        note=cells["note"],
    )
    return intensity if row.sound else None
