"""Hundreds of drawn instances against plain enumeration: the same optimum, the same verdict, an audit that agrees."""

import pytest
from planning import a_scenario, answered
from small_worlds import draw_world, least_npv, scenario_fields

FIRST, COUNT, CHUNK = 200, 480, 40
TIGHT = 1e-6


@pytest.mark.parametrize("first", range(FIRST, FIRST + COUNT, CHUNK))
def test_the_optimum_is_that_of_enumeration(first: int) -> None:
    for seed in range(first, first + CHUNK):
        world = draw_world(seed)
        expected = least_npv(world)
        found = answered(a_scenario(**scenario_fields(world)))
        if expected is None:
            assert found.stop == "infeasible", f"seed {seed}: enumeration finds no plan"
            assert found.causes, f"seed {seed}"
            continue
        assert found.plan is not None, f"seed {seed}: enumeration finds {expected}, the planner {found.causes}"
        assert found.plan.npv_usd == pytest.approx(expected, rel=TIGHT, abs=1e-4), f"seed {seed}"
        assert found.plan.audit.agrees, f"seed {seed}: {found.plan.audit.discrepancies}"


def test_the_draws_reach_what_matters() -> None:
    worlds = [draw_world(seed) for seed in range(FIRST, FIRST + COUNT)]
    verdicts = [least_npv(world) for world in worlds[:100]]
    assert 5 < verdicts.count(None) < 50
    ways = [way for world in worlds for way in world.ways]
    assert sum(way.term > 0 for way in ways) > 200
    assert sum(way.kind == "spot" for way in ways) > 100
    assert sum(way.least > 1 for way in ways) > 50
    assert sum(way.lead > 0 for way in ways) > 30
    assert sum(world.group_nodes is not None for world in worlds) > 100
    assert sum(world.budget_total is not None or world.budget_year is not None for world in worlds) > 100
    assert {world.terminal for world in worlds} == {"market", "annuity", "liability"}
