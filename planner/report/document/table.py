"""What a report is made of. Sections are built once from domain types; terminal, Markdown and page only dress them.

Text is always plain: no markup stands in it, and every renderer cleans and escapes all of it.
"""

from collections.abc import Iterable
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


def columns_of(header: str) -> tuple[Column, ...]:
    """Columns by their titles, with `|` between them; one that begins with `#` holds numbers.

    >>> columns_of("What | #USD")
    (Column(title='What', number=False), Column(title='USD', number=True))
    """
    titles = header.split(" | ")
    return tuple(Column(title.removeprefix("#"), title.startswith("#")) for title in titles)


def number_columns(*titles: str) -> tuple[Column, ...]:
    """Columns of numbers whose titles are not ours: they may begin with anything."""
    return tuple(Column(title, number=True) for title in titles)


def table_of(columns: Iterable[Column], rows: "Iterable[TableRow | tuple[Cell, ...]]") -> Table:
    """A table; rows that are nothing but cells are plain ones."""
    return Table(tuple(columns), tuple(row if isinstance(row, TableRow) else TableRow(row) for row in rows))


def section_of(title: str, *blocks: Block | str) -> Section:
    """A section; text is a paragraph, and where the text is empty there is none."""
    return Section(title, tuple(Paragraph(block) if isinstance(block, str) else block for block in blocks if block))


def key_values(pairs: "list[tuple[str, Cell]]") -> Table:
    """Two columns: what, and how much."""
    return table_of(columns_of("What | Value"), pairs)
