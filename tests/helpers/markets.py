"""Markets of several providers, node sizes, contracts and caps, drawn from a seed: for what must hold of any market."""

import random
from typing import Any

from planning import a_scenario

from planner.domain.inputs.accelerator import Accelerator
from planner.domain.inputs.catalog import Catalog
from planner.domain.scenario.scenario import Scenario

SIZES = (1, 2, 4, 8)


def two_accelerators() -> Catalog:
    chips = {
        name: Accelerator(
            id=name, name=name, vendor="any", memory_gb=80, memory_bandwidth_gb_per_s=2000, bf16_tflops=500,
            tdp_watts=400, source="test", checked_on="2026-01",
        )
        for name in ("chip-a", "chip-b")
    }  # fmt: skip
    return Catalog(accelerators=chips)


def draw_market(seed: int, *, paths: bool = True) -> tuple[Scenario, dict[tuple[str, str], float]]:
    """A scenario and the nodes a replica takes, by (workload, offer)."""
    r = random.Random(seed)
    works = [_draw_work(r, n) for n in range(r.choice([1, 2, 2, 3]))]
    periods = r.choice([1, 2, 3])
    offers, replicas = [], {}
    speed = {chip: {w["name"]: r.uniform(1.0, 3.0) for w in works} for chip in ("chip-a", "chip-b")}
    need = {(w["name"], chip): r.choice([1, 1, 2, 4, 8, 16]) for w in works for chip in speed}
    groups = [{"name": "g", "max_nodes": r.randint(2, 8)}] if r.random() < 0.3 else []
    if r.random() < 0.3:
        groups.append({"name": "h", "max_accelerators": r.randint(4, 40)})
    for n in range(r.randint(4, 9)):
        offer, sizes = _draw_offer(r, n, works, speed, need, groups, periods)
        offers.append(offer)
        replicas |= sizes
    fields: dict[str, Any] = {
        "periods": [_draw_period(r) for _ in range(periods)],
        "workloads": [w | {"demand_per_hour": round(r.uniform(2, 20), 2)} for w in works],
        "offers": offers,
        "cap_groups": groups,
        "replicas": r.choice(["whole", "whole", "pooled"]),
        "discount_rate": r.choice([0, 0.1]),
        "terminal": r.choice(["market", "annuity", "liability"]),
        "discounts": {"p1": 0.1} if r.random() < 0.3 else {},
    }
    if paths and r.random() < 0.5:
        named = r.choice([{}, {"provider": "p1"}, {"accelerator": "chip-a"}, {"contract": "commitment"}])
        fields["price_changes"] = [{"per_year": r.choice([-0.4, -0.2, 0.2])} | named]
    if r.random() < 0.4:
        fields["caps"] = {f"p{k}": r.choice([4, 8, 16]) for k in range(3) if r.random() < 0.6}
    if r.random() < 0.3:
        fields["spot_caps"] = {f"p{k}": r.choice([2, 8]) for k in range(3) if r.random() < 0.6}
    if r.random() < 0.25:
        fields["budget_total_usd"] = round(r.uniform(2e4, 4e5), 2)
    if r.random() < 0.3:
        fields["reserved_caps"] = {f"p{k}": r.choice([4, 8, 16]) for k in range(3) if r.random() < 0.6}
    return a_scenario(**fields), replicas


def _draw_period(r: random.Random) -> dict[str, Any]:
    if r.random() < 0.5:
        return {"hours": 4380}
    return {"hours": 4380, "slices": [{"name": "peak", "hours": 1380}, {"name": "rest", "hours": 3000}]}


def _draw_work(r: random.Random, number: int) -> dict[str, Any]:
    kind = r.choice(["inference", "inference", "training"])
    work: dict[str, Any] = {"name": f"w{number}", "kind": kind, "unit": "unit", "max_spot_share": r.choice([0, 0.5, 1])}
    if r.random() < 0.2:
        work["unserved"] = {"usd_per_unit": 4.0, "max_fraction": 0.5}
    return work


def _draw_offer(
    r: random.Random,
    number: int,
    works: list[dict[str, Any]],
    speed: dict[str, dict[str, float]],
    need: dict[tuple[str, str], int],
    groups: list[dict[str, Any]],
    periods: int,
) -> tuple[dict[str, Any], dict[tuple[str, str], float]]:
    chip, size, name = r.choice(["chip-a", "chip-b"]), r.choice(SIZES), f"o{number}"
    better = r.choice([1.0, 1.0, 1.2])
    throughput, replicas = {}, {}
    for work in works:
        if r.random() < 0.9:
            throughput[work["name"]] = round(speed[chip][work["name"]] * size * better, 4)
            if work["kind"] == "inference":
                replicas[work["name"], name] = need[work["name"], chip] / size
    throughput = throughput or {works[0]["name"]: float(size)}
    offer: dict[str, Any] = {
        "name": name,
        "provider": f"p{r.randrange(3)}",
        "accelerator": chip,
        "accelerators_per_node": size,
        "throughput": {w["name"]: 0.0 for w in works} | throughput,
        "groups": [g["name"] for g in groups if r.random() < 0.6],
        "contracts": [_draw_contract(r, size, periods) for _ in range(r.choice([1, 2]))],
    }
    if r.random() < 0.15:
        offer["max_nodes"] = r.randint(1, 6)
    return offer, replicas


def _draw_contract(r: random.Random, size: int, periods: int) -> dict[str, Any]:
    price = round(size * r.choice([1.0, 1.0, 1.1, 1.3, r.uniform(0.8, 1.6)]), 4)
    kind = r.choice(["on_demand", "on_demand", "spot", "commitment", "commitment"])
    contract: dict[str, Any] = {"kind": kind, "usd_per_hour": price}
    if r.random() < 0.2:
        contract["max_nodes"] = r.randint(1, 8)
    if kind == "spot":
        contract |= {"usd_per_hour": round(price * 0.5, 4), "interruptions_per_month": r.choice([0, 0, 100, 300])}
    if kind == "commitment":
        term = r.choice([1, min(2, periods), periods])
        contract |= {"usd_per_hour": round(price * 0.7, 4), "term_periods": term}
        contract["min_nodes"] = r.choice([1, 1, 1, 2]) if contract.get("max_nodes", 9) > 1 else 1
        if r.random() < 0.3:
            contract["upfront_usd"] = round(size * term * 500 * r.choice([0.5, 1.0]), 2)
        if periods > 1 and r.random() < 0.2:
            contract["lead_periods"] = 1
    return contract
