"""A second plan by hand: catalog prices, a quote, a holding, sized rates, caps; three months, no discounting.

`train` wants 80, 80 and 40 chip-hours an hour; a node of 8 chips does 8: 10, 10 and 5 nodes. `chat` is one
replica on a part of one more node.

* old: 2 nodes held until February, 10 USD/h:           2 × 730 × 10             =  14,600
* quote: 3 nodes for January and February at 20 USD/h, half of it upfront:
  signing 3 × 0.5 × 20 × 730 × 2 = 43,800, then 3 × 730 × 10 a month × 2          =  87,600
* on demand at 30 USD/h: 6 + 8 + 6 nodes for a month:   20 × 730 × 30            = 438,000
                                                                                   540,200
"""

import copy
from typing import Any

from audit_plans import FACTS, Json, _fit, _option, a_line, sealed

from planner.domain.inputs.accelerator import Accelerator
from planner.domain.inputs.language_model import LanguageModel
from planner.domain.records.findings import Fit
from planner.domain.scenario.scenario import Scenario
from planner.sizing.admission import size
from planner.sizing.constants import SizingConstants

ROW, QUOTE, OLD = "north/8x-chip/od", "quote-1:south/any/8x-chip", "held:old"
MONTH = 730.0
CHIP = Accelerator(
    id="chip",
    vendor="Acme",
    name="Chip",
    memory_gb=80.0,
    memory_bandwidth_gb_per_s=3000.0,
    bf16_tflops=900.0,
    link_gb_per_s=400.0,
    source="datasheet",
    checked_on="2026-10",
)
MODEL = LanguageModel(
    id="m",
    parameters_b=8.0,
    active_parameters_b=8.0,
    layers=32,
    hidden=4096,
    heads=32,
    kv_heads=8,
    head_dim=128,
)
CONSTANTS = {"e_f": 0.4}


def lab_scenario(**changes: Any) -> Json:
    question: Json = {
        "name": "lab",
        "start": "2027-01",
        "months": 3,
        "discount_rate": 0.0,
        "vendors": ["acme"],
        "clouds": ["north"],
        "caps": {"north": {"chip": 64}},
        "workloads": [
            {
                "name": "train",
                "kind": "training",
                "demand_per_hour": [80.0, 80.0, 40.0],
                "reference_accelerator": "chip",
            },
            {"name": "chat", "kind": "inference", "model": "m", "tokens_per_day": 24_000},
        ],
        "quotes": [
            {
                "provider": "south",
                "instance": "8x-chip",
                "accelerator": "chip",
                "count": 8,
                "contract": "commitment",
                "term_months": 2,
                "upfront_fraction": 0.5,
                "price_usd_per_hour": 20.0,
                "source": "e-mail",
                "checked_on": "2026-12-01",
            }
        ],
        "held": [
            {
                "name": "old",
                "provider": "west",
                "accelerator": "chip",
                "accelerators_per_node": 8,
                "nodes": 2,
                "until": "2027-02",
                "usd_per_hour": 10.0,
            }
        ],
    }
    question.update(changes)
    return Scenario.model_validate(question).model_dump(mode="json")


def sized(workload: str) -> Fit:
    scenario = Scenario.model_validate(lab_scenario())
    asked = next(w for w in scenario.workloads if w.name == workload)
    constants = SizingConstants(e_f=CONSTANTS["e_f"])
    fit = size(asked, CHIP, 8, model=MODEL, reference=CHIP, constants=constants, derating=scenario.derating)
    assert isinstance(fit, Fit)
    return fit


def _sized_fit(workload: str, option: str) -> Json:
    fit = sized(workload)
    record = _fit(workload, option, fit.rate_per_node_hour, fit.replica_nodes)
    for name in ("precision", "tensor_parallel", "pipeline_parallel", "batch", "ttft_ms", "tpot_ms"):
        record[name] = getattr(fit, name)
    return {**record, "basis": "sized"}


def _options() -> list[Json]:
    node: Json = {"node_type": "8x-chip", "accelerator": "chip", "accelerators_per_node": 8, "groups": []}
    node |= {"discount_fraction": 0.0}
    listed = {"source": "https://north.example/prices", "as_of": "2026-10-01", "basis": "listed"}
    quoted = {"source": "e-mail", "as_of": "2026-12-01", "basis": "quoted", "provider": "south"}
    row = {**node, **listed, "provider": "north", "region": "n1", "country": "NO", "list_price_usd": 30.0}
    quote = {**node, **quoted, "list_price_usd": 20.0, "usd_per_hour": 10.0, "upfront_usd": 14_600.0}
    old = {**node, "provider": "west", "node_type": "old", "list_price_usd": 10.0, "usd_per_hour": 10.0}
    return [
        _option(ROW, "on_demand", "on demand", **{**row, "groups": ["cap:north:chip:on_demand"]}),
        _option(QUOTE, "commit", "quoted commitment", **quote, term_periods=2, min_nodes=1),
        _option(OLD, "commit", "already held", **old, term_periods=1, min_nodes=1, exact_nodes=2),
    ]


CHAT_UNITS = 0.73
"""Mtok of a month: a thousand an hour."""


def lab() -> Json:
    """The plan as JSON."""
    options, chat = _options(), sized("chat")
    row, quote, old = options
    rented, training = [6.0, 8.0, 6.0], [5.0, 7.0, 5.0]
    held = sum(training) + 3 * chat.replica_nodes
    able = chat.replica_nodes * MONTH * chat.rate_per_node_hour
    busy = sum(training) + 3 * chat.replica_nodes * CHAT_UNITS / able
    lines = [
        a_line(row, 0, 3, 8.0, 20 * MONTH, 30.0, utilisation=busy / 20, held_fraction=held / 20),
        a_line(quote, 0, 2, 3.0, 6 * MONTH, 10.0, upfront_usd=43_800.0, term_periods=2, utilisation=1.0),
        a_line(old, 0, 1, 2.0, 2 * MONTH, 10.0, held=True, term_periods=1, utilisation=1.0),
    ]
    serving = []
    for t, here in enumerate(training):
        for option, nodes in ((ROW, here), (QUOTE, 3.0 * (t < 2)), (OLD, 2.0 * (t < 1))):
            if nodes:
                work = nodes * MONTH * 8
                serving.append(_row("train", option, t, nodes, 0.0, work, "chip-hour"))
        asked = _row("chat", ROW, t, chat.replica_nodes, 1.0, CHAT_UNITS, "Mtok")
        serving.append({**asked, "capacity": able})
    cash = [14_600.0 + 43_800 + 21_900 + 131_400, 21_900 + 175_200.0, 131_400.0]
    kinds = [
        {"commit": 80_300.0, "on_demand": 131_400.0},
        {"commit": 21_900.0, "on_demand": 175_200.0},
        {"on_demand": 131_400.0},
    ]
    months = ["2027-01", "2027-02", "2027-03"]
    return copy.deepcopy(
        {
            "schema": "planner/plan/1",
            "scenario": sealed(lab_scenario()),
            "status": "feasible",
            "npv_usd": 540_200.0,
            "total_usd": 540_200.0,
            "bound_usd": 540_200.0,
            "gap": 0.0,
            "gap_target": 0.001,
            "currency": "USD",
            "horizon": {
                "start": "2027-01",
                "periods": [
                    {
                        "index": t,
                        "start": months[t],
                        "hours": MONTH,
                        "plan_year": 0,
                        "slices": [{"name": "s0", "hours": MONTH}],
                    }
                    for t in range(3)
                ],
                "week_hours": [list(range(168))],
            },
            "lines": lines,
            "fleet": [{"option": ROW, "period": t, "slice": 0, "nodes": n} for t, n in enumerate(rented)],
            "serving": serving,
            "unserved": [],
            "cost": {
                "by_kind": {"commit": 102_200.0, "on_demand": 438_000.0},
                "by_period": [
                    {"period": months[t], "index": t, "cash_usd": cash[t], "by_kind": kinds[t]} for t in range(3)
                ],
                "by_plan_year": [540_200.0],
                "by_provider": {"north": 438_000.0, "south": 87_600.0, "west": 14_600.0},
                "outstanding_liability_usd": 0.0,
            },
            "unit_costs": [],
            "baselines": [],
            "binding": [],
            "alternatives": [],
            "rejections": [],
            "inputs": {
                "options": options,
                "fits": [
                    _sized_fit("train", ROW),
                    _sized_fit("train", QUOTE),
                    _sized_fit("train", OLD),
                    _sized_fit("chat", ROW),
                ],
                "caps": [
                    {
                        "name": "cap:north:chip:on_demand",
                        "max_nodes": None,
                        "max_accelerators": 64.0,
                        "counts": "running",
                        "assumed": False,
                    }
                ],
                "accelerators": {"chip": CHIP.model_dump(mode="json")},
                "language_models": {"m": MODEL.model_dump(mode="json")},
                "constants": CONSTANTS,
            },
            "audit": {"agrees": True, "checks": 0, "largest_difference_usd": 0.0},
            "facts": FACTS,
        }
    )


def _row(workload: str, option: str, t: int, nodes: float, replicas: float, work: float, unit: str) -> Json:
    row: Json = {"workload": workload, "option": option, "period": t, "slice": 0, "nodes": nodes}
    return {**row, "replicas": replicas, "work": work, "work_unit": unit}
