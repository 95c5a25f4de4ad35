"""Reported situations of work that may wait, with the answer that is right, and drawn ones of their kind."""

import random
from typing import Any

import pytest
from planning import (
    a_scenario,
    an_offer,
    answered,
    commitment,
    flexible,
    months,
    on_demand,
    online,
    optimum,
    planned,
    spot,
)

from planner.domain.scenario.scenario import Scenario

YEAR = 8760


def test_four_hours_a_night_are_paid_by_the_hour() -> None:
    """960 accelerator-hours a month on nodes of 8 at 33 dollars: 120 node-hours a month, no node around the clock."""
    plan = planned(
        Scenario.model_validate(
            {
                "start": "2027-01",
                "months": 12,
                "discount_rate": 0,
                "catalog": "none",
                "workloads": [
                    {
                        "name": "nightly",
                        "kind": "training",
                        "unit": "a100-hour",
                        "demand_per_hour": 960 / 730,
                    }
                ],
                "offers": [an_offer("p4d", {"nightly": 8}, on_demand(33), accelerators_per_node=8)],
            }
        )
    )
    assert plan.npv_usd == pytest.approx(47_520)
    (line,) = plan.lines
    assert (line.nodes, line.accelerators, line.quantity) == (1, 8, pytest.approx(1440))


def test_what_may_wait_is_bought_by_the_hour_beside_a_commitment() -> None:
    """10.5 nodes' worth: ten under contract at 60%, the half by the hour, whether the year has one slice or two."""
    for slices in (1, 2):
        parts = [{"name": f"s{n}", "hours": YEAR / slices} for n in range(slices)]
        scenario = a_scenario(
            periods=[{"hours": YEAR, "slices": parts}],
            workloads=[flexible("jobs", [10.5])],
            offers=[an_offer("o", {"jobs": 1}, on_demand(1.0), commitment(0.6, 1))],
        )
        assert optimum(scenario) == pytest.approx(YEAR * (10 * 0.6 + 0.5))


def test_a_cap_counts_what_runs_on_average_and_whole_nodes_at_every_moment() -> None:
    """28 accelerators hold three nodes of 8: three nodes' worth, not three and a half; four of 2 fit beside them only in part."""
    group: dict[str, Any] = {"cap_groups": [{"name": "g", "max_accelerators": 28}]}
    large = an_offer("large", {"jobs": 8}, on_demand(8.0), groups=["g"], accelerators_per_node=8)
    rest = an_offer("rest", {"jobs": 8}, on_demand(20.0))
    scenario = a_scenario(periods=months(1), workloads=[flexible("jobs", [28.0])], offers=[large, rest], **group)
    assert optimum(scenario) == pytest.approx(730 * (3 * 8 + 0.5 * 20))
    small = an_offer("small", {"jobs": 2}, on_demand(3.0), groups=["g"], accelerators_per_node=2)
    scenario = a_scenario(periods=months(1), workloads=[flexible("jobs", [32.0])], offers=[large, small, rest], **group)
    assert optimum(scenario) == pytest.approx(730 * (3 * 8 + 2 * 3 + 0.5 * 20))
    assert planned(scenario).audit.agrees


def test_online_work_holds_whole_nodes_and_work_that_may_wait_fills_them() -> None:
    """Two and a half nodes' worth of chat hold three; half a node of jobs is free on them, the rest is bought by the hour."""
    for jobs, bought in ((0.5, 0.0), (0.75, 0.25)):
        scenario = a_scenario(
            periods=months(1),
            workloads=[online("chat", [2.5]), flexible("jobs", [jobs])],
            offers=[an_offer("o", {"chat": 1, "jobs": 1}, on_demand(1.0))],
        )
        plan = planned(scenario)
        assert plan.npv_usd == pytest.approx(730 * (3 + bought))
        assert sum(record.nodes for record in plan.fleet) == pytest.approx(3 + bought)
        assert plan.lines[0].nodes == (3 if not bought else 4)


def test_what_survives_a_failure_is_there_at_every_moment() -> None:
    """Half a node of jobs on average is no survivor: without one the reserve needs a whole node beside the chat."""
    scenario = a_scenario(
        periods=months(1),
        workloads=[online("chat", [1.0]), flexible("jobs", [0.5])],
        standing_reserve=0.5,
        offers=[an_offer("o", {"chat": 1, "jobs": 1}, on_demand(1.0))],
    )
    plan = planned(scenario)
    assert plan.npv_usd == pytest.approx(730 * 2)  # the jobs run on the reserve


def test_a_signed_savings_plan_is_filled_before_spot() -> None:
    """5 dollars an hour at 40% off 2.712 cover 3.0728 nodes; the other 2.9272 of six run on spot at 1.56."""
    held = {"name": "plan", "provider": "aws", "kind": "savings_plan", "usd_per_hour": 5, "until": "2028-01"}
    scenario = Scenario.model_validate(
        {
            "start": "2027-01",
            "months": 12,
            "discount_rate": 0,
            "catalog": "none",
            "workloads": [{"name": "jobs", "kind": "batch", "unit": "node-hour", "demand_per_hour": 6}],
            "offers": [
                an_offer("m5d", {"jobs": 1}, on_demand(2.712), spot(1.56, interruptions_per_month=0), provider="aws")
            ],
            "held": [{**held, "rates": [{"discount": 0.4}]}],
        }
    )
    plan = planned(scenario)
    covered = 5 / (2.712 * 0.6)
    assert plan.npv_usd == pytest.approx(YEAR * (5 + (6 - covered) * 1.56), rel=1e-7)
    kinds = {option.option: option.action for option in plan.inputs.options}
    on_spot = sum(record.nodes for record in plan.fleet if kinds[record.option] == "spot")
    assert on_spot == pytest.approx(12 * (6 - covered))


# --- more demand never lowers the bill -----------------------------------------------------------------


def mixed(seed: int) -> dict[str, Any]:
    """Online work, flat or shaped, beside work that may wait, with caps, commitments, credits and tiers."""
    r = random.Random(f"mixed {seed}")
    shape = [1.0] * 8 + [r.choice([2.0, 3.0])] * 9 + [1.0] * 7
    works = [
        {
            "name": f"chat{n}",
            "kind": "inference",
            "unit": "u",
            "demand_per_hour": round(r.uniform(0.3, 4.0), 2),
            **({"profile": shape} if r.random() < 0.5 else {}),
        }
        for n in range(r.choice([0, 1, 1, 2]))
    ]
    works += [
        {
            "name": f"jobs{n}",
            "kind": r.choice(["batch", "training"]),
            "unit": "u",
            "demand_per_hour": round(r.uniform(0.2, 3), 2),
        }
        for n in range(r.choice([1, 1, 2]))
    ]
    offers = []
    for n in range(r.choice([1, 2, 3])):
        rates = {w["name"]: round(r.uniform(0.5, 3.0), 2) for w in works if n == 0 or r.random() < 0.8}
        if not rates:
            continue
        price = round(max(rates.values()) * r.uniform(0.8, 1.5), 2)
        contracts = [on_demand(price, **({"max_nodes": r.randint(1, 3)} if n and r.random() < 0.4 else {}))]
        contracts += [commitment(round(price * r.uniform(0.4, 0.8), 2), r.choice([1, 2]))] if r.random() < 0.6 else []
        contracts += [spot(round(price * 0.5, 2), interruptions_per_month=0)] if r.random() < 0.3 else []
        more = {"groups": ["g"]} if n and r.random() < 0.4 else {}
        size = r.choice([1, 2, 4])
        offers.append(an_offer(f"o{n}", rates, *contracts, provider=r.choice("pq"), accelerators_per_node=size, **more))
    fields: dict[str, Any] = {
        "catalog": "none",
        "months": 2,
        "start": "2027-01",
        "discount_rate": r.choice([0, 0.1]),
        "replicas": r.choice(["whole", "pooled"]),
        "slices": 4,
        "workloads": works,
        "offers": offers,
        "cap_groups": [{"name": "g", "max_accelerators": r.randint(2, 9)}],
    }
    if r.random() < 0.3:
        fields["credits"] = [{"provider": "p", "usd": round(r.uniform(200, 3000), 2)}]
    if r.random() < 0.3:
        tiers = [{"spend_per_year_usd": round(r.uniform(2000, 20000), 2), "discount": 0.1}]
        fields["spend_agreements"] = [{"provider": "p", "covers": ["on_demand", "commitment"], "tiers": tiers}]
    return fields


SEEDS, CHUNK = 120, 30
PROFILE = [1.0] * 9 + [3.0] * 8 + [1.0] * 7


@pytest.mark.parametrize("first", range(0, SEEDS, CHUNK))
def test_more_demand_never_lowers_the_bill(first: int) -> None:
    """More of one workload, or one workload more; a flat week is not cut until a shape asks for it."""
    compared = dearer = cut = 0
    for seed in range(first, first + CHUNK):
        fields = mixed(seed)
        r = random.Random(f"more {seed}")
        less = answered(Scenario.model_validate(fields))
        works = [dict(w) for w in fields["workloads"]]
        flat = all("profile" not in w for w in works)
        if flat and r.random() < 0.7:
            asked = round(r.uniform(0.02, 0.5), 2)
            works.append(
                {"name": "more", "kind": "inference", "unit": "u", "demand_per_hour": asked, "profile": PROFILE}
            )
            for offer in fields["offers"]:
                offer["throughput"]["more"] = 2.0
            cut += 1
        else:
            chosen = r.choice(works)
            chosen["demand_per_hour"] = round(chosen["demand_per_hour"] * r.choice([1.05, 1.3, 2.0]), 3)
        more = answered(Scenario.model_validate({**fields, "workloads": works}))
        if more.plan is None:
            continue
        assert less.plan is not None, f"seed {seed}"
        assert less.plan.audit.agrees, f"seed {seed}"
        compared += 1
        dearer += more.plan.npv_usd > less.plan.npv_usd + 0.01
        assert more.plan.npv_usd >= less.plan.npv_usd - 0.01 - 1e-7 * abs(less.plan.npv_usd), f"seed {seed}"
    assert compared >= CHUNK * 2 // 3
    assert dearer >= CHUNK // 2
    assert cut >= 4
