"""A plan that nothing bounds yet: no number stands where there is none, and every format says so."""

import json
from math import inf
from pathlib import Path

import pytest
from office import sheets
from plan_pairs import compared
from planning import a_scenario, an_offer, months, on_demand, online, solution

from planner.analysis.plan import plan_of
from planner.audit import audit, statement
from planner.domain.records import Plan, plan_from_json_value
from planner.report.answers import comparison_report, in_words
from planner.report.document import render
from planner.report.page import plan_page
from planner.report.plan import brief_report, render_plan
from planner.report.workbook import plan_workbook

TINY = Path(__file__).parents[2] / "golden" / "tiny.json"
SOLVED = solution(
    a_scenario(periods=months(2), workloads=[online("w", 4)], offers=[an_offer("n", {"w": 2}, on_demand(3.0))])
)


def unproven(bound: float) -> Plan:
    """The plan of a search that ended with this bound, in thousands."""
    return plan_of(SOLVED._replace(outcome=SOLVED.outcome._replace(bound=bound)), 0.001, ())


@pytest.mark.parametrize("bound", [-inf, -1e9, -5.0, 0.0])
def test_a_bound_that_says_nothing_is_none(bound: float) -> None:
    plan = unproven(bound)
    assert (plan.bound_usd, plan.gap, plan.status) == (None, 1.0, "feasible")
    assert json.loads(plan.to_json())["bound_usd"] is None
    assert audit(plan).agrees
    assert not audit(plan.model_copy(update={"status": "optimal"})).agrees
    assert not audit(plan.model_copy(update={"gap": 0.0})).agrees


def test_a_bound_that_says_something_stays() -> None:
    plan = unproven(1.0)
    assert plan.bound_usd == 1000.0
    assert plan.gap == pytest.approx(1 - 1000 / plan.npv_usd)
    assert audit(plan).agrees


@pytest.mark.parametrize("given", [None, 0.0, -7.0])
def test_every_format_says_that_nothing_bounds_it(given: float | None) -> None:
    """Of older plans too, which state 0 there."""
    saved = json.loads(TINY.read_text(encoding="utf-8"))
    plan = plan_from_json_value({**saved, "status": "feasible", "bound_usd": given, "gap": 1.0})
    assert "nothing bounds yet what could be saved" in " ".join(render(brief_report(plan)).split())
    for text in (render_plan(plan, "table"), render_plan(plan, "markdown"), plan_page(plan)):
        said = " ".join(text.split())
        assert "before it had any bound" in said
        assert "solved by HiGHS" in said
        assert "without any bound yet" in said
    summary = sheets(plan_workbook(plan, statement(plan)), values=True)["Summary"]
    assert any("nothing bounds it yet" in str(value) for row in summary.values for value in row)


def test_a_difference_that_nothing_bounds_is_told() -> None:
    a = plan_from_json_value(json.loads(TINY.read_text(encoding="utf-8")))
    b = a.model_copy(update={"npv_usd": a.npv_usd + 5, "bound_usd": None, "gap": 1.0, "status": "feasible"})
    found = compared(a, b)
    assert found.totals.npv_difference_at_least_usd is None
    assert "nothing bounds yet" in render(comparison_report(found))
    assert any("not proven yet" in sentence for sentence in in_words(found))
