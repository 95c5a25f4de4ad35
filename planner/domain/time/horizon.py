"""Time: periods, and the load slices inside each of them.

Period t starts `start_years` after the start of the horizon and lasts `hours`; its slices' hours add
up to its hours. A plan-year is 8,760 hours from the start: 12 months or 4 quarters.
"""

from itertools import pairwise
from typing import NamedTuple

from planner.domain.scenario import Scenario
from planner.units import HOURS_PER_MONTH, HOURS_PER_YEAR, MONTHS_PER_YEAR, month_after


class Slice(NamedTuple):
    """Hours of a period that are alike: the same hours for every workload."""

    name: str
    hours: float
    spike: str = ""
    """Name of the spike whose hours these are; empty for ordinary hours."""


class Period(NamedTuple):
    """One step of the horizon."""

    index: int  # type: ignore[assignment]  # shadows a method of tuple
    start: str
    """Calendar month `YYYY-MM`, or `p0`, `p1` … for explicit periods."""
    hours: float
    start_years: float
    slices: tuple[Slice, ...]

    @property
    def middle_years(self) -> float:
        """When recurring cash of the period falls due, in years from the start."""
        return self.start_years + self.hours / HOURS_PER_YEAR / 2

    @property
    def end_years(self) -> float:
        return self.start_years + self.hours / HOURS_PER_YEAR

    @property
    def plan_year(self) -> int:
        """Index of the plan-year the period starts in."""
        return int(self.start_years + 1e-9)

    @property
    def plan_years(self) -> tuple[tuple[int, float], ...]:
        """(plan-year, share of the period's hours in it) of every plan-year that the period touches."""
        first, last = self.plan_year, int(self.end_years - 1e-9)
        if last <= first:
            return ((first, 1.0),)
        length = self.end_years - self.start_years
        ends = [self.start_years, *map(float, range(first + 1, last + 1)), self.end_years]
        return tuple((first + n, (end - start) / length) for n, (start, end) in enumerate(pairwise(ends)))


class Horizon(NamedTuple):
    """All periods in order."""

    periods: tuple[Period, ...]

    @property
    def plan_years(self) -> int:
        """Plan-years that some period touches."""
        return self.periods[-1].plan_years[-1][0] + 1

    @property
    def end_years(self) -> float:
        return self.periods[-1].end_years

    def span(self, start: str | None, start_period: int | None, end: str | None, end_period: int | None) -> range:
        """Periods from a month (or a number of a period) on and before another; None: all from the start, or to the end."""
        first = (start_period or 0) if start is None else self.first_from(start)
        last = end_period
        if end is not None and self.periods[0].start[:1].isdigit():
            last = self.first_from(end)
        count = len(self.periods)
        return range(min(first, count), count if last is None else min(last, count))

    def first_from(self, month: str) -> int:
        """Index of the first period that starts in or after a month; the number of periods if none does.

        Periods without a calendar have no months: 0.
        """
        if not self.periods[0].start[:1].isdigit():
            return 0
        return next((p.index for p in self.periods if p.start >= month), len(self.periods))


class Clock(NamedTuple):
    """Hours, start and middle of every period, also beyond the horizon."""

    hours: tuple[float, ...]
    starts: tuple[float, ...]
    middles: tuple[float, ...]


def clock(horizon: Horizon, beyond: int) -> Clock:
    """Times of the periods of the horizon and of `beyond` periods after it, as long as its last."""
    hours = [p.hours for p in horizon.periods]
    starts = [p.start_years for p in horizon.periods]
    for _ in range(beyond):
        starts.append(starts[-1] + hours[-1] / HOURS_PER_YEAR)
        hours.append(hours[-1])
    middles = [s + h / HOURS_PER_YEAR / 2 for s, h in zip(starts, hours, strict=True)]
    return Clock(tuple(hours), tuple(starts), tuple(middles))


def periods_of(lengths: list[float], starts: list[str], slices: list[tuple[Slice, ...]]) -> Horizon:
    """Horizon from the length of each period in hours, its label and its slices."""
    elapsed = 0.0
    periods = []
    for index, (hours, start) in enumerate(zip(lengths, starts, strict=True)):
        periods.append(Period(index, start, hours, elapsed / HOURS_PER_YEAR, slices[index]))
        elapsed += hours
    return Horizon(tuple(periods))


DEFAULT_YEARS = 3.0
MAX_PERIODS = 1000
MONTHS_PER_PERIOD = {"month": 1, "quarter": 3}


class PeriodLengths(NamedTuple):
    """The periods of a horizon in order."""

    hours: list[float]
    starts: list[str]
    """`YYYY-MM` of calendar periods with a known start, else the period's name, else `p0`, `p1` …"""
    hours_per_period: float | None
    """Length of every period, or None if explicit periods differ."""

    @property
    def plan_years(self) -> int:
        """Plan-years that some period touches; a plan-year is 8,760 hours from the start."""
        return int(sum(self.hours) / HOURS_PER_YEAR - 1e-9) + 1


def period_lengths(scenario: Scenario) -> PeriodLengths:
    """Periods of the scenario; a month is 730 hours, a quarter 2,190.

    Raises ValueError, in words for the user, if the horizon is not a whole number of periods or has
    more than 1,000 of them.
    """
    if scenario.periods is not None:
        return _explicit(scenario)
    period = scenario.period or ("quarter" if scenario.quarters is not None else "month")
    months_per_period = MONTHS_PER_PERIOD[period]
    exact = _months(scenario) / months_per_period
    if exact > MAX_PERIODS:
        raise ValueError(f"a horizon of {exact:g} {period}s is longer than {MAX_PERIODS:,} periods")
    count = round(exact)
    if count < 1 or abs(exact - count) > 1e-9 * count:
        raise ValueError(f"the horizon is {exact:g} {period}s, not a whole number of periods")
    hours = months_per_period * HOURS_PER_MONTH
    starts = [
        f"p{i}" if scenario.start is None else month_after(scenario.start, i * months_per_period) for i in range(count)
    ]
    return PeriodLengths([hours] * count, starts, hours)


def _months(scenario: Scenario) -> float:
    if scenario.months is not None:
        return float(scenario.months)
    if scenario.quarters is not None:
        return float(scenario.quarters * MONTHS_PER_PERIOD["quarter"])
    return (DEFAULT_YEARS if scenario.years is None else scenario.years) * MONTHS_PER_YEAR


def _explicit(scenario: Scenario) -> PeriodLengths:
    periods = scenario.periods or ()
    hours = [p.hours for p in periods]
    starts = [p.name or f"p{i}" for i, p in enumerate(periods)]
    return PeriodLengths(hours, starts, hours[0] if len(set(hours)) == 1 else None)
