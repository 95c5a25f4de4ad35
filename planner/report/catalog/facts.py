"""`planner catalog list TABLE / show NAME`: models, chips, load, sellers, price paths, carbon, and what owning costs."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any, NamedTuple

from planner.domain.finance import factor_at, residual_fraction
from planner.domain.inputs import Announced, Catalog, LoadProfile, Provider, earliest_day, months_between
from planner.report.catalog.catalog import site
from planner.report.document import (
    NOTHING,
    Column,
    Document,
    Paragraph,
    Report,
    Table,
    TableRow,
    amount,
    plural,
    section_of,
    table_of,
    unit_price,
    words,
)

_MARKS = (12, 24, 36, 48, 60)
"""Months at which a list shows a path or a curve."""
_BELOW = ("source", "checked_on", "note", "basis", "default")
"""What stands below or behind a row, and not in a column of its own."""

_NOTE = Paragraph("In brackets: who says so; `--format csv` and `json` have the full address, and all points.")


class FactTable(NamedTuple):
    """A table of the catalog: what it is called, and its rows."""

    title: str
    rows: Callable[[Catalog], Iterable[Any]]
    names: tuple[str, ...] = ("id",)
    """Fields by which one asks for a row."""
    reads: Callable[[Sequence[tuple[float, float]], float], Decimal] = factor_at
    """How its points are read."""
    shown: tuple[str, ...] = ()
    """Fields that a table shows; empty = all that say something. CSV and JSON have all."""
    within: tuple[str, ...] = ("id",)
    """Fields in which a text is searched."""


_MODEL = (
    "id", "name", "parameters_b", "active_parameters_b", "layers", "attention", "experts", "max_context",
    "native_precision",
)  # fmt: skip
_ACCELERATOR = (
    "id", "vendor", "name", "memory_gb", "memory_bandwidth_gb_per_s", "bf16_tflops", "fp8_tflops", "fp4_tflops",
    "tdp_watts", "spec_check",
)  # fmt: skip

_PROVIDER = (
    "id",
    "name",
    "class",
    "opt_in",
    "prices",
    "accelerators",
    "on_demand_cap_accelerators",
    "reserved_cap_accelerators",
)


def _profile(one: LoadProfile) -> dict[str, Any]:
    """A load shape: how long it is, how high its peak and how low its trough are."""
    shape = {"id": one.id, "hours": len(one.values), "peak": max(one.values), "trough": min(one.values)}
    return {**shape, "values": one.values, "source": one.source, "checked_on": one.checked_on}


def _provider(one: Provider, catalog: Catalog) -> dict[str, Any]:
    """A seller: what is assumed of it, and how many prices the catalog has of it."""
    sold = [row.accelerator for row in catalog.prices if row.provider == one.id]
    values = one._asdict()
    values = {"id": one.id, "name": one.name, "class": values.pop("kind")} | values
    counted = {"prices": len(sold), "accelerators": len(set(sold))}
    known = (c for c in catalog.caps if (c.provider, c.contract, c.accelerator) == (one.id, "reserved", None))
    for cap in known:
        values |= {"reserved_cap_accelerators": cap.max_accelerators}
    tail = {name: values.pop(name) for name in ("basis", "source", "checked_on")}
    return {**values, **counted, **tail}


def _announced(one: Announced) -> dict[str, Any]:
    """A generation to come, with the accelerators whose work it does as one text."""
    return {**one._asdict(), "replaces": " ".join(one.replaces)}


TABLES: dict[str, FactTable] = {
    "models": FactTable("Models", lambda c: c.language_models.values(), (), shown=_MODEL, within=("id", "name")),
    "accelerators": FactTable(
        "Accelerators", lambda c: c.accelerators.values(), (), shown=_ACCELERATOR, within=("id", "name", "vendor")
    ),
    "profiles": FactTable("Load profiles", lambda c: (_profile(one) for one in c.profiles.values()), ()),
    "providers": FactTable(
        "Providers",
        lambda c: (_provider(one, c) for one in c.providers.values()),
        (),
        shown=_PROVIDER,
        within=("id", "name", "class"),
    ),
    "paths": FactTable("Price paths", lambda c: c.price_paths.values()),
    "successors": FactTable(
        "Announced generations",
        lambda c: (_announced(one) for one in c.announced),
        ("name",),
        within=("name", "vendor"),
    ),
    "caps": FactTable("The most that sellers have at once", lambda c: c.caps, (), within=("provider",)),
    "carbon": FactTable("Carbon intensity of the grid", lambda c: c.carbon_intensity.values()),
    "power": FactTable("Power of rented nodes", lambda c: c.power.values(), ("name",)),
    "servers": FactTable("Server prices", lambda c: c.ownership.server_prices),
    "server-power": FactTable("Server power", lambda c: c.ownership.server_power),
    "colocation": FactTable("Colocation rents", lambda c: c.ownership.colocation_rents, ("id", "size_class")),
    "electricity": FactTable("Electricity tariffs", lambda c: c.ownership.electricity_tariffs, ("place",)),
    "residuals": FactTable("Residual curves", lambda c: c.ownership.residual_curves, reads=residual_fraction),
    "owning": FactTable("Figures about owning", lambda c: c.ownership.figures, ("name",)),
}


def fact_rows(catalog: Catalog, table: str, text: str = "") -> list[dict[str, Any]]:
    """The rows of a table as plain values; with a text those that hold it, in whatever case."""
    rows = (_plain(row) for row in TABLES[table].rows(catalog))
    searched = TABLES[table].within + TABLES[table].names
    return [row for row in rows if text.lower() in " ".join(str(row.get(name, "")) for name in searched).lower()]


def _plain(row: Any) -> dict[str, Any]:
    if isinstance(row, Mapping):
        return dict(row)
    return dict(row.model_dump() if hasattr(row, "model_dump") else row._asdict())


def facts_named(catalog: Catalog, name: str) -> dict[str, list[dict[str, Any]]]:
    """The rows of all tables that are called so, by table."""
    found = {
        table: [row for row in fact_rows(catalog, table) if name in (row[field] for field in facts.names)]
        for table, facts in TABLES.items()
    }
    return {table: rows for table, rows in found.items() if rows}


def facts_report(tables: Mapping[str, Sequence[dict[str, Any]]], *, today: str) -> Report:
    """Rows of one or several tables, for any format; ages are computed at `today` (YYYY-MM-DD)."""
    values = [{"table": table, **_value(row, today)} for table, rows in tables.items() for row in rows]
    header = list(dict.fromkeys(key for value in values for key in value)) or ["table"]
    return Report(
        json=lambda: {"as_of": today, "rows": values},
        csv=lambda: (header, ([_csv(value.get(key)) for key in header] for value in values)),
        document=lambda: _document(tables, len(values), today),
    )


def _document(tables: Mapping[str, Sequence[dict[str, Any]]], count: int, today: str) -> Document:
    sections = tuple(
        section_of(TABLES[table].title, _table(table, list(rows))) if rows else section_of("", "No row.")
        for table, rows in tables.items()
    )
    return Document(f"Catalog: {plural(count, 'row')} as of {today}", (*sections, section_of("", _NOTE)))


def _value(row: Mapping[str, Any], today: str) -> dict[str, Any]:
    age = months_between(earliest_day(row["checked_on"]), today)
    points = {"points": [list(point) for point in row["points"]]} if "points" in row else {}
    return {**row, **points, "age_months": max(0.0, round(age, 1))}


def _csv(value: object) -> object:
    """Points as `0:1 12:0.8`, several values with blanks between them, everything else as it is."""
    if isinstance(value, tuple):
        return " ".join(f"{one:g}" if isinstance(one, float) else str(one) for one in value)
    return " ".join(f"{months:g}:{factor:g}" for months, factor in value) if isinstance(value, list) else value


def _table(table: str, rows: list[dict[str, Any]]) -> Table:
    """One row a fact: its own columns, those that are empty throughout left out, provenance below."""
    wanted = TABLES[table].shown or [name for name in rows[0] if name not in (*_BELOW, "points", "values")]
    fields = [name for name in wanted if any(_told(row[name]) for row in rows)]
    marks = tuple(Column(f"after {months} months", number=True) for months in _MARKS) if "points" in rows[0] else ()
    columns = (*(_column(name, rows) for name in fields), *marks, Column("Checked"))
    return table_of(columns, (_row(table, row, fields) for row in rows))


def _told(value: object) -> bool:
    return value not in (None, "")


def _column(name: str, rows: list[dict[str, Any]]) -> Column:
    return Column(words(name), number=any(isinstance(row[name], int | float) for row in rows))


def _row(table: str, row: dict[str, Any], fields: list[str]) -> TableRow:
    cells = [_shown(name, row[name]) for name in fields]
    if "points" in row:
        cells += [amount(float(TABLES[table].reads(row["points"], months))) for months in _MARKS]
    return TableRow((*cells, row["checked_on"]), note=_provenance(row))


def _shown(name: str, value: object) -> str:
    if not _told(value):
        return NOTHING
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int | float):
        return unit_price(value) if "usd" in name else amount(value)
    return str(value)


def _provenance(row: dict[str, Any]) -> str:
    """`default; estimated: note (source)`."""
    chosen = "default; " if row.get("default") else ""
    told = row.get("note", "")
    return f"{chosen}{row.get('basis', '')}{': ' if told and row.get('basis') else ''}{told} ({site(row['source'])})".strip()
