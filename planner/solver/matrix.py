"""The program as plain arrays, read from the PuLP problem once: for one bulk hand-over to a solver."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int32]


class Cut(NamedTuple):
    """A valid inequality lower ≤ Σ value · x."""

    lower: float
    index: Ints  # type: ignore[assignment]  # shadows a method of tuple
    value: Floats
    made_from: int = -1
    """Row of the program that asks for what the cut rounds up; −1 where none does."""


@dataclass(frozen=True, slots=True)
class Matrix:
    """min cost·x subject to row_lower ≤ A x ≤ row_upper, lower ≤ x ≤ upper, x[integer] whole. Row-wise CSR."""

    cost: Floats
    lower: Floats
    upper: Floats
    integer: npt.NDArray[np.bool_]
    start: Ints
    index: Ints
    value: Floats
    row_lower: Floats
    row_upper: Floats

    @property
    def columns(self) -> int:
        return len(self.cost)

    @property
    def rows(self) -> int:
        return len(self.row_lower)

    @property
    def whole(self) -> Ints:
        """Columns that must be whole."""
        return np.flatnonzero(self.integer).astype(np.int32)

    def relaxed(self) -> "Matrix":
        """The same program without integrality."""
        return replace(self, integer=np.zeros(self.columns, dtype=bool))

    def bounded(self, columns: Ints, lower: Floats, upper: Floats) -> "Matrix":
        """The same program with other bounds on some columns."""
        low, high = self.lower.copy(), self.upper.copy()
        low[columns], high[columns] = lower, upper
        return replace(self, lower=low, upper=high)

    def with_cost(self, cost: Floats) -> "Matrix":
        """The same program with another objective."""
        return replace(self, cost=cost)

    def with_whole(self, integer: npt.NDArray[np.bool_]) -> "Matrix":
        """The same program with other columns whole."""
        return replace(self, integer=integer)

    def with_sides(self, lower: Floats, upper: Floats) -> "Matrix":
        """The same program with other right-hand sides."""
        return replace(self, row_lower=lower, row_upper=upper)

    def with_rows(self, cuts: "list[Cut]") -> "Matrix":
        """The same program with more rows lower ≤ Σ value · x."""
        if not cuts:
            return self
        lengths = np.array([len(cut.index) for cut in cuts], dtype=np.int32)
        return replace(
            self,
            start=np.concatenate([self.start, self.start[-1] + np.cumsum(lengths, dtype=np.int32)]),
            index=np.concatenate([self.index, *[cut.index for cut in cuts]]),
            value=np.concatenate([self.value, *[cut.value for cut in cuts]]),
            row_lower=np.concatenate([self.row_lower, [cut.lower for cut in cuts]]),
            row_upper=np.concatenate([self.row_upper, np.full(len(cuts), np.inf)]),
        )

    def part(self, rows: Ints, columns: Ints) -> "Matrix":
        """The sub-program of some rows and columns; entries outside of it are dropped."""
        place = np.full(self.columns, -1, dtype=np.int32)
        place[columns] = np.arange(len(columns), dtype=np.int32)
        first = self.start[rows].astype(np.int64)
        lengths = self.start[np.asarray(rows) + 1] - first
        before = np.cumsum(lengths) - lengths
        entries = np.repeat(first - before, lengths) + np.arange(int(lengths.sum()))
        inside = place[self.index[entries]] >= 0
        owner = np.repeat(np.arange(len(rows)), lengths)[inside]
        counts = np.concatenate([[0], np.bincount(owner, minlength=len(rows))])
        return Matrix(
            cost=self.cost[columns],
            lower=self.lower[columns],
            upper=self.upper[columns],
            integer=self.integer[columns],
            start=np.cumsum(counts, dtype=np.int32),
            index=place[self.index[entries[inside]]],
            value=self.value[entries[inside]],
            row_lower=self.row_lower[rows],
            row_upper=self.row_upper[rows],
        )

    def transposed_product(self, y: Floats, rows: Ints | None = None) -> Floats:
        """Aᵀ y over all rows, or over some of them (y by row of the whole program)."""
        weights = y
        if rows is not None:
            weights = np.zeros(self.rows)
            weights[rows] = y[rows]
        per_entry = np.repeat(weights, np.diff(self.start)) * self.value
        return np.asarray(np.bincount(self.index, weights=per_entry, minlength=self.columns), dtype=float)

    def activity(self, x: Floats) -> Floats:
        """A x, by row."""
        owner = np.repeat(np.arange(self.rows), np.diff(self.start))
        return np.asarray(np.bincount(owner, weights=self.value * x[self.index], minlength=self.rows), dtype=float)


def matrix_of(problem: Any, variables: Sequence[Any]) -> Matrix:
    """Arrays of a PuLP problem, PuLP 3 or 4; `variables` are its variables in the order of the columns."""
    order = {v.name: j for j, v in enumerate(variables)}
    cost = np.zeros(len(variables))
    for variable, coefficient in problem.objective.items():
        cost[order[variable.name]] += coefficient
    start, index, value = [0], [], []
    low, high = [], []
    for row in problem.constraints():
        for variable, coefficient in row.items():
            index.append(order[variable.name])
            value.append(coefficient)
        start.append(len(index))
        rhs = -row.constant
        low.append(-np.inf if row.sense < 0 else rhs)
        high.append(np.inf if row.sense > 0 else rhs)
    return Matrix(
        cost=cost,
        lower=np.array([_bound(v.lowBound, -np.inf) for v in variables]),
        upper=np.array([_bound(v.upBound, np.inf) for v in variables]),
        integer=np.array([v.cat == "Integer" for v in variables], dtype=bool),
        start=np.array(start, dtype=np.int32),
        index=np.array(index, dtype=np.int32),
        value=np.array(value, dtype=float),
        row_lower=np.array(low, dtype=float),
        row_upper=np.array(high, dtype=float),
    )


def _bound(value: float | None, absent: float) -> float:
    return absent if value is None else float(value)


def with_shortages(matrix: Matrix, groups: Sequence[Sequence[int]], prices: Sequence[float]) -> Matrix:
    """The program with a shortage in every row (≤) of each group at a price; integrality is kept.

    The shortages are the columns after the last.
    """
    order = np.argsort(np.concatenate([np.asarray(rows, dtype=np.int64) for rows in groups]), kind="stable")
    rows = np.concatenate([np.asarray(rows, dtype=np.int64) for rows in groups])[order]
    columns = np.concatenate([np.full(len(rows), matrix.columns + g) for g, rows in enumerate(groups)])[order]
    lengths = np.diff(matrix.start) + np.bincount(rows, minlength=matrix.rows)
    count = len(groups)
    return replace(
        matrix,
        cost=np.concatenate([matrix.cost, np.asarray(prices, dtype=float)]),
        lower=np.concatenate([matrix.lower, np.zeros(count)]),
        upper=np.concatenate([matrix.upper, np.full(count, np.inf)]),
        integer=np.concatenate([matrix.integer, np.zeros(count, dtype=bool)]),
        start=np.concatenate([[0], np.cumsum(lengths)]).astype(np.int32),
        index=np.insert(matrix.index, matrix.start[rows + 1], columns).astype(np.int32),
        value=np.insert(matrix.value, matrix.start[rows + 1], -1.0),
    )
