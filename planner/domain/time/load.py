"""Hourly load shapes of all workloads, cut together into a few slices of the period.

A slice is a set of hours of the week in which the loads of all workloads are alike; it is the same hours
for everybody, so that coincident and complementary peaks come out right. Each workload's peak hour is a
slice of its own and keeps its maximum; the other slices carry means.

One shape. Let L(h) be the load of the h busiest hours, a concave curve. With committed / on-demand price
ratio r, what is carried in the top r share of the hours decides the cost, and K slices replace L by K
chords; so the cuts minimise the area between curve and chords, by dynamic programming:

.. math:: \\min \\sum_k \\Big[ \\sum_{h=i_k}^{i_{k+1}} L(h) - \\tfrac12 (L(i_k) + L(i_{k+1}))(i_{k+1} - i_k + 1) \\Big]

Several shapes. Ward's agglomeration of the hours' load vectors, each workload weighted by what it costs,
with the weighted total as one coordinate more (pooled capacity feels the total).
"""

from collections.abc import Mapping
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from planner.units import HOURS_PER_WEEK

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
