"""A better plan from good slices: what was found for a slice by itself is taken over where it fits the rest."""

from typing import NamedTuple

import numpy as np

from planner.solver.matrix import Floats, Ints, Matrix


class ByColumn(NamedTuple):
    """Entries of a matrix in the order of its columns."""

    start: Ints
    row: Ints
    value: Floats

    def change(self, columns: Ints, by: Floats) -> tuple[Ints, Floats]:
        """Rows that feel a change of some columns, and by how much."""
        spans = [np.arange(self.start[j], self.start[j + 1]) for j in columns]
        entries = np.concatenate(spans) if spans else np.empty(0, dtype=np.int64)
        amounts = self.value[entries] * np.repeat(by, [len(span) for span in spans])
        rows, place = np.unique(self.row[entries], return_inverse=True)
        sums = np.bincount(place, weights=amounts, minlength=len(rows))
        return rows.astype(np.int32), np.asarray(sums, dtype=float)


def entries_by_column(matrix: Matrix) -> ByColumn:
    """The entries of a matrix, sorted by column."""
    order = np.argsort(matrix.index, kind="stable")
    row = np.repeat(np.arange(matrix.rows, dtype=np.int32), np.diff(matrix.start))[order]
    counts = np.bincount(matrix.index, minlength=matrix.columns)
    start = np.concatenate([[0], np.cumsum(counts)]).astype(np.int32)
    return ByColumn(start, row, matrix.value[order])


def improved(matrix: Matrix, best: Floats, points: list[tuple[Ints, Floats]]) -> Floats:
    """The plan with the values of every slice that are cheaper and keep all rows; the order of the slices decides.

    Args:
        points: columns of a slice and values for them, whole where the program wants whole numbers.
    """
    x = best.copy()
    activity = matrix.activity(x)
    by_column = entries_by_column(matrix)
    for columns, values in points:
        values = np.where(matrix.integer[columns], np.round(values), values)
        change = values - x[columns]
        if float(matrix.cost[columns] @ change) >= 0:
            continue
        rows, sums = by_column.change(columns, change)
        after = activity[rows] + sums
        slack = 1e-6 * np.maximum(1.0, np.abs(after))
        if np.all(after >= matrix.row_lower[rows] - slack) and np.all(after <= matrix.row_upper[rows] + slack):
            x[columns] = values
            activity[rows] = after
    return x
