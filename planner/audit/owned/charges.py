"""Rules on the charges of what is owned: running costs of every signing, energy of work, teams, land, sales; one bill each."""

from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal

from planner.audit.books import ZERO, Check, holds, same, same_number, same_usd
from planner.audit.estate import CHARGED, Flow
from planner.audit.ledger import Ledger
from planner.domain.records import ChargeRecord

Bill = tuple[str, str, str, int, int]
"""Kind, site, option, period of signing, period."""


def charges(ledger: Ledger) -> Iterator[Check]:
    """Quantity, unit price and amount of every charge inside the horizon, and of values at its end; none missing, none made up."""
    due = {_bill_of(flow): flow for flow in ledger.estate.flows if flow.kind in CHARGED}
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
            yield from _same(where, record, due.get(bill))


def _bill_of(flow: Flow) -> Bill:
    return flow.kind, flow.site, flow.option, flow.signed, flow.period


def _same(where: str, record: ChargeRecord, due: Flow | None) -> Iterator[Check]:
    quantity, price, usd = (due.quantity, due.price, due.usd) if due is not None else (ZERO, ZERO, ZERO)
    yield same("owned-charge", f"{where}: workload", record.workload, "")
    yield same_number("owned-charge", f"{where}: quantity", record.quantity, float(quantity), 1e-9, 1e-9)
    yield same_number("owned-charge", f"{where}: price", record.unit_price_usd, float(price), 1e-12, 1e-12)
    yield same_usd("owned-charge", where, record.usd, Decimal(usd))


RULES = (charges,)
