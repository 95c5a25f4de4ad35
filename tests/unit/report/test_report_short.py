"""A plan for people with little time: no price without its source and date, no dollar lost, few lines."""

import re

import pytest
from report_builders import a_disputed_plan, a_line, a_plan, an_option, spot_line
from rich.cells import cell_len
from wide_plans import a_wide_plan, asking

from planner.domain.records import Plan, PlanLine
from planner.report.document import money, render, unit_price
from planner.report.plan import brief_report, summary_report
from planner.report.plan.short.two_pages import MOST_SIGNED, MOST_USED

WIDTHS = (60, 80, 110, 140)


def summary(plan: Plan, width: int = 110) -> str:
    return render(summary_report(plan), width=width)


def five(plan: Plan) -> list[str]:
    return render(brief_report(plan), width=100).splitlines()


def with_lines(*lines: PlanLine) -> Plan:
    plan = a_plan()
    options = tuple(an_option(line) for line in lines)
    return plan.model_copy(
        update={"lines": lines, "inputs": plan.inputs.model_copy(update={"options": options, "fits": ()})}
    )


def signed(number: int, usd: float, **changed: object) -> PlanLine:
    source = f"https://prices.example/{number}"
    name = f"north/big{number}/12m"
    return a_line(**{"option": name, "total_usd": usd, "price_source": source, "node_type": f"big{number}"} | changed)


def used(number: int, usd: float) -> PlanLine:
    source, name = f"https://use.example/{number}", f"south/big{number}/spot"
    return spot_line().model_copy(
        update={"option": name, "total_usd": usd, "price_source": source, "node_type": f"small{number}"}
    )


@pytest.mark.parametrize("plan", [a_plan(), a_wide_plan()])
def test_every_price_stands_with_its_date_its_basis_and_its_source(plan: Plan) -> None:
    text = summary(plan, 200)
    rows = text.splitlines()
    sources = {address: number for number, address in re.findall(r"• \[(\d+)\] (\S+)", text)}
    for line in plan.lines:
        row = next(n for n, row in enumerate(rows) if row.endswith(money(line.total_usd)) and line.provider in row)
        assert f"{line.price_basis} {line.price_as_of} [{sources[line.price_source]}]" in rows[row + 1]
        assert f"{unit_price(line.unit_price_usd)} per {line.unit}" in rows[row + 1]


def test_what_has_no_row_is_counted_with_all_of_its_sources() -> None:
    many = [signed(n, 1000.0 + n, signed=f"{2027 + n}-01", signed_index=12 * n) for n in range(MOST_SIGNED + 6)]
    plan = with_lines(*many, *(used(n, 500.0 + n) for n in range(MOST_USED + 3)))
    text = summary(plan, 160)
    rows = [row for row in text.splitlines() if re.search(r"per node-hour", row)]
    assert len(rows) == MOST_SIGNED + MOST_USED
    assert "6 smaller lines" in text
    assert money(sum(1000.0 + n for n in range(6))) in text
    assert "3 smaller lines" in text
    assert "prices since 2026-03 [" in text
    told = set(re.findall(r"• \[\d+\] (\S+)", text))
    assert told == {line.price_source for line in plan.lines}
    assert money(sum(line.total_usd for line in plan.lines)) in text


def test_a_single_line_more_has_its_row() -> None:
    many = [signed(n, 1000.0 + n) for n in range(MOST_SIGNED + 1)]
    assert "smaller line" not in summary(with_lines(*many))


def test_small_uses_are_told_together() -> None:
    text = summary(with_lines(signed(0, 1e6), used(1, 400.0), used(2, 300.0), used(3, 200.0)))
    assert "2 smaller lines" not in text
    assert "3 smaller lines" in text
    assert "$900.00" in text


def test_what_is_held_is_told_apart_and_not_as_to_be_signed() -> None:
    text = summary(with_lines(signed(0, 1e6, held=True), used(1, 4e5)))
    assert "Signed already, used first" in text
    assert "To sign and order" not in text


def test_a_plan_of_nothing_says_so() -> None:
    assert "Nothing needs to be signed or bought." in summary(with_lines())


@pytest.mark.parametrize("width", WIDTHS)
def test_it_keeps_to_the_width(width: int) -> None:
    assert max(map(cell_len, summary(a_wide_plan(), width).splitlines())) <= width


def test_it_says_how_to_get_the_rest_and_what_the_audit_says() -> None:
    text = summary(a_plan())
    assert "`--full`" in text
    assert "Second accountant: agrees" in text
    for title in ("Cost by plan-year", "Against the usual ways", "Unit costs", "Limits that bind"):
        assert f"\n{title}" in text
    assert "DO NOT RELY ON THIS PLAN" in summary(a_disputed_plan())
    assert "DO NOT RELY ON THIS PLAN" in "\n".join(five(a_disputed_plan()))


def test_five_lines_say_cost_signing_use_proof_and_what_it_hangs_on() -> None:
    assert five(a_plan()) == [
        "Acme AI: $1.71M NPV over 2 months from 2027-01 ($416,194 cash in the horizon)",
        "Sign 1 contract worth $1.85M, first 10 × big8 of north in 2027-01.",
        "Use spot for $23,725 and hosted APIs for $468.75; $1.46M is owed after the horizon.",
        "At most $821.50 (0.05%) could still be saved; 5.4% below best single provider.",
        "Mind: north must confirm the quantity of $1.85M.",
    ]


def test_a_long_name_gives_way_before_a_sixth_line() -> None:
    (line,) = [text for text in five(with_lines(signed(0, 1e6, node_type="x" * 70))) if text.startswith("Sign")]
    assert line == "Sign 1 contract worth $1.00M, the first in 2027-01."


def test_they_say_what_is_missing_what_is_not_proven_and_how_much_is_served() -> None:
    found = asking(a_wide_plan(), objective="most_served", demand_scale=1.84)
    said = " ".join(five(found.model_copy(update={"status": "feasible", "bound_usd": 0.0})))
    assert "Serves 1.84 × the stated demand; not proven to be the cheapest: nothing bounds yet" in said
    assert "cash falls to $2,365 by the end of 2027-01; free credits expire unused: $2,000 of north" in said
    half = " ".join(five(a_plan(status="feasible", bound_usd=857160.75)))
    assert "Not proven to be the cheapest: at most $857,161 (50.0%) could still be saved" in half
