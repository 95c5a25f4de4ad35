"""The account statement of a plan: every payment by date, how it counts, and which workload it is for."""

from math import exp, fsum, log1p
from typing import NamedTuple


class Entry(NamedTuple):
    """One payment, or one cost that counts without being paid."""

    kind: str
    """As in `cost.by_kind` of a plan; `unserved`, `fallback` and `carbon price` count in the present value and are not cash."""
    provider: str
    option: str
    workload: str
    """Whose it is alone; else empty."""
    centre: str
    """Cost centre: a key of `Statement.shares`, or empty where no workload bears it."""
    line: int | None
    """Position of the plan line it belongs to."""
    period: int
    """Index; may lie beyond the horizon."""
    years: float
    """From the start of the horizon to the day of payment."""
    quantity: float
    """Node-hours, work units, or USD that a share is taken of."""
    unit_price_usd: float
    usd: float
    counts: float
    """Share of it that counts in the present value."""
    cash: bool
    """Paid within the horizon."""
    share_of: int | None = None
    """Position of the entry of which this one is the share `unit_price_usd`: support."""


class Statement(NamedTuple):
    """All entries of a plan; Σ usd · counts · (1 + discount_rate)^−years is its NPV, Σ usd of cash entries its total."""

    discount_rate: float
    """A year."""
    entries: tuple[Entry, ...]
    shares: dict[str, dict[str, float]]
    """Cost centre → workload → share of the centre's cash that the workload bears."""
    units: dict[str, float]
    """Work units asked for and served, by workload."""

    def factor(self, entry: Entry) -> float:
        """(1 + discount_rate)^−years."""
        return exp(-entry.years * log1p(self.discount_rate))

    @property
    def npv_usd(self) -> float:
        """Σ usd · counts · (1 + discount_rate)^−years."""
        return fsum(e.usd * e.counts * self.factor(e) for e in self.entries)
