"""An answer before it has a format, and the one place where it gets one."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import NamedTuple

from planner.report.document.html import html
from planner.report.document.markdown import markdown
from planner.report.document.structured import csv_text, json_text
from planner.report.document.table import Document
from planner.report.document.terminal import terminal

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
