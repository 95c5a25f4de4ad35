"""Rows that may be exceeded: a column beside them takes what is too much."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from planner.solver.matrix import Matrix


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
