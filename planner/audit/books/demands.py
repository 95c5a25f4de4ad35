"""What the scenario asks for, recomputed: work units an hour of every workload, period and slice.

Training runs have no rate: they are a fixed amount of work (`runs`).
"""

from dataclasses import dataclass
from functools import cached_property

from planner.audit.books.calendar import Calendar
from planner.audit.books.check import ZERO
from planner.audit.books.plan_index import Books
from planner.domain.workloads import (
    BaseWorkload,
    Batch,
    Development,
    GrowingWorkload,
    Inference,
    Spike,
    Surge,
    Training,
    Workload,
)
from planner.units import HOURS_PER_WEEK

_HOURS_PER_MONTH = 730.0
_HOURS_PER_YEAR = 8760.0


def stated_rate(workload: Workload, calendar: Calendar, t: int) -> float:
    """Tokens a day / 24 / 1e6, or requests of one unit each / 24, or accelerator-hours a month / 730, or heads × hours / 730."""

    def now(amount: float | tuple[float, ...] | None) -> float:
        return amount_in(amount, calendar, t)

    if isinstance(workload, Inference | Batch):
        requests = now(workload.requests_per_day)
        if workload.unit is not None and workload.unit != "Mtok":
            return requests / 24
        per_request = workload.input_tokens + workload.output_tokens
        tokens = requests * per_request if workload.tokens_per_day is None else now(workload.tokens_per_day)
        return tokens / 24 / 1e6
    if isinstance(workload, Training):
        if workload.tokens_per_month is not None:
            return now(workload.tokens_per_month) / 1e6 / _HOURS_PER_MONTH
        return now(workload.accelerator_hours_per_month) / _HOURS_PER_MONTH
    if isinstance(workload, Development):
        return now(workload.headcount) * now(workload.accelerator_hours_per_head_per_month) / _HOURS_PER_MONTH
    raise LookupError(f"workload `{workload.name}` has no rate")


def amount_in(amount: float | tuple[float, ...] | None, calendar: Calendar, t: int) -> float:
    """A number; or of a list the entry of the period, else of its plan-years by the hours it has in each, the last going on."""
    if not isinstance(amount, tuple):
        return amount or 0.0
    if len(amount) == calendar.count:
        return amount[t]
    hours = {y: float(calendar.hours_in(t, y)) for y in calendar.years_of(t)}
    return sum(amount[min(y, len(amount) - 1)] * part for y, part in hours.items()) / sum(hours.values())


def asked_in(books: Books, workload: BaseWorkload) -> range:
    """Periods in which a workload has work: from its start on, and before its end."""
    first = books.first_period_from(workload.start, workload.start_period, 0)
    last = books.first_period_from(workload.end, workload.end_period, books.calendar.count)
    return range(max(first, 0), min(last, books.calendar.count))


def growth(workload: GrowingWorkload, years: float) -> float:
    """(1 + g)^(time in units of g)."""
    if workload.growth_per_week is not None:
        return float((1 + workload.growth_per_week) ** (years * _HOURS_PER_YEAR / HOURS_PER_WEEK))
    if workload.growth_per_month is not None:
        return float((1 + workload.growth_per_month) ** (years * 12))
    return float((1 + (workload.growth_per_year or 0.0)) ** years)


def surged(surge: Surge, months: float) -> float:
    """(1 + g)^weeks, `months` after the surge began, and never more weeks than it has."""
    weeks = months * _HOURS_PER_MONTH / HOURS_PER_WEEK
    return float((1 + surge.growth_per_week) ** max(0.0, min(weeks, surge.weeks)))


def recovery_hours(workload: Workload) -> float:
    """Restart; for training also half a checkpoint interval of lost work."""
    interval = getattr(workload, "checkpoint_interval_hours", 0.0)
    return workload.restart_hours + (1.0 if interval is None else interval) / 2


def online(workload: Workload) -> bool:
    return isinstance(workload, Inference | Development)


def spot_share(workload: Workload) -> float:
    """Largest share of the work on spot: as stated, else 1 for interruptible work and 0 for the rest."""
    if workload.max_spot_share is not None:
        return workload.max_spot_share
    return 1.0 if getattr(workload, "interruptible", False) else 0.0


def spike_of(workload: Workload) -> Spike | None:
    return workload.spike if isinstance(workload, Inference | Development) else None


@dataclass(frozen=True)
class Demand:
    """Rate by period and slice of one workload."""

    books: Books
    workload: Workload
    growing: GrowingWorkload

    def rate(self, t: int, s: int) -> float:
        """Work units an hour in slice s of period t."""
        stated, scale = self.growing.demand_per_hour, self.books.asked.demand_scale
        if t not in self._asked:
            return 0.0
        if isinstance(stated, tuple) and any(isinstance(given, tuple) for given in stated):
            here = stated[t]
            if isinstance(here, tuple):
                return scale * here[s]
        return scale * self._means[t] * self._relative(t, s)

    def work(self, t: int, s: int) -> float:
        return self.rate(t, s) * float(self.books.slice_hours[t, s])

    def work_of_period(self, t: int) -> float:
        slices = self.books.plan.horizon.periods[t].slices
        return sum(self.work(t, s) for s in range(len(slices)))

    def work_of_horizon(self) -> float:
        return sum(self.work_of_period(t) for t in range(self.books.calendar.count))

    def _relative(self, t: int, s: int) -> float:
        """Load of a slice relative to the mean: of its hours of the week, or the multiple of its spike."""
        named = self.books.plan.horizon.periods[t].slices[s].spike
        if not named:
            return self._shape[s]
        spike = spike_of(self.workload)
        return spike.multiplier if spike is not None and spike.name == named else 1.0

    @cached_property
    def _asked(self) -> range:
        """Periods in which there is work."""
        return asked_in(self.books, self.workload)

    @cached_property
    def _means(self) -> list[float]:
        """Mean rate of every period: what is stated × growth since the work began × surges."""
        stated, calendar = self.growing.demand_per_hour, self.books.calendar
        means = []
        for t in range(calendar.count):
            if isinstance(stated, tuple) and any(isinstance(rate, tuple) for rate in stated):
                means.append(0.0)  # by slice
                continue
            rate = stated_rate(self.workload, calendar, t) if stated is None else amount_in(stated, calendar, t)  # type: ignore[arg-type]
            since = calendar.start_years(t) - calendar.start_years(self._asked.start)
            mean = rate * growth(self.growing, float(max(since, ZERO)))
            level = calendar.start_years(t + 1) if online(self.workload) else calendar.middle_years(t)
            for surge in self.growing.surges:
                mean *= surged(surge, float(level * 12) - self._begins(surge))
            means.append(mean)
        return means

    def _begins(self, surge: Surge) -> float:
        """Months from the start of the horizon."""
        if surge.after_months is not None:
            return surge.after_months
        return float(self.books.month_offset(surge.start or ""))

    @cached_property
    def _shape(self) -> list[float]:
        """Load of each ordinary slice relative to the mean load; 1 for flexible work and explicit periods."""
        horizon = self.books.plan.horizon
        values = self._profile()
        if values is None:
            return [1.0] * max((len(p.slices) for p in horizon.periods), default=0)
        mean = sum(values) / len(values)
        return [sum(values[h % len(values)] for h in hours) / len(hours) / mean for hours in horizon.week_hours]

    def _profile(self) -> tuple[float, ...] | None:
        if not isinstance(self.workload, Inference | Development) or not self.books.plan.horizon.week_hours:
            return None
        profile = self.workload.profile
        if isinstance(profile, str):
            known = self.books.plan.inputs.profiles
            return None if profile == "flat" and profile not in known else known[profile]
        return profile


def demands(books: Books) -> dict[str, Demand]:
    """Of every workload with a rate."""
    return {
        name: Demand(books, workload, workload)
        for name, workload in books.workloads.items()
        if isinstance(workload, GrowingWorkload)
    }


NODE_DUST = 1e-9
"""Nodes whose work may be missing: a solver holds its rows to so much."""


def fastest_rates(books: Books) -> dict[str, float]:
    """Work an hour of the fastest node that serves a workload, by workload."""
    found: dict[str, float] = {}
    for fit in books.plan.inputs.fits:
        found[fit.workload] = max(found.get(fit.workload, 0.0), fit.rate_per_node_hour)
    return found
