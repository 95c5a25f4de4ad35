"""What is paid beside capacity: data that leaves the providers, data that they keep.

* egress: work that is asked for × GB per unit × USD per GB of the provider that does it; what whole replicas could do beyond it
  sends nothing, so where there is more capacity than work the plan says who sends how much;
* storage: GB × USD per GB and month × hours / 730, at every provider that serves the workload at any time.
"""

from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal
from typing import Literal, NamedTuple

from planner.audit.books import ZERO, Books, exact
from planner.units import HOURS_PER_MONTH


class Due(NamedTuple):
    """Data of one workload at one provider in one period."""

    kind: Literal["egress", "storage"]
    provider: str
    workload: str
    period: int
    quantity_gb: Decimal
    """GB that leave, or are kept."""
    price_usd: Decimal | None
    """Per GB, or per GB and month; None if the scenario states none."""
    months: Decimal
    """How often the price is paid: once for what leaves."""

    @property
    def usd(self) -> Decimal:
        return self.quantity_gb * (self.price_usd or ZERO) * self.months


def work_by_provider(books: Books) -> dict[tuple[str, str, int, int], Decimal]:
    """Work that could be done by (workload, provider, period, slice); of a run in proportion to the node-hours it
    holds, slice -1."""
    work: dict[tuple[str, str, int, int], Decimal] = defaultdict(Decimal)
    for r in books.known_serving:
        work[r.workload, books.options[r.option].provider, r.period, r.slice] += exact(r.able)
    for run in books.plan.runs:
        node_hours = sum((exact(s.nodes) * exact(s.hours) for s in run.shares), ZERO)
        for s in run.shares:
            if s.option in books.options and node_hours > 0 and 0 <= s.period < books.calendar.count:
                part = exact(s.nodes) * exact(s.hours) / node_hours
                work[run.workload, books.options[s.option].provider, s.period, -1] += part * exact(run.work)
    return dict(work)


def charges_due(books: Books) -> tuple[Due, ...]:
    """All data of all workloads that state some."""
    return (*_egress(books), *_storage(books))


def _egress(books: Books) -> Iterator[Due]:
    """As much as the plan says; `paid_data` says whether it is enough."""
    for record in books.plan.charges:
        inside = 0 <= record.period < books.calendar.count and record.workload in books.workloads
        if record.kind == "egress" and inside:
            quantity, price = exact(record.quantity), egress_price(books, record.provider)
            yield Due("egress", record.provider, record.workload, record.period, quantity, price, Decimal(1))


def _storage(books: Books) -> Iterator[Due]:
    if all(w.storage_gb == 0 for w in books.workloads.values()):
        return
    prices, month = books.asked.storage_usd_per_gb_month, exact(HOURS_PER_MONTH)
    places = {(name, provider) for (name, provider, *_), work in work_by_provider(books).items() if work > 0}
    for name, provider in sorted(places):
        kept = books.workloads[name].storage_gb if name in books.workloads else 0.0
        for t in range(books.calendar.count if kept > 0 else 0):
            months = books.calendar.hours(t) / month
            yield Due("storage", provider, name, t, exact(kept), _price(prices, provider), months)


def egress_price(books: Books, provider: str) -> Decimal | None:
    return _price(books.asked.egress_usd_per_gb, provider)


def _price(prices: dict[str, float], provider: str) -> Decimal | None:
    stated = prices.get(provider, prices.get("default"))
    return None if stated is None else exact(stated)
