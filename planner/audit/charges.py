"""What is paid beside capacity: data that leaves, data that is kept, support; and the credits that pay for it.

* egress: work × GB per unit × USD per GB of the provider that does it;
* storage: GB × USD per GB and month × hours / 730, at every provider that serves the workload at any time;
* support: share × everything paid to the provider in the period.
"""

from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal
from typing import Literal, NamedTuple

from planner.audit.books import Books
from planner.audit.compare import ZERO, exact
from planner.units import HOURS_PER_MONTH


class Due(NamedTuple):
    """Data of one workload at one provider in one period."""

    kind: Literal["egress", "storage"]
    provider: str
    workload: str
    period: int
    quantity_gb: Decimal
    """GB that leave; GB and months that are kept."""
    price_usd: Decimal | None
    """Per GB, or per GB and month; None if the scenario states none."""


def work_by_provider(books: Books) -> dict[tuple[str, str, int], Decimal]:
    """Work done by (workload, provider, period); of a run in proportion to the node-hours it holds."""
    work: dict[tuple[str, str, int], Decimal] = defaultdict(Decimal)
    for r in books.known_serving:
        work[r.workload, books.options[r.option].provider, r.period] += exact(r.work)
    for run in books.plan.runs:
        node_hours = sum((exact(s.nodes) * exact(s.hours) for s in run.shares), ZERO)
        for s in run.shares:
            if s.option in books.options and node_hours > 0 and 0 <= s.period < books.calendar.count:
                part = exact(s.nodes) * exact(s.hours) / node_hours
                work[run.workload, books.options[s.option].provider, s.period] += part * exact(run.work)
    return dict(work)


def charges_due(books: Books) -> tuple[Due, ...]:
    """All data of all workloads that state some."""
    stated = [w for w in books.workloads.values() if w.egress_gb_per_unit > 0 or w.storage_gb > 0]
    if not stated:
        return ()
    return (*_egress(books), *_storage(books))


def _egress(books: Books) -> Iterator[Due]:
    prices = books.asked.egress_usd_per_gb
    for (name, provider, t), work in work_by_provider(books).items():
        per_unit = books.workloads[name].egress_gb_per_unit if name in books.workloads else 0.0
        if per_unit > 0 and work > 0:
            yield Due("egress", provider, name, t, work * exact(per_unit), _price(prices, provider))


def _storage(books: Books) -> Iterator[Due]:
    prices, month = books.asked.storage_usd_per_gb_month, exact(HOURS_PER_MONTH)
    places = {(name, provider) for (name, provider, _), work in work_by_provider(books).items() if work > 0}
    for name, provider in sorted(places):
        kept = books.workloads[name].storage_gb if name in books.workloads else 0.0
        for t in range(books.calendar.count if kept > 0 else 0):
            months = books.calendar.hours(t) / month
            yield Due("storage", provider, name, t, exact(kept) * months, _price(prices, provider))


def _price(prices: dict[str, float], provider: str) -> Decimal | None:
    stated = prices.get(provider, prices.get("default"))
    return None if stated is None else exact(stated)
