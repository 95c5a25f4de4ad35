r"""A bound over all columns of a large program, from few of its classes.

Split the columns into near ones, N, and the rest, A; R are the rows in which a near column stands, S those without. For any
prices y of R (of the right sign) every plan costs at least

.. math:: \min \{ c_N x_N : R_N x_N \ge b \} + \min \{ (c_A - y R_A) x_A : S x_A \ge s \}

where y are the duals of the first program, each minimum over the bounds of its columns: the rows of R are relaxed at y
(Geoffrion, *Mathematical Programming Study* 2, 1974), and the first program takes its own minimum at its own duals. The second
program falls apart by classes and solves in a fraction of the time of the whole; its value is 0 where no class pays, and classes
that pay are near ones in the next round. Rounding cuts of whole demand rows hold for all columns and are rows of R.

The second minimum is also over what every plan keeps: no more of a column than is of use, and of the rows of R what their near
columns leave (`implied.py`).

The program is the sparse one (`formulation.write`): columns of sums belong to the class of what they add up, or are near.
"""

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from planner.formulation import SUMS, Built, emergency_of, stands_of
from planner.formulation.parameters import Parameters
from planner.search.bounds.away import Away
from planner.search.bounds.implied import activity_of, left_to, most_of_use
from planner.search.bounds.wide_pricing import PricedProgram
from planner.search.options import Options
from planner.solver import Floats, Ints, LiveModel, Matrix, Solved, Watch, rounding_cuts, solve_lp

Marks = npt.NDArray[np.bool_]
NOTHING = 1e-9
"""Share of the cost below which what is away pays nothing."""


class WideBound(NamedTuple):
    """A bound over all columns."""

    bound: float
    """−∞ if none was found in time."""
    used: tuple[int, ...]
    """Classes of which the last program of near columns makes use, those that cost most first."""
    near: frozenset[int] = frozenset()
    """Classes that are near in the end: to go on with."""
    open: bool = True
    """Whether more time may give a better one."""
    priced: PricedProgram | None = None
    """The program at the prices of the bound."""


def bound_by_classes(
    built: Built, p: Parameters, near: frozenset[int], enough: float, gap: float, watch: Watch, options: Options
) -> WideBound:
    """The best bound that few classes give.

    Args:
        near: classes to begin with.
        enough: a bound that is enough.
        gap: it is not sought to more than a share of it.
    """
    matrix, blocks = built.matrix, blocks_of(built, p)
    demand = [row for row, (family, key) in enumerate(built.program.keys) if family == "demand" and key in p.online]
    most, others = most_of_use(matrix), Away(built, matrix)
    bound, used, settled, priced = -np.inf, tuple[int, ...](), False, None
    part, chosen = _NearPart(matrix, np.array(demand, dtype=np.int32), watch, options), blocks.of_classes(near)
    for _ in range(options.class_rounds):
        kept = (blocks.of < 0) | chosen[blocks.of]
        solved = part.tightened(kept)
        if solved.x is None or solved.verdict != "optimal" or watch.over:
            break
        used = blocks.costly(kept, matrix.cost[kept] * solved.x)
        price = part.row_prices(solved)
        prices = part.matrix.cost - part.matrix.transposed_product(price)
        idle, handed = others.idle(blocks.of, prices, kept, most, NOTHING * max(abs(solved.objective), 1.0))
        price[: matrix.rows] += handed
        away = np.flatnonzero(~kept & ~idle).astype(np.int32)
        if not len(away):
            bound, settled, priced = max(bound, solved.objective), True, PricedProgram(part.matrix, price)
            break
        rows, rest = _rest(matrix, part.inside[: matrix.rows], kept | idle, most)
        left = solve_lp(rest.with_cost(prices[away]), watch)
        if left.x is None or left.verdict != "optimal":
            break
        if solved.objective + left.objective > bound:
            bound = solved.objective + left.objective
            price[rows] = np.where(part.inside[rows], price[rows], left.row_dual)
            priced = PricedProgram(part.matrix, price)
        worth = np.zeros(len(chosen))
        np.add.at(worth, blocks.of[away], prices[away] * left.x)
        takes = np.isin(np.arange(len(chosen)), blocks.of[away[left.x > 0]])
        sizes = np.bincount(blocks.of[away][blocks.of[away] >= 0], minlength=len(chosen)).astype(np.int32)
        most_columns = options.class_growth * int(kept.sum())
        paying = blocks.paying(worth, takes, sizes, NOTHING * max(abs(solved.objective), 1.0), most_columns)
        chosen |= paying
        little = left.objective >= -options.class_share * gap * abs(solved.objective)
        settled = bound >= enough or not paying.any() or (little and solved.objective < enough)
        if settled or watch.over:
            break
    near = frozenset(np.flatnonzero(chosen[: len(p.classes)]).tolist())
    return WideBound(bound, used, near, not settled, priced)


def _rest(matrix: Matrix, inside: Marks, kept: Marks, most: Floats) -> tuple[Ints, Matrix]:
    """Rows and program of what is away: its own rows, and of the others what the near columns leave it; no more of any column than
    is of use."""
    away = np.flatnonzero(~kept).astype(np.int32)
    low, high = left_to(matrix, kept, most)
    low, high = np.where(inside, low, matrix.row_lower), np.where(inside, high, matrix.row_upper)
    least, greatest = activity_of(matrix, ~kept, most)
    says = (low > least) | (high < greatest)
    rows = np.flatnonzero(says).astype(np.int32)
    rest = matrix.with_sides(low, high).part(rows, away).relaxed()
    return rows, rest.bounded(np.arange(len(away), dtype=np.int32), rest.lower, most[away])


class ColumnBlocks(NamedTuple):
    """Columns that are near or away together: those of a class, of a host of runs, of the classes that serve alike when
    something fails."""

    of: Ints
    """The block of each column; −1 where it belongs to none."""
    home: tuple[tuple[int, ...], ...]
    """Classes that a block belongs to; a class's own block is the class."""

    def of_classes(self, near: frozenset[int]) -> Marks:
        """ColumnBlocks of some classes."""
        return np.array([not near.isdisjoint(classes) for classes in self.home])

    def costly(self, kept: Marks, cost: Floats) -> tuple[int, ...]:
        """Classes in whose own block something is paid, those that cost most first.

        Args:
            cost: what each of the columns that are kept costs at some point.
        """
        of, paid = self.of[kept], np.zeros(len(self.home))
        np.add.at(paid, of[of >= 0], cost[of >= 0])
        own = [c for c, classes in enumerate(self.home) if classes == (c,) and paid[c] > 0]
        return tuple(sorted(own, key=lambda c: -paid[c]))

    def paying(self, worth: Floats, used: Marks, sizes: Ints, nothing: float, most: float) -> Marks:
        """Blocks of the classes that pay most: what is used of them, then the rest, for of alike hosts one pays after another.

        Args:
            worth: what each costs.
            used: whether anything of it is used.
            sizes: columns of each.
            nothing: less than that is no pay.
            most: so many columns at most, but one class in any case.
        """
        total: dict[int, float] = {}
        columns: dict[int, int] = {}
        for block in np.flatnonzero(used):
            first = self.home[block][0]
            total[first] = total.get(first, 0.0) + float(worth[block])
            columns[first] = columns.get(first, 0) + int(sizes[block])
        pays = [c for usd, c in sorted((usd, c) for c, usd in total.items() if usd < -nothing)]
        taken = np.cumsum([columns[c] for c in pays])
        classes = frozenset(c for n, c in enumerate(pays) if n == 0 or taken[n] <= most)
        found = np.array([used[b] and not classes.isdisjoint(home) for b, home in enumerate(self.home)])
        left = most - int(sizes[found].sum())
        for block in np.flatnonzero(~found & (sizes > 0)):
            if not classes.isdisjoint(self.home[block]) and sizes[block] <= left:
                found[block] = True
                left -= int(sizes[block])
        return found


class _NearPart:
    """The relaxation of the near columns; each one goes on from the basis of the one before."""

    def __init__(self, matrix: Matrix, demand: Ints, watch: Watch, options: Options) -> None:
        self.matrix, self.demand, self.watch, self.options = matrix, demand, watch, options
        self.inside: Marks = np.zeros(matrix.rows, dtype=bool)
        """Rows with near columns."""
        self.columns: dict[int, Any] = {}
        self.rows: dict[int, Any] = {}
        """What is basic, by column and row of the whole."""

    def tightened(self, kept: Marks) -> Solved:
        """The relaxation of some columns, in the rows in which they stand, with rounding cuts until these are worth little."""
        solved = self._solved(kept)
        for _ in range(self.options.cut_rounds):
            if solved.x is None or solved.verdict != "optimal" or self.watch.over:
                break
            x = np.zeros(self.matrix.columns)
            x[kept] = solved.x
            cuts = rounding_cuts(self.matrix, self.demand, x)
            if not cuts:
                break
            self.matrix, before = self.matrix.with_rows(cuts), solved.objective
            solved = self._solved(kept)
            if solved.objective - before <= self.options.cut_worth * abs(before):
                break
        return solved

    def _solved(self, kept: Marks) -> Solved:
        matrix = self.matrix
        owner = np.repeat(np.arange(matrix.rows), np.diff(matrix.start))
        self.inside = np.zeros(matrix.rows, dtype=bool)
        self.inside[owner[kept[matrix.index]]] = True
        rows, columns = np.flatnonzero(self.inside).astype(np.int32), np.flatnonzero(kept).astype(np.int32)
        part = matrix.part(rows, columns).relaxed()
        live = LiveModel(part, self.watch)
        if self.columns:
            live.start(self.columns, self.rows, columns, rows, primal=len(columns) > len(self.columns))
        solved = live.solve()
        if solved.verdict == "optimal":
            basis = live.basis()
            self.columns = dict(zip(columns.tolist(), basis.columns, strict=True))
            self.rows = dict(zip(rows.tolist(), basis.rows, strict=True))
        return solved

    def row_prices(self, solved: Solved) -> Floats:
        """Prices of all rows; those without near columns have none."""
        matrix, rows = self.matrix, np.flatnonzero(self.inside)
        price = np.zeros(matrix.rows)
        price[rows] = np.where(np.isfinite(matrix.row_lower[rows]), np.maximum(solved.row_dual, 0.0), 0.0)
        price[rows] += np.where(np.isfinite(matrix.row_upper[rows]), np.minimum(solved.row_dual, 0.0), 0.0)
        return price


def blocks_of(built: Built, p: Parameters) -> ColumnBlocks:
    """The blocks of a sparse program."""
    x, order = built.variables, built.order
    of = np.full(len(built.columns), -1, dtype=np.int32)
    classes, hosts, columns = len(p.classes), len(p.hosts), emergency_of(p).columns
    home = {o: c for c, group in enumerate(p.classes) for o in (*group.running, *group.committed)}
    shared = {o for c, group in enumerate(p.classes) for o in group.committed if home[o] != c}
    stands, pools = stands_of(p), emergency_of(p).pools
    found: dict[str, int] = {v.name: c for (_, c, _, _), v in x.served.items()}
    found |= {v.name: c for (c, _, _), v in (*x.held.items(), *x.beyond.items())}
    found |= {v.name: stands[g].group for (g, _, _), v in x.standing.items()}
    found |= {
        v.name: home.get(o, -1)
        for (o, *_), v in (*x.running.items(), *x.signed.items(), *x.opened.items(), *x.covered.items())
        if o not in shared
    }
    found |= {v.name: classes + b for (b, _), v in x.gang.items()}
    casts = (*x.placed.items(), *x.backed.items(), *((j, v) for (j, _), v in (*x.extra.items(), *x.ending.items())))
    found |= {v.name: classes + p.casts[j].host for j, v in casts}
    first = classes + hosts
    found |= {v.name: first + k for (k, *_), v in x.ready.items()}
    found |= {v.name: first + k for (_, _, k, *_), v in x.rescue.items()}
    found |= {v.name: first + pools[b].column for (_, b, *_), v in x.standby.items()}
    for name, block in found.items():
        of[order[name]] = block
    _sums_of_one_block(built, of)
    homes = [*((c,) for c in range(classes)), *((host.group,) for host in p.hosts), *(k.classes for k in columns)]
    return ColumnBlocks(of, tuple(homes))


def _sums_of_one_block(built: Built, of: Ints) -> None:
    """The column of a sum belongs to the block of all that it adds up; of several, to none."""
    matrix = built.matrix
    for row, (family, key) in enumerate(built.program.keys):
        if family == SUMS:
            parts = matrix.index[matrix.start[row] : matrix.start[row + 1]]
            blocks = np.unique(of[parts[parts != key[0]]])
            of[key[0]] = blocks[0] if len(blocks) == 1 else -1
