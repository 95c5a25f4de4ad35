r"""One period at a time, one slice at a time: a plan when the design is fixed, a bound when it is priced.

**Plan.** With all signings fixed at whole numbers the program falls apart into one program per period; only budgets
link them, and those are priced (cost + μ · cash) and checked afterwards (`periods.py`).

**Bound.** Take any prices λ ≥ 0 (of the right sign) of the rows that link periods or slices: budgets, minimum quantities, caps that
count commitments, flexible work; and any prices π_{cts} ≥ 0 of a committed node of class c in a slice. Lagrangian
relaxation gives

.. math::

    z^* \ge \sum_{t,s} \min_{(y, r, a, u, K) \in P_{ts}} \big\{ \tilde c_{ts}(y, r, a, u) + \sum_c \pi_{cts} K_c \big\}
    + \sum_{o,v} \min\{0, \tilde c_{ov} - \sum_{t \in win(o,v),\, s} \pi_{c(o) ts}\} \bar k_{ov} + \lambda \cdot b

where c̃ is the cost less the prices of what a column contributes to the priced rows, and P_ts holds the rows of the slice and
whole numbers where the program has them; K_c are the committed nodes of the class, whole and free in each slice:
dropping the links only enlarges the set (Geoffrion, *Mathematical Programming Study* 2, 1974). Each slice also yields
the valid row c̃_ts(·) + Σ_c π_{cts} K_c ≥ V_ts for the whole program.

**Fewer columns.** A whole-number column at 0 whose reduced cost in the slice's relaxation exceeds δ cannot be 1 or more in a
solution of the slice within δ of its relaxation (continuous columns are all kept); so min(bound of the reduced slice,
relaxation + δ) is a bound of the slice.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from planner.search.structure import COUPLING, DESIGN, LINKING, Layout
from planner.solver import Floats, Ints, Matrix, Solved, Watch, confirmed, solve_lp, solve_mip

NODES_PER_SLICE = 20
DELTA = 0.02
"""Width around a slice's relaxation within which columns are kept, as a share of what a slice costs."""


@dataclass(frozen=True, slots=True)
class Blocks:
    """A program with its periods taken apart."""

    matrix: Matrix
    layout: Layout
    columns: tuple[Ints, ...]
    rows: tuple[Ints, ...]
    linking: Ints
    row_slice: Ints
    scale: Floats
    """What a slice of each period costs, roughly: for absolute tolerances."""

    @property
    def count(self) -> int:
        return len(self.columns)

    @property
    def design(self) -> Ints:
        return np.flatnonzero(self.layout.column_period == DESIGN).astype(np.int32)


def blocks_of(matrix: Matrix, layout: Layout, row_period: Ints, row_slice: Ints, cost: float) -> Blocks:
    """Take a program of some cost apart; `row_period` and `row_slice` also cover rows added to the layout's."""
    periods = int(layout.column_period.max()) + 1
    columns = tuple(np.flatnonzero(layout.column_period == t).astype(np.int32) for t in range(periods))
    rows = tuple(np.flatnonzero(row_period == t).astype(np.int32) for t in range(periods))
    slices = int(layout.column_slice.max(initial=0)) + 1
    scale = np.full(periods, abs(cost) / max(periods * slices, 1))
    return Blocks(
        matrix, layout, columns, rows, np.flatnonzero(row_period == LINKING).astype(np.int32), row_slice, scale
    )


class SliceAnswer(NamedTuple):
    """Lower bound of a slice, and the best point that was found on the way (None if the relaxation said enough)."""

    bound: float
    x: Floats | None


def slice_bound(part: Matrix, watch: Watch, gap: float, scale: float, *, twice: bool = False) -> SliceAnswer:
    """Bound of a slice over the columns that can matter; `scale` is what a slice costs. `twice`: a second look confirms it.

    A slice that is called infeasible says nothing: an infinite bound would call every plan optimal.
    """
    relaxed = solve_lp(part, watch)
    if relaxed.x is None or relaxed.verdict != "optimal":
        return SliceAnswer(-np.inf, None)
    values = relaxed.x[part.integer]
    if np.all(np.abs(values - np.round(values)) <= 1e-9):
        return SliceAnswer(relaxed.objective, relaxed.x)
    slack = max(DELTA * scale, 1e-6)
    point: Floats | None = None
    for _ in range(3):
        matters = ~part.integer | (np.abs(relaxed.column_dual) <= slack) | (relaxed.x > 1e-9) | (part.lower != 0)
        keep = np.flatnonzero(matters).astype(np.int32)
        small = part.part(np.arange(part.rows, dtype=np.int32), keep)
        found = solve_mip(small, watch, gap=0.0, absolute=gap * scale, nodes=NODES_PER_SLICE)
        if twice:
            found = confirmed(small, found, watch, nodes=NODES_PER_SLICE)
        if found.x is not None:
            point = np.zeros(part.columns)
            point[keep] = found.x
        limit = np.inf if len(keep) == part.columns else relaxed.objective + slack
        if found.bound == limit == np.inf:
            return SliceAnswer(relaxed.objective, None)
        if found.bound <= limit or watch.over:
            return SliceAnswer(max(min(found.bound, limit), relaxed.objective), point)
        slack = max((found.bound - relaxed.objective) * 1.01, slack * 3)
    return SliceAnswer(limit, point)


class Prices(NamedTuple):
    """Prices of the Lagrangian relaxation."""

    rows: Floats
    """By row; used for the rows that link periods or slices."""
    held: dict[int, float]
    """Capacity row → price π of a committed node in it."""


class Place(NamedTuple):
    """A slice by itself: its columns, its rows, and the capacity rows in which commitments may be held."""

    t: int
    s: int
    columns: Ints
    rows: Ints
    held: "tuple[HeldCapacity, ...]"


@dataclass(frozen=True, slots=True)
class Lagrangian:
    """The program with its linking rows priced: what is left falls apart into slices."""

    blocks: Blocks
    prices: Prices
    cost: Floats
    """c̃: the cost less the prices of what a column contributes to the priced rows."""
    constant: float
    """What the bound holds beside the slices."""
    places: tuple[Place, ...]

    def program(self, place: Place) -> Matrix:
        """The slice as a program of its own, with a column for the committed nodes of each class after its columns."""
        part = self.blocks.matrix.with_cost(self.cost).part(place.rows, place.columns)
        return _with_held(part, list(place.held))


def lagrangian(blocks: Blocks, prices: Prices) -> Lagrangian:
    """The program taken apart at some prices."""
    matrix, layout = blocks.matrix, blocks.layout
    priced = _priced_rows(blocks)
    prices = Prices(_signed(prices.rows, matrix), prices.held)
    cost = matrix.cost - matrix.transposed_product(prices.rows, priced)
    sides = np.where(prices.rows > 0, matrix.row_lower, matrix.row_upper)[priced]
    total = float(
        np.where(prices.rows[priced] != 0.0, prices.rows[priced] * np.where(np.isfinite(sides), sides, 0.0), 0.0).sum()
    )
    loose = np.flatnonzero((layout.column_slice == COUPLING) & (layout.column_period != DESIGN))
    total += float(np.minimum(cost[loose] * matrix.lower[loose], cost[loose] * _finite(matrix.upper[loose])).sum())

    is_priced = np.zeros(matrix.rows, dtype=bool)
    is_priced[priced] = True
    window = np.zeros(matrix.rows)
    for row, price in prices.held.items():
        window[row] = 0.0 if is_priced[row] else price
    design = blocks.design
    left = cost[design] + _design_part(blocks, window)[design]
    free = design[np.abs(left) > 1e-12]  # what costs nothing may be without end
    left = left[np.abs(left) > 1e-12]
    total += float(np.minimum(left * matrix.lower[free], left * matrix.upper[free]).sum())
    return Lagrangian(blocks, prices, cost, total, tuple(_places(blocks, prices, is_priced)))


def _places(blocks: Blocks, prices: Prices, is_priced: npt.NDArray[np.bool_]) -> Iterator[Place]:
    layout = blocks.layout
    for t in range(blocks.count):
        rows_of_period, columns_of_period = blocks.rows[t], blocks.columns[t]
        for s in range(int(layout.column_slice[columns_of_period].max(initial=-1)) + 1):
            columns = columns_of_period[layout.column_slice[columns_of_period] == s]
            rows = rows_of_period[(blocks.row_slice[rows_of_period] == s) & ~is_priced[rows_of_period]]
            held = tuple(
                HeldCapacity(i, prices.held[int(r)], *_bounds_of_held(blocks, int(r)))
                for i, r in enumerate(rows)
                if int(r) in prices.held
            )
            yield Place(t, s, columns, rows, held)


def _signed(prices: Floats, matrix: Matrix) -> Floats:
    """Prices of the right sign only: what a row without a lower side adds cannot be above zero, nor below it without an upper."""
    rows = np.zeros(matrix.rows)
    rows[: len(prices)] = prices
    rows = np.where(np.isfinite(matrix.row_lower), rows, np.minimum(rows, 0.0))
    return np.where(np.isfinite(matrix.row_upper), rows, np.maximum(rows, 0.0))


def _finite(upper: Floats) -> Floats:
    return np.where(np.isfinite(upper), upper, 0.0)


def _design_part(blocks: Blocks, weights: Floats) -> Floats:
    product = blocks.matrix.transposed_product(weights)
    return np.where(blocks.layout.column_period == DESIGN, product, 0.0)


def _priced_rows(blocks: Blocks) -> Ints:
    """Rows that link periods or slices, and rows that design enters otherwise than as capacity."""
    matrix, layout = blocks.matrix, blocks.layout
    capacity = np.zeros(matrix.rows, dtype=bool)
    capacity[[row for rows in layout.capacity.values() for row in rows]] = True
    owner = np.repeat(np.arange(matrix.rows), np.diff(matrix.start))
    touched = np.zeros(matrix.rows, dtype=bool)
    touched[owner[layout.column_period[matrix.index] == DESIGN]] = True
    linked = (blocks.row_slice == COUPLING) | (touched & ~capacity)  # loose columns make a row COUPLING
    linked[blocks.linking] = True
    return np.flatnonzero(linked).astype(np.int32)


class HeldCapacity(NamedTuple):
    """Committed nodes of a class in a slice, less what runs hold of them."""

    row: int
    """Position of the capacity row in the slice."""
    price: float
    least: float
    """Below zero where runs may hold more than is committed."""
    most: float


def _bounds_of_held(blocks: Blocks, row: int) -> tuple[float, float]:
    """Least and most that the design can leave in a capacity row."""
    span = slice(blocks.matrix.start[row], blocks.matrix.start[row + 1])
    index, value = blocks.matrix.index[span], blocks.matrix.value[span]
    design = blocks.layout.column_period[index] == DESIGN
    ends = value[design] * blocks.matrix.upper[index[design]]
    return -float(ends[ends > 0].sum()), -float(ends[ends < 0].sum())


def _with_held(part: Matrix, held: list[HeldCapacity]) -> Matrix:
    """The slice with a whole column K per committed class: −1 in its capacity row, at its price."""
    if not held:
        return part
    position = {h.row: part.columns + number for number, h in enumerate(held)}
    index: list[Ints] = []
    value: list[Floats] = []
    start = [0]
    for row in range(part.rows):
        span = slice(part.start[row], part.start[row + 1])
        index.append(part.index[span])
        value.append(part.value[span])
        if row in position:
            index.append(np.array([position[row]], dtype=np.int32))
            value.append(np.array([-1.0]))
        start.append(start[-1] + len(part.index[span]) + (row in position))
    n = len(held)
    whole = bool(part.integer.any())
    return Matrix(
        cost=np.concatenate([part.cost, [h.price for h in held]]),
        lower=np.concatenate([part.lower, [h.least for h in held]]),
        upper=np.concatenate([part.upper, [h.most for h in held]]),
        integer=np.concatenate([part.integer, np.full(n, whole)]),
        start=np.array(start, dtype=np.int32),
        index=np.concatenate(index).astype(np.int32),
        value=np.concatenate(value),
        row_lower=part.row_lower,
        row_upper=part.row_upper,
    )


def prices_of(blocks: Blocks, relaxed: Solved) -> Prices:
    """Duals of the relaxation; π of the capacity rows raised where no commitment is worth signing at them.

    Raising π in a period by the least unused reduced cost of the signings in service there, divided by the periods of
    their windows, keeps every signing's reduced cost at or above zero. Where runs may hold nodes nothing is raised: what a
    slice may be short of would get dearer as well.
    """
    matrix, layout = blocks.matrix, blocks.layout
    is_design = layout.column_period == DESIGN
    weights = np.zeros(matrix.rows)
    members: dict[tuple[int, int], Ints] = {}
    for key, rows in layout.capacity.items():
        entries = matrix.index[matrix.start[rows[0]] : matrix.start[rows[0] + 1]]
        signs = matrix.value[matrix.start[rows[0]] : matrix.start[rows[0] + 1]]
        mine = is_design[entries]
        if mine.any():
            members[key] = entries[mine & (signs < 0)] if np.all(signs[mine] < 0) else entries[:0]
            weights[rows[0]] = 1.0 if len(members[key]) else 0.0
    in_service = np.maximum(-matrix.transposed_product(weights), 1.0)
    spare = np.maximum(relaxed.column_dual, 0.0) / in_service
    held: dict[int, float] = {}
    for key, signings in members.items():
        rows = layout.capacity[key]
        raised = float(spare[signings].min()) if len(signings) else 0.0
        for row in rows:
            held[row] = max(-relaxed.row_dual[row], 0.0) + raised / len(rows)
    return Prices(relaxed.row_dual, held)
