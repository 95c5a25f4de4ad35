"""A tiny plan in every format, byte by byte. Its optimum is unique, so that no version of the solver can change it."""

import pytest
from goldens import matches
from planning import a_scenario, an_offer, commitment, flexible, on_demand, online, planned

from planner.domain.records.plan import Plan
from planner.report.document import render
from planner.report.plan import render_plan, summary_report

MASK = "any"
SUFFIX = {"table": "txt", "json": "json", "csv": "csv", "markdown": "md"}


@pytest.fixture(scope="module")
def plan() -> Plan:
    scenario = a_scenario(
        name="tiny",
        start="2027-01",
        months=2,
        discount_rate=0.1,
        terminal="liability",
        workloads=[online("chat", 31.0, growth_per_month="50%"), flexible("train", [4.0, 11.75])],
        offers=[
            an_offer(
                "pool", {"chat": 10, "train": 5}, on_demand(3.0), commitment(1.7, 2), as_of="2026-11", source="a quote"
            )
        ],
    )
    found = planned(scenario)
    return found.model_copy(update={"facts": found.facts.model_copy(update={"version": MASK})})


@pytest.mark.parametrize("form", ["csv", "json", "markdown", "table"])
def test_format(plan: Plan, form: str) -> None:
    matches(f"tiny.{SUFFIX[form]}", render_plan(plan, form, width=100))


def test_what_a_person_reads(plan: Plan) -> None:
    matches("tiny_summary.txt", render(summary_report(plan), width=100))
