"""Decisions of yes or no in a design: runs are placed and data is kept, the likeliest way first; or a small program decides."""

import numpy as np

from planner.search.bounds import Relaxation
from planner.search.options import Options
from planner.search.structure import DESIGN
from planner.solver import Floats, Ints, Solved, Watch, solve_mip

ON = 1e-9
PLACES_TRIED = 4
"""Ways to place a run that are tried."""
MOST_TURNS = 60
"""Most turns in which signings are made whole."""
NEARLY = 0.9
"""Part of a node from which on it is signed in the same turn."""
WHOLE = 1e-6
NOTHING = np.empty(0, dtype=np.int32)
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


def without_small(relaxation: Relaxation, solved: Solved, share: float, watch: Watch) -> tuple[Solved, Ints] | None:
    """The relaxation without signings of less than a share of their smallest size, and those that are left out.

    The relaxation signs parts of a smallest size month by month, which no plan can. What is small is forbidden until nothing small
    is left: others come in its place. None if that leads nowhere.
    """
    matrix, live, pairs = relaxation.original, relaxation.live, relaxation.layout.minimums
    signed = np.array([j for j, _, _ in pairs], dtype=np.int32)
    opened = np.array([k for _, k, _ in pairs], dtype=np.int32)
    least = share * np.array([nodes for _, _, nodes in pairs])
    may = matrix.lower[signed] <= 0
    out = np.zeros(len(signed), dtype=bool)
    for _ in range(MOST_TURNS):
        if solved.x is None or solved.verdict != "optimal" or watch.over:
            break
        values = solved.x[signed]
        small = (values > WHOLE) & (values < least - WHOLE) & may
        if not small.any():
            break
        out |= small
        for columns in (signed[out], opened[out]):
            live.bound(columns, np.zeros(len(columns)), np.zeros(len(columns)))
        solved = live.solve()
    for columns in (signed, opened):
        live.bound(columns, matrix.lower[columns], matrix.upper[columns])
    if solved.x is None or solved.verdict != "optimal" or not out.any():
        return None
    return solved, np.concatenate([signed[out], opened[out]])


def signed_in_turn(relaxation: Relaxation, solved: Solved, watch: Watch, forbidden: Ints = NOTHING) -> Solved | None:
    """Signings made whole in turn, the nearest to the next whole number first, each time with the best of all others.

    What is signed stays signed; where the next one is not possible it is forbidden instead. None if that leads nowhere.
    """
    matrix, live, layout = relaxation.original, relaxation.live, relaxation.layout
    signed = np.array([j for signings in layout.signings for j in signings], dtype=np.int32)
    signed = signed[matrix.integer[signed]] if len(signed) else signed
    opening = {j: (k, least) for j, k, least in layout.minimums}
    pairs = [(i, *opening[int(j)]) for i, j in enumerate(signed) if int(j) in opening]
    opened = np.array([k for _, k, _ in pairs], dtype=np.int32)
    columns = np.concatenate([signed, opened]).astype(np.int32)
    lower, upper = matrix.lower[columns].copy(), matrix.upper[columns].copy()
    upper[np.isin(columns, forbidden)] = 0.0

    def again() -> Solved:
        for place, (i, _, least) in enumerate(pairs, start=len(signed)):
            if lower[i] > 0:
                lower[i], lower[place] = max(lower[i], least), 1.0
        live.bound(columns, lower, np.maximum(upper, lower))
        return live.solve()

    for _ in range(MOST_TURNS):
        if solved.x is None or solved.verdict != "optimal" or watch.over:
            break
        values = solved.x[signed]
        part = values - np.floor(values + WHOLE)
        open_ = part > WHOLE
        if not open_.any():
            break
        certain = np.flatnonzero((~open_ & (values > WHOLE)) | (part >= NEARLY))
        lower[certain] = np.maximum(lower[certain], np.ceil(values[certain] - WHOLE))
        i = int(np.argmax(np.where(open_, part, -1.0)))
        kept = lower.copy()
        lower[i] = np.ceil(values[i])
        solved = again()
        if solved.x is None or solved.verdict != "optimal":
            lower[:] = kept
            upper[i] = max(np.floor(values[i]), lower[i])
            solved = again()
    if solved.x is not None and len(pairs):  # what is not signed is not opened
        none = np.array([solved.x[signed[i]] <= WHOLE for i, _, _ in pairs])
        upper[len(signed) :][none] = lower[len(signed) :][none] = 0.0
        lower[len(signed) :][~none] = 1.0
        solved = again()
    live.bound(columns, matrix.lower[columns], matrix.upper[columns])
    if solved.x is None or solved.verdict != "optimal":
        return None
    apart = np.abs(solved.x[columns] - np.round(solved.x[columns]))
    return solved if apart.max(initial=0.0) <= WHOLE else None


def _with(relaxation: Relaxation, fixed: dict[int, float]) -> Solved:
    columns = np.array(sorted(fixed), dtype=np.int32)
    return relaxation.with_fixed(columns, np.array([fixed[int(j)] for j in columns]))


def decided(relaxation: Relaxation, relaxed: Solved, gap: float, watch: Watch, options: Options) -> Floats | None:
    """A whole design by branch and bound over the columns that matter, operation relaxed; None if none is found in time."""
    matrix, layout = relaxation.matrix, relaxation.layout
    assert relaxed.x is not None
    periods = int(layout.column_period.max(initial=0)) + 1
    near = options.design_width * abs(relaxation.bound) / periods
    keep = np.flatnonzero((np.abs(relaxed.column_dual) <= near) | (relaxed.x > ON)).astype(np.int32)
    whole = matrix.integer & (layout.column_period == DESIGN)
    part = matrix.with_whole(whole).part(np.arange(matrix.rows, dtype=np.int32), keep)
    found = solve_mip(part, watch, gap=gap / 4, nodes=options.design_nodes, seconds=options.design_seconds)
    if found.x is None:
        return None
    x = np.zeros(matrix.columns)
    x[keep] = found.x
    return np.where(whole, np.round(x), x)
