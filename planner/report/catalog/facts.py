"""`planner catalog list TABLE / show NAME`: price paths, carbon, power, and what owning hardware costs."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any, NamedTuple

from planner.domain.finance import factor_at, residual_fraction
from planner.domain.inputs import Catalog, earliest_day, months_between
from planner.report.catalog.catalog import site
from planner.report.document import (
    DEFAULT_WIDTH,
    NOTHING,
    Column,
    Document,
    Paragraph,
    Row,
    Section,
    Table,
    amount,
    csv_text,
    json_text,
    plural,
    render_document,
    unit_price,
    words,
)

_MARKS = (12, 24, 36, 48, 60)
"""Months at which a list shows a path or a curve."""
_BELOW = ("source", "checked_on", "note", "basis", "default")
"""What stands below or behind a row, and not in a column of its own."""

_NOTE = Paragraph("In brackets: who says so; `--format csv` and `json` have the full address, and all points.")


class Facts(NamedTuple):
    """A table of the catalog: what it is called, and its rows."""

    title: str
    rows: Callable[[Catalog], Iterable[Any]]
    names: tuple[str, ...] = ("id",)
    """Fields by which one asks for a row."""
    reads: Callable[[Sequence[tuple[float, float]], float], Decimal] = factor_at
    """How its points are read."""


TABLES: dict[str, Facts] = {
    "paths": Facts("Price paths", lambda c: c.price_paths.values()),
    "carbon": Facts("Carbon intensity of the grid", lambda c: c.carbon_intensity.values()),
    "power": Facts("Power of rented nodes", lambda c: c.power.values(), ("name",)),
    "servers": Facts("Server prices", lambda c: c.ownership.server_prices),
    "server-power": Facts("Server power", lambda c: c.ownership.server_power),
    "colocation": Facts("Colocation rents", lambda c: c.ownership.colocation_rents, ("id", "size_class")),
    "electricity": Facts("Electricity tariffs", lambda c: c.ownership.electricity_tariffs, ("place",)),
    "residuals": Facts("Residual curves", lambda c: c.ownership.residual_curves, reads=residual_fraction),
    "owning": Facts("Figures about owning", lambda c: c.ownership.figures, ("name",)),
}


def fact_rows(catalog: Catalog, table: str) -> list[dict[str, Any]]:
    """The rows of a table as plain values."""
    return [dict(row._asdict()) for row in TABLES[table].rows(catalog)]


def facts_named(catalog: Catalog, name: str) -> dict[str, list[dict[str, Any]]]:
    """The rows of all tables that are called so, by table."""
    found = {
        table: [row for row in fact_rows(catalog, table) if name in (row[field] for field in facts.names)]
        for table, facts in TABLES.items()
    }
    return {table: rows for table, rows in found.items() if rows}


def render_facts(
    tables: Mapping[str, Sequence[dict[str, Any]]],
    format: str,  # noqa: A002
    *,
    today: str,
    width: int = DEFAULT_WIDTH,
    color: bool = False,
) -> str:
    """Rows of one or several tables; ages are reckoned at `today` (YYYY-MM-DD)."""
    values = [{"table": table, **_value(row, today)} for table, rows in tables.items() for row in rows]
    if format == "json":
        return json_text({"as_of": today, "rows": values})
    if format == "csv":
        header = list(dict.fromkeys(key for value in values for key in value)) or ["table"]
        return csv_text(header, ([_csv(value.get(key)) for key in header] for value in values))
    sections = tuple(
        Section(TABLES[table].title, (_table(table, list(rows)),)) if rows else Section("", (Paragraph("No row."),))
        for table, rows in tables.items()
    )
    document = Document(f"Catalog: {plural(len(values), 'row')} as of {today}", (*sections, Section("", (_NOTE,))))
    return render_document(document, format, width=width, color=color)


def _value(row: Mapping[str, Any], today: str) -> dict[str, Any]:
    age = months_between(earliest_day(row["checked_on"]), today)
    points = {"points": [list(point) for point in row["points"]]} if "points" in row else {}
    return {**row, **points, "age_months": max(0.0, round(age, 1))}


def _csv(value: object) -> object:
    """Points as `0:1 12:0.8`, everything else as it is."""
    return " ".join(f"{months:g}:{factor:g}" for months, factor in value) if isinstance(value, list) else value


def _table(table: str, rows: list[dict[str, Any]]) -> Table:
    """One row a fact: its own columns, those that are empty throughout left out, provenance below."""
    fields = [name for name in rows[0] if name not in (*_BELOW, "points") and any(_told(row[name]) for row in rows)]
    marks = tuple(Column(f"after {months} months", number=True) for months in _MARKS) if "points" in rows[0] else ()
    columns = (*(_column(name, rows) for name in fields), *marks, Column("Checked"))
    return Table(columns, tuple(_row(table, row, fields) for row in rows))


def _told(value: object) -> bool:
    return value not in (None, "")


def _column(name: str, rows: list[dict[str, Any]]) -> Column:
    return Column(words(name), number=any(isinstance(row[name], int | float) for row in rows))


def _row(table: str, row: dict[str, Any], fields: list[str]) -> Row:
    cells = [_shown(name, row[name]) for name in fields]
    if "points" in row:
        cells += [amount(float(TABLES[table].reads(row["points"], months))) for months in _MARKS]
    return Row((*cells, row["checked_on"]), note=_provenance(row))


def _shown(name: str, value: object) -> str:
    if not _told(value):
        return NOTHING
    if isinstance(value, int | float):
        return unit_price(value) if "usd" in name else amount(value)
    return str(value)


def _provenance(row: dict[str, Any]) -> str:
    """`default; estimated: note (source)`."""
    chosen = "default; " if row.get("default") else ""
    told = row.get("note", "")
    return f"{chosen}{row.get('basis', '')}{': ' if told and row.get('basis') else ''}{told} ({site(row['source'])})".strip()
