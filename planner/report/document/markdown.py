"""A document as GitHub Markdown, fit to be pasted into a decision memo.

Text from outside cannot become markup: every character that could start some is escaped.
"""

import re
from collections.abc import Iterator

from planner.report.document.table import (
    Alert,
    Block,
    Bullets,
    Cell,
    Document,
    Paragraph,
    Section,
    Table,
    TableRow,
    lines_of,
)
from planner.report.document.text import clean

_PUNCTUATION = re.compile(r"([\\`*\[\]~|])")
_UNDERSCORE = re.compile(r"(?<![^\W_])_|_(?![^\W_])")
_DOLLAR = re.compile(r"\$(?!\d)")
_LEADING = re.compile(r"^(\d*)([.)](?=\s|$)|[-+*](?=\s|$)|#{1,6}(?=\s|$)|[=-]+$)")
_SCHEME = re.compile(r"(?i)\b(javascript|data|vbscript|https?|ftp|mailto|xmpp):")
_WWW = re.compile(r"(?i)\bwww\.")
_MAIL = re.compile(r"(?<=[\w.+-])@(?=\w)")


def escape(text: str) -> str:
    r"""Text that GitHub shows as it is, in a table cell or a sentence.

    >>> escape("a|b <script> [x](y) *z* snake_case _it_")
    'a\\|b &lt;script&gt; \\[x\\](y) \\*z\\* snake_case \\_it\\_'
    """
    text = _PUNCTUATION.sub(r"\\\1", clean(text))
    text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    text = _MAIL.sub("&#64;", _WWW.sub("www&#46;", _SCHEME.sub(r"\1&#58;", text)))
    return _DOLLAR.sub(r"\\$", _UNDERSCORE.sub(r"\\_", text))


def sentence(text: str) -> str:
    """Escaped text that does not become a heading or a list at the start of a line."""
    return _LEADING.sub(r"\1\\\2", escape(text).strip())


def markdown(document: Document) -> str:
    """The document as Markdown, ending with a line break."""
    parts = [_alert(document.alert)] if document.alert is not None else []
    parts += [f"## {sentence(document.title)}"] if document.title else []
    for section in document.sections:
        parts += _section(section)
    return "\n\n".join(parts) + "\n"


def _section(section: Section) -> Iterator[str]:
    if section.title:
        yield f"### {sentence(section.title)}"
    for block in section.blocks:
        yield _block(block)


def _block(block: Block) -> str:
    if isinstance(block, Table):
        return _table(block)
    if isinstance(block, Paragraph):
        return f"**{sentence(block.text)}**" if block.strong else sentence(block.text)
    if isinstance(block, Bullets):
        return "\n".join(f"- {sentence(item)}" for item in block.items)
    return _alert(block)


def _alert(alert: Alert) -> str:
    text = f"> [!CAUTION]\n> **{sentence(alert.title)}**\n>\n> {sentence(alert.text)}"
    return text if alert.table is None else f"{text}\n\n{_table(alert.table)}"


def _table(table: Table) -> str:
    titles = " | ".join(escape(column.title) or " " for column in table.columns)
    marks = " | ".join("---:" if column.number else "---" for column in table.columns)
    return "\n".join([f"| {titles} |", f"| {marks} |", *(_row(row) for row in table.rows)])


def _row(row: TableRow) -> str:
    cells = [_cell(cell, strong=row.role != "plain") for cell in row.cells]
    if row.note:
        cells[0] = "<br>".join(part for part in (cells[0], f"_{escape(row.note)}_") if part)
    return f"| {' | '.join(cells)} |"


def _cell(cell: Cell, *, strong: bool) -> str:
    lines = [escape(line).strip() for line in lines_of(cell)]
    return "<br>".join(f"**{line}**" if strong and line else line for line in lines)
