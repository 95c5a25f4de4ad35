"""What must hold of every instance: no plan gets cheaper by more demand, fewer offers, limits, dearer prices."""

import json
from typing import Any

import pytest
from drawing import compares, few
from hypothesis import given
from hypothesis import strategies as st
from planning import a_scenario, answered, optimum
from small_worlds import World, draw_world, scenario_fields

SEEDS = st.integers(min_value=0, max_value=10**6)
DUST = 1 + 2e-6
Fields = dict[str, Any]


def cost(fields: Fields) -> float | None:
    return optimum(a_scenario(**fields))


def copied(fields: Fields) -> Fields:
    return json.loads(json.dumps(fields))


def no_cheaper(tight: Fields, loose: Fields) -> None:
    """The tighter question costs no less, or has no plan at all."""
    least, more = cost(loose), cost(tight)
    if more is not None:
        compares()
        assert least is not None
        assert least <= more * DUST + 1e-4


def of(seed: int) -> tuple[World, Fields]:
    world = draw_world(seed)
    return world, scenario_fields(world)


def scaled(demand: Any, factor: float) -> Any:
    return [scaled(d, factor) for d in demand] if isinstance(demand, list) else demand * factor


@few(25)
@given(SEEDS, st.floats(1.01, 2.0))
def test_more_demand_is_never_cheaper(seed: int, factor: float) -> None:
    _, fields = of(seed)
    if any("unserved" in w or w["max_spot_share"] not in (0.0, 1.0) for w in fields["workloads"]):
        return  # a larger demand also permits more spot, and more whole replicas of it
    more = copied(fields)
    more["workloads"][0]["demand_per_hour"] = scaled(fields["workloads"][0]["demand_per_hour"], factor)
    no_cheaper(more, fields)


@few(25)
@given(SEEDS)
def test_one_more_offer_is_never_dearer(seed: int) -> None:
    _, fields = of(seed)
    fewer = copied(fields)
    fewer["offers"] = fewer["offers"][1:]
    no_cheaper(fewer, fields)


@few(20)
@given(SEEDS, st.integers(0, 3))
def test_a_cap_on_an_offer_is_never_cheaper(seed: int, most: int) -> None:
    _, fields = of(seed)
    capped = copied(fields)
    capped["offers"][-1]["max_nodes"] = most
    no_cheaper(capped, fields)


@few(20, 0.2)
@given(SEEDS, st.floats(0.5, 1.2))
def test_a_budget_is_never_cheaper(seed: int, share: float) -> None:
    _, fields = of(seed)
    spent = answered(a_scenario(**fields)).plan
    if spent is not None and spent.total_usd > 0:
        limited = copied(fields) | {"budget_total_usd": spent.total_usd * share}
        no_cheaper(limited, {k: v for k, v in fields.items() if k != "budget_total_usd"})


@few(20)
@given(SEEDS)
def test_a_dearer_price_is_never_cheaper(seed: int) -> None:
    _, fields = of(seed)
    dearer = copied(fields)
    contract = dearer["offers"][0]["contracts"][0]
    if contract["usd_per_hour"] and not (fields["terminal"] == "market" and contract.get("upfront_usd")):
        contract["usd_per_hour"] = round(contract["usd_per_hour"] * 1.5, 3)
        no_cheaper(dearer, fields)


@few(20)
@given(SEEDS, st.sampled_from([2, 10, 1000]))
def test_prices_times_k_is_cost_times_k(seed: int, k: int) -> None:
    _, fields = of(seed)
    if "price_changes" in fields:
        fields = {name: value for name, value in fields.items() if name != "price_changes"}
    times = copied(fields)
    for offer in times["offers"]:
        for contract in offer["contracts"]:
            contract["usd_per_hour"] *= k
            if "upfront_usd" in contract:
                contract["upfront_usd"] *= k
    for workload in times["workloads"]:
        if "unserved" in workload:
            workload["unserved"]["usd_per_unit"] *= k
    for budget in ("budget_total_usd", "budget_per_year_usd"):
        if budget in times:
            times[budget] *= k
    once, more = cost(fields), cost(times)
    assert (once is None) == (more is None)
    if once is not None and more is not None:
        compares()
        assert more == pytest.approx(once * k, rel=2e-6)


@few(20)
@given(SEEDS, st.randoms(use_true_random=False))
def test_the_order_of_offers_and_workloads_changes_nothing(seed: int, draw: Any) -> None:
    _, fields = of(seed)
    other = copied(fields)
    draw.shuffle(other["offers"])
    draw.shuffle(other["workloads"])
    first, second = cost(fields), cost(other)
    assert (first is None) == (second is None)
    if first is not None:
        compares()
        assert second == pytest.approx(first, rel=2e-6, abs=1e-4)


@few(20)
@given(SEEDS)
def test_without_caps_integers_and_fixed_sums_twice_the_demand_is_twice_the_cost(seed: int) -> None:
    _, fields = of(seed)
    fields = {k: v for k, v in fields.items() if k not in ("cap_groups", "budget_total_usd", "budget_per_year_usd")}
    fields = copied(fields) | {"integers": "relaxed"}
    for offer in fields["offers"]:
        offer["groups"] = []
        for contract in offer["contracts"]:
            contract.pop("max_nodes", None)
            contract.pop("min_nodes", None)
    twice = copied(fields)
    for workload in twice["workloads"]:
        workload["demand_per_hour"] = scaled(workload["demand_per_hour"], 2)
    once, double = cost(fields), cost(twice)
    assert (once is None) == (double is None)
    if once is not None and double is not None:
        compares()
        assert double == pytest.approx(2 * once, rel=1e-6, abs=1e-3)


@few(12)
@given(SEEDS)
def test_relaxing_whole_numbers_is_never_dearer(seed: int) -> None:
    _, fields = of(seed)
    no_cheaper(fields, fields | {"integers": "relaxed"})


@few(15)
@given(SEEDS)
def test_the_same_input_gives_the_same_bytes(seed: int) -> None:
    _, fields = of(seed)
    first, second = (answered(a_scenario(**copied(fields)), gap=1e-3) for _ in range(2))
    assert first.stop == second.stop
    if first.plan is not None and second.plan is not None:
        compares()
        assert json.dumps(first.plan.to_json_value()) == json.dumps(second.plan.to_json_value())
    assert first.causes == second.causes


@few(25)
@given(SEEDS, st.sampled_from([1e-6, 1e-2, 0.3]))
def test_the_audit_always_agrees_and_the_gap_is_true(seed: int, gap: float) -> None:
    _, fields = of(seed)
    plan = answered(a_scenario(**fields), gap=gap).plan
    if plan is not None:
        compares()
        assert plan.audit.agrees, plan.audit.discrepancies
        assert plan.gap <= gap + 1e-9
        least = cost(fields)
        assert least is not None
        assert plan.bound_usd <= least * DUST + 1e-4
        assert plan.npv_usd >= least / DUST - 1e-4
