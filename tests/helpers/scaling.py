"""Procurement cases of any size, drawn from a seed: offers come as an on-demand price and its discounted
whole-horizon twin, about a third of the pairs cannot serve, every region has a cap on live units."""

import random
from math import pi, sin
from typing import Any

LAST_RESORT = "last-resort"


def scaled_case(offers: int, periods: int, workloads: int, seed: int) -> dict[str, Any]:
    draw = random.Random(seed * 7919 + offers * 31 + periods)
    regions = max(2, offers // 20)
    wanted = [_demand(draw, w, periods) for w in range(workloads)]
    case: dict[str, Any] = {
        "format": "procurement-case/1",
        "id": f"scaled-{offers}x{periods}x{workloads}-{seed}",
        "periods": [{"id": f"m{t}", "hours": 730.0} for t in range(periods)],
        "workloads": [{"id": f"w{w}", "demand": demand} for w, demand in enumerate(wanted)],
        "offers": [],
        "performance": {},
    }
    for number in range(max(offers // 2, 1)):
        _add_twins(case, draw, number, number % regions, workloads)
    case["offers"].append(
        {
            "id": LAST_RESORT,
            "price_per_hour": 9.0,
            "commitment": "on_demand",
            "max_units": None,
            "groups": [],
            "cores": 8,
        }
    )
    case["performance"][LAST_RESORT] = {f"w{w}": 40.0 for w in range(workloads)}
    cap = max(30, int(2.2 * sum(max(demand) for demand in wanted) / 30 / regions))
    case["groups"] = [{"id": f"r{r}", "max_units": cap, "max_cores": None} for r in range(regions)]
    return case


def _demand(draw: random.Random, number: int, periods: int) -> list[float]:
    base, growth, season = draw.uniform(200, 4000), draw.uniform(0.0, 0.05), draw.uniform(0.0, 0.35)
    return [
        round(base * (1 + growth) ** t * (1 + season * sin(2 * pi * (t + number) / 12)) * draw.uniform(0.93, 1.07), 3)
        for t in range(periods)
    ]


def _add_twins(case: dict[str, Any], draw: random.Random, number: int, region: int, workloads: int) -> None:
    size, efficiency = draw.choice([1, 1, 2, 4, 8]), draw.uniform(0.7, 1.5)
    price = round(1.2 * size * efficiency**0.8 * draw.uniform(0.85, 1.25), 4)
    serves = {
        f"w{w}": round(12 * size * efficiency * draw.uniform(0.6, 1.4), 3)
        for w in range(workloads)
        if number < workloads or draw.random() >= 0.3
    }
    for kind, usd, most in (
        ("on_demand", price, draw.randint(10, 120)),
        ("reserved", round(price * draw.uniform(0.45, 0.78), 4), draw.randint(5, 60)),
    ):
        name = f"s{number}-{kind}"
        case["offers"].append(
            {
                "id": name,
                "price_per_hour": usd,
                "commitment": kind,
                "max_units": most,
                "groups": [f"r{region}"],
                "cores": size,
            }
        )
        case["performance"][name] = serves
