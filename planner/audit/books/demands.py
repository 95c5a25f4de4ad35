"""What the scenario asks for, recomputed: work units an hour of every workload, period and slice.

Training runs have no rate: they are a fixed amount of work (`runs`).
"""

from dataclasses import dataclass
from functools import cached_property

from planner.audit.books.plan_index import Books
from planner.domain.workloads.base import GrowingWorkload, Spike, Surge
from planner.domain.workloads.workload import Batch, Development, Inference, Training, Workload
from planner.units import HOURS_PER_WEEK

_HOURS_PER_MONTH = 730.0
_HOURS_PER_YEAR = 8760.0


def mean_rate_at_start(workload: Workload) -> float:
    """Tokens a day / 24 / 1e6, or requests of one unit each / 24, or accelerator-hours a month / 730, or heads × hours / 730."""
    if isinstance(workload, Inference | Batch):
        requests = workload.requests_per_day or 0.0
        if workload.unit is not None and workload.unit != "Mtok":
            return requests / 24
        per_request = workload.input_tokens + workload.output_tokens
        tokens = requests * per_request if workload.tokens_per_day is None else workload.tokens_per_day
        return tokens / 24 / 1e6
    if isinstance(workload, Training):
        if workload.tokens_per_month is not None:
            return workload.tokens_per_month / 1e6 / _HOURS_PER_MONTH
        return (workload.accelerator_hours_per_month or 0.0) / _HOURS_PER_MONTH
    if isinstance(workload, Development):
        hours = workload.accelerator_hours_per_head_per_month or 0.0
        return _heads(workload, 0) * hours / _HOURS_PER_MONTH
    raise LookupError(f"workload `{workload.name}` has no rate")


def _heads(workload: Development, plan_year: int) -> float:
    """Heads of a plan-year; the last stated year goes on."""
    heads = workload.headcount
    if isinstance(heads, tuple):
        return heads[min(plan_year, len(heads) - 1)]
    return heads or 0.0


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
        if isinstance(stated, tuple):
            here = stated[t]
            return scale * (here[s] if isinstance(here, tuple) else here * self._relative(t, s))
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
    def _means(self) -> list[float]:
        """Mean rate of every period: start × growth × surges × heads."""
        stated, calendar = self.growing.demand_per_hour, self.books.calendar
        start = stated if isinstance(stated, float) else mean_rate_at_start(self.workload)
        means = []
        for t in range(calendar.count):
            mean = start * growth(self.growing, float(calendar.start_years(t)))
            level = calendar.start_years(t + 1) if online(self.workload) else calendar.middle_years(t)
            for surge in self.growing.surges:
                mean *= surged(surge, float(level * 12) - self._begins(surge))
            if isinstance(self.workload, Development) and isinstance(self.workload.headcount, tuple):
                mean *= _heads(self.workload, calendar.plan_year(t)) / _heads(self.workload, 0)
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
