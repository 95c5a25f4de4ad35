"""Strings that mean harm in every free text of the examples' plans: text, Markdown, CSV, FOCUS and workbook stay what they are.

Pages, which need a browser: `tests/browser/test_example_plans_shown.py`.
"""

import csv
import io

import openpyxl
import pytest
from example_plans import NAMES, against_the_reader, example_plan
from hostile_plans import BY_THEIR_BEGINNING, CHUNKS, FORMULAS

from planner.audit import statement
from planner.report.document import render
from planner.report.focus import focus_csv
from planner.report.plan import brief_report, first_screen_report, render_plan, summary_report
from planner.report.workbook import plan_workbook

RUN_BY_SHEETS = ("=", "+", "-", "@", "\t", "\r")
FIRST = "batch_research"
ONE_BY_DEFAULT = [FIRST, *(pytest.param(name, marks=pytest.mark.exhaustive) for name in NAMES if name != FIRST)]


@pytest.mark.parametrize("name", ONE_BY_DEFAULT)
def test_no_text_moves_a_terminal_or_a_page_of_markdown(name: str) -> None:
    plans = [against_the_reader(name, (text,), 0) for text in CHUNKS]
    for plan in (*plans, *(against_the_reader(name, BY_THEIR_BEGINNING, start) for start in (0, 7, 13))):
        shorter = (summary_report(plan), first_screen_report(plan), brief_report(plan))
        for text in (render_plan(plan, "table", width=110), *map(render, shorter)):
            assert not any(ord(c) < 32 and c != "\n" for c in text)
            assert "\x7f" not in text
        marked = render_plan(plan, "markdown")
        assert "7777" in marked
        assert "<script" not in marked.lower().replace("\\<", "&lt;")
        assert "](javascript" not in marked.replace("\\]", "")


@pytest.mark.parametrize("name", ONE_BY_DEFAULT)
def test_no_text_is_run_by_what_reads_a_table(name: str) -> None:
    said = statement(example_plan(name))
    plans = [against_the_reader(name, FORMULAS, start) for start in range(len(FORMULAS))]
    for plan in (*plans, *(against_the_reader(name, (text,), 0) for text in CHUNKS)):
        for text in (render_plan(plan, "csv"), focus_csv(plan, said)):
            rows = list(csv.reader(io.StringIO(text)))
            assert len({len(row) for row in rows}) == 1
            cells = [cell for row in rows for cell in row if "7777" in cell]
            assert cells, "the strings are there"
            assert not any(cell.startswith(RUN_BY_SHEETS) for cell in cells)


@pytest.mark.parametrize("name", ONE_BY_DEFAULT)
def test_no_text_is_a_formula_of_the_workbook(name: str) -> None:
    said = statement(example_plan(name))
    looks = [*((FORMULAS, start) for start in range(0, len(FORMULAS), 5)), *(((text,), 0) for text in CHUNKS)]
    for texts, start in looks:
        book = openpyxl.load_workbook(io.BytesIO(plan_workbook(against_the_reader(name, texts, start), said)))
        cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row if isinstance(cell.value, str)]
        assert sum("7777" in cell.value for cell in cells) > 10, "the strings are there"
        formulas = [cell.value for cell in cells if cell.data_type == "f"]
        assert not any(part in formula for formula in formulas for part in ("(7777", "7777+7777", "cmd|", "script"))
        assert not any(cell.hyperlink for cell in cells)
