"""How a scenario cuts time into periods: lengths in hours and labels, before any load slices."""

from typing import NamedTuple

from planner.domain.scenario import Scenario
from planner.units import HOURS_PER_MONTH, HOURS_PER_YEAR, MONTHS_PER_YEAR, month_after

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
