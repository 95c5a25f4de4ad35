"""A table of quotes (CSV, or the first sheet of a workbook) → checked quotes; all mistakes at once, each at its cell."""

import json
import tempfile
import zipfile
from datetime import date, datetime
from pathlib import Path

from planner.domain.inputs import Catalog
from planner.domain.scenario import Quote
from planner.errors import Exit, InputErrors, Mistake, PlannerError, SourcePlace
from planner.inputs.catalog import Csv
from planner.inputs.scenario_file import ScenarioErrors, load_text

MAX_ROWS = 20_001
MAX_COLUMNS = 64
MAX_UNPACKED = 200_000_000
"""Bytes of a workbook when it is unpacked."""
_AROUND = "name: quotes\nworkloads: [{{name: any, kind: inference, unit: unit, demand_per_hour: 0}}]\nquotes: {file}\n"
"""The least scenario around a file of quotes: their columns, values and names are checked as in any other."""


class QuotesError(PlannerError):
    """A file of quotes that cannot be read at all."""

    exit_code = Exit.BAD_INPUT


def read_quotes(path: Path, catalog: Catalog) -> tuple[Quote, ...]:
    """The quotes of a file, with the accelerators' names of the catalog.

    Raises:
        InputErrors: mistakes in cells; of a workbook line and column are its row and column.
        QuotesError: there is nothing to read.
    """
    if path.suffix.lower() in (".xlsx", ".xlsm"):
        return _of_workbook(path, catalog)
    if not path.is_file():
        raise QuotesError(f"`{path}` is no file", help="name a CSV file or a workbook (.xlsx)")
    return _checked(path, catalog)


def _checked(path: Path, catalog: Catalog) -> tuple[Quote, ...]:
    around = _AROUND.format(file=json.dumps(path.name))
    return load_text(around, "quotes", folder=path.parent, catalog=catalog).scenario.quotes


def _of_workbook(path: Path, catalog: Catalog) -> tuple[Quote, ...]:
    """Through a CSV file with one line per row, so that both are checked alike."""
    rows = _sheet(path)
    text = "\n".join(",".join(_field(cell) for cell in row) for row in rows) + "\n"
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "quotes.csv"
        copy.write_text(text, encoding="utf-8")
        try:
            return _checked(copy, catalog)
        except ScenarioErrors as error:
            raise InputErrors([_at_cell(m, text, str(path)) for m in error.mistakes]) from None


def _at_cell(mistake: Mistake, text: str, file: str) -> Mistake:
    """The same mistake at row and column of the sheet."""
    place = mistake.place
    if place is None or not place.file.endswith("quotes.csv"):
        return Mistake(mistake.what, SourcePlace(file, 1, 1), mistake.path, mistake.help, mistake.code)
    row = next((row for row in Csv(text, place.file).rows() if row.number == place.line), None)
    starts = [] if row is None else [row.place(i).column for i in range(len(row.texts))]
    column = max((i for i, start in enumerate(starts, start=1) if start <= place.column), default=1)
    what = f"cell {_letters(column)}{place.line}: {mistake.what}"
    return Mistake(what, SourcePlace(file, place.line, column), mistake.path, mistake.help, mistake.code)


def _letters(column: int) -> str:
    """Name of a column of a sheet.

    >>> _letters(1), _letters(27)
    ('A', 'AA')
    """
    name = ""
    while column:
        column, rest = divmod(column - 1, 26)
        name = chr(ord("A") + rest) + name
    return name


def _field(text: str) -> str:
    return '"' + text.replace('"', '""') + '"' if any(mark in text for mark in ',"#') else text


def _sheet(path: Path) -> list[list[str]]:
    """Text of the cells of the first sheet, as wide as its widest row; formulas as they were last computed."""
    try:
        from openpyxl import load_workbook
    except ImportError:
        raise QuotesError(
            "reading workbooks needs openpyxl", help="install `planner[xlsx]`, or save the sheet as CSV"
        ) from None
    try:
        with zipfile.ZipFile(path) as packed:
            if sum(entry.file_size for entry in packed.infolist()) > MAX_UNPACKED:
                raise QuotesError(f"`{path}` unpacks to more than {MAX_UNPACKED:,} bytes", help="save the sheet as CSV")
        book = load_workbook(path, read_only=True, data_only=True)
        sheet = book.worksheets[0]
        rows = [list(row) for row in sheet.iter_rows(max_row=MAX_ROWS, max_col=MAX_COLUMNS, values_only=True)]
        book.close()
    except QuotesError:
        raise
    except Exception as error:  # openpyxl raises whatever its XML parser does
        raise QuotesError(
            f"`{path}` is no workbook that can be read: {type(error).__name__}", help="save the sheet as CSV"
        ) from error
    width = max((i for row in rows for i, cell in enumerate(row, start=1) if cell is not None), default=0)
    return [_row(row[:width]) for row in rows]


def _row(cells: list[object]) -> list[str]:
    """An empty row is an empty line, which is not read."""
    texts = [_text(cell) for cell in cells]
    return texts if any(texts) else []


def _text(cell: object) -> str:
    if cell is None:
        return ""
    if isinstance(cell, datetime | date):
        return cell.isoformat()[:10]
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return " ".join(str(cell).split())
