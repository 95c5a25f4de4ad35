"""Small scenarios drawn from a seed in which rules say where and by whom online work is served."""

import random

from planning import a_scenario

from planner.domain.scenario import Scenario


def draw_service(seed: int) -> Scenario:
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
