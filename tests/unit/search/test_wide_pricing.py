"""A large program by slices and by prices: what is said of all classes holds for the program that was not reduced."""

import numpy as np
import pytest
from planning import EMPTY, a_scenario, an_offer, commitment, months, on_demand, online

from planner.assembly import inside, nearest, size_of
from planner.formulation import write
from planner.formulation.parameters import Parameters
from planner.pipeline import prepare
from planner.search import bound_of_all, priced_whole
from planner.search.bounds.wide_pricing import PricedProgram
from planner.solver import Watch, solve_lp, solve_mip


def drawn(seed: int, **rules: object) -> Parameters:
    r = np.random.default_rng(seed)
    offers = [
        an_offer(
            f"o{i}",
            {"v": float(r.uniform(0.5, 3)), "w": float(r.uniform(0.5, 3))},
            on_demand(float(r.uniform(1, 3)), max_nodes=int(r.integers(1, 9))),
            commitment(float(r.uniform(0.6, 2)), 2),
            provider=f"p{i % 3}",
        )
        for i in range(12)
    ]
    workloads = [online(w, [float(x) for x in r.uniform(2, 9, 3)]) for w in ("v", "w")]
    return prepare(
        a_scenario(periods=months(3), workloads=workloads, offers=offers, **rules), EMPTY, reduced=False
    ).parameters


RULES: list[dict[str, object]] = [{}, {"max_share_per_provider": 0.6}, {"budget_total_usd": 100_000.0}]


@pytest.mark.parametrize("rules", RULES, ids=["free", "shares", "budget"])
@pytest.mark.parametrize("seed", range(5))
def test_slices_priced_over_all_classes_stay_below_every_plan(seed: int, rules: dict[str, object]) -> None:
    p = drawn(seed, **rules)
    built = write(p, sparse=True).built
    best = solve_mip(write(p).built.matrix, Watch(), gap=0.0).objective
    wide = bound_of_all(built, p, inside(nearest(p, 1)), np.inf, Watch())
    priced = priced_whole(built, p, wide, 0.0, Watch())
    assert priced is not None
    assert priced.bound == pytest.approx(wide.bound, rel=1e-6)
    gains = [priced.of_period(t) for t in range(len(p.hours))]
    assert min(gains) >= 0
    assert sum(gains) > 0
    assert priced.bound == pytest.approx(wide.bound + sum(gains), rel=1e-6)
    assert priced.bound <= best * (1 + 1e-7)


@pytest.mark.parametrize("seed", range(5))
def test_any_prices_give_a_bound(seed: int) -> None:
    p, r = drawn(seed), np.random.default_rng(seed)
    built = write(p, sparse=True).built
    best = solve_mip(write(p).built.matrix, Watch(), gap=0.0).objective
    wide = bound_of_all(built, p, inside(nearest(p, 1)), np.inf, Watch())
    assert wide.priced is not None
    moved = wide.priced.prices * r.uniform(0.9, 1.0, len(wide.priced.prices))
    priced = priced_whole(built, p, wide._replace(priced=PricedProgram(wide.priced.matrix, moved)), 0.0, Watch())
    assert priced is not None
    assert priced.raised(np.inf) <= best * (1 + 1e-7)


@pytest.mark.parametrize("seed", range(8))
def test_what_cannot_pay_is_left_out_of_no_bound(seed: int) -> None:
    p = drawn(seed)
    built = write(p, sparse=True).built
    found = bound_of_all(built, p, inside(nearest(p, 1)), np.inf, Watch())
    assert not found.open
    assert found.bound >= solve_lp(built.matrix.relaxed(), Watch()).objective * (1 - 1e-7)


@pytest.mark.parametrize("survive", [0.5, 1.0])
def test_few_classes_survive_failures(survive: float) -> None:
    offers = [
        an_offer(f"o{i}", {"w": 1 + i / 100}, on_demand(1 + i / 10, max_nodes=20), provider=f"p{i // 4}")
        for i in range(12)
    ]
    failures = {"failure": "provider", "survive": survive, "standby": []}
    asked = a_scenario(periods=months(2), workloads=[online("w", 9.0)], offers=offers, availability=failures)
    p = prepare(asked, EMPTY, reduced=False).parameters
    few = nearest(p, 1)
    assert size_of(few) < size_of(p)
    assert solve_lp(write(few).built.matrix.relaxed(), Watch()).verdict == "optimal"
    columns = len(write(p).built.columns)
    assert columns / 2 <= size_of(p) <= columns * 2
