"""Demand of every workload, as a rate per period and slice. Formulas: docs/model.md, "Demand"."""

from collections.abc import Mapping

from planner.domain.horizon import Horizon, Period, Slice
from planner.domain.load import Hours, level, weekly
from planner.domain.scenario import Scenario
from planner.domain.workload import Development, Inference, Workload
from planner.units import HOURS_PER_WEEK

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


def mean_rates(workload: Workload, horizon: Horizon) -> tuple[float, ...]:
    """Mean demand of each period, work units an hour; of a list per slice, the mean over the period's hours."""
    stated = workload.demand_per_hour
    if isinstance(stated, tuple):
        return tuple(_mean(stated[p.index], p) for p in horizon.periods)
    start = workload.base_demand_per_hour if stated is None else stated
    return tuple(start * workload.growth_factor(p.start_years) for p in horizon.periods)


def _mean(stated: float | tuple[float, ...], period: Period) -> float:
    if not isinstance(stated, tuple):
        return stated
    return sum(rate * s.hours for rate, s in zip(stated, period.slices, strict=True)) / period.hours


def slice_rates(
    workload: Workload, horizon: Horizon, week: tuple[Hours, ...], shape: tuple[float, ...]
) -> tuple[tuple[float, ...], ...]:
    """Demand of an online workload by period and slice, work units an hour.

    Args:
        week: hours of the week of each slice; empty for explicit periods, whose slices have no shape.
    """
    means = mean_rates(workload, horizon)
    stated = workload.demand_per_hour
    levels = [level(shape, hours) for hours in week]
    rates = []
    for period in horizon.periods:
        given = stated[period.index] if isinstance(stated, tuple) else None
        if isinstance(given, tuple):
            rates.append(given)
        else:
            rates.append(tuple(means[period.index] * (levels[s] if week else 1.0) for s in range(len(period.slices))))
    return tuple(rates)


def with_week_slices(horizon: Horizon, week: tuple[Hours, ...]) -> Horizon:
    """The horizon with every period cut into the same slices of the week."""
    periods = []
    for period in horizon.periods:
        slices = tuple(
            Slice(f"s{number}", period.hours * len(hours) / HOURS_PER_WEEK) for number, hours in enumerate(week)
        )
        periods.append(period._replace(slices=slices))
    return Horizon(tuple(periods))


def explicit_slices(scenario: Scenario, number: int, hours: float) -> tuple[Slice, ...]:
    """Slices of an explicit period as stated, or one that is all of it."""
    stated = scenario.periods[number].slices if scenario.periods is not None else None
    return tuple(Slice(s.name, s.hours) for s in stated) if stated else (Slice("all", hours),)
