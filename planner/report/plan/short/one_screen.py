"""What stands on the first screen of a terminal: the decision, its proof, five numbers, and what to sign first with its date."""

from planner.domain.options import OWNED
from planner.domain.records import Plan, PlanLine
from planner.report.document import (
    NOTHING,
    SIGNED,
    Document,
    Section,
    TableRow,
    columns_of,
    count,
    headline_money,
    last_month,
    money,
    percent,
    period_word,
    plural,
    section_of,
    table_of,
    term_words,
    unit_price,
    words,
)
from planner.report.plan import headline
from planner.report.plan import provenance as trust
from planner.report.plan.bundles import Bundle, blocks_signed, bundles, is_block
from planner.report.plan.purchase import announced
from planner.report.plan.reading import Reading

MOST_ROWS = 4
"""Signings and purchases that are shown."""
MOST_USED = 2
"""Lines paid by use that are shown."""


def first_screen(plan: Plan) -> Document:
    """The head of the report for a person with five minutes."""
    rest = "All of it: `--full`, or `-o plan.html` for a page with charts; `-o plan.json` keeps it for `planner show`."
    sections = (decision(plan), _numbers(plan), *_first(plan), section_of("", rest))
    return Document(headline.title(plan), sections, trust.alarm(plan.audit))


def decision(plan: Plan) -> Section:
    """What to do, and how near it is to the cheapest."""
    return headline.decision(Reading(plan))


def recommendation(plan: Plan) -> Section:
    """The same in two sentences, for a page that has room for the rest below."""
    return headline.recommendation(Reading(plan))


def five_numbers(plan: Plan) -> tuple[tuple[str, str, str], ...]:
    """(What, how much, of what) of the numbers that a board asks for, as far as the plan has them."""
    first = plan.cost.by_plan_year[0] if plan.cost.by_plan_year else plan.total_usd
    found = [
        ("Total", headline_money(plan.npv_usd), f"net present value; {headline_money(plan.total_usd)} cash"),
        ("First year", headline_money(first), "cash"),
    ]
    if plan.unit_costs:
        unit = max(plan.unit_costs, key=lambda cost: _paid_for(plan, cost.workload))
        found.append((f"Cost of {unit.workload}", unit_price(unit.usd_per_unit), f"per {unit.unit}{_before(plan)}"))
    known = [b for b in plan.baselines if b.npv_usd is not None and b.saving_fraction is not None]
    if known:
        best = min(known, key=lambda b: b.npv_usd or 0.0)
        found.append(("Saving", percent(max(0.0, best.saving_fraction or 0.0)), f"against {best.name}"))
    elif plan.baselines:
        found.append(("Saving", NOTHING, "none of the usual ways serves this demand"))
    total = sum(line.total_usd for line in plan.lines)
    if total > 0:
        firm = sum(line.total_usd for line in plan.lines if line.price_basis not in headline.UNLISTED) / total
        found.append(("Firm prices", percent(firm), "of the money rests on published, quoted or observed prices"))
    return tuple(found)


def _before(plan: Plan) -> str:
    """What the unit cost does not count."""
    kinds = plan.cost.by_kind
    left = [
        name
        for name, own in (("credits", ("credits",)), ("agreements", ("rebate", "shortfall")))
        if any(map(kinds.get, own))
    ]
    return f", before {' and '.join(left)}" if left else ""


def _paid_for(plan: Plan, workload: str) -> float:
    """Rough size of a workload, to choose whose unit cost stands first."""
    cost = {unit.workload: unit.usd_per_unit for unit in plan.unit_costs}
    work = sum(r.work for r in plan.serving if r.workload == workload)
    return cost.get(workload, 0.0) * work


def _numbers(plan: Plan) -> Section:
    columns = columns_of("What | #Value | ")
    return section_of("Five numbers", table_of(columns, five_numbers(plan)))


def _first(plan: Plan) -> tuple[Section, ...]:
    signed, used = in_turn(plan, signed=True), in_turn(plan, signed=False)
    rows = [_row(one, plan, one.line.signed) for one in signed[:MOST_ROWS]]
    rows += [_row(one, plan, f"from {one.line.start}") for one in used[:MOST_USED]]
    if not rows:
        return ()
    left = [*signed[MOST_ROWS:], *used[MOST_USED:]]
    if left:
        rows.append(
            TableRow(
                ("", f"{plural(len(left), 'line')} more", "", headline_money(sum(one.line.total_usd for one in left)))
            )
        )
    columns = columns_of("When | What | For | #Worth")
    return (section_of("To sign and to use, the first of it first", table_of(columns, rows)),)


def _row(one: Bundle, plan: Plan, when: str) -> TableRow:
    return TableRow((when, what(one.line), how_long(one, plan), headline_money(one.line.total_usd)))


def in_turn(plan: Plan, *, signed: bool) -> list[Bundle]:
    """What is signed or ordered by its date, or what is used; the dearest of a date first. What is held is left out."""
    mine = [line for line in plan.lines if not line.held and (line.action in SIGNED) == signed]
    return sorted(
        bundles(sorted(mine, key=lambda line: line.start_index)),
        key=lambda one: (one.line.signed_index if signed else one.line.start_index, -one.line.total_usd),
    )


def what(line: PlanLine) -> str:
    """How many of what, and whose."""
    return " · ".join(part for part in (how_many(line), line.provider) if part)


def chips(line: PlanLine, plan: Plan) -> str:
    """Accelerators, or what an announced generation does the work of."""
    if not (line.accelerator and line.accelerators):
        return ""
    said = f"{count(line.accelerators)} × {line.accelerator}"
    return f"work of {said}" if announced(plan, line) else said


def how_many(line: PlanLine) -> str:
    """Nodes, servers or power, and of what kind."""
    if line.action == "lease" and line.units:
        return f"{count(line.units)} kW of power"
    if line.unit == "committed USD":
        return f"{money(line.nodes)} an hour of {line.node_type}"
    size, kind = line.nodes or line.units, "server " if line.action == "buy" else ""
    return f"{count(size)} × {kind}{line.node_type}" if size else line.node_type


def how_long(one: Bundle, plan: Plan) -> str:
    """`3 × 6 months, to 2028-06`; the kind of contract where it has no term."""
    line = one.line
    last = last_month(plan.horizon, line.end_index)
    if is_block(line):
        dates = f", {blocks_signed(one, period_word(plan.horizon))}" if one.again else ""
        return f"{words(line.contract)}{dates}, to {last}"
    if line.action not in SIGNED or line.action in OWNED or line.term_periods is None:
        return f"{'hosted API' if line.action == 'hosted_api' else words(line.action)}, to {last}"
    again = f"{len(one.again) + 1} × " if one.again else ""
    return f"{again}{term_words(plan.horizon, line.term_periods)}, to {last}"
