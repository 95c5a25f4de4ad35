"""Explicit periods, relaxed and pooled plans; and plans so strange that only not raising matters."""

import json
from typing import Any

import audit_lab_plan as labs
import audit_plans as plans
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError
from test_audit_corruptions import changed, rules

from planner.audit import audit, cash_flows


def explicit() -> plans.Json:
    """`startup` with periods and demand of every slice stated: 15, 5, 16.5 and 5.5 Mtok an hour."""
    plan = plans.startup()
    for month, name in (("2027-01", "p0"), ("2027-02", "p1")):
        for part in ("horizon", "lines", "cost"):
            plan[part] = json.loads(json.dumps(plan[part]).replace(f'"{month}"', f'"{name}"'))
    plan["horizon"]["week_hours"] = []
    half = [{"name": name, "hours": plans.HALF} for name in ("day", "night")]
    demand = {"demand_per_hour": [[15.0, 5.0], [16.5, 5.5]], "growth_per_month": None, "profile": None}
    periods = [{"hours": 730.0, "slices": half}, {"hours": 730.0, "slices": half}]
    plan = plans.asked(plan, start=None, months=None, periods=periods)
    return plans.with_workload(plan, 0, **demand)


def test_explicit_periods() -> None:
    assert rules(explicit()) == set()
    assert "demand" in rules(plans.with_workload(explicit(), 0, demand_per_hour=[[15, 5], [20.1, 5.5]]))
    assert "slice-hours" in rules(changed(explicit(), "horizon/periods/0/slices/0/hours", 360.0))
    assert "period-label" in rules(changed(explicit(), "horizon/periods/1/start", "p2"))
    assert "unreadable" in rules(plans.with_workload(explicit(), 0, demand_per_hour=[[15, 5]]))


def test_a_list_per_period_follows_the_load_shape() -> None:
    demand: plans.Json = {"growth_per_month": None, "demand_per_hour": [10.0, 11.0]}
    assert rules(plans.with_workload(plans.startup(), 0, **demand)) == set()
    demand["demand_per_hour"] = [10.0, 14.0]  # 21 Mtok/h by day, 4 nodes do 20
    assert rules(plans.with_workload(plans.startup(), 0, **demand)) == {"demand", "unit-cost"}


def test_relaxed_plans_may_split_nodes_and_replicas() -> None:
    half = changed(changed(plans.startup(), "fleet/0/nodes", 1.5), "serving/1/nodes", 1.5)
    half = changed(changed(half, "serving/1/replicas", 1.5), "serving/1/work", 1.5 * plans.HALF * 5)
    half = changed(half, "serving/1/capacity", 1.5 * plans.HALF * 5)
    less = plans.with_workload(half, 0, demand_per_hour=8.0)
    assert {"held-nodes", "replicas-whole"} <= rules(less)
    relaxed = rules(plans.asked(less, integers="relaxed"))
    assert not relaxed & {"held-nodes", "replicas-whole", "work"}


def test_whole_replicas_may_be_spread_over_options_of_the_same_rate() -> None:
    plan = plans.startup()
    for row, count in ((0, 0.5), (1, 1.5)):
        for name, value in (("nodes", count), ("replicas", count), ("capacity", count * plans.HALF * 5)):
            plan["serving"][row][name] = value
        plan["serving"][row]["work"] = count / 2 * 9 * plans.HALF
    plan = plans.with_workload(plan, 0, demand_per_hour=6.0)  # 9 Mtok/h by day: 2 replicas
    assert rules(plan) == {"utilisation", "unit-cost", "demand"}  # of the other slices
    found = audit(plans.read(plan)).discrepancies
    assert not [where for rule, where, *_ in found if rule == "demand" and "period 0, slice 0" in where]


def test_pooled_plans_need_no_replicas() -> None:
    plan = plans.asked(changed(plans.startup(), "serving/0/replicas", 0.0), replicas="pooled")
    assert rules(plan) == set()


def test_lines_of_one_bill_are_compared_together() -> None:
    """Two workloads on one API at one price: two lines, one bill."""
    plan = plans.startup()
    whole = plan["lines"][4]
    parts = []
    for share in (0.25, 0.75):
        part = {**whole, **{k: whole[k] * share for k in ("quantity", "total_usd", "in_horizon_usd")}}
        parts.append(part)
    plan["lines"][4:] = parts
    assert rules(plan) == set()
    assert "line-quantity" in rules(changed(plan, "lines/5/quantity", "+1"))


def test_one_line_may_stand_for_months_of_different_prices_at_their_mean() -> None:
    plan = plans.startup()
    january, february = plan["lines"][1:3]
    cash, hours = sum(plans.RENTED), january["quantity"] + february["quantity"]
    line = {**january, "end": "2027-02", "end_index": 2, "nodes": 3.0, "accelerators": 3.0, "quantity": hours}
    line |= {"unit_price_usd": cash / hours, "total_usd": cash, "in_horizon_usd": cash}
    plan["lines"][1:3] = [line]
    assert rules(plan) == set()
    assert "line-unit-price" in rules(changed(plan, "lines/1/unit_price_usd", "+0.001"))


WEIRD = [0, -1, 10**18, 1e300, -1e300, 1e-300, 0.1, "", "x", "\ud800", "offer:rack#0", "quote-9:", None, [], {}, True]


def leaves(value: Any, path: str = "") -> list[str]:
    if isinstance(value, dict | list) and value:
        items = value.items() if isinstance(value, dict) else enumerate(value)
        return [p for key, below in items for p in leaves(below, f"{path}/{key}" if path else str(key))]
    return [path]


STARTUP_LEAVES, LAB_LEAVES = leaves(plans.startup()), leaves(labs.lab())


@pytest.mark.parametrize("path", ["horizon/periods/0/hours", "horizon/periods/0/slices/0/hours"])
@pytest.mark.parametrize("hours", [10**18, 1e300, -1, -1e300])
def test_hours_that_no_scenario_may_have_are_refused(path: str, hours: float) -> None:
    """The audit goes through a period by the year: 10¹⁴ years would never end."""
    with pytest.raises(ValueError, match="hours"):
        plans.read(changed(plans.startup(), path, hours))


@settings(max_examples=400, deadline=None)
@given(data=st.data())
def test_nothing_makes_the_audit_raise(data: st.DataObject) -> None:
    startup = data.draw(st.booleans())
    plan = plans.startup() if startup else labs.lab()
    for _ in range(data.draw(st.integers(1, 3))):
        path = data.draw(st.sampled_from(STARTUP_LEAVES if startup else LAB_LEAVES))
        plan = changed(plan, path, data.draw(st.sampled_from(WEIRD)))
    try:
        read = plans.read(plan)
    except (ValidationError, ValueError):
        return
    record = audit(read)
    assert record.agrees == (not record.discrepancies)


@pytest.mark.parametrize("build", [plans.startup, labs.lab])
def test_the_audit_only_reads(build: Any) -> None:
    plan = plans.read(build())
    before = plan.model_dump_json()
    assert audit(plan) == audit(plan)
    assert cash_flows(plan) == cash_flows(plan)
    assert plan.model_dump_json() == before
