"""Designs near a tight budget."""

import numpy as np
import pytest
from planning import EMPTY, a_scenario, an_offer, commitment, on_demand, online

from planner.formulation.build import build
from planner.pipeline import prepare
from planner.search.structure import layout_of
from planner.search.warm.investments import Designs
from planner.search.warm.rounds import Search
from planner.solver.highs import Solved, Watch
from planner.solver.matrix import matrix_of

DEMANDS = {"a": 2.4, "b": 2.4, "c": 0.1}
HOURS = 100


def searched(budget: float) -> tuple[Search, Solved]:
    """Nodes of each workload cost 10 an hour committed, and on demand 30 for a and b, 11 for c."""
    rented = {"a": 30.0, "b": 30.0, "c": 11.0}
    scenario = a_scenario(
        periods=[{"hours": HOURS / 2}] * 2,
        budget_total_usd=budget,
        workloads=[online(name, demand) for name, demand in DEMANDS.items()],
        offers=[an_offer(f"box-{n}", {n: 1.0}, on_demand(rented[n]), commitment(10.0, 2)) for n in DEMANDS],
    )
    p = prepare(scenario, EMPTY).parameters
    built = build(p)
    matrix = matrix_of(built.program.problem, built.columns)
    found = Search(matrix, layout_of(built, p, matrix), 1e-4, Watch())
    return found, found.tighten()


def fixed(designs: Designs, columns: np.ndarray, values: np.ndarray) -> Solved:
    return designs.with_fixed({int(j): float(v) for j, v in zip(columns, values, strict=True)})


def test_signings_made_wholeone_by_one_keep_a_budget_that_rounding_at_once_does_not() -> None:
    """3 + 3 + 0 nodes cost 6,110 with what is rented, the nearest numbers 2 + 2 + 0 cost 6,510, and all rounded up 7,000."""
    search, relaxed = searched(6300)
    blocks, designs = search.blocks(), search.designs
    assert relaxed.x is not None
    nearest = designs.cumulative(blocks, relaxed.x[blocks.design])
    up = np.ceil(relaxed.x[blocks.design] - 1e-6)
    assert fixed(designs, blocks.design, nearest).verdict == "infeasible"
    assert fixed(designs, blocks.design, up).verdict == "infeasible"
    design = designs.one_by_one(blocks, 0.001)
    assert design is not None
    assert sorted(design[design > 0]) == [3.0, 3.0]
    assert fixed(designs, blocks.design, design).objective == pytest.approx(6.110)


def test_the_live_model_is_left_as_it_was() -> None:
    search, relaxed = searched(6300)
    assert search.designs.one_by_one(search.blocks(), 0.01) is not None
    assert search.live is not None
    assert search.live.solve().objective == pytest.approx(relaxed.objective)
    assert search.designs.one_by_one(search.blocks(), 0.3) is None
    assert search.live.solve().objective == pytest.approx(relaxed.objective)
