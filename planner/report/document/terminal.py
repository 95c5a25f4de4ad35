"""A document for the terminal: fixed width, escape sequences only if colour is wanted."""

from collections.abc import Iterator
from typing import Literal, NamedTuple

from rich.cells import cell_len
from rich.color import ColorSystem
from rich.style import Style as RichStyle

from planner.report.document.table import Alert, Block, Bullets, Document, Paragraph, Section, Table, TableRow, lines_of
from planner.report.document.text import clean

GAP = 2
INDENT = 2
NARROWEST = 40
"""Reports are never laid out for less."""
_TEXT_FLOORS = (12, 8)
"""Text columns keep so many cells; rather fewer than cards."""
_BREAK_AFTER = "-/_:,.@"

Style = Literal["plain", "header", "group", "total", "note", "title", "heading", "strong", "alert"]


class TextLine(NamedTuple):
    text: str
    style: Style = "plain"


def wrap(text: str, width: int) -> list[str]:
    """Words in lines of at most `width` cells; longer words are folded, nothing is lost.

    >>> wrap("to be or not-to-be", 6)
    ['to be', 'or', 'not-', 'to-be']
    """
    words = text.split()
    if cell_len(text) <= width:
        return [" ".join(words)]
    lines: list[str] = []
    current = ""
    for word in words:
        joined = f"{current} {word}" if current else word
        if cell_len(joined) <= width:
            current = joined
            continue
        if current:
            lines.append(current)
        *full, current = _fold(word, width)
        lines += full
    return [*lines, current]


def _fold(word: str, width: int) -> list[str]:
    """Pieces of at most `width` cells, broken after punctuation where that leaves enough on the line.

    >>> _fold("north/east-1/big8", 8)
    ['north/', 'east-1/', 'big8']
    """
    pieces: list[str] = []
    while cell_len(word) > width:
        end = _fitting(word, width)
        after = max(word.rfind(mark, 0, end) for mark in _BREAK_AFTER) + 1
        end = after if after > end // 2 else end
        pieces.append(word[:end])
        word = word[end:]
    return [*pieces, word]


def _fitting(word: str, width: int) -> int:
    """How many characters of `word` fit into `width` cells; at least one."""
    end, used = 0, 0
    for character in word:
        used += cell_len(character)
        if used > width:
            break
        end += 1
    return max(1, end)


def pad(text: str, width: int, *, right: bool) -> str:
    space = " " * max(0, width - cell_len(text))
    return space + text if right else text + space


def lay_out(table: Table, width: int) -> Iterator[TextLine]:
    """The lines of a table, none wider than `width`."""
    widths = _widths(table, max(width, NARROWEST) - INDENT)
    if widths is None:
        yield from _cards(table, width)
        return
    for line in _grid([column.title for column in table.columns], table, widths):
        yield TextLine(line, "header")
    yield TextLine(" " * INDENT + "─" * (sum(widths) + GAP * (len(widths) - 1)), "header")
    tall = any(len(lines_of(cell)) > 1 for row in table.rows for cell in row.cells)
    for index, row in enumerate(table.rows):
        if tall and index and table.rows[index - 1].role != "group":
            yield TextLine("")
        yield from _row(row, table, widths, width)


def _row(row: TableRow, table: Table, widths: list[int], width: int) -> Iterator[TextLine]:
    if row.role == "group":
        yield from (TextLine(" " * INDENT + line, "group") for line in wrap(_flat(row), width - INDENT))
        return
    for line in _grid(row.cells, table, widths):
        yield TextLine(line, "total" if row.role == "total" else "plain")
    for line in wrap(clean(row.note), width - 2 * INDENT) if row.note else ():
        yield TextLine(" " * 2 * INDENT + line, "note")


def _flat(row: TableRow) -> str:
    return clean(" ".join(line for cell in row.cells for line in lines_of(cell)))


def _grid(cells: "tuple[str | tuple[str, ...], ...] | list[str]", table: Table, widths: list[int]) -> Iterator[str]:
    columns = [
        [piece for line in lines_of(cell) for piece in wrap(clean(line), widths[i])] for i, cell in enumerate(cells)
    ]
    for height in range(max((len(column) for column in columns), default=0)):
        pieces = [
            pad(column[height] if height < len(column) else "", widths[i], right=table.columns[i].number)
            for i, column in enumerate(columns)
        ]
        yield (" " * INDENT + (" " * GAP).join(pieces)).rstrip()


def _widths(table: Table, available: int) -> list[int] | None:
    """A width for every column, or None if they cannot stand side by side."""
    room = available - GAP * (len(table.columns) - 1)
    numbers = [i for i, column in enumerate(table.columns) if column.number]
    texts = [i for i, column in enumerate(table.columns) if not column.number]
    for text_floor in _TEXT_FLOORS:
        natural, floors = _demands(table, text_floor)
        if sum(floors) <= room:
            return _squeeze(_squeeze(natural, floors, room, numbers), floors, room, texts)
    return None


def _demands(table: Table, text_floor: int) -> tuple[list[int], list[int]]:
    """What every column would like to have, and what it cannot do without."""
    natural, floors = [], []
    for i, column in enumerate(table.columns):
        body = max((_longest(row.cells[i]) for row in table.rows if row.role != "group"), default=0)
        title = clean(column.title)
        longest_word = max((cell_len(word) for word in title.split()), default=0)
        natural.append(max(body, cell_len(title)))
        floors.append(max(longest_word, body if column.number else min(body, text_floor)))
    return natural, floors


def _squeeze(widths: list[int], floors: list[int], room: int, which: list[int]) -> list[int]:
    """Take cells from the widest column of `which` that has some to give, until all fit or none has any.

    Numbers come first: they have only their titles to break, once.
    """
    widths = list(widths)
    while sum(widths) > room and (slack := [i for i in which if widths[i] > floors[i]]):
        widths[max(slack, key=lambda i: widths[i])] -= 1
    return widths


def _longest(cell: "str | tuple[str, ...]") -> int:
    return max((cell_len(clean(line)) for line in lines_of(cell)), default=0)


def _cards(table: Table, width: int) -> Iterator[TextLine]:
    for row in table.rows:
        if row.role == "group":
            yield from (TextLine(" " * INDENT + line, "group") for line in wrap(_flat(row), width - INDENT))
            continue
        for column, cell in zip(table.columns, row.cells, strict=True):
            value = ", ".join(clean(line) for line in lines_of(cell))
            first, *rest = wrap(f"{clean(column.title)}: {value}", width - 2 * INDENT)
            yield from [TextLine(" " * INDENT + first)] if value else []
            yield from (TextLine(" " * 2 * INDENT + piece) for piece in rest)
        yield from (
            TextLine(" " * 2 * INDENT + line, "note") for line in wrap(clean(row.note), width - 2 * INDENT) if line
        )
        yield TextLine("")


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
