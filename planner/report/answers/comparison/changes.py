"""The lines that changed (~), came (+) and went (-)."""

from collections.abc import Iterable, Iterator
from math import fsum

from planner.domain.answers import OTHER, Comparison, FieldChange, LineChange, LineSide, amount_of
from planner.report.answers.differences import amount_cells, change_columns
from planner.report.document import (
    NOTHING,
    SIGNED,
    Cell,
    Section,
    TableRow,
    amount,
    columns_of,
    count,
    money,
    place_of,
    plural,
    section_of,
    table_of,
    unit_price,
    words,
)

MOST_LINES = 40
"""Changes that a person is shown one by one; programs get all."""
SMALL = 0.0005
"""Changes of what is paid by use below this share of all cash are told together."""
_BESIDE = ("beside the lines", "contracts already held, charges, credits")
_UNITS = {"server": "servers", "module": "modules", "kW-hour": "kW"}
"""What is counted under a line of what is owned, by the unit of its price."""
_LABELS = {"unit_price_usd": "unit price", "upfront_usd": "upfront"}


def line_changes(comparison: Comparison) -> Section | None:
    """The table of changed lines; its last row is the cash of both plans."""
    if not comparison.changes:
        return None
    columns = (*columns_of(" | Line | What changed"), *change_columns())
    shown, small = _told_apart(comparison)
    rows = [*map(_row, shown), *_folded(small), *_the_same(comparison)]
    rows.append(TableRow(("", "Cash in the horizon", "", *amount_cells(comparison.totals.total_usd, money)), "total"))
    return section_of("Lines that changed (cash in the horizon)", table_of(columns, rows))


def _told_apart(comparison: Comparison) -> tuple[list[LineChange], list[LineChange]]:
    """Changes worth a row of their own, and small ones of what is paid by use (only if there are several)."""
    total = comparison.totals.total_usd
    limit = SMALL * max(abs(total.a or 0.0), abs(total.b or 0.0))
    changes = comparison.changes
    kept = [c for c in changes if c.action in SIGNED or c.action == OTHER or abs(c.cash_usd.difference) >= limit]
    shown = kept[:MOST_LINES]
    told = {id(c) for c in shown}
    small = [c for c in changes if id(c) not in told]
    return (list(changes), []) if len(small) < 2 else (shown, small)


def _folded(changes: list[LineChange]) -> Iterator[TableRow]:
    if changes:
        a, b = (fsum(side or 0.0 for side in sides) for sides in zip(*_sides(changes), strict=True))
        cells = amount_cells(amount_of(a, b), money)
        yield TableRow(("~", f"{plural(len(changes), 'smaller change')}", "all of them in `--format json`", *cells))


def _the_same(comparison: Comparison) -> Iterator[TableRow]:
    """What did not change, so that the columns add up."""
    totals = comparison.totals
    if totals.unchanged_lines:
        usd = totals.unchanged_usd
        cells = amount_cells(amount_of(usd, usd), money)
        yield TableRow(("=", f"{plural(totals.unchanged_lines, 'line')} the same", "", *cells))
    rest = (totals.total_usd.a or 0.0) - totals.unchanged_usd - fsum(a or 0.0 for a, _ in _sides(comparison.changes))
    if abs(rest) >= 0.5:
        yield TableRow(("=", _BESIDE, "", *amount_cells(amount_of(rest, rest), money)))


def _sides(changes: Iterable[LineChange]) -> list[tuple[float | None, float | None]]:
    return [(change.cash_usd.a, change.cash_usd.b) for change in changes]


def _row(change: LineChange) -> TableRow:
    cells: tuple[Cell, ...] = (change.change, _line(change), tuple(_what_changed(change)))
    return TableRow((*cells, *amount_cells(change.cash_usd, money)), note=_owed(change))


def _line(change: LineChange) -> tuple[str, ...]:
    if change.a is None and change.b is None:
        return _BESIDE
    place = place_of(change.provider, change.region)
    said = any(letter.isdigit() for letter in change.contract)
    term = "" if change.term_periods is None or said else f", {plural(change.term_periods, 'period')}"
    return (change.node_type, place, f"{words(change.contract)}{term}")


def _what_changed(change: LineChange) -> Iterator[str]:
    a, b = change.a, change.b
    only = b if a is None else a if b is None else None
    if only is not None:
        yield from _terms(only)
        return
    if a is None or b is None:
        return
    told = {field.field for field in change.fields}
    for field in change.fields:
        if not _implied(field.field, told, change, a, b):
            yield _field(field, b)
    if not told & {"start", "end"}:
        yield _span(a)


def _terms(side: LineSide) -> Iterator[str]:
    """What a line says that has no partner."""
    size = f"{count(side.nodes)} × " if side.nodes else f"{amount(side.quantity)} × "
    if side.units:
        size = f"{count(side.units)} {_UNITS.get(side.unit, side.unit)}, {amount(side.quantity)} × "
    yield f"{size}{unit_price(side.unit_price_usd) if side.unit_price_usd else '$0'} per {side.unit}"
    if side.upfront_usd:
        yield f"{money(side.upfront_usd)} upfront"
    yield _span(side)


def _span(side: LineSide) -> str:
    return f"{side.start} only" if side.start == side.end else f"{side.start} to {side.end}"


def _implied(field: str, told: set[str], change: LineChange, a: LineSide, b: LineSide) -> bool:
    """Whether the other fields say it already: more nodes are more node-hours, a later start is a later end."""
    if field == "quantity":
        if "units" in told and _alike(a.quantity * b.units, b.quantity * a.units):
            return True
        return "nodes" in told and _alike(a.quantity * b.nodes, b.quantity * a.nodes)
    if field == "units":
        return "nodes" in told
    if field == "signed":
        return (a.signed, b.signed) == (a.start, b.start)
    return field == "end" and "start" in told and change.action in SIGNED


def _alike(a: float, b: float) -> bool:
    return abs(a - b) <= 1e-9 * max(abs(a), abs(b))


def _field(field: FieldChange, side: LineSide) -> str:
    name = _LABELS.get(field.field, words(field.field))
    if field.field == "units" or (field.field == "nodes" and side.unit in _UNITS):
        name = _UNITS.get(side.unit, side.unit)
    if field.field == "quantity":
        name = "node-hours" if side.unit == "node-hour" else f"{side.unit}:"
    return f"{name} {_value(field.field, field.a)} → {_value(field.field, field.b)}"


def _value(name: str, value: float | str | None) -> str:
    if value is None or isinstance(value, str):
        return value or NOTHING
    if name == "unit_price_usd":
        return unit_price(value)
    if name == "upfront_usd":
        return money(value) if value else "$0"
    return count(value) if name in ("nodes", "units") else amount(value)


def _owed(change: LineChange) -> str:
    """What is owed in all, where that is not the cash in the horizon."""
    owed, cash = change.owed_usd, change.cash_usd
    if all(abs((x or 0.0) - (y or 0.0)) < 0.005 for x, y in ((owed.a, cash.a), (owed.b, cash.b))):
        return ""
    return f"owed in all, also after the horizon: {money(owed.a or 0.0)} → {money(owed.b or 0.0)}"
