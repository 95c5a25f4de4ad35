"""A program in which sums have columns of their own asks the same question as the one in which they are written out."""

from collections import Counter

import numpy as np
import pytest
from rival_worlds import CATALOG, draw_rivals
from term_worlds import draw_terms

from planner.assembly import inside, nearest
from planner.formulation import SUMS, write
from planner.formulation.parameters import Parameters
from planner.pipeline import prepare
from planner.search import bound_of_all
from planner.solver import Watch, solve_lp, solve_mip


def drawn(seed: int, periods: int = 8) -> Parameters:
    scenario = draw_terms(seed, periods=periods) if seed % 3 == 0 else draw_rivals(seed, periods=periods)
    return prepare(scenario, CATALOG, reduced=False).parameters


@pytest.mark.parametrize("first", range(0, 60, 20))
def test_the_relaxation_has_the_same_optimum_with_and_without_columns_for_sums(first: int) -> None:
    seen: Counter[str] = Counter()
    for seed in range(first, first + 20):
        p = drawn(seed)
        dense, sparse = write(p).built, write(p, sparse=True).built
        count = len(dense.columns)
        assert [c.name for c in sparse.columns[:count]] == [c.name for c in dense.columns]
        assert [key for key in sparse.program.keys if key[0] != SUMS] == dense.program.keys
        one, other = (solve_lp(built.matrix.relaxed(), Watch()) for built in (dense, sparse))
        assert one.verdict == other.verdict, f"seed {seed}"
        seen[one.verdict] += 1
        seen["sums"] += len(sparse.columns) - count
        if one.verdict == "optimal":
            assert other.objective == pytest.approx(one.objective, rel=1e-7, abs=1e-6), f"seed {seed}"
            assert other.x is not None
            assert np.all(dense.matrix.activity(other.x[:count]) <= dense.matrix.row_upper + 1e-5), f"seed {seed}"
            assert np.all(dense.matrix.activity(other.x[:count]) >= dense.matrix.row_lower - 1e-5), f"seed {seed}"
    assert seen["optimal"] >= 12
    assert seen["sums"] > 200


def test_a_bound_from_few_classes_is_below_every_plan() -> None:
    seen: Counter[str] = Counter()
    for seed in range(24):
        p = drawn(seed, 4)
        whole = write(p).built.matrix
        relaxed = solve_lp(whole.relaxed(), Watch())
        if relaxed.verdict != "optimal":
            continue
        bound = bound_of_all(write(p, sparse=True).built, p, inside(nearest(p, 1)), np.inf, Watch()).bound
        plan = solve_mip(whole, Watch(), gap=0.02, nodes=20)
        assert bound <= plan.objective + 1e-6 * max(abs(plan.objective), 1.0), f"seed {seed}"
        seen["plans"] += plan.x is not None
        seen["bounds"] += bound >= relaxed.objective - 2e-3 * abs(relaxed.objective) - 1e-6
    assert seen["plans"] >= 12
    assert seen["bounds"] >= 12
