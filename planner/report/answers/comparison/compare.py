"""`planner compare A B`: what differs, biggest difference first, and what in the question explains it."""

from collections.abc import Iterable, Iterator
from typing import Any

from planner.domain.answers import Amount, Comparison
from planner.report.answers.comparison.changes import line_changes
from planner.report.answers.differences import (
    amount_cells,
    change_columns,
    difference_money,
    difference_percent,
    value_text,
)
from planner.report.document import (
    Block,
    Bullets,
    Column,
    Document,
    Paragraph,
    Report,
    Section,
    Table,
    TableRow,
    amount,
    columns_of,
    headline_money,
    kind_words,
    money,
    nearness,
    percent,
    plural,
    section_of,
    table_of,
    unit_price,
)

MOST_FIELDS = 40
"""Changes of the question that a person is shown; programs get all."""
_CSV = ("section", "change", "item", "field", "a", "b", "difference", "change_fraction", "unit")
_WORDS = {"~": "changed", "+": "added", "-": "removed"}


def comparison_report(comparison: Comparison) -> Report:
    """The comparison, for any format."""
    return Report(
        json=comparison.to_json_value,
        csv=lambda: (_CSV, _csv_rows(comparison)),
        document=lambda: comparison_document(comparison),
    )


def comparison_document(comparison: Comparison) -> Document:
    """All that a comparison says, the money first, then where it comes from."""
    totals = comparison.totals
    sections = (
        Section("", tuple(_headline(comparison))),
        line_changes(comparison),
        _sums(comparison),
        _table("Cash by kind", "Kind", ((kind_words(kind), usd) for kind, usd in totals.by_kind.items())),
        _table("Cash by provider", "Provider", totals.by_provider.items()),
        _table("Cash by plan-year", "Plan-year", _years(totals.by_plan_year)),
        _unit_costs(comparison),
        _question(comparison),
    )
    return Document(_title(comparison), tuple(section for section in sections if section is not None))


# ── what it comes to ─────────────────────────────────────────────────────────────────────────────────────────────


def _title(comparison: Comparison) -> str:
    npv = comparison.totals.npv_usd
    names = f"{comparison.a.name} → {comparison.b.name}"
    if comparison.a.name == comparison.b.name:
        names = f"{comparison.a.name}, A → B"
    if npv.difference == 0:
        return f"{names}: no change in NPV, {headline_money(npv.b or 0.0)}"
    share = "" if npv.change_fraction is None else f" ({difference_percent(npv)})"
    sums = f"{headline_money(npv.b or 0.0)} instead of {headline_money(npv.a or 0.0)}"
    return f"{names}: {difference_money(npv.difference)}{share} in NPV, {sums}"


def _headline(comparison: Comparison) -> Iterator[Block]:
    yield Bullets(tuple(f"{letter}: {_side(comparison, letter)}" for letter in "AB"))
    if not comparison.changes:
        yield Paragraph("No line differs.")
    yield from (Paragraph(text) for text in (_still_open(comparison), _horizons(comparison)) if text)
    yield from (Paragraph(text, strong=True) for text in (*_left_unserved(comparison), _verdict(comparison)) if text)


def _side(comparison: Comparison, letter: str) -> str:
    side = comparison.a if letter == "A" else comparison.b
    how = "a plan, audited again" if side.kind == "plan" else "a scenario, solved now and audited"
    proof = "" if side.status == "optimal" else f"; not proven to be the cheapest ({nearness(side.gap)})"
    named = f"{side.source}, " if side.source != side.name else ""
    return f"{named}{side.name}, sha256 {side.sha256[:12]}: {how}{proof}"


def _still_open(comparison: Comparison) -> str:
    """That the difference may be one of the searches and not of the plans."""
    least = comparison.totals.npv_difference_at_least_usd
    most = comparison.totals.npv_difference_at_most_usd
    closed = (least is not None and least > -0.005) or (most is not None and most < 0.005)
    if comparison.totals.npv_usd.difference == 0 or closed:
        return ""
    if least is None or most is None:
        return (
            "Which of the two is cheaper is not proven: nothing bounds yet how much cheaper another plan could be. More time"
            " by `--time-limit` gives a bound."
        )
    return (
        "Which of the two is cheaper is not proven: the searches stopped within their gaps, and the difference of the"
        f" cheapest plans lies between {_signed(least)} and {_signed(most)}. A smaller `--gap` narrows it."
    )


def _signed(usd: float) -> str:
    return "$0" if abs(usd) < 0.005 else difference_money(usd)


def _horizons(comparison: Comparison) -> str:
    a, b = comparison.a, comparison.b
    if (a.start, a.end, a.hours) == (b.start, b.end, b.hours):
        return ""
    spans = [f"{side.start} to {side.end} ({side.hours:,.0f} hours)" for side in (a, b)]
    return f"The horizons differ, so that sums are not alike: A spans {spans[0]}, B {spans[1]}."


def _left_unserved(comparison: Comparison) -> Iterator[str]:
    for change in comparison.totals.unserved:
        a, b = (f"{amount(work)} {change.work_unit}" if work else "none" for work in (change.work.a, change.work.b))
        if change.work.difference > 0:
            yield f"B leaves more of {change.workload} unserved: {b} against {a}."
        elif change.work.difference < 0:
            yield f"A leaves more of {change.workload} unserved: {a} against {b}."


def _verdict(comparison: Comparison) -> str:
    policy = comparison.policy
    if policy is None:
        return ""
    npv = comparison.totals.npv_usd
    allowed = f"the NPV may rise by at most {percent(policy.fail_above_fraction)}"
    change = difference_percent(npv) if npv.change_fraction is not None else difference_money(npv.difference)
    return f"{'Passed' if policy.passed else 'FAILED'}: {allowed}, and changed by {change}."


# ── sums ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def _sums(comparison: Comparison) -> Section:
    totals = comparison.totals
    rows = {
        "NPV": totals.npv_usd,
        "cash in the horizon": totals.total_usd,
        "owed after the horizon": totals.outstanding_liability_usd,
        "demand left unserved, in the NPV": totals.unserved_npv_usd,
    }
    kept = {name: usd for name, usd in rows.items() if usd.a or usd.b or name in ("NPV", "cash in the horizon")}
    return section_of("Totals", _amounts("What", kept.items()))


def _table(title: str, what: str, amounts: Iterable[tuple[str, Amount]]) -> Section | None:
    """A section, unless nothing in it changed."""
    kept = [(name, usd) for name, usd in amounts if usd.a or usd.b]
    return section_of(title, _amounts(what, kept)) if any(usd.difference for _, usd in kept) else None


def _amounts(what: str, amounts: Iterable[tuple[str, Amount]]) -> Table:
    rows = [TableRow((name, *amount_cells(usd, money))) for name, usd in amounts]
    return table_of((Column(what), *change_columns()), rows)


def _years(years: tuple[Amount, ...]) -> Iterator[tuple[str, Amount]]:
    return ((f"Year {number}", usd) for number, usd in enumerate(years, 1))


def _unit_costs(comparison: Comparison) -> Section | None:
    costs = comparison.totals.unit_costs
    if not any(cost.usd_per_unit.difference for cost in costs):
        return None
    columns = (*columns_of("Workload | per"), *change_columns())
    rows = [TableRow((cost.workload, cost.unit, *amount_cells(cost.usd_per_unit, unit_price))) for cost in costs]
    return section_of("Unit costs", table_of(columns, rows))


# ── the question ─────────────────────────────────────────────────────────────────────────────────────────────────


def _question(comparison: Comparison) -> Section:
    changes = comparison.scenario_changes
    title = "What changed in the question"
    if not changes:
        return section_of(title, "Nothing: both answer the same scenario.")
    rows = [TableRow((c.change, c.path, value_text(c.a), value_text(c.b))) for c in changes[:MOST_FIELDS]]
    blocks: list[Block] = [table_of(columns_of(" | Field | A | B"), rows)]
    if len(changes) > MOST_FIELDS:
        blocks.append(Paragraph(f"And {plural(len(changes) - MOST_FIELDS, 'more field')}, in `--format json`."))
    return section_of(title, *blocks)


# ── for spreadsheets ─────────────────────────────────────────────────────────────────────────────────────────────


def _csv_rows(comparison: Comparison) -> Iterator[tuple[object, ...]]:
    """One row per difference: lines (`field` is empty for their cash), then sums, then the question."""
    totals = comparison.totals
    for line in comparison.changes:
        names = (line.provider, line.region, line.node_type, line.contract)
        item = " / ".join(name for name in names if name) or line.action
        yield _csv_row("line", line.change, item, line.cash_usd)
        for field in line.fields:
            yield ("line", "changed", item, field.field, field.a, field.b, None, None, "")
    sums = {
        "npv_usd": totals.npv_usd,
        "total_usd": totals.total_usd,
        "outstanding_liability_usd": totals.outstanding_liability_usd,
        "unserved_npv_usd": totals.unserved_npv_usd,
    }
    yield from (_csv_row("total", "", name, usd) for name, usd in sums.items())
    yield from (_csv_row("kind", "", name, usd) for name, usd in totals.by_kind.items())
    yield from (_csv_row("provider", "", name, usd) for name, usd in totals.by_provider.items())
    yield from (_csv_row("plan_year", "", name, usd) for name, usd in _years(totals.by_plan_year))
    for cost in totals.unit_costs:
        yield _csv_row("unit_cost", "", cost.workload, cost.usd_per_unit, f"USD per {cost.unit}")
    for work in totals.unserved:
        yield _csv_row("unserved", "", work.workload, work.work, work.work_unit)
    for change in comparison.scenario_changes:
        sides = (_csv_value(change.a), _csv_value(change.b))
        yield ("scenario", _WORDS[change.change], change.path, "", *sides, None, None, "")


def _csv_row(section: str, change: str, item: str, of: Amount, unit: str = "USD") -> tuple[object, ...]:
    word = _WORDS.get(change) or ("changed" if of.difference else "same")
    return (section, word, item, "", of.a, of.b, of.difference, of.change_fraction, unit)


def _csv_value(value: Any) -> Any:
    """Numbers stay numbers; lists and mappings are JSON."""
    return value if value is None or isinstance(value, int | float) else value_text(value, longest=None)
