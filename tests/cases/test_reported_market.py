"""Reported situations on the bundled market: what must hold of their answers whatever the prices of the day are."""

from typing import Any

import pytest

from planner.analysis.answer import answer
from planner.domain.records import Plan
from planner.domain.scenario.scenario import Scenario
from planner.inputs.catalog.load import load_catalog
from planner.report.plan.render import render_plan

Json = dict[str, Any]
NIGHTLY: Json = {
    "start": "2027-01",
    "years": 1,
    "workloads": [
        {
            "name": "finetune", "kind": "training", "accelerator_hours_per_month": 960,
            "reference_accelerator": "h100-sxm-80gb",
        }
    ],
}  # fmt: skip
QUOTED: Json = {
    "start": "2027-01",
    "years": 1,
    "budget_total_usd": 300e6,
    "gap": 0.01,
    "clouds": [],
    "workloads": [
        {
            "name": "run", "kind": "training_run", "accelerator_hours": 73e6, "reference_accelerator": "h100-sxm-80gb",
            "earliest": "2027-03", "deadline": "2027-12", "min_accelerators": 8000, "max_accelerators": 24000,
            "interconnect": "nvlink",
        }
    ],
    "offers": [
        {
            "name": "neocloud quote", "provider": "coreweave", "region": "us-east", "country": "US",
            "accelerator": "h100-sxm-80gb", "accelerators_per_node": 8,
            "contracts": [
                {"kind": "commitment", "usd_per_hour": 17.6, "term_months": 12},
                {"kind": "commitment", "usd_per_hour": 19.2, "term_months": 6},
            ],
        }
    ],
}  # fmt: skip
CODING: Json = {
    "start": "2027-01",
    "years": 2,
    "countries": ["DE", "FR", "NL", "IE", "SE", "FI", "BE", "ES", "IT", "PL"],
    "clouds": ["aws", "gcp", "azure", "nebius", "scaleway", "coreweave"],
    "period": "quarter",
    "gap": 0.03,
    "workloads": [
        {
            "name": "autocomplete", "kind": "inference", "model": "qwen2.5-7b", "own_weights": True, "requests_per_day": 30e6,
            "input_tokens": 1500, "output_tokens": 30, "latency": "realtime", "growth_per_year": 1.0, "profile": "coding",
        },
    ],
}  # fmt: skip


def plan_of(scenario: Json, seconds: float | None = None) -> Plan:
    plan = answer(Scenario.model_validate(scenario), load_catalog(), baselines=False, time_limit=seconds).plan
    assert plan is not None
    assert plan.audit.agrees, plan.audit.discrepancies[:5]
    return plan


@pytest.mark.parametrize("clouds", [["aws", "gcp", "azure"], ["azure"]])
def test_four_hours_of_fine_tuning_a_night_are_not_a_machine_for_the_year(clouds: list[str]) -> None:
    """960 hours of an H100 a month: 11,520 a year at a dozen dollars at most, and few that idle."""
    plan = plan_of(NIGHTLY | {"clouds": clouds})
    assert sum(r.work for r in plan.serving) == pytest.approx(12 * 960)
    assert plan.total_usd < 11_520 * 12
    for line in plan.lines:
        paid = line.quantity * line.accelerators / max(line.nodes, 1)
        assert paid < 2 * 11_520, line.option


def test_a_run_on_a_quoted_cluster_loses_less_than_a_tenth_to_failures() -> None:
    plan = plan_of(QUOTED)
    (run,) = plan.runs
    assert 0.9 < run.goodput < 1
    assert 8000 <= run.accelerators <= 24_000
    assert run.work == pytest.approx(73e6)
    quote = 17.6 if plan.lines[0].term_periods == 12 else 19.2
    assert plan.lines[0].unit_price_usd == quote


@pytest.mark.exhaustive
def test_what_stays_owed_after_two_years_is_said() -> None:
    plan = plan_of(CODING, 120)
    owed = plan.cost.outstanding_liability_usd
    longest = max((line.term_periods * 3 for line in plan.lines if line.action == "commit"), default=0)
    assert longest <= 24 or owed > 0
    assert owed < 0.2 * plan.npv_usd
    if owed:
        assert "is owed after the horizon" in " ".join(render_plan(plan, "table").split())
