"""A limit of time holds for what comes before the search and for what is asked after it."""

import time
from importlib import import_module
from typing import Any

import pytest
from planning import EMPTY, a_scenario, an_offer, on_demand, online

from planner.analysis import answer
from planner.analysis.infeasible import diagnose
from planner.domain.scenario import Scenario
from planner.solver import Watch

pytestmark = pytest.mark.slow

SECONDS = 1.0


def endless(*_given: object, **_named: object) -> Any:
    """What goes on until it is cut off, or far too long."""
    began = time.monotonic()
    while time.monotonic() < began + 60 * SECONDS:
        pass
    raise AssertionError("not cut off")


def asked() -> Scenario:
    return a_scenario(workloads=[online("w", 1.0)], offers=[an_offer("o", {"w": 1.0}, on_demand(1.0))])


def test_what_is_not_made_ready_in_time_has_no_plan(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(import_module("planner.analysis.answer"), "prepare", endless)
    found = answer(asked(), EMPTY, time_limit=SECONDS)
    assert (found.stop, found.plan) == ("limit", None)


@pytest.mark.parametrize("name", ["binding_of", "simpler", "idle_of", "under_market", "with_reasons", "baselines_of"])
def test_what_is_asked_beside_a_plan_leaves_the_plan(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(import_module("planner.analysis.answer"), name, endless)
    found = answer(asked(), EMPTY, time_limit=SECONDS)
    assert found.plan is not None
    assert found.plan.audit.agrees


def test_a_diagnosis_that_is_not_made_ready_in_time_has_the_causes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("planner.analysis.infeasible.diagnosis.prepare", endless)
    found = diagnose(asked(), EMPTY, (), Watch(time.monotonic() + SECONDS))
    assert not found.complete
    assert not found.repairs


def test_a_limit_whose_least_change_is_not_found_in_time_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("planner.analysis.infeasible.amounts.least_shortage", lambda *_: None)
    poor = asked().model_copy(update={"budget_per_year_usd": 1.0})
    found = diagnose(poor, EMPTY, answer(poor, EMPTY).causes, Watch(time.monotonic() + 60))
    assert {"budget_per_year_usd": None} in [repair.set for repair in found.repairs]
