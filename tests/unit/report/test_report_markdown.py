"""Markdown is read by a Markdown parser here: what it sees is what the reader will see."""

from itertools import pairwise

import pytest
from markdown_it import MarkdownIt
from markdown_it.token import Token
from report_builders import a_disputed_plan, a_plan
from test_report_plan import HOSTILE, a_hostile_plan

from planner.domain.records.plan import Plan
from planner.report.document.markdown import escape, sentence
from planner.report.plan.render import render_plan

PARSER = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])


def parsed(text: str) -> list[Token]:
    return PARSER.parse(text)


def shown(text: str) -> str:
    """What a reader sees of one line of Markdown."""
    tokens = parsed(text)
    inner = [child for token in tokens for child in token.children or []]
    return "".join(child.content for child in inner)


@pytest.mark.parametrize("plan", [a_plan(), a_disputed_plan(), a_hostile_plan()], ids=["plain", "disputed", "hostile"])
def test_tables_have_as_many_cells_in_every_row_as_in_the_head(plan: Plan) -> None:
    lines = render_plan(plan, "markdown").splitlines()
    for before, line in pairwise(lines):
        if before.startswith("|") and line.startswith("|"):
            assert cells(before) == cells(line)


def cells(line: str) -> int:
    return line.replace("\\\\", "").replace("\\|", "").count("|")


def test_every_table_is_seen_as_one() -> None:
    text = render_plan(a_hostile_plan(), "markdown")
    tables = sum(token.type == "table_open" for token in parsed(text))
    assert tables == sum(set(line) <= set("| -:") and "---" in line for line in text.splitlines()) >= 7


def test_hostile_names_open_no_html_link_code_or_heading() -> None:
    tokens = parsed(render_plan(a_hostile_plan(), "markdown"))
    inner = [child for token in tokens for child in token.children or []]
    assert not [token for token in tokens if token.type in ("html_block", "fence", "code_block")]
    assert {child.content for child in inner if child.type == "html_inline"} <= {"<br>"}
    assert not [child for child in inner if child.type in ("link_open", "image", "s_open")]
    headings = [token for token in tokens if token.type == "heading_open"]
    assert len(headings) == 13  # the title and twelve sections


@pytest.mark.parametrize(
    "text",
    [
        *(
            "a|b",
            "a\\|b",
            "back\\slash",
            "`code`",
            "*a* **b** _c_ __d__ snake_case",
            "~~x~~",
            "[a](http://b)",
            "![i](j)",
        ),
        *(
            "<script>alert(1)</script>",
            "<!-- x",
            "&amp; & &lt;",
            "# no heading",
            "- no list",
            "1. no list",
            "> no quote",
        ),
        *("=== no rule", "--- no rule", "+ plus", "=HYPERLINK(1)", "<https://evil.example>"),
    ],
)
def test_text_is_shown_as_it_was_written(text: str) -> None:
    assert shown(sentence(text)) == text
    assert shown(f"| x |\n| --- |\n| {escape(text)} |") == f"x{text}"


def test_breaks_and_escape_sequences_go() -> None:
    assert escape("a\x1b[31mb\nc\x07") == "ab c"
    assert "\n" not in escape(HOSTILE)
