"""The examples' plans as people look at them: pages, workbooks and text, with every free text turned against the reader as well."""

import csv
import io
import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from example_plans import NAMES, example_plan
from hostile_plans import FORMULAS, HOSTILE, hostile
from office import OFFICE, checks, recalculated, sheets
from test_pages import AXE, CHROMIUM, OVERLAPS, SERIOUS, SIZES, Seen, sync_api

from planner.audit import statement
from planner.domain.inputs import months_between
from planner.domain.options import OWNED
from planner.domain.records.plan import Plan, plan_from_json_value
from planner.report.document import render
from planner.report.page import plan_page
from planner.report.plan import brief_report, first_screen_report, render_plan, summary_report
from planner.report.workbook import plan_workbook

pytestmark = pytest.mark.exhaustive
LARGEST_PAGE = 1_600_000
RUN_BY_SHEETS = ("=", "+", "-", "@", "\t", "\r")


@cache
def against_the_reader(name: str, texts: tuple[str, ...], start: int) -> Plan:
    value, count = hostile(json.loads(example_plan(name).to_json()), texts, start)
    assert count > 100, "it has free texts"
    return plan_from_json_value(value)


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    if CHROMIUM is None:
        pytest.skip("no chromium on this machine")
    with sync_api.sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield started
        started.close()


@pytest.mark.parametrize("name", NAMES)
def test_nine_tenths_of_the_money_rest_on_prices_of_six_months(name: str) -> None:
    """What is paid for rent and use; what is owned has figures of its own."""
    plan = example_plan(name)
    used = [line for line in plan.lines if line.action not in OWNED and line.price_basis != "scenario"]
    lines = [line for line in used if line.price_as_of]
    young = [line for line in lines if months_between(line.price_as_of, plan.facts.newest_price_as_of) <= 6]
    assert sum(line.total_usd for line in young) >= 0.9 * sum(line.total_usd for line in lines)


@pytest.mark.parametrize("name", NAMES)
def test_a_page_is_drawn_in_quiet_and_open_to_all(browser: Any, name: str, tmp_path: Path) -> None:
    text = plan_page(example_plan(name))
    assert len(text.encode()) < LARGEST_PAGE
    for size in SIZES:
        seen = Seen(browser, text, tmp_path, size)
        marks = seen.value(
            "[...document.querySelectorAll('.chart')].map(c => c.querySelectorAll('.bars path, .js-line, .points path').length)"
        )
        assert len(marks) >= 5
        assert all(marks), "every chart shows something"
        assert seen.value("document.documentElement.scrollWidth <= innerWidth"), "nothing sticks out"
        assert seen.value(OVERLAPS) == []
        seen.is_quiet()
        seen.page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true; })")
        seen.page.evaluate(AXE.read_text(encoding="utf-8"))
        found = seen.value("axe.run().then(r => r.violations.map(v => [v.id, v.impact, v.nodes[0].html]))")
        assert [one for one in found if one[1] in SERIOUS] == []
        seen.page.close()


@pytest.mark.parametrize("name", NAMES)
def test_nothing_of_a_text_runs_in_a_page(browser: Any, name: str, tmp_path: Path) -> None:
    """All strings in every free text, sixteen of them at a time."""
    for start in range(0, len(HOSTILE), 16):
        several = ("".join(HOSTILE[start : start + 16]),)
        page = plan_page(against_the_reader(name, several, 0))
        seen = Seen(browser, page, tmp_path, "desktop")
        assert seen.value("window.taken === undefined")
        assert seen.value("document.title") != "taken"
        assert (
            seen.value("document.querySelectorAll('img, iframe, object, embed, input, base, link, form').length") == 0
        )
        assert "60379 29" not in page, "7777 * 7777 stays a text"
        seen.is_quiet()
        seen.page.close()


@pytest.mark.parametrize("name", NAMES)
def test_no_text_moves_a_terminal_a_table_or_a_sheet(name: str) -> None:
    for start in range(0, len(HOSTILE), 1 if name == NAMES[0] else 13):
        plan = against_the_reader(name, HOSTILE, start)
        shorter = (summary_report(plan), first_screen_report(plan), brief_report(plan))
        for text in (render_plan(plan, "table", width=110), *map(render, shorter)):
            assert not any(ord(c) < 32 and c != "\n" for c in text)
            assert "\x7f" not in text
        marked = render_plan(plan, "markdown")
        assert "<script" not in marked.lower().replace("\\<", "&lt;")
        assert "](javascript" not in marked.replace("\\]", "")
    for start in range(len(FORMULAS)):
        plan = against_the_reader(name, FORMULAS, start)
        rows = list(csv.reader(io.StringIO(render_plan(plan, "csv"))))
        assert len({len(row) for row in rows}) == 1
        leading = [cell for row in rows for cell in row if "7777" in cell]
        assert leading, "the strings are there"
        assert not any(cell.startswith(RUN_BY_SHEETS) for cell in leading)


@pytest.mark.parametrize("name", NAMES)
def test_no_text_is_a_formula_of_the_workbook(name: str) -> None:
    said = statement(example_plan(name))
    for texts in (FORMULAS, HOSTILE):
        book = openpyxl.load_workbook(io.BytesIO(plan_workbook(against_the_reader(name, texts, 3), said)))
        cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row if isinstance(cell.value, str)]
        assert sum("7777" in cell.value for cell in cells) > 10, "the strings are there"
        formulas = [cell.value for cell in cells if cell.data_type == "f"]
        assert not any(part in formula for formula in formulas for part in ("(7777", "7777+7777", "cmd|", "script"))
        assert not any(cell.hyperlink for cell in cells)


@pytest.mark.skipif(OFFICE is None, reason="LibreOffice is not installed")
@pytest.mark.parametrize("name", NAMES)
def test_libreoffice_reckons_as_the_planner_does(name: str, tmp_path: Path) -> None:
    """Total and NPV to the cent; at another rate the NPV of the same payments: Σ amount · counts · (1 + r)^−years."""
    plan = example_plan(name)
    said = statement(plan)
    book = sheets(plan_workbook(plan, said))
    found = checks(recalculated(book, tmp_path / "as it is"))
    assert found["Net present value USD"][0] == pytest.approx(plan.npv_usd, abs=0.005, rel=0)
    assert found["Cash in the horizon USD"][0] == pytest.approx(plan.total_usd, abs=0.005, rel=0)
    assert {equal for _, _, equal in found.values()} == {"yes"}
    book["Summary"]["B4"] = 0.2
    found = checks(recalculated(book, tmp_path / "dearer"))
    npv = sum(entry.usd * entry.counts * 1.2**-entry.years for entry in said.entries)
    assert abs(npv - plan.npv_usd) > 1
    assert found["Net present value USD"][0] == pytest.approx(npv, abs=0.005, rel=0)
