"""Pairs of plans for the tests of comparisons: the golden tiny plan, and what hands make of it."""

import json
from pathlib import Path
from typing import Any

from planner.analysis.compare.compare import Subject, compare
from planner.domain.answers.comparison import Comparison
from planner.domain.records.plan import Plan, PlanLine, plan_from_json_value

TINY = Path(__file__).parent.parent / "golden" / "tiny.json"
"""4 nodes committed for 2 months at 1.70 USD (9,928 USD) and 3 on demand in 2027-02 at 3 USD (6,570 USD)."""


def tiny() -> Plan:
    return plan_from_json_value(json.loads(TINY.read_text()))


def with_lines(plan: Plan, *lines: PlanLine, beside_usd: float = 0.0) -> Plan:
    """The plan with other lines; its cash is theirs, and what stands beside them."""
    return plan.model_copy(update={"lines": lines, "total_usd": sum(x.in_horizon_usd for x in lines) + beside_usd})


def with_line(plan: Plan, number: int, **changed: Any) -> Plan:
    lines = list(plan.lines)
    lines[number] = lines[number].model_copy(update=changed)
    return with_lines(plan, *lines)


def with_cost(plan: Plan, **changed: Any) -> Plan:
    return plan.model_copy(update={"cost": plan.cost.model_copy(update=changed)})


def with_question(plan: Plan, **changed: Any) -> Plan:
    resolved = plan.scenario.resolved | changed
    return plan.model_copy(update={"scenario": plan.scenario.model_copy(update={"resolved": resolved})})


def compared(a: Plan, b: Plan) -> Comparison:
    return compare(Subject("a.json", "plan", a), Subject("b.json", "plan", b))


def grown() -> Plan:
    """6 nodes at 1.60 USD (14,016 USD), and tokens of an API (100 USD) where nodes ran on demand."""
    plan = tiny()
    committed, by_use = plan.lines
    more = committed.model_copy(
        update={
            "nodes": 6.0,
            "quantity": 8760.0,
            "unit_price_usd": 1.6,
            "total_usd": 14016.0,
            "in_horizon_usd": 14016.0,
        }
    )
    api = by_use.model_copy(
        update={
            "action": "hosted_api", "option": "offer:api", "provider": "tokens", "node_type": "m", "nodes": 0.0,
            "contract": "hosted_api", "quantity": 400.0, "unit_price_usd": 0.25, "unit": "Mtok", "total_usd": 100.0,
            "in_horizon_usd": 100.0,
        }
    )  # fmt: skip
    chat, train = plan.unit_costs
    dearer = chat.model_copy(update={"usd_per_unit": 0.25})
    workloads = [dict(w) for w in plan.scenario.resolved["workloads"]]
    workloads[0]["growth_per_month"] = 0.8
    plan = with_cost(
        with_question(with_lines(plan, more, api), workloads=workloads, name="tiny, grown"),
        by_kind={"commit": 14016.0, "hosted_api": 100.0},
        by_provider={"inline": 14016.0, "tokens": 100.0},
        by_plan_year=(14116.0,),
        outstanding_liability_usd=0.0,
    )
    named = plan.scenario.model_copy(update={"name": "tiny, grown", "sha256": "b" * 64})
    return plan.model_copy(
        update={"scenario": named, "npv_usd": 14000.0, "bound_usd": 13990.0, "unit_costs": (dearer, train)}
    )
