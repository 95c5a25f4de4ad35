r"""Slices of a large program priced one by one over all of its classes, at prices that few of them gave.

For any prices y of the rows (of the right sign) every plan costs at least

.. math:: L(y) = y b + \sum_j \min \{ d_j l_j, d_j u_j \}, \qquad d = c - A^T y

over the bounds l, u that every plan may be taken to keep (`implied.py`). L is a sum of parts. Let P_s be the columns that belong
to slice s alone, R_s the rows in which nothing else stands but, in rows ≤ of capacity, design: of these a column of nodes,
:math:`u_r = -\sum_{j \in design} a_{rj} x_j`, takes the place, at the price :math:`-y_r`. The part of s is

.. math:: L_s(y) = \sum_{r \in R_s} y_r b_r + \sum_{j \in P_s} \min \{ d_j l_j, d_j u_j \}

and it is what duality gives, at the prices y of R_s, for the program

.. math:: V_s = \min \{ c'_s x - \sum_r y_r u_r : R_s x - u \le b, \; x \in P_s \text{ whole} \},
          \qquad c' = c - \sum_{r \notin \cup R} y_r a_r

(a column u_r costs nothing there). All other rows are priced alike in L and in V_s; so
:math:`L(y) + \sum_{s \in S} \max(V_s - L_s, 0)` is a bound for any set S of slices (Geoffrion, *Mathematical Programming Study* 2,
1974). A node column is whole where all that it stands for is.

Columns of sums (`formulation.write`) have no upper bound. Their own row is priced so that none of them pays: a shift of y by what
the solver left, the sums outside first, for what is in them is priced by their row.
"""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from planner.formulation import SUMS, Built
from planner.formulation.parameters import Parameters
from planner.search.bounds.implied import most_of_use
from planner.search.bounds.lagrangian import slice_bound
from planner.search.structure import COUPLING, DESIGN, columns_of, rows_of
from planner.solver import Floats, Ints, Matrix, Watch

Marks = npt.NDArray[np.bool_]
NOTHING = 1e-9
"""Reduced cost, as a share of the largest cost, that counts as nothing."""
SAMPLE = 16
"""Of so many slices one is looked at twice."""


class PricedProgram(NamedTuple):
    """A sparse program over all classes with the cuts that few of them gave, and prices of its rows."""

    matrix: Matrix
    prices: Floats


class _Slice(NamedTuple):
    """A slice as a program of its own: its columns, then nodes of the design."""

    t: int
    columns: Ints
    rows: Ints
    nodes: Ints
    """Rows of the whole in which design stands."""


class WidePricing:
    """The parts of a large program; the bound rises with every slice that is priced."""

    def __init__(self, built: Built, p: Parameters, priced: PricedProgram, gap: float, watch: Watch) -> None:
        self.matrix, self.gap, self.watch = priced.matrix, gap, watch
        matrix = self.matrix
        period, place = columns_of(built, p)
        self.design = period == DESIGN
        self.inside = ~self.design & (place != COUPLING)
        self.upper = most_of_use(matrix)
        self.price = _signed(priced.prices, matrix)
        self.owner = np.repeat(np.arange(matrix.rows), np.diff(matrix.start))
        sums = [(row, key[0]) for row, (family, key) in enumerate(built.program.keys) if family == SUMS]
        self._settle_sums(sums)
        capacity = np.zeros(matrix.rows, dtype=bool)
        capacity[[row for row, (family, _) in enumerate(built.program.keys) if family == "capacity"]] = True
        self.own = self._rows_of_slices(period, place, capacity)
        self.whole_node = self._whole_nodes(sums)
        self.reduced = matrix.cost - matrix.transposed_product(self.price)
        self.cost = matrix.cost - matrix.transposed_product(np.where(self.own, 0.0, self.price))
        ends = self._least(self.reduced)
        sides = np.where(self.price > 0, matrix.row_lower, matrix.row_upper)
        said = np.where(self.price != 0.0, self.price * np.where(np.isfinite(sides), sides, 0.0), 0.0)
        self.bound = float(said.sum() + ends.sum())
        """No plan costs less."""
        self.slices = list(self._apart(period, place))
        count = max(len(self.slices), 1)
        self.scale = max(abs(self.bound) / count, 1e-6)
        self.parts = [float(said[one.rows].sum() + ends[one.columns].sum()) for one in self.slices]
        self.done = np.zeros(count, dtype=bool)

    @property
    def enough(self) -> float:
        """Cost of a plan that is near enough to the bound."""
        return self.bound / (1 - self.gap) if self.gap < 1 else np.inf

    def of_period(self, t: int) -> float:
        """By how much the slices of a period raise the bound."""
        return sum(self._price(i) for i, one in enumerate(self.slices) if one.t == t)

    def raised(self, enough: float) -> float:
        """The bound when slices far apart have been priced first, until it is enough or time is up."""
        for i in _spread(len(self.slices)):
            if self.bound >= enough or self.watch.over:
                break
            self._price(i)
        return self.bound

    def _price(self, i: int) -> float:
        if self.done[i] or self.watch.over or not np.isfinite(self.bound):
            return 0.0
        self.done[i] = True
        value = slice_bound(self._program(self.slices[i]), self.watch, self.gap / 4, self.scale, twice=i % SAMPLE == 0)
        gain = max(value.bound - self.parts[i], 0.0) if np.isfinite(value.bound) else 0.0
        self.bound += gain
        return gain

    def _settle_sums(self, sums: list[tuple[int, int]]) -> None:
        """Prices of the rows of sums at which no column of a sum pays."""
        matrix = self.matrix
        reduced = matrix.cost - matrix.transposed_product(self.price)
        for row, j in reversed(sums):
            if reduced[j] > 0 and np.isfinite(matrix.lower[j]):
                continue
            span = slice(matrix.start[row], matrix.start[row + 1])
            index, value = matrix.index[span], matrix.value[span]
            before = self.price[row]
            price = before + reduced[j] / float(value[index == j].sum())
            price = price if np.isfinite(matrix.row_lower[row]) else min(price, 0.0)
            self.price[row] = price if np.isfinite(matrix.row_upper[row]) else max(price, 0.0)
            reduced[index] -= (self.price[row] - before) * value

    def _rows_of_slices(self, period: Ints, place: Ints, capacity: Marks) -> Marks:
        """Rows that belong to one slice alone, but for design that stands in rows of capacity."""
        matrix, owner = self.matrix, self.owner
        row_period, row_slice = rows_of(matrix, period, place)
        designs = np.zeros(matrix.rows, dtype=bool)
        designs[owner[self.design[matrix.index]]] = True
        fits = capacity & ~np.isfinite(matrix.row_lower)
        return np.asarray((row_period >= 0) & (row_slice != COUPLING) & (~designs | fits), dtype=bool)

    def _whole_nodes(self, sums: list[tuple[int, int]]) -> Marks:
        """Columns that are whole in every plan: whole ones, and sums of whole ones."""
        matrix, whole = self.matrix, self.matrix.integer.copy()
        for row, j in sums:
            span = slice(matrix.start[row], matrix.start[row + 1])
            index, value = matrix.index[span], matrix.value[span]
            unit = abs(float(value[index == j].sum()))
            others = index != j
            even = np.abs(value[others] / unit - np.round(value[others] / unit)) <= 1e-12
            same = matrix.row_lower[row] == matrix.row_upper[row]
            whole[j] = bool(same and even.all() and whole[index[others]].all())
        return whole

    def _least(self, reduced: Floats) -> Floats:
        """The least that each column adds within its bounds."""
        matrix = self.matrix
        tiny = np.abs(reduced) <= NOTHING * max(float(np.abs(matrix.cost).max(initial=0.0)), 1.0)
        end = np.where(reduced >= 0, matrix.lower, self.upper)
        endless = ~np.isfinite(end)
        found = reduced * np.where(endless, 0.0, end)
        return np.where(endless & ~tiny, -np.inf, found)

    def _apart(self, period: Ints, place: Ints) -> Iterator[_Slice]:
        matrix, most = self.matrix, int(place.max(initial=0)) + 1
        row_period, row_slice = rows_of(matrix, period, place)
        of_column = np.where(self.inside, period.astype(np.int64) * most + place, -1)
        of_row = np.where(self.own, row_period.astype(np.int64) * most + row_slice, -1)
        designs = np.zeros(matrix.rows, dtype=bool)
        designs[self.owner[self.design[matrix.index]]] = True
        columns, rows = _grouped(of_column), _grouped(of_row)
        for key in sorted(rows):
            if key in columns:
                mine = rows[key]
                yield _Slice(int(key // most), columns[key], mine, mine[designs[mine]])

    def _program(self, one: _Slice) -> Matrix:
        """The slice with a column of nodes in every row in which design stands."""
        matrix = self.matrix
        part = matrix.with_cost(self.cost).part(one.rows, one.columns)
        part = part.bounded(np.arange(part.columns, dtype=np.int32), part.lower, self.upper[one.columns])
        if not len(one.nodes):
            return part
        least, most, whole = [], [], []
        for row in one.nodes:
            span = slice(matrix.start[row], matrix.start[row + 1])
            stands = self.design[matrix.index[span]]
            index, value = matrix.index[span][stands], -matrix.value[span][stands]
            low, high = matrix.lower[index], self.upper[index]
            least.append(float(np.where(value > 0, value * low, value * high).sum()))
            most.append(float(np.where(value > 0, value * high, value * low).sum()))
            whole.append(bool(np.all(self.whole_node[index]) and np.all(value == np.round(value))))
        return _with_nodes(
            part,
            np.searchsorted(one.rows, one.nodes).astype(np.int32),
            -self.price[one.nodes],
            np.array(least),
            np.array(most),
            np.array(whole),
        )


def _with_nodes(part: Matrix, rows: Ints, price: Floats, least: Floats, most: Floats, whole: Marks) -> Matrix:
    """The program with a column, −1, in each of some rows."""
    count = len(rows)
    at = part.start[np.asarray(rows) + 1]
    lengths = np.diff(part.start)
    lengths[rows] += 1
    return Matrix(
        cost=np.concatenate([part.cost, price]),
        lower=np.concatenate([part.lower, least]),
        upper=np.concatenate([part.upper, most]),
        integer=np.concatenate([part.integer, whole]),
        start=np.concatenate([[0], np.cumsum(lengths)]).astype(np.int32),
        index=np.insert(part.index, at, part.columns + np.arange(count)).astype(np.int32),
        value=np.insert(part.value, at, -1.0),
        row_lower=part.row_lower,
        row_upper=part.row_upper,
    )


def _grouped(keys: Ints) -> dict[int, Ints]:
    """Positions of each key that is not negative."""
    order = np.argsort(keys, kind="stable")
    found, first = np.unique(keys[order], return_index=True)
    groups = np.split(order, first[1:])
    return {int(key): np.sort(group).astype(np.int32) for key, group in zip(found, groups, strict=True) if key >= 0}


def _spread(count: int) -> Iterator[int]:
    """All numbers below a count, far apart first."""
    step = max(count, 1)
    seen: set[int] = set()
    while step >= 1:
        for i in range(0, count, step):
            if i not in seen:
                seen.add(i)
                yield i
        step = step // 2 if step > 1 else 0


def _signed(prices: Floats, matrix: Matrix) -> Floats:
    """Prices of the right sign only."""
    rows = np.where(np.isfinite(matrix.row_lower), prices, np.minimum(prices, 0.0))
    return np.where(np.isfinite(matrix.row_upper), rows, np.maximum(rows, 0.0))
