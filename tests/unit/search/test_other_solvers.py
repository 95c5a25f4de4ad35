"""Another solver finds what the search finds; the program on file is the program."""

from pathlib import Path

import highspy
import pytest
from planning import EXACT, a_scenario, an_offer, commitment, months, on_demand, online
from small_worlds import draw_world, scenario_fields

from planner.analysis import answer
from planner.cli import run
from planner.domain.inputs import Catalog
from planner.domain.scenario import Scenario
from planner.pipeline import prepare
from planner.search import program_text
from planner.search.other_solvers import SolverError, solvers

OTHERS = sorted(solvers())


def test_pulp_finds_a_solver_here() -> None:
    assert OTHERS


@pytest.mark.parametrize("solver", OTHERS)
def test_another_solver_finds_a_plan_of_the_same_cost(solver: str) -> None:
    compared = 0
    for seed in range(2000, 2012):
        scenario = a_scenario(**scenario_fields(draw_world(seed)))
        ours = answer(scenario, Catalog(), gap=EXACT, baselines=False)
        theirs = answer(scenario, Catalog(), gap=EXACT, baselines=False, solver=solver)
        assert theirs.stop == ours.stop, seed
        if ours.plan is None or theirs.plan is None:
            continue
        assert theirs.plan.npv_usd == pytest.approx(ours.plan.npv_usd, rel=1e-6, abs=0.01), seed
        assert theirs.plan.bound_usd <= theirs.plan.npv_usd + 0.01
        assert theirs.plan.audit.agrees
        compared += 1
    assert compared >= 6


def test_a_solver_that_is_not_there_is_named_with_those_that_are() -> None:
    with pytest.raises(SolverError, match="PuLP finds no solver `abacus` here"):
        answer(a_small_scenario(), Catalog(), solver="abacus")


def a_small_scenario() -> Scenario:
    offers = [an_offer("q", {"w": 2}, on_demand(3.0), commitment(2.0, 2))]
    return a_scenario(periods=months(3), workloads=[online("w", [5.0, 6.0, 7.0])], offers=offers)


@pytest.mark.parametrize("suffix", [".lp", ".mps"])
def test_the_program_on_file_has_the_same_optimum(suffix: str, tmp_path: Path) -> None:
    scenario = a_small_scenario()
    file = tmp_path / f"program{suffix}"
    file.write_text(program_text(prepare(scenario, Catalog()).parameters, suffix))
    highs = highspy.Highs()
    highs.setOptionValue("output_flag", False)
    highs.readModel(str(file))
    highs.run()
    plan = answer(scenario, Catalog(), gap=EXACT, baselines=False).plan
    assert plan is not None
    assert highs.getInfo().objective_function_value * 1000 == pytest.approx(plan.npv_usd, rel=1e-6)


def test_the_command_writes_the_program_whole_or_not_at_all(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    scenario = tmp_path / "s.yaml"
    scenario.write_text(
        "{catalog: none, hosted_apis: none, periods: [{hours: 730}], replicas: pooled, "
        "workloads: [{name: w, kind: inference, unit: u, demand_per_hour: 4}], "
        "offers: [{name: q, throughput: {w: 2}, contracts: [{kind: on_demand, usd_per_hour: 1}]}]}"
    )
    assert run(["solve", str(scenario), "--no-baselines", "--write-lp", str(tmp_path / "p.mps"), "--brief"]) == 0
    assert (tmp_path / "p.mps").read_text().rstrip().endswith("ENDATA")
    assert run(["solve", str(scenario), "--write-lp", str(tmp_path / "p.txt")]) == 2
    assert "it has .lp or .mps" in capsys.readouterr().err
    assert sorted(p.name for p in tmp_path.iterdir()) == ["p.mps", "s.yaml"]
