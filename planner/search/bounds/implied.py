r"""What every plan may be taken to keep: most of a column that can be of use, and what a row leaves a part of its columns.

**Most of a column.** Let column j cost nothing or more, :math:`l_j = 0`, and less of it break only rows
:math:`\sum_k a_{ik} x_k \ge b_i` with :math:`a_{ij} > 0` (a row ≤ with a negative coefficient is one of them, turned round). With

.. math:: u_j = \max_i \Big( b_i - \min_x \sum_{k \ne j} a_{ik} x_k \Big) / a_{ij},

rounded up where j is whole, every plan with :math:`x_j > u_j` becomes one with :math:`x_j = u_j` that costs no more: each of these
rows holds whatever the others are. The minimum is over the bounds of the others, :math:`u` included where it is known already: a
plan is trimmed in the order in which the bounds were found, and no trimming raises a column. ∎

**What is left to a part.** Where the columns outside of a part add at least m to a row ≤ b, those of the part add at most b − m.
"""

import numpy as np
import numpy.typing as npt

from planner.solver import Floats, Matrix

Marks = npt.NDArray[np.bool_]
ROUNDS = 4
"""So many times bounds that were found serve to find others."""
SLACK = 1e-9


def most_of_use(matrix: Matrix) -> Floats:
    """Upper bounds of all columns that some plan of least cost keeps."""
    owner, index, value = np.repeat(np.arange(matrix.rows), np.diff(matrix.start)), matrix.index, matrix.value
    below, above = np.isfinite(matrix.row_lower)[owner], np.isfinite(matrix.row_upper)[owner]
    harmful = (below & (value > 0)) | (above & (value < 0))
    blocked = (matrix.cost < 0) | (matrix.lower > 0)
    blocked[index[harmful & below & above]] = True
    needed = np.flatnonzero(harmful)
    rows, columns, size = owner[needed], index[needed], np.abs(value[needed])
    turned = np.where(np.isfinite(matrix.row_lower), 1.0, -1.0)
    side = np.where(turned > 0, matrix.row_lower, -matrix.row_upper)
    part, upper = turned[owner] * value, matrix.upper
    for _ in range(ROUNDS):
        least = np.where(part > 0, part * matrix.lower[index], part * upper[index])
        endless = np.isinf(least)
        others = np.bincount(owner, weights=endless, minlength=matrix.rows)[rows] - endless[needed]
        total = np.bincount(owner, weights=np.where(endless, 0.0, least), minlength=matrix.rows)[rows]
        total -= np.where(endless, 0.0, least)[needed]
        most = np.maximum(matrix.lower, 0.0)
        np.maximum.at(most, columns, np.where(others > 0, np.inf, (side[rows] - total) / size))
        most = np.where(matrix.integer, np.ceil(most - SLACK), most)
        better = np.where(blocked, upper, np.minimum(upper, most))
        if np.array_equal(better, upper):
            break
        upper = better
    return upper


def activity_of(matrix: Matrix, columns: Marks, upper: Floats) -> tuple[Floats, Floats]:
    """The least and the most that some columns add to each row, under other upper bounds."""
    inside = columns[matrix.index]
    owner = np.repeat(np.arange(matrix.rows), np.diff(matrix.start))[inside]
    index, value = matrix.index[inside], matrix.value[inside]
    low, high = value * matrix.lower[index], value * upper[index]
    least = np.bincount(owner, weights=np.where(value > 0, low, high), minlength=matrix.rows)
    most = np.bincount(owner, weights=np.where(value > 0, high, low), minlength=matrix.rows)
    return np.asarray(least, dtype=float), np.asarray(most, dtype=float)


def left_to(matrix: Matrix, kept: Marks, upper: Floats) -> tuple[Floats, Floats]:
    """Sides of all rows for the columns that are not kept.

    Args:
        upper: upper bounds that every plan may be taken to keep.
    """
    least, most = activity_of(matrix, kept, upper)
    return matrix.row_lower - most, matrix.row_upper - least
