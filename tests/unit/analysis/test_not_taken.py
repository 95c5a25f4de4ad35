"""What looks cheaper than what was taken says why it was not, measured by solving again with it."""

import random

import pytest
from planning import a_scenario, an_offer, commitment, months, on_demand, online, planned

from planner.domain.records.plan import Plan
from planner.report.plan.render import render_plan


def cheaper(plan: Plan) -> dict[str, str]:
    return {one.option: one.reason for one in plan.alternatives if one.dearer_fraction < 0}


def test_a_large_card_that_would_idle_is_not_taken_and_says_so() -> None:
    """A unit costs 0.1 on the large card that does 100 an hour for 10, and 0.5 on the small one that does 2 for 1;
    one is asked for."""
    offers = [an_offer("large", {"w": 100}, on_demand(10.0)), an_offer("small", {"w": 2}, on_demand(1.0))]
    plan = planned(a_scenario(periods=months(1), workloads=[online("w", 1.0)], offers=offers, replicas="whole"))
    (reason,) = cheaper(plan).values()
    idle, more = reason.split("; ")
    assert idle == "its smallest replica costs $10 an hour and would mostly idle"
    assert more == "the cheapest plan that uses it costs $6,570.00 more"
    assert reason in " ".join(render_plan(plan, "table").split())


def test_a_commitment_that_is_cheaper_when_busy_but_needed_for_a_day_says_so() -> None:
    offers = [an_offer("o", {"w": 1}, on_demand(2.0), commitment(1.0, 12))]
    demand = [1.0] + [0.0] * 11
    plan = planned(a_scenario(periods=months(12), workloads=[online("w", demand)], offers=offers, terminal="liability"))
    (reason,) = cheaper(plan).values()
    assert "it pays only where it is busy for its whole term" in reason
    assert "costs $7,300.00 more" in reason


def test_on_drawn_worlds_nothing_looks_cheaper_without_a_reason() -> None:
    found = 0
    for seed in range(30):
        draw = random.Random(seed)
        rates = {name: draw.uniform(1, 40) for name in "abc"}
        offers = [  # larger cards are cheaper by unit
            an_offer(name, {"w": rate}, on_demand(rate ** draw.uniform(0.4, 0.9), max_nodes=5))
            for name, rate in rates.items()
        ]
        offers.append(
            an_offer("d", {"w": draw.uniform(1, 9)}, commitment(draw.uniform(1, 4), draw.choice([2, 6]), min_nodes=2))
        )
        offers.append(an_offer("e", {"w": 3}, on_demand(30.0)))
        demand = [draw.uniform(0.5, 6) for _ in range(3)]
        scenario = a_scenario(periods=months(3), workloads=[online("w", demand)], offers=offers, replicas="whole")
        plan = planned(scenario)
        assert all(reason for reason in cheaper(plan).values())
        found += len(cheaper(plan))
    assert found >= 15, found


def test_prices_in_reasons_are_those_of_the_program() -> None:
    """Support of 10% and a price that falls by half after a year: (1 + 0.5) / 2 x 1.1 = 0.825 over two years."""
    offers = [an_offer("o", {"w": 1}, on_demand(1.0), provider="p")]
    fields = {"support": {"p": 0.1}, "price_changes": [{"per_year": -0.5}], "years": 2, "start": "2027-01"}
    plan = planned(a_scenario(workloads=[online("w", 1.0)], offers=offers, **fields))
    mean = sum(0.5 ** (t / 12) for t in range(24)) / 24
    assert f"w at ${1.1 * mean:.4g} per unit" in plan.lines[0].why
    assert plan.unit_costs[0].usd_per_unit == pytest.approx(1.1 * mean, rel=1e-5)
