"""Every example through the whole walk: its answer, its gap, its audit."""

from pathlib import Path

import pytest

from planner.analysis.answer import answer
from planner.domain.plan import Plan, plan_from_json_value
from planner.inputs.catalog import load_catalog
from planner.inputs.scenario_file import read_scenario

EXAMPLES = Path(__file__).parents[2] / "examples"


@pytest.fixture(scope="module")
def startup() -> Plan:
    catalog = load_catalog()
    found = answer(read_scenario(EXAMPLES / "startup.yaml", catalog=catalog), catalog)
    assert found.stop == "done"
    assert found.plan is not None
    return found.plan


def test_the_startup_plan_is_proven_and_audited(startup: Plan) -> None:
    assert startup.status == "optimal"
    assert 0 <= startup.gap <= 1e-3
    assert startup.audit.agrees
    assert startup.audit.discrepancies == ()


def test_the_startup_plan_is_a_real_mix(startup: Plan) -> None:
    assert {line.action for line in startup.lines} == {"commit", "on_demand", "spot", "hosted_api"}
    assert len({line.provider for line in startup.lines}) >= 4


def test_every_line_of_the_startup_plan_has_its_price_with_source_and_date(startup: Plan) -> None:
    for line in startup.lines:
        assert line.price_source
        assert line.price_as_of
        assert line.unit_price_usd > 0
    assert startup.facts.catalog_rows_considered >= 2000


def test_the_startup_plan_beats_the_usual_ways(startup: Plan) -> None:
    assert len(startup.baselines) == 4
    for baseline in startup.baselines:
        assert baseline.npv_usd is not None
        assert baseline.npv_usd > startup.npv_usd


def test_the_startup_plan_survives_its_own_file(startup: Plan) -> None:
    assert plan_from_json_value(startup.to_json_value()) == startup


def test_the_infeasible_example_names_a_cause() -> None:
    catalog = load_catalog()
    found = answer(read_scenario(EXAMPLES / "infeasible.yaml", catalog=catalog), catalog)
    assert found.stop == "infeasible"
    assert found.plan is None
    assert found.causes[0].workload == "assistant"
    assert "countr" in found.causes[0].fix
