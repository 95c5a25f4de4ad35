"""Decisions of yes or no in a design: runs are placed and data is kept, the likeliest way first; or a small program decides."""

import numpy as np

from planner.search.options import Options
from planner.search.relaxation import Relaxation
from planner.search.structure import DESIGN
from planner.solver.apart import solve_mip_apart
from planner.solver.highs import Solved, Watch
from planner.solver.matrix import Floats

ON = 1e-9
PLACES_TRIED = 4
"""Ways to place a run that are tried."""
LIKELY = 0.05
"""Value in the relaxation from which a further way to place a run is worth trying."""


def dived(relaxation: Relaxation, x: Floats) -> Floats | None:
    """The relaxation's point with every run placed and every switch set; None if that is not possible one after the other."""
    layout = relaxation.layout
    fixed: dict[int, float] = {int(j): float(x[j] > ON) for j in layout.switches}
    solved: Solved | None = _with(relaxation, fixed) if fixed else None
    for ways in layout.choices:
        best: tuple[float, int, Solved] | None = None
        for chosen in sorted(ways, key=lambda j: -float(x[j]))[:PLACES_TRIED]:
            if best is not None and x[chosen] < LIKELY:
                break
            one = _with(relaxation, fixed | {j: float(j == chosen) for j in ways})
            if one.x is not None and one.verdict == "optimal" and (best is None or one.objective < best[0]):
                best = one.objective, chosen, one
        if best is None or best[2].x is None:
            return None
        fixed |= {j: float(j == best[1]) for j in ways}
        x, solved = best[2].x, best[2]
    return x if solved is None or solved.verdict == "optimal" else None


def _with(relaxation: Relaxation, fixed: dict[int, float]) -> Solved:
    columns = np.array(sorted(fixed), dtype=np.int32)
    return relaxation.with_fixed(columns, np.array([fixed[int(j)] for j in columns]))


def decided(
    relaxation: Relaxation, relaxed: Solved, gap: float, margin: float, watch: Watch, options: Options
) -> Floats | None:
    """A whole design by branch and bound over the columns that matter, operation relaxed; None if none is found in time.

    Args:
        margin: share of the limits on money that is kept back.
    """
    matrix, layout = relaxation.matrix, relaxation.layout
    assert relaxed.x is not None
    periods = int(layout.column_period.max(initial=0)) + 1
    near = options.design_width * abs(relaxation.bound) / periods
    keep = np.flatnonzero((np.abs(relaxed.column_dual) <= near) | (relaxed.x > ON)).astype(np.int32)
    upper = matrix.row_upper.copy()
    upper[layout.limits] -= margin * np.abs(upper[layout.limits])
    whole = matrix.integer & (layout.column_period == DESIGN)
    part = (
        matrix.with_sides(matrix.row_lower, upper).with_whole(whole).part(np.arange(matrix.rows, dtype=np.int32), keep)
    )
    found = solve_mip_apart(part, watch, gap=gap / 4, nodes=options.design_nodes, seconds=options.design_seconds)
    if found.x is None:
        return None
    x = np.zeros(matrix.columns)
    x[keep] = found.x
    return np.where(whole, np.round(x), x)
