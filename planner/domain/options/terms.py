"""Terms of an option, as the program sees them, and how long it binds."""

from typing import NamedTuple

from planner.domain.options.option import Option
from planner.domain.time import Horizon
from planner.units import HOURS_PER_DAY, HOURS_PER_MONTH


class Terms(NamedTuple):
    """The program's only view of commerce, per node; index v or t runs over the periods and the horizon's end.

    `usd_per_hour[T]` and `upfront_usd[T]` are the prices at the end of the horizon (terminal rule).
    """

    usd_per_hour: tuple[float, ...]
    upfront_usd: tuple[float, ...]
    term: int
    """Periods of a commitment; 0 for what is paid by use."""
    lead: int
    signing: tuple[int, ...]
    """Periods in which it can be signed."""
    usable: tuple[bool, ...]
    """Whether it can run, period by period (what is paid by use)."""


class Extent(NamedTuple):
    """A block in periods."""

    periods: int
    """Periods that it is there for, the last of them perhaps in part."""
    share: float
    """Share of the last of them that it is there; 1 for all of it."""

    @property
    def whole(self) -> int:
        """Periods that it is there for as a whole."""
        return self.periods if self.share == 1.0 else self.periods - 1


def extent_of(hours: float, horizon: Horizon, start: int) -> Extent:
    """Periods of a block of so many hours from the start of a period on.

    A block may miss a day of each of its months (and a thirtieth of each period) and still count as whole: months of a plan have
    730 hours, those of a calendar 672 to 744, so 30 days are a month and 90 days three, or a quarter. Periods beyond the horizon
    are as long as its last.
    """
    lengths = [period.hours for period in horizon.periods]
    whole, left, missing = 0, hours, 0.0
    while left > 0:
        length = lengths[min(start + whole, len(lengths) - 1)]
        missing += min(HOURS_PER_DAY * max(length / HOURS_PER_MONTH, 1.0), length / 30.0)
        if left <= length - missing:
            return Extent(whole + 1, left / length)
        left -= length
        whole += 1
    return Extent(whole, 1.0)


def term_in_periods(option: Option, horizon: Horizon) -> int | None:
    """Length of a commitment in periods, or None if its term is not a whole number of them."""
    if option.term_periods is not None:
        return len(horizon.periods) if option.term_periods == -1 else option.term_periods
    lengths = {p.hours for p in horizon.periods}
    if len(lengths) != 1:
        return None
    ratio = option.term_hours / lengths.pop()
    return round(ratio) if ratio > 0.5 and abs(ratio - round(ratio)) < 1e-6 else None


def term_hours(option: Option, horizon: Horizon) -> float:
    """Length of a commitment; periods beyond the horizon are as long as its last."""
    if option.term_periods is None:
        return option.term_hours
    hours = [p.hours for p in horizon.periods]
    if option.term_periods == -1:
        return sum(hours)
    return sum(hours[: option.term_periods]) + max(option.term_periods - len(hours), 0) * hours[-1]


def spread_usd(option: Option, horizon: Horizon) -> float:
    """List price of a node-hour, USD; what is upfront is spread over the term."""
    hours = option.block_hours or term_hours(option, horizon)
    return option.usd_per_hour + (option.upfront_usd / hours if hours > 0 else 0.0)
