"""Steps of the search: where they are made, and when they end."""

from dataclasses import replace

import numpy as np
import pytest
from rival_worlds import CATALOG
from service_worlds import draw_service

from planner.formulation import write
from planner.pipeline import prepare
from planner.search.bounds import Relaxation
from planner.search.engine import Engine
from planner.search.options import DEFAULT, Options
from planner.search.signings import SigningTree
from planner.search.structure import DESIGN, Layout, layout_of
from planner.solver import Matrix, Watch, solve_mip

QUICK = replace(
    DEFAULT,
    cut_rounds=0,
    small_integers=0,
    medium_integers=0,
    pricing=False,
    tree_nodes=0,
    redesigns=0,
    efforts=((0.0005, 10, True),),
)
"""No cuts, and one narrow try of a period: what its relaxation does not see is not found."""


def program(seed: int) -> tuple[Matrix, Layout]:
    p = prepare(draw_service(seed), CATALOG, reduced=False).parameters
    built = write(p).built
    return built.matrix, layout_of(built, p, built.matrix)


def cost(seed: int, options: Options) -> float:
    matrix, layout = program(seed)
    return Engine(matrix, layout, 1e-4, Watch(), options).run().objective


def test_where_the_relaxation_is_no_guide_every_column_is_tried() -> None:
    costs = [(cost(seed, QUICK), cost(seed, replace(QUICK, every_column=None))) for seed in range(40, 60)]
    assert all(mine <= without * (1 + 1e-9) for mine, without in costs)
    assert any(mine < without * (1 - 1e-3) for mine, without in costs)


def test_a_step_of_the_tree_ends_after_its_seconds() -> None:
    """And goes on where it stopped: nothing that waits is lost."""
    grown = 0
    for seed in range(12):
        matrix, layout = program(seed)
        relaxation = Relaxation(matrix, layout, Watch(), QUICK)
        relaxed = relaxation.tighten()
        design = np.flatnonzero(layout.column_period == DESIGN).astype(np.int32)
        tree = SigningTree(relaxation.live, matrix, layout, design, relaxed)
        assert tree.grow(np.inf, 10, 300, -1.0, Watch()) is None
        assert (tree.visited, tree.open, tree.bound) == (0, True, relaxed.objective)
        tree.grow(np.inf, 10, 300, 60.0, Watch())
        grown += tree.visited
        assert tree.bound >= relaxed.objective - 1e-9
    assert grown >= 12


def test_groups_of_cuts_come_to_an_end_with_the_time() -> None:
    matrix, layout = program(46)
    watch = Watch()
    relaxation = Relaxation(matrix, layout, watch, DEFAULT)
    relaxed = relaxation.live.solve()
    found = [*relaxation._rounding(relaxed), *relaxation._knapsack(relaxed)]
    assert {cut.made_from for cut in found} - set(layout.demand_rows.tolist()), "of rules too"
    watch.interrupted = True
    assert relaxation._rounding(relaxed) == relaxation._knapsack(relaxed) == []


def test_a_known_plan_is_kept_though_its_periods_go_otherwise(monkeypatch: pytest.MonkeyPatch) -> None:
    """Even where nothing comes of operating its design again."""
    kept = 0
    for seed in range(40, 46):
        matrix, layout = program(seed)
        known = solve_mip(matrix, Watch(), gap=0.0, nodes=200).x
        if known is None:
            continue
        engine = Engine(matrix, layout, 1e-4, Watch(), QUICK)
        assert engine._start(engine.tighten())
        monkeypatch.setattr(engine, "operate", lambda design, relaxed: None)
        engine.operated(known)
        assert engine.objective <= float(matrix.cost @ known) * (1 + 1e-9)
        kept += 1
    assert kept >= 3
