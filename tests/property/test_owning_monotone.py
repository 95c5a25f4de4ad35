"""What must hold of owning whatever the numbers: dearer inputs never lower the cost, more freedom never raises it."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from own_worlds import World, draw_world, scenario_fields
from planning import a_scenario, optimum

SEEDS = range(1000, 1030)
TOLERANCE = 1e-7


def cost(world: World) -> float:
    """Infinite if there is no plan."""
    found = optimum(a_scenario(**scenario_fields(world)))
    return float("inf") if found is None else found


def dearer_electricity(world: World) -> World:
    return replace(world, places=tuple(replace(place, kwh=place.kwh * 1.5) for place in world.places))


def dearer_servers(world: World) -> World:
    return replace(world, box=replace(world.box, price=world.box.price * 1.2))


def dearer_teams(world: World) -> World:
    return replace(world, places=tuple(replace(place, team=place.team + 1000.0) for place in world.places))


def less_capital(world: World) -> World:
    return replace(world, capital=(world.capital or 1e6) * 0.5)


def nothing_left_at_the_end(world: World) -> World:
    return replace(world, value="none")


def one_age_less(world: World) -> World:
    """Servers may be sold at one age only: a shorter menu of lives."""
    return replace(world, box=replace(world.box, ages=(world.box.ages[0], world.box.ages[0])))


def higher_rent(world: World) -> World:
    return replace(world, rent=world.rent * 1.3)


@pytest.mark.parametrize(
    "worse",
    [
        dearer_electricity,
        dearer_servers,
        dearer_teams,
        less_capital,
        nothing_left_at_the_end,
        one_age_less,
        higher_rent,
    ],
)
def test_what_is_worse_never_costs_less(worse: Callable[[World], World]) -> None:
    moved = 0
    for seed in SEEDS:
        world = draw_world(seed)
        before, after = cost(world), cost(worse(world))
        assert after >= before * (1 - TOLERANCE), f"seed {seed}"
        moved += after > before * (1 + TOLERANCE)
    assert moved > 0


def test_to_be_allowed_to_own_never_costs_more() -> None:
    saved = 0
    for seed in SEEDS:
        world = draw_world(seed)
        if any(place.required for place in world.places):
            continue
        fields = scenario_fields(world)
        rented = optimum(a_scenario(**(fields | {"own": None})))
        owned = optimum(a_scenario(**fields))
        if rented is not None:
            assert owned is not None, f"seed {seed}"
            assert owned <= rented * (1 + TOLERANCE), f"seed {seed}"
            saved += owned < rented * (1 - TOLERANCE)
    assert saved > 3
