"""Scenarios of any size with the statistics of a real catalog, drawn from a seed.

Providers ask up to six times as much for the same accelerator; node types have one to eight of them; contracts are by use and of 1
to 36 months. There are caps by provider and accelerator, spend tiers, a limit on what depends on one provider, and a colocation and
a datacenter to choose beside it all.

An *offer* is one contract of one node type in one region. Demand grows, has a season and is flat inside a month.
"""

import random
from math import pi, sin
from typing import Any

Fields = dict[str, Any]
HOURS = 730.0
ACCELERATORS = (
    ("small", 1.0, 0.55, (1, 4, 8)),
    ("medium", 1.7, 1.0, (1, 4, 8)),
    ("old-large", 2.6, 1.5, (1, 8)),
    ("large", 6.0, 2.6, (1, 8)),
    ("larger", 8.5, 3.4, (8,)),
    ("new", 15.0, 5.2, (8,)),
)
"""Name, work an hour, USD an hour, accelerators of a node."""
DISCOUNTS = {1: (0.0, 0.12), 6: (0.08, 0.25), 12: (0.2, 0.42), 36: (0.38, 0.6)}
"""Term in months → range of what it takes off the price on demand."""


def market_scenario(offers: int, months: int, workloads: int, seed: int) -> Fields:
    r = random.Random(f"market family {offers} {months} {workloads} {seed}")
    providers = [f"p{i}" for i in range(max(4, min(14, offers // 30)))]
    works = [_work(r, number, months) for number in range(workloads)]
    nodes = _nodes(r, offers, providers, works)
    busiest = sum(max(work["demand_per_hour"]) for work in works)
    return {
        "name": f"market family {offers}x{months}x{workloads}-{seed}",
        "periods": [{"name": f"m{t}", "hours": HOURS} for t in range(months)],
        "discount_rate": 0.1,
        "catalog": "none",
        "hosted_apis": "none",
        "workloads": works,
        "offers": nodes,
        "cap_groups": _caps(r, nodes, busiest),
        "spend_agreements": [_agreement(r, provider, busiest) for provider in providers[:3]],
        "max_share_per_provider": 0.6,
        "own": _own(r, works),
    }


def _work(r: random.Random, number: int, months: int) -> Fields:
    base, growth, season = 10 ** r.uniform(2.0, 3.6), r.uniform(0.0, 0.04), r.uniform(0.0, 0.25)
    rates = [
        round(base * (1 + growth) ** t * (1 + season * sin(2 * pi * (t + number) / 12)) * r.uniform(0.95, 1.05), 3)
        for t in range(months)
    ]
    kind = ("inference", "inference", "training", "inference", "batch")[number % 5]
    return {"name": f"w{number}", "kind": kind, "unit": "u", "demand_per_hour": rates}


def _nodes(r: random.Random, offers: int, providers: list[str], works: list[Fields]) -> list[Fields]:
    level = {provider: 2.4 ** r.uniform(-1, 1) for provider in providers}
    suits = {(work["name"], name): r.uniform(0.6, 1.4) for work in works for name, *_ in ACCELERATORS}
    least = {work["name"]: r.choice([0, 0, 0, 2]) for work in works}
    nodes: list[Fields] = []
    left = offers
    while left > 0:
        provider = r.choice(providers)
        name, rate, usd, sizes = r.choice(ACCELERATORS)
        size, tuned = r.choice(sizes), r.uniform(0.92, 1.08)
        price = round(usd * size * level[provider] * r.uniform(0.9, 1.1), 4)
        contracts = _contracts(r, price, size)[:left]
        left -= len(contracts)
        throughput = {
            work["name"]: round(rate * size * tuned * suits[work["name"], name], 4)
            if ACCELERATORS.index((name, rate, usd, sizes)) >= least[work["name"]]
            else 0.0
            for work in works
        }
        nodes.append(
            {
                "name": f"n{len(nodes)}",
                "provider": provider,
                "region": f"{provider}-r{r.randrange(3)}",
                "accelerators_per_node": size,
                "throughput": throughput,
                "groups": [f"{provider} {name}"],
                "contracts": contracts,
            }
        )
    return nodes


def _contracts(r: random.Random, price: float, size: int) -> list[Fields]:
    contracts: list[Fields] = [{"kind": "on_demand", "usd_per_hour": price}]
    if r.random() < 0.3:
        spot = {"kind": "spot", "usd_per_hour": round(price * r.uniform(0.3, 0.7), 4), "max_nodes": r.randint(2, 40)}
        contracts.append(spot | {"interruptions_per_month": round(r.uniform(0.1, 3), 2)})
    for term, (low, high) in DISCOUNTS.items():
        if r.random() < 0.6:
            usd = round(price * (1 - r.uniform(low, high)), 4)
            upfront = {"upfront_fraction": 0.25} if term == 36 and r.random() < 0.3 else {}
            minimum = {"min_nodes": r.choice([2, 4])} if size == 8 and r.random() < 0.2 else {}
            contracts.append({"kind": "commitment", "usd_per_hour": usd, "term_periods": term} | upfront | minimum)
    return contracts


def _caps(r: random.Random, nodes: list[Fields], busiest: float) -> list[Fields]:
    """About a sixth of the busiest demand from each provider and accelerator."""
    rate = {name: work for name, work, *_ in ACCELERATORS}
    groups = sorted({node["groups"][0] for node in nodes})
    return [
        {"name": group, "max_accelerators": max(16, int(busiest / 6 / rate[group.split()[1]] * r.uniform(0.3, 2)))}
        for group in groups
    ]


def _agreement(r: random.Random, provider: str, busiest: float) -> Fields:
    yearly = busiest / 4 * HOURS * 12  # about what all of the work comes to
    tiers = [
        {"spend_per_year_usd": round(yearly * share * r.uniform(0.8, 1.2)), "discount": discount}
        for share, discount in ((0.05, 0.03), (0.15, 0.06), (0.4, 0.1))
    ]
    return {"provider": provider, "tiers": tiers}


def _own(r: random.Random, works: list[Fields]) -> Fields:
    both = {"usd_per_kwh": 0.08, "tax_and_insurance_fraction_per_year": 0.01, "team_usd_per_year": 600_000}
    colocation = both | {"kind": "colocation", "name": "hall", "pue": 1.35, "lead_months": 4, "term_months": 36}
    colocation |= {"rent_usd_per_kw_month": round(r.uniform(120, 200), 2), "fit_out_usd_per_kw": 500, "min_kw": 250}
    building = both | {"kind": "datacenter", "name": "plant", "pue": 1.2, "lead_months": 12, "module_mw": 2.0}
    building |= {"land_and_development_usd": 4_000_000, "reuse_fraction": 0.6, "capex_usd_per_mw": 9_500_000}
    return {
        "sites": [colocation | {"rent_rise_per_year": 0.03}, building | {"life_months": 240}],
        "servers": [
            {
                "name": name,
                "throughput": {work["name"]: round(rate * 8 * r.uniform(0.6, 1.4), 4) for work in works},
                "price_usd": round(usd * r.uniform(0.9, 1.1)),
                "network_fraction": 0.1,
                "storage_fraction": 0.03,
                "nameplate_kw": kw,
                "draw_fraction": 0.8,
                "maintenance_fraction_per_year": 0.03,
                "spare_fraction": 0.04,
                "staff_usd_per_server_year": 2_000,
                "lead_months": 3,
                "life_months": 60,
                "residual_curve": [[0, 1.0], [24, 0.5], [48, 0.2], [60, 0.1]],
            }
            for name, rate, usd, kw in (("large-8", 6.0, 210_000, 10.2), ("new-8", 15.0, 420_000, 14.3))
        ],
    }
