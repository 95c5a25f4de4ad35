r"""A small linear program solved on paper, so that the second accountant asks nobody else.

.. math:: \max\ c_1 x,\ \text{among those}\ \max\ c_2 x,\ \dots \qquad A x \le b,\ x \ge 0,\ b \ge 0

The simplex method on a full tableau (Dantzig 1947): nothing of everything is a solution because b ≥ 0, and each step
keeps to solutions. Bland's rule (1977) takes over where steps no longer gain, so that it ends. An objective is
kept at its best for those after it by leaving out every variable that would lower it. For a few hundred
variables of similar scale.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Vector = NDArray[np.float64]

ZERO = 1e-9
"""Smaller coefficients are dust: figures are expected to be scaled to about 1."""
_PATIENCE = 4
_LIMIT = 100
"""Steps per row and column: first the steepest, then by Bland's rule, then whatever is reached counts."""


def maximise(objectives: Sequence[Vector], a: Vector, b: Vector) -> Vector:
    """The best x by the first objective, then the second ...; ArithmeticError if there is no end to it.

    >>> x = maximise([np.array([3.0, 2.0])], np.array([[1.0, 1.0], [1.0, 3.0], [1.0, 0.0]]), np.array([4.0, 6.0, 3.0]))
    >>> x.round(6).tolist()
    [3.0, 1.0]
    """
    rows, columns = a.shape
    table = np.hstack([a, np.eye(rows), b.reshape(rows, 1)])
    basis = np.arange(columns, columns + rows)
    free = np.ones(columns + rows, dtype=bool)
    for objective in objectives:
        gains = np.concatenate([objective, np.zeros(rows + 1)])
        gains -= gains[basis] @ table
        _climb(table, basis, gains, free)
        free &= gains[:-1] > -ZERO
    x = np.zeros(columns + rows)
    x[basis] = table[:, -1]
    return x[:columns]


def _climb(table: Vector, basis: NDArray[np.int64], gains: Vector, free: NDArray[np.bool_]) -> None:
    """Exchange variables until none that is free gains; all arrays are changed in place."""
    size = sum(table.shape)
    for step in range(_LIMIT * size):
        gaining = np.flatnonzero(free & (gains[:-1] > ZERO))
        if gaining.size == 0:
            return
        careful = step > _PATIENCE * size
        enter = gaining[0] if careful else gaining[np.argmax(gains[gaining])]
        leave = _leaving(table, basis, table[:, enter], careful)
        table[leave] /= table[leave, enter]
        others = table[:, enter].copy()
        others[leave] = 0.0
        table -= np.outer(others, table[leave])
        gains -= gains[enter] * table[leave]
        basis[leave] = enter
        np.maximum(table[:, -1], 0.0, out=table[:, -1])


def _leaving(table: Vector, basis: NDArray[np.int64], column: Vector, careful: bool) -> int:
    """The row that limits the entering variable: of equals the largest pivot, or the first variable (Bland)."""
    rows = np.flatnonzero(column > ZERO)
    if rows.size == 0:
        raise ArithmeticError("the program is unbounded")
    steps = table[rows, -1] / column[rows]
    equal = rows[steps <= steps.min() * (1 + ZERO) + 1e-15]
    return int(equal[np.argmin(basis[equal])] if careful else equal[np.argmax(column[equal])])
