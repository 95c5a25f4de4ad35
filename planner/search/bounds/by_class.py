r"""A bound over all columns of a large program, from few of its classes.

Split the columns into near ones, N, and the rest, A; R are the rows in which a near column stands, S those without. For any
prices y of R (of the right sign) every plan costs at least

.. math:: \min \{ c_N x_N : R_N x_N \ge b \} + \min \{ (c_A - y R_A) x_A : S x_A \ge s \}

where y are the duals of the first program, each minimum over the bounds of its columns: the rows of R are relaxed at y
(Geoffrion, *Mathematical Programming Study* 2, 1974), and the first program takes its own minimum at its own duals. The second
program falls apart by classes and solves in a fraction of the time of the whole; its value is 0 where no class pays, and classes
that pay are near ones in the next round. Rounding cuts of whole demand rows hold for all columns and are rows of R.

To find the classes that pay, service is held to what meets the demand alone; the bound itself is taken without that.
"""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from planner.formulation import SUMS, Built, stands_of
from planner.formulation.parameters import Parameters
from planner.search.options import Options
from planner.search.structure import layout_of
from planner.solver import Floats, Ints, Matrix, Solved, Watch, rounding_cuts, solve_lp

Marks = npt.NDArray[np.bool_]


class WideBound(NamedTuple):
    """A bound over all columns."""

    bound: float
    """−∞ if none was found in time."""
    near: frozenset[int]
    """Classes that are near in the end."""


def bound_by_classes(
    built: Built, p: Parameters, near: frozenset[int], enough: float, watch: Watch, options: Options
) -> WideBound:
    """The best bound that few classes give.

    Args:
        near: classes to begin with.
        enough: a bound that is enough.
    """
    matrix, demand = built.matrix, layout_of(built, p, built.matrix).demand_rows
    of = class_of_columns(built, p)
    most = np.minimum(matrix.upper, _alone(matrix, demand))
    bound = -np.inf
    for _ in range(options.class_rounds):
        kept = (of < 0) | np.isin(of, list(near))
        inside, solved, prices = _near_part(matrix, kept, watch)
        if solved.x is None or solved.verdict != "optimal" or watch.over:
            break
        away = np.flatnonzero(~kept).astype(np.int32)
        rest = matrix.part(np.flatnonzero(~inside).astype(np.int32), away).with_cost(prices[away]).relaxed()
        every = np.arange(len(away), dtype=np.int32)
        held = solve_lp(rest.bounded(every, rest.lower, most[away]), watch)
        if held.x is None or held.verdict != "optimal":
            break
        worth = np.bincount(of[away], weights=prices[away] * held.x, minlength=len(p.classes))
        paying = np.flatnonzero(worth < -1e-9 * max(abs(solved.objective), 1.0))
        if len(paying):
            near |= frozenset(paying[np.argsort(worth[paying], kind="stable")][: options.class_step].tolist())
            if worth.sum() < -options.class_loss * abs(solved.objective):
                continue
        free = solve_lp(rest, watch)
        if free.verdict != "optimal":
            continue
        bound = max(bound, solved.objective + free.objective)
        x = np.zeros(matrix.columns)
        x[kept] = solved.x
        cuts = rounding_cuts(matrix, demand, x)
        if bound >= enough or watch.over or not (cuts or len(paying)):
            break
        matrix = matrix.with_rows(cuts)
    return WideBound(bound, near)


def class_of_columns(built: Built, p: Parameters) -> Ints:
    """The class that each column belongs to; −1 where it belongs to none."""
    x, order = built.variables, built.order
    of = np.full(len(built.columns), -1, dtype=np.int32)
    home = {o: c for c, group in enumerate(p.classes) for o in (*group.running, *group.committed)}
    shared = {o for c, group in enumerate(p.classes) for o in group.committed if home[o] != c}
    stands = stands_of(p)
    for (_, c, _, _), v in x.served.items():
        of[order[v.name]] = c
    for (c, _, _), v in (*x.held.items(), *x.beyond.items()):
        of[order[v.name]] = c
    for (g, _, _), v in x.standing.items():
        of[order[v.name]] = stands[g].group
    for (b, _), v in x.gang.items():
        of[order[v.name]] = p.hosts[b].group
    casts = (*x.placed.items(), *x.backed.items(), *((j, v) for (j, _), v in (*x.extra.items(), *x.ending.items())))
    for j, v in casts:
        of[order[v.name]] = p.hosts[p.casts[j].host].group
    for (o, *_), v in (*x.running.items(), *x.signed.items(), *x.opened.items(), *x.covered.items()):
        if o not in shared:
            of[order[v.name]] = home.get(o, -1)
    _sums_of_one_class(built, of)
    return of


def _sums_of_one_class(built: Built, of: Ints) -> None:
    """The column of a sum belongs to the class of all that it adds up."""
    matrix = built.matrix
    for row, (family, key) in enumerate(built.program.keys):
        if family == SUMS:
            parts = matrix.index[matrix.start[row] : matrix.start[row + 1]]
            classes = np.unique(of[parts[parts != key[0]]])
            of[key[0]] = classes[0] if len(classes) == 1 else -1


def _near_part(matrix: Matrix, kept: Marks, watch: Watch) -> tuple[Marks, Solved, Floats]:
    """Rows with near columns, the relaxation of these, and what all columns cost at its prices."""
    owner = np.repeat(np.arange(matrix.rows), np.diff(matrix.start))
    inside = np.zeros(matrix.rows, dtype=bool)
    inside[owner[kept[matrix.index]]] = True
    rows = np.flatnonzero(inside).astype(np.int32)
    solved = solve_lp(matrix.part(rows, np.flatnonzero(kept).astype(np.int32)).relaxed(), watch)
    price = np.zeros(matrix.rows)
    if solved.verdict == "optimal":
        price[rows] = np.where(np.isfinite(matrix.row_lower[rows]), np.maximum(solved.row_dual, 0.0), 0.0)
        price[rows] += np.where(np.isfinite(matrix.row_upper[rows]), np.minimum(solved.row_dual, 0.0), 0.0)
    return inside, solved, matrix.cost - matrix.transposed_product(price)


def _alone(matrix: Matrix, demand: Ints) -> Floats:
    """What of each column of service meets its demand alone."""
    most = np.full(matrix.columns, np.inf)
    for row in demand:
        span = slice(matrix.start[row], matrix.start[row + 1])
        index, share = matrix.index[span], matrix.value[span]
        units = matrix.row_lower[row] / np.maximum(share, 1e-12)
        most[index] = np.where(share > 0, np.where(matrix.integer[index], np.ceil(units), units), np.inf)
    return most
