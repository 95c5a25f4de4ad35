"""To buy, build and lease: one row for each purchase, each module order and each rent contract."""

from itertools import groupby

from planner.domain.options import OWNED
from planner.domain.records import Plan, PlanLine
from planner.report.document import (
    ACTIONS,
    Cell,
    Section,
    TableRow,
    amount,
    columns_of,
    count,
    group,
    last_month,
    money,
    place_of,
    section_of,
    table_of,
    term_words,
    unit_price,
    words,
)
from planner.report.plan.owned.sources import capital_of
from planner.report.plan.purchase import owed, used
from planner.units import HOURS_PER_MONTH


def owned_lines(plan: Plan) -> list[PlanLine]:
    return [line for line in plan.lines if line.action in OWNED]


def to_buy_build_and_lease(plan: Plan) -> Section | None:
    """What is bought, built and leased: what, where, when ordered, when live, how many, price and total."""
    lines = owned_lines(plan)
    if not lines:
        return None
    columns = columns_of("What | When | #Unit price | #Upfront | #Total | #Used | Price of")
    rows: list[TableRow] = []
    for action in (action for action in ACTIONS if action in OWNED):
        mine = [line for line in lines if line.action == action]
        if mine:
            shown, small = _told_apart(_contracts(mine))
            rows += [group(ACTIONS[action], len(columns)), *_told_once([_row(plan, same) for same in shown])]
            rows += [_folded(small)] if small else []
    rows.append(_sum(lines))
    return section_of("To buy, build and lease", table_of(columns, rows), _ARITHMETIC)


_ARITHMETIC = (
    "Total = quantity × unit price + upfront, all that is owed under the line. What is bought and built is paid when it is"
    " ordered, rents in the middle of every period; running costs follow below."
)


MOST_ORDERS = 8
"""More orders of one sort than that are not told one by one: the smallest stand in one row."""


def _told_apart(orders: list[list[PlanLine]]) -> tuple[list[list[PlanLine]], list[list[PlanLine]]]:
    """The largest orders in their order, and the rest if it is more than one."""
    if len(orders) <= MOST_ORDERS + 1:
        return orders, []
    largest = sorted(orders, key=lambda order: -sum(line.total_usd for line in order))[:MOST_ORDERS]
    return [order for order in orders if order in largest], [order for order in orders if order not in largest]


def _folded(orders: list[list[PlanLine]]) -> TableRow:
    """What the smaller orders come to."""
    lines = [line for order in orders for line in order]
    units = sum(order[0].units for order in orders)
    what = {"buy": "servers", "build": "modules", "lease": "kW"}[lines[0].action]
    months = sorted({(line.signed_index, line.signed) for line in lines})
    cells: tuple[Cell, ...] = (
        (f"{len(orders)} smaller orders", f"{count(units)} {what} in all"),
        f"{months[0][1]} to {months[-1][1]}",
        "",
        *owed(lines),
        "",
        "",
    )
    return TableRow(cells, note="all of them with `--format csv`")


def _told_once(rows: list[TableRow]) -> list[TableRow]:
    """A remark that stands below an earlier row is not repeated."""
    seen: set[str] = set()
    told = []
    for row in rows:
        told.append(row._replace(note="" if row.note in seen else row.note))
        seen.add(row.note)
    return told


def _contracts(lines: list[PlanLine]) -> list[list[PlanLine]]:
    """Lines of one signing: a rent that rises has one for each price."""
    ordered = sorted(
        lines, key=lambda line: (line.provider, line.node_type, line.signed_index, line.option, line.start_index)
    )
    return [list(same) for _, same in groupby(ordered, lambda line: (line.option, line.signed_index))]


def _row(plan: Plan, lines: list[PlanLine]) -> TableRow:
    first = lines[0]
    cells: tuple[Cell, ...] = (
        _what(first),
        _when(plan, first, lines[-1]),
        _price(plan, lines),
        *owed(lines),
        used(first),
        (first.price_as_of, first.price_basis),
    )
    said = [text for text in (first.why, f"price source: {first.price_source}") if text]
    return TableRow(cells, note="; ".join(said))


def _what(line: PlanLine) -> tuple[str, ...]:
    place = place_of(line.provider, line.region, line.country)
    if line.action == "lease":
        return (f"{count(line.units)} kW of power", place)
    if line.action == "build":
        return (f"{count(line.units)} × {line.node_type}", place)
    chips = "" if line.accelerator is None else f"{count(line.accelerators)} × {line.accelerator}"
    return (f"{count(line.units)} × server {line.node_type}", chips, place)


def _when(plan: Plan, first: PlanLine, last: PlanLine) -> tuple[str, ...]:
    count_ = len(plan.horizon.periods)
    order = {"buy": "order", "build": "order", "lease": "sign"}[first.action]
    length = "" if first.term_periods is None else term_words(plan.horizon, first.term_periods)
    term = f" ({length})" if length and length not in words(first.contract) else ""
    beyond = last.end_index > count_
    return (
        f"{order} {first.signed}",
        f"live {first.start} to {last_month(plan.horizon, last.end_index)}",
        f"{words(first.contract)}{term}",
        "ends after horizon" if beyond else "",
    )


def _price(plan: Plan, lines: list[PlanLine]) -> tuple[str, ...]:
    first, quantity = lines[0], sum(line.quantity for line in lines)
    low, high = min(line.unit_price_usd for line in lines), max(line.unit_price_usd for line in lines)
    if first.action != "lease":
        listed = "" if abs(first.list_price_usd - low) < 0.005 else f"at the start {money(first.list_price_usd)}"
        return (money(low), f"per {first.unit}", f"× {amount(quantity)}", listed, *_parts(plan, first))
    monthly = f"{money(low * HOURS_PER_MONTH)} per kW and month"
    rising = f"to {unit_price(high)}" if high - low > 5e-7 else ""
    return (unit_price(low), rising, f"per {first.unit}", monthly, f"× {amount(quantity)}")


def _parts(plan: Plan, line: PlanLine) -> list[str]:
    """What the price of a server or module is made of."""
    parts = capital_of(plan, line)
    if len(parts) < 2 or not line.units:
        return []
    return [f"{kind} {money(usd / line.units)}" for kind, usd in parts.items()]


def _sum(lines: list[PlanLine]) -> TableRow:
    return TableRow(("All of these", "", "", *owed(lines), "", ""), "total")
