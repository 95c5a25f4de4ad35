"""Whatever passes validation is answered: no traceback, no exit 1 or 5, and an end near the time limit."""

import pytest
from scenario_mutants import BASES, mutant, tried

from planner.domain.scenario.scenario import Scenario

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
