"""What bounds of large programs take for granted: it leaves the least cost of small programs as it is, or below it."""

from collections import Counter
from dataclasses import replace

import numpy as np
import pytest
from rival_worlds import CATALOG, draw_rivals
from term_worlds import draw_terms

from planner.assembly import with_possible_casts
from planner.formulation import write
from planner.formulation.parameters import Parameters
from planner.pipeline import prepare
from planner.search.bounds.implied import activity_of, left_to, most_of_use
from planner.solver import Matrix, Watch, solve_mip


def drawn(seed: int) -> Parameters:
    scenario = draw_terms(seed, periods=3) if seed % 3 == 0 else draw_rivals(seed, periods=3)
    return prepare(scenario, CATALOG, reduced=False).parameters


def least(matrix: Matrix) -> float | None:
    """Cost of the best plan; None if there is none or it is not proven in a few nodes."""
    found = solve_mip(matrix, Watch(), gap=0.0, nodes=400)
    return found.objective if found.verdict == "optimal" else None


@pytest.mark.parametrize("first", range(0, 60, 20))
@pytest.mark.parametrize("sparse", [False, True])
def test_no_more_of_a_column_than_is_of_use_costs_as_little(first: int, sparse: bool) -> None:
    seen: Counter[str] = Counter()
    for seed in range(first, first + 20):
        matrix = write(drawn(seed), sparse=sparse).matrix
        cost, most = least(matrix), most_of_use(matrix)
        if cost is None:
            continue
        every = np.arange(matrix.columns, dtype=np.int32)
        assert least(matrix.bounded(every, matrix.lower, most)) == pytest.approx(cost, rel=1e-6, abs=1e-6), (
            f"seed {seed}"
        )
        seen["plans"] += 1
        seen["tighter"] += int(np.sum(np.isinf(matrix.upper) & np.isfinite(most)))
    assert seen["plans"] >= 8
    assert seen["tighter"] > 100


def test_what_near_columns_leave_holds_for_the_rest_of_every_plan() -> None:
    r = np.random.default_rng(5)
    plans = 0
    for seed in range(20):
        matrix = write(drawn(seed), sparse=True).matrix
        most = most_of_use(matrix)
        every = np.arange(matrix.columns, dtype=np.int32)
        plan = solve_mip(matrix.bounded(every, matrix.lower, most), Watch(), gap=0.1, nodes=50).x
        if plan is None:
            continue
        plans += 1
        kept = r.random(matrix.columns) < 0.5
        low, high = left_to(matrix, kept, most)
        rest = matrix.activity(np.where(kept, 0.0, plan))
        assert np.all(rest >= low - 1e-5)
        assert np.all(rest <= high + 1e-5)
        fewest, greatest = activity_of(matrix, ~kept, most)
        assert np.all((rest >= fewest - 1e-5) & (rest <= greatest + 1e-5))
    assert plans >= 10


def test_casts_that_cannot_be_leave_the_least_cost_and_no_failures_do_not_raise_it() -> None:
    seen: Counter[str] = Counter()
    for seed in range(60):
        p = drawn(seed)
        if not p.casts and p.resilience is None:
            continue
        cost = least(write(p).matrix)
        if cost is None:
            continue
        possible = with_possible_casts(p)
        seen["dropped"] += len(p.casts) - len(possible.casts)
        assert least(write(possible).matrix) == pytest.approx(cost, rel=1e-6, abs=1e-6), f"seed {seed}"
        fewer = least(write(replace(p, resilience=None)).matrix)
        assert fewer is None or fewer <= cost + 1e-6 * max(abs(cost), 1.0), f"seed {seed}"
        seen["plans"] += 1
    assert seen["plans"] >= 10
    assert seen["dropped"] > 0
