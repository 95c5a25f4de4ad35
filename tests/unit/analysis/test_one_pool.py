"""Commitments of one pool against closed forms and against the planner's own program, to a millionth."""

import random

import numpy as np
import pytest
from planning import a_scenario, an_offer, commitment, on_demand, online, optimum

from planner.analysis.commitments.newsvendor import (
    Cover,
    Load,
    PoolSigning,
    best_cover,
    held_value,
    regret_usd,
    steps_of,
)

HOURS = 730.0


def stationary(loads: list[float], periods: int) -> Load:
    share = HOURS / len(loads)
    return Load((tuple(loads),) * periods, ((share,) * len(loads),) * periods)


def flat_cover(price: float, term: int, periods: int, hours: float = HOURS) -> Cover:
    """Paid inside the horizon only, undiscounted."""
    return Cover(term, 0, tuple(price * hours * min(term, periods - v) for v in range(periods)))


@pytest.mark.parametrize("seed", range(30))
def test_the_quantity_is_the_quantile_where_utilisation_is_the_price_ratio(seed: int) -> None:
    r = random.Random(seed)
    loads = sorted(r.uniform(0.5, 20.0) for _ in range(r.randint(2, 12)))
    rented, ratio = r.uniform(1.0, 60.0), r.uniform(0.05, 0.95)
    load, periods = stationary(loads, 3), 3
    steps = steps_of(load, whole=False)
    best = best_cover(steps, np.full(periods, rented), [flat_cover(rented * ratio, periods, periods)])

    def used(level: float) -> float:
        return sum(n >= level for n in loads) / len(loads)

    quantile = max((n for n in loads if used(n) > ratio), default=0.0)
    assert sum(s.nodes for s in best.signings) == pytest.approx(quantile, rel=1e-6)
    below = [min(n, quantile) for n in loads]
    saving = periods * HOURS * rented * (sum(below) / len(loads) - ratio * quantile)
    assert best.saving_usd == pytest.approx(saving, rel=1e-6, abs=1e-6)


@pytest.mark.parametrize("seed", range(12))
def test_it_saves_what_the_program_saves(seed: int) -> None:
    """A growing load, several terms and whole nodes: the least cost of the program is on demand less the saving."""
    r = random.Random(seed)
    periods, whole = 4, seed % 2 == 0
    demand = [[round(r.uniform(0.5, 6.0) * (1 + 0.2 * t), 2) for _ in range(2)] for t in range(periods)]
    rented = r.uniform(5.0, 40.0)
    terms = {term: rented * r.uniform(0.3, 0.9) for term in r.sample([1, 2, 3, 4], 2)}
    shape = [{"hours": HOURS, "slices": [{"name": "a", "hours": 230.0}, {"name": "b", "hours": 500.0}]}] * periods
    scenario = a_scenario(
        periods=shape,
        integers="whole" if whole else "relaxed",
        workloads=[online("chat", demand)],
        offers=[an_offer("box", {"chat": 1.0}, on_demand(rented), *(commitment(p, n) for n, p in terms.items()))],
    )
    steps = steps_of(Load(tuple(map(tuple, demand)), ((230.0, 500.0),) * periods), whole=whole)
    value = np.full(periods, rented)
    covers = [flat_cover(price, term, periods) for term, price in terms.items()]
    alone = float(steps.nodes @ steps.worth(value))
    least = optimum(scenario)
    assert least is not None
    found = best_cover(steps, value, covers)
    # the program rounds prices to a millionth of a dollar an hour
    assert least == pytest.approx(alone - found.saving_usd, rel=1e-6)
    assert held_value(steps, value, covers, found.signings) == pytest.approx(found.saving_usd, rel=1e-9, abs=1e-6)


def test_a_growing_load_is_climbed_by_a_ladder() -> None:
    load = Load(((1.0,), (2.0,), (3.0,), (4.0,)), ((HOURS,),) * 4)
    cover = flat_cover(6.0, 4, 4)
    best = best_cover(steps_of(load, whole=True), np.full(4, 10.0), [cover])
    assert [(s.period, s.nodes) for s in best.signings] == [(0, 1.0), (1, 1.0), (2, 1.0), (3, 1.0)]
    assert best.saving_usd == pytest.approx((1 + 2 + 3 + 4) * 4.0 * HOURS)


def test_regret_is_what_too_many_and_too_few_cost() -> None:
    load, value = stationary([4.0], 2), np.full(2, 10.0)
    cover = flat_cover(6.0, 2, 2)
    low, high = (steps_of(load.scaled(factor), whole=True) for factor in (0.5, 2.0))
    assert regret_usd(low, value, cover, 4.0) == pytest.approx(2 * 6.0 * HOURS * 2)  # two idle nodes for the whole term
    assert regret_usd(high, value, cover, 4.0) == pytest.approx(4 * 4.0 * HOURS)  # four more, a period late
    assert regret_usd(low, value, cover, 2.0) == pytest.approx(0.0, abs=1e-6)


def test_too_many_nodes_cost_more_than_they_save() -> None:
    steps = steps_of(stationary([1.0], 2), whole=True)
    cover = flat_cover(6.0, 2, 2)
    assert held_value(steps, np.full(2, 10.0), [cover], (PoolSigning(0, 0, 2.0),)) == pytest.approx((20 - 24) * HOURS)
