"""Cheapest operation of one period under a fixed design: a small program over the columns that are nearly worth using.

This finds plans; bounds come from elsewhere. So columns are dropped by their reduced cost without proof, and come back only if
the period cannot be served without them.
"""

from typing import NamedTuple

import numpy as np

from planner.formulation.matrix import Floats, Matrix
from planner.formulation.solve import Watch, solve_lp, solve_mip


class Effort(NamedTuple):
    """How hard a period is tried."""

    widths: tuple[float, ...]
    """Reduced cost up to which a column is tried, as a share of the period's cost; wider if that fails."""
    nodes: int
    """Most nodes of a period's search tree."""


QUICK = Effort((0.00003, 0.003, np.inf), 5)
THOROUGH = Effort((0.003, 0.03, np.inf), 20)
ON = 1e-9


def cheapest(part: Matrix, watch: Watch, absolute: float, effort: Effort) -> Floats | None:
    """Values of the period's columns, to an absolute gap in the objective, or None if the design cannot serve it."""
    relaxed = solve_lp(part, watch)
    if relaxed.x is None or relaxed.verdict != "optimal":
        return None
    whole = part.integer
    if np.all(np.abs(relaxed.x - np.round(relaxed.x))[whole] <= 1e-7):
        return np.where(whole, np.round(relaxed.x), relaxed.x)
    reduced = np.abs(relaxed.column_dual)
    scale = float(np.abs(part.cost) @ relaxed.x)
    rows = np.arange(part.rows, dtype=np.int32)
    for width in effort.widths:
        keep = np.flatnonzero((reduced <= width * scale) | (relaxed.x > ON) | (part.lower > 0)).astype(np.int32)
        found = solve_mip(part.part(rows, keep), watch, gap=0.0, absolute=absolute, nodes=effort.nodes)
        if found.x is not None:
            values = np.zeros(part.columns)
            values[keep] = found.x
            return values
    return None
