"""Rounding cuts hold at every whole point of their row, and cut off some fractional ones."""

from itertools import product

import numpy as np
import pytest

from planner.solver.matrix import Cut, Matrix
from planner.solver.rounding import rounding_cuts


def row(value: list[float], integer: list[bool], rhs: float = 1.0) -> Matrix:
    n = len(value)
    return Matrix(
        cost=np.ones(n),
        lower=np.zeros(n),
        upper=np.full(n, np.inf),
        integer=np.array(integer),
        start=np.array([0, n], dtype=np.int32),
        index=np.arange(n, dtype=np.int32),
        value=np.array(value),
        row_lower=np.array([rhs]),
        row_upper=np.array([np.inf]),
    )


def activity(cut: Cut, x: np.ndarray) -> float:
    return float(cut.value @ x[cut.index])


ROWS = np.array([0], dtype=np.int32)


@pytest.mark.parametrize("seed", range(8))
def test_no_whole_point_is_cut_off(seed: int) -> None:
    draw, found = np.random.default_rng(seed), 0
    for _ in range(60):
        whole, loose = int(draw.integers(1, 4)), int(draw.integers(0, 3))
        value = draw.uniform(0.05, 1.2, whole + loose)
        if draw.random() < 0.3:
            value[:whole] = np.round(value[:whole], 1) + 0.1
        matrix = row(list(value), [True] * whole + [False] * loose)
        fractional = draw.uniform(0, 1, whole + loose) * (draw.random(whole + loose) < 0.7)
        fractional *= 1 / max(float(value @ fractional), 1e-6)
        cuts = rounding_cuts(matrix, ROWS, fractional)
        found += len(cuts)
        for cut in cuts:
            assert activity(cut, fractional) < cut.lower
            assert_valid(cut, matrix, whole, draw)
    assert found > 5


def assert_valid(cut: Cut, matrix: Matrix, whole: int, draw: np.random.Generator) -> None:
    n = matrix.columns
    for y in product(
        *(range(int(np.ceil(1 / v - 1e-9)) + 2) if v > 0.1 else (0, 1, 5, 12, 30) for v in matrix.value[:whole])
    ):
        missing = max(1.0 - float(matrix.value[:whole] @ np.array(y)), 0.0)
        if missing > 0 and n == whole:
            continue
        for _ in range(2):
            x = np.concatenate([np.array(y, dtype=float), np.zeros(n - whole)])
            if n > whole:
                share = draw.dirichlet(np.ones(n - whole))
                x[whole:] = missing * share / matrix.value[whole:]
            assert activity(cut, x) >= cut.lower - 1e-7


def test_replicas_of_one_kind_are_rounded_up() -> None:
    """2.5 replicas are asked for: y ≥ 3."""
    cut = rounding_cuts(row([0.4], [True]), ROWS, np.array([2.5]))[0]
    assert cut.lower == 3.0
    assert activity(cut, np.array([3.0])) >= 3.0
    assert activity(cut, np.array([2.5])) < 3.0


def test_without_whole_columns_there_is_nothing_to_cut() -> None:
    assert rounding_cuts(row([0.4], [False]), ROWS, np.array([2.5])) == []


def test_a_whole_point_violates_nothing() -> None:
    assert rounding_cuts(row([0.5, 0.3], [True, True]), ROWS, np.array([2.0, 0.0])) == []
