r"""A Lagrangian bound that prices no more slices than it takes: those where most is missing come first.

With the duals y of the tightened relaxation as prices the bound of `blocks.py` has a closed form before any slice is solved.
By weak duality a slice is worth at least

.. math:: d_{ts} = \sum_{i \in R_{ts}} y_i b_i + \sum_{j \in ts} \min\{\bar c_j \underline x_j, \bar c_j \bar x_j\},
    \qquad \bar c = \tilde c - A_{R_{ts}}^\top y

and over all slices these values add up to the relaxation. A plan costs in the slice, at the same prices,
g_ts ≥ V_ts ≥ d_ts: what solving the slice in whole numbers can add to the bound is at most g_ts − d_ts =: δ_ts. So slices
are solved in the order of δ until the bound suffices. A whole-number column at 0 with c̄_j > δ_ts is 0 in every solution of the
slice that costs at most g_ts, and the plan's own is one of them, so leaving it out does not change V_ts ≤ g_ts (reduced-cost
fixing, as in `blocks.py`, with the width that the plan proves to be enough).
"""

from typing import NamedTuple

import numpy as np

from planner.search.lagrangian import Lagrangian, Place
from planner.search.structure import DESIGN
from planner.solver import Cut, Floats, Ints, Watch, solve_mip

NODES = 50
PRECISION = 0.05
"""Gap to which a slice is solved, as a share of what it can add."""
LEAST = 1e-6
"""Share of the bound that a slice must be able to add to be worth solving, split over the slices."""
DUAL_TOLERANCE = 1e-6
"""Reduced costs of columns without an upper bound that count as 0 (thousands of dollars a node or replica)."""


class SliceBound(NamedTuple):
    """A bound over all columns, valid rows of the slices that were solved, and whole points of them."""

    bound: float
    cuts: list[tuple[Place, Cut]]
    points: list[tuple[Ints, Floats]]


class _Slice(NamedTuple):
    """A slice before it is solved."""

    place: Place
    value: float
    """d: what its duals prove."""
    missing: float
    """δ: what solving it can add at most."""


def selected_bound(apart: Lagrangian, plan: Floats, target: float, watch: Watch) -> SliceBound:
    """Bound at the prices of `apart`, raised slice by slice until it reaches the target or nothing is left to add.

    Args:
        plan: a feasible point of the whole program.
    """
    reduced = _reduced(apart)
    slices = [_valued(apart, place, reduced, plan) for place in apart.places]
    total = apart.constant + sum(one.value for one in slices)
    least = LEAST * abs(target) / max(len(slices), 1)
    cuts: list[tuple[Place, Cut]] = []
    points: list[tuple[Ints, Floats]] = []
    for one in sorted(slices, key=lambda one: -one.missing):
        if total >= target or watch.over or one.missing <= least or not np.isfinite(total):
            break
        worth, point = _solved(apart, one, reduced, plan, watch)
        total += max(worth - one.value, 0.0)
        if one.place.held and worth > one.value:
            cuts.append((one.place, apart.cut(one.place, worth)))
        if point is not None:
            points.append((one.place.columns, point[: len(one.place.columns)]))
    return SliceBound(total, cuts, points)


def _row_prices(apart: Lagrangian) -> Floats:
    """Duals of the rows inside slices; 0 for rows that are priced already."""
    inside = np.zeros(apart.blocks.matrix.rows)
    for place in apart.places:
        inside[place.rows] = apart.prices.rows[place.rows]
    return inside


def _reduced(apart: Lagrangian) -> Floats:
    """c̄ of every column, at the duals of all rows inside slices."""
    return apart.cost - apart.blocks.matrix.transposed_product(_row_prices(apart))


def _valued(apart: Lagrangian, place: Place, reduced: Floats, plan: Floats) -> _Slice:
    matrix, prices = apart.blocks.matrix, apart.prices.rows
    y = prices[place.rows]
    sides = np.where(y > 0, matrix.row_lower[place.rows], matrix.row_upper[place.rows])
    value = float(np.where(y != 0.0, y * np.where(np.isfinite(sides), sides, 0.0), 0.0).sum())
    value += _least(reduced[place.columns], matrix.lower[place.columns], matrix.upper[place.columns])
    cost = float(apart.cost[place.columns] @ plan[place.columns])
    for held in place.held:
        left = held.price + float(y[held.row])  # its entry in the capacity row is −1
        value += _least(np.array([left]), np.array([held.least]), np.array([np.inf]))
        cost += held.price * _held_by(apart, int(place.rows[held.row]), plan)
    return _Slice(place, value, max(cost - value, 0.0))


def _least(reduced: Floats, lower: Floats, upper: Floats) -> float:
    """Σ min over the bounds of c̄ x; −∞ only where a column without an upper bound is truly worth more and more."""
    settled = np.where((reduced < 0) & (reduced >= -DUAL_TOLERANCE) & ~np.isfinite(upper), 0.0, reduced)
    at = np.where(settled < 0, upper, lower)
    return float(np.where(settled != 0.0, settled * np.where(settled != 0.0, at, 0.0), 0.0).sum())


def _held_by(apart: Lagrangian, row: int, plan: Floats) -> float:
    """Committed nodes that a plan holds in a capacity row, less what runs hold."""
    matrix, layout = apart.blocks.matrix, apart.blocks.layout
    span = slice(matrix.start[row], matrix.start[row + 1])
    index, value = matrix.index[span], matrix.value[span]
    design = layout.column_period[index] == DESIGN
    return -float(value[design] @ plan[index[design]])


def _solved(apart: Lagrangian, one: _Slice, reduced: Floats, plan: Floats, watch: Watch) -> tuple[float, Floats | None]:
    """Bound of a slice in whole numbers, and the best point found for it; its dual value if there is no more to say."""
    program, place = apart.program(one.place), one.place
    y = apart.prices.rows[place.rows]
    left = np.concatenate([reduced[place.columns], [h.price + y[h.row] for h in place.held]])
    used = np.concatenate([plan[place.columns] > 1e-9, np.ones(len(place.held), dtype=bool)])
    width = one.missing * (1 + 1e-6) + 1e-9
    keep = np.flatnonzero(~program.integer | (left <= width) | used | (program.lower != 0)).astype(np.int32)
    small = program.part(np.arange(program.rows, dtype=np.int32), keep)
    found = solve_mip(small, watch, gap=0.0, absolute=PRECISION * one.missing, nodes=NODES, manner="lean")
    point: Floats | None = None
    if found.x is not None:
        point = np.zeros(program.columns)
        point[keep] = found.x
    limit = np.inf if len(keep) == program.columns else one.value + width
    bound = min(found.bound, limit)
    return (bound if np.isfinite(bound) else one.value), point
