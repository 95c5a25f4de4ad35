#!/usr/bin/env python3
"""A case of the format `procurement-case/1` as a scenario of the planner.

    python tests/cases/to_scenario.py CASE.json [--relaxed] > scenario.json

Costs of a case are price × hours, undiscounted, payments inside the horizon only: `discount_rate: 0`, `terminal:
annuity`. One unit may serve several workloads at once: `replicas: pooled`. `cores` stand as accelerators per node,
so that a cap on cores is a cap on accelerators. Units of time cancel out: where a price has more than six decimals
(the planner's smallest amount), hours are divided and prices multiplied by a power of ten.
"""

import argparse
import json
import sys
from math import ceil
from pathlib import Path
from typing import Any

MONEY_PLACES = 6
PRECISION = 1e-9


def scenario_of(case: dict[str, Any], *, relaxed: bool = False) -> dict[str, Any]:
    """The scenario, as plain JSON values."""
    scale = _time_scale([float(o["price_per_hour"]) for o in case["offers"]])
    fixed = _fixed_units(case)
    scenario: dict[str, Any] = {
        "name": str(case.get("id", "case"))[:80],
        "periods": [{"name": str(p["id"]), "hours": p["hours"] / scale} for p in case["periods"]],
        "discount_rate": 0,
        "terminal": "annuity",
        "catalog": "none",
        "hosted_apis": "none",
        "replicas": "pooled",
        "workloads": [_workload(w, len(case["periods"])) for w in case["workloads"]],
        "offers": [_offer(case, offer, fixed.get(offer["id"]), scale) for offer in case["offers"]],
        "cap_groups": [_group(g) for g in case.get("groups") or []],
    }
    if relaxed:
        scenario["integers"] = "relaxed"
    return scenario


def _time_scale(prices: list[float]) -> float:
    """Power of ten by which hours are divided so that every price is exact to 1e-9 of itself."""
    scale = 1.0
    while scale < 1e6 and any(abs(round(p * scale, MONEY_PLACES) - p * scale) > PRECISION * p * scale for p in prices):
        scale *= 10.0
    return scale


def _workload(workload: dict[str, Any], periods: int) -> dict[str, Any]:
    demand = workload["demand"]
    rates = list(demand) if isinstance(demand, list) else [demand] * periods
    return {"name": str(workload["id"]), "kind": "inference", "unit": "unit", "demand_per_hour": rates}


def _group(group: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {"name": str(group["id"])}
    if group.get("max_units") is not None:
        found["max_nodes"] = int(group["max_units"])
    if group.get("max_cores") is not None:
        found["max_accelerators"] = int(group["max_cores"])
    return found


def _offer(case: dict[str, Any], offer: dict[str, Any], fixed: int | None, scale: float) -> dict[str, Any]:
    performance = case["performance"].get(offer["id"]) or {}
    known = [w["id"] for w in case["workloads"]]
    throughput = {str(w): float(performance.get(w) or 0.0) for w in known}
    contract = _contract(offer, scale)
    if offer.get("max_units") is not None:
        contract["max_nodes"] = int(offer["max_units"])
    if fixed is not None:
        contract["exact_nodes"] = int(fixed)
    return {
        "name": str(offer["id"]),
        "accelerators_per_node": max(ceil(offer.get("cores") or 1), 1),
        "throughput": throughput,
        "groups": [str(g) for g in offer.get("groups") or []],
        "contracts": [contract],
    }


def _contract(offer: dict[str, Any], scale: float) -> dict[str, Any]:
    price = round(float(offer["price_per_hour"]) * scale, MONEY_PLACES)
    if offer.get("commitment", "on_demand") == "on_demand":
        return {"kind": "on_demand", "usd_per_hour": price}
    term = offer.get("term_periods")
    contract: dict[str, Any] = {
        "kind": "commitment",
        "usd_per_hour": price,
        "term_periods": "horizon" if term is None else int(term),
    }
    if offer.get("upfront"):
        contract["upfront_usd"] = float(offer["upfront"])
    return contract


def _fixed_units(case: dict[str, Any]) -> dict[str, int]:
    """Units fixed by the case: on an offer, or in a map from offer to units."""
    stated = case.get("fixed_units") or {}
    fixed = {str(k): v for k, v in stated.items()} if isinstance(stated, dict) else {}
    fixed |= {o["id"]: o["fixed_units"] for o in case["offers"] if o.get("fixed_units") is not None}
    return {name: int(units) for name, units in fixed.items() if units is not None}


def main() -> None:
    parser = argparse.ArgumentParser(description="a case of the format procurement-case/1 as a scenario of the planner")
    parser.add_argument("case", type=Path)
    parser.add_argument("--relaxed", action="store_true", help="nodes may be fractional")
    given = parser.parse_args()
    case = json.loads(given.case.read_text(encoding="utf-8"))
    json.dump(scenario_of(case, relaxed=given.relaxed), sys.stdout, indent=1)
    sys.stdout.write("\n")


if __name__ == "__main__":
    main()
