"""Saying no with a way out: why no plan exists, and what would make one possible."""

from collections.abc import Sequence

from planner.domain.findings import Cause, Repair
from planner.report.dress import DEFAULT_WIDTH, render_document
from planner.report.figures import amount, money
from planner.report.structured import csv_text, json_text
from planner.report.table import (
    Block,
    Bullets,
    Document,
    Paragraph,
    Section,
    Table,
    number_columns,
    plain_rows,
    text_columns,
)
from planner.report.text import plural, words

SCHEMA = "planner/infeasible/1"


def render_infeasible(
    name: str,
    causes: Sequence[Cause],
    repairs: Sequence[Repair] = (),
    format: str = "table",  # noqa: A002
    *,
    sha256: str = "",
    width: int = DEFAULT_WIDTH,
    color: bool = False,
) -> str:
    """Why the scenario `name` has no plan, in one of the four formats; `sha256` is that of the resolved scenario."""
    if format == "json":
        return json_text(infeasible_value(name, causes, repairs, sha256))
    if format == "csv":
        return csv_text(Cause._fields, causes)
    document = _document(name, causes, repairs)
    return render_document(document, format, width=width, color=color)


def infeasible_value(
    name: str, causes: Sequence[Cause], repairs: Sequence[Repair] = (), sha256: str = ""
) -> dict[str, object]:
    """The answer as plain JSON values."""
    return {
        "schema": SCHEMA,
        "scenario": {"name": name, "sha256": sha256} if sha256 else {"name": name},
        "status": "infeasible",
        "causes": [cause._asdict() for cause in causes],
        "repairs": [repair._asdict() for repair in repairs],
    }


def _document(name: str, causes: Sequence[Cause], repairs: Sequence[Repair]) -> Document:
    why = [Paragraph(f"{plural(len(causes), 'reason')} found:" if causes else "No single reason could be named.")]
    blocks: list[Block] = [*why, Bullets(tuple(_cause(cause) for cause in causes))]
    figures = _figures(causes)
    sections = [Section("Why", tuple(blocks if figures is None else [*blocks, figures]))]
    fixes = tuple(dict.fromkeys(cause.fix for cause in causes if cause.fix))
    if fixes:
        sections.append(Section("What would help", (Bullets(fixes),)))
    if repairs:
        sections.append(Section("Cheapest ways out (solved again, they work)", (_repairs(repairs),)))
    return Document(f"{name}: no plan exists", tuple(sections))


def _cause(cause: Cause) -> str:
    about = [part for part in (cause.workload, cause.period) if part]
    return f"{', '.join(about)}: {cause.message}" if about else cause.message


def _figures(causes: Sequence[Cause]) -> Table | None:
    rows = [
        (words(c.family), c.workload or "", c.period or "", _figure(c.have), _figure(c.need), c.unit)
        for c in causes
        if c.have is not None or c.need is not None
    ]
    if not rows:
        return None
    columns = (
        *text_columns("Limit", "Workload", "Period"),
        *number_columns("Have", "Need"),
        *text_columns("Unit"),
    )
    return Table(columns, plain_rows([*rows]))


def _figure(value: float | None) -> str:
    return "" if value is None else "0" if value == 0 else amount(value)


def _repairs(repairs: Sequence[Repair]) -> Table:
    rows = [(r.change, r.by, "" if r.npv_usd is None else money(r.npv_usd)) for r in repairs]
    return Table((*text_columns("Change", "by"), *number_columns("NPV then")), plain_rows([*rows]))
