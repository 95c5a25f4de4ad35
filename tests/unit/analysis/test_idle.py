"""Use is work done over what the nodes could do; replicas that idle are named, with what sharing nodes would save."""

import random

import pytest
from planning import a_scenario, an_offer, months, on_demand, online, planned, spot

from planner.domain.records.plan import Plan
from planner.domain.time.demand import mean_rates
from planner.pipeline import horizon_of
from planner.report.document import unit_price
from planner.report.plan.render import render_plan

CARD = on_demand(3.67)
SMALL = {"b00": (900, 72_000), "b01": (450, 7_200), "b10": (1350, 180_000), "b11": (900, 72_000)}


def four_small(replicas: str) -> Plan:
    work = [online(name, rate) for name, (rate, _) in SMALL.items()]
    offer = an_offer("a100", {name: rate for name, (_, rate) in SMALL.items()}, CARD)
    return planned(a_scenario(months=1, workloads=work, offers=[offer], replicas=replicas))


def test_four_small_workloads_would_do_with_one_card() -> None:
    """Each fills a card of its own to 1 to 6%; together 9.5% of one: 3.67 x 730 = 2,679 instead of 10,716 a month."""
    plan = four_small("whole")
    record = plan.idle
    assert record is not None
    assert [one.workload for one in record.workloads] == ["b10", "b00", "b11", "b01"]
    assert (record.nodes, record.pooled_nodes) == (4, 1)
    assert (record.usd_per_month, record.pooled_usd_per_month) == pytest.approx((10_716.4, 2_679.1))
    (line,) = plan.lines
    assert line.utilisation == pytest.approx(sum(rate / most for rate, most in SMALL.values()) / 4)
    assert line.held_fraction == 1.0
    said = " ".join(render_plan(plan, "table").split())
    assert "1 instead of 4 nodes would do at the busiest: $2,679 instead of $10,716 a month" in said
    assert four_small("pooled").npv_usd == pytest.approx(record.pooled_npv_usd)


def test_each_workload_is_said_to_cost_what_it_costs() -> None:
    (line,) = four_small("whole").lines
    for name, (_, most) in SMALL.items():
        assert f"{name} at {unit_price(3.67 / most)}" in line.why


def test_a_card_that_is_a_tenth_used_says_so() -> None:
    """6M tokens a day are 0.25 Mtok an hour, of 2.52 that the card could do."""
    plan = planned(
        a_scenario(
            months=2, workloads=[online("chat", 0.25)], offers=[an_offer("h", {"chat": 2.52}, CARD)], replicas="whole"
        )
    )
    (line,) = plan.lines
    assert (line.utilisation, line.held_fraction) == (pytest.approx(0.25 / 2.52), 1.0)
    assert "9.9%" in render_plan(plan, "table")


def test_on_drawn_worlds_the_work_done_is_the_demand() -> None:
    """Whole replicas, spot beside what could stay, places: what is served is what is asked for, never what could be."""
    compared = 0
    for seed in range(25):
        draw = random.Random(seed)
        work = [
            online(f"w{i}", draw.uniform(0.2, 9), max_spot_share=draw.choice([0.0, 0.5]))
            for i in range(draw.randint(1, 3))
        ]
        offers = [
            an_offer(
                "a",
                {w["name"]: draw.uniform(1, 5) for w in work},
                on_demand(draw.uniform(1, 4)),
                spot(0.9),
                provider="a",
            ),
            an_offer("b", {w["name"]: draw.uniform(1, 5) for w in work}, on_demand(draw.uniform(1, 4)), provider="b"),
        ]
        scenario = a_scenario(
            periods=months(2),
            workloads=work,
            offers=offers,
            replicas="whole",
            max_share_per_provider=draw.choice([None, 0.6]),
        )
        plan = planned(scenario)
        assert plan.audit.agrees, plan.audit.discrepancies
        for w in scenario.workloads:
            rates = mean_rates(w, horizon_of(scenario))
            for t, rate in enumerate(rates):
                done = sum(r.work for r in plan.serving if r.workload == w.name and r.period == t)
                assert done == pytest.approx(rate * 730), seed
                compared += 1
    assert compared >= 60
