"""Cuts of smallest sizes: they leave the least cost of drawn programs as it is, and raise what the relaxation says."""

import random
from collections import Counter

import numpy as np
import pytest
from planning import a_scenario
from rival_worlds import CATALOG

from planner.domain.scenario import Scenario
from planner.formulation import write
from planner.pipeline import prepare
from planner.search.bounds.implied import most_of_use
from planner.search.bounds.openings import opening_cuts
from planner.search.structure import layout_of
from planner.solver import Matrix, Watch, solve_lp, solve_mip

ROUNDS = 4


def drawn(seed: int) -> Scenario:
    """One or two workloads that share offers, some of which ask for more nodes than are needed."""
    r = random.Random(f"opening-{seed}")
    periods, slices = r.randint(1, 3), r.choice([1, 2])
    names = ["chat", "code"][: r.choice([1, 2])]
    parts = [{"name": f"s{n}", "hours": 1000.0} for n in range(slices)]
    works = [
        {
            "name": name,
            "kind": r.choice(["inference", "inference", "batch"]) if slices == 1 else "inference",
            "unit": "unit",
            "max_spot_share": r.choice([0.0, 0.5]),
            "demand_per_hour": _demand(r, periods, slices),
        }
        for name in names
    ]
    offers = []
    for n in range(r.randint(2, 3)):
        price, speed = r.uniform(1.0, 3.0), r.uniform(1.5, 4.0)
        contracts: list[dict[str, object]] = (
            [] if n and r.random() < 0.6 else [{"kind": "on_demand", "usd_per_hour": price}]
        )
        for _ in range(r.choice([1, 2]) if contracts == [] or r.random() < 0.8 else 0):
            signed = {"kind": "commitment", "usd_per_hour": round(price * r.uniform(0.2, 0.9), 3)}
            contracts.append(signed | {"min_nodes": r.choice([1, 3, 5, 8]), "term_periods": r.randint(1, periods)})
        throughput = {name: round(speed * r.uniform(0.7, 1.3), 3) for name in names}
        offers.append(
            {
                "name": f"o{n}",
                "accelerators_per_node": r.choice([1, 2]),
                "throughput": throughput,
                "contracts": contracts,
            }
        )
    return a_scenario(
        periods=[{"hours": 1000.0 * slices, "slices": parts} for _ in range(periods)],
        replicas=r.choice(["whole", "pooled"]),
        workloads=works,
        offers=offers,
    )


def _demand(r: random.Random, periods: int, slices: int) -> list[object]:
    rows = [[round(r.uniform(0.5, 14.0), 3) for _ in range(slices)] for _ in range(periods)]
    return [row if slices > 1 else row[0] for row in rows]


def least(matrix: Matrix) -> float | None:
    """Cost of the best plan; None if there is none or it is not proven in a few nodes."""
    found = solve_mip(matrix, Watch(), gap=0.0, nodes=2000)
    return found.objective if found.verdict == "optimal" else None


@pytest.mark.parametrize("first", range(0, 160, 40))
def test_the_least_cost_stays_and_the_relaxation_rises(first: int) -> None:
    seen: Counter[str] = Counter()
    for seed in range(first, first + 40):
        p = prepare(drawn(seed), CATALOG, reduced=False).parameters
        built = write(p).built
        matrix, cost = built.matrix, least(built.matrix)
        layout, most = layout_of(built, p, matrix), most_of_use(built.matrix)
        if cost is None or not layout.minimums:
            continue
        before = solve_lp(matrix.relaxed(), Watch()).objective
        cut = matrix
        for _ in range(ROUNDS):
            solved = solve_lp(cut.relaxed(), Watch())
            assert solved.x is not None
            cuts = opening_cuts(matrix, layout, solved.x, most)
            for one in cuts:
                assert float(one.value @ solved.x[one.index]) < one.lower
            if not cuts:
                break
            seen["cuts"] += len(cuts)
            cut = cut.with_rows(cuts)
        assert least(cut) == pytest.approx(cost, rel=1e-6, abs=1e-6), f"seed {seed}"
        after = solve_lp(cut.relaxed(), Watch()).objective
        assert after <= cost * (1 + 1e-6) + 1e-6
        seen["programs"] += 1
        seen["raised"] += after > before * (1 + 1e-6)
    assert seen["programs"] >= 15, seen
    assert seen["raised"] >= 5, seen
    assert seen["cuts"] >= 20, seen


def test_a_smallest_size_is_paid_as_a_whole() -> None:
    """Two nodes are needed and ten are the least that is signed: without cuts a fifth of ten is signed."""
    scenario = a_scenario(
        periods=[{"hours": 1000.0}],
        workloads=[{"name": "chat", "kind": "inference", "unit": "unit", "demand_per_hour": [2.0]}],
        offers=[
            {
                "name": "o",
                "accelerators_per_node": 1,
                "throughput": {"chat": 1.0},
                "contracts": [
                    {"kind": "on_demand", "usd_per_hour": 6.0},
                    {"kind": "commitment", "usd_per_hour": 1.0, "min_nodes": 10, "term_periods": 1},
                ],
            }
        ],
    )
    p = prepare(scenario, CATALOG, reduced=False).parameters
    built = write(p).built
    matrix, layout = built.matrix, layout_of(built, p, built.matrix)
    relaxed = solve_lp(matrix.relaxed(), Watch())
    assert relaxed.x is not None
    assert relaxed.objective == pytest.approx(2.0)
    cuts = opening_cuts(matrix, layout, relaxed.x, most_of_use(matrix))
    assert solve_lp(matrix.with_rows(cuts).relaxed(), Watch()).objective == pytest.approx(10.0)
    assert least(matrix) == pytest.approx(10.0)
    fractions = matrix.with_whole(np.zeros(matrix.columns, dtype=bool))  # openings may be fractions: nothing is implied
    assert not opening_cuts(fractions, layout, relaxed.x, most_of_use(fractions))
    assert np.isfinite(most_of_use(matrix)).any()
