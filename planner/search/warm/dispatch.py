"""Cheapest operation of one period under a fixed design: small programs over the columns that are nearly worth using.

This finds plans; bounds come from elsewhere. So columns are dropped by their reduced cost without proof, and come back only if
the period cannot be served without them. A large period is taken apart once more: what couples its slices (flexible work, hosted
APIs for it) stays as in the relaxation, and each slice becomes a program of its own.
"""

from typing import NamedTuple

import numpy as np

from planner.solver import Floats, Ints, Manner, Matrix, Solved, Watch, solve_lp, solve_mip


class DispatchEffort(NamedTuple):
    """How hard a period is tried."""

    widths: tuple[float, ...]
    """Reduced cost up to which a column is tried, as a share of the period's cost; wider if that fails."""
    nodes: int
    """Most nodes of a period's search tree."""
    slice_widths: tuple[float, ...]
    """The same for a slice, as a share of the slice's cost; the next one only if the first finds nothing."""
    manner: Manner = "thorough"
    torn: float = 0.03
    """Loss of taking a period apart, as a share of its cost, from which it is also tried as a whole."""


QUICK = DispatchEffort((0.00003, 0.003, np.inf), 5, (1e-5, 1e-4, 1e-2))
THOROUGH = DispatchEffort((0.003, 0.03, np.inf), 20, (3e-4, 1e-2))
LEAN = DispatchEffort((0.0003, 0.003, np.inf), 50, QUICK.slice_widths, "lean", np.inf)
WHOLE = DispatchEffort((0.00003, 0.0003), 5, QUICK.slice_widths, "thorough", 0.0)
ON = 1e-9
LARGE = 500
"""Whole numbers from which on a period is taken apart into slices."""
SLICE_GAP = 0.0005, 0.003
"""Smallest and largest gap to which a slice is solved, as a share of its cost."""


def cheapest(part: Matrix, slices: Ints, watch: Watch, absolute: float, effort: DispatchEffort) -> Floats | None:
    """Values of the period's columns, to an absolute gap in the objective, or None if the design cannot serve it.

    Args:
        slices: slice of each column of the part; negative for what couples slices.
    """
    relaxed = solve_lp(part, watch)
    if relaxed.x is None or relaxed.verdict != "optimal":
        return None
    return cheapest_near(part, slices, relaxed, watch, absolute, effort)


def cheapest_near(
    part: Matrix, slices: Ints, relaxed: Solved, watch: Watch, absolute: float, effort: DispatchEffort
) -> Floats | None:
    """The same where the relaxation of the period is known already."""
    assert relaxed.x is not None
    whole = part.integer
    if np.all(np.abs(relaxed.x - np.round(relaxed.x))[whole] <= 1e-7):
        return np.where(whole, np.round(relaxed.x), relaxed.x)
    reduced = np.abs(relaxed.column_dual)
    scale = float(np.abs(part.cost) @ relaxed.x)
    best: Floats | None = None
    if effort.torn > 0 and int(whole.sum()) > LARGE and int(slices.max(initial=-1)) > 0:
        gap = min(max(absolute / max(scale, 1e-9), SLICE_GAP[0]), SLICE_GAP[1])
        found = _by_slices(part, slices, relaxed, effort, watch, gap)
        if found is not None:
            if part.cost @ found - relaxed.objective <= max(absolute, effort.torn * scale):
                return found
            best = found
    rows = np.arange(part.rows, dtype=np.int32)
    for width in effort.widths:
        keep = np.flatnonzero((reduced <= width * scale) | (relaxed.x > ON) | (part.lower > 0)).astype(np.int32)
        small = part.part(rows, keep)
        solved = solve_mip(small, watch, gap=0.0, absolute=absolute, nodes=effort.nodes, manner=effort.manner)
        if solved.x is not None:
            values = np.zeros(part.columns)
            values[keep] = solved.x
            return values if best is None or part.cost @ values < part.cost @ best else best
    return best


def _by_slices(
    part: Matrix, slices: Ints, relaxed: Solved, effort: DispatchEffort, watch: Watch, gap: float
) -> Floats | None:
    """Every slice by itself: its share of what couples the slices is what it has in the relaxation."""
    x = relaxed.x
    assert x is not None
    between = slices < 0
    owner = np.repeat(np.arange(part.rows), np.diff(part.start))
    inside = ~between[part.index]
    low = np.full(part.rows, np.iinfo(np.int32).max, dtype=np.int64)
    high = np.full(part.rows, -1, dtype=np.int64)
    np.minimum.at(low, owner[inside], slices[part.index[inside]])
    np.maximum.at(high, owner[inside], slices[part.index[inside]])
    coupling = np.flatnonzero(low < high)
    given = part.activity(np.where(between, x, 0.0))
    values = np.where(between, x, 0.0)
    if np.any(part.integer & between & (np.abs(x - np.round(x)) > 1e-6)):
        return None
    for s in range(int(slices.max()) + 1):
        mine = np.flatnonzero(slices == s).astype(np.int32)
        cost = float(np.abs(part.cost[mine]) @ x[mine])
        own = np.flatnonzero((low == s) & (high == s))
        rows = np.concatenate([own, coupling]).astype(np.int32)
        for width in effort.slice_widths:
            near = (np.abs(relaxed.column_dual[mine]) <= width * cost) | (x[mine] > ON) | (part.lower[mine] > 0)
            keep = mine[near]
            small = part.part(rows, keep)
            share = small.activity(x[keep])
            lower = np.where(np.isfinite(small.row_lower), share - 1e-9, -np.inf)
            upper = np.where(np.isfinite(small.row_upper), share + 1e-9, np.inf)
            lower[: len(own)] = small.row_lower[: len(own)] - given[own]
            upper[: len(own)] = small.row_upper[: len(own)] - given[own]
            filled = np.flatnonzero(np.diff(small.start) > 0).astype(np.int32)
            small = small.with_sides(lower, upper).part(filled, np.arange(small.columns, dtype=np.int32))
            solved = solve_mip(small, watch, gap=0.0, absolute=gap * cost, nodes=effort.nodes, manner=effort.manner)
            if solved.x is not None:
                values[keep] = solved.x
                break
        else:
            return None
    return values
