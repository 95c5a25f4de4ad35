"""Rows and cells of the catalog's CSV files: a wrong cell is noted with file:line, column and remedy, and reading goes on.

What every column means stands in `datasets/README.md`.
"""

import csv
import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from math import isfinite
from pathlib import Path
from typing import TypeVar, get_args

from planner.domain.inputs import Precision
from planner.errors import CatalogError, did_you_mean
from planner.inputs.catalog.files.columns import COLUMNS, OPTIONAL
from planner.units import plural

Entry = TypeVar("Entry")

MOST_BYTES = 200_000_000
"""Largest file of a catalog; the bundled ones are below 2 MB."""
MOST_SHOWN = 20
"""Mistakes spelt out in one refusal; the rest are counted."""


@dataclass(slots=True)
class CatalogRow:
    """One line of a file. Reading a cell that is wrong notes the mistake and goes on with a harmless value."""

    file: str
    line: int
    cells: dict[str, str]
    log: list[str] = field(repr=False)
    good_dates: set[str] = field(repr=False)
    sound: bool = True

    def refuse(self, column: str, what: str, remedy: str) -> None:
        self.sound = False
        self.log.append(f"{self.file}:{self.line}: `{column}` {what}; {remedy}")

    def text(self, column: str) -> str:
        value = self.cells[column]
        if not value:
            self.refuse(column, "is empty", "fill it in, or take the row out")
        return value

    def one_of(self, column: str, allowed: tuple[str, ...] | set[str], remedy: str = "") -> str:
        value = self.text(column)
        if value and value not in allowed:
            choices = f"use one of {', '.join(sorted(allowed))}" if len(allowed) < 10 else "use a known name"
            guess = did_you_mean(value, set(allowed))
            self.refuse(column, f"is `{value}`, which is not known", guess or remedy or choices)
        return value

    def date(self, column: str = "checked_on") -> str:
        value = self.text(column)
        if value in self.good_dates or not value:
            return value
        if is_date(value):
            self.good_dates.add(value)
        else:
            self.refuse(column, f"is `{value}`, which is no date", "write YYYY, YYYY-MM or YYYY-MM-DD")
        return value

    def number(self, column: str) -> float | None:
        """The finite number in a cell, or None if the cell is empty (or wrong, and noted)."""
        value = self.cells[column]
        if not value:
            return None
        try:
            parsed = float(value)
        except ValueError:
            parsed = float("nan")
        if isfinite(parsed):
            return parsed
        self.refuse(column, f"is `{value}`, which is no finite number", "write a plain decimal number")
        return None

    def at_least_zero(self, column: str) -> float | None:
        parsed = self.number(column)
        if parsed is not None and parsed < 0:
            self.refuse(column, f"is {parsed:g}, below zero", "write a number of at least 0")
        return parsed

    def positive(self, column: str) -> float | None:
        parsed = self.number(column)
        if parsed is not None and parsed <= 0:
            self.refuse(column, f"is {parsed:g}, not above zero", "write a number above 0, or take the row out")
            return None
        return parsed

    def formats(self, column: str) -> tuple[str, ...]:
        """Number formats, separated by blanks."""
        named = tuple(self.cells[column].split())
        for name in named:
            if name not in get_args(Precision):
                self.refuse(column, f"is `{name}`, which is not known", f"use of {', '.join(get_args(Precision))}")
        return named

    def yes_or_no(self, column: str) -> bool | None:
        value = self.cells[column]
        if value and value not in ("true", "false"):
            self.refuse(column, f"is `{value}`", "write true or false, or leave it empty")
        return {"true": True, "false": False}.get(value)

    def needed_positive(self, column: str) -> float:
        parsed = self.positive(column) if self.text(column) else None
        return 1.0 if parsed is None else parsed

    def whole(self, column: str) -> int | None:
        parsed = self.positive(column)
        if parsed is not None and parsed != int(parsed):
            self.refuse(column, f"is {parsed:g}, not a whole number", "write a whole number of at least 1")
        return None if parsed is None else int(parsed)

    def needed_whole(self, column: str) -> int:
        parsed = self.whole(column) if self.text(column) else None
        return 1 if parsed is None else parsed

    def country(self, column: str = "country") -> str:
        """Two letters, or empty."""
        value = self.cells[column]
        if value and not (len(value) == 2 and value.isascii() and value.isupper()):
            self.refuse(column, f"is `{value}`", "write the two letters of ISO 3166, or leave it empty")
        return value

    def share(self, column: str) -> float:
        parsed = self.number(column) or 0.0
        if not 0 <= parsed <= 1:
            self.refuse(column, f"is {parsed:g}, not a fraction", "write a number from 0 to 1")
        return parsed


def is_date(text: str) -> bool:
    """YYYY, YYYY-MM or YYYY-MM-DD of a day that can exist.

    >>> [is_date(t) for t in ("2026", "2026-11", "2026-02-30", "2026-13", "today")]
    [True, True, False, False, False]
    """
    parts = text.split("-")
    if not all(part.isdecimal() and part.isascii() for part in parts):
        return False
    if [len(part) for part in parts] not in ([4], [4, 2], [4, 2, 2]):
        return False
    year, month, day = (int(part) for part in (*parts, "1", "1")[:3])
    leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    days = (31, 29 if leap else 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
    return 1990 <= year <= 2100 and 1 <= month <= 12 and 1 <= day <= days[month - 1]


def read_rows(root: Path, name: str, log: list[str], columns: tuple[str, ...] = ()) -> Iterator[CatalogRow]:
    """The rows of a file, once its header is what it must be."""
    path, shown = root / name, f"{root.name}/{name}"
    if not path.is_file():
        log.append(f"{shown}:1: the file is missing; add it, with a header if it has no rows")
        return
    expected, optional = columns or COLUMNS[name], OPTIONAL.get("providers/*.csv" if columns else name, ())
    good_dates: set[str] = set()
    lines = _lines(path, shown, log)
    _, header = next(lines, (1, []))
    if not _header_is_right(header, expected, optional, shown, log):
        return
    for number, cells in lines:
        if len(cells) == len(header):
            filled = dict.fromkeys(optional, "") | dict(zip(header, cells, strict=True))
            yield CatalogRow(shown, number, filled, log, good_dates)
        elif cells:
            log.append(
                f"{shown}:{number}: {len(cells)} cells under {len(header)} columns; quote cells that hold a comma"
            )


def _lines(path: Path, shown: str, log: list[str]) -> Iterator[tuple[int, list[str]]]:
    """(Number, cells) of every line, as far as the file can be read; what stops the reading is noted."""
    try:
        if path.stat().st_size > MOST_BYTES:
            log.append(f"{shown}:1: the file is larger than {MOST_BYTES // 1_000_000} MB; it is no table of a catalog")
            return
        text = path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        log.append(f"{shown}:1: cannot be read: {(error.strerror or str(error)).lower()}; mend the file")
        return
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        log.append(f"{shown}:{line}: byte 0x{error.object[error.start]:02x} is not UTF-8; save the file as UTF-8")
        return
    reader = csv.reader(io.StringIO(text, newline=""))
    try:
        for cells in reader:
            yield reader.line_num, cells
    except csv.Error as error:
        log.append(f"{shown}:{reader.line_num}: {str(error)[:100]}; a quote may not be closed")


def _header_is_right(
    header: list[str], expected: tuple[str, ...], optional: tuple[str, ...], shown: str, log: list[str]
) -> bool:
    before = len(log)
    for column in header:
        if column not in expected and column not in optional:
            guess = did_you_mean(column, (*expected, *optional)) or "take it out"
            log.append(f"{shown}:1: unknown column `{column}`; {guess}")
        elif header.count(column) > 1 and f"{shown}:1: column `{column}` twice; take one out" not in log:
            log.append(f"{shown}:1: column `{column}` twice; take one out")
    for column in expected:
        if column not in header:
            log.append(f"{shown}:1: column `{column}` is missing; add it (cells may be empty where README says so)")
    return len(log) == before


def by_id(rows: Iterator[CatalogRow], build: Callable[[CatalogRow], Entry | None], key: str = "id") -> dict[str, Entry]:
    """Entries keyed by their id; a second row with the same id is refused."""
    found: dict[str, Entry] = {}
    lines: dict[str, int] = {}
    for row in rows:
        name = row.text(key)
        row.text("source")
        row.date()
        if name in lines:
            row.refuse(key, f"is `{name}`, as in line {lines[name]}", "keep one of the two rows")
            continue
        lines[name] = row.line
        entry = build(row)
        if entry is not None:
            found[name] = entry
    return found


def refusal(log: list[str]) -> CatalogError:
    shown = log[:MOST_SHOWN]
    if len(log) > MOST_SHOWN:
        shown.append(f"… and {len(log) - MOST_SHOWN} more")
    return CatalogError(
        f"the catalog has {plural(len(log), 'mistake')}\n" + "\n".join(shown),
        help="mend the rows named above; what every column must hold stands in `datasets/README.md`",
    )
