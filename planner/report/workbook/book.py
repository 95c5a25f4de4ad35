"""The thin layer over XlsxWriter: typed cells, formulas with their computed value, text that can never be a formula."""

import io
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any, Literal, NamedTuple

from planner.report.document import clean

Look = Literal["text", "title", "head", "note", "usd", "price", "number", "share", "input", "years", "total"]
MOST_CHARACTERS = 32_000
"""Of a cell; spreadsheets allow 32,767."""

_LOOKS: dict[Look, dict[str, object]] = {
    "text": {},
    "title": {"bold": True, "font_size": 14},
    "head": {"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"},
    "note": {"italic": True, "font_color": "#555555"},
    "usd": {"num_format": "#,##0.00"},
    "price": {"num_format": "[>=100]#,##0.00;[<0.01]0.0000000;0.0000"},  # as `unit_price` has it
    "number": {"num_format": "#,##0.####"},
    "share": {"num_format": "0.0%"},
    "input": {"num_format": "0.00%", "font_color": "#0000cc", "bg_color": "#fff8dc", "locked": False},
    "years": {"num_format": "0.000"},
    "total": {"num_format": "#,##0.00", "bold": True, "top": 1},
}


class Formula(NamedTuple):
    """A live cell, and what it shows before anybody recalculates."""

    text: str
    """Without the leading equals sign."""
    value: float | str
    look: Look = "usd"


class Styled(NamedTuple):
    """A value in a look of its own."""

    value: float | str | None
    look: Look


Cell = float | int | str | None | Formula | Styled


class WorkbookSheet:
    """One sheet that is written from the top down."""

    def __init__(self, sheet: Any, looks: dict[Look, Any], widths: Sequence[float]) -> None:
        self._sheet, self._looks = sheet, looks
        self.row = 0
        """Index of the next row, from 0."""
        for column, width in enumerate(widths):
            sheet.set_column(column, column, width)

    def put(self, *cells: Cell, look: Look = "text") -> int:
        """Write a row; returns its number as spreadsheets count, from 1."""
        for column, cell in enumerate(cells):
            self._write(column, cell, look)
        self.row += 1
        return self.row

    def head(self, *titles: str) -> int:
        """Write a row of headings and keep it in view."""
        number = self.put(*titles, look="head")
        self._sheet.freeze_panes(number, 0)
        return number

    def skip(self) -> None:
        self.row += 1

    def _write(self, column: int, cell: Cell, look: Look) -> None:
        match cell:
            case Formula(text, value, own):
                self._sheet.write_formula(self.row, column, f"={text}", self._looks[own], value)
            case Styled(value, own):
                self._write(column, value, own)
            case None:
                pass
            case str():
                self._sheet.write_string(self.row, column, clean(cell)[:MOST_CHARACTERS], self._looks[look])
            case _:
                own = look if look != "text" else "number"
                self._sheet.write_number(self.row, column, cell, self._looks[own])


class Book:
    """A workbook in memory; the same input gives the same bytes."""

    def __init__(self, title: str) -> None:
        import xlsxwriter

        self._bytes = io.BytesIO()
        options = {
            "in_memory": True,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
        }
        self._book = xlsxwriter.Workbook(self._bytes, options)
        self._book.set_properties({"title": clean(title)[:200], "created": datetime(2000, 1, 1, tzinfo=UTC)})
        self._book.set_calc_mode("auto")
        self._looks = {look: self._book.add_format(dict(facts)) for look, facts in _LOOKS.items()}

    def sheet(self, name: str, widths: Sequence[float]) -> WorkbookSheet:
        """A new sheet at the end; its name is ours, never a user's."""
        sheet = self._book.add_worksheet(name)
        sheet.set_landscape()
        sheet.fit_to_pages(1, 0)
        return WorkbookSheet(sheet, self._looks, widths)

    def name(self, name: str, place: str) -> None:
        """Give a cell a name that formulas may use."""
        self._book.define_name(name, f"={place}")

    def close(self) -> bytes:
        self._book.close()
        return self._bytes.getvalue()


def total_of(formula: str, values: Iterable[float]) -> Formula:
    """A bold sum with its value."""
    return Formula(formula, sum(values), "total")


def column(index: int) -> str:
    """Letters of a column, from 0.

    >>> column(0), column(25), column(26), column(701)
    ('A', 'Z', 'AA', 'ZZ')
    """
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(65 + rest) + letters
    return letters
