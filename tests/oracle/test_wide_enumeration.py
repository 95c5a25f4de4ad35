"""Hundreds of drawn instances of failures, runs, places, charges and cash against enumeration."""

from collections import Counter
from itertools import combinations

import pytest
import soft_program
import wide_search
from planning import a_scenario, answered
from wide_worlds import CHIPS, PATH, World, changed, draw_wide, families, scenario_fields

from planner.domain.inputs.accelerator import Accelerator
from planner.domain.inputs.catalog import Catalog, PricePath

FIRST, COUNT, CHUNK = 0, 320, 20
TIGHT = 1e-6
CATALOG = Catalog(
    accelerators={
        name: Accelerator(id=name, name=name, vendor=vendor, source="test", checked_on="2026-01")
        for name, vendor in CHIPS.items()
    },
    price_paths={"p": PricePath("p", PATH, "test", "2026-01")},
)


def soft(world: World) -> bool:
    """Whether a run may stop and move: its hours are no whole nodes."""
    return world.run is not None and world.run.interruptible


def least_npv(world: World) -> float | None:
    return soft_program.least_npv(world) if soft(world) else wide_search.least_npv(world)


@pytest.mark.parametrize("first", range(FIRST, FIRST + COUNT, CHUNK))
def test_the_optimum_is_that_of_enumeration(first: int) -> None:
    for seed in range(first, first + CHUNK):
        world = draw_wide(seed)
        expected = least_npv(world)
        found = answered(a_scenario(**scenario_fields(world)), catalog=CATALOG)
        if expected is None:
            assert found.stop == "infeasible", f"seed {seed}: enumeration finds no plan"
            assert found.causes, f"seed {seed}"
            continue
        assert found.plan is not None, f"seed {seed}: enumeration finds {expected}, the planner {found.causes}"
        assert found.plan.npv_usd == pytest.approx(expected, rel=TIGHT, abs=1e-4), f"seed {seed}"
        assert found.plan.audit.agrees, f"seed {seed}: {found.plan.audit.discrepancies}"


@pytest.mark.exhaustive
def test_closed_forms_and_linear_programs_split_the_work_of_a_slice_alike(monkeypatch: pytest.MonkeyPatch) -> None:
    """Enumeration against itself: what one workload costs in a slice is known in two ways."""
    compared = 0
    for seed in range(90):
        world = draw_wide(seed)
        containers = any(pool.container for pool in world.pools)
        if len(world.works) > 1 or containers or (world.credits and world.apis) or soft(world):
            continue  # solved as linear programs in any case, or with bills that these do not tell apart
        first = least_npv(world)
        with monkeypatch.context() as patched:
            patched.setattr(wide_search, "split_alone", wide_search.split_together)
            second = least_npv(changed(world))
        assert (first is None) == (second is None), f"seed {seed}"
        assert first is None or second == pytest.approx(first, rel=1e-7), f"seed {seed}"
        compared += first is not None
    assert compared > 20


@pytest.mark.exhaustive
def test_the_draws_reach_what_matters() -> None:
    worlds = [draw_wide(seed) for seed in range(FIRST, FIRST + COUNT)]
    verdicts = [least_npv(world) for world in worlds[:100]]
    assert 10 < verdicts.count(None) < 50
    drawn = Counter(name for world in worlds for name in families(world))
    assert len(drawn) == 21
    assert min(drawn.values()) >= COUNT // 10, drawn
    pairs = Counter(pair for world in worlds for pair in combinations(sorted(families(world)), 2))
    apart = {pair for pair in combinations(sorted(drawn), 2) if pair not in pairs}
    assert len(apart) < 40, apart
    kinds = Counter(world.availability[0] for world in worlds if world.availability)
    assert set(kinds) == {"zone", "region", "provider", "vendor"}
    assert {world.terminal for world in worlds} == {"market", "annuity", "liability"}
