"""What a report is made of. Sections are built once from domain types; terminal, Markdown and page only dress them.

Text is always plain: no markup stands in it, and every renderer cleans and escapes all of it.
"""

from collections.abc import Sequence
from typing import Literal, NamedTuple

Cell = str | tuple[str, ...]
"""One line, or several lines one below the other."""
Role = Literal["plain", "group", "total"]


class Column(NamedTuple):
    title: str
    number: bool = False
    """Numbers stand right and are never broken."""


class TableRow(NamedTuple):
    cells: tuple[Cell, ...]
    role: Role = "plain"
    note: str = ""
    """A remark below the row, over the whole width."""


class Table(NamedTuple):
    columns: tuple[Column, ...]
    rows: tuple[TableRow, ...]


class Paragraph(NamedTuple):
    text: str
    strong: bool = False


class Bullets(NamedTuple):
    items: tuple[str, ...]


class Alert(NamedTuple):
    """What must not be overlooked."""

    title: str
    text: str
    table: Table | None = None


Block = Table | Paragraph | Bullets | Alert


class Section(NamedTuple):
    title: str
    """Empty for what stands above the first heading."""
    blocks: tuple[Block, ...]


class Document(NamedTuple):
    title: str
    sections: tuple[Section, ...]
    alert: Alert | None = None
    """Stands above everything else."""


def lines_of(cell: Cell) -> tuple[str, ...]:
    """The lines of a cell, empty ones left out."""
    return (cell,) if isinstance(cell, str) else tuple(line for line in cell if line)


def group(title: str, columns: int) -> TableRow:
    """A heading between the rows of a table."""
    return TableRow((title, *[""] * (columns - 1)), "group")


def text_columns(*titles: str) -> tuple[Column, ...]:
    return tuple(Column(title) for title in titles)


def number_columns(*titles: str) -> tuple[Column, ...]:
    return tuple(Column(title, number=True) for title in titles)


def plain_rows(rows: "Sequence[tuple[Cell, ...]]") -> tuple[TableRow, ...]:
    return tuple(TableRow(cells) for cells in rows)


def key_values(pairs: "list[tuple[str, Cell]]") -> Table:
    """Two columns: what, and how much."""
    return Table(text_columns("What", "Value"), plain_rows([(what, value) for what, value in pairs]))
