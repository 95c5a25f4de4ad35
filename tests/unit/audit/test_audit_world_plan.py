"""Runs, failures, spikes, fallbacks, shares, data, support, credits, cash, carbon, dates and price paths.

A corruption that touches one rule only is caught by exactly that rule; one that moves money or capacity at least by its own.
"""

import json
from typing import Any

import audit_plans as plans
import audit_world_plan as worlds
import pytest
from test_audit_corruptions import changed, rules

Json = dict[str, Any]
RUN, WEST_LOST, BOLT_LOST, RESERVE = "runs/0", "failures/0", "failures/1", "failures/2"
LAUNCH_LOST = "failures/3"

EXACTLY = [
    # slices of spikes
    ("horizon/periods/0/slices/1/name", "s1", {"slice-spike"}),
    # training runs
    (f"{RUN}/work_unit", "Mtok", {"work-unit"}),
    (f"{RUN}/work", "+1", {"run-work"}),
    (f"{RUN}/hours", "+1", {"run-work"}),
    (f"{RUN}/goodput", 0.95, {"run-work"}),
    (f"{RUN}/rate_per_node_hour", 5.0, {"run-work"}),
    (f"{RUN}/start_index", 1, {"run-work", "run-nodes", "run-label"}),
    (f"{RUN}/start_index", -1, {"run-window", "run-label"}),
    (f"{RUN}/start", "2027-02", {"run-label"}),
    (f"{RUN}/end", "2027-03", {"run-label"}),
    (f"{RUN}/nodes", 3, {"run-cluster", "run-nodes", "run-work"}),
    (f"{RUN}/accelerators", 8, {"run-cluster", "run-work"}),
    (f"{RUN}/pool", "bolt/west/west", {"run-pool"}),
    (f"{RUN}/shares/0/nodes", 1.0, {"run-nodes", "margin", "unit-cost", "utilisation"}),
    (f"{RUN}/shares/0/nodes", -2.0, {"negative", "run-nodes", "margin", "unit-cost", "utilisation"}),
    # failures and the reserve
    (f"{WEST_LOST}/failed", "acme", {"survive"}),
    (f"{WEST_LOST}/needed_per_hour", 14.0, {"survive"}),
    (f"{WEST_LOST}/parts/0/nodes", 1.0, {"survive"}),
    (f"{WEST_LOST}/parts/0/nodes", 2.5, {"survive"}),
    (f"{WEST_LOST}/parts/0/work_per_hour", 16.0, {"survive"}),
    (f"{WEST_LOST}/parts/0/option", worlds.EAST, {"survive"}),
    (f"{WEST_LOST}/parts/0/option", "nobody", {"unknown-option"}),
    (f"{WEST_LOST}/slice", 7, {"survive", "unknown-slice"}),
    (f"{WEST_LOST}/period", 1, {"survive"}),
    (f"{WEST_LOST}/workload", "grand", {"survive", "unknown-workload", "fit-missing"}),
    (f"{BOLT_LOST}/parts/0/nodes", 1.0, {"survive"}),
    (f"{LAUNCH_LOST}/parts/1/standby_nodes", 0.0, {"survive"}),
    (f"{LAUNCH_LOST}/parts/1/standby_nodes", 2.0, {"survive"}),
    (f"{LAUNCH_LOST}/parts/0/standby_nodes", 1.0, {"survive"}),
    (f"{RESERVE}/needed_per_hour", 30.0, {"standing-reserve"}),
    (f"{RESERVE}/parts/0/standby_nodes", 1.0, {"standing-reserve"}),
    (f"{RESERVE}/parts/0/option", worlds.SPOT, {"standing-reserve", "filter-spot", "fit-missing"}),
    (f"{RESERVE}/parts/1/nodes", 1.0, {"standing-reserve"}),
    ("failures/8/parts/0/nodes", 2.5, {"standing-reserve"}),  # in February the nodes of the run do not last
    # charges
    ("charges/0/usd", "+0.02", {"charge-storage"}),
    ("charges/0/quantity", "+1", {"charge-storage"}),
    ("charges/0/unit_price_usd", 0.03, {"charge-storage"}),
    ("charges/0/provider", "bolt", {"charge-storage"}),
    ("charges/1/usd", "+0.02", {"charge-egress"}),
    ("charges/1/unit_price_usd", 0.06, {"charge-egress"}),
    ("charges/2/usd", "+0.02", {"charge-support"}),
    ("charges/2/quantity", "+1", {"charge-support"}),
    ("charges/2/unit_price_usd", 0.2, {"charge-support"}),
    # credits
    ("credits/0/credit", 1, {"credit-provider"}),
    # cash
    ("cash/0/opening_usd", "+1", {"cash-balance"}),
    ("cash/0/income_usd", "+1", {"cash-balance"}),
    ("cash/1/raised_usd", "+1", {"cash-balance"}),
    ("cash/0/other_costs_usd", "+1", {"cash-balance"}),
    ("cash/0/spent_usd", "+1", {"cash-balance"}),
    ("cash/1/closing_usd", "+1", {"cash-balance"}),
    ("cash/1/period", 0, {"cash-balance"}),
    ("cash", [], {"cash-balance"}),
    # carbon
    ("carbon/tonnes", "+1", {"carbon"}),
    ("carbon/by_plan_year/0", "+1", {"carbon"}),
    ("carbon/by_region", {}, {"carbon"}),
    ("carbon/unknown_node_hours_fraction", 0.1, {"carbon"}),
    ("carbon/npv_usd", "+1", {"carbon"}),
    ("carbon", None, {"carbon"}),
    ("cost/carbon_npv_usd", "+1", {"carbon"}),
    ("inputs/pue", 1.0, {"carbon", "npv"}),
    ("inputs/options/0/g_per_kwh", 200.0, {"carbon", "npv"}),
    ("inputs/options/0/g_per_kwh", None, {"carbon", "npv", "carbon-cap"}),
    # sums
    ("cost/fallback_npv_usd", "+1", {"fallback-npv"}),
    ("cost/by_kind/support", "+1", {"by-kind"}),
    ("cost/by_kind/egress", "+1", {"by-kind"}),
    ("cost/by_kind/storage", "+1", {"by-kind"}),
    ("cost/by_kind/credits", 0.0, {"by-kind"}),
    ("cost/outstanding_liability_usd", worlds.WEST_USD, {"liability"}),
    ("unit_costs/0/usd_per_unit", "+0.01", {"unit-cost"}),
    ("unit_costs/0/usd_per_accelerator_hour", "+0.01", {"unit-cost"}),
    ("unit_costs/1/usd_per_unit", "+0.01", {"unit-cost"}),
    ("margins/0/units", "+100", {"margin"}),
    ("margins/0/revenue_usd", "+1", {"margin"}),
    ("margins/0/cost_usd", "+1", {"margin"}),
    ("margins/0/margin_fraction", 0.2, {"margin"}),
    ("margins/0/margin_fraction", None, {"margin"}),
    ("margins", [], {"margin"}),
    # facts of options
    ("inputs/options/0/price_path", "", {"option-path"}),
    ("inputs/options/0/zone", "z1", {"option-stated"}),
    ("inputs/options/0/delivery", "batch", {"option-stated", "delivery"}),
    ("inputs/options/0/delivery", "container", {"option-stated", "delivery"}),
    ("inputs/options/0/kw_per_node", 4.0, {"option-stated", "carbon", "npv"}),
    ("inputs/fits/4/rate_per_node_hour", 5.0, {"fit-measured", "run-work"}),
    ("inputs/fits/3/rate_per_node_hour", 25.0, {"fit-measured", "work"}),
    ("inputs/caps/0/max_nodes", 2.0, {"cap-stated", "survive"}),
]

CAUGHT = [
    ("horizon/periods/0/slices/1/spike", "", "slice-spike"),
    ("horizon/periods/1/slices/1/hours", 7.0, "slice-hours"),
    ("runs", [], "run-once"),
    (f"{RUN}/last_period_hours", 364.0, "run-work"),
    (f"{RUN}/last_period_hours", 364.0, "run-nodes"),
    (f"{RUN}/end_index", 1, "run-work"),
    (f"{RUN}/end_index", 1, "run-nodes"),
    (f"{RUN}/workload", "flex", "run-once"),
    (f"{RUN}/shares/0/hours", 700.0, "run-nodes"),
    (f"{RUN}/shares/1/hours", 300.0, "run-nodes"),
    (f"{RUN}/shares/1/hours", 300.0, "line-quantity"),
    (f"{RUN}/shares/1/option", worlds.SPOT, "run-pool"),
    (f"{RUN}/shares/0/option", worlds.WEST, "run-pool"),
    (f"{RUN}/shares/0/option", worlds.WEST, "busy-nodes"),
    (f"{RUN}/shares/0/option", "nobody", "unknown-option"),
    (f"{RUN}/shares/0/period", 7, "unknown-slice"),
    ("failures", [], "survive"),
    ("failures", [], "standing-reserve"),
    ("charges", [], "charge-support"),
    ("charges", [], "charge-egress"),
    ("charges", [], "charge-storage"),
    ("charges/1/provider", "nobody", "charge-egress"),
    ("charges/1/quantity", "+1", "charge-egress"),
    ("charges/1/quantity", "-1", "charge-egress"),
    ("credits/0/usd", 6000.0, "credit-limit"),
    ("credits/0/usd", -1.0, "credit-limit"),
    ("credits/0/provider", "bolt", "credit-provider"),
    ("credits/0/period", 1, "credit-expiry"),
    ("credits/0/period", -1, "credit-expiry"),
    ("serving/4/mode", "", "work"),
    ("serving/4/slice", 0, "fallback-share"),
    ("inputs/price_paths/dip/1/1", 0.7, "line-unit-price"),
    ("inputs/price_paths", {}, "unreadable"),
    ("inputs/fits/3/mode", "", "fit-twice"),
    ("inputs/fits/4/mode", "fallback", "fallback-share"),
    ("inputs/options/0/kw_per_node", None, "carbon-cap"),
]

OTHER_QUESTIONS: list[tuple[Json, set[str]]] = [
    ({"standing_reserve": 0.2}, {"standing-reserve"}),
    ({"standing_reserve": 0.0}, {"standing-reserve"}),
    ({"availability": None}, {"survive"}),
    ({"availability": {"failure": "region", "survive": 0.6, "standby": ["on_demand"]}}, {"survive"}),
    ({"availability": {"failure": "region", "survive": 0.5, "standby": ["hosted_api"]}}, {"survive"}),
    ({"availability": {"failure": "provider", "survive": 0.5, "standby": ["on_demand"]}}, {"survive"}),
    ({"availability": {"failure": "vendor", "survive": 0.5, "standby": ["on_demand"]}}, {"survive"}),
    ({"availability": {"failure": "zone", "survive": 0.5, "standby": ["on_demand"]}}, set()),  # a region without zones
    ({"max_share_per_provider": 0.6}, {"provider-share"}),
    ({"budget_per_period_usd": 33_000}, {"budget-period"}),
    ({"budget_per_period_usd": [30_000, 40_000]}, {"budget-period"}),
    ({"budget_upfront_per_year_usd": [100]}, {"budget-upfront"}),
    ({"credits": []}, {"credit-provider"}),
    ({"credits": [{"provider": "acme", "usd": 2000}]}, {"credit-limit"}),
    ({"credits": [{"provider": "acme", "usd": 5000, "expires_period": 0}]}, {"credit-expiry"}),
    ({"credits": [{"provider": "acme", "usd": 5000, "expires": "2027-01"}]}, {"credit-expiry"}),
    ({"releases": [{"accelerator": "old", "period": 1, "price_drops": worlds.DROP}]}, {"release"}),
    (
        {"demand_scale": 0.5},
        {
            "demand",
            "survive",
            "standing-reserve",
            "run-work",
            "charge-egress",
            "margin",
            "unit-cost",
            "npv",
            "fallback-npv",
        },
    ),
    ({"cash": None}, {"cash-balance"}),
    ({"carbon": None}, {"carbon", "npv"}),
]

CASH: list[tuple[Json, set[str]]] = [
    ({"minimum_usd": 18_000}, {"runway"}),
    ({"at_hand_usd": 20_000}, {"runway", "cash-balance"}),
    ({"raises": []}, {"runway", "cash-balance"}),
    ({"raises": [{"period": 0, "usd": 20_000}]}, {"cash-balance"}),
    ({"income_growth_per_year": 0.0}, {"cash-balance"}),
    ({"income_per_month_usd": [1000]}, set()),
    ({"other_costs_per_month_usd": 500}, {"cash-balance"}),
]

CARBON: list[tuple[Json, set[str]]] = [
    ({"max_tonnes_per_year": 16}, {"carbon-cap"}),
    ({"max_tonnes_per_year": [16]}, {"carbon-cap"}),
    ({"intensity_g_per_kwh": {"DE": 300, "default": 300}}, {"carbon"}),
    ({"intensity_g_per_kwh": {"west": 400, "DE": 1, "default": 300}}, set()),
    ({"usd_per_tonne": 50}, {"carbon", "npv"}),
]

PRICES = [
    # other prices move all the money
    ({"support": {"acme": 0.1}}, "charge-support"),
    ({"egress_usd_per_gb": {"acme": 0.05}}, "charge-egress"),
    ({"storage_usd_per_gb_month": {"acme": 0.02}}, "charge-storage"),
    ({"price_changes": []}, "option-path"),
    ({"price_changes": [{"path": "dip"}, {"per_year": 0.0, "provider": "acme"}]}, "option-path"),
    ({"releases": []}, "line-unit-price"),
    ({"demand_scale": 1.1}, "demand"),
    ({"demand_scale": 1.1}, "run-work"),
]

OTHER_WORKLOADS: list[tuple[int, Json, set[str]]] = [
    (0, {"residency": [{"share": 0.4, "countries": ["DE"]}]}, {"residency-share"}),
    (0, {"residency": [{"share": 0.15, "regions": ["east"]}]}, set()),
    (0, {"residency": [{"share": 0.3, "regions": ["east"]}]}, {"residency-share"}),
    (1, {"residency": [{"countries": ["DE"]}]}, {"residency-share"}),
    (1, {"residency": [{"regions": ["east"]}]}, set()),
    (2, {"residency": [{"share": 0.1, "countries": ["DE"]}]}, {"residency-share"}),
    (0, {"fallback": None}, {"fallback-share", "fallback-npv", "npv"}),
    (0, {"fallback": {"share": 0.4, "usd_per_unit": 2.0}}, {"fallback-share"}),
    (0, {"fallback": {"share": 0.5, "usd_per_unit": 3.0}}, {"fallback-npv", "npv"}),
    (0, {"fallback": {"share": 0.5, "usd_per_unit": 2.0, "when": "always"}}, set()),
    (0, {"spike": {"name": "launch", "multiplier": 2.0, "hours_per_year": 80}}, {"slice-hours"}),
    (0, {"survive": 0.6}, {"survive"}),
    (0, {"survive": 0}, {"survive"}),
    (0, {"price_usd_per_unit": 3.0}, {"margin"}),
    (0, {"price_usd_per_unit": None}, {"margin"}),
    (0, {"egress_gb_per_unit": 0.2}, {"charge-egress"}),
    (1, {"work": 9000.0}, {"run-work", "unit-cost"}),
    (1, {"deadline": "2027-01"}, {"run-window"}),
    (1, {"earliest": "2027-02"}, {"run-window"}),
    (1, {"earliest": None, "earliest_period": 1}, {"run-window"}),
    (1, {"deadline": None, "deadline_period": 0}, {"run-window"}),
    (1, {"deadline": "2099-01"}, set()),
    (1, {"min_accelerators": 17}, {"run-cluster"}),
    (1, {"max_accelerators": 15}, {"run-cluster"}),
    (1, {"cluster_sizes": [24]}, {"run-cluster"}),
    (1, {"cluster_sizes": None}, set()),
    (1, {"interruptible": True}, {"run-once", "run-work"}),
    (1, {"checkpoint_interval_hours": None}, {"run-work"}),
    (1, {"failures_per_accelerator_year": 0.2}, {"run-work"}),
    (1, {"restart_hours": 1.0}, {"run-work"}),
    (2, {"work": 1100.0}, {"run-work", "unit-cost"}),
    (2, {"earliest_period": 0, "deadline_period": 0}, {"run-window", "run-work"}),
    (2, {"interruptible": False}, {"run-once", "filter-spot", "spot-share"}),
    (2, {"max_spot_share": 0.5}, {"spot-share"}),
    (0, {"storage_gb": 100, "spike": {"name": "launch", "multiplier": 2.5, "hours_per_year": 87.6}},
     {"demand", "residency-share", "provider-share", "fallback-share", "fallback-npv", "npv", "survive", "standing-reserve",
      "charge-egress", "margin", "unit-cost"}),
]  # fmt: skip


def test_the_world_plan_has_no_discrepancy() -> None:
    assert rules(worlds.world()) == set()


@pytest.mark.parametrize(
    ("path", "value", "expected"), EXACTLY, ids=lambda v: (str(sorted(v)) if isinstance(v, set) else str(v))[:40]
)
def test_a_corruption_is_caught_by_exactly_its_rules(path: str, value: Any, expected: set[str]) -> None:
    assert rules(changed(worlds.world(), path, value)) == expected


@pytest.mark.parametrize(
    ("path", "value", "rule"), CAUGHT, ids=lambda v: (str(sorted(v)) if isinstance(v, set) else str(v))[:40]
)
def test_a_corruption_is_caught_by_its_rule(path: str, value: Any, rule: str) -> None:
    assert rule in rules(changed(worlds.world(), path, value))


@pytest.mark.parametrize(
    ("changes", "expected"), OTHER_QUESTIONS, ids=lambda v: (str(sorted(v)) if isinstance(v, set) else str(v))[:60]
)
def test_the_world_plan_is_no_answer_to_another_question(changes: Json, expected: set[str]) -> None:
    assert rules(plans.asked(worlds.world(), **changes)) == expected


@pytest.mark.parametrize(
    ("changes", "expected"), CASH, ids=lambda v: (str(sorted(v)) if isinstance(v, set) else str(v))[:60]
)
def test_cash_must_last(changes: Json, expected: set[str]) -> None:
    cash = {**worlds.world_scenario()["cash"], **changes}
    assert rules(plans.asked(worlds.world(), cash=cash)) == expected


@pytest.mark.parametrize(
    ("changes", "expected"), CARBON, ids=lambda v: (str(sorted(v)) if isinstance(v, set) else str(v))[:60]
)
def test_emissions_are_priced_and_capped(changes: Json, expected: set[str]) -> None:
    carbon = {**worlds.world_scenario()["carbon"], **changes}
    assert rules(plans.asked(worlds.world(), carbon=carbon)) == expected


@pytest.mark.parametrize(
    ("changes", "rule"), PRICES, ids=lambda v: (str(sorted(v)) if isinstance(v, set) else str(v))[:60]
)
def test_other_prices_are_caught(changes: Json, rule: str) -> None:
    assert rule in rules(plans.asked(worlds.world(), **changes))


@pytest.mark.parametrize(
    ("number", "changes", "expected"),
    OTHER_WORKLOADS,
    ids=lambda v: (str(sorted(v)) if isinstance(v, set) else str(v))[:60],
)
def test_the_world_plan_is_no_answer_to_other_workloads(number: int, changes: Json, expected: set[str]) -> None:
    assert rules(plans.with_workload(worlds.world(), number, **changes)) == expected


def with_offer(plan: Json, number: int, **changes: Any) -> Json:
    offers = json.loads(json.dumps(plan["scenario"]["resolved"]["offers"]))
    offers[number].update(changes)
    return plans.asked(plan, offers=offers)


def test_an_offer_is_not_used_before_its_month() -> None:
    assert rules(with_offer(worlds.world(), 0, available_from="2027-02")) == {"available-from"}
    assert rules(with_offer(worlds.world(), 0, available_from="2026-12")) == set()


def test_unsold_data_prices_are_an_error_and_free_data_needs_no_record() -> None:
    plan = plans.asked(worlds.world(), egress_usd_per_gb={"bolt": 0.05})
    assert "charge-egress" in rules(plan)
    free = plans.asked(worlds.world(), egress_usd_per_gb={"default": 0.0})
    free["charges"] = [c for c in free["charges"] if c["kind"] != "egress"]
    assert "charge-egress" not in rules(free)


def test_a_workload_without_a_spike_has_its_mean_in_the_spike_of_another() -> None:
    """The two workloads share the hours of the week; flexible work does not care."""
    plan = worlds.world()
    workloads = [*plan["scenario"]["resolved"]["workloads"]]
    other = {"name": "other", "kind": "inference", "demand_per_hour": 0.0}
    assert rules(plans.asked(plan, workloads=[*workloads, other])) == set()
    launch = {"name": "earlier", "multiplier": 5.0, "hours_per_year": 10}
    spiky = plans.asked(plan, workloads=[*workloads, {**other, "spike": launch}])
    assert {"slice-spike", "slice-hours", "week-hours"} <= rules(spiky)


def test_hosted_apis_may_stand_by_where_it_is_allowed() -> None:
    plan = worlds.world()
    api = {"kind": "hosted_api", "name": "api", "provider": "cloud", "model": "m"}
    api |= {"usd_per_mtok_input": 1.0, "usd_per_mtok_output": 2.0}
    record = worlds._option("offer:api", "api", "hosted_api", 0.0, 0.0, provider="cloud", region="", country="")
    record |= {"pool": "cloud//api", "accelerators_per_node": 0, "groups": [], "kw_per_node": None, "g_per_kwh": None}
    record |= {"list_price_input_usd_per_mtok": 1.0, "list_price_output_usd_per_mtok": 2.0}
    plan["inputs"]["options"].append(record)
    offers = [*plan["scenario"]["resolved"]["offers"], api]
    plan = plans.with_workload(plans.asked(plan, offers=offers), 0, model="m")
    part = {"option": "offer:api", "nodes": 0.0, "standby_nodes": 0.0, "work_per_hour": 15.0}
    plan["failures"][0]["parts"] = [part]
    assert rules(plan) == {"survive"}
    both: Json = {"failure": "region", "survive": 0.5, "standby": ["on_demand", "hosted_api"]}
    allowed = plans.asked(plan, availability=both)
    assert rules(allowed) == set()
    assert rules(plans.with_workload(allowed, 0, own_weights=True)) == {"hosted-weights"}
    allowed["failures"][2]["parts"] = [{**part, "work_per_hour": 33.0}]
    assert rules(allowed) == {"standing-reserve"}  # a reserve is capacity that stands


def test_containers_split_and_batch_services_serve_batch_only() -> None:
    plan = plans.startup()
    offers = json.loads(json.dumps(plan["scenario"]["resolved"]["offers"]))
    offers[0]["delivery"] = "container"
    half = plans.asked(plan, offers=offers)
    for record in half["inputs"]["options"][:3]:
        record["delivery"] = "container"
    assert rules(half) == set()
    half["fleet"][2]["nodes"] = 1.5
    half["serving"][10]["nodes"] = half["serving"][10]["replicas"] = 1.5
    assert not rules(half) & {"held-nodes", "replicas-whole"}
    offers[0]["delivery"] = "batch"
    batch = plans.asked(plans.startup(), offers=offers)
    for record in batch["inputs"]["options"][:3]:
        record["delivery"] = "batch"
    assert rules(batch) == {"delivery"}
