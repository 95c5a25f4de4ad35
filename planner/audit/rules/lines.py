"""Rules on the lines: every line against its own arithmetic and against the invoices it stands for."""

from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal
from math import ceil

from planner.audit.books import (
    DOLLARS,
    OWN_ACTIONS,
    SIGNED,
    ZERO,
    Books,
    Check,
    Entry,
    at_most,
    blended_list_price,
    exact,
    holds,
    line_name,
    same,
    same_number,
    same_usd,
)
from planner.audit.ledger import CashFlow, Ledger, bill_of
from planner.domain.records import PlanLine

_FACTS = ("action", "provider", "region", "country", "accelerator", "node_type", "contract")
_PROVENANCE = (("price_source", "source"), ("price_as_of", "as_of"), ("price_basis", "basis"))

_NEARLY, _FLOAT = 1e-6, 1e-9
"""So much more than whole nodes is no other node: of a node, and of all of them."""


def arithmetic(ledger: Ledger) -> Iterator[Check]:
    """quantity × unit price + upfront = total, to the cent; what is bought or built is paid upfront in full."""
    for i, line in enumerate(ledger.books.plan.lines):
        total = exact(line.quantity) * exact(line.unit_price_usd) + exact(line.upfront_usd)
        yield same_usd("line-arithmetic", line_name(i, line), line.total_usd, total)
        upfront = total if line.action in ("buy", "build") else exact(line.upfront_usd)
        yield same_usd("line-upfront", line_name(i, line), line.paid_upfront_usd, upfront)


def invoices(ledger: Ledger) -> Iterator[Check]:
    """Quantity, unit price, upfront, total and the part inside the horizon, from the ledger.

    Lines that are one bill (same option, price and time) are compared together.
    """
    books = ledger.books
    bills: dict[int, list[PlanLine]] = defaultdict(list)
    for i, line in enumerate(books.plan.lines):
        if line.option in books.options and line.action not in OWN_ACTIONS:
            bills[bill_of(books, i)].append(line)
    for i, lines in bills.items():
        yield from _bill(ledger, line_name(i, lines[0]), lines, ledger.by_line.get(i, []))


def _bill(ledger: Ledger, where: str, lines: list[PlanLine], flows: list[CashFlow]) -> Iterator[Check]:
    count = ledger.books.calendar.count
    use = [f for f in flows if f.kind != "upfront"]
    quantity = sum((f.quantity for f in use), ZERO)
    recurring = sum((f.amount_usd for f in use), ZERO)
    upfront = sum((f.amount_usd for f in flows if f.kind == "upfront"), ZERO)
    inside = sum((f.amount_usd for f in flows if f.period_index < count), ZERO)
    yield same_number("line-quantity", where, sum(line.quantity for line in lines), float(quantity))
    if quantity:
        price = float(_price(use, quantity, recurring))
        for line in lines:
            yield same_number("line-unit-price", where, line.unit_price_usd, price, 1e-9, 1e-12)
    yield same_usd("line-upfront", where, sum(line.upfront_usd for line in lines), upfront)
    yield same_usd("line-total", where, sum(line.total_usd for line in lines), recurring + upfront)
    yield same_usd("line-in-horizon", where, sum(line.in_horizon_usd for line in lines), inside)


def _price(use: list[CashFlow], quantity: Decimal, recurring: Decimal) -> Decimal:
    """The unit price of all invoices; where it changes under a line, their mean."""
    prices = {f.unit_price_usd for f in use if f.quantity}
    return prices.pop() if len(prices) == 1 else recurring / quantity


def orphans(ledger: Ledger) -> Iterator[Check]:
    """Every invoice belongs to a line, every line to an option, and nothing is listed twice."""
    plan = ledger.books.plan
    for flow in ledger.capacity:
        where = f"{flow.option}, period {flow.period_index}"
        yield holds("line-missing", where, flow.line is not None, "no line", f"{flow.amount_usd:.2f} USD")
    for i, line in enumerate(plan.lines):
        known = line.option in ledger.books.options
        yield holds("unknown-option", line_name(i, line), known, line.option, "an option of inputs.options")
    names = [record.option for record in plan.inputs.options]
    yield same("option-twice", "inputs.options", len(names), len(set(names)))
    keys = [(fit.workload, fit.option, fit.mode) for fit in plan.inputs.fits]
    yield same("fit-twice", "inputs.fits", len(keys), len(set(keys)))


def facts(ledger: Ledger) -> Iterator[Check]:
    """What a line says about its option is what the option's record says, provenance included."""
    books = ledger.books
    for i, line in enumerate(books.plan.lines):
        record, where = books.options.get(line.option), line_name(i, line)
        if record is None:
            continue
        signed = isinstance(ledger.prices.origins.get(line.option), SIGNED)
        yield same("line-facts", f"{where} held", line.held, signed)
        for name in _FACTS:
            yield same("line-facts", f"{where} {name}", getattr(line, name), getattr(record, name))
        for name, source in _PROVENANCE:
            yield same("line-provenance", f"{where} {name}", getattr(line, name), getattr(record, source))
        inline = ledger.prices.origins.get(line.option) is not None
        inline |= line.action in OWN_ACTIONS and line.price_basis == "scenario"
        for name in ("price_source", "price_as_of"):
            stated = bool(getattr(line, name).strip())
            yield holds("price-provenance", f"{where} {name}", stated or inline, "empty", "where and when")


def positive_prices(ledger: Ledger) -> Iterator[Check]:
    """Nothing is free, but what was paid for at signing, and power that somebody lets for nothing (its list price is checked)."""
    books = ledger.books
    for i, line in enumerate(books.plan.lines):
        record = books.options.get(line.option)
        entry = ledger.prices.origins.get(line.option)
        held = isinstance(entry, SIGNED)
        all_upfront = record is not None and record.upfront_usd > 0 and line.action == "commit"
        lent = line.action == "lease" and line.list_price_usd == 0
        fine = line.unit_price_usd > 0 or (line.unit_price_usd == 0 and (held or all_upfront or lent))
        yield holds("free-price", line_name(i, line), fine, line.unit_price_usd, "a price above 0")


def sizes(ledger: Ledger) -> Iterator[Check]:
    """Nodes, accelerators, unit, list price of a line; no negative amounts."""
    books = ledger.books
    for i, line in enumerate(books.plan.lines):
        record, where = books.options.get(line.option), line_name(i, line)
        lowest = min(line.nodes, line.accelerators, line.quantity, line.upfront_usd, line.total_usd)
        yield holds("negative", where, lowest >= 0, lowest, "at least 0")
        if record is None:
            continue
        yield same_number("line-accelerators", where, line.accelerators, line.nodes * record.accelerators_per_node)
        if line.action in OWN_ACTIONS:
            continue  # `owned_lines.py`
        if line.action != "commit":
            yield same_number("line-nodes", where, line.nodes, _most_at_once(books, line))
        listed = _list_prices(books, line)
        close = any(abs(line.list_price_usd - p) <= 1e-6 for p in listed)
        yield holds("line-list-price", where, close, line.list_price_usd, sorted(listed))
        units = _units(books, line, ledger.prices.origins.get(line.option))
        yield holds("line-unit", where, line.unit in units, line.unit, sorted(units))


def _most_at_once(books: Books, line: PlanLine) -> float:
    """Most nodes running in any slice of the periods of a line paid by the hour: of an average the next whole number."""
    cells = {(t, s) for (o, t, s) in books.fleet if o == line.option and _covers(line, t)}
    cells |= {(t, 0) for (o, t) in books.run_only if o == line.option and _covers(line, t)}
    most = max((books.running(line.option, t, s) for t, s in cells), default=0.0)
    splits = books.asked.integers == "relaxed" or books.options[line.option].delivery == "container"
    return most if splits else float(ceil(most * (1 - _FLOAT) - _NEARLY))


def _covers(line: PlanLine, t: int) -> bool:
    return line.start_index <= t < line.end_index


def _served(books: Books, line: PlanLine) -> set[str]:
    return {r.workload for r in books.known_serving if r.option == line.option and _covers(line, r.period)}


def _list_prices(books: Books, line: PlanLine) -> set[float]:
    record = books.options[line.option]
    if record.action == "hosted_api":
        return {float(blended_list_price(record, books.workloads[w])) for w in _served(books, line)}
    return {record.list_price_usd, record.usd_per_hour} if record.action == "commit" else {record.list_price_usd}


def _units(books: Books, line: PlanLine, origin: Entry | None) -> set[str]:
    if line.action != "hosted_api":
        return {"committed USD" if isinstance(origin, DOLLARS) else "node-hour"}
    return {books.workloads[w].work_unit for w in _served(books, line)}


def utilisation(ledger: Ledger) -> Iterator[Check]:
    """Of all lines of an option together: work done over what its node-hours inside the horizon could do, and the
    share of them held."""
    books = ledger.books
    held: dict[str, float] = defaultdict(float)
    worked: dict[str, float] = defaultdict(float)
    for r in books.known_serving:
        hours = r.nodes * float(books.slice_hours[r.period, r.slice])
        held[r.option] += hours
        worked[r.option] += hours * (r.work / r.able if r.able > 0 else 1.0)
    for run, share in books.known_shares:
        held[share.option] += books.run_hours(run, share)
        worked[share.option] += books.run_hours(run, share)
    covered: dict[str, float] = defaultdict(float)
    for c in books.known_covered:
        hours = c.nodes * float(books.slice_hours[c.period, c.slice])
        covered[c.option] += hours
        for used in (held, worked):
            used[c.savings_plan] += hours * c.usd_per_hour
    paid: dict[int, float] = defaultdict(float)
    for flow in ledger.capacity:
        if flow.line is not None and flow.period_index < books.calendar.count:
            paid[flow.line] += float(flow.quantity)
    for i, line in books.bought:
        for t in range(line.start_index, min(line.end_index, books.calendar.count)):
            paid[i] += line.nodes * float(books.calendar.hours(t))
    for option, lines in books.lines_of.items():
        for field, used in (("utilisation", worked), ("held_fraction", held)):
            yield from _shares_used(books, field, option, lines, paid, used[option], covered[option])


def _shares_used(
    books: Books, field: str, option: str, lines: tuple[int, ...], paid: dict[int, float], used: float, covered: float
) -> Iterator[Check]:
    claims = [(i, getattr(books.plan.lines[i], field)) for i in lines]
    for i, claimed in claims:
        if claimed is not None:
            yield holds(
                "utilisation",
                f"{line_name(i, books.plan.lines[i])} {field}",
                0 <= claimed <= 1 + 1e-6,
                claimed,
                "0 to 1",
            )
    if all(claimed is not None and paid[i] > 0 for i, claimed in claims):
        total = sum(paid[i] for i in lines)
        stated = sum(claimed * paid[i] for i, claimed in claims) / total
        yield same_number("utilisation", f"{option} {field}", stated, min(used / (total + covered), 1.0), 1e-6, 1e-6)


def simplicity(ledger: Ledger) -> Iterator[Check]:
    """A plan that was made simpler costs what it says, and no more than the share of the gap and what fewer pools save."""
    plan, asked = ledger.books.plan, ledger.books.asked
    record = plan.simplicity
    if record is None:
        return
    yield same_usd("simplicity", "npv", plan.npv_usd, exact(record.npv_before_usd) + exact(record.cost_usd))
    saved = asked.pool_usd_per_month * max(record.pool_months_before - record.pool_months, 0.0)
    most = asked.simplicity * plan.gap_target * abs(record.npv_before_usd) + saved
    yield at_most("simplicity", "cost", record.cost_usd, most + _CENT)


_CENT = 0.01
RULES = (arithmetic, invoices, orphans, facts, positive_prices, sizes, utilisation, simplicity)
