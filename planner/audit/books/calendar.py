"""The calendar of a plan: when its periods begin and end."""

from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

from planner.audit.books.check import ZERO

_HOURS_PER_YEAR = Decimal(8760)


@dataclass(frozen=True)
class Calendar:
    """Exact time. Periods beyond the horizon have the length of its last period."""

    lengths: tuple[Decimal, ...]

    @cached_property
    def starts(self) -> tuple[Decimal, ...]:
        """Hours from the start of the horizon to the start of each period, and to its end."""
        total, starts = ZERO, [ZERO]
        for hours in self.lengths:
            total += hours
            starts.append(total)
        return tuple(starts)

    @property
    def count(self) -> int:
        return len(self.lengths)

    def hours(self, t: int) -> Decimal:
        return self.lengths[t] if t < self.count else self.lengths[-1]

    def start_years(self, t: int) -> Decimal:
        """Years from the start of the horizon to the start of period t."""
        beyond = max(0, t - self.count)
        return (self.starts[t - beyond] + beyond * self.hours(self.count)) / _HOURS_PER_YEAR

    def middle_years(self, t: int) -> Decimal:
        """Recurring cash falls due in the middle of its period."""
        return self.start_years(t) + self.hours(t) / _HOURS_PER_YEAR / 2

    def plan_year(self, t: int) -> int:
        """8,760 hours a plan-year, by the start of the period."""
        return int(self.start_years(t) + Decimal("1e-9"))

    @property
    def plan_years(self) -> int:
        """Plan-years that some period touches."""
        return self.years_of(self.count - 1)[-1] + 1

    def over_years(self, t: int, amount: Decimal, when_years: Decimal | None = None) -> dict[int, Decimal]:
        """An amount of a period by plan-year: evenly on its hours; what is due at its start (`when_years`), there."""
        if when_years == self.start_years(t):
            return {self.plan_year(t): amount}
        return {year: amount * self.hours_in(t, year) / self.hours(t) for year in self.years_of(t)}

    def years_of(self, t: int) -> range:
        """Plan-years that a period touches."""
        return range(self.plan_year(t), max(self.plan_year(t), int(self.start_years(t + 1) - Decimal("1e-9"))) + 1)

    def hours_in(self, t: int, year: int) -> Decimal:
        """Hours of a period that lie in a plan-year."""
        start, end = self.start_years(t) * _HOURS_PER_YEAR, self.start_years(t + 1) * _HOURS_PER_YEAR
        return max(min(end, (year + 1) * _HOURS_PER_YEAR) - max(start, year * _HOURS_PER_YEAR), ZERO)
