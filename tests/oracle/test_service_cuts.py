"""Cuts made from what demand, residency, spot and shares of providers ask for: no whole point of a drawn program is cut off."""

import random
from collections import Counter

import numpy as np
import pytest
from planning import a_scenario
from rival_worlds import CATALOG

from planner.domain.scenario import Scenario
from planner.formulation import write
from planner.pipeline import prepare
from planner.search.bounds import Relaxation
from planner.search.options import DEFAULT
from planner.search.structure import layout_of
from planner.solver import Watch, solve_mip

POINTS = 6


def drawn(seed: int) -> Scenario:
    """One or two workloads over a few large nodes at up to three providers, under rules on where they are served."""
    r = random.Random(f"service-{seed}")
    slices = r.choice([1, 2])
    places = ["DE", "US", "FR"][: r.choice([2, 3])]
    works = []
    for name in ["chat", "code"][: r.choice([1, 2])]:
        work = {"name": name, "kind": "inference", "unit": "unit", "max_spot_share": r.choice([0.0, 0.4])}
        if r.random() < 0.6:
            work["residency"] = [{"share": r.choice([0.3, 0.7, 1.0]), "countries": r.sample(places, r.choice([1, 2]))}]
        work["demand_per_hour"] = [[round(r.uniform(0.5, 9.0), 3) for _ in range(slices)] for _ in range(2)]
        works.append(work)
    offers = []
    for n in range(r.randint(3, 5)):
        price, speed = r.uniform(1.0, 3.0), r.uniform(1.5, 12.0)
        contracts = [{"kind": "on_demand", "usd_per_hour": round(price, 3)}]
        if r.random() < 0.4:
            contracts.append({"kind": "spot", "usd_per_hour": round(price * 0.5, 3)})
        if r.random() < 0.7:
            contracts.append({"kind": "commitment", "usd_per_hour": round(price * 0.6, 3), "term_periods": 2})
        offers.append(
            {
                "name": f"o{n}",
                "provider": f"p{n % len(places)}",
                "country": places[n % len(places)],
                "throughput": {work["name"]: round(speed * r.uniform(0.5, 1.5), 3) for work in works},
                "contracts": contracts,
            }
        )
    parts = [{"name": f"s{n}", "hours": 1000.0} for n in range(slices)]
    return a_scenario(
        periods=[{"hours": 1000.0 * slices, "slices": parts} for _ in range(2)],
        workloads=works,
        offers=offers,
        replicas="whole",
        **({"max_share_per_provider": r.choice([0.4, 0.6, 0.8])} if r.random() < 0.8 else {}),
    )


@pytest.mark.parametrize("first", range(0, 80, 20))
def test_no_whole_point_is_cut_off(first: int) -> None:
    seen: Counter[str] = Counter()
    draw = np.random.default_rng(first)
    for seed in range(first, first + 20):
        p = prepare(drawn(seed), CATALOG, reduced=False).parameters
        built = write(p).built
        matrix = built.matrix
        layout = layout_of(built, p, matrix)
        relaxation = Relaxation(matrix, layout, Watch(), DEFAULT)
        relaxed = relaxation.tighten()
        if relaxed.x is None:
            continue
        demand = set(layout.demand_rows.tolist())
        seen["of rules"] += sum(cut.made_from not in demand for cut in relaxation.cuts)
        for n in range(POINTS):
            cost = matrix.cost * (1.0 if n == 0 else draw.uniform(0.2, 3.0, matrix.columns))
            plan = solve_mip(matrix.with_cost(cost), Watch(), gap=0.0, nodes=2000)
            if plan.x is None:
                continue
            seen["points"] += 1
            if n == 0 and plan.verdict == "optimal":
                assert relaxed.objective <= plan.objective * (1 + 1e-6), f"seed {seed}"
            for cut in relaxation.cuts:
                assert float(cut.value @ plan.x[cut.index]) >= cut.lower - 1e-5, f"seed {seed}, row {cut.made_from}"
    assert seen["points"] >= 60, seen
    assert seen["of rules"] >= 60, seen


def test_a_rule_on_shares_is_rounded_like_a_demand() -> None:
    """Two providers with one large node each, neither may have more than 60%: one whole node of each is needed."""
    offers = [
        {
            "name": f"o{n}",
            "provider": f"p{n}",
            "throughput": {"chat": 100.0},
            "contracts": [{"kind": "on_demand", "usd_per_hour": 10.0}],
        }
        for n in range(2)
    ]
    work = {"name": "chat", "kind": "inference", "unit": "unit", "demand_per_hour": 5.0}
    scenario = a_scenario(
        periods=[{"hours": 1000.0}], workloads=[work], offers=offers, replicas="whole", max_share_per_provider=0.6
    )
    p = prepare(scenario, CATALOG).parameters
    built = write(p).built
    relaxation = Relaxation(built.matrix, layout_of(built, p, built.matrix), Watch(), DEFAULT)
    assert relaxation.tighten().objective == pytest.approx(20.0)  # thousands of dollars; 0.5 without whole nodes
