"""What is owned: the second accountant agrees with honest plans, and a case by hand with both."""

from functools import cache

import audit_estates as estates
import pytest
from planning import a_scenario, an_offer, flexible, on_demand, planned

from planner.audit import audit, cash_flows, statement
from planner.domain.records.plan import Plan
from planner.inputs.catalog.load import load_catalog

pytestmark = pytest.mark.slow

WORLDS = estates.worlds()


@cache
def plan_of(name: str) -> Plan:
    """Audited by `planned`."""
    scenario = estates.everything() if name == "everything" else WORLDS[name]
    return planned(scenario, gap=0.01, catalog=estates.CATALOG)


@pytest.mark.parametrize("name", WORLDS)
def test_the_audit_agrees_to_the_cent_with_a_plan_that_owns(name: str) -> None:
    plan = plan_of(name)
    assert plan.assets
    assert plan.audit.agrees, plan.audit.discrepancies
    assert plan.audit.checks > 1000
    assert plan.audit.largest_difference_usd < 0.01


@pytest.mark.parametrize("name", WORLDS)
def test_the_statement_of_a_plan_that_owns_gives_its_totals(name: str) -> None:
    plan = plan_of(name)
    found = statement(plan)
    assert found.npv_usd == pytest.approx(plan.npv_usd, rel=1e-9)
    assert sum(e.usd for e in found.entries if e.cash) == pytest.approx(plan.total_usd, rel=1e-9)
    for unit in plan.unit_costs:
        borne = sum(e.usd * found.shares.get(e.centre, {}).get(unit.workload, 0.0) for e in found.entries)
        assert borne / found.units[unit.workload] == pytest.approx(unit.usd_per_unit, rel=1e-6)


def test_the_worlds_hold_what_there_is_to_own() -> None:
    plans = [plan_of(name) for name in WORLDS]
    actions = {line.action for plan in plans for line in plan.lines}
    kinds = {charge.kind for plan in plans for charge in plan.charges}
    assert {"buy", "lease", "build"} <= actions
    assert {
        "site",
        "team",
        "energy",
        "energy of work",
        "staff",
        "maintenance",
        "software",
        "tax and insurance",
    } <= kinds
    ends = [(line, len(plan.horizon.periods)) for plan in plans for line in plan.lines]
    assert any(line.action == "lease" and line.end_index > count for line, count in ends)
    assert any(line.action == "buy" and line.end_index < count for line, count in ends)
    assert any(record.failed in {"hall", "second"} for plan in plans for record in plan.failures)
    assert any(run.pool.startswith("hall/") for plan in plans for run in plan.runs)


def test_the_money_of_one_server_by_hand() -> None:
    """Four quarters of 2,190 h, no discounting. One server of 100,000 USD, and half as much again for network and storage:

    * 100,000 / (1 − 0.19 − 0.01) = 125,000 for the cluster: 23,750 network, 1,250 storage nodes; 4% spares: 4,000;
      all 129,000, and 10% sales tax: 12,900. Together 141,900 in January, when 10 kW are rented with 500 USD of fit-out each:
      5,000 and 500 sales tax; the site is set up for 1,000;
    * from April to December 6,570 h: rent 146 USD a month = 0.2 USD per kW and hour, 10 kW: 13,140;
      idle 10 × 0.8 × 0.5 = 4 kW, × 1.25 × 0.1 USD = 0.5 USD an hour: 3,285; work takes as much again: 3,285;
      maintenance 8,760 USD a year, staff 876, software 8 × 109.5 = 876, tax 1% of 129,000: 0.147260 USD an hour: 967.50;
      tax on the fit-out 1% of 500 = 0.000571 USD per kW and hour: 37.51; team 87,600 a year = 10 USD an hour: 65,700;
    * at the end it is 9 months old: 1 − 0.24 × 9 / 12 = 0.82 of 104,000: 85,280; the contract goes on for a quarter: 4,380.
    """
    site = {
        "name": "hall",
        "kind": "colocation",
        "usd_per_kwh": 0.1,
        "pue": 1.25,
        "team_usd_per_year": 87_600,
        "sales_tax_fraction": 0.1,
        "tax_and_insurance_fraction_per_year": 0.01,
        "lead_months": 3,
        "term_months": 12,
        "rent_usd_per_kw_month": 146,
        "fit_out_usd_per_kw": 500,
        "setup_usd": 1000,
        "required": True,
    }
    server = {
        "accelerator": "chip",
        "accelerators_per_server": 8,
        "price_usd": 100_000,
        "network_fraction": 0.19,
        "storage_fraction": 0.01,
        "nameplate_kw": 10,
        "draw_fraction": 0.8,
        "idle_draw_fraction": 0.5,
        "maintenance_fraction_per_year": 0.0876,
        "spare_fraction": 0.04,
        "software_usd_per_accelerator_year": 109.5,
        "staff_usd_per_server_year": 876,
        "lead_months": 3,
        "life_months": 48,
        "residual_curve": [[0, 1], [12, 0.76], [24, 0.5]],
        "throughput": {"train": 1.0},
    }
    plan = planned(
        a_scenario(
            start="2027-01",
            quarters=4,
            terminal="liability",
            workloads=[flexible("train", [1.0, 1.0, 1.0, 1.0])],
            offers=[an_offer("rent", {"train": 1.0}, on_demand(60.0))],
            own={"sites": [site], "servers": [server]},
        ),
        catalog=estates.CATALOG,
    )
    inside: dict[str, float] = {}
    for flow in cash_flows(plan):
        if flow.period_index < 4:
            inside[flow.kind] = inside.get(flow.kind, 0.0) + float(flow.amount_usd)
    assert inside == pytest.approx(
        {
            "on_demand": 2190 * 60,
            "servers": 100_000,
            "network": 23_750,
            "storage nodes": 1250,
            "spares": 4000,
            "sales tax": 12_900 + 500,
            "fit-out": 5000,
            "site": 1000,
            "rent": 13_140,
            "energy": 3285,
            "energy of work": 3285,
            "maintenance": 6570,
            "staff": 657,
            "software": 657,
            "tax and insurance": 6570 * (0.147260 + 0.00571),
            "team": 65_700,
        },
        abs=0.001,
    )
    assert plan.cost.residual_usd == pytest.approx(85_280)
    assert plan.cost.outstanding_liability_usd == pytest.approx(4380)
    assert plan.npv_usd == pytest.approx(sum(inside.values()) - 85_280 + 4380, abs=0.001)
    assert plan.assets[0].book_value_usd == pytest.approx(141_900 * (1 - 9 / 48))
    hours = 6570 * 8
    own = plan.npv_usd - 2190 * 60
    assert plan.sites[0].usd_per_accelerator_hour == pytest.approx(own / hours)
    assert sum(period.kwh for period in plan.sites[0].periods) == pytest.approx(6570 * 10)


def test_a_plan_that_only_rents_is_audited_for_the_money_it_needs() -> None:
    plan = planned(
        a_scenario(
            periods=[{"hours": 730}] * 2,
            workloads=[flexible("train", 1.0)],
            offers=[an_offer("rent", {"train": 1.0}, on_demand(10.0))],
        )
    )
    assert plan.funding is not None
    assert plan.funding.peak_usd == 14_600
    wrong = plan.model_copy(update={"funding": plan.funding.model_copy(update={"peak_usd": 14_000.0})})
    assert {rule for rule, *_ in audit(wrong).discrepancies} == {"funding"}


@cache
def by_the_catalog() -> Plan:
    """Most figures are the catalog's, each with its source and date."""
    sites = [
        {"name": "colo", "kind": "colocation", "country": "US", "place": "US-TX", "term_months": 24},
        {
            "name": "campus",
            "kind": "datacenter",
            "country": "DE",
            "land_and_development_usd": 2_000_000,
            "module_mw": 1,
            "reuse_fraction": 0.5,
            "required": True,
        },
    ]
    scenario = a_scenario(
        start="2027-01",
        quarters=12,
        discount_rate=0.1,
        workloads=[
            {
                "name": "train",
                "kind": "training",
                "accelerator_hours_per_month": 700_000,
                "reference_accelerator": "h100-sxm-80gb",
            }
        ],
        offers=[
            an_offer("rent", {}, on_demand(40.0), accelerator="h100-sxm-80gb", accelerators_per_node=8),
        ],
        own={"sites": sites, "servers": [{"accelerator": "h100-sxm-80gb", "sites": ["colo"], "repair_days": 7}]},
    )
    return planned(scenario, gap=0.01, catalog=load_catalog())


def test_the_audit_agrees_on_figures_of_the_catalog() -> None:
    plan = by_the_catalog()
    assert {line.action for line in plan.lines} >= {"buy", "lease"}
    figures = [figure for figures in plan.inputs.figures.values() for figure in figures]
    catalog = [figure for figure in figures if figure.basis != "scenario"]
    assert len(catalog) > 20
    assert all(figure.source and figure.as_of for figure in catalog)


def test_every_figure_of_the_catalog_that_the_plan_rests_on_counts() -> None:
    """But a lead time only by whole periods, of spares and repairs the larger, and of resale values those around the age."""
    plan = by_the_catalog()
    unnoticed = set()
    for thing in ("site:colo", "server:h100-sxm-80gb"):
        figures = plan.inputs.figures[thing]
        for i, figure in enumerate(figures):
            more = figure.model_copy(update={"value": figure.value * 1.1 + 0.001})
            changed = plan.inputs.figures | {thing: (*figures[:i], more, *figures[i + 1 :])}
            inputs = plan.inputs.model_copy(update={"figures": changed})
            if audit(plan.model_copy(update={"inputs": inputs})).agrees:
                unnoticed.add(figure.name)
    assert unnoticed <= {
        "lead_months",
        "server_lead_months",
        "faults_per_accelerator_year",
        *(f"resale_at_{months}_months" for months in (0, 12, 48, 60, 72)),
    }
