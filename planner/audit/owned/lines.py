"""Rules on the lines and charges of what is owned: every line against its own arithmetic and the invoices it stands for.

A purchase of servers or modules is one line: units × what one costs. A rent contract is one line per agreed price; the first of
them has the fit-out. Running costs, energy of work, teams, land and sales are charges: one bill each.
"""

from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal
from itertools import pairwise

from planner.audit.books import ZERO, Check, holds, line_name, same, same_number, same_usd
from planner.audit.estate import CAPITAL, CHARGED, Flow, OwnSigning, owned_lines
from planner.audit.ledger import Ledger
from planner.domain.records import ChargeRecord, PlanLine

_UNIT = {"buy": "server", "lease": "kW-hour", "build": "module"}


def signings(ledger: Ledger) -> Iterator[Check]:
    """One line per purchase, a chain of lines per rent contract; all of them of the same units; none that cannot be walked."""
    books, estate = ledger.books, ledger.estate
    walked = {i for signing in estate.signings for i in signing.lines}
    for i, line in owned_lines(books):
        yield holds("owned-signing", line_name(i, line), i in walked, line.signed_index, "signed within the horizon")
    for signing in estate.signings:
        lines = [books.plan.lines[i] for i in signing.lines]
        where = line_name(signing.lines[0], lines[0])
        yield holds("owned-signing", where, signing.units > 0, signing.units, "above 0")
        yield same("owned-signing", f"{where} units", [line.units for line in lines], [lines[0].units] * len(lines))
        if signing.own.action != "lease":
            yield same("owned-signing", f"{where} lines", len(lines), 1)


def spans(ledger: Ledger) -> Iterator[Check]:
    """Service begins after the lead time and lasts for the term; servers and buildings are counted to the end of the horizon."""
    estate, books = ledger.estate, ledger.books
    for signing in estate.signings:
        own, start = signing.own, signing.signed + estate.lead(signing.own)
        leased = own.action == "lease"
        end = start + estate.term(own) if leased else estate.end(own, signing.signed)
        lines = [books.plan.lines[i] for i in signing.lines]
        where = line_name(signing.lines[0], lines[0])
        yield same("owned-start", where, lines[0].start_index, start)
        yield same("owned-term", where, lines[-1].end_index, end)
        for before, after in pairwise(lines):
            yield same("owned-term", f"{where}: next price", after.start_index, before.end_index)
        for line in lines:
            yield same("owned-term", f"{where}: periods", line.term_periods, estate.term(own))
        inside = start < books.calendar.count
        yield holds("owned-start", f"{where}: in service", inside, start, f"before {books.calendar.count}")


def sizes(ledger: Ledger) -> Iterator[Check]:
    """Nodes are servers; unit and list price of a line; no amount below 0."""
    books, estate = ledger.books, ledger.estate
    for i, line in owned_lines(books):
        where, own = line_name(i, line), estate.holdings.of(line.option)
        if own is None:
            continue
        yield same_number("owned-units", where, line.nodes, line.units if own.server is not None else 0.0)
        yield same("line-unit", where, line.unit, _UNIT[own.action])
        tariff = estate.tariff(own)
        listed = sum((part.usd for part in tariff.capital), ZERO) if tariff.rent is None else tariff.rent.usd
        yield same_number("line-list-price", where, line.list_price_usd, float(listed), 1e-12, 1e-9)
        if own.server is None:
            yield same("utilisation", where, line.utilisation, None)
            yield same("utilisation", where, line.held_fraction, None)


def invoices(ledger: Ledger) -> Iterator[Check]:
    """Quantity, unit price, upfront, total and the part inside the horizon."""
    estate, books = ledger.estate, ledger.books
    by_line: dict[int | None, list[Flow]] = {}
    for flow in estate.flows:
        if flow.kind in CAPITAL or flow.kind == "rent":
            by_line.setdefault(flow.line, []).append(flow)
    for flow in by_line.pop(None, []):
        yield holds("line-missing", f"{flow.option}, period {flow.period}", False, "no line", f"{flow.usd:.2f} USD")
    for signing in estate.signings:
        for i in signing.lines:
            line, flows = books.plan.lines[i], by_line.get(i, [])
            bill = _rent if signing.own.action == "lease" else _bought
            yield from bill(line_name(i, line), line, signing, flows, books.calendar.count)


def _bought(where: str, line: PlanLine, signing: OwnSigning, flows: list[Flow], count: int) -> Iterator[Check]:
    price = sum((flow.price for flow in flows), ZERO)
    total = sum((flow.usd for flow in flows), ZERO)
    yield same_number("line-quantity", where, line.quantity, float(signing.units))
    yield same_number("line-unit-price", where, line.unit_price_usd, float(price), 1e-12, 1e-9)
    yield same_usd("line-upfront", where, line.upfront_usd, ZERO)
    yield same_usd("line-total", where, line.total_usd, total)
    yield same_usd("line-in-horizon", where, line.in_horizon_usd, total)


def _rent(where: str, line: PlanLine, signing: OwnSigning, flows: list[Flow], count: int) -> Iterator[Check]:
    rents = [flow for flow in flows if flow.kind == "rent"]
    upfront = sum((flow.usd for flow in flows if flow.kind in CAPITAL), ZERO)
    quantity = sum((flow.quantity for flow in rents), ZERO)
    inside: Decimal = sum((flow.usd for flow in rents if flow.period < count), upfront)
    yield same_number("line-quantity", where, line.quantity, float(quantity), 1e-12)
    for price in sorted({flow.price for flow in rents}):
        yield same_number("line-unit-price", where, line.unit_price_usd, float(price), 1e-12, 1e-12)
    yield same_usd("line-upfront", where, line.upfront_usd, upfront)
    yield same_usd("line-total", where, line.total_usd, sum((flow.usd for flow in rents), upfront))
    yield same_usd("line-in-horizon", where, line.in_horizon_usd, inside)


Bill = tuple[str, str, str, int, int]
"""Kind, site, option, period of signing, period."""


def charges(ledger: Ledger) -> Iterator[Check]:
    """Quantity, unit price and amount of every charge inside the horizon, and of values at its end; none missing, none made up."""
    due = {
        (flow.kind, flow.site, flow.option, flow.signed, flow.period): flow
        for flow in ledger.estate.flows
        if flow.kind in CHARGED
    }
    claimed: dict[Bill, list[ChargeRecord]] = defaultdict(list)
    for record in ledger.books.plan.charges:
        if record.kind in CHARGED:
            bill: Bill = record.kind, record.provider, record.option, record.signed_index, record.period
            claimed[bill].append(record)
    for bill in sorted(due.keys() | claimed.keys()):
        kind, site, option, signed, t = bill
        where = f"{kind} of {option or site}, signed {signed}, period {t}"
        records = claimed.get(bill, [])
        yield holds("owned-charge", where, len(records) == (bill in due), f"{len(records)} charges", "one if it is due")
        for record in records:
            yield from _charged(where, record, due.get(bill))


def _charged(where: str, record: ChargeRecord, due: Flow | None) -> Iterator[Check]:
    quantity, price, usd = (due.quantity, due.price, due.usd) if due is not None else (ZERO, ZERO, ZERO)
    yield same("owned-charge", f"{where}: workload", record.workload, "")
    yield same_number("owned-charge", f"{where}: quantity", record.quantity, float(quantity), 1e-9, 1e-9)
    yield same_number("owned-charge", f"{where}: price", record.unit_price_usd, float(price), 1e-12, 1e-12)
    yield same_usd("owned-charge", where, record.usd, Decimal(usd))


RULES = (signings, spans, sizes, invoices, charges)
