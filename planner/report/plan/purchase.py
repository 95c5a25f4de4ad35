"""What to sign and use: one row for each commitment, and for each option that is paid by use."""

from collections.abc import Sequence

from planner.domain.options import OWNED
from planner.domain.records import Plan, PlanLine
from planner.market import CHARGED_KINDS, IN_PLACE_OF
from planner.report.document import (
    ACTIONS,
    SIGNED,
    Cell,
    Paragraph,
    Section,
    TableRow,
    amount,
    columns_of,
    count,
    group,
    kind_words,
    last_month,
    listed,
    money,
    percent,
    period_word,
    place_of,
    section_of,
    table_of,
    term_words,
    unit_price,
    words,
)
from planner.report.plan.bundles import Bundle, blocks_signed, bundles, is_block


def what_to_sign(plan: Plan) -> Section:
    """Lines grouped by action, commitments first; what is owned has a section of its own."""
    rented = tuple(line for line in plan.lines if line.action not in OWNED)
    if not rented and plan.lines:
        return section_of("What to sign and use", f"Nothing needs to be rented. {elsewhere(plan)}".strip())
    if not rented:
        return section_of("What to sign and use", "Nothing needs to be signed or bought.")
    columns = columns_of("What | Contract | #Unit price | #Upfront | #Total | #Used | Price of")
    rows: list[TableRow] = []
    held = [line for line in rented if line.held]
    if held:
        rows += [group("Signed already, used first", len(columns)), *(_line(bundle, plan) for bundle in bundles(held))]
    for action, heading in ACTIONS.items():
        lines = [line for line in rented if line.action == action and not line.held]
        shown, small = _told_apart(bundles(lines), plan)
        if shown:
            rows += [group(heading, len(columns)), *(_line(bundle, plan) for bundle in _told_once(shown))]
        if small:
            rows.append(_folded(small))
    rows.append(_sum(rented, plan))
    said = (Paragraph(_arithmetic(plan)), Paragraph(elsewhere(plan)))
    return section_of("What to sign and use", table_of(columns, rows), *(p for p in said if p.text))


def _told_once(shown: list[Bundle]) -> list[Bundle]:
    """Several signings of one option have one note, below the first of them."""
    seen: set[tuple[str, str]] = set()
    told = []
    for bundle in shown:
        key = bundle.line.option, bundle.line.why
        told.append(bundle._replace(line=bundle.line.model_copy(update={"why": ""})) if key in seen else bundle)
        seen.add(key)
    return told


CENT = 0.005
SMALL = 0.0005
"""Lines paid by use below this share of all lines are told together."""


def _told_apart(found: list[Bundle], plan: Plan) -> tuple[list[Bundle], list[PlanLine]]:
    """What is worth a row of its own, and small things paid by use (only if there are several); less than a cent is not told."""
    total = sum(line.total_usd for line in plan.lines)
    limit, least = SMALL * total, min(CENT, SMALL * total)
    found = [b for b in found if b.line.action in SIGNED or b.line.total_usd >= least]
    small = [b.line for b in found if b.line.action not in SIGNED and b.line.total_usd < limit]
    return (found, []) if len(small) < 2 else ([b for b in found if b.line not in small], small)


def _folded(lines: list[PlanLine]) -> TableRow:
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
    return TableRow(cells, note=note)


def elsewhere(plan: Plan) -> str:
    """Cash that no line accounts for, so that the two totals can be reconciled."""
    beside = {kind: plan.cost.by_kind.get(kind, 0.0) for kind in BESIDE_LINES}
    named = [
        f"{money(usd)} for {kind_words(kind)}"
        for kind, usd in beside.items()
        if usd >= 0.005 and kind not in CHARGED_KINDS
    ]
    running = sum(beside[kind] for kind in CHARGED_KINDS if kind != "sale")
    named += [f"{money(running)} for sites, teams and running what is owned"] if abs(running) >= 0.005 else []
    credit = -beside["credits"]
    rest = plan.total_usd - sum(line.in_horizon_usd for line in plan.lines) - sum(beside.values())
    said = [f"Beside these lines {listed(named)} fall due in the horizon."] if named else []
    said += [f"Sales bring {money(-beside['sale'])} in the horizon."] if beside["sale"] <= -0.005 else []
    said += [f"Agreements on spend give back {money(-beside['rebate'])}."] if beside["rebate"] <= -0.005 else []
    said += [f"Credits pay {money(credit)} of the bills."] if credit >= 0.005 else []
    if abs(rest) >= 0.5:
        said.append(f"Cash in the horizon holds {money(rest)} beside these lines, such as contracts already held.")
    return " ".join(said)


BESIDE_LINES = ("support", "egress", "storage", "shortfall", "rebate", "credits", *CHARGED_KINDS)
"""Kinds of cash that no line accounts for."""


def _arithmetic(plan: Plan) -> str:
    rented = [line for line in plan.lines if line.action not in OWNED]
    listed_too = any(line.upfront_usd for line in rented)
    aside = " A list price is before discounts, with everything upfront spread over the term." if listed_too else ""
    moved = any(bundle.dearest_usd - bundle.line.unit_price_usd > _SAME_PRICE for bundle in bundles(rented))
    aside += " Where a price moves, its lowest and its highest are shown." if moved else ""
    return (
        f"Total = quantity × unit price + upfront, all that is owed under the line.{aside}"
        " Figures are rounded here; `--format csv` has them in full."
    )


def _line(bundle: Bundle, plan: Plan) -> TableRow:
    line = bundle.line
    cells: tuple[Cell, ...] = (
        _what(bundle, plan),
        _contract(bundle, plan),
        _price(bundle),
        *owed([line]),
        used(line),
        (line.price_as_of, line.price_basis),
    )
    return TableRow(cells, note=line.why)


def used(line: PlanLine) -> Cell:
    """Work done over what is paid for; beside it the share that is held, where replicas idle."""
    if line.utilisation is None:
        return "–"
    held = line.held_fraction
    if held is None or held - line.utilisation < _SAME_SHARE:
        return percent(line.utilisation)
    return (percent(line.utilisation), f"held {percent(held)}")


def announced(plan: Plan, line: PlanLine) -> bool:
    """Whether a line is of hardware that is announced: its accelerators say how much work it does."""
    bought = line.action == "buy" and IN_PLACE_OF in line.node_type
    return bought or any(option.generation for option in plan.inputs.options if option.option == line.option)


def _what(bundle: Bundle, plan: Plan) -> tuple[str, ...]:
    line = bundle.line
    place = place_of(line.provider, line.region, line.country)
    if line.nodes == 0:
        return (line.node_type, place)
    if line.unit == "committed USD":
        return (f"{money(line.nodes)} an hour", line.node_type, place)
    least = bundle.fewest_nodes / line.nodes
    chips = "" if line.accelerator is None else f"{_up_to(line.accelerators, least)} × {line.accelerator}"
    if announced(plan, line):
        chips = f"work of {chips}"
    return (f"{_up_to(line.nodes, least)} × {line.node_type}", chips, place)


def _up_to(most: float, least_fraction: float) -> str:
    """Most at once in the leanest and in the busiest year."""
    low, high = count(most * least_fraction), count(most)
    return high if low == high else f"{low} to {high}"


def _contract(bundle: Bundle, plan: Plan) -> tuple[str, ...]:
    line = bundle.line
    name = words(line.contract)
    last = last_month(plan.horizon, line.end_index)
    runs = f"{line.start} to {last}" if last != line.start else f"{line.start} only"
    beyond = "ends after horizon" if line.end_index > len(plan.horizon.periods) else ""
    if line.action not in SIGNED:
        return (name, runs, beyond)
    if is_block(line):
        return (name, blocks_signed(bundle, period_word(plan.horizon)), runs, beyond)
    if line.held:
        return (name, runs, beyond)
    term = "" if line.term_periods is None else f", {term_words(plan.horizon, line.term_periods)}"
    if not bundle.again:
        return (f"{name}{term}", f"sign {line.signed}", runs, beyond)
    row = f"{len(bundle.again) + 1} in a row, last {bundle.again[-1]}"
    return (f"{name}{term}", f"sign {line.signed}", row, runs, beyond)


_SAME_PRICE = 5e-7
_SAME_SHARE = 0.005


def _price(bundle: Bundle) -> tuple[str, ...]:
    line = bundle.line
    farthest = max(abs(line.list_price_usd - usd) for usd in (line.unit_price_usd, bundle.dearest_usd))
    differs = line.list_price_usd > 0 and farthest > _SAME_PRICE
    if line.unit_price_usd == 0 and line.upfront_usd and line.quantity:
        each = unit_price(line.upfront_usd / line.quantity)
        return (each, f"per {line.unit}", f"× {amount(line.quantity)}", "all of it upfront")
    return (
        unit_price(line.unit_price_usd),
        f"to {unit_price(bundle.dearest_usd)}" if bundle.dearest_usd - line.unit_price_usd > _SAME_PRICE else "",
        f"per {line.unit}",
        f"× {amount(line.quantity)}",
        f"list {unit_price(line.list_price_usd)}" if differs else "",
    )


def owed(lines: Sequence[PlanLine]) -> tuple[str, Cell]:
    """What lines cost at signing, and in all; beside it the part within the horizon where some falls due later."""
    upfront = money(sum(line.paid_upfront_usd for line in lines))
    total, inside = sum(line.total_usd for line in lines), sum(line.in_horizon_usd for line in lines)
    if abs(total - inside) < 0.005:
        return upfront, money(total)
    return upfront, (money(total), "in horizon", money(inside))


def _sum(lines: tuple[PlanLine, ...], plan: Plan) -> TableRow:
    title = "All lines" if len(lines) == len(plan.lines) else "All rented"
    return TableRow((title, "", "", *owed(lines), "", ""), "total")
