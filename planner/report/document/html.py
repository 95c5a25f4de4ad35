"""A document as one HTML page that is complete in itself: no request leaves it, no text of a user becomes markup.

Jinja escapes every string; scripts run only if their hash stands in the page's own policy.
"""

import base64
import hashlib
import re
from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from itertools import takewhile
from typing import TYPE_CHECKING, Any, NamedTuple

from planner.report.document.table import Alert, Block, Bullets, Document, Paragraph, Section, Table, lines_of
from planner.report.document.text import clean

if TYPE_CHECKING:
    from jinja2 import Environment
    from markupsafe import Markup


class Card(NamedTuple):
    """One figure of the first screen."""

    title: str
    value: str
    note: str = ""


class View(NamedTuple):
    """The same figure for other hours."""

    label: str
    y: tuple[tuple[float | None, ...], ...]
    """Of every trace."""


class Chart(NamedTuple):
    """A figure of plotly.js as plain data, with the table behind it."""

    name: str
    """An identifier of ours."""
    title: str
    said: str
    """What is to be seen, in a sentence."""
    data: tuple[dict[str, Any], ...]
    layout: dict[str, Any]
    table: Table
    views: tuple[View, ...] = ()
    """To choose from; the first is the figure as it is drawn."""


class Front(NamedTuple):
    """What stands on the first screen and among the charts, beside the document."""

    decision: tuple[Block, ...] = ()
    """Blocks of the document's opening that stand above the cards; the others stand below what is on the first screen."""
    cards: tuple[Card, ...] = ()
    first: tuple[Section, ...] = ()
    """Sections of the first screen."""
    charts: tuple[Chart, ...] = ()
    chart_data: str = "[]"
    """The charts as JSON in which no `<` stands."""
    scripts: tuple[str, ...] = ()
    footer: str = ""


def html(document: Document, front: Front | None = None) -> str:
    """The whole page, ending with a line break."""
    front = front or Front()
    opening = list(takewhile(lambda section: not section.title, document.sections))
    lead = [block for section in opening for block in section.blocks]
    below = [block for block in lead if front.decision and block not in front.decision]
    rest = document.sections[len(opening) :]
    page = _environment().get_template("page.html.j2")
    text = page.render(
        title=clean(document.title),
        alert=None if document.alert is None else _plain(document.alert),
        lead=[_plain(block) for block in lead if block not in below],
        below=[_plain(block) for block in below],
        cards=[{name: clean(value) for name, value in card._asdict().items()} for card in front.cards],
        first=[_section(section, f"first-{i}") for i, section in enumerate(front.first)],
        sections=[_section(section, _anchor(section.title, i)) for i, section in enumerate(rest)],
        charts=[
            {**chart._asdict(), "table": _plain(chart.table), "views": [view.label for view in chart.views]}
            for chart in front.charts
        ],
        chart_data=front.chart_data,
        scripts=front.scripts if front.charts else (),
        script_hashes=[_hash(script) for script in front.scripts] if front.charts else [],
        style=_style(),
        footer=clean(front.footer),
    )
    return str(text).rstrip("\n") + "\n"


def fragment(document: Document, most: int) -> str:
    """The head of a document and its first sections as a piece of HTML without style or script.

    Args:
        most: sections with a title that are shown.
    """
    titled = [section for section in document.sections if section.title][:most]
    opening = list(takewhile(lambda section: not section.title, document.sections))
    return str(
        _environment()
        .get_template("fragment.html.j2")
        .render(
            title=clean(document.title),
            alert=None if document.alert is None else _plain(document.alert),
            sections=[_section(section, "") for section in (*opening, *titled)],
        )
    )


@cache
def _environment() -> "Environment":
    from jinja2 import Environment, PackageLoader, StrictUndefined

    loader = PackageLoader("planner.report.document", "templates")
    found = Environment(loader=loader, autoescape=True, undefined=StrictUndefined)
    found.filters["dated"] = _dated
    found.tests["brief"] = lambda line: len(line) <= BRIEF_LINE
    found.tests["long"] = lambda line: len(line) > LONG_NUMBER
    return found


LONG_NUMBER = 20
"""Characters of a number with its unit that may stand in several lines."""
BRIEF_LINE = 28
"""Characters of a line among several of a cell that is not broken."""
_DATE = re.compile(r"(?<![\w-])(\d{4}-\d{2}(?:-\d{2})?)(?![\w-])")


_BARS = re.compile(r"([▁▂▃▄▅▆▇█]{4,})")
"""A line of small bars."""
_LONG = re.compile(r"[^\s<>]{20,}")
"""A word that may have to be broken: an address, a hash,"""
_AFTER = re.compile(r"[/@:_](?=[^/])")
"""after one of these."""
_CODE = re.compile(r"`([^`\n]+)`")


def _dated(text: str) -> "Markup":
    """Escaped text whose dates are marked, so that none is broken over two lines; long words may be; what is typed is set apart."""
    from markupsafe import Markup, escape

    dated = _DATE.sub(r"<time>\1</time>", str(escape(text)))
    dated = _BARS.sub(r'<span class="spark">\1</span>', dated)
    broken = _LONG.sub(lambda found: _AFTER.sub(r"\g<0><wbr>", found[0]), dated)
    return Markup(_CODE.sub(r"<code>\1</code>", broken))  # escaped; what is added is ours


def _style() -> str:
    return (files("planner.report.document") / "templates" / "page.css").read_text(encoding="utf-8")


def _hash(script: str) -> str:
    digest = hashlib.sha256(script.encode("utf-8")).digest()
    return f"'sha256-{base64.b64encode(digest).decode('ascii')}'"


def _anchor(title: str, number: int) -> str:
    """An identifier that no user's text can break out of."""
    return f"{re.sub(r'[^a-z0-9]+', '-', title.lower()).strip('-')[:60] or 'part'}-{number}"


def _section(section: Section, anchor: str) -> dict[str, Any]:
    blocks = [_plain(block) for block in section.blocks]
    return {"title": clean(section.title), "anchor": anchor, "blocks": blocks}


def _plain(block: Block) -> dict[str, Any]:
    """A block as what the template reads; every string cleaned."""
    match block:
        case Table(columns, rows):
            return {
                "kind": "table",
                "columns": [{"title": clean(column.title), "number": column.number} for column in columns],
                "rows": [_row(row.cells, row.role, row.note) for row in rows],
            }
        case Bullets(items):
            return {"kind": "bullets", "items": [clean(item) for item in items]}
        case Alert(title, text, table):
            shown = None if table is None else _plain(table)
            return {"kind": "alert", "title": clean(title), "text": clean(text), "table": shown}
        case Paragraph(text, strong):
            return {"kind": "paragraph", "text": clean(text), "strong": strong}


def _row(cells: Sequence[str | tuple[str, ...]], role: str, note: str) -> dict[str, Any]:
    return {"cells": [[clean(line) for line in lines_of(cell)] for cell in cells], "role": role, "note": clean(note)}
