"""Small CSV files a scenario refers to, with the place of every cell."""

from dataclasses import dataclass

from planner.errors import Mistake, Place


@dataclass(frozen=True, slots=True)
class Cell:
    """One field of a CSV file."""

    text: str
    place: Place


def read_cells(text: str, file: str) -> tuple[list[list[Cell]], list[Mistake]]:
    """Rows of cells; blank lines and lines that begin with `#` are skipped. Quotes as in RFC 4180.

    >>> rows, mistakes = read_cells('a,b\\n1,"x, y"', "f.csv")
    >>> [[cell.text for cell in row] for row in rows], str(rows[1][1].place)
    ([['a', 'b'], ['1', 'x, y']], 'f.csv:2:3')
    """
    rows: list[list[Cell]] = []
    mistakes: list[Mistake] = []
    for number, line in enumerate(text.replace("\r\n", "\n").replace("\r", "\n").split("\n"), start=1):
        if line.strip() and not line.lstrip().startswith("#"):
            cells, mistake = _cells(line, file, number)
            rows.append(cells)
            if mistake is not None:
                mistakes.append(mistake)
    return rows, mistakes


def _cells(line: str, file: str, number: int) -> tuple[list[Cell], Mistake | None]:
    cells: list[Cell] = []
    at, mistake = 0, None
    while True:
        if line.startswith('"', at):
            text, end, closed = _quoted(line, at)
            if not closed:
                mistake = Mistake("a quoted cell is not closed in its line", Place(file, number, at + 1), code="csv")
        else:
            end = line.find(",", at)
            end = len(line) if end < 0 else end
            text = line[at:end].strip()
        cells.append(Cell(text, Place(file, number, at + 1, max(end - at, 1))))
        comma = line.find(",", end)
        if comma < 0:
            return cells, mistake
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
