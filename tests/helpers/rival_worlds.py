"""Markets in which many options have a rival that is never better, under every rule that could set the two apart.

Drawn from a seed: runs over several pools, failures, places, shares of providers, data, support, credits, carbon, limits on cash.
"""

import random
from typing import Any

from planning import a_scenario

from planner.domain.inputs.accelerator import Accelerator
from planner.domain.inputs.catalog import Catalog
from planner.domain.scenario.scenario import Scenario

CHIPS = {"chip-a": "N", "chip-b": "X"}
"""Accelerators and their vendors."""
PROVIDERS, REGIONS = ("pa", "pb", "pc"), (("r1", "AA"), ("r2", "AA"), ("r3", "BB"))
CATALOG = Catalog(
    accelerators={
        name: Accelerator(id=name, name=name, vendor=vendor, source="test", checked_on="2026-01")
        for name, vendor in CHIPS.items()
    }
)

Fields = dict[str, Any]


def draw_rivals(seed: int, *, periods: int = 3, demand: float = 6.0) -> Scenario:
    """A scenario; `periods` and `demand` say how large it may be."""
    r = random.Random(f"rivals {seed}")
    count = r.randint(1, periods)
    length = r.choice([730.0, 2190.0])
    parts = r.choice([(1.0,), (1.0,), (0.3, 0.7)])
    works = _draw_works(r, count, len(parts), demand)
    offers = _draw_offers(r, works, count, length)
    fields: Fields = {
        "hosted_apis": None,
        "vendors": None,
        "periods": [_period(length, parts)] * count,
        "discount_rate": r.choice([0, 0.1]),
        "terminal": r.choice(["market", "annuity", "liability"]),
        "replicas": r.choice(["whole", "pooled"]),
        "workloads": works,
        "offers": offers,
    }
    if r.random() < 0.5:
        fields["cap_groups"] = [{"name": "g", "max_nodes": r.randint(6, 14)}]
        for offer in offers:
            if offer.get("kind") != "hosted_api" and r.random() < 0.5:
                offer["groups"] = ["g"]
    for rule in (_failures, _places, _data, _bills, _carbon, _limits):
        fields |= rule(r, fields, length, demand)
    return a_scenario(**fields)


def _period(length: float, parts: tuple[float, ...]) -> Fields:
    if len(parts) == 1:
        return {"hours": length}
    return {"hours": length, "slices": [{"name": f"s{n}", "hours": length * part} for n, part in enumerate(parts)]}


def _draw_works(r: random.Random, count: int, slices: int, most: float) -> list[Fields]:
    def rates() -> list[Any]:
        rows = [[round(most * r.uniform(0.2, 1.0), 3) for _ in range(slices)] for _ in range(count)]
        return rows if slices > 1 else [row[0] for row in rows]

    chat: Fields = {"name": "chat", "kind": "inference", "model": "m", "demand_per_hour": rates()}
    chat["max_spot_share"] = r.choice([0.0, 0.0, 0.4, 1.0])
    if r.random() < 0.3:
        chat["unserved"] = {"usd_per_unit": round(r.uniform(0.5, 3), 2), "max_fraction": 0.3}
    if r.random() < 0.3 and slices == 1:
        chat["spike"] = {"name": "rush", "multiplier": 1.8, "hours_per_year": 400.0}
    if r.random() < 0.3:
        chat["fallback"] = {"share": 0.5, "when": "always", "model": "lite", "usd_per_unit": r.choice([0.0, 0.2])}
    works = [chat]
    if r.random() < 0.4:
        works.append(chat | {"name": "code", "demand_per_hour": rates(), "max_spot_share": 0.0})
        works[1].pop("fallback", None)
    if r.random() < 0.4:
        means = [round(most / 2 * r.uniform(0.2, 1.0), 3) for _ in range(count)]
        works.append({"name": "jobs", "kind": "training", "unit": "step", "demand_per_hour": means})
        works[-1]["max_spot_share"] = r.choice([0.0, 0.5, 1.0])
    for name in ("run", "late")[: r.choice([0, 1, 1, 1, 2])]:
        run: Fields = {"name": name, "kind": "training_run", "unit": "step", "min_accelerators": 1}
        run |= {"max_accelerators": 6, "interruptible": r.random() < 0.25, "failures_per_accelerator_year": 2.0}
        if r.random() < 0.5:
            run["cluster_sizes"] = [2, 4]
        if name == "late":
            run["earliest_period"] = r.randint(0, count - 1)
        works.append(run)
    return works


def _draw_offers(r: random.Random, works: list[Fields], count: int, length: float) -> list[Fields]:
    offers: list[Fields] = []
    for n in range(r.randint(2, 3)):
        offer = _draw_offer(r, n, works, count)
        offers.append(offer)
        for k in range(r.choice([0, 1, 1, 2])):
            offers.append(_rival(r, offer, f"o{n}{'xy'[k]}"))
    speeds = [offer["throughput"].get("run", 0.0) for offer in offers if "run" in offer["throughput"]]
    for work in works:
        if work["kind"] == "training_run":
            work["work"] = round(length * max([*speeds, 1.0]) * r.uniform(0.4, 2.2), 1)
    if r.random() < 0.35:
        offers += [_api(r, f"api{k}", "m" if r.random() < 0.6 else "lite") for k in range(r.choice([1, 2]))]
    return offers


def _draw_offer(r: random.Random, number: int, works: list[Fields], count: int) -> Fields:
    region, country = r.choice(REGIONS)
    speed = r.uniform(1.5, 4.0)
    throughput = {w["name"]: round(speed * r.uniform(0.7, 1.3), 2) for w in works if r.random() < 0.9}
    if "fallback" in works[0] and r.random() < 0.7:
        throughput["chat/fallback"] = round(speed * 2, 2)
    throughput = throughput or {works[0]["name"]: round(speed, 2)}
    kinds = r.choice([["on_demand"], ["on_demand", "commitment"], ["commitment"], ["on_demand", "spot"]])
    kinds = ["on_demand"] if number == 0 and "on_demand" not in kinds else kinds
    return {
        "name": f"o{number}",
        "provider": r.choice(PROVIDERS),
        "region": region,
        "country": country,
        "zone": r.choice(["", "", "z1"]),
        "accelerator": r.choice(list(CHIPS)),
        "accelerators_per_node": r.choice([1, 1, 2]),
        "kw_per_node": round(r.uniform(0.5, 6), 1),
        "delivery": "container" if kinds == ["on_demand"] and r.random() < 0.15 else "node",
        "throughput": {w["name"]: 0.0 for w in works} | throughput,
        "contracts": [_contract(r, kind, speed, count) for kind in kinds],
    }


def _contract(r: random.Random, kind: str, speed: float, count: int) -> Fields:
    price = round(speed * r.uniform(0.3, 0.6), 3)
    contract: Fields = {"kind": kind, "usd_per_hour": price}
    if r.random() < 0.25:
        contract["max_nodes"] = r.randint(2, 6)
    if kind == "spot":
        contract |= {"usd_per_hour": round(price * 0.5, 3), "interruptions_per_month": r.choice([0, 200])}
    if kind == "commitment":
        contract |= {"usd_per_hour": round(price * 0.7, 3), "term_periods": r.randint(1, count)}
        contract |= {"min_nodes": r.choice([1, 1, 2]), "lead_periods": r.choice([0, 0, 1]) if count > 1 else 0}
        if r.random() < 0.3:
            contract["upfront_usd"] = round(price * 200, 2)
    return contract


def _rival(r: random.Random, offer: Fields, name: str) -> Fields:
    """A copy that costs no less, often at another place, now and then a little different in what sets options apart."""
    factor = r.choice([1.0, 1.0, 1.1, 1.4])
    slower = r.choice([1.0, 1.0, 1.0, 0.9])
    contracts = []
    for contract in offer["contracts"]:
        copy = contract | {"usd_per_hour": round(contract["usd_per_hour"] * factor, 3)}
        if "upfront_usd" in copy:
            copy["upfront_usd"] = round(copy["upfront_usd"] * factor, 2)
        if r.random() < 0.5:
            contract.pop("max_nodes", None)
        contracts.append(copy)
    region, country = r.choice(REGIONS)
    elsewhere = {"region": region, "country": country} if r.random() < 0.5 else {}
    moved = {"provider": r.choice(PROVIDERS)} if r.random() < 0.5 else {}
    chip = {"accelerator": r.choice(list(CHIPS))} if r.random() < 0.2 else {}
    hungry = {"kw_per_node": round(offer["kw_per_node"] * r.choice([0.8, 1.0, 1.2]), 2)} if r.random() < 0.5 else {}
    throughput = {w: round(rate * slower, 3) for w, rate in offer["throughput"].items()}
    more = {"name": name, "throughput": throughput, "contracts": contracts}
    return offer | elsewhere | moved | chip | hungry | more


def _api(r: random.Random, name: str, model: str) -> Fields:
    price = round(r.uniform(0.3, 0.9), 3)
    each = {"usd_per_mtok_input": price, "usd_per_mtok_output": price}
    return {"kind": "hosted_api", "name": name, "provider": r.choice(["ph", "pa"]), "model": model} | each


# --- rules that set options apart -------------------------------------------------------------------


def _failures(r: random.Random, fields: Fields, length: float, demand: float) -> Fields:
    found: Fields = {}
    if r.random() < 0.35:
        standby = r.choice([[], ["on_demand"], ["on_demand"], ["hosted_api"], ["on_demand", "hosted_api"]])
        kind = r.choice(["zone", "region", "provider", "vendor"])
        found["availability"] = {"failure": kind, "survive": r.choice([0.5, 0.8]), "standby": standby, "slices": 1}
    if r.random() < 0.2:
        found["standing_reserve"] = 0.2
    return found


def _places(r: random.Random, fields: Fields, length: float, demand: float) -> Fields:
    for work in fields["workloads"]:
        if r.random() < 0.2:
            place = r.choice([{"regions": [r.choice(REGIONS)[0]]}, {"countries": [r.choice(["AA", "BB"])]}])
            work["residency"] = [{"share": r.choice([0.3, 0.7])} | place]
    return {"max_share_per_provider": r.choice([0.6, 0.8])} if r.random() < 0.2 else {}


def _data(r: random.Random, fields: Fields, length: float, demand: float) -> Fields:
    found: Fields = {}
    if r.random() < 0.2:
        fields["workloads"][0]["egress_gb_per_unit"] = 2.0
        found["egress_usd_per_gb"] = {"default": 0.02, "pa": 0.08}
    if r.random() < 0.2:
        r.choice(fields["workloads"])["storage_gb"] = 2000.0
        found["storage_usd_per_gb_month"] = {"default": 0.03, "pb": 0.05}
    return found


def _bills(r: random.Random, fields: Fields, length: float, demand: float) -> Fields:
    found: Fields = {}
    if r.random() < 0.3:
        found["support"] = {r.choice(PROVIDERS): 0.1}
    if r.random() < 0.3:
        usd = round(length * demand * r.uniform(0.05, 0.5), 2)
        found["credits"] = [{"provider": r.choice(PROVIDERS), "usd": usd, "expires_period": r.randint(1, 3)}]
    return found


def _carbon(r: random.Random, fields: Fields, length: float, demand: float) -> Fields:
    if r.random() > 0.3:
        return {}
    carbon: Fields = {"intensity_g_per_kwh": {"r1": 50.0, "default": 400.0}, "usd_per_tonne": r.choice([0, 100, 400])}
    if r.random() < 0.4:
        carbon["max_tonnes_per_year"] = round(length * demand * r.uniform(0.5, 4) * 400 / 1e6, 3)
    return {"carbon": carbon}


def _limits(r: random.Random, fields: Fields, length: float, demand: float) -> Fields:
    count, rough = len(fields["periods"]), length * demand * 0.4
    found: Fields = {}
    if r.random() < 0.15:
        found["budget_per_period_usd"] = round(rough * r.uniform(1, 4), 2)
    if r.random() < 0.15:
        income = round(rough * 730 / length * r.uniform(0.5, 2), 2)
        found["cash"] = {"at_hand_usd": round(rough * r.uniform(0.5, 3), 2), "income_per_month_usd": income}
    if r.random() < 0.15:
        found["budget_upfront_per_year_usd"] = round(r.uniform(100, 4000), 2)
    if r.random() < 0.15:
        found["budget_total_usd"] = round(rough * count * r.uniform(1, 3), 2)
    return found


def rules_of(scenario: Scenario) -> set[str]:
    """Which rules are on."""
    works = scenario.workloads
    on = {
        "run": any(w.kind == "training_run" and not w.interruptible for w in works),
        "interruptible run": any(w.kind == "training_run" and w.interruptible for w in works),
        "failures": scenario.availability is not None,
        "reserve": scenario.standing_reserve > 0,
        "residency": any(w.residency for w in works),
        "provider share": scenario.max_share_per_provider is not None,
        "egress": bool(scenario.egress_usd_per_gb),
        "storage": bool(scenario.storage_usd_per_gb_month),
        "support": bool(scenario.support),
        "credits": bool(scenario.credits),
        "carbon": scenario.carbon is not None,
        "cash": scenario.cash is not None or scenario.budget_per_period_usd is not None,
        "fallback": any(w.kind == "inference" and w.fallback for w in works),
        "caps": bool(scenario.cap_groups),
    }
    return {name for name, is_on in on.items() if is_on}
