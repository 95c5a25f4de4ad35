"""The same PuLP problem, solved by another solver: CBC, where PuLP carries it."""

import warnings

import pulp
import pytest
from markets import draw_market, two_accelerators
from planning import EXACT, a_scenario, question_with_replicas
from small_worlds import draw_world, scenario_fields

from planner.formulation.build import Built, build
from planner.pipeline import Question
from planner.search.routing import search
from planner.solver.watch import Watch

CATALOG = two_accelerators()
pytestmark = [
    pytest.mark.skipif(not hasattr(pulp, "PULP_CBC_CMD"), reason="this PuLP does not carry CBC"),
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
]


def cbc() -> object:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        solver = pulp.PULP_CBC_CMD(msg=False, gapRel=EXACT)
    if not solver.available():
        pytest.skip("CBC is not there")
    return solver


def by_cbc(built: Built) -> float | None:
    built.program.problem.solve(cbc())
    status = built.program.problem.sol_status
    if status in (pulp.LpSolutionInfeasible, pulp.LpSolutionNoSolutionFound):
        return None
    assert status == pulp.LpSolutionOptimal
    return float(pulp.value(built.program.problem.objective))


def agree(question: Question) -> None:
    ours = search(build(question.parameters), question.parameters, EXACT, Watch())
    theirs = by_cbc(build(question.parameters))
    assert (ours.x is None) == (theirs is None)
    if theirs is not None:
        assert ours.objective == pytest.approx(theirs, rel=1e-6, abs=1e-6)


@pytest.mark.parametrize("seed", range(1000, 1012))
def test_cbc_finds_the_same_optimum_of_a_small_world(seed: int) -> None:
    agree(question_with_replicas(a_scenario(**scenario_fields(draw_world(seed))), {}, reduced=True))


@pytest.mark.parametrize("seed", range(1000, 1008))
def test_cbc_finds_the_same_optimum_of_a_small_market(seed: int) -> None:
    scenario, replicas = draw_market(seed)
    agree(question_with_replicas(scenario, replicas, reduced=True, catalog=CATALOG))
