"""One number or word of an honest plan is changed; the rule that guards it must say so.

A change is written as `path = value`; a number with a sign in front of it is added.
"""

from typing import Any

import audit_plans as plans
import pytest

from planner.audit import audit

Json = dict[str, Any]
COMMIT_LINE, RENT_JAN, RENT_FEB, SPOT_LINE, API_LINE = (f"lines/{i}" for i in range(5))

CORRUPTIONS = [
    # the question
    ("scenario/sha256", "0" * 64, "scenario-sha256"),
    ("scenario/name", "somebody else's", "scenario-name"),
    ("scenario/resolved/discount_rate", 0.05, "scenario-sha256"),
    # time
    ("horizon/start", "2027-02", "horizon-start"),
    ("horizon/periods/0/hours", 744.0, "period-hours"),
    ("horizon/periods/1/index", 2, "period-index"),
    ("horizon/periods/1/start", "2027-03", "period-label"),
    ("horizon/periods/1/plan_year", 1, "plan-year"),
    ("horizon/periods/1/slices/1/hours", 364.0, "slice-sum"),
    ("horizon/periods/1/slices/1/hours", 364.0, "slice-hours"),
    ("horizon/week_hours/0/0", 84, "week-hours"),
    # lines
    (f"{COMMIT_LINE}/total_usd", "+0.02", "line-arithmetic"),
    (f"{COMMIT_LINE}/unit_price_usd", "+0.001", "line-unit-price"),
    (f"{COMMIT_LINE}/quantity", "+1", "line-quantity"),
    (f"{COMMIT_LINE}/upfront_usd", "+1", "line-upfront"),
    (f"{COMMIT_LINE}/in_horizon_usd", "+1", "line-in-horizon"),
    (f"{COMMIT_LINE}/nodes", 2.0, "line-quantity"),
    (f"{COMMIT_LINE}/nodes", 0.5, "whole-nodes"),
    (f"{COMMIT_LINE}/accelerators", 8.0, "line-accelerators"),
    (f"{COMMIT_LINE}/list_price_usd", 2.5, "line-list-price"),
    (f"{COMMIT_LINE}/unit", "accelerator-hour", "line-unit"),
    (f"{COMMIT_LINE}/utilisation", 0.9, "utilisation"),
    (f"{COMMIT_LINE}/utilisation", 1.1, "utilisation"),
    (f"{COMMIT_LINE}/end_index", 3, "commitment-term"),
    (f"{COMMIT_LINE}/term_periods", 3, "commitment-term"),
    (f"{COMMIT_LINE}/signed_index", 1, "commitment-start"),
    (f"{COMMIT_LINE}/signed_index", -1, "commitment-signed"),
    (f"{COMMIT_LINE}/signed", "2027-02", "line-label"),
    (f"{COMMIT_LINE}/end", "2027-03", "line-label"),
    (f"{COMMIT_LINE}/start_index", 9, "line-periods"),
    (f"{COMMIT_LINE}/end_index", 10**9, "line-periods"),
    (f"{COMMIT_LINE}/action", "buy", "action-unknown"),
    (f"{COMMIT_LINE}/option", "nobody", "unknown-option"),
    (f"{COMMIT_LINE}/provider", "somebody", "line-facts"),
    (f"{COMMIT_LINE}/accelerator", "gold", "line-facts"),
    (f"{COMMIT_LINE}/price_source", "hearsay", "line-provenance"),
    (f"{RENT_JAN}/nodes", 3.0, "line-nodes"),
    (f"{RENT_JAN}/quantity", "-1", "line-quantity"),
    (f"{RENT_JAN}/unit_price_usd", 0.0, "free-price"),
    (f"{RENT_JAN}/end_index", 0, "line-missing"),
    (f"{RENT_JAN}/term_periods", 1, "use-term"),
    (f"{RENT_FEB}/end_index", 3, "use-periods"),
    (f"{RENT_FEB}/unit_price_usd", plans.RENT[0], "line-unit-price"),
    (f"{SPOT_LINE}/total_usd", -1.0, "negative"),
    (f"{API_LINE}/quantity", "+1", "line-quantity"),
    (f"{API_LINE}/unit_price_usd", "+0.001", "line-unit-price"),
    (f"{API_LINE}/unit", "node-hour", "line-unit"),
    # sums
    ("total_usd", "+0.02", "total"),
    ("npv_usd", "-0.02", "npv"),
    ("bound_usd", "+1000", "bound"),
    ("gap", 0.0004, "gap"),
    ("gap_target", 0.0001, "status"),
    ("cost/by_kind/commit", "+0.02", "by-kind"),
    ("cost/by_kind/luck", 5.0, "by-kind"),
    ("cost/by_period/1/cash_usd", "-0.02", "by-period"),
    ("cost/by_period/1/index", 0, "by-period"),
    ("cost/by_period/1/by_kind/spot", "+0.02", "by-kind"),
    ("cost/by_plan_year/0", "+0.02", "by-plan-year"),
    ("cost/by_provider/inline", "+0.02", "by-provider"),
    ("cost/by_provider/luck", 1.0, "by-provider"),
    ("cost/outstanding_liability_usd", "-0.02", "liability"),
    ("cost/terminal_npv_usd", "-0.02", "terminal"),
    ("cost/residual_usd", 1.0, "residual"),
    ("cost/unserved_npv_usd", "-0.02", "unserved-npv"),
    ("unserved/0/cost_usd", "-0.02", "unserved-cost"),
    ("unit_costs/0/usd_per_unit", -1.0, "unit-cost"),
    ("unit_costs/0/unit", "token", "unit-cost"),
    ("baselines/0/saving_fraction", 0.6, "saving"),
    # who serves what
    ("unserved/0/work", 74.0, "unserved-share"),
    ("unserved/0/work", 72.0, "demand"),
    ("unserved/0/workload", "nobody", "unknown-workload"),
    ("unserved/0/work_unit", "token", "work-unit"),
    ("serving/0/work", 1000.0, "demand"),
    ("serving/0/work", 2000.0, "work"),
    ("serving/0/nodes", 0.9, "work"),
    ("serving/0/replicas", 0.5, "replica-nodes"),
    ("serving/0/replicas", 0.5, "replicas-whole"),
    ("serving/0/slice", 7, "unknown-slice"),
    ("serving/0/option", "nobody", "unknown-option"),
    ("serving/0/option", plans.SPOT, "spot-share"),
    ("serving/0/option", plans.SPOT, "filter-spot"),
    ("serving/0/option", plans.SPOT, "fit-missing"),
    ("serving/2/workload", "chat", "fit-missing"),
    ("serving/3/nodes", 1.0, "work"),
    ("serving/3/workload", "tune", "hosted-weights"),
    ("serving/1/nodes", 3.0, "busy-nodes"),
    ("fleet/0/nodes", 1.0, "busy-nodes"),
    ("fleet/0/nodes", 1.5, "held-nodes"),
    ("fleet/0/nodes", 5.0, "max-nodes"),
    ("fleet/0/nodes", -2.0, "negative"),
    ("fleet/0/option", "nobody", "unknown-option"),
    ("fleet/0/period", 5, "unknown-slice"),
    ("fleet/3/nodes", 7.0, "cap"),
    ("fleet/3/nodes", 7.0, "cap-stated"),
    ("fleet/3/nodes", 100.0, "budget-total"),
    ("fleet/3/nodes", 100.0, "budget-year"),
    # what the plan rests on
    ("inputs/options/0/discount_fraction", 0.2, "option-discount"),
    ("inputs/options/0/change_per_year", 0.0, "option-change"),
    ("inputs/options/0/usd_per_hour", 1.9, "inline-price"),
    ("inputs/options/0/upfront_usd", 900.0, "inline-price"),
    ("inputs/options/0/list_price_usd", 3.0, "option-list-price"),
    ("inputs/options/0/term_periods", 3, "inline-price"),
    ("inputs/options/0/lead_periods", 1, "commitment-start"),
    ("inputs/options/0/min_nodes", 2, "min-nodes"),
    ("inputs/options/0/exact_nodes", 3, "exact-nodes"),
    ("inputs/options/0/max_nodes", 0, "max-nodes"),
    ("inputs/options/0/groups", [], "cap-stated"),
    ("inputs/options/0/groups/0", "nobody", "cap-unknown"),
    ("inputs/options/1/exact_nodes", 2, "exact-nodes"),
    ("inputs/options/1/list_price_usd", 4.1, "option-list-price"),
    ("inputs/options/1/option", plans.COMMIT, "option-twice"),
    ("inputs/options/1/option", "catalog-row", "inline-only"),
    ("inputs/options/2/interruptions_per_month", 10.0, "spot-loss"),
    ("inputs/options/2/interruptions_per_month", 10.0, "inline-price"),
    ("inputs/options/3/list_price_input_usd_per_mtok", 0.4, "inline-price"),
    ("inputs/fits/0/rate_per_node_hour", 6.0, "fit-measured"),
    ("inputs/fits/0/replica_nodes", 2.0, "fit-measured"),
    ("inputs/fits/0/basis", "sized", "fit-measured"),
    ("inputs/fits/0/basis", "guessed", "fit-basis"),
    ("inputs/fits/0/rate_per_node_hour", 0.0, "fit-rate"),
    ("inputs/fits/0/workload", "nobody", "unknown-workload"),
    ("inputs/fits/1/option", plans.COMMIT, "fit-twice"),
    ("inputs/fits/2/spot_lost_fraction", 0.2, "spot-loss"),
    ("inputs/caps/0/max_nodes", 12.0, "cap-stated"),
    ("inputs/caps/0/counts", "running", "cap-stated"),
    ("inputs/caps/0/assumed", True, "cap-stated"),
    ("inputs/caps/0/max_nodes", 5.0, "cap"),
    ("inputs/caps/1/name", "group:floor", "cap-twice"),
    ("inputs/caps/0/kind", "offer", "cap-unknown"),
    ("inputs/caps/0/of", "ceiling", "cap-unknown"),
    ("inputs/caps/0/accelerator", "chip", "cap-unknown"),
    ("inputs/caps/0/contract", "spot", "cap-unknown"),
    ("inputs/caps/1/of", "rack", "cap-unknown"),
]

OTHER_QUESTIONS = [
    # the same plan is no answer to these
    ({"discount_rate": 0.12}, "npv"),
    ({"terminal": "liability"}, "terminal"),
    ({"discounts": {}}, "line-unit-price"),
    ({"price_changes": []}, "option-change"),
    ({"start": "2028-01"}, "horizon-start"),
    ({"months": 3}, "horizon-length"),
    ({"budget_total_usd": 10_000}, "budget-total"),
    ({"budget_per_year_usd": [10_000]}, "budget-year"),
    ({"regions": ["north"]}, "filter-region"),
    ({"countries": ["CH"]}, "filter-country"),
    ({"contracts": ["on_demand", "spot", "hosted_api"]}, "filter-contract"),
    ({"max_term_months": 3}, "filter-term"),
    ({"cap_groups": [{"name": "floor", "max_nodes": 6}]}, "cap-stated"),
    (
        {"held": [{"name": "old", "nodes": 1, "periods": 1, "usd_per_hour": 1.0, "throughput": {"chat": 1.0}}]},
        "held",
    ),
]

OTHER_WORKLOADS = [
    (0, {"demand_per_hour": 11.0}, "demand"),
    (0, {"growth_per_month": 0.5}, "demand"),
    (0, {"profile": [10.0] * 84 + [1.0] * 84}, "demand"),
    (0, {"profile": "unknown"}, "unreadable"),
    (0, {"clouds": ["north"]}, "filter-cloud"),
    (1, {"accelerator_hours_per_month": 1500.0}, "demand"),
    (1, {"interruptible": False}, "spot-share"),
    (1, {"max_spot_share": 0.5}, "spot-share"),
    (1, {"checkpoint_interval_hours": 2.0}, "spot-loss"),
    (2, {"own_weights": True}, "hosted-weights"),
    (2, {"model": "other"}, "hosted-weights"),
    (2, {"hosted_apis": ["north"]}, "filter-hosted"),
    (2, {"input_tokens": 3000}, "line-unit-price"),
    (2, {"unserved": None}, "unserved-share"),
    (2, {"unserved": {"usd_per_unit": 4.0}}, "unserved-cost"),
]


def changed(plan: Json, path: str, value: Any) -> Json:
    *way, last = (int(key) if key.isdigit() else key for key in path.split("/"))
    place: Any = plan
    for key in way:
        place = place[key]
    added = isinstance(value, str) and value[:1] in {"+", "-"}
    place[last] = place[last] + float(value) if added else value
    return plan


def rules(plan: Json) -> set[str]:
    record = audit(plans.read(plan))
    assert record.agrees == (not record.discrepancies)
    return {rule for rule, *_ in record.discrepancies}


@pytest.mark.parametrize(
    ("path", "value", "rule"), CORRUPTIONS, ids=lambda v: (str(sorted(v)) if isinstance(v, set) else str(v))[:40]
)
def test_a_corrupted_plan_is_caught(path: str, value: Any, rule: str) -> None:
    assert rule in rules(changed(plans.startup(), path, value))


@pytest.mark.parametrize(
    ("changes", "rule"), OTHER_QUESTIONS, ids=lambda v: (str(sorted(v)) if isinstance(v, set) else str(v))[:40]
)
def test_the_answer_to_another_question_is_caught(changes: Json, rule: str) -> None:
    assert rule in rules(plans.asked(plans.startup(), **changes))


@pytest.mark.parametrize(
    ("number", "changes", "rule"),
    OTHER_WORKLOADS,
    ids=lambda v: (str(sorted(v)) if isinstance(v, set) else str(v))[:40],
)
def test_the_answer_to_other_workloads_is_caught(number: int, changes: Json, rule: str) -> None:
    assert rule in rules(plans.with_workload(plans.startup(), number, **changes))


@pytest.mark.parametrize("terminal", ["annuity", "liability"])
def test_each_terminal_rule_has_its_own_present_value(terminal: str) -> None:
    plan = plans.startup()
    plan["scenario"] = plans.startup(terminal)["scenario"]
    assert {"terminal", "npv"} <= rules(plan)


def test_a_plan_without_a_readable_question_is_a_discrepancy() -> None:
    plan = plans.startup()
    plan["scenario"]["resolved"] = {"workloads": "none"}
    assert rules(plan) == {"scenario"}


@pytest.mark.parametrize("empty", ["horizon/periods", "lines", "fleet", "serving", "inputs/options", "inputs/fits"])
def test_a_plan_with_a_part_missing_is_a_discrepancy_not_a_traceback(empty: str) -> None:
    assert rules(changed(plans.startup(), empty, []))


@pytest.mark.parametrize("price", [1e308, -1e308, 1e-308])
def test_absurd_numbers_do_not_raise(price: float) -> None:
    assert rules(changed(plans.startup(), f"{COMMIT_LINE}/unit_price_usd", price))
    assert rules(changed(plans.startup(), f"{COMMIT_LINE}/nodes", price))
    assert rules(changed(plans.startup(), "inputs/options/1/list_price_usd", price))
