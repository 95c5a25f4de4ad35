"""Cuts made from what demand, residency, spot and shares of providers ask for: no whole point of a drawn program is cut off."""

from collections import Counter

import numpy as np
import pytest
from planning import a_scenario
from rival_worlds import CATALOG
from service_worlds import draw_service

from planner.formulation import write
from planner.pipeline import prepare
from planner.search.bounds import Relaxation
from planner.search.options import DEFAULT
from planner.search.structure import layout_of
from planner.solver import Watch, solve_mip

POINTS = 6


@pytest.mark.parametrize("first", range(0, 80, 20))
def test_no_whole_point_is_cut_off(first: int) -> None:
    seen: Counter[str] = Counter()
    draw = np.random.default_rng(first)
    for seed in range(first, first + 20):
        p = prepare(draw_service(seed), CATALOG, reduced=False).parameters
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
