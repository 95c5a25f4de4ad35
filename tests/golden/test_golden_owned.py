"""Eight servers in a rented hall and in a building, in every format for people, byte by byte."""

import pytest
from goldens import matches
from owned_worlds import a_campus, a_hall, a_server, owned_plan, owning

from planner.domain.records.plan import Plan
from planner.report.document import render
from planner.report.plan import render_plan, summary_report

SUFFIX = {"table": "txt", "csv": "csv", "markdown": "md"}


@pytest.fixture(scope="module")
def plan() -> Plan:
    """Fifty kilowatts in each place: neither holds eight servers, and a module comes whole."""
    sites = [a_hall(max_mw=0.05, pue=None), a_campus(max_mw=0.05)]
    return owned_plan(owning(sites, [a_server(spare_fraction=None)]))


@pytest.mark.parametrize("form", sorted(SUFFIX))
def test_format(plan: Plan, form: str) -> None:
    matches(f"owned.{SUFFIX[form]}", render_plan(plan, form, width=110))


def test_what_a_person_reads(plan: Plan) -> None:
    matches("owned_summary.txt", render(summary_report(plan), width=110))
