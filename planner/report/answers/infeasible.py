"""Saying no with a way out: why no plan exists, and what would make one possible."""

from collections.abc import Sequence

from planner.domain.records import Cause, Conflict, Repair
from planner.report.answers.differences import value_text
from planner.report.document import (
    Block,
    Bullets,
    Document,
    Paragraph,
    Report,
    Section,
    Table,
    TableRow,
    amount,
    columns_of,
    money,
    plural,
    section_of,
    table_of,
    words,
)

SCHEMA = "planner/infeasible/1"
LONGEST_SETTING = 200
"""Characters of a setting that are shown."""


def infeasible_report(
    name: str,
    causes: Sequence[Cause],
    repairs: Sequence[Repair] = (),
    *,
    conflict: Sequence[Conflict] = (),
    complete: bool = True,
    sha256: str = "",
) -> Report:
    """Why the scenario `name` has no plan, for any format.

    Args:
        complete: whether all ways out were tried; False if the time was over before, or somebody interrupted.
        sha256: of the resolved scenario.
    """
    return Report(
        json=lambda: infeasible_value(name, causes, repairs, sha256, conflict, complete),
        csv=lambda: (Cause._fields, [tuple(cause._replace(limits=" ".join(cause.limits))) for cause in causes]),  # type: ignore[arg-type]
        document=lambda: _document(name, causes, repairs, conflict, complete),
    )


def infeasible_value(
    name: str,
    causes: Sequence[Cause],
    repairs: Sequence[Repair] = (),
    sha256: str = "",
    conflict: Sequence[Conflict] = (),
    complete: bool = True,
) -> dict[str, object]:
    """The answer as plain JSON values."""
    return {
        "schema": SCHEMA,
        "scenario": {"name": name, "sha256": sha256} if sha256 else {"name": name},
        "status": "infeasible",
        "causes": [cause._asdict() for cause in causes],
        "repairs": [repair._asdict() for repair in repairs],
        "conflict": [limit._asdict() for limit in conflict],
        "complete": complete,
    }


def _document(
    name: str, causes: Sequence[Cause], repairs: Sequence[Repair], conflict: Sequence[Conflict], complete: bool
) -> Document:
    why = [Paragraph(f"{plural(len(causes), 'reason')} found:" if causes else "No single reason could be named.")]
    blocks: list[Block] = [*why, Bullets(tuple(_cause(cause) for cause in causes))]
    figures = _figures(causes)
    sections = [Section("Why", tuple(blocks if figures is None else [*blocks, figures]))]
    fixes = tuple(dict.fromkeys(cause.fix for cause in causes if cause.fix))
    if fixes:
        sections.append(section_of("What would help", Bullets(fixes)))
    if repairs:
        sections.append(section_of("Ways out (each was solved again, and has a plan)", _repairs(repairs)))
    if len(conflict) > 1:
        told = Paragraph("Together they leave no plan, and none of them can be spared:")
        sections.append(section_of("Limits that exclude one another", told, Bullets(tuple(map(_limit, conflict)))))
    if not complete:
        said = "The time was over, or somebody interrupted, before all ways out were tried: there may be others. "
        said += "`--time-limit` allows more."
        sections.append(section_of("Cut short", said))
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
    columns = columns_of("Limit | Workload | Period | #Have | #Need | Unit")
    return table_of(columns, rows)


def _figure(value: float | None) -> str:
    return "" if value is None else "0" if value == 0 else amount(value)


def _repairs(repairs: Sequence[Repair]) -> Table:
    rows = [
        TableRow(
            (f"{number}. {r.change}", r.by, "" if r.npv_usd is None else money(r.npv_usd)),
            note=" ".join(_setting(path, value) for path, value in r.set.items()),
        )
        for number, r in enumerate(repairs, start=1)
    ]
    return table_of(columns_of("Change | by | #NPV then"), rows)


def _setting(path: str, value: object) -> str:
    """The change as an argument of a command; long values only hinted at.

    >>> _setting("budget_total_usd", 5e6), _setting("regions", ["eu"])
    ("--set 'budget_total_usd=5000000'", "--set 'regions=[eu]'")
    """
    return f"--set '{path}={value_text(value, longest=LONGEST_SETTING) if value is not None else 'null'}'"


def _limit(limit: Conflict) -> str:
    return f"{limit.said}: `{limit.path}`" + (f" ({limit.value})" if limit.value else "")
