"""What is asked for is served, however little of a node it needs; the audit allows for a billionth of a node."""

import random
from collections import defaultdict
from typing import Any

import pytest
from planning import a_scenario, an_offer, commitment, flexible, on_demand, online, spot

from planner.analysis.answer import answer
from planner.domain.records.plan import Plan
from planner.domain.scenario.scenario import Scenario
from planner.inputs.catalog.load import load_catalog

NODE = 1e-9


def drawn(draw: random.Random) -> tuple[Scenario, dict[str, float]]:
    """Workloads that need 1e-8 to 1e-4 nodes of several offers, some beside an ordinary one; the work of their fastest node."""
    workloads: list[dict[str, Any]] = []
    rates: list[dict[str, float]] = [{} for _ in range(draw.choice([1, 2, 3, 4]))]
    for i in range(draw.choice([1, 2, 3])):
        nodes = 10 ** draw.uniform(-8, -4) if i or draw.random() < 0.7 else draw.uniform(0.2, 4)
        scale = 10 ** draw.uniform(-3, 3)
        for offer in rates:
            offer[f"w{i}"] = scale * draw.uniform(1, 5)
        asked = [nodes * scale * draw.uniform(0.5, 1.5) for _ in range(2)]
        if draw.random() < 0.5:
            workloads.append(flexible(f"w{i}", asked))
        else:
            more = {"profile": "business_hours"} if draw.random() < 0.5 else {}
            workloads.append(online(f"w{i}", asked, max_spot_share=draw.choice(["0%", "40%"]), **more))
    offers = []
    for number, offer in enumerate(rates):
        usd = draw.uniform(1, 9)
        sold = [on_demand(usd), *draw.sample([spot(usd / 2), commitment(usd * 0.7, 2), commitment(usd * 0.8, 1)], 2)]
        delivery = {"delivery": "container"} if draw.random() < 0.2 else {}
        offers.append(
            an_offer(f"n{number}", offer, *sold, provider=f"p{number if draw.random() < 0.7 else 0}", **delivery)
        )
    fields: dict[str, Any] = {"replicas": draw.choice(["whole", "pooled"])}
    if len({offer["provider"] for offer in offers}) > 2 and draw.random() < 0.7:
        fields["max_share_per_provider"] = draw.choice(["35%", "50%", "80%"])
    for key, value in (
        ("standing_reserve", "20%"),
        ("availability", {"failure": "provider", "survive": "50%"}),
        ("integers", "relaxed"),
        ("savings_plans", [{"name": "s", "provider": "p0", "term_months": 12, "rates": [{"discount": "20%"}]}]),
    ):
        if draw.random() < 0.15:
            fields[key] = value
    most = {w["name"]: max(offer[w["name"]] for offer in rates) for w in workloads}
    return a_scenario(start="2027-01", months=2, slices=2, workloads=workloads, offers=offers, **fields), most


def test_tiny_demands_are_drawn() -> None:
    drawings = [drawn(random.Random(seed))[0] for seed in range(30)]
    assert sum(len(scenario.workloads) > 1 for scenario in drawings) > 10


def missing(plan: Plan, scenario: Scenario, fastest: dict[str, float]) -> list[tuple[str, int, float, float]]:
    """What is served less, or more, than what is asked for in a period, beyond a millionth and a billionth of a node."""
    done: dict[tuple[str, int], float] = defaultdict(float)
    for r in plan.serving:
        done[r.workload, r.period] += r.work
    found = []
    for w in scenario.workloads:
        for t, rate in enumerate(w.demand_per_hour):  # type: ignore[union-attr]
            asked = rate * plan.horizon.periods[t].hours
            of_a_node = fastest[w.name] * plan.horizon.periods[t].hours
            if abs(done[w.name, t] - asked) > 1e-6 * asked + NODE * of_a_node:
                found.append((w.name, t, done[w.name, t], asked))
    return found


@pytest.mark.parametrize("first", range(0, 60, 10))
def test_tiny_demands_are_served(first: int) -> None:
    for seed in range(first, first + 10):
        scenario, fastest = drawn(random.Random(seed))
        found = answer(scenario, load_catalog(), baselines=False)
        if found.plan is None:  # two providers, or a share of one, may be too much to ask for
            assert scenario.availability is not None or scenario.max_share_per_provider is not None, seed
            continue
        assert found.plan.audit.agrees, (seed, found.plan.audit.discrepancies[:5])
        assert missing(found.plan, scenario, fastest) == [], seed
