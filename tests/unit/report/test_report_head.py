"""What the head of a plan says a reader must do or know beside the sum: what no seller confirms, what is lost, what waits."""

from typing import Any

from planning import a_scenario, commitment, months, on_demand, online, planned
from reading_reports import joined

from planner.domain.records.plan import Plan
from planner.report.document import render
from planner.report.plan import first_screen_report, render_plan

RESERVED = {"name": "hall", "provider": "north", "throughput": {"chat": 10}}


def head(plan: Plan) -> str:
    return joined(render_plan(plan, "table")).split("What to sign")[0]


def reserving(**fields: Any) -> Plan:
    """Three reserved nodes whose price is on a list."""
    terms = commitment(2.0, 2, **fields)
    found = planned(
        a_scenario(periods=months(2), workloads=[online("chat", 30)], offers=[{**RESERVED, "contracts": [terms]}])
    )
    lines = tuple(line.model_copy(update={"price_basis": "listed"}) for line in found.lines)
    return found.model_copy(update={"lines": lines})


def test_it_says_of_what_is_signed_that_no_seller_states_how_much_there_is() -> None:
    said = head(reserving())
    assert "No seller states how much there is of what is signed with north for $8,760" in said  # 3 × 2 × 730 h × $2
    assert "the largest is 3 × hall of north" in said


def test_a_stated_limit_or_a_quote_needs_no_such_word() -> None:
    assert "No seller states" not in head(reserving(max_nodes=5))
    plan = reserving()
    quoted = tuple(line.model_copy(update={"price_basis": "quoted"}) for line in plan.lines)
    assert "No seller states" not in head(plan.model_copy(update={"lines": quoted}))


def test_credits_that_expire_are_told_and_those_that_are_spent_are_not() -> None:
    offers = [{**RESERVED, "contracts": [on_demand(2.0)]}]
    granted = [
        {"provider": "north", "usd": 500, "expires_period": 1},
        {"provider": "south", "usd": 70, "expires_period": 1},
    ]
    said = head(planned(a_scenario(periods=months(2), workloads=[online("chat", 30)], offers=offers, credits=granted)))
    assert "Free credits expire unused: $70.00 of south" in said
    assert "of north in" not in said


def test_a_run_without_a_deadline_says_why_it_waits() -> None:
    run = {"name": "base", "kind": "training_run", "work": 100, "unit": "u"}
    offers = [{"name": "n", "provider": "p", "throughput": {"base": 1}, "contracts": [on_demand(2.0)]}]
    scenario = {"periods": months(3), "discount_rate": 0.1, "offers": offers}
    assert "No `deadline` is given for base" in head(planned(a_scenario(workloads=[run], **scenario)))
    due = {**run, "deadline_period": 2}
    assert "No `deadline`" not in head(planned(a_scenario(workloads=[due], **scenario)))


def test_dollars_an_hour_of_a_savings_plan_are_no_nodes() -> None:
    savings = [{"name": "compute", "provider": "north", "term_months": 4, "rates": [{"discount": "30%"}]}]
    offers = [{**RESERVED, "contracts": [on_demand(2.0)]}]
    plan = planned(a_scenario(periods=months(4), workloads=[online("chat", 30)], offers=offers, savings_plans=savings))
    text = joined(render_plan(plan, "table"))
    assert "nodes signed" not in text
    assert "nodes by use" in text
    assert "$4.20 an hour of compute" in joined(render(first_screen_report(plan)))  # 3 nodes x $2 less 30%
