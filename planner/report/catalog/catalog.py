"""`planner catalog list / show`: what is on the market, with source, date and age."""

from collections.abc import Mapping, Sequence
from typing import Any

from planner.domain.inputs import Accelerator, InstancePrice, LanguageModel, Provider, TokenPrice, months_between
from planner.report.document import (
    NOTHING,
    Document,
    Paragraph,
    Report,
    Section,
    Table,
    TableRow,
    columns_of,
    count,
    key_values,
    percent,
    plural,
    section_of,
    table_of,
    unit_price,
    words,
)

Price = InstancePrice | TokenPrice
Subject = Price | Accelerator | LanguageModel | Provider

_UNITS = {
    "_gb_per_s": "GB/s",
    "_gb": "GB",
    "_tflops": "TFLOPS",
    "_tops": "TOPS",
    "_watts": "W",
    "_b": "billion",
    "_usd_per_hour": "USD per hour",
    "_months": "months",
}

_NOTE = "Age in months. In brackets: who says so; `--format csv` and `planner catalog show` have the full address."

_ACCESS = {
    "reservation": "by agreement",
    "waitlist": "waitlist",
    "sold_out": "sold out",
    "restricted": "restricted",
}
_MARKED = (
    (
        "estimated",
        'estimated: a "from" price, or a rate by rule; no seller asks it, and no plan takes it unless `allow_estimated_rates`.',
    ),
    *((mark, f"{mark}: in no plan unless the scenario's `access` names `{name}`.") for name, mark in _ACCESS.items()),
)
"""Marks of prices, and what they mean."""


def prices_report(rows: Sequence[Price], *, today: str, left: int = 0) -> Report:
    """Prices of node types and of hosted models, for any format; ages are computed at `today` (YYYY-MM-DD).

    Args:
        left: rows that are there and not among these.
    """
    return Report(
        json=lambda: {"as_of": today, "rows": [row_value(row, today) for row in rows]},
        csv=lambda: _csv([row_value(row, today) for row in rows]),
        document=lambda: _prices(rows, today, left),
    )


def _csv(values: Sequence[dict[str, Any]]) -> tuple[list[str], list[list[Any]]]:
    header = list(dict.fromkeys(key for value in values for key in value)) or ["kind", "id"]
    return header, [[value.get(key) for key in header] for value in values]


def _prices(rows: Sequence[Price], today: str, left: int) -> Document:
    said = [_NOTE if rows else "No row of the catalog matches."]
    said += [words for mark, words in _MARKED if any(mark in _marks(r) for r in rows if isinstance(r, InstancePrice))]
    if left:
        said.append(
            f"{left:,} more rows: name an `--accelerator`, a `--provider` or another filter, `--limit N`, or `--format csv`; "
            "`planner catalog list --help` has them all."
        )
    sections = (*_lists(rows, today), Section("", tuple(Paragraph(one) for one in said)))
    counted = f"{len(rows):,} of {len(rows) + left:,} price rows" if left else plural(len(rows), "price row")
    return Document(f"Catalog: {counted}, ages as of {today}", sections)


def subject_report(subject: Subject, offers: Sequence[Price] = (), *, today: str) -> Report:
    """One row, accelerator, model or provider with all of its facts, and the prices that name it, for any format."""
    facts = facts_of(subject)
    return Report(
        json=lambda: {"as_of": today, **facts, "offers": [row_value(row, today) for row in offers]},
        csv=lambda: (("field", "value"), [*facts.items()]),
        document=lambda: _subject(facts, offers, today),
    )


def _subject(facts: dict[str, Any], offers: Sequence[Price], today: str) -> Document:
    table = key_values([(_label(name), _shown(name, value)) for name, value in facts.items()])
    checked = str(facts.get("checked_on", ""))
    aged = [Paragraph(f"Checked {_months(checked, today):.1f} months before {today}.")]
    fact_section = section_of("", table, *(aged if checked else []))
    return Document(str(facts["id"]), (fact_section, *_lists(offers, today)))


def row_value(row: Price, today: str) -> dict[str, Any]:
    """A price row as plain values, with its kind, its price per accelerator and its age."""
    value: dict[str, Any] = {
        "kind": "instance" if isinstance(row, InstancePrice) else "hosted_api",
        **row._asdict(),
    }
    if isinstance(row, InstancePrice):
        value["price_usd_per_accelerator_hour"] = round(row.price_usd_per_hour / row.count, 6) if row.count else None
    return {**value, "age_months": _age(row, today)}


def _age(row: Price, today: str) -> float:
    return _months(row.checked_on, today)


def _months(checked_on: str, today: str) -> float:
    """Age in months, 0 for what was checked later than `today`."""
    return max(0.0, round(months_between(checked_on, today), 1))


def facts_of(subject: Subject) -> dict[str, Any]:
    """All fields, in their own order."""
    if isinstance(subject, Accelerator | LanguageModel):
        return dict(subject.model_dump(mode="json"))
    fields: Mapping[str, Any] = subject._asdict()
    return dict(fields)


def _lists(rows: Sequence[Price], today: str) -> tuple[Section, ...]:
    nodes = [row for row in rows if isinstance(row, InstancePrice)]
    tokens = [row for row in rows if isinstance(row, TokenPrice)]
    sections = []
    if nodes:
        sections.append(section_of("Instances", _instances(nodes, today)))
    if tokens:
        sections.append(section_of("Hosted APIs", _tokens(tokens, today)))
    return tuple(sections)


def _instances(rows: list[InstancePrice], today: str) -> Table:
    columns = columns_of(
        "Node type | Accelerator | #Count | Contract | #USD per node-hour | #per accelerator | Region | Priced | #Age"
    )
    return table_of(columns, (_instance(row, today) for row in rows))


def _instance(row: InstancePrice, today: str) -> TableRow:
    cells = (
        row.instance,
        row.accelerator,
        count(row.count),
        _contract(row),
        unit_price(row.price_usd_per_hour),
        unit_price(row.price_usd_per_hour / row.count) if row.count else "",
        row.region,
        row.checked_on,
        f"{_age(row, today):.1f}",
    )
    upfront = f", {percent(row.upfront_fraction)} upfront" if row.upfront_fraction else ""
    return TableRow(cells, note=f"{_identity(row)}{upfront}")


def _identity(row: Price) -> str:
    """What `planner catalog show` asks for; it begins with the provider."""
    return f"{row.id} ({site(row.source)})"


def _contract(row: InstancePrice) -> str:
    """The contract, and what speaks against taking its price for one that can be had."""
    term = f" {row.term_months:g}m" if row.term_months else ""
    return ", ".join((f"{words(row.contract)}{term}", *_marks(row)))


def _marks(row: InstancePrice) -> tuple[str, ...]:
    access = () if row.access == "open" else (_ACCESS[row.access],)
    return (*(("estimated",) if row.basis == "estimated" else ()), *access)


def site(source: str) -> str:
    """Who says so, without the path to the page.

    >>> site("https://prices.example/north/gpu?x=1"), site("owner/repository:a/b.csv@4af1"), site("quote")
    ('prices.example/north', 'owner/repository', 'quote')
    """
    if "://" in source[:10]:
        return "/".join(source.split(" ")[0].split("/")[2:][:2])
    return source.split(":")[0]


def _tokens(rows: list[TokenPrice], today: str) -> Table:
    columns = columns_of("Model | Weights | #Input USD / Mtok | #Output USD / Mtok | Priced | #Age")
    return table_of(columns, (_token(row, today) for row in rows))


def _token(row: TokenPrice, today: str) -> TableRow:
    cells = (
        row.model,
        row.language_model or "not known",
        unit_price(row.usd_per_mtok_input),
        unit_price(row.usd_per_mtok_output),
        row.checked_on,
        f"{_age(row, today):.1f}",
    )
    return TableRow(cells, note=_identity(row))


def _label(name: str) -> str:
    """A field as words, with its unit.

    >>> _label("memory_bandwidth_gb_per_s"), _label("bf16_tflops"), _label("vendor")
    ('memory bandwidth, GB/s', 'bf16, TFLOPS', 'vendor')
    """
    for suffix, unit in _UNITS.items():
        if name.endswith(suffix):
            return f"{words(name.removesuffix(suffix))}, {unit}"
    return words(name)


def _shown(name: str, value: Any) -> str:
    if value is None:
        return "not known"
    if value == "":
        return NOTHING
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int | float):
        return unit_price(value) if "usd" in name else f"{value:,.10g}"
    return str(value)
