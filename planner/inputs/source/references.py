"""Files a scenario refers to, replaced by what they say: quotes and hourly load profiles.

Paths are relative to the scenario's folder. A file of 8,760 hours is folded to the mean week: hour h of
the week is the mean of hours h, h + 168, h + 336 … of the year, whose first hour counts as Monday 00:00.
"""

import math
from dataclasses import dataclass, field, replace
from pathlib import Path

from planner.domain.offer import Quote
from planner.errors import InputErrors, Mistake, Place, did_you_mean
from planner.inputs.catalog.csv_source import Cell, read_cells
from planner.inputs.source.document import Document, Entry, KeyPath, Mapping, Node, Scalar, Sequence, dotted
from planner.inputs.source.yaml_source import read_text
from planner.units import HOURS_PER_WEEK

HOURS_PER_CALENDAR_YEAR = 8760
PROFILE_LENGTHS = (24, HOURS_PER_WEEK, HOURS_PER_CALENDAR_YEAR)
MAX_QUOTE_ROWS = 20_000
FILES_BELOW = "PLANNER_FILES_BELOW"
"""Variable of the environment: the folder that files of a scenario must lie in, instead of the scenario's own."""
_OUTSIDE_HELP = f"move it there, or allow a folder above by {FILES_BELOW}=FOLDER in the environment"


def resolve_references(document: Document, folder: Path, below: Path | None = None) -> tuple[Document, list[Mistake]]:
    """The document with the content of its files in place of their paths.

    Args:
        folder: of the scenario; paths are relative to it.
        below: folder that files must lie in, links followed; default: the scenario's. A scenario may come from somebody else.
    """
    resolver = _Resolver(document, folder, below)
    root = resolver.resolve()
    resolved = replace(
        document, root=root, sources={**document.sources, **resolver.sources}, notes=tuple(resolver.notes)
    )
    return resolved, resolver.mistakes


@dataclass(slots=True)
class _Resolver:
    document: Document
    folder: Path
    below: Path | None
    mistakes: list[Mistake] = field(default_factory=list)
    sources: dict[str, str] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)

    def resolve(self) -> Mapping:
        entries = dict(self.document.root.entries)
        if "quotes" in entries:
            quotes = self._quotes(entries["quotes"].node)
            entries["quotes"] = replace(entries["quotes"], node=quotes)
        if "workloads" in entries and isinstance(workloads := entries["workloads"].node, Sequence):
            items = tuple(self._workload(item, i) for i, item in enumerate(workloads.items))
            entries["workloads"] = replace(entries["workloads"], node=replace(workloads, items=items))
        return replace(self.document.root, entries=entries)

    def _say(self, what: str, path: KeyPath, remedy: str | None = None) -> None:
        place = self.document.place_of(path)
        self.mistakes.append(Mistake(what, place, self.document.path_text(path), remedy, "file"))

    def _read(self, name: str, path: KeyPath) -> list[list[Cell]] | None:
        """Cells of a CSV file; None, and a mistake at `path`, if there is none to read."""
        shown = str(self.folder / name) if self.folder != Path() else name
        if not _lies_below(self.folder / name, self.below or self.folder):
            self._say(f"`{name[:200]}` lies outside of the scenario's folder", path, _OUTSIDE_HELP)
            return None
        try:
            text = read_text(self.folder / name, shown=shown)
        except InputErrors as error:
            first = error.mistakes[0]
            self._say(first.what, path, first.help or "the path is relative to the scenario's folder")
            return None
        self.sources[shown] = text
        rows, mistakes = read_cells(text, shown)
        self.mistakes += mistakes
        if not rows:
            self._say(f"`{shown}` is empty", path)
            return None
        return None if mistakes else rows

    # -- quotes -----------------------------------------------------------------------------------------

    def _quotes(self, node: Node) -> Node:
        if isinstance(node, Scalar) and isinstance(node.value, str):
            return Sequence(self._quote_rows(node.value, ("quotes",)), node.place)
        if not isinstance(node, Sequence):
            return node
        items: list[Node] = []
        for index, item in enumerate(node.items):
            if isinstance(item, Scalar) and isinstance(item.value, str):
                items += self._quote_rows(item.value, ("quotes", index))
            else:
                items.append(item)
        return replace(node, items=tuple(items))

    def _quote_rows(self, name: str, path: KeyPath) -> tuple[Node, ...]:
        rows = self._read(name, path)
        if rows is None:
            return ()
        header, *body = rows
        if not self._header_is_right(header, path):
            return ()
        if len(body) > MAX_QUOTE_ROWS:
            self._say(f"`{name}` has more than {MAX_QUOTE_ROWS:,} rows", path)
            return ()
        return tuple(node for row in body if (node := self._quote(header, row, path)) is not None)

    def _header_is_right(self, header: list[Cell], path: KeyPath) -> bool:
        before = len(self.mistakes)
        known = set(Quote.model_fields)
        names = [cell.text for cell in header]
        for index, cell in enumerate(header):
            if cell.text not in known:
                separated = ";" in cell.text or "\t" in cell.text
                remedy = "separate the columns by commas" if separated else _column_help(cell.text, known - set(names))
                self._at_cell(f"unknown column `{cell.text[:60]}`", cell.place, path, remedy)
            elif cell.text in names[:index]:
                self._at_cell(f"duplicate column `{cell.text}`", cell.place, path, None)
        if len(self.mistakes) == before:
            missing = [n for n, info in Quote.model_fields.items() if info.is_required() and n not in names]
            for name in missing:
                self._at_cell(f"missing column `{name}`", header[0].place, path, None)
        return len(self.mistakes) == before

    def _quote(self, header: list[Cell], row: list[Cell], path: KeyPath) -> Mapping | None:
        if len(row) != len(header):
            what = f"{len(row)} cells in a row of {len(header)} columns"
            self._at_cell(what, row[0].place, path, None)
            return None
        pairs = zip(header, row, strict=True)
        entries = {h.text: Entry(c.place, Scalar(c.text, c.place)) for h, c in pairs if c.text}
        return Mapping(entries, row[0].place)

    def _at_cell(self, what: str, place: Place, path: KeyPath, remedy: str | None) -> None:
        self.mistakes.append(Mistake(what, place, dotted(path), remedy, "csv"))

    # -- profiles ---------------------------------------------------------------------------------------

    def _workload(self, node: Node, index: int) -> Node:
        if not isinstance(node, Mapping) or "profile" not in node.entries:
            return node
        entry = node.entries["profile"]
        if not isinstance(entry.node, Mapping):
            return node
        path: KeyPath = ("workloads", index, "profile")
        profile = self._profile(entry.node, path)
        entries = dict(node.entries)
        if profile is None:
            del entries["profile"]
        else:
            entries["profile"] = replace(entry, node=profile)
        return replace(node, entries=entries)

    def _profile(self, node: Mapping, path: KeyPath) -> Sequence | None:
        for key in node.entries:
            if key not in ("csv", "column"):
                place = self.document.place_of((*path, key), key=True)
                text = self.document.path_text((*path, key))
                remedy = did_you_mean(key[:60], ["csv", "column"]) or "a profile file is {csv: path, column: name}"
                self.mistakes.append(Mistake(f"unknown key `{key[:60]}`", place, text, remedy, "unknown_key"))
        names = {key: entry.node for key, entry in node.entries.items()}
        file, column = names.get("csv"), names.get("column")
        if file is None:
            if not any(key not in ("csv", "column") for key in names):
                self._say("missing `csv`, the path of the hourly values", path)
            return None
        if not isinstance(file, Scalar) or not isinstance(file.value, str):
            self._say("expected the path of a CSV file", (*path, "csv"))
            return None
        if column is not None and not isinstance(column, Scalar):
            self._say("expected the name of a column", (*path, "column"))
            return None
        rows = self._read(file.value, (*path, "csv"))
        wanted = None if column is None else str(column.value)
        cells = None if rows is None else self._column(rows, wanted, path)
        return None if cells is None else self._hours(cells, path)

    def _column(self, rows: list[list[Cell]], wanted: str | None, path: KeyPath) -> list[Cell] | None:
        header = [cell.text for cell in rows[0]]
        has_header = _number(header[-1]) is None
        if wanted is not None:
            if not has_header or wanted not in header:
                remedy = did_you_mean(wanted[:60], header) or f"columns are {', '.join(header)}"[:200]
                remedy = remedy if has_header else "the file has no line with the names of its columns"
                self._say(f"unknown column `{wanted[:60]}`", (*path, "column"), remedy)
                return None
            at = header.index(wanted)
        elif len(header) > 1:
            names = f"add `column: {header[-1]}`" if has_header else "keep one column"
            self._say(f"the file has {len(header)} columns", (*path, "csv"), names)
            return None
        else:
            at = 0
        body = rows[1:] if has_header else rows
        short = next((row for row in body if len(row) <= at), None)
        if short is not None:
            self._at_cell(f"{len(short)} cells in a row of {len(header)} columns", short[0].place, path, None)
            return None
        return [row[at] for row in body]

    def _hours(self, cells: list[Cell], path: KeyPath) -> Sequence | None:
        if len(cells) not in PROFILE_LENGTHS:
            self._say(
                f"{len(cells)} hourly values in the file",
                (*path, "csv"),
                "a profile has 24 (a day), 168 (a week) or 8760 (a year) of them",
            )
            return None
        values: list[float] = []
        for cell in cells:
            value = _number(cell.text)
            if value is None or value < 0:
                self._at_cell(f"expected an hourly value of at least 0, not `{cell.text[:40]}`", cell.place, path, None)
            else:
                values.append(value)
        if len(values) < len(cells):
            return None
        place = cells[0].place
        if len(values) == HOURS_PER_CALENDAR_YEAR:
            values = mean_week(values)
            self.notes.append(
                f"{place.file}: 8760 hourly values folded to their mean week; the first hour counts as Monday 00:00"
            )
        return Sequence(tuple(Scalar(value, place) for value in values), place)


def _lies_below(path: Path, folder: Path) -> bool:
    """Whether a file, links followed, lies in a folder or below it."""
    try:
        return path.resolve().is_relative_to(folder.resolve())
    except (OSError, RuntimeError, ValueError):  # a loop of links, a name that no file can have: reading it says so
        return True


def mean_week(year: list[float]) -> list[float]:
    """The mean of every hour of the week over an hourly year.

    >>> mean_week([float(h % 168) for h in range(8760)])[:3]
    [0.0, 1.0, 2.0]
    """
    hours = [year[h::HOURS_PER_WEEK] for h in range(HOURS_PER_WEEK)]
    return [sum(same) / len(same) for same in hours]


def _number(text: str) -> float | None:
    try:
        value = float(text)
    except ValueError:
        return None
    return value if math.isfinite(value) and abs(value) <= 1e300 else None


def _column_help(name: str, free: set[str]) -> str:
    return did_you_mean(name[:60], free) or f"columns are {', '.join(Quote.model_fields)}"
