"""A document in the dress that was asked for."""

from planner.report.document.html import html
from planner.report.document.markdown import markdown
from planner.report.document.table import Document
from planner.report.document.terminal import terminal

DEFAULT_WIDTH = 110
"""Fixed, so that the same answer is the same bytes in every window."""


def render_document(
    document: Document,
    format: str,  # noqa: A002
    *,
    width: int = DEFAULT_WIDTH,
    color: bool = False,
) -> str:
    """A document as `table`, `markdown` or `html`; the text ends with a line break."""
    if format == "html":
        return html(document)
    return markdown(document) if format == "markdown" else terminal(document, width=width, color=color)
