"""Demand of every workload, as a rate per period and slice. Formulas: docs/model.md, "Demand"."""

from collections.abc import Mapping
from typing import Any, TypeGuard

from planner.domain.scenario import Scenario
from planner.domain.time.horizon import Horizon, Period, Slice
from planner.domain.time.load import Hours, level, weekly
from planner.domain.workloads import BaseWorkload, Development, GrowingWorkload, Inference, Spike, Surge, Workload
from planner.units import HOURS_PER_WEEK, HOURS_PER_YEAR, MONTHS_PER_YEAR

FLAT = (1.0,) * HOURS_PER_WEEK


def shape_of(workload: Workload, profiles: Mapping[str, tuple[float, ...]]) -> tuple[float, ...]:
    """Weekly load shape of an online workload, 168 values of mean 1.

    Raises:
        KeyError: the workload names a profile that `profiles` does not have.
    """
    profile = workload.profile if isinstance(workload, Inference | Development) else None
    if profile is None or profile == "flat":
        return FLAT
    return weekly(profiles[profile] if isinstance(profile, str) else profile)


def spikes_of(scenario: Scenario) -> tuple[tuple[str, float], ...]:
    """(name, share of all hours) of every spike that a workload has, in order of name."""
    spikes = [spike for spike in map(spike_of, scenario.workloads) if spike is not None]
    found = {spike.name: spike.hours_per_year / HOURS_PER_YEAR for spike in spikes}
    return tuple(sorted(found.items()))


def spike_of(workload: Workload) -> Spike | None:
    """The spike of a workload that can have one."""
    return workload.spike if isinstance(workload, Inference | Development) else None


def mean_rates(workload: GrowingWorkload, horizon: Horizon) -> tuple[float, ...]:
    """Mean demand of each period before any `demand_scale`, work units an hour; of a list per slice, the mean over its hours."""
    asked = span_of(workload, horizon)
    return tuple(_mean_rate(workload, horizon, p) if p.index in asked else 0.0 for p in horizon.periods)


def span_of(workload: BaseWorkload, horizon: Horizon) -> range:
    """Periods in which a workload has work."""
    return horizon.span(workload.start, workload.start_period, workload.end, workload.end_period)


def _mean_rate(workload: GrowingWorkload, horizon: Horizon, period: Period) -> float:
    stated = workload.demand_per_hour
    by_slice = stated[period.index] if is_by_period(stated, horizon) else None
    if isinstance(by_slice, tuple):
        worked: float = sum(rate * s.hours for rate, s in zip(by_slice, period.slices, strict=True))
        return worked / period.hours

    def pick(amount: Any) -> float:
        return in_period(amount, period, horizon)

    rate = workload.rate_of(pick) if stated is None else pick(stated)
    return rate * _level(workload, horizon, period)


def is_by_period(amount: object, horizon: Horizon) -> TypeGuard[tuple[Any, ...]]:
    """Whether a stated amount is a list with an entry for every period."""
    return isinstance(amount, tuple) and len(amount) == len(horizon.periods)


def in_period(amount: float | tuple[float, ...], period: Period, horizon: Horizon) -> float:
    """What of a stated amount holds in a period: its entry, or the mean over the plan-years it touches, the last one going on."""
    if not isinstance(amount, tuple):
        return amount
    if is_by_period(amount, horizon):
        return float(amount[period.index])
    return sum(share * amount[min(year, len(amount) - 1)] for year, share in period.plan_years)


def _level(workload: GrowingWorkload, horizon: Horizon, period: Period) -> float:
    """Demand of a period relative to the start of its work: growth × surges."""
    first = horizon.periods[span_of(workload, horizon).start]
    level = workload.growth_factor(period.start_years - first.start_years)
    years = period.end_years if workload.online else period.middle_years
    for surge in workload.surges:
        level *= surge.factor(years * MONTHS_PER_YEAR - _surge_start(surge, horizon))
    return level


def _surge_start(surge: Surge, horizon: Horizon) -> float:
    """Months from the start of the horizon to the start of a surge; may be negative."""
    if surge.after_months is not None:
        return surge.after_months
    start, month = horizon.periods[0].start, surge.start or ""
    return float(int(month[:4]) * 12 + int(month[5:7]) - int(start[:4]) * 12 - int(start[5:7]))


def slice_rates(
    workload: GrowingWorkload, horizon: Horizon, week: tuple[Hours, ...], shape: tuple[float, ...]
) -> tuple[tuple[float, ...], ...]:
    """Demand of an online workload by period and slice, work units an hour, before any `demand_scale`.

    Args:
        week: hours of the week of each ordinary slice; empty for explicit periods, whose slices have no shape.
    """
    means, asked = mean_rates(workload, horizon), span_of(workload, horizon)
    stated = workload.demand_per_hour
    levels = [level(shape, hours) for hours in week]
    spike = workload.spike if isinstance(workload, Inference | Development) else None
    rates = []
    for period in horizon.periods:
        given = stated[period.index] if is_by_period(stated, horizon) else None
        if isinstance(given, tuple):
            rates.append(given if period.index in asked else (0.0,) * len(given))
            continue
        ordinary = [s for s in period.slices if not s.spike]
        here = [means[period.index] * (levels[s] if week else 1.0) for s in range(len(ordinary))]
        for s in period.slices[len(ordinary) :]:
            here.append(means[period.index] * (spike.multiplier if spike and spike.name == s.spike else 1.0))
        rates.append(tuple(here))
    return tuple(rates)


def with_week_slices(horizon: Horizon, week: tuple[Hours, ...], spikes: tuple[tuple[str, float], ...] = ()) -> Horizon:
    """The horizon with every period cut into the same slices of the week, spikes last."""
    share = 1.0 - sum(part for _, part in spikes)
    periods = []
    for period in horizon.periods:
        slices = [
            Slice(f"s{number}", period.hours * len(hours) / HOURS_PER_WEEK * share) for number, hours in enumerate(week)
        ]
        periods.append(period._replace(slices=(*slices, *_spike_slices(period, spikes))))
    return Horizon(tuple(periods))


def with_spikes(horizon: Horizon, spikes: tuple[tuple[str, float], ...]) -> Horizon:
    """Explicit periods of one slice each with the hours of their spikes apart."""
    share = 1.0 - sum(part for _, part in spikes)
    periods = []
    for period in horizon.periods:
        ordinary = tuple(s._replace(hours=s.hours * share) for s in period.slices)
        periods.append(period._replace(slices=(*ordinary, *_spike_slices(period, spikes))))
    return Horizon(tuple(periods))


def _spike_slices(period: Period, spikes: tuple[tuple[str, float], ...]) -> tuple[Slice, ...]:
    return tuple(Slice(name, period.hours * part, name) for name, part in spikes)


def explicit_slices(scenario: Scenario, number: int, hours: float) -> tuple[Slice, ...]:
    """Slices of an explicit period as stated, or one that is all of it."""
    stated = scenario.periods[number].slices if scenario.periods is not None else None
    return tuple(Slice(s.name, s.hours) for s in stated) if stated else (Slice("all", hours),)
