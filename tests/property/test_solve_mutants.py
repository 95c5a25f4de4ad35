"""Whatever passes validation is answered: no traceback, no exit 1 or 5, and an end near the time limit."""

import copy
from typing import Any

import pytest
from scenario_mutants import BASES, mutant, tried

from planner.analysis.answer import answer
from planner.domain.scenario.scenario import Scenario
from planner.inputs.catalog.load import load_catalog

SAMPLE = 12


@pytest.mark.parametrize("base", range(len(BASES)))
def test_the_bases_are_scenarios(base: int) -> None:
    assert Scenario.model_validate(BASES[base]).workloads


def test_mutants_differ_from_their_bases() -> None:
    assert sum(mutant(seed) not in BASES for seed in range(60)) > 50


@pytest.mark.parametrize("seed", range(SAMPLE))
def test_a_mutant_is_answered(seed: int) -> None:
    trial = tried(seed)
    assert trial.fault == "", trial.said


SMALL_AGREEMENT = {"provider": "p", "tiers": [{"spend_per_year_usd": 20000, "discount": "10%"}]}


@pytest.mark.parametrize(
    ("base", "path", "value"),
    [
        (1, ("workloads", 1, "work"), 4e-9),  # costs a billionth of the budget
        (1, ("workloads", 1, "work"), 4e-6),
        (1, ("offers", 0, "contracts", 1, "upfront_usd"), 5e11),
        (2, ("own", "servers", 0, "nameplate_kw"), 2e7),
        (2, ("offers", 0, "contracts", 0, "usd_per_hour"), 1e6),
    ],
)
@pytest.mark.parametrize("more", [{}, {"spend_agreements": [SMALL_AGREEMENT], "budget_upfront_per_year_usd": 1e12}])
def test_amounts_of_any_size_are_planned_for(
    base: int, path: tuple[Any, ...], value: float, more: dict[str, Any]
) -> None:
    changed = copy.deepcopy(BASES[base]) | more
    place: Any = changed
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = value
    found = answer(Scenario.model_validate(changed), load_catalog(), baselines=False)
    assert found.plan is not None
    assert found.plan.audit.agrees, found.plan.audit.discrepancies[:5]


def test_a_plan_of_millions_of_nodes_is_told_though_the_solver_keeps_no_limit_on_its_proof() -> None:
    """Which limits bind is asked at gap 0 over whole blocks of nine hours: HiGHS 1.16 does not return from it."""
    run = {
        "name": "run",
        "kind": "training_run",
        "accelerator_hours": 163_840_000,
        "reference_accelerator": "h100-sxm-80gb",
    }
    run |= {"failures_per_accelerator_year": 0, "checkpoint_write_minutes": 0, "interruptible": True}
    blocks = [{"kind": "block", "usd_per_hour": 39, "days": 14}, {"kind": "block", "usd_per_hour": 42, "days": 0.37}]
    offer = {"name": "p5", "accelerator": "h100-sxm-80gb", "accelerators_per_node": 8}
    asked = {
        "catalog": "none", "start": "2027-01", "months": 6, "discount_rate": 0,
        "workloads": [run | {"earliest": "2027-03", "deadline": "2027-04"}],
        "offers": [offer | {"contracts": [{"kind": "on_demand", "usd_per_hour": 98}, *blocks]}],
    }  # fmt: skip
    found = answer(Scenario.model_validate(asked), load_catalog(), baselines=False, time_limit=20)
    assert found.plan is not None
    assert found.plan.audit.agrees, found.plan.audit.discrepancies[:5]
