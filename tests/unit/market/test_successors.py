"""Announced generations: when they are there, at which part of today's prices, what is never one, and what the audit says."""

import copy
from functools import cache
from typing import Any

import pytest
from planning import planned

from planner.audit import audit
from planner.domain.records import Plan
from planner.domain.records.plan import plan_from_json_value
from planner.domain.scenario import Scenario
from planner.errors import InputErrors
from planner.inputs.catalog import load_catalog
from planner.inputs.scenario_file import parse_scenario
from planner.market import Market, Pricing, market_of
from planner.pipeline import horizon_of
from planner.report.document import headline_money, percent
from planner.report.plan import render_plan

CATALOG = load_catalog()
RENTED = """
name: rented
start: 2027-01
years: 3
period: quarter
clouds: [lambda, aws]
regions: [all, us-east-1]
accelerators: [h100-sxm-80gb]
hosted_apis: none
max_term_months: 12
discounts: {lambda: 10%}
price_changes: [{per_year: -5%}]
workloads:
  - {name: dev, kind: development, headcount: 64, accelerator_hours_per_head_per_month: 200, reference_accelerator: h100-sxm-80gb,
     min_accelerator_memory_gb: 80}
"""
OWNED = """
name: owned
start: 2027-01
years: 4
period: quarter
clouds: []
hosted_apis: none
own:
  sites: [{name: hall, kind: colocation, country: US, place: US-TX, term_months: 48, team_usd_per_year: 0}]
  servers: [{accelerator: h100-sxm-80gb, max_servers: 40, keep_months: [24, 48]}]
workloads:
  - {name: dev, kind: development, headcount: 4000, accelerator_hours_per_head_per_month: 10, reference_accelerator: h100-sxm-80gb,
     min_accelerator_memory_gb: 80, start: 2029-01}
"""


def asked(text: str, *overrides: str) -> Scenario:
    return parse_scenario(text, "s.yaml", catalog=CATALOG, overrides=overrides)


def market(*overrides: str, text: str = RENTED) -> Market:
    scenario = asked(text, *overrides)
    return market_of(scenario, CATALOG, horizon_of(scenario))


def test_those_of_the_catalog_count_that_come_a_year_before_the_end() -> None:
    named = [(one.name, one.month) for one in asked(RENTED, "years=4").successors or ()]
    assert named == [("Instinct MI500", "2028-08"), ("Rubin Ultra", "2028-08"), ("Feynman", "2029-08")]
    assert [one.name for one in asked(RENTED).successors or ()] == ["Instinct MI500", "Rubin Ultra"]
    assert asked(RENTED, "years=2").successors == asked(RENTED, "years=1").successors == ()
    assert asked(RENTED, "start=2028-01", "years=2").successors != ()
    assert asked(RENTED, "start=2028-10", "years=1").successors == ()
    assert asked(RENTED, "start=2030-01", "years=1").successors == ()
    assert asked(RENTED, "successors=[]").successors == ()


@pytest.mark.parametrize("without", ["successors=[]", "years=1"])
def test_without_them_every_option_is_of_today(without: str) -> None:
    assert not any(option.generation for option in market(without).options)


def test_a_catalog_that_is_not_used_announces_nothing() -> None:
    bare = RENTED.replace("clouds: [lambda, aws]\nregions: [all, us-east-1]", "catalog: none")
    assert asked(bare).successors == ()


def test_each_stands_beside_the_same_contract_of_today_at_its_part_of_the_price() -> None:
    """Rubin Ultra comes with the quarter of 2028-10, 21 months from the start: 0.7^(21/12) = 0.535699 of today's price."""
    found = market().options
    today = {option.id: option for option in found if not option.generation}
    later = [option for option in found if option.generation == "Rubin Ultra"]
    assert {option.action for option in later} == {"on_demand", "commit"}
    assert not any(option.block_hours for option in later)
    for option in later:
        base = today[option.id.removesuffix("+rubin-ultra")]
        assert option.usd_per_hour == pytest.approx(base.usd_per_hour * 0.535699, rel=1e-5)
        assert option.upfront_usd == pytest.approx(base.upfront_usd * 0.535699, rel=1e-5)
        assert (option.today_usd_per_hour, option.today_upfront_usd) == (base.usd_per_hour, base.upfront_usd)
        assert (option.accelerator, option.count, option.groups) == (base.accelerator, base.count, base.groups)
        assert (option.provenance.basis, option.provenance.as_of) == ("estimated", base.provenance.as_of)
        assert option.node_type == f"Rubin Ultra in place of {base.node_type}"


def test_its_price_takes_the_discount_of_the_seller_and_no_change_of_todays_prices() -> None:
    scenario = asked(RENTED)
    horizon = horizon_of(scenario)
    pricing = Pricing(scenario, horizon, {name: path.points for name, path in CATALOG.price_paths.items()})
    option = next(o for o in market().options if o.provider == "lambda" and o.generation == "Rubin Ultra")
    terms = pricing.terms(option)
    assert set(terms.usd_per_hour) == {round(option.usd_per_hour * 0.9, 6)}
    assert terms.usable == (False,) * 7 + (True,) * 5


def test_what_is_there_at_the_start_is_no_generation_to_come() -> None:
    with pytest.raises(InputErrors, match="at the start of the horizon"):
        asked(RENTED, "successors=[{name: soon, month: 2027-01, replaces: [h100]}]")
    stated = asked(RENTED, "successors=[{name: soon, month: 2027-04, replaces: [H100], path: flat}]").successors
    assert stated is not None
    assert stated[0].replaces == ("h100-sxm-80gb",)


def test_months_need_a_calendar() -> None:
    bare = "periods: [{hours: 100}, {hours: 100}]\n" + "\n".join(
        line for line in RENTED.splitlines() if not line.startswith(("start", "years", "period"))
    )
    assert asked(bare, "max_term_months=null").successors == ()
    with pytest.raises(InputErrors, match="calendar periods"):
        asked(bare, "successors=[{name: soon, month: 2027-04, replaces: [h100]}]")


# --- plans ------------------------------------------------------------------------------------------


@cache
def plan_of(text: str, *overrides: str) -> Plan:
    plan = planned(asked(text, *overrides), gap=0.01, catalog=CATALOG)
    assert plan.audit.agrees, plan.audit.discrepancies[:5]
    return plan


def test_nothing_of_it_is_signed_or_used_before_its_month_and_it_lowers_the_cost() -> None:
    plan = plan_of(RENTED)
    later = [line for line in plan.lines if plan_option(plan, line.option)["generation"]]
    assert later
    assert min(line.signed for line in later) >= "2028-10"
    assert {line.price_basis for line in later} == {"estimated"}
    assert not any(line.price_basis == "estimated" for line in plan.lines if line.signed < "2028-08")
    assert plan.bound_usd <= plan_of(RENTED, "successors=[]").npv_usd


def plan_option(plan: Plan, name: str) -> dict[str, Any]:
    return next(record.model_dump() for record in plan.inputs.options if record.option == name)


CHANGES: list[tuple[str, dict[str, Any], set[str]]] = [
    ("another price of today", {"today_usd_per_hour": 1.0}, {"generation-price"}),
    ("no generation", {"generation": ""}, {"generation", "filter-estimate"}),
    ("an unknown one", {"generation": "Later"}, {"generation"}),
    ("a better basis", {"basis": "listed"}, {"generation-basis"}),
]


@pytest.mark.parametrize(
    ("changed", "rules"), [change[1:] for change in CHANGES], ids=[change[0] for change in CHANGES]
)
def test_the_audit_objects(changed: dict[str, Any], rules: set[str]) -> None:
    value = copy.deepcopy(plan_of(RENTED).to_json_value())
    record = next(option for option in value["inputs"]["options"] if option["generation"])
    record.update(changed)
    said = {rule for rule, *_ in audit(plan_from_json_value(value)).discrepancies}
    assert rules <= said


@pytest.mark.parametrize(
    ("changed", "rule"),
    [
        ({"month": "2029-07"}, "generation-month"),
        ({"replaces": ["l4"]}, "generation"),
        ({"path": "flat"}, "generation-price"),
    ],
)
def test_the_audit_reads_the_scenario(changed: dict[str, Any], rule: str) -> None:
    """The scenario says otherwise than the plan that was made: found whatever else is found."""
    value = copy.deepcopy(plan_of(RENTED).to_json_value())
    value["inputs"]["price_paths"]["flat"] = [[0.0, 1.0]]
    for one in value["scenario"]["resolved"]["successors"]:
        one.update(changed)
    assert rule in {found for found, *_ in audit(plan_from_json_value(value)).discrepancies}


def test_a_server_has_successors_and_the_later_one_is_bought() -> None:
    """The work begins in 2029: Rubin Ultra's server does that of an H100's at 0.7^(21/12) of its price, and the same power."""
    plan = plan_of(OWNED)
    bought = {line.node_type for line in plan.lines if line.action == "buy"}
    assert bought == {"Rubin Ultra in place of h100-sxm-80gb"}
    price = {name: {f.name: f for f in figures} for name, figures in plan.inputs.figures.items()}
    base, later = price["server:h100-sxm-80gb"], price["server:Rubin Ultra in place of h100-sxm-80gb"]
    assert later["price_usd"].value == pytest.approx(base["price_usd"].value * 0.535699, rel=1e-5)
    assert later["price_usd"].basis == "estimated"
    assert later["nameplate_kw"] == base["nameplate_kw"]
    assert {line.node_type for line in plan_of(OWNED, "successors=[]").lines if line.action == "buy"} == {
        "h100-sxm-80gb"
    }


def test_a_bought_successor_is_told_as_announced_and_compared_with_nothing() -> None:
    plan = plan_of(OWNED)
    bought = sum(line.total_usd for line in plan.lines if line.action == "buy")
    share = percent(bought / sum(line.total_usd for line in plan.lines))
    assert f"{share} of the money ({headline_money(bought)})" in render_plan(plan, "markdown")
    assert [one.option for one in plan.alternatives if "in place of" in one.option] == []


@pytest.mark.parametrize(("field", "value"), [("value", 1.0), ("basis", "listed"), ("as_of", "2020")])
def test_the_audit_objects_to_another_figure_of_a_succeeding_server(field: str, value: object) -> None:
    plan = copy.deepcopy(plan_of(OWNED).to_json_value())
    figures = plan["inputs"]["figures"]["server:Rubin Ultra in place of h100-sxm-80gb"]
    next(figure for figure in figures if figure["name"] == "price_usd")[field] = value
    said = {rule for rule, *_ in audit(plan_from_json_value(plan)).discrepancies}
    assert said & {"figure", "figure-source"}
