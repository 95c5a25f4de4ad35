"""A third plan by hand: runs, failures, a spike, a fallback, shares, data, support, credits, cash, carbon. Two months from 2027-01.

A month is 730 h, 1% of it (7.3 h) the launch; 722.7 h are ordinary.

* chat asks for 30 Mtok/h, 60 at the launch. A node serves 10, by the fallback 20. Two nodes are committed in the west (DE, bolt)
  for three months, one runs on demand in the east (US, acme): 30. At the launch two more in the east serve by the fallback: 40.
* grand is a run: 2 nodes of 8 accelerators at 4 steps an hour. A checkpoint of 0.1 h every hour, 0.1752 failures per accelerator
  and year, 0.5 h + 0.5 h lost by each: goodput 1 − 0.1 − 1.0 × 0.1752 × 16 / 8760. It takes 1,095 h: January, and 365 h.
* flex, 1,000 steps at 2 an hour, is done in February on spot: 500 of 730 h of one node.

East: 10 USD/h, 9 in February (path). Spot: 3 USD/h, × 0.9 (path) × 0.9 (a release) in February. West: 6 USD/h and 100 upfront.
"""

import copy
from typing import Any

from audit_plans import FACTS, MONTHS, Json, a_line, sealed

from planner.domain.scenario.scenario import Scenario

EAST, SPOT, WEST, SPARE = "offer:east#1", "offer:east#2", "offer:west#1", "offer:west#2"
MONTH, LAUNCH = 730.0, 7.3
ORDINARY = MONTH - LAUNCH
HOURS = [ORDINARY, LAUNCH]
GOODPUT = 1 - 0.1 - 1.0 * 0.1752 * 16 / 8760
RUN_HOURS = 1095.0
GRAND = RUN_HOURS * 4 * 2 * GOODPUT
RATE = 0.1

# Nodes on demand in the east: chat, its fallback at the launch, and grand in January; in February it pays for its own two, and
# others stand idle (1, 2 at the launch) as the reserve: with the two of the west 3.3 and 6.6 nodes could serve 110% of chat.
FLEET = {(0, 0): 1.0 + 2, (0, 1): 1.0 + 2 + 2, (1, 0): 1.0 + 1, (1, 1): 1.0 + 2 + 2}
EAST_HOURS = [3 * ORDINARY + 5 * LAUNCH, 2 * ORDINARY + 5 * LAUNCH + 2 * 365]
EAST_USD = [EAST_HOURS[0] * 10, EAST_HOURS[1] * 9]
SPOT_USD = [0.0, 730 * 2.43]
WEST_USD = 2 * 730 * 6.0
UPFRONT = 2 * 100.0

# Data of chat: 0.1 GB per Mtok at 0.05 USD; 100 GB at 0.02 (acme) and 0.03 USD (the rest).
EAST_WORK, WEST_WORK = 10 * ORDINARY + (60 - 20) * LAUNCH, 20 * MONTH
EGRESS_GB = {"acme": EAST_WORK * 0.1, "bolt": WEST_WORK * 0.1}
EGRESS = {name: gb * 0.05 for name, gb in EGRESS_GB.items()}
STORAGE = {"acme": 100 * 0.02, "bolt": 100 * 0.03}

# Everything paid to a provider, and its support: 10% to acme, 5% to bolt.
ACME = [EAST_USD[t] + SPOT_USD[t] + EGRESS["acme"] + STORAGE["acme"] for t in (0, 1)]
BOLT = [UPFRONT * (t == 0) + WEST_USD + EGRESS["bolt"] + STORAGE["bolt"] for t in (0, 1)]
SUPPORT = {"acme": [usd * 0.10 for usd in ACME], "bolt": [usd * 0.05 for usd in BOLT]}
CREDIT = 3000.0
CASH = [ACME[t] * 1.10 + BOLT[t] * 1.05 - CREDIT * (t == 0) for t in (0, 1)]
OWED = WEST_USD * 1.05

# Emissions: 5 kW a node, PUE 1.2; 400 g in DE, 300 elsewhere; 100 USD a tonne.
EAST_TONNES = [EAST_HOURS[0] * 5 * 1.2 * 300 / 1e6, (EAST_HOURS[1] + 730) * 5 * 1.2 * 300 / 1e6]
WEST_TONNES = 2 * 730 * 5 * 1.2 * 400 / 1e6


DROP = [{"accelerator": "old", "by": -0.1, "contract": "spot"}]


def pv(years: float) -> float:
    return float((1 + RATE) ** -years)


FIRST, SECOND, THIRD = pv(1 / 24), pv(3 / 24), pv(5 / 24)
FALLBACK_NPV = (60 - 30) * LAUNCH * 2.0 * (FIRST + SECOND)
CARBON_NPV = 100 * ((EAST_TONNES[0] + WEST_TONNES) * FIRST + (EAST_TONNES[1] + WEST_TONNES) * SECOND)
TERMINAL = OWED * THIRD
AT_START = UPFRONT * 1.05
NPV = AT_START + (CASH[0] - AT_START) * FIRST + CASH[1] * SECOND + TERMINAL + FALLBACK_NPV + CARBON_NPV

# What chat costs: its share of the east's node-hours, all of the west, its data; and support of all of it.
CHAT_HOURS, GRAND_HOURS = 2 * (ORDINARY + 3 * LAUNCH), 2 * RUN_HOURS
EAST_SHARE = CHAT_HOURS / (CHAT_HOURS + GRAND_HOURS)
EAST_ALL = sum(EAST_USD) * 1.10
CHAT_NODES = EAST_ALL * EAST_SHARE + (UPFRONT + 2 * WEST_USD) * 1.05
CHAT_USD = CHAT_NODES + 2 * ((EGRESS["acme"] + STORAGE["acme"]) * 1.10 + (EGRESS["bolt"] + STORAGE["bolt"]) * 1.05)
CHAT_UNITS = 2 * (30 * ORDINARY + 60 * LAUNCH)
CHAT_ACCELERATOR_HOURS = 8 * (CHAT_HOURS + 2 * 2 * MONTH)
GRAND_USD = EAST_ALL * (1 - EAST_SHARE)


def world_scenario(**changes: Any) -> Json:
    question: Json = {
        "name": "world",
        "start": "2027-01",
        "months": 2,
        "discount_rate": RATE,
        "terminal": "liability",
        "catalog": "none",
        "budget_per_period_usd": [40_000, 40_000],
        "budget_upfront_per_year_usd": 500,
        "cash": {
            "at_hand_usd": 60_000,
            "income_per_month_usd": 1000,
            "income_growth_per_year": 1.0,
            "other_costs_per_month_usd": 400,
            "raises": [{"month": "2027-02", "usd": 20_000}],
            "minimum_usd": 5000,
        },
        "credits": [{"provider": "acme", "usd": 5000, "expires": "2027-02"}],
        "support": {"acme": 0.10, "bolt": 0.05},
        "egress_usd_per_gb": {"default": 0.05},
        "storage_usd_per_gb_month": {"acme": 0.02, "default": 0.03},
        "price_changes": [{"path": "dip", "provider": "acme"}],
        "releases": [
            {
                "accelerator": "new",
                "month": "2027-02",
                "price_drops": DROP,
            }
        ],
        "availability": {"failure": "region", "survive": 0.5, "standby": ["on_demand"]},
        "standing_reserve": 0.1,
        "max_share_per_provider": 0.85,
        "carbon": {"usd_per_tonne": 100, "intensity_g_per_kwh": {"DE": 400, "default": 300}, "max_tonnes_per_year": 30},
        "workloads": [
            {
                "name": "chat",
                "kind": "inference",
                "demand_per_hour": 30.0,
                "spike": {"name": "launch", "multiplier": 2.0, "hours_per_year": 87.6},
                "fallback": {"share": 0.5, "usd_per_unit": 2.0},
                "residency": [{"share": 0.3, "countries": ["DE"]}],
                "price_usd_per_unit": 2.0,
                "egress_gb_per_unit": 0.1,
                "storage_gb": 100,
            },
            {
                "name": "grand",
                "kind": "training_run",
                "unit": "step",
                "work": GRAND,
                "earliest": "2027-01",
                "deadline": "2027-02",
                "min_accelerators": 9,
                "max_accelerators": 17,
                "cluster_sizes": [12],
                "checkpoint_interval_hours": 1.0,
                "checkpoint_write_minutes": 6.0,
                "failures_per_accelerator_year": 0.1752,
                "restart_hours": 0.5,
            },
            {
                "name": "flex",
                "kind": "training_run",
                "unit": "step",
                "work": 1000.0,
                "earliest_period": 1,
                "interruptible": True,
            },
        ],
        "offers": [
            {
                "name": "east",
                "provider": "acme",
                "region": "east",
                "country": "US",
                "accelerator": "old",
                "accelerators_per_node": 8,
                "throughput": {"chat": 10.0, "chat/fallback": 20.0, "grand": 4.0, "flex": 2.0},
                "available_from": "2027-01",
                "kw_per_node": 5.0,
                "contracts": [
                    {"kind": "on_demand", "usd_per_hour": 10.0, "max_nodes": 7},
                    {"kind": "spot", "usd_per_hour": 3.0},
                ],
            },
            {
                "name": "west",
                "provider": "bolt",
                "region": "west",
                "country": "DE",
                "accelerators_per_node": 8,
                "throughput": {"chat": 10.0},
                "kw_per_node": 5.0,
                "max_nodes": 3,
                "contracts": [
                    {"kind": "commitment", "usd_per_hour": 6.0, "upfront_usd": 100.0, "term_periods": 3},
                    {"kind": "on_demand", "usd_per_hour": 12.0, "max_nodes": 1},
                ],
            },
        ],
    }
    question.update(changes)
    return Scenario.model_validate(question).model_dump(mode="json")


def _option(option: str, offer: str, action: str, price: float, grams: float, **more: Any) -> Json:
    east = offer == "east"
    record: Json = {
        "option": option,
        "action": action,
        "pool": "acme/east/east" if east else "bolt/west/west",
        "provider": "acme" if east else "bolt",
        "region": offer,
        "country": "US" if east else "DE",
        "node_type": offer,
        "accelerator": "old" if east else None,
        "accelerators_per_node": 8,
        "contract": action,
        "discount_fraction": 0.0,
        "change_per_year": 0.0,
        "list_price_usd": price,
        "usd_per_hour": price,
        "price_path": "dip" if east else "",
        "groups": [] if east else ["offer:west"],
        "kw_per_node": 5.0,
        "g_per_kwh": grams,
        "source": "scenario",
        "as_of": "",
        "basis": "scenario",
        "price_row": "scenario",
    }
    return {**record, **more}


OPTIONS = [
    _option(EAST, "east", "on_demand", 10.0, 300.0, max_nodes=7),
    _option(SPOT, "east", "spot", 3.0, 300.0),
    _option(WEST, "west", "commit", 6.0, 400.0, upfront_usd=100.0, term_periods=3, min_nodes=1),
    _option(SPARE, "west", "on_demand", 12.0, 400.0, max_nodes=1),
]


def _fit(workload: str, option: str, rate: float, replica: float = 0.0, mode: str = "") -> Json:
    fit: Json = {"workload": workload, "mode": mode, "option": option, "rate_per_node_hour": rate}
    fit |= {"replica_nodes": replica, "spot_lost_fraction": 0.0, "precision": "", "tensor_parallel": 1}
    return fit | {"pipeline_parallel": 1, "batch": 0, "ttft_ms": 0.0, "tpot_ms": 0.0, "basis": "measured"}


def _lines() -> list[Json]:
    east, spot, west, _ = OPTIONS
    held = (CHAT_HOURS + GRAND_HOURS) / sum(EAST_HOURS)
    busy = held - 2 * 2.0 * HOURS[1] * 0.25 / sum(
        EAST_HOURS
    )  # a quarter of what the fallback's nodes could do is not needed
    february = a_line(east, 1, 2, 7.0, EAST_HOURS[1], 9.0, utilisation=busy, held_fraction=held)
    inside = UPFRONT + 2 * WEST_USD
    return [
        a_line(east, 0, 1, 5.0, EAST_HOURS[0], 10.0, utilisation=busy, held_fraction=held),
        february,
        a_line(spot, 1, 2, 1.0, 730.0, 2.43, utilisation=500 / 730),
        a_line(
            west, 0, 3, 2.0, 6 * MONTH, 6.0, upfront_usd=UPFRONT, in_horizon_usd=inside, term_periods=3, utilisation=1.0
        ),
    ]


def _serving() -> list[Json]:
    rows = []
    for t in (0, 1):
        for s, hours in enumerate(HOURS):
            rows.append(_row("chat", EAST, t, s, 1.0, 10 * hours))
            rows.append(_row("chat", WEST, t, s, 2.0, 20 * hours))
            if s == 1:
                lesser = _row("chat", EAST, t, s, 2.0, 30 * hours)  # of the 40 that its nodes could do
                rows.append({**lesser, "mode": "fallback", "capacity": 40 * hours})
            if t == 1:
                done = _row("flex", SPOT, t, s, 500 / 730, 1000 * hours / 730)
                rows.append({**done, "replicas": 0.0, "work_unit": "step"})
    return rows


def _row(workload: str, option: str, t: int, s: int, nodes: float, work: float) -> Json:
    row: Json = {"workload": workload, "mode": "", "period": t, "slice": s, "option": option, "nodes": nodes}
    return {**row, "replicas": nodes, "work": work, "work_unit": "Mtok"}


def _failures() -> list[Json]:
    """Half of 30 and of 60 Mtok/h without either region; 110% of them with nothing lost."""
    records = []
    for t in (0, 1):
        for s, rate in enumerate((30.0, 60.0)):
            west = [_part(WEST, rate / 20)] if s == 0 else [_part(WEST, 2.0), _part(SPARE, 1.0, 1.0)]
            every = [_part(EAST, rate * 1.1 / 10 - 2), _part(WEST, 2.0)]
            lost = [("acme/east", 0.5, west), ("bolt/west", 0.5, [_part(EAST, rate / 20)]), ("", 1.1, every)]
            for failed, share, parts in lost:
                record = {"failed": failed, "period": t, "slice": s, "workload": "chat", "parts": parts}
                records.append({**record, "needed_per_hour": share * rate})
    return records


def _part(option: str, nodes: float, started: float = 0.0) -> Json:
    return {"option": option, "nodes": nodes, "standby_nodes": started, "work_per_hour": nodes * 10}


def _run() -> Json:
    shares = [{"option": EAST, "period": t, "nodes": 2.0, "hours": (730.0, 365.0)[t]} for t in (0, 1)]
    run: Json = {"workload": "grand", "pool": "acme/east/east", "start": MONTHS[0], "start_index": 0, "end": MONTHS[1]}
    run |= {"end_index": 2, "nodes": 2, "accelerators": 16, "hours": RUN_HOURS, "last_period_hours": 365.0}
    return run | {"work": GRAND, "work_unit": "step", "rate_per_node_hour": 4.0, "goodput": GOODPUT, "shares": shares}


def _charges() -> list[Json]:
    rows: list[Json] = []
    for t in (0, 1):
        for name, spend in (("acme", ACME[t]), ("bolt", BOLT[t])):
            data: Json = {"provider": name, "workload": "chat", "period": t}
            kept = {"quantity": 100.0, "unit_price_usd": STORAGE[name] / 100, "usd": STORAGE[name]}
            left = {"quantity": EGRESS_GB[name], "unit_price_usd": 0.05, "usd": EGRESS[name]}
            share = {"acme": 0.10, "bolt": 0.05}[name]
            paid = {"quantity": spend, "unit_price_usd": share, "usd": SUPPORT[name][t]}
            rows += [{"kind": "storage", **data, **kept}, {"kind": "egress", **data, **left}]
            rows.append({"kind": "support", **data, "workload": "", **paid})
    return rows


def _kinds(t: int) -> Json:
    return {
        "commit": WEST_USD + UPFRONT * (t == 0),
        "on_demand": EAST_USD[t],
        "spot": SPOT_USD[t],
        "egress": sum(EGRESS.values()),
        "storage": sum(STORAGE.values()),
        "support": SUPPORT["acme"][t] + SUPPORT["bolt"][t],
        "credits": -CREDIT * (t == 0),
    }


def _cost() -> Json:
    kinds = [_kinds(t) for t in (0, 1)]
    return {
        "by_kind": {name: kinds[0][name] + kinds[1][name] for name in kinds[0]},
        "by_period": [{"period": MONTHS[t], "index": t, "cash_usd": CASH[t], "by_kind": kinds[t]} for t in (0, 1)],
        "by_plan_year": [sum(CASH)],
        "by_provider": {"acme": sum(ACME) * 1.10 - CREDIT, "bolt": sum(BOLT) * 1.05},
        "outstanding_liability_usd": OWED,
        "terminal_npv_usd": TERMINAL,
        "fallback_npv_usd": FALLBACK_NPV,
        "carbon_npv_usd": CARBON_NPV,
    }


def _cash() -> list[Json]:
    income = [1000.0, 1000 * 2 ** (1 / 12)]
    raised, opening, rows = [0.0, 20_000.0], 60_000.0, []
    for t in (0, 1):
        closing = opening + income[t] + raised[t] - 400 - CASH[t]
        row: Json = {"period": t, "opening_usd": opening, "income_usd": income[t], "raised_usd": raised[t]}
        rows.append({**row, "other_costs_usd": 400.0, "spent_usd": CASH[t], "closing_usd": closing})
        opening = closing
    return rows


def world() -> Json:
    """The plan as JSON."""
    pieces = [{"name": "s0", "hours": ORDINARY}, {"name": "launch", "hours": LAUNCH, "spike": "launch"}]
    revenue = CHAT_UNITS * 2.0
    plan: Json = {
        "schema": "planner/plan/1",
        "scenario": sealed(world_scenario()),
        "status": "optimal",
        "npv_usd": NPV,
        "total_usd": sum(CASH),
        "bound_usd": NPV,
        "gap": 0.0,
        "gap_target": 0.001,
        "horizon": {
            "start": "2027-01",
            "periods": [
                {"index": t, "start": MONTHS[t], "hours": MONTH, "plan_year": 0, "slices": pieces} for t in (0, 1)
            ],
            "week_hours": [list(range(168))],
        },
        "lines": _lines(),
        "fleet": [
            *({"option": EAST, "period": t, "slice": s, "nodes": n} for (t, s), n in FLEET.items()),
            *({"option": SPOT, "period": 1, "slice": s, "nodes": 1.0} for s in (0, 1)),
        ],
        "serving": _serving(),
        "unserved": [],
        "runs": [_run()],
        "failures": _failures(),
        "charges": _charges(),
        "credits": [{"provider": "acme", "credit": 0, "period": 0, "usd": CREDIT}],
        "cash": _cash(),
        "carbon": {
            "tonnes": sum(EAST_TONNES) + 2 * WEST_TONNES,
            "by_plan_year": [sum(EAST_TONNES) + 2 * WEST_TONNES],
            "by_region": {"acme/east": sum(EAST_TONNES), "bolt/west": 2 * WEST_TONNES},
            "unknown_node_hours_fraction": 0.0,
            "npv_usd": CARBON_NPV,
        },
        "cost": _cost(),
        "unit_costs": [
            {
                "workload": "chat",
                "usd_per_unit": CHAT_USD / CHAT_UNITS,
                "unit": "Mtok",
                "usd_per_accelerator_hour": CHAT_NODES / CHAT_ACCELERATOR_HOURS,
            },
            {"workload": "grand", "usd_per_unit": GRAND_USD / GRAND, "unit": "step"},
            {"workload": "flex", "usd_per_unit": SPOT_USD[1] * 1.10 / 1000, "unit": "step"},
        ],
        "margins": [
            {
                "workload": "chat",
                "units": CHAT_UNITS,
                "revenue_usd": revenue,
                "cost_usd": CHAT_USD,
                "margin_fraction": (revenue - CHAT_USD) / revenue,
            }
        ],
        "baselines": [],
        "binding": [],
        "alternatives": [],
        "rejections": [],
        "inputs": {
            "options": OPTIONS,
            "fits": [
                _fit("chat", EAST, 10.0, 1.0),
                _fit("chat", WEST, 10.0, 1.0),
                _fit("chat", SPARE, 10.0, 1.0),
                _fit("chat", EAST, 20.0, 1.0, "fallback"),
                _fit("grand", EAST, 4.0),
                _fit("flex", SPOT, 2.0),
            ],
            "caps": [
                {"name": "offer:west", "max_nodes": 3.0, "max_accelerators": None, "counts": "live", "assumed": False}
            ],
            "price_paths": {"dip": [[0.0, 1.0], [2.0, 0.8]]},
            "pue": 1.2,
        },
        "audit": {"agrees": True, "checks": 0, "largest_difference_usd": 0.0},
        "facts": FACTS,
    }
    return copy.deepcopy(plan)
