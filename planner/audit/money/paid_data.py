"""Rules on charges: every bill for support, data that leaves and data that is kept, provider by provider."""

from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal

from planner.audit.books import (
    ZERO,
    Books,
    Check,
    at_least,
    at_most,
    demands,
    exact,
    holds,
    online,
    same_number,
    same_usd,
)
from planner.audit.ledger import Ledger, egress_price, work_by_provider
from planner.audit.rules import total_work
from planner.domain.workloads import TrainingRun

_DUST = 1e-9
"""Share of the demand that is nothing: what rounding leaves of demand that is unserved as a whole."""
_RULE = {
    "support": "charge-support",
    "egress": "charge-egress",
    "storage": "charge-storage",
    "rebate": "agreement-rebate",
    "shortfall": "agreement-shortfall",
}
Bill = tuple[str, str, str, int]
"""Kind, provider, workload and period."""
Priced = tuple[Bill, Decimal]
"""With the unit price: agreements with one provider, settled in one period, have a discount each."""


def charges(ledger: Ledger) -> Iterator[Check]:
    """Quantity, unit price and amount of every charge; none is made up, and inside the horizon none is missing."""
    due = _due(ledger)
    asked: dict[Bill, list[Decimal]] = defaultdict(list)
    for bill, price in due:
        asked[bill].append(price)
    claimed: dict[Priced, tuple[Decimal, Decimal]] = defaultdict(lambda: (ZERO, ZERO))
    for i, record in enumerate(ledger.books.plan.charges):
        if record.kind not in _RULE:
            continue  # what is owned: `owned/lines.py`
        bill, stated = (record.kind, record.provider, record.workload, record.period), exact(record.unit_price_usd)
        _, price = min((abs(one - stated), one) for one in asked.get(bill, [ZERO]))
        quantity, usd = claimed[bill, price]
        claimed[bill, price] = quantity + exact(record.quantity), usd + exact(record.usd)
        where = f"charges[{i}] {record.provider}: price"
        yield same_number(_RULE[record.kind], where, record.unit_price_usd, float(price), 1e-9, 1e-12)
    count = ledger.books.calendar.count
    for bill, price in sorted({one for one in due if one[0][3] < count} | claimed.keys()):
        rule, where = _RULE[bill[0]], f"{bill[0]} of {bill[1]} {bill[2]}, period {bill[3]}"
        quantity, usd = due.get((bill, price), (ZERO, ZERO))
        paid = claimed[bill, price]
        yield same_usd(rule, where, float(paid[1]), usd)
        if usd or paid[1]:
            yield same_number(rule, f"{where}: quantity", float(paid[0]), float(quantity), 1e-9, 1e-6)


def _due(ledger: Ledger) -> dict[Priced, tuple[Decimal, Decimal]]:
    """(quantity, USD) of every bill by unit price."""
    due: dict[Priced, tuple[Decimal, Decimal]] = defaultdict(lambda: (ZERO, ZERO))

    def add(bill: Bill, price: Decimal, quantity: Decimal, usd: Decimal) -> None:
        before = due[bill, price]
        due[bill, price] = before[0] + quantity, before[1] + usd

    for data in ledger.charges:
        add((data.kind, data.provider, data.workload, data.period), data.price_usd or ZERO, data.quantity_gb, data.usd)
    for flow in ledger.flows:
        if flow.kind in {"support", "rebate", "shortfall"}:
            add((flow.kind, flow.provider, "", flow.period_index), flow.unit_price_usd, flow.quantity, flow.amount_usd)
    return due


def prices(ledger: Ledger) -> Iterator[Check]:
    """A volume without a price is an error."""
    for data in ledger.charges:
        where = f"{data.provider}, {data.workload}, period {data.period}"
        known = data.price_usd is not None
        yield holds(_RULE[data.kind], where, known, "no price", "a price per GB of the provider or by default")


def data_that_leaves(ledger: Ledger) -> Iterator[Check]:
    """All work that is done is sent, from providers that can do it; what is free to send needs no record."""
    books = ledger.books
    senders = [w for w in books.workloads.values() if w.egress_gb_per_unit > 0]
    if not senders:
        return
    able = _able(books)
    sent: dict[tuple[str, str, int], float] = defaultdict(float)
    for due in ledger.charges:
        if due.kind == "egress":
            sent[due.workload, due.provider, due.period] += float(due.quantity_gb)
    for workload in senders:
        name, per_unit = workload.name, workload.egress_gb_per_unit
        mine = {key: gb for key, gb in sent.items() if key[0] == name}
        for key in sorted(mine.keys() | {key for key in able if key[0] == name}):
            where, most = f"{name} from {key[1]}, period {key[2]}", able.get(key, 0.0) * per_unit
            if key in mine:
                yield at_most("charge-egress", where, mine[key], most)
                continue
            price = egress_price(books, key[1])
            yield holds("charge-egress", f"{where}: price", price is not None, "no price", "a price per GB")
            if price == 0:
                mine[key] = most
        for t, units in _asked(books, name).items():
            total = sum(gb for key, gb in mine.items() if t in {-1, key[2]})
            where = f"{name}, period {t}" if t >= 0 else name
            yield at_least("charge-egress", where, total, units * per_unit)
            free = any(egress_price(books, key[1]) == 0 for key in mine)
            if not free:
                yield at_most("charge-egress", where, total, units * per_unit)


def _able(books: Books) -> dict[tuple[str, str, int], float]:
    """Work units that a provider does at most, by (workload, provider, period): its capacity, and no more than is asked for."""
    asked, able = demands(books), defaultdict[tuple[str, str, int], float](float)
    for (name, provider, t, s), work in work_by_provider(books).items():
        limit = asked[name].work(t, s) if name in asked and s >= 0 and online(books.workloads[name]) else float(work)
        able[name, provider, t] += min(float(work), limit)
    return dict(able)


def _asked(books: Books, name: str) -> dict[int, float]:
    """Work units asked for and not left unserved, by period; of a run over all of them (-1)."""
    workload = books.workloads[name]
    if isinstance(workload, TrainingRun):
        return {-1: total_work(books, workload)}
    demand = demands(books)[name]
    asked = {t: demand.work_of_period(t) for t in range(books.calendar.count)}
    units = dict(asked)
    for u in books.plan.unserved:
        if u.workload == name and u.period in units:
            units[u.period] -= u.work
    return {t: left if left > _DUST * asked[t] else 0.0 for t, left in units.items()}


RULES = (charges, prices, data_that_leaves)
