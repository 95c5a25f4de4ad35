"""Rules on charges: every bill for support, data that leaves and data that is kept, provider by provider."""

from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal

from planner.audit.compare import ZERO, Check, exact, holds, same_number, same_usd
from planner.audit.ledger import Ledger

_RULE = {"support": "charge-support", "egress": "charge-egress", "storage": "charge-storage"}
Bill = tuple[str, str, str, int]
"""Kind, provider, workload and period."""


def charges(ledger: Ledger) -> Iterator[Check]:
    """Quantity, unit price and amount of every charge inside the horizon; none is missing, none is made up."""
    due = _due(ledger)
    claimed: dict[Bill, tuple[Decimal, Decimal]] = defaultdict(lambda: (ZERO, ZERO))
    for i, record in enumerate(ledger.books.plan.charges):
        bill: Bill = (record.kind, record.provider, record.workload, record.period)
        quantity, usd = claimed[bill]
        claimed[bill] = quantity + exact(record.quantity), usd + exact(record.usd)
        price = due[bill][2] if bill in due else ZERO
        where = f"charges[{i}] {record.provider}: price"
        yield same_number(_RULE[record.kind], where, record.unit_price_usd, float(price), 1e-9, 1e-12)
    for bill in sorted(due.keys() | claimed.keys()):
        rule, where = _RULE[bill[0]], f"{bill[0]} of {bill[1]} {bill[2]}, period {bill[3]}"
        quantity, usd, _ = due.get(bill, (ZERO, ZERO, ZERO))
        yield same_usd(rule, where, float(claimed[bill][1]), usd)
        if usd or claimed[bill][1]:
            yield same_number(rule, f"{where}: quantity", float(claimed[bill][0]), float(quantity), 1e-9, 1e-6)


def _due(ledger: Ledger) -> dict[Bill, tuple[Decimal, Decimal, Decimal]]:
    """(quantity, USD, unit price) of every bill inside the horizon."""
    due: dict[Bill, tuple[Decimal, Decimal, Decimal]] = {}
    for data in ledger.charges:
        price = data.price_usd or ZERO
        bill: Bill = (data.kind, data.provider, data.workload, data.period)
        due[bill] = data.quantity_gb, data.quantity_gb * price, price
    for flow in ledger.inside:
        if flow.kind == "support":
            paid: Bill = ("support", flow.provider, "", flow.period_index)
            quantity, usd, _ = due.get(paid, (ZERO, ZERO, ZERO))
            due[paid] = quantity + flow.quantity, usd + flow.amount_usd, flow.unit_price_usd
    return due


def prices(ledger: Ledger) -> Iterator[Check]:
    """A volume without a price is an error."""
    for data in ledger.charges:
        where = f"{data.provider}, {data.workload}, period {data.period}"
        known = data.price_usd is not None
        yield holds(_RULE[data.kind], where, known, "no price", "a price per GB of the provider or by default")


RULES = (charges, prices)
