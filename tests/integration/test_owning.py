"""The template to start owning from, through the whole walk."""

import csv
import io

import pytest

from planner.analysis.answer import answer
from planner.cli.commands.starting import template_text
from planner.domain.records.plan import Plan
from planner.inputs.catalog.load import load_catalog
from planner.inputs.scenario_file import parse_scenario
from planner.report.plan.render import render_plan


@pytest.fixture(scope="module")
def plan() -> Plan:
    catalog = load_catalog()
    found = answer(parse_scenario(template_text("datacenter"), "datacenter.yaml", catalog=catalog), catalog)
    assert found.stop == "done"
    assert found.plan is not None
    return found.plan


def test_it_owns_a_part_and_rents_the_rest(plan: Plan) -> None:
    assert plan.status == "optimal"
    assert plan.gap <= 0.01
    assert {line.action for line in plan.lines} >= {"buy", "lease", "commit", "on_demand"}
    assert all(site.usd_per_accelerator_hour for site in plan.sites)
    assert {rival.site for rival in plan.rivals} == {site.site for site in plan.sites}


def test_it_saves_against_renting_everything(plan: Plan) -> None:
    renting = plan.baselines[0]
    assert renting.name == "rent everything"
    assert renting.npv_usd is not None
    assert renting.npv_usd > plan.npv_usd


def test_every_row_of_cash_has_a_source_and_all_of_them_add_up(plan: Plan) -> None:
    rows = list(csv.DictReader(io.StringIO(render_plan(plan, "csv"))))
    assert sum(float(row["in_horizon_usd"]) for row in rows) == pytest.approx(plan.total_usd, abs=0.01)
    assert all(row["price_source"] for row in rows)


def test_the_report_tells_large_orders_one_by_one_and_small_ones_together(plan: Plan) -> None:
    text = render_plan(plan, "table", width=110)
    assert "smaller orders" in text
    assert max(len(line) for line in text.splitlines()) <= 110
    assert "rests on derived, estimated or assumed prices and figures" in " ".join(text.split())
