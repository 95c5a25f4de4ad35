"""Scenarios in a few words, and their answers: what the tests of the mathematics are written with."""

from collections.abc import Mapping
from typing import Any

from planner.analysis.answer import Answer, answer
from planner.assembly.assemble import assemble
from planner.domain.inputs.catalog import Catalog
from planner.domain.records.plan import Plan
from planner.domain.scenario.scenario import Scenario
from planner.market.options import market_of
from planner.pipeline import Question, Solution, horizon_of, prepare, solve
from planner.pipeline.question import facts_of
from planner.sizing.screening import screen
from planner.solver.watch import Watch

EMPTY = Catalog()
EXACT = 1e-9
"""Gap at which a small program is solved to its true optimum."""

BARE: dict[str, Any] = {
    "catalog": "none",
    "hosted_apis": "none",
    "discount_rate": 0,
    "terminal": "annuity",
    "replicas": "pooled",
}


def a_scenario(**fields: Any) -> Scenario:
    """A scenario without catalog, discount and whole replicas, unless the fields say otherwise."""
    return Scenario.model_validate(BARE | fields)


def online(name: str, demand: Any, **fields: Any) -> dict[str, Any]:
    return {"name": name, "kind": "inference", "unit": "unit", "demand_per_hour": demand} | fields


def flexible(name: str, demand: Any, **fields: Any) -> dict[str, Any]:
    return {"name": name, "kind": "training", "unit": "unit", "demand_per_hour": demand} | fields


def an_offer(name: str, throughput: Mapping[str, float], *contracts: dict[str, Any], **fields: Any) -> dict[str, Any]:
    return {"name": name, "throughput": dict(throughput), "contracts": list(contracts)} | fields


def on_demand(usd: float, **fields: Any) -> dict[str, Any]:
    return {"kind": "on_demand", "usd_per_hour": usd} | fields


def spot(usd: float, **fields: Any) -> dict[str, Any]:
    return {"kind": "spot", "usd_per_hour": usd} | fields


def commitment(usd: float, term: int | str, **fields: Any) -> dict[str, Any]:
    return {"kind": "commitment", "usd_per_hour": usd, "term_periods": term} | fields


def a_server(name: str, throughput: Mapping[str, float], usd: float, **fields: Any) -> dict[str, Any]:
    """A server of 1 kW that costs its price and nothing else: no network, no staff, no upkeep, worthless after four years."""
    bare = {
        "network_fraction": 0,
        "storage_fraction": 0,
        "nameplate_kw": 1,
        "draw_fraction": 1,
        "maintenance_fraction_per_year": 0,
        "spare_fraction": 0,
        "staff_usd_per_server_year": 0,
        "lead_months": 0,
        "life_months": 48,
        "residual_curve": [[0, 1], [48, 0]],
    }
    return {"name": name, "throughput": dict(throughput), "price_usd": usd} | bare | fields


def a_colocation(name: str, **fields: Any) -> dict[str, Any]:
    """Power that costs next to nothing, at once, for a month at a time, and nobody needed."""
    bare = {
        "term_months": 1,
        "rent_usd_per_kw_month": 0.0073,
        "fit_out_usd_per_kw": 0,
        "usd_per_kwh": 1e-6,
        "pue": 1,
        "team_usd_per_year": 0,
        "tax_and_insurance_fraction_per_year": 0,
        "lead_months": 0,
    }
    return {"name": name, "kind": "colocation"} | bare | fields


def a_datacenter(name: str, **fields: Any) -> dict[str, Any]:
    """A building in modules of 10 kW, at once, for next to nothing, worth nothing to others."""
    bare = {
        "land_and_development_usd": 0,
        "module_mw": 0.01,
        "reuse_fraction": 0,
        "capex_usd_per_mw": 1,
        "life_months": 144,
        "usd_per_kwh": 1e-6,
        "pue": 1,
        "team_usd_per_year": 0,
        "tax_and_insurance_fraction_per_year": 0,
        "lead_months": 0,
    }
    return {"name": name, "kind": "datacenter"} | bare | fields


def owning(sites: list[dict[str, Any]], servers: list[dict[str, Any]], **fields: Any) -> dict[str, Any]:
    return {"sites": sites, "servers": servers} | fields


def months(count: int) -> list[dict[str, Any]]:
    return [{"hours": 730} for _ in range(count)]


def solution(scenario: Scenario, *, gap: float = EXACT, reduced: bool = True, catalog: Catalog = EMPTY) -> Solution:
    return solve(prepare(scenario, catalog, reduced=reduced), gap, Watch())


def optimum(scenario: Scenario, *, reduced: bool = True, catalog: Catalog = EMPTY) -> float | None:
    """The least NPV in USD, or None if there is no plan."""
    found = solution(scenario, reduced=reduced, catalog=catalog)
    if found.present is None:
        assert found.outcome.status == "infeasible", found.outcome.status
        return None
    return float(found.present.npv)


def answered(scenario: Scenario, *, gap: float = EXACT, catalog: Catalog = EMPTY) -> Answer:
    return answer(scenario, catalog, gap=gap, baselines=False)


def planned(scenario: Scenario, *, gap: float = EXACT, catalog: Catalog = EMPTY) -> Plan:
    """The plan, audited."""
    found = answered(scenario, gap=gap, catalog=catalog)
    assert found.plan is not None, (found.stop, found.causes)
    assert found.plan.audit.agrees, found.plan.audit.discrepancies
    return found.plan


def question_with_replicas(
    scenario: Scenario, replica_nodes: Mapping[tuple[str, str], float], *, reduced: bool, catalog: Catalog = EMPTY
) -> Question:
    """A question in which a replica of (workload, offer) takes so many nodes, as if it had been sized so."""
    horizon = horizon_of(scenario)
    market = market_of(scenario, catalog, horizon)
    screened = screen(scenario, market.options, catalog)
    fits, stated = {}, dict(replica_nodes)
    for (w, o), fit in screened.fits.items():
        key = (scenario.workloads[w].name, (market.options[o].offer or "").removeprefix("offer:"))
        fits[w, o] = fit._replace(replica_nodes=replica_nodes.get(key, fit.replica_nodes))
        stated.pop(key, None)
    assert len(stated) < len(replica_nodes) or not replica_nodes, f"no fit of {sorted(stated)}"
    screened = screened._replace(fits=fits)
    assembled = assemble(scenario, market, screened, horizon, facts_of(scenario, catalog, market), reduced=reduced)
    return Question(scenario, catalog, market, screened, assembled)
