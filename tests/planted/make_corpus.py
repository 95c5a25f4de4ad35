# ruff: noqa: E501 (one case a line)
"""Writes `corpus.json`: scenarios that have no plan, each with the reason that was planted in it.

Nothing here knows of the planner: every case starts from a scenario that has a plan by simple arithmetic, and one limit (or two) is
then put where it leaves none. `python tests/planted/make_corpus.py` writes the corpus again; a test holds the two together.

A case: `families` of the cause that was planted (any of them), `field` that says it, `workload` that suffers or null.
"""

import json
import random
from pathlib import Path
from typing import Any

CORPUS = Path(__file__).with_name("corpus.json")
RATE = 10.0
"""Work units that a node of an offer does in an hour."""

Case = dict[str, Any]


def base(r: random.Random, demand: float, periods: int = 3, **fields: Any) -> dict[str, Any]:
    """One workload `chat` of so many nodes' worth of work, over months."""
    return {
        "catalog": "none",
        "hosted_apis": "none",
        "discount_rate": r.choice([0.0, 0.1]),
        "replicas": r.choice(["pooled", "whole"]),
        "periods": [{"hours": 730} for _ in range(periods)],
        "workloads": [chat(demand)],
        **fields,
    }


def chat(demand: float, name: str = "chat", **fields: Any) -> dict[str, Any]:
    return {"name": name, "kind": "inference", "unit": "u", "demand_per_hour": demand, **fields}


def run(**fields: Any) -> dict[str, Any]:
    steady = {"failures_per_accelerator_year": 0, "checkpoint_write_minutes": 0}
    return {"name": "run", "kind": "training_run", "unit": "step", **steady, **fields}


def offer(name: str, *contracts: dict[str, Any], work: str = "chat", **fields: Any) -> dict[str, Any]:
    return {"name": name, "throughput": {work: RATE}, "contracts": list(contracts), **fields}


def hourly(usd: float, **fields: Any) -> dict[str, Any]:
    return {"kind": "on_demand", "usd_per_hour": usd, **fields}


def term(usd: float, periods: int, **fields: Any) -> dict[str, Any]:
    return {"kind": "commitment", "usd_per_hour": usd, "term_periods": periods, **fields}


def case(name: str, families: list[str], field: str, scenario: dict[str, Any], workload: str | None = None) -> Case:
    return {"name": name, "families": families, "field": field, "workload": workload, "scenario": scenario}


def money(r: random.Random, n: int) -> list[Case]:
    """Budgets and cash below what n nodes cost."""
    usd, share = r.choice([1.5, 2.0, 3.0]), r.uniform(0.3, 0.9)
    month = n * usd * 730
    offers = [offer("o", hourly(usd)), offer("dear", hourly(usd * 2))]
    plain = base(r, n * RATE, offers=offers)
    years = base(r, n * RATE, 24, offers=offers)
    upfront = [offer("u", term(0, 3, upfront_usd=month))]
    return [
        case("total budget", ["budget"], "budget_total_usd", {**plain, "budget_total_usd": round(3 * month * share)}),
        case("yearly budget", ["budget"], "budget_per_year_usd", {**years, "budget_per_year_usd": round(12 * month * share)}),
        case("second year", ["budget"], "budget_per_year_usd", {**years, "budget_per_year_usd": [13 * month, round(12 * month * share)]}),
        case("period budget", ["cash"], "budget_per_period_usd", {**plain, "budget_per_period_usd": round(month * share)}),
        case("one period", ["cash"], "budget_per_period_usd", {**plain, "budget_per_period_usd": [2 * month, round(month * share), 2 * month]}),
        case("upfront", ["cash"], "budget_upfront_per_year_usd",
             base(r, n * RATE, offers=upfront, budget_upfront_per_year_usd=round(n * month * share))),
        case("runway", ["cash"], "cash", {**plain, "cash": {"at_hand_usd": round(month * share), "income_per_month_usd": 0}}),
        case("late round", ["cash"], "cash",
             {**plain, "cash": {"at_hand_usd": 0, "raises": [{"period": 2, "usd": 10 * month}]}}),
        case("empty purse", ["cash"], "cash",
             {**plain, "cash": {"at_hand_usd": 9 * month, "other_costs_per_month_usd": round(4 * month)}}),
    ]  # fmt: skip


def caps(r: random.Random, n: int) -> list[Case]:
    """Fewer nodes than the work needs."""
    few = n - 1
    usd = r.choice([1.0, 2.5])
    two = [
        offer("a", hourly(usd), groups=["g"]),
        offer("b", hourly(usd * 1.5), groups=["g"]),
    ]
    accelerated = offer("a", hourly(usd), provider="here", accelerator="chip", accelerators_per_node=2)
    spots = offer("s", {"kind": "spot", "usd_per_hour": usd}, provider="here", accelerator="chip")
    return [
        case("contract cap", ["market"], "max_nodes", base(r, n * RATE, offers=[offer("a", hourly(usd, max_nodes=few))]), "chat"),
        case("offer cap", ["market"], "max_nodes", base(r, n * RATE, offers=[offer("a", hourly(usd), term(usd, 3), max_nodes=few)]), "chat"),
        case("group cap", ["market"], "max_nodes", base(r, n * RATE, offers=two, cap_groups=[{"name": "g", "max_nodes": few}]), "chat"),
        case("provider cap", ["market"], "caps", base(r, n * RATE, offers=[accelerated], caps={"here": 2 * few}), "chat"),
        case("accelerator cap", ["market"], "caps", base(r, n * RATE, offers=[accelerated], caps={"here": {"chip": 2 * few}}), "chat"),
        case("spot cap", ["market"], "spot_caps",
             base(r, n * RATE, offers=[spots], spot_caps={"here": few}) | {"workloads": [chat(n * RATE, max_spot_share=1.0)]}, "chat"),
        case("commitments capped", ["market"], "max_nodes", base(r, n * RATE, offers=[offer("a", term(usd, 2, max_nodes=few))]), "chat"),
        case("one busy slice", ["market"], "max_nodes",
             base(r, 1.0, offers=[offer("a", hourly(usd, max_nodes=few))])
             | {"periods": [{"hours": 730, "slices": [{"name": "low", "hours": 700}, {"name": "high", "hours": 30}]}] * 2,
                "workloads": [chat(0) | {"demand_per_hour": [[1.0, 1.0], [1.0, n * RATE]]}]}, "chat"),
        case("least quantity over a cap", ["commitment", "market"], "min_nodes",
             base(r, RATE, offers=[offer("a", term(usd, 3, min_nodes=n + 2), groups=["g"])], cap_groups=[{"name": "g", "max_nodes": n}])),
        case("least quantity over a budget", ["commitment", "budget"], "min_nodes",
             base(r, RATE, offers=[offer("a", term(usd, 3, min_nodes=9))], budget_total_usd=round(5 * usd * 3 * 730))),
        case("fixed quantity over a budget", ["commitment", "budget"], "exact_nodes",
             base(r, RATE, offers=[offer("a", hourly(usd)), offer("b", term(usd, 3, exact_nodes=8))], budget_total_usd=round(6 * usd * 3 * 730))),
    ]  # fmt: skip


def dates(r: random.Random, n: int) -> list[Case]:
    """What comes too late."""
    calendar = base(r, n * RATE) | {"start": "2027-01", "months": 6}
    calendar.pop("periods")
    chip = {"accelerator": "chip", "accelerators_per_node": 1}
    return [
        case("delivery", ["lead", "market"], "lead_periods", base(r, n * RATE, offers=[offer("a", term(1.0, 3, lead_periods=1))]), "chat"),
        case("delivery in months", ["lead", "market"], "lead_months",
             calendar | {"offers": [offer("a", term(1.0, 2, lead_months=2))]}, "chat"),
        case("release", ["lead", "market"], "releases",
             calendar | {"offers": [offer("a", hourly(1.0), **chip)], "releases": [{"accelerator": "chip", "month": "2027-03"}]}, "chat"),
        case("not yet there", ["lead", "market"], "available_from",
             calendar | {"offers": [offer("a", hourly(1.0), available_from="2027-04")]}, "chat"),
        case("release by period", ["lead", "market"], "releases",
             base(r, n * RATE, offers=[offer("a", hourly(1.0), **chip)], releases=[{"accelerator": "chip", "period": 2}]), "chat"),
    ]  # fmt: skip


def places(r: random.Random, n: int) -> list[Case]:
    """Filters, residency, providers, failures."""
    usd = r.choice([1.0, 2.0])
    here = {"region": "eu-1", "country": "DE", "provider": "one"}
    there = {"region": "us-1", "country": "US", "provider": "two"}
    offers = [offer("a", hourly(usd), **here), offer("b", hourly(usd * 1.2), **here)]
    both = [offer("a", hourly(usd), **here), offer("b", hourly(usd * 1.2, max_nodes=1), **there)]
    share = r.choice([0.4, 0.6])
    living = {"workloads": [chat(n * RATE, residency=[{"share": share, "countries": ["CH"]}])]}
    crowded = {"workloads": [chat(n * RATE, residency=[{"share": 0.9, "regions": ["us-1"]}])]}
    return [
        case("region", ["region"], "regions", base(r, n * RATE, offers=offers, regions=["us-1"]), "chat"),
        case("country", ["country"], "countries", base(r, n * RATE, offers=offers, countries=["CH"]), "chat"),
        case("workload's region", ["region"], "regions", base(r, 1, offers=offers) | {"workloads": [chat(n * RATE, regions=["us-1"])]}, "chat"),
        case("workload's cloud", ["provider"], "clouds", base(r, 1, offers=offers) | {"workloads": [chat(n * RATE, clouds=["nobody"])]}, "chat"),
        case("accelerator", ["accelerator"], "accelerators",
             base(r, n * RATE, offers=[offer("a", hourly(usd), accelerator="chip")], accelerators=["other"]), "chat"),
        case("residency", ["residency"], "residency", base(r, 1, offers=offers) | living, "chat"),
        case("residency without room", ["residency"], "residency", base(r, 1, offers=both) | crowded, "chat"),
        case("one provider only", ["share"], "max_share_per_provider", base(r, n * RATE, offers=offers, max_share_per_provider=0.7), "chat"),
        case("second provider too small", ["share"], "max_share_per_provider",
             base(r, (n + 2) * RATE, offers=both, max_share_per_provider=0.5), "chat"),
        case("one region only", ["availability"], "availability",
             base(r, n * RATE, offers=offers, availability={"failure": "region", "survive": 0.5}), "chat"),
        case("one provider fails", ["availability"], "availability",
             base(r, n * RATE, offers=offers, availability={"failure": "provider", "standby": []}), "chat"),
        case("second region too small", ["availability"], "availability",
             base(r, (n + 1) * RATE, offers=both, availability={"failure": "region", "survive": 0.9}), "chat"),
        case("reserve over a cap", ["availability"], "standing_reserve",
             base(r, n * RATE, offers=[offer("a", hourly(usd, max_nodes=n))], standing_reserve=0.5)),
    ]  # fmt: skip


def contracts(r: random.Random, n: int) -> list[Case]:
    """Kinds of contract, terms, spot, unserved work, fallbacks, carbon."""
    usd = r.choice([1.0, 2.0])
    spot = offer("s", {"kind": "spot", "usd_per_hour": usd})
    capped = offer("a", hourly(usd, max_nodes=1))
    grid = {"catalog": "none", "carbon": {"max_tonnes_per_year": 0.2, "intensity_g_per_kwh": {"default": 400}}}
    powered = [offer("a", hourly(usd), kw_per_node=5.0)]
    lesser = [
        offer("a", hourly(usd, max_nodes=1)),
        {"name": "l", "throughput": {"chat/fallback": 50.0}, "contracts": [hourly(usd)]},
    ]
    falls = {"workloads": [chat(4 * RATE, fallback={"share": 0.5, "when": "always"})]}
    leaves = {"workloads": [chat(4 * RATE, unserved={"usd_per_unit": 1.0, "max_fraction": 0.5})]}
    return [
        case("contracts", ["contract"], "contracts", base(r, n * RATE, offers=[offer("a", hourly(usd))], contracts=["commitment"])),
        case("longest term", ["term"], "max_term_months", base(r, n * RATE, offers=[offer("a", term(usd, 3))], max_term_months=2)),
        case("spot only", ["spot"], "max_spot_share", base(r, n * RATE, offers=[spot]), "chat"),
        case("spot share", ["spot"], "max_spot_share",
             base(r, 1, offers=[spot, capped]) | {"workloads": [chat((n + 2) * RATE, max_spot_share=0.3)]}, "chat"),
        case("unserved too little", ["demand", "market"], "unserved", base(r, 1, offers=[capped]) | leaves, "chat"),
        case("fallback too small", ["fallback", "market"], "fallback", base(r, 1, offers=lesser) | falls, "chat"),
        case("carbon", ["carbon"], "max_tonnes_per_year", base(r, n * RATE, offers=powered) | grid),
        case("emissions unknown", ["carbon"], "carbon",
             base(r, n * RATE, offers=[offer("a", hourly(usd))]) | grid, "chat"),
        case("nothing measured", ["throughput"], "throughput",
             base(r, 1, offers=[offer("a", hourly(usd))]) | {"workloads": [chat(RATE), chat(RATE, "other")]}, "other"),
    ]  # fmt: skip


def runs(r: random.Random, n: int) -> list[Case]:
    """Training runs without a cluster or a window."""
    month = RATE * 730

    def alone(work: float, contract: dict[str, Any], **fields: Any) -> dict[str, Any]:
        return base(r, 1, offers=[offer("a", contract, work="run")]) | {"workloads": [run(work=round(work), **fields)]}

    return [
        case("deadline", ["window", "gang"], "deadline_period", alone(n * month * 1.5, hourly(1.0), max_accelerators=n, deadline_period=0), "run"),
        case("too late a start", ["window", "gang"], "earliest_period", alone(n * month * 1.5, hourly(1.0), max_accelerators=n, earliest_period=2), "run"),
        case("largest cluster", ["gang"], "max_accelerators", alone(n * month * 4, hourly(1.0), max_accelerators=n), "run"),
        case("smallest cluster over a cap", ["gang", "market"], "min_accelerators",
             alone(month, hourly(1.0, max_nodes=n), min_accelerators=n + 1, max_accelerators=n + 4), "run"),
        case("cluster sizes", ["gang", "market"], "cluster_sizes", alone(month, hourly(1.0, max_nodes=n), cluster_sizes=[n + 3]), "run"),
        case("window of pieces", ["window", "market"], "deadline_period",
             alone(n * month * 1.2, hourly(1.0, max_nodes=n), interruptible=True, deadline_period=0), "run"),
    ]  # fmt: skip


def together(r: random.Random, n: int) -> list[Case]:
    """Two limits at once, or two workloads."""
    usd = 2.0
    month = n * usd * 730
    two = {"workloads": [chat(n * RATE), chat(RATE, "other")]}
    alike = {"name": "a", "throughput": {"chat": RATE, "other": RATE}, "contracts": [hourly(usd, max_nodes=n)]}
    return [
        case("budget and cap", ["market"], "max_nodes",
             base(r, n * RATE, offers=[offer("a", hourly(usd, max_nodes=n - 1))], budget_total_usd=round(month)), "chat"),
        case("budget after a cap", ["budget"], "budget_total_usd",
             base(r, n * RATE, offers=[offer("a", hourly(usd, max_nodes=n - 1)), offer("b", hourly(9 * usd))], budget_total_usd=round(3.2 * month))),
        case("residency and one provider", ["residency", "share"], "residency",
             base(r, 1, offers=[offer("a", hourly(usd), provider="one"), offer("b", hourly(usd), provider="two")], max_share_per_provider=0.6)
             | {"workloads": [chat(n * RATE, residency=[{"share": 0.5, "countries": ["CH"]}])]}, "chat"),
        case("two workloads, one cap", ["market"], "max_nodes", base(r, 1, offers=[alike]) | two),
        case("cash and carbon", ["cash"], "cash",
             base(r, n * RATE, offers=[offer("a", hourly(usd), kw_per_node=4.0)], cash={"at_hand_usd": round(month)},
                  carbon={"max_tonnes_per_year": 0.5, "intensity_g_per_kwh": {"default": 300}})),
        case("survival over a budget", ["availability", "budget"], "availability",
             base(r, n * RATE, offers=[offer("a", term(usd, 3), provider="one"), offer("b", term(usd, 3), provider="two")],
                  availability={"failure": "provider", "standby": []}, budget_total_usd=round(4.5 * month))),
    ]  # fmt: skip


def bundled() -> list[Case]:
    """Against the bundled catalog."""

    def asked(**fields: Any) -> dict[str, Any]:
        own = {
            "name": "chat",
            "kind": "inference",
            "model": "llama-3.1-70b",
            "tokens_per_day": "100M",
            "own_weights": True,
        }
        workload = own | fields.pop("workload", {})
        return {"start": "2027-01", "months": 3, "clouds": ["lambda"], "workloads": [workload], **fields}

    return [
        case("no latency there", ["latency"], "latency", asked(workload={"ttft_ms": 1, "tpot_ms": 0.1}), "chat"),
        case("too small accelerators", ["memory", "accelerator"], "accelerators",
             asked(clouds=["gcp"], accelerators=["l4"], workload={"model": "llama-3.1-405b", "precisions": ["bf16"]}), "chat"),
        case("country not sold in", ["country"], "countries", asked(countries=["CH"]), "chat"),
        case("bundled budget", ["budget"], "budget_total_usd", asked(budget_total_usd=2000)),
        case("prices too old", ["price_age"], "max_price_age_months", asked(max_price_age_months=0.001)),
    ]  # fmt: skip


def corpus() -> list[Case]:
    """All cases; those of one kind differ in numbers."""
    cases = []
    for seed, n in ((1, 3), (2, 5)):
        r = random.Random(seed)
        for kind in (money, caps, dates, places, contracts, runs, together):
            cases += [found | {"name": f"{found['name']}, {n} nodes"} for found in kind(r, n)]
    return cases + bundled()


if __name__ == "__main__":
    CORPUS.write_text(json.dumps(corpus(), indent=1) + "\n", encoding="utf-8")
