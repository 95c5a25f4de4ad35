"""CSV files a scenario refers to: rows one after the other, with the place of a cell where it is asked for."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from planner.errors import Mistake, SourcePlace

_LINE = re.compile(r"([^\r\n]*)(\r\n|\r|\n|\Z)")


class CsvRow(NamedTuple):
    """One line of a CSV file, cut into cells."""

    number: int
    line: str
    file: str
    texts: list[str]

    def place(self, index: int) -> SourcePlace:
        """Where the cell of this index stands."""
        start, end = _cells(self.line)[1][index]
        return SourcePlace(self.file, self.number, start + 1, max(end - start, 1))


@dataclass(frozen=True, slots=True)
class Csv:
    """The text of a CSV file. Blank lines and lines that begin with `#` are skipped; quotes as in RFC 4180.

    >>> header, row = Csv('a,b\\n1,"x, y"', "f.csv").rows()
    >>> header.texts, row.texts, str(row.place(1))
    (['a', 'b'], ['1', 'x, y'], 'f.csv:2:3')
    """

    text: str
    file: str

    def rows(self) -> Iterator[CsvRow]:
        """Row by row; equal cells are one text in memory."""
        known: dict[str, str] = {}
        for number, found in enumerate(_LINE.finditer(self.text), start=1):
            line = found[1]
            if not line.strip() or line.lstrip().startswith("#"):
                continue
            texts = _cells(line)[0] if '"' in line else [part.strip() for part in line.split(",")]
            yield CsvRow(number, line, self.file, [known.setdefault(text, text) for text in texts])

    def mistakes(self) -> list[Mistake]:
        """Cells whose quotes are not closed."""
        if '"' not in self.text:
            return []
        return [
            Mistake(
                "a quoted cell is not closed in its line", SourcePlace(self.file, row.number, open_at + 1), code="csv"
            )
            for row in self.rows()
            if '"' in row.line and (open_at := _cells(row.line)[2]) is not None
        ]


def _cells(line: str) -> tuple[list[str], list[tuple[int, int]], int | None]:
    """Texts of the cells, where they begin and end, and where one begins that is not closed."""
    texts: list[str] = []
    spans: list[tuple[int, int]] = []
    at, open_at = 0, None
    while True:
        if line.startswith('"', at):
            text, end, closed = _quoted(line, at)
            open_at = open_at if closed else at
        else:
            end = line.find(",", at)
            end = len(line) if end < 0 else end
            text = line[at:end].strip()
        texts.append(text)
        spans.append((at, end))
        comma = line.find(",", end)
        if comma < 0:
            return texts, spans, open_at
        at = comma + 1


def _quoted(line: str, at: int) -> tuple[str, int, bool]:
    """Content of the quoted cell at `at`, the offset behind it, and whether it is closed."""
    parts, position = [], at + 1
    while (quote := line.find('"', position)) >= 0:
        parts.append(line[position:quote])
        if not line.startswith('"', quote + 1):
            return "".join(parts), quote + 1, True
        parts.append('"')
        position = quote + 2
    return "".join([*parts, line[position:]]), len(line), False
