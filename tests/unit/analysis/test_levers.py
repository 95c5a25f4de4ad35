"""Every limit that a scenario can state has a lever, and pulling it changes just that limit."""

from typing import Any

import pytest
from planning import EMPTY, a_scenario, an_offer, commitment, months, on_demand, online

from planner.analysis.infeasible.diagnosis import levers_of
from planner.analysis.infeasible.levers.levers import Lever
from planner.analysis.infeasible.levers.table import LIMITS as TABLE
from planner.analysis.infeasible.settings import changed, merged, written
from planner.domain.scenario.scenario import Scenario
from planner.pipeline import prepare

LIMITS: dict[str, dict[str, Any]] = {
    "budget_total_usd": {"budget_total_usd": 1e6},
    "budget_per_year_usd": {"budget_per_year_usd": [1e6]},
    "budget_per_period_usd": {"budget_per_period_usd": 1e6},
    "budget_upfront_per_year_usd": {"budget_upfront_per_year_usd": 1e6},
    "at_hand_usd": {"cash": {"at_hand_usd": 1e6}},
    "minimum_usd": {"cash": {"at_hand_usd": 1e6, "minimum_usd": 1.0}},
    "max_tonnes_per_year": {"carbon": {"max_tonnes_per_year": 1.0}},
    "max_share_per_provider": {"max_share_per_provider": 0.5},
    "standing_reserve": {"standing_reserve": 0.1},
    "survive": {"availability": {"failure": "provider"}},
    "standby": {"availability": {"failure": "provider", "standby": []}},
    "clouds": {"clouds": ["a"]},
    "regions": {"regions": ["a"]},
    "countries": {"countries": ["CH"]},
    "accelerators": {"accelerators": ["a"]},
    "contracts": {"contracts": ["on_demand"]},
    "max_term_months": {"max_term_months": 2},
    "lead_times": {"lead_times": [{"months": 3}]},
    "cap_groups": {"cap_groups": [{"name": "g", "max_nodes": 3}]},
    "caps": {"caps": {"inline": 4}},
    "spot_caps": {"spot_caps": {"inline": {"chip": 4}}},
    "reserved_caps": {"reserved_caps": {"inline": {"chip": 4}}},
    "releases": {"releases": [{"accelerator": "chip", "period": 1}]},
}


def scenario_with(**fields: Any) -> Scenario:
    offers = [
        an_offer("o", {"chat": 10}, on_demand(2.0)),
        an_offer("k", {"chat": 10}, commitment(1.0, 2, max_nodes=9, min_nodes=2, lead_periods=1)),
    ]
    return a_scenario(**{"periods": months(3), "workloads": [online("chat", 5.0)], "offers": offers} | fields)


def levers_with(**fields: Any) -> list[Lever]:
    return levers_of(prepare(scenario_with(**fields), EMPTY))


@pytest.mark.parametrize("name", LIMITS)
def test_every_limit_of_a_scenario_can_give_way(name: str) -> None:
    guilty = [lever for lever in levers_with(**LIMITS[name]) if name in lever.path]
    assert guilty
    for lever in guilty:
        freed = changed(scenario_with(**LIMITS[name]), lever.free)
        assert freed != scenario_with(**LIMITS[name])


def test_quantities_and_delivery_of_offers_can_give_way() -> None:
    assert {"max_nodes", "min_nodes", "lead_periods"} <= {lever.path[-1] for lever in levers_with()}


def test_the_least_quantity_of_a_block_can_give_way() -> None:
    block = {"kind": "block", "usd_per_hour": 1.0, "days": 30, "start_period": 0, "min_nodes": 3}
    paths = {lever.path: lever.end for lever in levers_with(offers=[an_offer("o", {"chat": 10}, block)])}
    assert paths["offers", 0, "contracts", 0, "min_nodes"] == 1


def test_every_maximum_minimum_and_budget_of_a_scenario_is_in_the_table() -> None:
    stated = {name for name in Scenario.model_fields if name.startswith(("max_", "min_", "budget_"))}
    assert len(stated) >= 11
    by_itself = {"max_price_age_months"}  # `computed.price_age`: only where prices of the catalog are used
    assert stated - {getattr(row, "field", "") for row in TABLE} == by_itself


def test_of_what_is_gone_nothing_is_set() -> None:
    both = merged({("cash",): None}, {("cash", "minimum_usd"): 0.0})
    assert both == {("cash",): None}


def test_settings_are_written_as_the_command_takes_them() -> None:
    scenario = scenario_with(caps={"inline": {"chip.x": 4}})
    assert written(scenario, {("offers", 0, "max_nodes"): 3}) == {"offers.o.max_nodes": 3}
    assert written(scenario, {("caps", "inline", "chip.x"): 8}) == {"caps": {"inline": {"chip.x": 8}}}
