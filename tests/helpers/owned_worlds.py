"""Small scenarios in which something is owned, with figures that make sums easy."""

from typing import Any

from owning_facts import some_facts
from planning import answered

from planner.domain.inputs.accelerator import Accelerator
from planner.domain.inputs.catalog import Catalog
from planner.domain.records.plan import AuditRecord, Plan
from planner.domain.scenario.scenario import Scenario

CHIP = "h100-sxm-80gb"
CATALOG = Catalog(
    accelerators={CHIP: Accelerator(id=CHIP, vendor="V", name="H100", source="test", checked_on="2026-10")},
    ownership=some_facts(),
)


def a_hall(**changed: Any) -> dict[str, Any]:
    """USD 200 per kW and month for two years, USD 1,000 per kW of fit-out, USD 100,000 a year for the team."""
    return {
        "name": "hall", "kind": "colocation", "country": "US", "term_months": 24, "lead_months": 0,
        "rent_usd_per_kw_month": 200, "fit_out_usd_per_kw": 1000, "usd_per_kwh": 0.1, "pue": 1.4,
        "team_usd_per_year": 100_000, "tax_and_insurance_fraction_per_year": 0.01,
        "source": "quote of the hall", "as_of": "2026-11",
    } | changed  # fmt: skip


def a_campus(**changed: Any) -> dict[str, Any]:
    """Modules of 50 kW at USD 10M per MW, USD 200,000 of land, worth half of its book value at the end."""
    return {
        "name": "campus", "kind": "datacenter", "country": "US", "lead_months": 0, "land_and_development_usd": 200_000,
        "module_mw": 0.05, "reuse_fraction": 0.5, "capex_usd_per_mw": 10e6, "life_months": 120, "usd_per_kwh": 0.1,
        "pue": 1.2, "team_usd_per_year": 50_000, "tax_and_insurance_fraction_per_year": 0.01,
        "source": "own estimate", "as_of": "2026-09",
    } | changed  # fmt: skip


def a_server(**changed: Any) -> dict[str, Any]:
    """USD 250,000 for eight accelerators, half of it left after two years."""
    return {
        "accelerator": CHIP, "accelerators_per_server": 8, "price_usd": 250_000, "network_fraction": 0.15,
        "storage_fraction": 0.05, "spare_fraction": 0.1, "nameplate_kw": 10, "draw_fraction": 0.8,
        "maintenance_fraction_per_year": 0.05, "staff_usd_per_server_year": 5000, "lead_months": 0, "life_months": 24,
        "residual_curve": ((0, 1), (24, 0.5)), "throughput": {"train": 8}, "source": "quote of the maker", "as_of": "2026-10",
    } | changed  # fmt: skip


def owning(sites: list[dict[str, Any]], servers: list[dict[str, Any]], years: int = 2, **fields: Any) -> Scenario:
    """Training that keeps eight servers busy, in periods of a year, against USD 40 per node-hour."""
    base: dict[str, Any] = {
        "name": "eight servers",
        "start": "2027-01",
        "periods": [{"hours": 8760, "name": str(2027 + t)} for t in range(years)],
        "discount_rate": 0.1,
        "catalog": "none",
        "workloads": [{"name": "train", "kind": "training", "unit": "step", "demand_per_hour": 64}],
        "offers": [
            {
                "name": "rent", "accelerator": CHIP, "accelerators_per_node": 8, "throughput": {"train": 8},
                "contracts": [{"kind": "on_demand", "usd_per_hour": 40}], "source": "a quote", "as_of": "2026-11",
            }
        ],
        "own": {"sites": sites, "servers": servers},
    }  # fmt: skip
    return Scenario.model_validate(base | fields)


def owned_plan(scenario: Scenario) -> Plan:
    """Its plan, with a verdict that does not depend on the number of checks."""
    plan = answered(scenario, catalog=CATALOG).plan
    assert plan is not None
    verdict = AuditRecord(agrees=True, checks=1, largest_difference_usd=0.0)
    facts = plan.facts.model_copy(update={"version": "any", "columns": 0, "rows": 0, "integers": 0})
    return plan.model_copy(update={"audit": verdict, "facts": facts})
