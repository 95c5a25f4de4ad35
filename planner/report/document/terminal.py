"""A document for the terminal: fixed width, escape sequences only if colour is wanted."""

from collections.abc import Iterator

from rich.color import ColorSystem
from rich.style import Style as RichStyle

from planner.report.document.layout import INDENT, NARROWEST, Style, TextLine, lay_out, wrap
from planner.report.document.table import Alert, Block, Bullets, Document, Paragraph, Section, Table
from planner.report.document.text import clean

_STYLES: dict[Style, RichStyle] = {
    "title": RichStyle(bold=True),
    "heading": RichStyle(bold=True, color="cyan"),
    "header": RichStyle(dim=True),
    "group": RichStyle(bold=True),
    "total": RichStyle(bold=True),
    "strong": RichStyle(bold=True),
    "note": RichStyle(dim=True),
    "alert": RichStyle(bold=True, color="red"),
}


def terminal(document: Document, *, width: int = 110, color: bool = False) -> str:
    """The document as text of at most `width` cells a line (at least 40), ending with a line break."""
    width = max(width, NARROWEST)
    lines = list(_document(document, width))
    while lines and not lines[-1].text:
        lines.pop()
    return "".join(f"{_paint(line, color=color)}\n" for line in lines)


def _paint(line: TextLine, *, color: bool) -> str:
    style = _STYLES.get(line.style)
    if not color or style is None or not line.text:
        return line.text
    return style.render(line.text, color_system=ColorSystem.STANDARD)


def _document(document: Document, width: int) -> Iterator[TextLine]:
    if document.alert is not None:
        yield from _alert(document.alert, width)
    if document.title:
        yield from (TextLine(line, "title") for line in wrap(clean(document.title), width))
    for section in document.sections:
        yield from _section(section, width)


def _section(section: Section, width: int) -> Iterator[TextLine]:
    if section.title:
        yield TextLine("")
        yield from (TextLine(line, "heading") for line in wrap(clean(section.title), width))
    for block in section.blocks:
        yield from _block(block, width, INDENT if section.title else 0)


def _block(block: Block, width: int, indent: int) -> Iterator[TextLine]:
    if isinstance(block, Table):
        yield from lay_out(block, width)
    elif isinstance(block, Paragraph):
        style: Style = "strong" if block.strong else "plain"
        yield from (TextLine(" " * indent + line, style) for line in wrap(clean(block.text), width - indent))
    elif isinstance(block, Bullets):
        yield from (line for item in block.items for line in _bullet(item, width))
    else:
        yield from _alert(block, width)


def _bullet(item: str, width: int) -> Iterator[TextLine]:
    for number, line in enumerate(wrap(clean(item), width - 4)):
        yield TextLine(f"  {' ' if number else '•'} {line}")


def _alert(alert: Alert, width: int) -> Iterator[TextLine]:
    yield TextLine("!" * width, "alert")
    for text in (alert.title, alert.text):
        yield from (TextLine(f"!! {line}", "alert") for line in wrap(clean(text), width - 3) if line)
    if alert.table is not None:
        yield from lay_out(alert.table, width)
    yield TextLine("!" * width, "alert")
    yield TextLine("")
