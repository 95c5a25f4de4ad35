"""The workbook gives the plan's totals by formulas, follows the discount rate and prices, and holds no formula of a user's."""

import json
from pathlib import Path

import pytest
from office import OFFICE, checks, recalculated, sheets

from planner.audit import statement
from planner.domain.records.plan import Plan, plan_from_json_value
from planner.report.workbook import plan_workbook

TINY = Path(__file__).parents[2] / "golden" / "tiny.json"
HOSTILE = (
    "=HYPERLINK(7777)",
    "@SUM(7777)",
    "+7777",
    "-7777",
    "\u200b=7777",
    "\t=7777",
    "{=7777}",
    "http://a.b/7777",
    "'=7777",
)


def tiny() -> Plan:
    return plan_from_json_value(json.loads(TINY.read_text(encoding="utf-8")))


def test_what_it_shows_before_anybody_recalculates_is_what_the_plan_says() -> None:
    plan = tiny()
    found = checks(sheets(plan_workbook(plan, statement(plan)), values=True))
    assert found["Net present value USD"][0] == pytest.approx(plan.npv_usd, abs=0.005)
    assert found["Cash in the horizon USD"][0] == pytest.approx(plan.total_usd, abs=0.005)
    assert {equal for _, _, equal in found.values()} == {"yes"}


def test_the_same_plan_gives_the_same_bytes() -> None:
    plan = tiny()
    assert plan_workbook(plan, statement(plan)) == plan_workbook(plan, statement(plan))


def test_every_sum_is_a_formula() -> None:
    plan = tiny()
    book = sheets(plan_workbook(plan, statement(plan)))
    assert [sheet.title for sheet in book] == [
        "Summary",
        "Cash flow",
        "Plan",
        "Demand",
        "Prices",
        "Assumptions",
        "Checks",
        "Unit costs",
        "Payments",
    ]
    assert all(
        str(row[1].value).startswith("=") for row in book["Checks"].iter_rows(min_row=2) if row[2].value is not None
    )
    amounts = [row[11].value for row in book["Payments"].iter_rows(min_row=2)]
    assert amounts
    assert all(str(amount).startswith("=") for amount in amounts)


@pytest.mark.parametrize("hostile", HOSTILE)
def test_text_of_a_user_is_never_a_formula(hostile: str) -> None:
    value = json.loads(TINY.read_text(encoding="utf-8"))
    value["scenario"]["name"] = hostile
    for line in value["lines"]:
        line["why"] = line["price_source"] = line["node_type"] = hostile
    plan = plan_from_json_value(value)
    book = sheets(plan_workbook(plan, statement(plan)))
    texts = [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.data_type == "s"]
    formulas = [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.data_type == "f"]
    assert any("7777" in str(cell.value) for cell in texts)
    assert not any("7777" in str(cell.value) for cell in formulas)
    assert not any(cell.hyperlink for cell in texts)


@pytest.mark.skipif(OFFICE is None, reason="LibreOffice is not installed")
def test_libreoffice_computes_the_plan(tmp_path: Path) -> None:
    plan = tiny()
    book = recalculated(sheets(plan_workbook(plan, statement(plan))), tmp_path)
    assert {equal for _, _, equal in checks(book).values()} == {"yes"}


@pytest.mark.skipif(OFFICE is None, reason="LibreOffice is not installed")
def test_another_discount_rate_and_price_move_the_total(tmp_path: Path) -> None:
    """NPV at 20%: Σ amount · counts · 1.2^−years; a line that costs a tenth more costs a tenth more."""
    plan = tiny()
    book, entries = sheets(plan_workbook(plan, statement(plan))), statement(plan).entries
    book["Summary"]["B4"] = 0.2
    book["Plan"]["R2"] = 0.1
    found = checks(recalculated(book, tmp_path))
    dearer = [e.usd * (1.1 if e.line == 0 else 1.0) for e in entries]
    npv = sum(usd * e.counts * 1.2**-e.years for usd, e in zip(dearer, entries, strict=True))
    cash = sum(usd for usd, e in zip(dearer, entries, strict=True) if e.cash)
    assert found["Net present value USD"][0] == pytest.approx(npv, abs=0.01)
    assert found["Cash in the horizon USD"][0] == pytest.approx(cash, abs=0.01)
    assert found["Net present value USD"][2] == "changed"
