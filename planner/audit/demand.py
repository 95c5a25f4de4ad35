"""What the scenario asks for, recomputed: work units an hour of every workload, period and slice."""

from dataclasses import dataclass
from functools import cached_property

from planner.audit.books import Books
from planner.domain.workload import Batch, Development, Inference, Training, Workload
from planner.units import HOURS_PER_WEEK

_HOURS_PER_MONTH = 730.0


def mean_rate_at_start(workload: Workload) -> float:
    """Tokens a day / 24 / 1e6, or accelerator-hours a month / 730, or headcount × hours / 730."""
    if isinstance(workload, Inference | Batch):
        requests = workload.requests_per_day or 0.0
        per_request = workload.input_tokens + workload.output_tokens
        tokens = requests * per_request if workload.tokens_per_day is None else workload.tokens_per_day
        return tokens / 24 / 1e6
    if isinstance(workload, Training):
        if workload.tokens_per_month is not None:
            return workload.tokens_per_month / 1e6 / _HOURS_PER_MONTH
        return (workload.accelerator_hours_per_month or 0.0) / _HOURS_PER_MONTH
    hours = workload.accelerator_hours_per_head_per_month or 0.0
    return (workload.headcount or 0.0) * hours / _HOURS_PER_MONTH


def growth(workload: Workload, years: float) -> float:
    """(1 + g)^(time in units of g)."""
    if workload.growth_per_week is not None:
        return float((1 + workload.growth_per_week) ** (years * 8760 / HOURS_PER_WEEK))
    if workload.growth_per_month is not None:
        return float((1 + workload.growth_per_month) ** (years * 12))
    return float((1 + (workload.growth_per_year or 0.0)) ** years)


def recovery_hours(workload: Workload) -> float:
    """Restart; for training also half a checkpoint interval of lost work."""
    lost = workload.checkpoint_interval_hours / 2 if isinstance(workload, Training) else 0.0
    return workload.restart_hours + lost


def online(workload: Workload) -> bool:
    return isinstance(workload, Inference | Development)


def spot_share(workload: Workload) -> float:
    """Largest share of the work on spot: as stated, else 1 for interruptible work and 0 for the rest."""
    if workload.max_spot_share is not None:
        return workload.max_spot_share
    return 1.0 if isinstance(workload, Batch | Training) and workload.interruptible else 0.0


@dataclass(frozen=True)
class Demand:
    """Rate by period and slice of one workload."""

    books: Books
    workload: Workload

    def rate(self, t: int, s: int) -> float:
        """Work units an hour in slice s of period t."""
        stated = self.workload.demand_per_hour
        if isinstance(stated, tuple):
            here = stated[t]
            return here[s] if isinstance(here, tuple) else here * self._shape[s]
        base = mean_rate_at_start(self.workload) if stated is None else stated
        return base * self._growth[t] * self._shape[s]

    def work(self, t: int, s: int) -> float:
        return self.rate(t, s) * float(self.books.slice_hours[t, s])

    def work_of_period(self, t: int) -> float:
        slices = self.books.plan.horizon.periods[t].slices
        return sum(self.work(t, s) for s in range(len(slices)))

    @cached_property
    def _growth(self) -> list[float]:
        calendar = self.books.calendar
        return [growth(self.workload, float(calendar.start_years(t))) for t in range(calendar.count)]

    @cached_property
    def _shape(self) -> list[float]:
        """Load of each slice relative to the mean load; 1 for flexible work and explicit periods."""
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
    return {name: Demand(books, workload) for name, workload in books.workloads.items()}
