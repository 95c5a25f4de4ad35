"""What stands on the first screen of a terminal: the decision, its proof, five numbers, and what to sign first with its date."""

from planner.domain.records import Plan, PlanLine
from planner.report.document import (
    OWNED,
    SIGNED,
    Document,
    Paragraph,
    Section,
    Table,
    TableRow,
    count,
    headline_money,
    key_values,
    last_month,
    number_columns,
    plural,
    term_words,
    text_columns,
    unit_price,
    words,
)
from planner.report.plan import headline
from planner.report.plan import provenance as trust
from planner.report.plan.bundles import Bundle, bundles, is_block
from planner.report.plan.reading import Reading

MOST_ROWS = 4
"""Signings and purchases that are shown."""
MOST_USED = 2
"""Lines paid by use that are shown."""


def first_screen(plan: Plan) -> Document:
    """The head of the report for a person with five minutes."""
    rest = "All of it: `--full`, or `-o plan.html` for a page with charts; `-o plan.json` keeps it for `planner show`."
    sections = (decision(plan), _numbers(plan), *_first(plan), Section("", (Paragraph(rest),)))
    return Document(headline.title(plan), sections, trust.alarm(plan.audit))


def decision(plan: Plan) -> Section:
    """What to do, and how near it is to the cheapest."""
    return headline.decision(Reading(plan))


def _numbers(plan: Plan) -> Section:
    most = max(plan.cost.by_period, key=lambda period: period.cash_usd)
    signed = sum(line.total_usd for line in plan.lines if line.action in SIGNED and not line.held)
    first = plan.cost.by_plan_year[0] if plan.cost.by_plan_year else plan.total_usd
    rows: list[tuple[str, str | tuple[str, ...]]] = [
        ("Net present value", headline_money(plan.npv_usd)),
        ("Cash in the horizon", headline_money(plan.total_usd)),
        ("Cash of the first year", headline_money(first)),
        (f"Most in one period ({most.period})", headline_money(most.cash_usd)),
        ("Worth of what is signed or ordered", headline_money(signed)),
    ]
    return Section("Five numbers", (key_values(rows),))


def _first(plan: Plan) -> tuple[Section, ...]:
    new = [line for line in plan.lines if not line.held]
    signed = sorted(
        bundles([line for line in new if line.action in SIGNED]), key=lambda one: (one.line.signed_index, -_worth(one))
    )
    used = sorted(
        bundles([line for line in new if line.action not in SIGNED]),
        key=lambda one: (one.line.start_index, -_worth(one)),
    )
    rows = [_row(one, plan, one.line.signed) for one in signed[:MOST_ROWS]]
    rows += [_row(one, plan, f"from {one.line.start}") for one in used[:MOST_USED]]
    if not rows:
        return ()
    left = [*signed[MOST_ROWS:], *used[MOST_USED:]]
    if left:
        rows.append(TableRow(("", f"{plural(len(left), 'line')} more", "", headline_money(sum(map(_worth, left))))))
    columns = (*text_columns("When", "What", "For"), *number_columns("Worth"))
    return (Section("To sign and to use, the first of it first", (Table(columns, tuple(rows)),)),)


def _row(one: Bundle, plan: Plan, when: str) -> TableRow:
    line = one.line
    what = " · ".join(part for part in (how_many(line), line.provider) if part)
    last = last_month(plan.horizon, line.end_index)
    term = "" if line.term_periods is None else f"{term_words(plan.horizon, line.term_periods)}, "
    term = f"{words(line.contract)}, " if is_block(line) else term
    again = f"{len(one.again) + 1} × " if one.again else ""
    kind = (
        f"{again}{term}" if line.action in SIGNED and line.action not in OWNED and term else f"{words(line.action)}, "
    )
    return TableRow((when, what, f"{kind}to {last}", headline_money(_worth(one))))


def how_many(line: PlanLine) -> str:
    """Nodes, servers or power, and of what kind."""
    if line.action == "lease" and line.units:
        return f"{count(line.units)} kW of power"
    if line.unit == "committed USD":
        return f"{unit_price(line.nodes)} an hour of {line.node_type}"
    size = line.nodes or line.units
    return f"{count(size)} × {line.node_type}" if size else line.node_type


def _worth(one: Bundle) -> float:
    return one.line.total_usd
