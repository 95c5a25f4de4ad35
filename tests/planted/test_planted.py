"""Every planted reason is named, and the first repair gives the scenario a plan that costs what was said."""

import json
from typing import Any

import pytest
from make_corpus import CORPUS, corpus

from planner.analysis.answer import Answer, answer
from planner.analysis.infeasible.diagnosis import diagnose
from planner.domain.inputs.catalog import Catalog
from planner.domain.records.findings import Diagnosis
from planner.domain.scenario.scenario import Scenario
from planner.inputs.catalog.load import load_catalog
from planner.inputs.scenario_file import parse_scenario
from planner.solver.watch import Watch

CASES: list[dict[str, Any]] = json.loads(CORPUS.read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    return load_catalog(None)


def read(case: dict[str, Any], catalog: Catalog, settings: dict[str, Any]) -> tuple[Scenario, Catalog]:
    """The scenario of a case with settings as `--set` takes them, and the catalog it asks for."""
    bundled = case["scenario"].get("catalog") != "none"
    overrides = [f"{path}={json.dumps(value)}" for path, value in settings.items()]
    known = catalog if bundled else None
    scenario = parse_scenario(json.dumps(case["scenario"]), "case.json", catalog=known, overrides=overrides)
    return scenario, catalog if bundled else Catalog()


def solved(case: dict[str, Any], catalog: Catalog, settings: dict[str, Any]) -> Answer:
    scenario, known = read(case, catalog, settings)
    return answer(scenario, known, baselines=False)


def diagnosed(case: dict[str, Any], catalog: Catalog) -> Diagnosis:
    scenario, known = read(case, catalog, {})
    found = answer(scenario, known, baselines=False)
    assert found.stop == "infeasible"
    return diagnose(scenario, known, found.causes, Watch())


def test_the_corpus_is_what_its_program_writes() -> None:
    assert corpus() == CASES
    assert len(CASES) >= 60
    assert len({case["name"] for case in CASES}) == len(CASES)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_the_planted_reason_is_named_and_the_first_repair_works(case: dict[str, Any], catalog: Catalog) -> None:
    found = diagnosed(case, catalog)
    guilty = [
        cause
        for cause in found.causes
        if cause.family in case["families"] and (case["workload"] is None or cause.workload in (None, case["workload"]))
    ]
    assert guilty, [(cause.family, cause.workload, cause.message) for cause in found.causes]
    told = " ".join(f"{cause.message} {cause.fix}" for cause in found.causes)
    assert case["field"] in told + " ".join(limit.path for limit in found.conflict)
    assert found.repairs
    repaired = solved(case, catalog, found.repairs[0].set)
    assert repaired.plan is not None
    assert repaired.plan.audit.agrees
    assert repaired.plan.npv_usd == pytest.approx(found.repairs[0].npv_usd, rel=2 * repaired.plan.gap_target, abs=0.01)
