"""A plan is settled from where the relaxation stands as it is from nothing, and the relaxation is as before."""

import numpy as np
import pytest

from planner.solver import Floats, LiveModel, Matrix, Watch, chosen_again, holds, solve_lp, solve_mip


def covering(seed: int, columns: int = 14, rows: int = 8) -> Matrix:
    """Costs and shares of a covering program; half of its columns are whole, one pays for others and is dear."""
    r = np.random.default_rng(seed)
    dense = np.where(r.random((rows, columns)) < 0.5, r.uniform(0.5, 3, (rows, columns)), 0.0)
    dense[:, -1] = 1.0
    start = np.concatenate([[0], np.cumsum(np.count_nonzero(dense, axis=1))]).astype(np.int32)
    row, column = np.nonzero(dense)
    return Matrix(
        cost=np.concatenate([np.round(r.uniform(1, 4, columns - 1)), [50.0]]),
        lower=np.zeros(columns),
        upper=np.full(columns, 9.0),
        integer=np.arange(columns) % 2 == 0,
        start=start,
        index=column.astype(np.int32),
        value=dense[row, column],
        row_lower=r.uniform(2, 9, rows),
        row_upper=np.full(rows, np.inf),
    )


def plan_of(matrix: Matrix) -> Floats:
    x = solve_mip(matrix, Watch(), gap=0.5).x
    assert x is not None
    return x


@pytest.mark.parametrize("seed", range(20))
def test_it_is_the_best_for_its_whole_numbers_and_leaves_the_model_alone(seed: int) -> None:
    matrix = covering(seed)
    live, values = LiveModel(matrix, Watch()), np.round(plan_of(matrix)[matrix.whole])
    before = live.solve()
    live.add_free_rows([np.array([0, 1], dtype=np.int32)])
    settled = live.closely(matrix, values)
    cold = solve_lp(matrix.bounded(matrix.whole, values, values), Watch())
    assert settled.verdict == cold.verdict == "optimal"
    assert settled.x is not None
    assert holds(matrix, settled.x)
    assert settled.objective == pytest.approx(cold.objective, rel=1e-7)
    assert live.solve().objective == pytest.approx(before.objective, rel=1e-9)
    assert live.closely(matrix, values, again=True).objective == pytest.approx(cold.objective, rel=1e-7)


@pytest.mark.parametrize("seed", range(20))
def test_among_the_best_another_objective_chooses(seed: int) -> None:
    matrix = covering(seed)
    live, x = LiveModel(matrix, Watch()), plan_of(matrix)
    live.solve()
    other = np.random.default_rng(seed + 100).uniform(0, 1, matrix.columns)
    plain, chosen = chosen_again(matrix, x, live), chosen_again(matrix, x, live, then=other)
    assert plain is not None
    assert chosen is not None
    assert matrix.cost @ chosen == pytest.approx(matrix.cost @ plain, rel=1e-7)
    assert other @ chosen <= other @ plain + 1e-7
    assert live.closely(matrix, np.round(x[matrix.whole])).objective == pytest.approx(matrix.cost @ plain, rel=1e-7)


def test_a_relaxation_that_stands_otherwise_gives_no_plan() -> None:
    matrix = covering(3)
    live, x = LiveModel(matrix, Watch()), plan_of(matrix)
    live.solve()
    every = np.arange(matrix.columns, dtype=np.int32)
    live.cost(every, -matrix.cost)
    assert chosen_again(matrix, x, live) is None
