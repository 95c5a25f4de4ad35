"""Files a scenario refers to, replaced by what they say: quotes and hourly load profiles.

Paths are relative to the scenario's folder. A file of 8,760 hours is folded to the mean week: hour h of
the week is the mean of hours h, h + 168, h + 336 … of the year, whose first hour counts as Monday 00:00.
"""

from dataclasses import dataclass, field, replace
from itertools import chain
from pathlib import Path

from planner.domain.scenario import Quote
from planner.errors import InputErrors, Mistake, SourcePlace, did_you_mean
from planner.inputs.catalog import Csv, CsvRow
from planner.inputs.source.document import (
    KeyPath,
    LazyItems,
    Mapping,
    Node,
    Plain,
    Scalar,
    Sequence,
    SourceDocument,
    SourceEntry,
    child,
    dotted,
    plain,
)
from planner.inputs.source.profiles import mean_week, number
from planner.inputs.source.text import BYTES_PER_CHARACTER, MAX_MISTAKES, read_text, refuse_too_large
from planner.units import HOURS_PER_WEEK

HOURS_PER_CALENDAR_YEAR = 8760
PROFILE_LENGTHS = (24, HOURS_PER_WEEK, HOURS_PER_CALENDAR_YEAR)
BYTES_PER_QUOTE = 3_300
"""A row of quotes as it is read, and the quote that is made of it."""
FILES_BELOW = "PLANNER_FILES_BELOW"
"""Variable of the environment: the folder that files of a scenario must lie in, instead of the scenario's own."""
_OUTSIDE_HELP = f"move it there, or allow a folder above by {FILES_BELOW}=FOLDER in the environment"


def resolve_references(
    document: SourceDocument, folder: Path, below: Path | None = None
) -> tuple[SourceDocument, list[Mistake]]:
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


def refused_references(document: SourceDocument) -> list[Mistake]:
    """A mistake for every file that a document names, where it may name none."""
    root = document.root
    found: list[KeyPath] = []
    quotes = child(root, "quotes")
    if isinstance(quotes, Scalar) and isinstance(quotes.value, str):
        found.append(("quotes",))
    elif isinstance(quotes, Sequence):
        found += [("quotes", i) for i, value in enumerate(plain(quotes)) if isinstance(value, str)]
    workloads = child(root, "workloads")
    for i in range(len(workloads.items) if isinstance(workloads, Sequence) else 0):
        path: KeyPath = ("workloads", i, "profile")
        if isinstance(document.node_at(path), Mapping):
            found.append(path)
    said, remedy = "a file cannot be named here", "write the values themselves, or name the file in the scenario"
    return [Mistake(said, document.place_of(path), document.path_text(path), remedy, "file") for path in found]


@dataclass(slots=True)
class _Resolver:
    document: SourceDocument
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

    def _read(self, name: str, path: KeyPath, bytes_per_line: float) -> Csv | None:
        """A CSV file with at least one row; None, and a mistake at `path`, if there is none to read."""
        shown = str(self.folder / name) if self.folder != Path() else name
        if not _lies_below(self.folder / name, self.below or self.folder):
            self._say(f"`{name[:200]}` lies outside of the scenario's folder", path, _OUTSIDE_HELP)
            return None
        try:
            text = read_text(self.folder / name, shown=shown)
            refuse_too_large(shown, len(text) * BYTES_PER_CHARACTER + (text.count("\n") + 1) * bytes_per_line)
        except InputErrors as error:
            first = error.mistakes[0]
            self._say(first.what, path, first.help or "the path is relative to the scenario's folder")
            return None
        self.sources[shown] = text
        csv = Csv(text, shown)
        mistakes = csv.mistakes()
        self.mistakes += mistakes
        if next(csv.rows(), None) is None:
            self._say(f"`{shown}` is empty", path)
            return None
        return None if mistakes else csv

    # -- quotes -----------------------------------------------------------------------------------------

    def _quotes(self, node: Node) -> Node:
        if isinstance(node, Scalar) and isinstance(node.value, str):
            return Sequence(self._quote_rows(node.value, ("quotes",)), node.place)
        if not isinstance(node, Sequence) or all(not isinstance(value, str) for value in plain(node)):
            return node
        parts: list[LazyItems | tuple[Node, ...]] = []
        for index, item in enumerate(node.items):
            if isinstance(item, Scalar) and isinstance(item.value, str):
                parts.append(self._quote_rows(item.value, ("quotes", index)))
            else:
                parts.append((item,))
        values = [value for part in parts for value in plain(Sequence(part, None))]
        return replace(node, items=LazyItems(values, lambda: tuple(made for part in parts for made in part)))

    def _quote_rows(self, name: str, path: KeyPath) -> LazyItems | tuple[Node, ...]:
        csv = self._read(name, path, BYTES_PER_QUOTE)
        if csv is None:
            return ()
        rows = csv.rows()
        header = next(rows)
        if not self._header_is_right(header, path):
            return ()
        values: list[Plain] = []
        for row in rows:
            if len(row.texts) != len(header.texts):
                self._uneven(row, header, path)
            else:
                values.append({name: text for name, text in zip(header.texts, row.texts, strict=True) if text})
        return LazyItems(values, lambda: _quote_nodes(csv))

    def _uneven(self, row: CsvRow, header: CsvRow, path: KeyPath) -> None:
        if len(self.mistakes) < MAX_MISTAKES:
            what = f"{len(row.texts)} cells in a row of {len(header.texts)} columns"
            self._at_cell(what, row.place(0), path, None)

    def _header_is_right(self, header: CsvRow, path: KeyPath) -> bool:
        before = len(self.mistakes)
        known = set(Quote.model_fields)
        names = header.texts
        if len(names) > 1 and not known & set(names):
            self._at_cell("the first row names no column", header.place(0), path, _column_help("", known))
            return False
        for index, name in enumerate(names):
            if name not in known:
                separated = ";" in name or "\t" in name
                remedy = "separate the columns by commas" if separated else _column_help(name, known - set(names))
                self._at_cell(f"unknown column `{name[:60]}`", header.place(index), path, remedy)
            elif name in names[:index]:
                self._at_cell(f"duplicate column `{name}`", header.place(index), path, None)
        if len(self.mistakes) == before:
            missing = [n for n, info in Quote.model_fields.items() if info.is_required() and n not in names]
            for name in missing:
                self._at_cell(f"missing column `{name}`", header.place(0), path, None)
        return len(self.mistakes) == before

    def _at_cell(self, what: str, place: SourcePlace, path: KeyPath, remedy: str | None) -> None:
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
        csv = self._read(file.value, (*path, "csv"), 0)
        if csv is None:
            return None
        at = self._column(next(csv.rows()).texts, None if column is None else str(column.value), path)
        return None if at is None else self._hours(csv, at, path)

    def _column(self, header: list[str], wanted: str | None, path: KeyPath) -> int | None:
        """Index of the column with the hourly values."""
        has_header = number(header[-1]) is None
        if wanted is not None:
            if not has_header or wanted not in header:
                remedy = did_you_mean(wanted[:60], header) or f"columns are {', '.join(header)}"[:200]
                remedy = remedy if has_header else "the file has no line with the names of its columns"
                self._say(f"unknown column `{wanted[:60]}`", (*path, "column"), remedy)
                return None
            return header.index(wanted)
        if len(header) > 1:
            names = f"add `column: {header[-1]}`" if has_header else "keep one column"
            self._say(f"the file has {len(header)} columns", (*path, "csv"), names)
            return None
        return 0

    def _hours(self, csv: Csv, at: int, path: KeyPath) -> Sequence | None:
        rows = csv.rows()
        header = next(rows)
        body = rows if number(header.texts[-1]) is None else chain([header], rows)
        values: list[float] = []
        count, before = 0, len(self.mistakes)
        first = header.place(0)
        for count, row in enumerate(body, start=1):
            if len(row.texts) <= at:
                self._uneven(row, header, path)
                return None
            first = row.place(at) if count == 1 else first
            value = number(row.texts[at])
            if value is not None and value >= 0:
                values.append(value)
            elif len(self.mistakes) < MAX_MISTAKES:
                what = f"expected an hourly value of at least 0, not `{row.texts[at][:40]}`"
                self._at_cell(what, row.place(at), path, None)
        if count not in PROFILE_LENGTHS:
            del self.mistakes[before:]
            self._say(
                f"{count} hourly values in the file",
                (*path, "csv"),
                "a profile has 24 (a day), 168 (a week) or 8760 (a year) of them",
            )
            return None
        if len(values) < count:
            return None
        if count == HOURS_PER_CALENDAR_YEAR:
            values = mean_week(values)
            self.notes.append(
                f"{csv.file}: 8760 hourly values folded to their mean week; the first hour counts as Monday 00:00"
            )
        return Sequence(tuple(Scalar(value, first) for value in values), first)


def _quote_nodes(csv: Csv) -> tuple[Node, ...]:
    """The quotes of a file that was read before, each cell with its place."""
    rows = csv.rows()
    names = next(rows).texts
    nodes: list[Node] = []
    for row in rows:
        if len(row.texts) == len(names):
            where = [row.place(index) for index in range(len(names))]
            cells = zip(names, row.texts, where, strict=True)
            nodes.append(
                Mapping({name: SourceEntry(at, Scalar(text, at)) for name, text, at in cells if text}, where[0])
            )
    return tuple(nodes)


def _lies_below(path: Path, folder: Path) -> bool:
    """Whether a file, links followed, lies in a folder or below it."""
    try:
        return path.resolve().is_relative_to(folder.resolve())
    except (OSError, RuntimeError, ValueError):  # a loop of links, a name that no file can have: reading it says so
        return True


def _column_help(name: str, free: set[str]) -> str:
    return did_you_mean(name[:60], free) or f"columns are {', '.join(Quote.model_fields)}"
