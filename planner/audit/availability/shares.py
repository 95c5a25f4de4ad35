"""Shares of the workloads that classes of nodes serve: the program of `emergency.py`, and a test that spares it."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

WHOLE = 1 - 1e-9
"""A share this close to all of it is all of it."""


Rates = tuple[float, ...]


def enough(classes: dict[Rates, float], count: int) -> bool:
    """Whether all is served by what is there, one workload after the other, on nodes that serve the fewest first.

    Where this fails, a better distribution may still do it; it only spares the program in the many easy cases.
    """
    left = dict(sorted(classes.items(), key=lambda item: sum(rate > 0 for rate in item[0])))
    for w in sorted(range(count), key=lambda w: sum(rates[w] > 0 for rates in left)):
        missing = 1.0
        for rates in left:
            if rates[w] > 0 and missing > 0:
                share = min(missing, left[rates] * rates[w])
                missing -= share
                left[rates] -= share / rates[w]
        if missing > 1 - WHOLE:
            return False
    return True


def best(
    promises: list[float],
    classes: dict[Rates, float],
    started: list[tuple[str, Rates]],
    rooms: list[tuple[dict[str, float], float]],
) -> list[float]:
    """Shares of the workloads: the program of `emergency.py`, with columns z, e, f, u and every row scaled to about 1."""
    kinds, count = list(classes), len(promises)
    served = [(w, k) for k, rates in enumerate(kinds) for w in range(count) if rates[w] > 0]
    units = [max([1 / rate for rate in rates if rate > 0]) for rates in kinds]
    columns = 1 + count + len(served) + len(started)
    first_f, first_u = 1 + count, 1 + count + len(served)
    rows: list[Vector] = []
    limits: list[float] = []
    for w, promise in enumerate(promises):
        row = np.zeros(columns)
        row[0], row[1 + w] = promise, 1.0
        within = row.copy()
        row[[first_f + i for i, (v, _) in enumerate(served) if v == w]] = -1.0
        rows += [row, within]
        limits += [0.0, 1.0]
    for k, rates in enumerate(kinds):
        row = np.zeros(columns)
        for i, (w, kind) in enumerate(served):
            if kind == k:
                row[first_f + i] = 1 / rates[w] / units[k]
        row[[first_u + i for i, (_, kind) in enumerate(started) if kind == rates]] = -1.0
        rows.append(row)
        limits.append(classes[rates] / units[k])
    for weights, room in rooms:
        row = np.zeros(columns)
        for i, (option, rates) in enumerate(started):
            row[first_u + i] = weights.get(option, 0.0) * units[kinds.index(rates)]
        largest = row.max()
        if largest > 0:
            rows.append(row / largest)
            limits.append(room / largest)
    least, more = np.zeros(columns), np.zeros(columns)
    least[0], more[1 : 1 + count] = 1.0, 1.0
    x = maximise([least, more], np.array(rows), np.array(limits))
    found = [promise * x[0] + x[1 + w] for w, promise in enumerate(promises)]
    return [1.0 if share > WHOLE else max(0.0, float(share)) for share in found]


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
