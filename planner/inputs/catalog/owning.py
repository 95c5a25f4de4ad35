"""Facts about owning hardware: servers, power, colocation, electricity, resale value, single figures."""

import re
from collections.abc import Callable, Hashable, Iterator
from itertools import pairwise
from pathlib import Path
from typing import Protocol, TypeVar, cast, get_args

from planner.domain.inputs import (
    FIGURES,
    Accelerator,
    ColocationRent,
    ElectricityTariff,
    OwnershipFacts,
    OwningFigure,
    PowerMeasure,
    PriceScope,
    ResidualCurve,
    ServerPower,
    ServerPrice,
    SizeClass,
    TariffSpan,
    earliest_day,
)
from planner.inputs.catalog.files import CatalogRow, by_id, read_rows

_BASES = ("listed", "observed", "derived", "estimated", "assumed")
_DEAREST_USD_PER_KWH = 2.0


def ownership_of(root: Path, accelerators: dict[str, Accelerator], log: list[str]) -> OwnershipFacts:
    known = set(accelerators)
    prices = by_id(_checked(root, "server_prices.csv", log), lambda row: _server_price(row, known))
    power = by_id(_checked(root, "server_power.csv", log), lambda row: _server_power(row, known))
    rents = by_id(_checked(root, "colocation_rents.csv", log), _colocation_rent)
    tariffs = _unique(_checked(root, "electricity_tariffs.csv", log), _tariff, ("place", "span", "checked_on"))
    figures = _unique(_checked(root, "owning.csv", log), _figure, ("name", "context", "value", "source"))
    found = OwnershipFacts(
        server_prices=tuple(prices.values()),
        server_power=tuple(power.values()),
        colocation_rents=tuple(rents.values()),
        electricity_tariffs=tuple(tariffs),
        residual_curves=tuple(_residual_curves(root, log)),
        figures=tuple(figures),
    )
    if not log:
        _one_default(log, f"{root.name}/server_prices.csv", found.server_prices, lambda p: p.accelerator)
        _one_default(log, f"{root.name}/colocation_rents.csv", found.colocation_rents, _class_and_country)
        _one_default(log, f"{root.name}/electricity_tariffs.csv", found.electricity_tariffs, lambda t: t.place)
        _one_default(log, f"{root.name}/residual_curves.csv", found.residual_curves, lambda _: "all curves")
        _one_default(log, f"{root.name}/owning.csv", found.figures, lambda f: f"{f.name} {f.context}".strip())
    return found


# ── what all of these tables have in common ──────────────────────────────────────────────────────────────────────


Entry = TypeVar("Entry")


class _MayBeDefault(Protocol):
    @property
    def default(self) -> bool: ...


Candidate = TypeVar("Candidate", bound=_MayBeDefault)


def _checked(root: Path, name: str, log: list[str]) -> Iterator[CatalogRow]:
    """Rows whose source, date and basis have been looked at."""
    for row in read_rows(root, name, log):
        row.text("source")
        row.date()
        row.one_of("basis", _BASES)
        yield row


def _unique(
    rows: Iterator[CatalogRow], build: Callable[[CatalogRow], Entry | None], columns: tuple[str, ...]
) -> Iterator[Entry]:
    """Entries of rows that differ in at least one of the columns."""
    lines: dict[Hashable, int] = {}
    for row in rows:
        key = tuple(row.cells[column] for column in columns)
        if key in lines:
            row.refuse(columns[0], f"says the same as line {lines[key]}", "keep one of the two rows")
        lines.setdefault(key, row.line)
        entry = build(row)
        if entry is not None:
            yield entry


def _one_default(log: list[str], shown: str, rows: tuple[Candidate, ...], key: Callable[[Candidate], str]) -> None:
    """No key may have two defaults."""
    seen: set[str] = set()
    for row in rows:
        if row.default and key(row) in seen:
            log.append(f"{shown}:1: `default` is true twice for `{key(row)}`; leave one of them true")
        elif row.default:
            seen.add(key(row))


def _class_and_country(rent: ColocationRent) -> str:
    """What a default rent is the default of; the United States stand for wherever nothing else is known."""
    return f"{rent.size_class} {rent.country}".removesuffix(" US").strip()


def _is_default(row: CatalogRow) -> bool:
    return row.one_of("default", ("true", "false")) == "true"


def _range(
    row: CatalogRow, value_column: str, low_column: str, high_column: str
) -> tuple[float, float | None, float | None]:
    """A positive value with the range it lies in, if one is known."""
    value = row.needed_positive(value_column)
    low, high = row.at_least_zero(low_column), row.at_least_zero(high_column)
    if (low is not None and low > value) or (high is not None and high < value):
        told = f"{low:g}" if low is not None else "", f"{high:g}" if high is not None else ""
        row.refuse(value_column, f"is {value:g}, outside its range {' to '.join(told)}", "mend the value or the range")
    return value, low, high


# ── one builder a table ──────────────────────────────────────────────────────────────────────────────────────────


def _server_price(row: CatalogRow, accelerators: set[str]) -> ServerPrice | None:
    value, low, high = _range(row, "usd_per_server", "low_usd_per_server", "high_usd_per_server")
    scope, default = row.one_of("scope", get_args(PriceScope)), _is_default(row)
    if default and scope != "server":
        row.refuse("default", f"is true for a price of the scope `{scope}`", "only the price of a whole server may be")
    price = ServerPrice(
        id=row.cells["id"],
        accelerator=row.one_of("accelerator", accelerators, "add it to accelerators.csv"),
        accelerators=row.needed_whole("accelerators"),
        scope=cast(PriceScope, scope),
        usd_per_server=value,
        low_usd_per_server=low,
        high_usd_per_server=high,
        default=default,
        **_provenance(row),
    )
    return price if row.sound else None


def _provenance(row: CatalogRow) -> dict[str, str]:
    return {name: row.cells[name] for name in ("basis", "source", "checked_on", "note")}


def _server_power(row: CatalogRow, accelerators: set[str]) -> ServerPower | None:
    accelerator = row.one_of("accelerator", accelerators, "add it to accelerators.csv")
    measure = row.one_of("measure", get_args(PowerMeasure))
    if row.cells["id"] != f"{accelerator}/{measure}":
        row.refuse("id", f"is `{row.cells['id']}`", f"write `{accelerator}/{measure}`")
    power = ServerPower(
        id=row.cells["id"],
        accelerator=accelerator,
        accelerators=row.needed_whole("accelerators"),
        measure=cast(PowerMeasure, measure),
        kw=row.needed_positive("kw"),
        **_provenance(row),
    )
    return power if row.sound else None


def _colocation_rent(row: CatalogRow) -> ColocationRent | None:
    value, low, high = _range(row, "usd_per_kw_month", "low_usd_per_kw_month", "high_usd_per_kw_month")
    smallest, largest = row.positive("smallest_kw"), row.positive("largest_kw")
    if smallest is not None and largest is not None and smallest > largest:
        row.refuse("smallest_kw", f"is {smallest:g}, above the largest {largest:g}", "swap the two, or mend one")
    rent = ColocationRent(
        id=row.cells["id"],
        size_class=cast(SizeClass, row.one_of("size_class", get_args(SizeClass))),
        market=row.cells["market"],
        smallest_kw=smallest,
        largest_kw=largest,
        usd_per_kw_month=value,
        low_usd_per_kw_month=low,
        high_usd_per_kw_month=high,
        rise_per_year=row.share("rise_per_year"),
        default=_is_default(row),
        **_provenance(row),
    )
    return rent if row.sound else None


def _tariff(row: CatalogRow) -> ElectricityTariff | None:
    place, price = row.text("place"), row.needed_positive("usd_per_kwh")
    if place and not re.fullmatch(r"[A-Z]{2}(-[A-Z0-9]{1,3})?", place):
        row.refuse("place", f"is `{place}`", "write ISO 3166: the two letters of a country, or e.g. `US-TX`")
    if price > _DEAREST_USD_PER_KWH:
        row.refuse("usd_per_kwh", f"is {price:g}, above {_DEAREST_USD_PER_KWH:g}", "write dollars for one kWh")
    tariff = ElectricityTariff(
        place=place,
        span=cast(TariffSpan, row.one_of("span", get_args(TariffSpan))),
        usd_per_kwh=price,
        default=_is_default(row),
        **_provenance(row),
    )
    return tariff if row.sound else None


def _figure(row: CatalogRow) -> OwningFigure | None:
    name = row.one_of(
        "name", set(FIGURES), "add it to the figures that `planner/domain/inputs/ownership_facts.py` knows"
    )
    value, low, high = _range(row, "value", "low", "high")
    kind = FIGURES.get(name, "amount")
    if kind in ("fraction", "rate") and value > 1:
        row.refuse("value", f"is {value:g}, not a fraction", "write a number from 0 to 1")
    if kind == "ratio" and value < 1:
        row.refuse("value", f"is {value:g}, below 1", "write the whole over its part")
    figure = OwningFigure(
        name=name,
        context=row.cells["context"],
        value=value,
        low=low,
        high=high,
        default=_is_default(row),
        **_provenance(row),
    )
    return figure if row.sound else None


def _residual_curves(root: Path, log: list[str]) -> Iterator[ResidualCurve]:
    """Rows of one curve, joined in the order of their months."""
    rows: dict[str, list[tuple[CatalogRow, float, float]]] = {}
    for row in _checked(root, "residual_curves.csv", log):
        name = row.text("curve")
        months = row.at_least_zero("months") if row.text("months") else None
        fraction, _, _ = _range(row, "fraction", "low_fraction", "high_fraction")
        _is_default(row)
        rows.setdefault(name, []).append((row, months or 0.0, fraction))
    for name, found in rows.items():
        _check_curve(name, found)
        cells = [row.cells for row, _, _ in found]
        yield ResidualCurve(
            id=name,
            points=tuple((months, fraction) for _, months, fraction in found),
            default=cells[0]["default"] == "true",
            basis=cells[0]["basis"],
            source="; ".join(dict.fromkeys(cell["source"] for cell in cells)),
            checked_on=min((cell["checked_on"] for cell in cells), key=earliest_day),
            note=cells[-1]["note"],
        )


def _check_curve(name: str, rows: list[tuple[CatalogRow, float, float]]) -> None:
    first, months, fraction = rows[0]
    if months != 0:
        first.refuse("months", f"is {months:g} in the first row of `{name}`", "begin at month 0")
    if fraction != 1:
        first.refuse("fraction", f"is {fraction:g} at the start of `{name}`", "begin new, with 1")
    for (before, earlier, more), (row, months, fraction) in pairwise(rows):
        if months <= earlier:
            row.refuse("months", f"is {months:g} after {earlier:g}", "order a curve by months, each month once")
        if fraction > more:
            row.refuse("fraction", f"is {fraction:g} after {more:g}", "a thing is not worth more as it ages")
        if row.cells["default"] != before.cells["default"]:
            row.refuse("default", "is not the same in all rows of its curve", "say it once for the whole curve")
