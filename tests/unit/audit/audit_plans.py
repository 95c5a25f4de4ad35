"""Plans written by hand for the audit's own tests. Nothing here calls the audit.

`startup` in words: two months of 730 h from 2027-01, cut into day and night (365 h each).

* chat (online) asks for 10 Mtok/h on average, 1.5 times that by day, 0.5 at night; +10% a month.
  A `rack` node serves 5 Mtok/h: 3 nodes by day and 1 at night, then ceil(16.5 / 5) = 4 and ceil(5.5 / 5) = 2.
  One node is committed for 4 months (two beyond the horizon), the rest is on demand.
* tune (training) asks for 1,460 units a month; on spot 73 × (0.5 + 1 / 2) / 730 = 10% is lost, so
  1460 / (1 × 0.9) / 730 = 2.2222 of 3 spot nodes are busy.
* bulk (batch) asks for 730 Mtok a month; 657 go to an API, 10% stay unserved at 3 USD.

List prices are cut by the 10% negotiated with `inline`; on demand rises 20% a year, commitments fall 70%.
"""

import copy
import hashlib
import json
from typing import Any

from planner.domain.records.plan import Plan, plan_from_json_value
from planner.domain.scenario.scenario import Scenario

Json = dict[str, Any]
DAY = list(range(84))
NIGHT = list(range(84, 168))
HALF = 365.0
RATE = 0.10

COMMIT, ON_DEMAND, SPOT, API = "offer:rack#1", "offer:rack#2", "offer:rack#3", "offer:api"


def startup_scenario(**changes: Any) -> Json:
    question: Json = {
        "name": "startup",
        "start": "2027-01",
        "months": 2,
        "discount_rate": RATE,
        "terminal": "market",
        "catalog": "none",
        "budget_total_usd": 40_000,
        "budget_per_year_usd": 40_000,
        "discounts": {"inline": 0.1},
        "price_changes": [
            {"per_year": 0.9},
            {"per_year": 0.2, "contract": "on_demand"},
            {"per_year": -0.7, "contract": "commitment"},
            {"per_year": 0.0, "contract": "hosted_api"},
            {"per_year": 0.5, "contract": "spot"},
            {"per_year": 0.0, "contract": "spot"},
        ],
        "cap_groups": [{"name": "floor", "max_nodes": 9}],
        "workloads": [
            {
                "name": "chat",
                "kind": "inference",
                "model": "m",
                "demand_per_hour": 10.0,
                "growth_per_month": 0.1,
                "input_tokens": 1000,
                "output_tokens": 1000,
                "profile": [3.0] * 84 + [1.0] * 84,
            },
            {
                "name": "tune",
                "kind": "training",
                "accelerator_hours_per_month": 1460.0,
                "reference_accelerator": "chip",
                "interruptible": True,
                "restart_hours": 0.5,
            },
            {
                "name": "bulk",
                "kind": "batch",
                "model": "m",
                "demand_per_hour": 1.0,
                "input_tokens": 1000,
                "output_tokens": 1000,
                "unserved": {"usd_per_unit": 3.0, "max_fraction": 0.1},
            },
        ],
        "offers": [
            {
                "kind": "instance",
                "name": "rack",
                "throughput": {"chat": 5.0, "tune": 1.0},
                "groups": ["floor"],
                "max_nodes": 8,
                "contracts": [
                    {
                        "kind": "commitment",
                        "usd_per_hour": 2.0,
                        "upfront_usd": 1000.0,
                        "term_periods": 4,
                        "max_nodes": 1,
                    },
                    {"kind": "on_demand", "usd_per_hour": 4.0, "max_nodes": 4},
                    {"kind": "spot", "usd_per_hour": 1.0, "interruptions_per_month": 73.0},
                ],
            },
            {
                "kind": "hosted_api",
                "name": "api",
                "model": "m",
                "usd_per_mtok_input": 0.5,
                "usd_per_mtok_output": 1.5,
            },
        ],
    }
    question.update(changes)
    return Scenario.model_validate(question).model_dump(mode="json")


def sealed(resolved: Json) -> Json:
    """The scenario's record with its hash."""
    text = json.dumps(resolved, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return {
        "name": resolved["name"],
        "sha256": hashlib.sha256(text.encode()).hexdigest(),
        "resolved": resolved,
    }


def pv(years: float) -> float:
    return (1 + RATE) ** -years


FIRST, SECOND, THIRD, FOURTH = 1 / 24, 3 / 24, 5 / 24, 7 / 24
"""Middles of the months, in years."""

# Unit prices: list × 0.9 × path, to a millionth.
RENT = [3.6, round(3.6 * 1.2 ** (1 / 12), 6)]
RECURRING, UPFRONT = 1.8, 900.0
LATER = round(1.8 * 0.3 ** (2 / 12), 6) + round(900 * 0.3 ** (2 / 12), 6) / (4 * 730)
"""The same commitment signed at the end of the horizon: recurring, and upfront over 4 × 730 h."""

# Cash of January and February.
COMMITTED = 730 * RECURRING  # 1,314.00
RENTED = [2 * HALF * RENT[0], (3 * HALF + 1 * HALF) * RENT[1]]  # 2,628.00 and 1,460 h at 3.655...
SPOTTED = 3 * 730 * 0.9  # 1,971.00
TOKENS = 657 * 0.9  # 591.30
CASH = [UPFRONT + COMMITTED + RENTED[0] + SPOTTED + TOKENS, COMMITTED + RENTED[1] + SPOTTED + TOKENS]
UNSERVED_USD = 73 * 3.0  # 219.00 a month
UNSERVED_NPV = UNSERVED_USD * (pv(FIRST) + pv(SECOND))
TERMINAL = {
    "liability": COMMITTED * (pv(THIRD) + pv(FOURTH)),
    "annuity": 0.0,
    "market": 730 * (RECURRING - min(RECURRING, LATER)) * (pv(THIRD) + pv(FOURTH)),
}
CHAT = UPFRONT + 2 * COMMITTED + sum(RENTED)
"""Chat has the committed and the rented nodes for itself: 1,460 + 730 + 1,460 h for (10 + 11) × 730 Mtok."""
NPV_OF_CASH = UPFRONT + (CASH[0] - UPFRONT) * pv(FIRST) + CASH[1] * pv(SECOND)


def _option(option: str, action: str, contract: str, **more: Any) -> Json:
    record: Json = {
        "option": option,
        "action": action,
        "pool": "inline/any/rack",
        "provider": "inline",
        "region": "any",
        "country": "",
        "node_type": "rack",
        "accelerator": None,
        "accelerators_per_node": 1,
        "contract": contract,
        "discount_fraction": 0.1,
        "change_per_year": 0.0,
        "groups": ["group:floor", "offer:rack"],
        "source": "scenario",
        "as_of": "",
        "basis": "scenario",
        "price_row": "scenario",
    }
    record.update(more)
    return record


OPTIONS = [
    _option(
        COMMIT,
        "commit",
        "4-period commitment",
        list_price_usd=2.0,
        usd_per_hour=2.0,
        upfront_usd=1000.0,
        term_periods=4,
        min_nodes=1,
        max_nodes=1,
        change_per_year=-0.7,
    ),
    _option(
        ON_DEMAND,
        "on_demand",
        "on demand",
        list_price_usd=4.0,
        usd_per_hour=4.0,
        max_nodes=4,
        change_per_year=0.2,
    ),
    _option(SPOT, "spot", "spot", list_price_usd=1.0, usd_per_hour=1.0, interruptions_per_month=73.0),
    _option(
        API,
        "hosted_api",
        "per token",
        pool="inline/any/api",
        node_type="api",
        accelerators_per_node=0,
        groups=[],
        list_price_usd=0.0,
        list_price_input_usd_per_mtok=0.5,
        list_price_output_usd_per_mtok=1.5,
    ),
]


def _fit(workload: str, option: str, rate: float, replica: float, lost: float = 0.0) -> Json:
    return {
        "workload": workload,
        "option": option,
        "rate_per_node_hour": rate,
        "replica_nodes": replica,
        "spot_lost_fraction": lost,
        "precision": "",
        "tensor_parallel": 1,
        "pipeline_parallel": 1,
        "batch": 0,
        "ttft_ms": 0.0,
        "tpot_ms": 0.0,
        "basis": "measured",
        "derivation": [],
    }


MONTHS = ["2027-01", "2027-02", "2027-03", "2027-04"]


def a_line(record: Json, first: int, end: int, nodes: float, quantity: float, price: float, **more: Any) -> Json:
    """A line whose totals are what its own arithmetic says."""
    upfront = more.get("upfront_usd", 0.0)
    total = quantity * price + upfront
    line: Json = {name: record[name] for name in ("action", "option", "provider", "region", "country")}
    line |= {name: record[name] for name in ("accelerator", "node_type", "contract")}
    line |= {
        "term_periods": None,
        "signed": MONTHS[first],
        "signed_index": first,
        "start": MONTHS[first],
        "start_index": first,
        "end": MONTHS[end - 1],
        "end_index": end,
        "nodes": nodes,
        "accelerators": nodes * record["accelerators_per_node"],
        "quantity": quantity,
        "unit_price_usd": price,
        "unit": "node-hour",
        "list_price_usd": record["list_price_usd"],
        "upfront_usd": upfront,
        "paid_upfront_usd": upfront,
        "total_usd": total,
        "in_horizon_usd": total,
        "utilisation": None,
        "why": "",
        "price_source": record["source"],
        "price_as_of": record["as_of"],
        "price_basis": record["basis"],
    }
    line.update(more)
    return line


def _lines() -> list[Json]:
    commit, rent, spot, api = OPTIONS
    return [
        a_line(
            commit,
            0,
            4,
            1.0,
            4 * 730.0,
            RECURRING,
            upfront_usd=UPFRONT,
            in_horizon_usd=UPFRONT + 2 * COMMITTED,
            term_periods=4,
            utilisation=(2 + sum(CHAT_USED.values())) / 4,
            held_fraction=1.0,
        ),
        a_line(rent, 0, 1, 2.0, 2 * HALF, RENT[0]),
        a_line(rent, 1, 2, 3.0, 4 * HALF, RENT[1]),
        a_line(spot, 0, 2, 3.0, 2 * 3 * 730.0, 0.9, utilisation=1460 / 0.9 / 730 / 3),
        a_line(api, 0, 2, 0.0, 2 * 657.0, 0.9, unit="Mtok", list_price_usd=1.0),
    ]


def _fleet() -> list[Json]:
    rented = {(0, 0): 2.0, (1, 0): 3.0, (1, 1): 1.0}
    fleet = [{"option": ON_DEMAND, "period": t, "slice": s, "nodes": n} for (t, s), n in rented.items()]
    fleet += [{"option": SPOT, "period": t, "slice": s, "nodes": 3.0} for t in (0, 1) for s in (0, 1)]
    return fleet


CHAT_USED = {(1, 0): 6022.5 / 7300, (1, 1): 2007.5 / 3650}
"""Share of what its whole replicas could do that is asked for, where it is not all."""


def _served(workload: str, option: str, t: int, s: int, nodes: float, replicas: float, able: float) -> Json:
    unit = "chip-hour" if workload == "tune" else "Mtok"
    work = able * CHAT_USED.get((t, s), 1.0) if workload == "chat" else able
    return {
        "workload": workload,
        "option": option,
        "period": t,
        "slice": s,
        "nodes": nodes,
        "replicas": replicas,
        "work": work,
        "capacity": able,
        "work_unit": unit,
    }


def _serving() -> list[Json]:
    rows = []
    for t, s, rented in ((0, 0, 2.0), (0, 1, 0.0), (1, 0, 3.0), (1, 1, 1.0)):
        rows.append(_served("chat", COMMIT, t, s, 1.0, 1.0, 1 * HALF * 5))
        if rented:
            rows.append(_served("chat", ON_DEMAND, t, s, rented, rented, rented * HALF * 5))
        rows.append(_served("tune", SPOT, t, s, 1460 / 0.9 / 730, 0.0, 730.0))
        rows.append(_served("bulk", API, t, s, 0.0, 0.0, 657.0 / 2))
    return rows


def _cost(terminal: str) -> Json:
    by_period = [
        {
            "period": MONTHS[t],
            "index": t,
            "cash_usd": CASH[t],
            "by_kind": {
                "commit": COMMITTED + (UPFRONT if t == 0 else 0.0),
                "on_demand": RENTED[t],
                "spot": SPOTTED,
                "hosted_api": TOKENS,
            },
        }
        for t in (0, 1)
    ]
    return {
        "by_kind": {
            "commit": UPFRONT + 2 * COMMITTED,
            "on_demand": sum(RENTED),
            "spot": 2 * SPOTTED,
            "hosted_api": 2 * TOKENS,
        },
        "by_period": by_period,
        "by_plan_year": [sum(CASH)],
        "by_provider": {"inline": sum(CASH)},
        "outstanding_liability_usd": 2 * COMMITTED,
        "residual_usd": 0.0,
        "terminal_npv_usd": TERMINAL[terminal],
        "unserved_npv_usd": UNSERVED_NPV,
    }


FACTS: Json = {
    "solver": "by hand",
    "version": "",
    "columns": 1,
    "rows": 1,
    "integers": 1,
    "catalog_rows_considered": 0,
    "catalog_rows_too_old": 0,
    "oldest_price_as_of": "",
    "options_considered": 4,
    "options_in_program": 4,
    "assumptions": [],
}


def startup(terminal: str = "market", **scenario: Any) -> Json:
    """The plan as JSON."""
    npv = NPV_OF_CASH + TERMINAL[terminal] + UNSERVED_NPV
    pieces = [{"name": "s0", "hours": HALF}, {"name": "s1", "hours": HALF}]
    plan = {
        "schema": "planner/plan/1",
        "scenario": sealed(startup_scenario(terminal=terminal, **scenario)),
        "status": "optimal",
        "npv_usd": npv,
        "total_usd": sum(CASH),
        "bound_usd": npv * 0.9995,
        "gap": 0.0005,
        "gap_target": 0.001,
        "currency": "USD",
        "horizon": {
            "start": "2027-01",
            "periods": [
                {"index": t, "start": MONTHS[t], "hours": 730.0, "plan_year": 0, "slices": pieces} for t in (0, 1)
            ],
            "week_hours": [DAY, NIGHT],
        },
        "lines": _lines(),
        "fleet": _fleet(),
        "serving": _serving(),
        "unserved": [
            {
                "workload": "bulk",
                "period": t,
                "slice": 0,
                "work": 73.0,
                "work_unit": "Mtok",
                "cost_usd": UNSERVED_USD,
            }
            for t in (0, 1)
        ],
        "cost": _cost(terminal),
        "unit_costs": [
            {"workload": "chat", "usd_per_unit": CHAT / 15_330, "unit": "Mtok", "usd_per_accelerator_hour": CHAT / 3650}
        ],
        "baselines": [{"name": "on demand", "npv_usd": 2 * npv, "saving_fraction": 0.5, "note": ""}],
        "binding": [],
        "alternatives": [],
        "rejections": [],
        "rejection_counts": {},
        "inputs": {
            "options": OPTIONS,
            "fits": [
                _fit("chat", COMMIT, 5.0, 1.0),
                _fit("chat", ON_DEMAND, 5.0, 1.0),
                _fit("tune", SPOT, 1.0, 0.0, lost=0.1),
            ],
            "caps": [
                {
                    "name": "group:floor",
                    "max_nodes": 9.0,
                    "max_accelerators": None,
                    "counts": "live",
                    "assumed": False,
                    "kind": "group",
                    "of": "floor",
                    "accelerator": None,
                    "contract": None,
                },
                {
                    "name": "offer:rack",
                    "max_nodes": 8.0,
                    "max_accelerators": None,
                    "counts": "live",
                    "assumed": False,
                    "kind": None,
                    "of": "",
                    "accelerator": None,
                    "contract": None,
                },
            ],
            "accelerators": {},
            "language_models": {},
            "constants": {},
            "profiles": {},
        },
        "audit": {"agrees": True, "checks": 0, "largest_difference_usd": 0.0, "discrepancies": []},
        "facts": FACTS,
    }
    return copy.deepcopy(plan)


def asked(plan: Json, **changes: Any) -> Json:
    """The same plan as an answer to another question, properly sealed."""
    resolved = {**plan["scenario"]["resolved"], **changes}
    return {**plan, "scenario": sealed(Scenario.model_validate(resolved).model_dump(mode="json"))}


def with_workload(plan: Json, number: int, **changes: Any) -> Json:
    """The same plan as an answer to a question with another workload."""
    workloads = copy.deepcopy(plan["scenario"]["resolved"]["workloads"])
    workloads[number].update(changes)
    return asked(plan, workloads=workloads)


def read(plan: Json) -> Plan:
    return plan_from_json_value(copy.deepcopy(plan))
