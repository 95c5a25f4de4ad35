"""Drawn instances of owning against plain enumeration: the same optimum, the same verdict."""

from dataclasses import replace

import pytest
from own_worlds import draw_world, least_npv, scenario_fields
from planning import a_scenario, optimum, solution

from planner.formulation.parameters.parameters import THOUSAND
from planner.search.options import DEFAULT

FIRST, COUNT, CHUNK = 0, 160, 20
TIGHT = 1e-6
GAP = 1e-4


@pytest.mark.parametrize("first", range(FIRST, FIRST + COUNT, CHUNK))
def test_the_optimum_is_that_of_enumeration(first: int) -> None:
    for seed in range(first, first + CHUNK):
        world = draw_world(seed)
        expected = least_npv(world)
        found = optimum(a_scenario(**scenario_fields(world)))
        assert (found is None) == (expected is None), f"seed {seed}: enumeration {expected}, planner {found}"
        if expected is not None:
            assert found == pytest.approx(expected, rel=TIGHT, abs=1e-3), f"seed {seed}"


@pytest.mark.parametrize("first", range(FIRST, FIRST + COUNT // 2, CHUNK))
def test_the_tree_brackets_the_optimum(first: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same instances through the tree over sites and modules: bound ≤ optimum ≤ plan, and nothing feasible is ruled out."""
    monkeypatch.setattr("planner.search.routing.DEFAULT", replace(DEFAULT, direct_integers=-1))
    for seed in range(first, first + CHUNK):
        world = draw_world(seed)
        expected = least_npv(world)
        found = solution(a_scenario(**scenario_fields(world)), gap=GAP)
        if expected is None:
            assert found.outcome.status == "infeasible", f"seed {seed}"
            continue
        assert found.present is not None, f"seed {seed}: {found.outcome.status}, enumeration finds {expected}"
        assert found.outcome.bound * THOUSAND <= expected * (1 + TIGHT) + 1e-3, f"seed {seed}"
        assert float(found.present.npv) >= expected * (1 - TIGHT) - 1e-3, f"seed {seed}"
        if found.outcome.status == "optimal":
            assert float(found.present.npv) <= expected * (1 + GAP + TIGHT) + 1e-3, f"seed {seed}"


@pytest.mark.exhaustive
def test_the_draws_reach_what_matters() -> None:
    worlds = [draw_world(seed) for seed in range(FIRST, FIRST + COUNT)]
    places = [place for world in worlds for place in world.places]
    verdicts = [least_npv(world) for world in worlds]
    owned = [
        world
        for world, value in zip(worlds, verdicts, strict=True)
        if value is not None and optimum(a_scenario(**(scenario_fields(world) | {"own": None}))) not in (None, value)
    ]
    assert 3 <= verdicts.count(None) <= 40
    assert len(owned) > 30
    assert sum(place.built for place in places) > 40
    assert sum(place.least_kw > 0 for place in places) > 20
    assert sum(place.lead > 0 for place in places) > 30
    assert sum(place.required for place in places) > 10
    assert sum(world.capital is not None for world in worlds) > 20
    assert {world.value for world in worlds} == {"market", "book", "none"}
