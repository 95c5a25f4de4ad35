"""What was asked for a thing over time."""

from typing import NamedTuple


class PriceObservation(NamedTuple):
    """One price of one offer, and how long it held."""

    provider: str
    region: str
    instance: str
    accelerator: str
    count: int  # type: ignore[assignment]  # shadows a method of tuple
    contract: str
    plan: str
    term_months: float
    upfront_fraction: float
    usd_per_node_hour: float
    usd_per_accelerator_hour: float
    seen_on: str
    until: str
    """Empty: it still holds."""
    basis: str
    source: str


class MonthOfPrices(NamedTuple):
    """The market of one contract as it was known at the end of a month."""

    month: str
    """YYYY-MM."""
    contract: str
    median_usd: float
    """Median over sellers of each seller's own median, USD per accelerator-hour; estimates left out."""
    lowest_usd: float
    sellers: int
    offers: int


class PriceHistory(NamedTuple):
    """Both, of one thing."""

    name: str
    observations: tuple[PriceObservation, ...]
    months: tuple[MonthOfPrices, ...]
