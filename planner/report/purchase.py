"""What a plan costs in one breath, and what to sign and use."""

from planner.domain.plan import Plan, PlanLine
from planner.report.figures import amount, count, headline_money, money, percent, unit_price
from planner.report.table import (
    Cell,
    Column,
    Paragraph,
    Row,
    Section,
    Table,
    group,
    number_columns,
    text_columns,
)
from planner.report.text import listed, plural, words
from planner.report.vocabulary import ACTIONS, SIGNED, horizon_words, kind_words, period_word


def title(plan: Plan) -> str:
    return (
        f"{plan.scenario.name}: {headline_money(plan.npv_usd)} NPV over {horizon_words(plan.horizon)}"
        f" ({headline_money(plan.total_usd)} cash in the horizon)"
    )


def headline(plan: Plan) -> Section:
    names = sorted({u.workload for u in plan.unserved if u.work > 0})
    missing = f"Part of the demand of {listed(names)} is left unserved, see below." if names else ""
    said = (
        Paragraph(_in_short(plan)),
        Paragraph(certainty(plan)),
        Paragraph(_saving(plan)),
        Paragraph(_ask_for_quotes(plan)),
        Paragraph(missing, strong=True),
    )
    return Section("", tuple(paragraph for paragraph in said if paragraph.text))


def _in_short(plan: Plan) -> str:
    """The decision in one sentence."""
    signed = [line for line in plan.lines if line.action in SIGNED]
    parts = []
    if signed:
        worth = headline_money(sum(line.total_usd for line in signed))
        first = min(signed, key=lambda line: line.signed_index).signed
        parts.append(f"sign {plural(len(signed), 'contract')} worth {worth}, the first in {first}")
    used = {a: sum(line.total_usd for line in plan.lines if line.action == a) for a in ACTIONS if a not in SIGNED}
    uses = [f"{kind_words(action)} for {headline_money(usd)}" for action, usd in used.items() if usd > 0]
    parts += [f"use {listed(uses)}"] if uses else []
    owed = plan.cost.outstanding_liability_usd
    parts += [f"{headline_money(owed)} of it is owed after the horizon"] if owed >= 0.005 else []
    return f"In short: {'; '.join(parts)}." if parts else ""


UNLISTED = {"derived", "estimated", "assumed"}


def _ask_for_quotes(plan: Plan) -> str:
    """How much of the money rests on prices that nobody published as they are."""
    total = sum(line.total_usd for line in plan.lines)
    weak = [line for line in plan.lines if line.price_basis in UNLISTED]
    if not weak or not total:
        return ""
    share, oldest = sum(line.total_usd for line in weak) / total, min(line.price_as_of for line in weak)
    return f"{percent(share)} of the money rests on derived or assumed prices, the oldest of {oldest}: get quotes for them."


def _saving(plan: Plan) -> str:
    """Against the cheapest baseline that can serve the demand."""
    known = [(b.npv_usd, b) for b in plan.baselines if b.npv_usd is not None]
    if not known:
        return ""
    npv_usd, best = min(known, key=lambda pair: pair[0])
    saved = npv_usd - plan.npv_usd
    if saved < 0.005:
        return (
            f"The cheapest of the usual ways, {best.name}, would cost at least {headline_money(npv_usd)} NPV; that is"
            " reckoned with fractional nodes, no budgets and no assumed caps, and need not be possible."
        )
    share = "" if best.saving_fraction is None else f" ({percent(best.saving_fraction)})"
    return f"Saves {headline_money(saved)}{share} against the cheapest of the usual ways, {best.name}."


def certainty(plan: Plan) -> str:
    """Status, gap and bound in words."""
    room = max(0.0, plan.npv_usd - plan.bound_usd)
    bound = f"no plan over the options considered has an NPV below {money(plan.bound_usd)}"
    if plan.status == "feasible":
        return (
            f"Not proven to be the cheapest: the search ended at a gap of {percent(plan.gap)} (asked for"
            f" {percent(plan.gap_target)}). At most {_or_nothing(room)} could still be saved: {bound}."
        )
    if room < 0.005:
        return f"Proven to be the cheapest: {bound}."
    return (
        f"Proven to be the cheapest within {percent(plan.gap)} (asked for {percent(plan.gap_target)}):"
        f" {bound}, so at most {money(room)} could still be saved."
    )


def _or_nothing(usd: float) -> str:
    return money(usd) if usd >= 0.005 else "nothing"


def what_to_sign(plan: Plan) -> Section:
    """Lines grouped by action, commitments first."""
    if not plan.lines:
        return Section("What to sign and use", (Paragraph("Nothing needs to be signed or bought."),))
    columns = (
        *text_columns("What", "Contract"),
        *number_columns("Unit price", "Upfront", "Total", "Used"),
        Column("Price of"),
    )
    rows: list[Row] = []
    for action, heading in ACTIONS.items():
        lines = [line for line in plan.lines if line.action == action]
        shown, small = _told_apart(lines, plan)
        if lines:
            rows += [group(heading, len(columns)), *(_line(line, plan) for line in shown)]
        if small:
            rows.append(_folded(small))
    rows.append(_sum(plan.lines))
    said = (Paragraph(_arithmetic(plan)), Paragraph(_elsewhere(plan)))
    return Section("What to sign and use", (Table(columns, tuple(rows)), *(p for p in said if p.text)))


SMALL = 0.0005
"""Lines paid by use below this share of all lines are told together."""


def _told_apart(lines: list[PlanLine], plan: Plan) -> tuple[list[PlanLine], list[PlanLine]]:
    """Lines worth a row of their own, and small ones paid by use (only if there are several)."""
    limit = SMALL * sum(line.total_usd for line in plan.lines)
    small = [line for line in lines if line.action not in SIGNED and line.total_usd < limit]
    return (lines, []) if len(small) < 2 else ([line for line in lines if line not in small], small)


def _folded(lines: list[PlanLine]) -> Row:
    types = sorted({f"{line.provider} {line.node_type}" for line in lines})
    named = listed(types[:4]) + ("" if len(types) <= 4 else f" and {len(types) - 4} more")
    note = f"{named}; all of them with `--format csv`"
    oldest = min((line.price_as_of for line in lines if line.price_as_of), default="")
    cells: tuple[Cell, ...] = (
        f"{len(lines)} small top-ups",
        "in a few hours each",
        "",
        "",
        money(sum(line.total_usd for line in lines)),
        "",
        f"from {oldest}" if oldest else "",
    )
    return Row(cells, note=note)


def _elsewhere(plan: Plan) -> str:
    """Cash that no line accounts for, so that the two totals can be reconciled."""
    rest = plan.total_usd - sum(line.in_horizon_usd for line in plan.lines)
    if abs(rest) < 0.5:
        return ""
    return f"Cash in the horizon holds {money(rest)} beside these lines, such as contracts already held."


def _arithmetic(plan: Plan) -> str:
    listed_too = any(line.upfront_usd for line in plan.lines)
    aside = " A list price is before discounts, with everything upfront spread over the term." if listed_too else ""
    return (
        f"Total = quantity × unit price + upfront, all that is owed under the line.{aside}"
        " Figures are rounded here; `--format csv` has them in full."
    )


def _line(line: PlanLine, plan: Plan) -> Row:
    cells: tuple[Cell, ...] = (
        _what(line),
        _contract(line, plan),
        _price(line),
        money(line.upfront_usd),
        _total(line),
        "–" if line.utilisation is None else percent(line.utilisation),
        (line.price_as_of, line.price_basis),
    )
    return Row(cells, note=line.why)


def _what(line: PlanLine) -> tuple[str, ...]:
    place = " · ".join(part for part in (line.provider, line.region, line.country) if part)
    if line.nodes == 0:
        return (line.node_type, place)
    chips = "" if line.accelerator is None else f"{count(line.accelerators)} × {line.accelerator}"
    return (f"{count(line.nodes)} × {line.node_type}", chips, place)


def _contract(line: PlanLine, plan: Plan) -> tuple[str, ...]:
    name = words(line.contract)
    runs = f"{line.start} to {line.end}" if line.end != line.start else f"{line.start} only"
    beyond = "ends after horizon" if line.end_index > len(plan.horizon.periods) else ""
    if line.action not in SIGNED:
        return (name, runs, beyond)
    term = "" if line.term_periods is None else f", {plural(line.term_periods, period_word(plan.horizon))}"
    return (f"{name}{term}", f"sign {line.signed}", runs, beyond)


def _price(line: PlanLine) -> tuple[str, ...]:
    differs = line.list_price_usd > 0 and abs(line.list_price_usd - line.unit_price_usd) > 5e-7
    return (
        unit_price(line.unit_price_usd),
        f"per {line.unit}",
        f"× {amount(line.quantity)}",
        f"list {unit_price(line.list_price_usd)}" if differs else "",
    )


def _total(line: PlanLine) -> tuple[str, ...]:
    if abs(line.total_usd - line.in_horizon_usd) < 0.005:
        return (money(line.total_usd),)
    return (money(line.total_usd), "in horizon", money(line.in_horizon_usd))


def _sum(lines: tuple[PlanLine, ...]) -> Row:
    total, inside = sum(line.total_usd for line in lines), sum(line.in_horizon_usd for line in lines)
    owed: Cell = (money(total), "in horizon", money(inside)) if abs(total - inside) >= 0.005 else money(total)
    return Row(("All lines", "", "", money(sum(line.upfront_usd for line in lines)), owed, "", ""), "total")
