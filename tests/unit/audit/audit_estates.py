"""Scenarios with servers, colocation and buildings of one's own, small enough to be solved in a test; all figures are stated."""

import copy
from typing import Any

from audit_lab_plan import CHIP
from planning import a_scenario, an_offer, flexible, on_demand, online

from planner.domain.inputs.catalog import Catalog
from planner.domain.scenario.scenario import Scenario

Json = dict[str, Any]
OTHER = CHIP.model_copy(update={"id": "other", "name": "Other", "vendor": "Bolt"})
CATALOG = Catalog(accelerators={"chip": CHIP, "other": OTHER})
SERVER: Json = {
    "accelerator": "chip",
    "accelerators_per_server": 8,
    "price_usd": 250_000,
    "price_change_per_year": -0.15,
    "discount": 0.1,
    "network_fraction": 0.15,
    "storage_fraction": 0.02,
    "nameplate_kw": 10.2,
    "draw_fraction": 0.75,
    "idle_draw_fraction": 0.35,
    "maintenance_fraction_per_year": 0.05,
    "spare_fraction": 0.02,
    "faults_per_accelerator_year": 0.09,
    "repair_days": 21,
    "software_usd_per_accelerator_year": 150,
    "staff_usd_per_server_year": 1800,
    "lead_months": 1.5,
    "life_months": 60,
    "book_life_months": 48,
    "keep_months": [12, 24],
    "residual_curve": [[0, 1], [12, 0.72], [24, 0.5], [48, 0.17]],
    "throughput": {"train": 8.0},
}
COLOCATION: Json = {
    "name": "hall",
    "kind": "colocation",
    "country": "US",
    "usd_per_kwh": 0.0925,
    "usd_per_kwh_change_per_year": 0.04,
    "pue": 1.42,
    "g_per_kwh": 310,
    "team_usd_per_year": 120_000,
    "staff_usd_per_mw_year": 90_000,
    "wages_change_per_year": 0.03,
    "sales_tax_fraction": 0.07,
    "tax_and_insurance_fraction_per_year": 0.012,
    "lead_months": 1,
    "term_months": 12,
    "rent_usd_per_kw_month": 165.5,
    "rent_rise_per_year": 0.03,
    "rent_change_per_year": 0.02,
    "fit_out_usd_per_kw": 780,
    "setup_usd": 40_000,
}
DATACENTER: Json = {
    "name": "campus",
    "kind": "datacenter",
    "country": "SE",
    "usd_per_kwh": 0.051,
    "usd_per_kwh_change_per_year": -0.02,
    "pue": 1.16,
    "g_per_kwh": 30,
    "team_usd_per_year": 150_000,
    "staff_usd_per_mw_year": 60_000,
    "wages_change_per_year": 0.04,
    "sales_tax_fraction": 0.05,
    "tax_and_insurance_fraction_per_year": 0.01,
    "lead_months": 3,
    "land_and_development_usd": 300_000,
    "module_mw": 0.15,
    "reuse_fraction": 0.55,
    "capex_usd_per_mw": 4_000_000,
    "capex_change_per_year": 0.025,
    "life_months": 240,
    "maintenance_fraction_per_year": 0.015,
}


def hall(**changes: Any) -> Json:
    return copy.deepcopy(COLOCATION) | changes


def campus(**changes: Any) -> Json:
    return copy.deepcopy(DATACENTER) | changes


def server(**changes: Any) -> Json:
    return copy.deepcopy(SERVER) | changes


def rents(**more: Any) -> list[Json]:
    """Rented nodes of either accelerator, in two regions."""
    rates = {"train": 8.0, "chat": 8.0, "run": 8.0}
    same = {"accelerators_per_node": 8} | more
    return [
        an_offer("rent", rates, on_demand(40.0), accelerator="chip", **same),
        an_offer("far", rates, on_demand(46.0), accelerator="other", region="far", **same),
    ]


def a_world(sites: list[Json], servers: list[Json], **fields: Any) -> Scenario:
    """Two years by the quarter of work that grows, with rents to compare with."""
    own = {"sites": sites, "servers": servers} | fields.pop("own", {})
    time: Json = {"start": "2027-01", "quarters": 8}
    if "periods" in fields:
        time = {}
    elif "months" in fields:
        time = {"start": "2027-01"}
    settings: Json = {
        "name": "estate",
        "discount_rate": 0.08,
        "terminal": "market",
        "workloads": [flexible("train", 80.0, growth_per_year=0.3)],
        "offers": rents(),
    }
    return a_scenario(**settings | time | fields | {"own": own})


ALL: Json = {"throughput": {"train": 8.0, "chat": 8.0, "run": 8.0}}
CHAT = online("chat", 60.0, growth_per_year=0.2)
RUN: Json = {
    "name": "run",
    "kind": "training_run",
    "unit": "unit",
    "work": 60_000.0,
    "earliest": "2027-07",
    "deadline": "2028-06",
    "failures_per_accelerator_year": 0.5,
}
SMALL: Json = {
    "name": "small",
    "accelerator": "other",
    "accelerators_per_server": 4,
    "price_usd": 110_000,
    "nameplate_kw": 4.1,
    "idle_draw_fraction": 1.0,
    "throughput": {"train": 3.7, "chat": 3.9},
}
CARBON: Json = {"usd_per_tonne": 90, "max_tonnes_per_year": 700, "unknown_g_per_kwh": 400}
CASH: Json = {"at_hand_usd": 4_500_000, "income_per_month_usd": 400_000, "minimum_usd": 100_000}


def worlds() -> dict[str, Scenario]:
    """By name: what each is about."""
    short = {"term_months": 18, "rent_change_per_year": -0.05}
    found = {
        "one hall": a_world([hall()], [server()]),
        "one campus": a_world([campus()], [server()]),
        "both": a_world([hall(), campus()], [server()]),
        "months": a_world([hall()], [server(lead_months=0.5)], months=24, start="2027-03"),
        "explicit periods": a_world([hall(), campus()], [server()], periods=[{"hours": 1500}] * 10),
        "least and most": a_world(
            [hall(min_kw=150.5, max_mw=0.17), campus(max_mw=0.2)],
            [server(max_servers=9), server(**SMALL, max_servers=4)],
            own={"value_at_end": "book"},
        ),
        "required": a_world([hall(), campus(required=True)], [server(sites=["hall"])]),
        "fractions": a_world([hall(), campus()], [server()], integers="relaxed"),
        "from a month on": a_world([hall(available_from="2027-06")], [server(available_from="2027-08")]),
        "carbon": a_world([hall(), campus()], [server()], carbon=CARBON, offers=rents(kw_per_node=9.0)),
        "capital budget": a_world([hall(), campus()], [server()], budget_upfront_per_year_usd=[2_500_000, 1_000_000]),
        "runway": a_world([hall()], [server()], cash=CASH),
        "chat": a_world([hall(), campus()], [server(**ALL)], workloads=[CHAT | {"price_usd_per_unit": 9}]),
        "run": a_world([hall()], [server(**ALL)], workloads=[flexible("train", 30.0), RUN]),
        "run that moves": a_world(
            [hall()], [server(**ALL)], workloads=[flexible("train", 30.0), RUN | {"interruptible": True}]
        ),
        "data": a_world(
            [hall(), campus()],
            [server(**ALL)],
            workloads=[CHAT | {"egress_gb_per_unit": 0.2, "storage_gb": 500}],
            egress_usd_per_gb={"default": 0.05},
            storage_usd_per_gb_month={"default": 0.02},
        ),
        "rents whose power is unknown": a_world([hall()], [server()], carbon={"usd_per_tonne": 50}),
        "two servers": a_world(
            [hall(), campus()], [server(**ALL), server(**SMALL)], workloads=[CHAT, flexible("train", 20.0)]
        ),
        "rising prices": a_world(
            [hall(usd_per_kwh_change_per_year=0.2, wages_change_per_year=0.1)],
            [server(price_change_per_year=0.1, residual_curve=[[0, 0.9], [60, 0.1]])],
            discount_rate=0,
        ),
        "short-lived building": a_world([campus(life_months=12, reuse_fraction=1.0)], [server(keep_months=[9])]),
    }
    for rule in ("annuity", "liability"):
        found[f"owed: {rule}"] = a_world([hall(**short)], [server()], terminal=rule, own={"value_at_end": "none"})
    for failure in ("site", "zone", "vendor"):
        found[f"{failure} fails"] = a_world(
            [hall(), hall(name="second", usd_per_kwh=0.11)],
            [server(**ALL), server(**SMALL)],
            workloads=[CHAT],
            availability={"failure": failure, "survive": 0.5, "standby": ["on_demand"]},
        )
    return found


def everything() -> Scenario:
    """Two sites, two servers, sales inside the horizon, rents beyond it, every limit."""
    return a_world(
        [hall(min_kw=40, max_mw=0.5, required=True, term_months=9), campus(max_mw=0.45, required=True)],
        [server(**ALL, keep_months=[6, 9], max_servers=6), server(**SMALL, keep_months=[9, 24], max_servers=5)],
        quarters=6,
        workloads=[CHAT, flexible("train", 30.0)],
        carbon=CARBON,
        cash=CASH | {"at_hand_usd": 8_000_000},
        offers=rents(kw_per_node=9.0),
        own={"value_at_end": "book"},
    )
