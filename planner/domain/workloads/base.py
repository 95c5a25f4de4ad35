"""What all workloads have in common, and how their demand moves: growth, surges, spikes, fallbacks, residency.

A workload's demand is counted in work units: million tokens (input + output), hours of a reference
accelerator, or any unit of the user's own for which every offer states a measured throughput.
"""

from abc import abstractmethod
from collections.abc import Callable, Iterator
from typing import Annotated, Literal, NamedTuple

from pydantic import Field, model_validator

from planner.domain.fields import (
    Change,
    Factor,
    Gigabytes,
    Hours,
    Magnitude,
    Month,
    Months,
    Name,
    Periods,
    PositiveMagnitude,
    PositiveMonths,
    PositiveShare,
    PositiveUnitPrice,
    Rate,
    Share,
    Strict,
    UnitPrice,
)
from planner.domain.inputs import Precision
from planner.units import HOURS_PER_WEEK, HOURS_PER_YEAR, MONTHS_PER_YEAR


class LatencyTier(NamedTuple):
    """Limits on the time to the first token and on the time per following token, in milliseconds."""

    ttft_ms: float | None
    tpot_ms: float | None


Tier = Literal["realtime", "interactive", "relaxed", "batch"]
TIERS: dict[Tier, LatencyTier] = {
    "realtime": LatencyTier(300.0, 25.0),
    "interactive": LatencyTier(500.0, 40.0),
    "relaxed": LatencyTier(2000.0, 200.0),
    "batch": LatencyTier(None, None),
}
"""Latency tiers of model.md."""

PerPeriod = Annotated[tuple[Rate, ...], Field(min_length=1)]
"""One rate for each period, or one for each plan-year."""
PerSlice = tuple[tuple[Rate, ...], ...]
Amount = PositiveMagnitude | Annotated[tuple[Magnitude, ...], Field(min_length=1)]
"""One number, or one for each period or for each plan-year."""
Pick = Callable[[float | tuple[float, ...]], float]
"""What of a stated amount holds at some time: the number itself, or an entry of its list."""


class Unserved(Strict):
    """Permission to leave demand unserved, at a price."""

    usd_per_unit: PositiveUnitPrice
    """What one work unit left unserved costs the company, USD."""
    max_fraction: PositiveShare = 1.0
    """Largest share of the demand of any slice (online) or period (flexible) that may stay unserved."""


class Residency(Strict):
    """A share of the work that must be done in certain places."""

    share: PositiveShare = 1.0
    """Smallest share of the demand of every slice (online) or period (flexible)."""
    regions: tuple[str, ...] | None = None
    countries: tuple[str, ...] | None = None
    """ISO 3166 alpha-2 codes. An offer counts if its region or its country is listed."""

    @model_validator(mode="after")
    def _some_place(self) -> "Residency":
        if not self.regions and not self.countries:
            raise ValueError("give `regions` or `countries`")
        return self


class Spike(Strict):
    """Hours in which demand is a multiple of its mean: a launch, a campaign, a news event."""

    name: Name = "spike"
    """Workloads that name the same spike have it in the same hours; so have those that name none, if it lasts as long."""
    multiplier: Annotated[Factor, Field(gt=1)]
    """Demand in these hours as a multiple of the mean demand of the period; above 1."""
    hours_per_year: Annotated[PositiveMagnitude, Field(lt=HOURS_PER_YEAR)]
    """Spread evenly over the periods: a month has a twelfth of them. All spikes together below half a year."""


class Surge(Strict):
    """Some weeks of fast growth on top of the steady one; what was gained stays."""

    start: Month | None = None
    """First month of it; or `after_months`."""
    after_months: Months | None = None
    """Start, in months from the start of the horizon."""
    weeks: PositiveMonths
    """How long it lasts."""
    growth_per_week: Change
    """Growth of each of these weeks, on top of the workload's own."""

    @model_validator(mode="after")
    def _one_start(self) -> "Surge":
        if (self.start is None) == (self.after_months is None):
            raise ValueError("give `start` (a month) or `after_months`")
        return self

    def factor(self, months: float) -> float:
        """Demand relative to no surge, `months` after the surge's start: (1 + g)^weeks.

        >>> round(Surge(after_months=0, weeks=4, growth_per_week="50%").factor(12), 4)
        5.0625
        """
        weeks = min(max(months * HOURS_PER_YEAR / MONTHS_PER_YEAR / HOURS_PER_WEEK, 0.0), self.weeks)
        return float((1 + self.growth_per_week) ** weeks)


class Fallback(Strict):
    """A lesser way to serve part of the demand: another model, a relaxed tier, a hosted API."""

    share: PositiveShare
    """Largest share of the demand of a slice that may be served this way."""
    when: Literal["spikes", "always"] = "spikes"
    """`spikes`: only in the slices of the workload's spike."""
    model: str | None = None
    """A smaller model; default: the workload's own."""
    latency: Tier = "relaxed"
    """Tier it is held to."""
    precisions: tuple[Precision, ...] | None = None
    """Allowed number formats; default: 16 bit and the model's native one."""
    own_weights: bool = False
    """False: a hosted API may serve it, even where the workload's own weights forbid one."""
    hosted_apis: tuple[str, ...] | None = None
    """Hosted-API providers that may serve it; default: all of the scenario."""
    usd_per_unit: UnitPrice = 0.0
    """What a work unit served this way costs the company in quality, USD; part of the NPV, not cash."""


AMOUNTS = (
    "demand_per_hour",
    "tokens_per_day",
    "requests_per_day",
    "accelerator_hours_per_month",
    "tokens_per_month",
    "headcount",
)
"""Fields that say how much work there is; each may be a list."""
MAY_GROW = frozenset({"headcount", "accelerator_hours_per_head_per_month"})
"""Those whose lists go together with growth: of what each head does."""


class BaseWorkload(Strict):
    """What all workloads have in common."""

    name: Name
    unit: Name | None = None
    """Name of the work unit where it is the user's own (with `demand_per_hour` or `work`, and measured throughput)."""
    start: Month | None = None
    """First month with work: a launch. What is stated of the demand holds for it, and growth counts from it; default: the start of
    the horizon."""
    start_period: Periods | None = None
    """The same as a number of a period, from 0."""
    end: Month | None = None
    """First month without work; default: it goes on beyond the horizon."""
    end_period: Periods | None = None
    """The same as a number of a period, from 0."""
    clouds: tuple[str, ...] | None = None
    """Providers that may serve this workload; default: all of the scenario."""
    regions: tuple[str, ...] | None = None
    countries: tuple[str, ...] | None = None
    """ISO 3166 alpha-2 codes; an offer whose country is unknown is then excluded."""
    vendors: tuple[str, ...] | None = None
    """Accelerator vendors; default: those of the scenario."""
    accelerators: tuple[str, ...] | None = None
    max_spot_share: Share | None = None
    """Largest share of the work that may run on spot; default 0 for online work, 1 for interruptible work."""
    restart_hours: Hours = 0.25
    """Time to be back at work after an interruption."""
    unserved: Unserved | None = None
    residency: tuple[Residency, ...] = ()
    """Shares of the work that must be done in certain places."""
    price_usd_per_unit: PositiveUnitPrice | None = None
    """What a customer pays for a work unit (USD per million tokens): gives revenue and margin."""
    egress_gb_per_unit: Gigabytes = 0.0
    """Data that leaves the provider per work unit, GB; paid at the scenario's `egress_usd_per_gb`."""
    storage_gb: Gigabytes = 0.0
    """Data kept at every provider that serves the workload, GB; paid at `storage_usd_per_gb_month`."""

    @model_validator(mode="after")
    def _one_span(self) -> "BaseWorkload":
        if self.start is not None and self.start_period is not None:
            raise ValueError("give `start` or `start_period`")
        if self.end is not None and self.end_period is not None:
            raise ValueError("give `end` or `end_period`")
        months = self.start is not None and self.end is not None and self.end <= self.start
        periods = self.end_period is not None and self.end_period <= (self.start_period or 0)
        if months or periods:
            raise ValueError("`end` is the first month (or period) without work: it lies after the start")
        return self

    @property
    def recovery_hours(self) -> float:
        """Expected hours lost by one interruption."""
        return self.restart_hours


class GrowingWorkload(BaseWorkload):
    """A workload with a demand rate that moves with time."""

    growth_per_week: Change | None = None
    growth_per_month: Change | None = None
    growth_per_year: Change | None = None
    """Compound growth of demand; the first period has the stated demand. At most one of the three."""
    surges: tuple[Surge, ...] = ()
    """Weeks of fast growth on top of it."""
    demand_per_hour: Rate | PerPeriod | PerSlice | None = None
    """Explicit demand in work units an hour: one number, one per period or plan-year, or one per period and slice."""

    @model_validator(mode="after")
    def _one_growth(self) -> "GrowingWorkload":
        given = [g for g in (self.growth_per_week, self.growth_per_month, self.growth_per_year) if g is not None]
        if len(given) > 1:
            raise ValueError("give only one of growth_per_week, growth_per_month, growth_per_year")
        listed = next((name for name, amount in self.amounts() if isinstance(amount, tuple)), None)
        if listed is not None and listed not in MAY_GROW and (given or self.surges):
            surplus = "the growth rate" if given else "the `surges`"
            raise ValueError(f"{listed} lists the demand over time; leave out {surplus}")
        return self

    @model_validator(mode="after")
    def _some_demand(self) -> "GrowingWorkload":
        for name, amount in self.amounts():
            if name != "demand_per_hour" and isinstance(amount, tuple) and not any(amount):
                raise ValueError(f"{name} needs an amount above 0")
        return self

    def amounts(self) -> Iterator[tuple[str, "float | PerPeriod | PerSlice"]]:
        """(field, what it states) of what says how much work there is."""
        for name in (*AMOUNTS, "accelerator_hours_per_head_per_month"):
            stated = getattr(self, name, None)
            if stated is not None:
                yield name, stated

    @property
    @abstractmethod
    def online(self) -> bool:
        """Whether demand must be met as it comes."""

    @abstractmethod
    def rate_of(self, pick: Pick) -> float:
        """Work units an hour when `pick` says which of the stated amounts (beside `demand_per_hour`) hold."""

    @property
    def base_demand_per_hour(self) -> float:
        """Work units an hour at the start."""
        return self.rate_of(lambda amount: amount[0] if isinstance(amount, tuple) else amount)

    def growth_factor(self, years: float) -> float:
        """Demand after `years` relative to the start: (1 + g)^(years / unit of growth)."""
        if self.growth_per_week is not None:
            return float((1 + self.growth_per_week) ** (years * 8760 / 168))
        if self.growth_per_month is not None:
            return float((1 + self.growth_per_month) ** (years * 12))
        if self.growth_per_year is not None:
            return float((1 + self.growth_per_year) ** years)
        return 1.0
