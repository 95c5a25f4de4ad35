"""A plan at a cost that is enough ends the search; what is claimed then is still true."""

from dataclasses import replace

from mixed_worlds import draw_mixed
from planning import EMPTY, a_scenario

from planner.formulation import write
from planner.pipeline import prepare
from planner.search import search
from planner.search.options import DEFAULT
from planner.solver import Watch, solve_mip


def test_a_search_may_end_at_a_cost_that_is_enough() -> None:
    ended = 0
    for seed in range(40):
        p = prepare(a_scenario(**draw_mixed(seed)), EMPTY).parameters
        built = write(p).built
        best = solve_mip(built.matrix, Watch(), gap=0.0, nodes=2000)
        if best.x is None or best.verdict != "optimal":
            continue
        enough = best.objective + 0.2 * abs(best.objective) + 0.1
        options = replace(DEFAULT, direct_integers=0)
        found = search(built._replace(enough=enough), p, 0.0, Watch(), options=options)
        near = 1e-6 * max(abs(best.objective), 1.0)
        assert found.bound <= best.objective + near
        assert found.x is None or best.objective - near <= found.objective
        ended += found.x is not None and found.status == "feasible" and found.objective <= enough
    assert ended >= 10, ended
