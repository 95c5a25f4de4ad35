"""Demand of every workload, as a rate per period and slice. Formulas: docs/model.md, "Demand"."""

from collections.abc import Mapping
from itertools import pairwise
from typing import Any, TypeGuard

import numpy as np
import numpy.typing as npt

from planner.domain.scenario import Scenario
from planner.domain.time.horizon import Horizon, Period, Slice
from planner.domain.workloads import BaseWorkload, Development, GrowingWorkload, Inference, Spike, Surge, Workload
from planner.units import HOURS_PER_WEEK, HOURS_PER_YEAR, MONTHS_PER_YEAR

Hours = tuple[int, ...]
Vector = npt.NDArray[np.float64]


def weekly(values: tuple[float, ...]) -> tuple[float, ...]:
    """168 values of mean 1 from 24 or 168 hourly values.

    >>> len(weekly((1.0,) * 23 + (3.0,))), round(max(weekly((1.0,) * 23 + (3.0,))), 4)
    (168, 2.7692)
    """
    week = np.asarray(values * (HOURS_PER_WEEK // len(values)), dtype=float)
    return tuple(float(v) for v in week / week.mean())


def cut(shapes: Mapping[str, tuple[float, ...]], weights: Mapping[str, float], count: int | None) -> tuple[Hours, ...]:
    """Hours of the week of each slice, the busiest slice first.

    Args:
        shapes: weekly shape (168 values, mean 1) of each online workload.
        weights: relative cost of each workload's mean load; only ratios matter.
        count: wanted number of slices; None for 8 with one shape, 12 with two, 16 with more.

    Returns:
        Disjoint tuples of hours that together are all 168; one tuple if every shape is flat.
    """
    distinct: dict[tuple[float, ...], float] = {}
    for name, shape in shapes.items():
        if max(shape) - min(shape) > 1e-9:
            distinct[shape] = distinct.get(shape, 0.0) + max(weights.get(name, 1.0), 1e-12)
    if not distinct:
        return (tuple(range(HOURS_PER_WEEK)),)
    wanted = count or {1: 8, 2: 12}.get(len(distinct), 16)
    if wanted >= HOURS_PER_WEEK:
        groups = [[hour] for hour in range(HOURS_PER_WEEK)]
    elif len(distinct) == 1:
        groups = _by_duration_curve(np.asarray(next(iter(distinct))), wanted)
    else:
        groups = _by_ward(np.asarray(list(distinct)), np.asarray(list(distinct.values())), wanted)
    share = np.asarray(list(distinct.values())) / sum(distinct.values())
    total = share @ np.asarray(list(distinct))
    groups.sort(key=lambda hours: (-float(total[hours].mean()), hours[0]))
    return tuple(tuple(sorted(hours)) for hours in groups)


def _by_duration_curve(shape: Vector, count: int) -> list[list[int]]:
    order = np.argsort(-shape, kind="stable")
    curve = np.concatenate([[0.0], np.cumsum(shape[order])])
    area = np.concatenate([[0.0], np.cumsum(curve)])
    n = len(shape)
    start, end = np.meshgrid(np.arange(n + 1), np.arange(n + 1), indexing="ij")
    inside = area[np.minimum(end + 1, n + 1)] - area[start]
    cost = np.where(end > start, inside - (curve[start] + curve[end]) / 2 * (end - start + 1), np.inf)
    count = min(count, n)
    best = np.full((count + 1, n + 1), np.inf)
    came = np.zeros((count + 1, n + 1), dtype=int)
    best[1, 1] = 0.0  # the peak hour alone
    for k in range(2, count + 1):
        candidates = best[k - 1][:, None] + cost
        came[k] = candidates.argmin(axis=0)
        best[k] = candidates.min(axis=0)
    cuts, at = [n], n
    for k in range(count, 1, -1):
        at = int(came[k, at])
        cuts.append(at)
    cuts.append(0)
    cuts.reverse()
    return [[int(h) for h in order[a:b]] for a, b in pairwise(cuts) if b > a]


def _by_ward(shapes: Vector, weights: Vector, count: int) -> list[list[int]]:
    weighted = shapes * (weights / weights.sum())[:, None]
    points = np.vstack([weighted, weighted.sum(axis=0)]).T
    peaks = sorted({int(np.argmax(shape)) for shape in shapes})
    groups = [[h] for h in range(HOURS_PER_WEEK) if h not in peaks]
    centre = np.array([points[g[0]] for g in groups])
    size = np.ones(len(groups))
    while len(groups) > max(count - len(peaks), 1):
        gap = ((centre[:, None, :] - centre[None, :, :]) ** 2).sum(axis=2)
        gap *= size[:, None] * size[None, :] / (size[:, None] + size[None, :])
        gap[np.tril_indices(len(groups))] = np.inf
        i, j = divmod(int(gap.argmin()), len(groups))
        centre[i] = (centre[i] * size[i] + centre[j] * size[j]) / (size[i] + size[j])
        size[i] += size[j]
        groups[i] += groups.pop(j)
        centre, size = np.delete(centre, j, axis=0), np.delete(size, j)
    return [[p] for p in peaks] + groups


def level(shape: tuple[float, ...], hours: Hours) -> float:
    """Mean load of a shape over a slice's hours of the week."""
    return float(sum(shape[h] for h in hours) / len(hours))


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
