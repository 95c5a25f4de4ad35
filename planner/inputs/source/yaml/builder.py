"""YAML 1.2 that remembers line and column of every key and value.

Nothing is constructed but text, numbers, true/false, null, lists and mappings; the parser's events are
read one by one, so that limits hold before anything grows: depth 32, 100,000 nodes with every alias
counted as often as it is used, 2 MB. Mistakes are collected; only a syntax error ends the reading.
JSON in which nothing is wrong is read by `json_source`.
"""

import re
from bisect import bisect_right
from collections.abc import Iterator
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from planner.errors import Mistake, SourcePlace
from planner.inputs.source.document import Mapping, Node, Scalar, Sequence, SourceEntry
from planner.inputs.source.json_source import MAX_DEPTH, UNPRINTABLE
from planner.inputs.source.text import MAX_MISTAKES, MAX_YAML_BYTES
from planner.inputs.source.yaml.words import (
    Frame,
    StopReadingError,
    place_index,
    plain_english,
    scalar_of,
    too_much_yaml,
)

MAX_NODES = 100_000
MERGE_KEY = "<<"

_LINE_BREAK = re.compile(r"\r\n|\r|\n")
_HUGE_TAG = re.compile(r"(?:^|[\s\[{,:?-])(!\S{1000})", re.MULTILINE)
"""A tag so long that the parser would take quadratic time over it."""
_CONFLICT = re.compile(r"^(<{7}|>{7}|={7})(?= |$)", re.MULTILINE)


class Builder:
    """Builds nodes from the parser's events, without recursion."""

    def __init__(self, text: str, file: str) -> None:
        self.text = text.removeprefix("\ufeff")
        self.file = file
        self.starts = [0, *(m.end() for m in _LINE_BREAK.finditer(self.text))]
        self.root: Node | None = None
        self.mistakes: list[Mistake] = []
        self.frames: list[Frame] = []
        self.anchors: dict[str, Node] = {}
        self.nodes = 0
        self.documents = 0
        self.last_index = 0

    # -- places -----------------------------------------------------------------------------------------

    def place(self, start: int, end: int | None = None) -> SourcePlace:
        start = min(start, len(self.text))
        line = bisect_right(self.starts, start) - 1
        line_end = self.starts[line + 1] if line + 1 < len(self.starts) else len(self.text)
        width = len(self.text[start : min(end or start + 1, line_end)].rstrip()) or 1
        return SourcePlace(self.file, line + 1, start - self.starts[line] + 1, width)

    def say(self, what: str, place: SourcePlace, help: str | None, code: str) -> None:  # noqa: A002
        if len(self.mistakes) >= MAX_MISTAKES:
            raise StopReadingError
        self.mistakes.append(Mistake(what, place, help=help, code=code))

    def stop(self, what: str, place: SourcePlace, help: str | None, code: str) -> None:  # noqa: A002
        self.mistakes.append(Mistake(what, place, help=help, code=code))
        raise StopReadingError

    # -- reading ----------------------------------------------------------------------------------------

    def build(self) -> None:
        if self._refused_before_parsing():
            return
        try:
            for event in self._events():
                self._take(event)
        except StopReadingError:
            self.root = None

    def _refused_before_parsing(self) -> bool:
        if len(self.text) > MAX_YAML_BYTES:
            self.mistakes.append(too_much_yaml(self.file))
            return True
        for found in UNPRINTABLE.finditer(self.text):
            if len(self.mistakes) >= 20:
                break
            what = f"control character U+{ord(found[0]):04X} in the file"
            place = self.place(found.start())
            self.mistakes.append(Mistake(what, place, help="remove it", code="control_character"))
        if not self.mistakes and (huge := _HUGE_TAG.search(self.text)):
            place = self.place(huge.start(1))
            self.mistakes.append(Mistake("tags are not allowed", place, help="remove the tag", code="tag"))
        return bool(self.mistakes)

    def _events(self) -> Iterator[Any]:
        # JSON may be indented by tabs, YAML may not: inside braces they mean the same.
        text = self.text.replace("\t", " ") if self.text.lstrip().startswith("{") else self.text
        try:
            yield from YAML(typ="safe", pure=True).parse(text)
        except StopReadingError:
            raise
        except YAMLError as error:
            self._syntax(error)
        except (ValueError, OverflowError, IndexError, TypeError, AttributeError, AssertionError, RecursionError):
            # The parser stumbles over some escapes and directives without an error of its own.
            self.stop("not valid YAML near here", self.place(self.last_index), None, "syntax")

    def _syntax(self, error: YAMLError) -> None:
        problem = str(getattr(error, "problem", None) or "this is not YAML")
        opened = getattr(error, "context_mark", None)
        mark = getattr(error, "problem_mark", None) or opened
        index = mark.index if mark is not None else self.last_index
        context = getattr(error, "context", None)
        what, remedy = plain_english(problem, str(context) if context else "", self.text, index)
        if opened is not None and ("quoted" in what or "key: value" in what):
            index = opened.index
        elif opened is not None and "not closed" in what:
            at = self.place(opened.index)
            remedy = f"it opens in line {at.line}, column {at.column}"
        if conflict := _CONFLICT.search(self.text):
            place = self.place(conflict.start(), conflict.end())
            self.stop("an unresolved merge conflict", place, "keep one side of it", "syntax")
        self.stop(what, self.place(self._not_past_the_end(index)), remedy, "syntax")

    def _not_past_the_end(self, index: int) -> int:
        """The last character that is not a blank, if `index` is at the end of the file."""
        if index < len(self.text):
            return index
        return max(len(self.text.rstrip()) - 1, 0)

    def _take(self, event: Any) -> None:
        self.last_index = event.start_mark.index
        match type(event).__name__:
            case "DocumentStartEvent":
                self.documents += 1
                if self.documents > 1:
                    place = self.place(event.start_mark.index, event.end_mark.index)
                    self.stop("a second document begins here", place, "one scenario per file", "multiple_documents")
            case "ScalarEvent":
                self._tag(event)
                self._scalar(event)
            case "AliasEvent":
                self._alias(event)
            case "MappingStartEvent" | "SequenceStartEvent":
                self._tag(event)
                self._open(event)
            case "MappingEndEvent" | "SequenceEndEvent":
                self._close(event)

    def _tag(self, event: Any) -> None:
        if event.tag is not None or getattr(event, "ctag", None) is not None:
            start = event.start_mark.index
            at = self.text.find("!", start, start + 2000)
            place = self.place(at if at >= 0 else start)
            word = re.match(r"!\S*", self.text[place_index(self.starts, place) :][:60])
            width = len(word[0]) if word else 1
            self.say(
                f"tags are not allowed: `{word[0] if word else '!'}`",
                SourcePlace(place.file, place.line, place.column, width),
                "write the plain value",
                "tag",
            )

    def _count(self, size: int, place: SourcePlace) -> None:
        self.nodes += size
        if self.nodes > MAX_NODES:
            remedy = "YAML takes long to read: write it as JSON, or move quotes to a CSV file"
            self.stop(f"more than {MAX_NODES:,} values, aliases included", place, remedy, "too_many_nodes")

    def _scalar(self, event: Any) -> None:
        place = self.place(event.start_mark.index, event.end_mark.index)
        quoted = bool(event.style)
        text = event.value
        if quoted:
            text = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
            if hidden := UNPRINTABLE.search(text):
                self.say(f"control character U+{ord(hidden[0]):04X} in text", place, "remove it", "control_character")
        value: str | int | float | bool | None = text if quoted else self._resolve(text, place)
        if value is None and not text:
            frame = self.frames[-1] if self.frames else None
            if frame is not None and frame.is_mapping and frame.expects_value and frame.key_place is not None:
                place = frame.key_place
            else:
                place = self.place(self._blank_before(event.start_mark.index))
        node = Scalar(value, place)
        self._count(1, place)
        self._anchor(event.anchor, node)
        self._add(node, source=text)

    def _blank_before(self, index: int) -> int:
        index = min(index, len(self.text)) - 1
        while index > 0 and self.text[index].isspace():
            index -= 1
        return max(index, 0)

    def _resolve(self, text: str, place: SourcePlace) -> str | int | float | bool | None:
        """Value of a plain scalar; what is no number to plan with is a mistake, and 0."""
        value, wrong, remedy = scalar_of(text)
        if wrong is not None:
            self.say(wrong, place, remedy, "not_finite")
        return value

    def _alias(self, event: Any) -> None:
        place = self.place(event.start_mark.index, event.end_mark.index)
        name = event.anchor
        if any(frame.anchor == name for frame in self.frames):
            self.stop(f"`*{name[:40]}` contains itself", place, None, "alias")
        node = self.anchors.get(name)
        if node is None:
            self.say(f"nothing is called `&{name[:40]}` before here", place, None, "alias")
            node = Scalar(None, place)
        self._count(node.size, place)
        if len(self.frames) + node.depth > MAX_DEPTH:
            self.stop(f"nested deeper than {MAX_DEPTH} levels", place, None, "too_deep")
        self._add(node, source=f"*{name[:40]}")

    def _anchor(self, name: str | None, node: Node) -> None:
        if name is not None:
            self.anchors[name] = node

    def _open(self, event: Any) -> None:
        is_mapping = type(event).__name__.startswith("Mapping")
        place = self.place(event.start_mark.index)
        if len(self.frames) >= MAX_DEPTH:
            self.stop(f"nested deeper than {MAX_DEPTH} levels", place, None, "too_deep")
        self._count(1, place)
        self.frames.append(Frame(place, event.anchor, is_mapping))

    def _close(self, event: Any) -> None:
        frame = self.frames.pop()
        place = frame.place
        node: Node
        if frame.is_mapping:
            self._merge(frame)
            if event.end_mark.index > event.start_mark.index:  # closed by a brace
                place = self.place(place_index(self.starts, place), event.end_mark.index)
            elif frame.entries and (first := next(iter(frame.entries.values())).key_place) is not None:
                place = SourcePlace(
                    place.file, place.line, place.column, first.width if first.line == place.line else 1
                )
            node = Mapping(frame.entries, place, frame.size, frame.depth)
        else:
            if event.end_mark.index > event.start_mark.index:
                place = self.place(place_index(self.starts, place), event.end_mark.index)
            node = Sequence(tuple(frame.items), place, frame.size, frame.depth)
        self._anchor(frame.anchor, node)
        self._add(node, source="")

    def _merge(self, frame: Frame) -> None:
        """`<<: *base` adds the keys of `base` that are not given here."""
        for source in frame.merged:
            bases = source.items if isinstance(source, Sequence) else (source,)
            for base in bases:
                if not isinstance(base, Mapping):
                    place = base.place or frame.place
                    if all(m.place != place for m in self.mistakes):  # else an unknown alias, said already
                        self.say("`<<` takes a mapping, or a list of mappings", place, None, "merge")
                    continue
                for key, entry in base.entries.items():
                    if key not in frame.entries:
                        frame.entries[key] = entry
                        frame.size += entry.node.size
                        self._count(entry.node.size, frame.place)

    def _add(self, node: Node, source: str) -> None:
        if not self.frames:
            self.root = node
            return
        frame = self.frames[-1]
        frame.size += node.size
        frame.depth = max(frame.depth, node.depth + 1)
        if not frame.is_mapping:
            frame.items.append(node)
        elif frame.expects_value:
            frame.expects_value = False
            if frame.key == MERGE_KEY:
                frame.merged.append(node)
            elif not frame.discard and frame.key is not None:
                frame.entries[frame.key] = SourceEntry(frame.key_place, node)
        else:
            self._key(frame, node, source)

    def _key(self, frame: Frame, node: Node, source: str) -> None:
        place = node.place or frame.place
        frame.expects_value, frame.discard = True, False
        frame.key, frame.key_place = None, place
        if not isinstance(node, Scalar):
            self.say("a key must be text, not a list or mapping", place, None, "key")
            frame.discard = True
        elif not isinstance(node.value, str):
            shown = source[:40] or "null"
            self.say(f"a key must be text, not `{shown}`", place, f'put it in quotes: `"{shown}"`', "key")
            frame.discard = True
        elif node.value in frame.entries:
            first = frame.entries[node.value].key_place
            where = f"first given in line {first.line}; remove one of them" if first is not None else None
            self.say(f"duplicate key `{node.value[:60]}`", place, where, "duplicate_key")
            frame.discard = True
        else:
            frame.key = node.value
