"""Situations that people reported where no plan exists: the cause is named, and following it is enough."""

from typing import Any

import pytest
from planning import EMPTY, a_scenario, an_offer, on_demand, online
from scenario_mutants import BASES

from planner.analysis.answer import answer
from planner.analysis.infeasible import oracle
from planner.analysis.infeasible.diagnosis import diagnose
from planner.assembly import size_of
from planner.domain.scenario.scenario import Scenario
from planner.formulation.parameters import Parameters
from planner.inputs.catalog.load import load_catalog
from planner.sensitivity import any_point
from planner.solver.watch import Watch

BANK: dict[str, Any] = {
    "name": "Bank",
    "start": "2027-01",
    "years": 5,
    "period": "quarter",
    "slices": 4,
    "discount_rate": 0.09,
    "clouds": [],
    "hosted_apis": "none",
    "workloads": [
        {"name": "assistants", "kind": "inference", "model": "llama-3.3-70b", "own_weights": True, "tokens_per_day": "3B",
         "growth_per_year": "40%", "precisions": ["fp8", "bf16"], "profile": "business_hours"},
        {"name": "documents", "kind": "batch", "model": "llama-3.1-8b", "own_weights": True, "tokens_per_day": "2B"},
        {"name": "quants", "kind": "development", "headcount": 20, "accelerator_hours_per_head_per_month": 80,
         "reference_accelerator": "h100-sxm-80gb"},
    ],
    "own": {
        "sites": [
            {"name": "frankfurt", "kind": "colocation", "country": "DE", "term_months": 60, "max_mw": 1},
            {"name": "dublin", "kind": "colocation", "country": "IE", "usd_per_kwh": 0.22, "term_months": 60, "max_mw": 1},
        ],
        "servers": [{"accelerator": "h100-sxm-80gb"}, {"accelerator": "b200-sxm-180gb"}],
    },
    "availability": {"failure": "site", "survive": "80%"},
    "gap": "2%",
}  # fmt: skip


def test_a_bank_on_its_own_sites_learns_that_nothing_is_there_in_the_first_quarter():
    found = answer(Scenario.model_validate(BANK), load_catalog(), baselines=False)
    assert found.stop == "infeasible"
    assert [(c.family, c.workload, c.period, c.have) for c in found.causes] == [
        ("lead", name, "2027-01", 0.0) for name in ("assistants", "documents", "quants")
    ]
    needs = {c.workload: c.need for c in found.causes}  # of the whole quarter, 91.25 days
    assert (needs["assistants"], needs["documents"]) == pytest.approx((3000 * 91.25, 2000 * 91.25))
    assert all("is delivered only from 2027-04 on" in cause.message for cause in found.causes)
    assert all("(`start`)" in cause.fix and "`clouds`" in cause.fix for cause in found.causes)


def test_whether_a_large_market_would_help_is_asked_of_its_nearest_part(monkeypatch: pytest.MonkeyPatch):
    """Without `clouds` the program of the bank has 600,000 columns: none of that size is written to know that there is a plan."""
    asked: list[int] = []

    def counted(p: Parameters, watch: Watch, *, fractional: bool) -> bool:
        asked.append(size_of(p))
        return any_point(p, watch, fractional=fractional)

    monkeypatch.setattr(oracle, "any_point", counted)
    possible = oracle.Possible(Scenario.model_validate(BANK), load_catalog(), Watch())
    assert possible({("clouds",): None})
    assert asked
    assert max(asked) < 120_000


@pytest.mark.exhaustive
def test_a_bank_on_its_own_sites_is_offered_a_way_out_of_the_market():
    told = diagnose(Scenario.model_validate(BANK), load_catalog(), (), Watch())
    assert any("clouds" in repair.set for repair in told.repairs)
    assert all(repair.npv_usd for repair in told.repairs)


@pytest.mark.parametrize(("lead", "first"), [(1, "2027-04"), (3, "2027-04"), (4, "2027-07")])
def test_following_the_cause_is_enough(lead: int, first: str):
    own = {**BASES[2]["own"], "sites": [{**BASES[2]["own"]["sites"][0], "lead_months": lead}]}
    value = {**BASES[2], "own": own, "offers": []}
    scenario = Scenario.model_validate(value)
    found = answer(scenario, EMPTY, baselines=False)
    assert [(c.family, c.period) for c in found.causes] == [("lead", "2027-01")]
    told = diagnose(scenario, EMPTY, found.causes, Watch())
    assert told.complete
    assert {"workloads.w.start": first} in [repair.set for repair in told.repairs]
    out = told.repairs[0]
    assert told.causes[0].fix.startswith(f"{out.change}, {out.by}: that has a plan; or shorten what delivery takes")
    later = {**value, "workloads": [{**value["workloads"][0], "start": first}]}
    assert answer(Scenario.model_validate(later), EMPTY, baselines=False).plan is not None


def test_work_that_may_start_at_once_somewhere_is_no_question_of_lead_times():
    scenario = a_scenario(
        periods=[{"hours": 730}] * 2,
        workloads=[online("w", 4)],
        offers=[an_offer("n", {"w": 2}, on_demand(3))],
    )
    assert answer(scenario, EMPTY, baselines=False).plan is not None


def test_diagnosis_without_time_says_that_it_was_cut_short():
    scenario = Scenario.model_validate({**BASES[2], "offers": [], "own": BASES[2]["own"]})
    found = answer(scenario, EMPTY, baselines=False)
    told = diagnose(scenario, EMPTY, found.causes, Watch(deadline=0.0))
    assert (told.complete, told.causes, told.repairs) == (False, found.causes, ())
