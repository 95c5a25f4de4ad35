"""What must hold of every wide instance: more safety, less choice and dearer charges never make a plan cheaper."""

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from drawing import compares, few
from hypothesis import given
from hypothesis import strategies as st
from planning import a_scenario, optimum
from wide_worlds import CHIPS, PATH, World, draw_wide, scenario_fields

from planner.domain.inputs.accelerator import Accelerator
from planner.domain.inputs.catalog import Catalog, PricePath

SEEDS = st.integers(min_value=0, max_value=10**6)
DUST = 1 + 2e-6
Fields = dict[str, Any]
CATALOG = Catalog(
    accelerators={
        name: Accelerator(id=name, name=name, vendor=vendor, source="test", checked_on="2026-01")
        for name, vendor in CHIPS.items()
    },
    price_paths={"p": PricePath("p", PATH, "test", "2026-01")},
)


def cost(fields: Fields) -> float | None:
    return optimum(a_scenario(**fields), catalog=CATALOG)


def no_cheaper(tight: Fields, loose: Fields) -> None:
    """The tighter question costs no less, or has no plan at all."""
    least, more = cost(loose), cost(tight)
    if more is not None:
        compares()
        assert least is not None
        assert least <= more * DUST + 1e-4


def copied(fields: Fields) -> Fields:
    return json.loads(json.dumps(fields))


def of(seed: int, wanted: Callable[[World], bool]) -> Fields:
    """The fields of the first world from a seed on that has what is wanted."""
    while not wanted(world := draw_wide(seed)):
        seed += 1
    return scenario_fields(world)


def the_run(fields: Fields) -> Fields:
    return next(w for w in fields["workloads"] if w["kind"] == "training_run")


def runs(world: World) -> bool:
    return world.run is not None and not world.run.interruptible


# --- failures ----------------------------------------------------------------------------------------------


@few(25)
@given(SEEDS, st.sampled_from(["zone", "region", "provider", "vendor"]))
def test_to_survive_a_failure_is_never_cheaper(seed: int, kind: str) -> None:
    fields = of(seed, lambda world: world.availability is None)
    for standby in ([], ["on_demand"], ["on_demand", "hosted_api"]):
        no_cheaper(fields | {"availability": {"failure": kind, "survive": 0.7, "standby": standby}}, fields)


@few(20)
@given(SEEDS, st.sampled_from(["survive", "slices", "standby", "failure"]))
def test_more_safety_is_never_cheaper(seed: int, what: str) -> None:
    """A larger share, more slices, less standby, the whole provider instead of a region of it."""
    fields = of(seed, lambda world: world.availability is not None and len(world.pools) > 1)
    tight, loose = copied(fields), copied(fields)
    if what == "survive":
        loose["availability"]["survive"] = fields["availability"]["survive"] / 2
        for workload in (*tight["workloads"], *loose["workloads"]):
            workload.pop("survive", None)
    elif what == "slices":
        tight["availability"]["slices"], loose["availability"]["slices"] = 2, 1
    elif what == "standby":
        tight["availability"]["standby"] = []
    else:
        tight["availability"] |= {"failure": "provider", "standby": []}
        loose["availability"] |= {"failure": "zone", "standby": []}
    no_cheaper(tight, loose)


@few(15)
@given(SEEDS, st.floats(0.05, 0.6))
def test_a_larger_reserve_is_never_cheaper(seed: int, reserve: float) -> None:
    fields = of(seed, lambda _: True)
    no_cheaper(
        fields | {"standing_reserve": fields["standing_reserve"] + reserve * (1 - fields["standing_reserve"])}, fields
    )


# --- runs ---------------------------------------------------------------------------------------------------


@few(20)
@given(SEEDS)
def test_a_later_deadline_is_never_dearer(seed: int) -> None:
    fields = of(seed, lambda world: world.run is not None and world.run.deadline + 1 < len(world.lengths))
    later = copied(fields)
    the_run(later)["deadline_period"] = len(fields["periods"]) - 1
    no_cheaper(fields, later)


@few(20)
@given(SEEDS)
def test_a_choice_of_larger_clusters_is_never_dearer(seed: int) -> None:
    fields = of(seed, runs)
    more = copied(fields)
    run = the_run(more)
    run["max_accelerators"] += 4
    sizes = run.get("cluster_sizes") or list(range(run["min_accelerators"], the_run(fields)["max_accelerators"] + 1))
    run["cluster_sizes"] = [*sizes, the_run(fields)["max_accelerators"] + 4]
    no_cheaper(fields, more)


@few(15)
@given(SEEDS)
def test_a_run_more_is_never_cheaper(seed: int) -> None:
    fields = of(seed, lambda world: world.run is not None and not world.storage)
    without = copied(fields)
    without["workloads"] = [w for w in fields["workloads"] if w["kind"] != "training_run"]
    for offer in without["offers"]:
        offer.get("throughput", {}).pop("run", None)
    no_cheaper(fields, without)


@few(15)
@given(SEEDS)
def test_a_run_that_may_stop_and_never_fails_is_never_dearer(seed: int) -> None:
    """Whatever a cluster does, pieces can do too: no node is held for them, and no time is lost."""
    fields = of(seed, runs) | {"integers": "relaxed"}
    loose = copied(fields)
    the_run(loose)["interruptible"] = True
    for offer in loose["offers"]:
        for contract in offer.get("contracts", []):
            contract.pop("interruptions_per_month", None)
    if not any(w.get("storage_gb") for w in fields["workloads"]):
        no_cheaper(fields, loose)


# --- spot, places, fallbacks -----------------------------------------------------------------------------------


@few(20)
@given(SEEDS)
def test_more_spot_is_never_dearer(seed: int) -> None:
    fields = of(seed, lambda world: any(way.kind == "spot" for way in world.ways))
    less, more = copied(fields), copied(fields)
    for tight, loose in zip(less["workloads"], more["workloads"], strict=True):
        if tight["kind"] == "inference":
            tight["max_spot_share"] /= 2
            loose["max_spot_share"] = max(0.5, loose["max_spot_share"])
    no_cheaper(less, fields)
    no_cheaper(fields, more)


@few(25, 0.35)
@given(SEEDS, st.sampled_from([("regions", "r1"), ("countries", "BB")]), st.floats(0.1, 0.9))
def test_a_higher_share_in_a_place_is_never_cheaper(seed: int, place: tuple[str, str], share: float) -> None:
    fields = of(seed, lambda world: not any(work.residency for work in world.works))
    some, more = copied(fields), copied(fields)
    some["workloads"][0]["residency"] = [{"share": share, place[0]: [place[1]]}]
    more["workloads"][0]["residency"] = [{"share": (1 + share) / 2, place[0]: [place[1]]}]
    no_cheaper(some, fields)
    no_cheaper(more, some)


@few(20)
@given(SEEDS, st.floats(0.4, 0.9))
def test_a_smaller_share_of_a_provider_is_never_cheaper(seed: int, share: float) -> None:
    fields = of(seed, lambda world: world.provider_share is None and len(world.pools) > 1)
    no_cheaper(fields | {"max_share_per_provider": share}, fields)
    no_cheaper(fields | {"max_share_per_provider": share - 0.1}, fields | {"max_share_per_provider": share})


@few(25)
@given(SEEDS)
def test_a_larger_fallback_is_never_dearer(seed: int) -> None:
    fields = of(seed, lambda world: world.works[0].fallback is not None)
    none, more, always = copied(fields), copied(fields), copied(fields)
    del none["workloads"][0]["fallback"]
    more["workloads"][0]["fallback"]["share"] = 0.9
    always["workloads"][0]["fallback"]["when"] = "always"
    no_cheaper(none, fields)
    no_cheaper(fields, more)
    no_cheaper(fields, always)


@few(20, 0.4)
@given(SEEDS)
def test_a_higher_spike_is_never_cheaper(seed: int) -> None:
    fields = of(
        seed, lambda world: world.works[0].spike is not None and all(w.spot_share in (0, 1) for w in world.works)
    )
    higher = copied(fields)
    higher["workloads"][0]["spike"]["multiplier"] += 0.7
    if not any("fallback" in w for w in fields["workloads"]):  # a share of more is more
        no_cheaper(higher, fields)


@few(20)
@given(SEEDS)
def test_whole_nodes_are_never_cheaper_than_time_in_use(seed: int) -> None:
    fields = of(seed, lambda world: any(pool.container for pool in world.pools))
    whole = copied(fields)
    for offer in whole["offers"]:
        offer.pop("delivery", None)
    no_cheaper(whole, fields)


# --- money ------------------------------------------------------------------------------------------------------


@few(20)
@given(SEEDS, st.floats(1.0, 1e4))
def test_more_credits_are_never_dearer(seed: int, usd: float) -> None:
    fields = of(seed, lambda _: True)
    given_credits = fields.get("credits", [])
    more = fields | {"credits": [*given_credits, {"provider": fields["offers"][0]["provider"], "usd": round(usd, 2)}]}
    no_cheaper(fields, more)
    if given_credits:
        longer = copied(fields)
        longer["credits"][0].pop("expires_period", None)
        no_cheaper(fields, longer)


@few(20)
@given(SEEDS, st.floats(10.0, 1e4))
def test_one_more_raise_is_never_dearer(seed: int, usd: float) -> None:
    fields = of(seed, lambda world: world.cash is not None)
    more = copied(fields)
    more["cash"]["raises"].append({"period": 0, "usd": round(usd, 2)})
    no_cheaper(fields, more)


@few(20)
@given(SEEDS, st.sampled_from(["at_hand_usd", "minimum_usd", "other_costs_per_month_usd", "income_per_month_usd"]))
def test_less_cash_is_never_cheaper(seed: int, what: str) -> None:
    fields = of(seed, lambda world: world.cash is not None)
    less = copied(fields)
    more_is_worse = what in ("minimum_usd", "other_costs_per_month_usd")
    less["cash"][what] = fields["cash"][what] + 300 if more_is_worse else fields["cash"][what] * 0.8
    no_cheaper(less, fields)


@few(20, 0.2)
@given(SEEDS, st.sampled_from(["budget_per_period_usd", "budget_upfront_per_year_usd"]), st.floats(100, 1e4))
def test_a_budget_of_a_period_or_of_capital_is_never_cheaper(seed: int, which: str, usd: float) -> None:
    fields = of(seed, lambda _: True)
    if which not in fields:
        no_cheaper(fields | {which: usd}, fields)
        no_cheaper(fields | {which: usd / 2}, fields | {which: usd})


@few(20)
@given(SEEDS, st.floats(10, 500))
def test_a_higher_price_of_carbon_is_never_cheaper(seed: int, usd: float) -> None:
    fields = of(seed, lambda world: bool(world.grams))
    higher = copied(fields)
    higher["carbon"]["usd_per_tonne"] += usd
    no_cheaper(higher, fields)


@few(20)
@given(SEEDS, st.floats(0.1, 0.9))
def test_a_tighter_cap_on_carbon_is_never_cheaper(seed: int, share: float) -> None:
    fields = of(seed, lambda world: world.carbon_cap is not None)
    tighter, free = copied(fields), copied(fields)
    tighter["carbon"]["max_tonnes_per_year"] *= share
    free["carbon"]["max_tonnes_per_year"] = None
    no_cheaper(tighter, fields)
    no_cheaper(fields, free)


@few(20)
@given(SEEDS, st.floats(0.01, 0.3))
def test_dearer_data_is_never_cheaper(seed: int, usd: float) -> None:
    fields = of(seed, lambda world: bool(world.egress) or world.storage > 0)
    dearer = copied(fields)
    if fields["egress_usd_per_gb"]:
        dearer["egress_usd_per_gb"]["default"] += usd
        no_cheaper(dearer, fields)
    if "storage_usd_per_gb_month" in fields:
        dearer = copied(fields)
        dearer["storage_usd_per_gb_month"]["default"] += usd
        no_cheaper(dearer, fields)


@few(20)
@given(SEEDS, st.floats(0.01, 0.3))
def test_dearer_support_is_never_cheaper(seed: int, share: float) -> None:
    fields = of(seed, lambda world: world.terminal == "annuity")
    name = fields["offers"][0]["provider"]
    dearer = copied(fields)
    dearer["support"][name] = dearer["support"].get(name, 0.0) + share
    no_cheaper(dearer, fields)


@few(20)
@given(SEEDS)
def test_a_release_that_only_lowers_prices_is_never_dearer(seed: int) -> None:
    """Under `annuity`: what remains beyond the horizon is worth less after a drop."""
    fields = of(seed, lambda world: world.release is None and len(world.lengths) > 1 and world.terminal == "annuity")
    cheaper = fields | {
        "releases": [{"accelerator": "new", "period": 1, "price_drops": [{"accelerator": "gen-a", "by": -0.3}]}]
    }
    no_cheaper(fields, cheaper)


@few(25)
@given(SEEDS, st.sampled_from([2, 10, 1000]))
def test_all_money_times_k_is_cost_times_k(seed: int, k: int) -> None:
    world = draw_wide(seed)
    fields = scenario_fields(replace(world, changes=(), discounts={}, release=None, memo={}))
    times = copied(fields)
    for offer in times["offers"]:
        for price in ("usd_per_mtok_input", "usd_per_mtok_output"):
            if price in offer:
                offer[price] *= k
        for contract in offer.get("contracts", []):
            contract["usd_per_hour"] *= k
            if "upfront_usd" in contract:
                contract["upfront_usd"] *= k
    for workload in times["workloads"]:
        if "fallback" in workload:
            workload["fallback"]["usd_per_unit"] *= k
    for name in ("egress_usd_per_gb", "storage_usd_per_gb_month"):
        times[name] = {provider: usd * k for provider, usd in times.get(name, {}).items()}
    for name in ("budget_total_usd", "budget_per_period_usd", "budget_upfront_per_year_usd"):
        if name in times:
            times[name] *= k
    if "carbon" in times:
        times["carbon"]["usd_per_tonne"] *= k
    for grant in times.get("credits", []):
        grant["usd"] *= k
    if "cash" in times:
        for name in ("at_hand_usd", "income_per_month_usd", "other_costs_per_month_usd", "minimum_usd"):
            times["cash"][name] *= k
        for money in times["cash"]["raises"]:
            money["usd"] *= k
    once, more = cost(fields), cost(times)
    assert (once is None) == (more is None)
    if once is not None and more is not None:
        compares()
        assert more == pytest.approx(once * k, rel=2e-6, abs=1e-3)


@few(15)
@given(SEEDS, st.randoms(use_true_random=False))
def test_the_order_of_things_changes_nothing(seed: int, draw: Any) -> None:
    fields = of(seed, lambda _: True)
    other = copied(fields)
    draw.shuffle(other["offers"])
    draw.shuffle(other["workloads"])
    other.get("credits", []).reverse()
    first, second = cost(fields), cost(other)
    assert (first is None) == (second is None)
    if first is not None:
        compares()
        assert second == pytest.approx(first, rel=2e-6, abs=1e-4)


@few(15)
@given(SEEDS)
def test_relaxing_whole_numbers_is_never_dearer(seed: int) -> None:
    fields = of(seed, lambda _: True)
    no_cheaper(fields, fields | {"integers": "relaxed"})
