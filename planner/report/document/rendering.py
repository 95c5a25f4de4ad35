"""An answer before it has a format, and the one place where it gets one."""

import csv
import io
import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import NamedTuple

from planner.report.document.html import html
from planner.report.document.markdown import markdown
from planner.report.document.table import Document
from planner.report.document.terminal import terminal
from planner.report.document.text import clean

DEFAULT_WIDTH = 110
"""Fixed, so that the same answer is the same bytes in every window."""


class Report(NamedTuple):
    """What an answer says, in each of the ways a format may ask for; only the one that is asked for is computed.

    Attributes:
        json: plain values.
        csv: header and rows.
        document: sections and tables, for readers.
        page: the HTML of an answer that draws charts; without it, that of the document.
    """

    json: Callable[[], Mapping[str, object] | Sequence[object]]
    csv: Callable[[], tuple[Sequence[str], Iterable[Sequence[object]]]]
    document: Callable[[], Document]
    page: Callable[[], str] | None = None


FORMATS: dict[str, Callable[[Report, int, bool], str]] = {
    "table": lambda answer, width, color: terminal(answer.document(), width=width, color=color),
    "markdown": lambda answer, width, color: markdown(answer.document()),
    "html": lambda answer, width, color: answer.page() if answer.page else html(answer.document()),
    "json": lambda answer, width, color: json_text(answer.json()),
    "csv": lambda answer, width, color: csv_text(*answer.csv()),
}
"""Name of a format → answer, width in terminal cells, colour wanted → text."""


def render(
    answer: Report,
    format: str = "table",  # noqa: A002
    *,
    width: int = DEFAULT_WIDTH,
    color: bool = False,
) -> str:
    """The answer in one of `FORMATS`; the text ends with a line break.

    Args:
        width: of a terminal, in cells; only a table asks for it.
        color: whether a table may have colours.

    Raises:
        KeyError: no such format.
    """
    return FORMATS[format](answer, width, color)


_UNPRINTABLE = re.compile("[\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")
_FORMULA = re.compile(r"""^[\s'"]*[=+\-@\t\r\n＝＋－＠]""")


def json_text(value: Mapping[str, object] | Sequence[object]) -> str:
    """Indented JSON; characters that a terminal would obey are written as escapes."""
    text = json.dumps(value, indent=2, ensure_ascii=False, allow_nan=False)
    return _UNPRINTABLE.sub(lambda match: f"\\u{ord(match[0]):04x}", text) + "\n"


def csv_text(header: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """RFC 4180; numbers stay numbers, None is an empty cell, text cannot be a formula."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([_cell(name) for name in header])
    writer.writerows([_cell(value) for value in row] for row in rows)
    return out.getvalue()


def _cell(value: object) -> object:
    if value is None or isinstance(value, bool | int | float):
        return value
    text = clean(str(value))  # first: what is invisible may hide the beginning of a formula
    return f"'{text}" if _FORMULA.match(text) else text
