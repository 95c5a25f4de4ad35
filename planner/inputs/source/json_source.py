"""Scenarios written as JSON, of millions of values: read in one go, places sought where something is wrong.

What is no plain JSON, or holds what a scenario may not, is left to `faults` (large files) or to the YAML reader, which says
where it is (small ones).
"""

import json
import re
from collections.abc import Iterator
from typing import Any

from planner.errors import Mistake
from planner.inputs.source.document import LazyEntries, LazyItems, Mapping, Node, Plain, Scalar, Sequence, SourceEntry
from planner.inputs.source.text import BYTES_PER_CHARACTER, places, refuse_too_large

MAX_DEPTH = 32
MAX_NUMBER = 1e300
MOST_FAULTS = 20
MERGE_KEY = '"<<"'
BYTES_PER_VALUE = 100
"""A number, its place in a list or mapping, and the same in the scenario."""
BYTES_PER_CONTAINER = 800
"""A list or mapping, and the object of the scenario that is made of it."""

UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufffe\uffff]")
_SUSPICIOUS = re.compile(r"\\(?:u(?:00[0189]|007f|202[89]|d[89a-f]|fff[ef])|[bf])", re.IGNORECASE)
"""Escapes that may stand for characters no text of a scenario may hold."""
_BLANK = re.compile(r"[ \t\n\r]*")
_TOKEN = re.compile(r'[ \t\n\r]*(?:([\[{])|([\]}])|([,:])|("(?:[^"\\]|\\.)*")|([^\s\[\]{}",:]+)|(.)|\Z)', re.DOTALL)


class _NotPlainError(ValueError):
    """JSON that says something a scenario may not."""


def _unique(pairs: list[tuple[str, Plain]]) -> dict[str, Plain]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise _NotPlainError
    return found


def _constant(_name: str) -> Plain:
    raise _NotPlainError


_STRICT = json.JSONDecoder(object_pairs_hook=_unique, parse_constant=_constant)
_AGAIN = json.JSONDecoder()
"""For texts that were read by `_STRICT` before."""


def looks_like_json(text: str) -> bool:
    """Whether a file opens with a brace, so that it is JSON or YAML in braces."""
    return text.startswith("{", _BLANK.match(text).end())  # type: ignore[union-attr]


def refuse_if_too_large(text: str, file: str) -> None:
    """InputErrors if what a text in braces says would not fit in memory, before it is read.

    Commas and brackets are counted wherever they stand, so that there are never more values than counted.
    """
    containers = text.count("{") + text.count("[")
    values = text.count(",") + containers
    refuse_too_large(
        file, len(text) * BYTES_PER_CHARACTER + values * BYTES_PER_VALUE + containers * BYTES_PER_CONTAINER
    )


def read_json(text: str, file: str) -> Mapping | None:
    """The top-level mapping of a JSON text; None if it is none, or if anything in it is to be complained of."""
    if UNPRINTABLE.search(text) or _SUSPICIOUS.search(text) or MERGE_KEY in text:
        return None
    source = _JsonText(text, file)
    begin = _BLANK.match(text).end()  # type: ignore[union-attr]
    try:
        children, end = source.children(begin, _STRICT)
        if _BLANK.match(text, end).end() < len(text):  # type: ignore[union-attr]
            return None
        values = _unique([(key, value) for key, _, (_, _, value) in children])
    except (ValueError, RecursionError, IndexError):
        return None
    if not _is_fit(values):
        return None
    place = next(places(text, file, [(begin, end)]))
    return Mapping(source.entries(children, values), place)


def faults(text: str, file: str) -> list[Mistake]:
    """What is wrong with JSON that `read_json` declined, from the top, read piece by piece."""
    found: list[tuple[tuple[int, int], str, str | None, str]] = []
    for span, what, remedy, code in _faults(text):
        found.append((span, what, remedy, code))
        if len(found) >= MOST_FAULTS:
            break
    found.sort(key=lambda fault: fault[0])
    where = places(text, file, [fault[0] for fault in found])
    told = zip(found, where, strict=True)
    return [Mistake(what, place, help=remedy, code=code) for (_, what, remedy, code), place in told]


def _is_fit(root: dict[str, Plain]) -> bool:
    """Whether nothing is nested too deep and every number is finite; level by level, without recursion."""
    level: list[Any] = [root]
    for _ in range(MAX_DEPTH):
        below: list[Any] = []
        for holder in level:
            for value in holder.values() if type(holder) is dict else holder:
                kind = type(value)
                if kind is dict or kind is list:
                    below.append(value)
                elif (kind is float or kind is int) and not -MAX_NUMBER <= value <= MAX_NUMBER:
                    return False
        if not below:
            return True
        level = below
    return False


Child = tuple[str, tuple[int, int], tuple[int, int, Plain]]
"""Key (empty in a list) with its span, and the value with its own."""


class _JsonText:
    """A JSON text, of which one level at a time is given places."""

    def __init__(self, text: str, file: str) -> None:
        self.text = text
        self.file = file

    def children(self, begin: int, decoder: json.JSONDecoder) -> tuple[list[Child], int]:
        """What the list or mapping that opens at `begin` holds, and the offset behind it."""
        text, found = self.text, list[Child]()
        closing, keyed = ("}", True) if text[begin] == "{" else ("]", False)
        at = self._skip(begin + 1)
        if text[at] == closing:
            return found, at + 1
        while True:
            key, span = "", (at, at)
            if keyed:
                if text[at] != '"':
                    raise _NotPlainError
                key, end = decoder.raw_decode(text, at)
                span = (at, end)
                colon = self._skip(end)
                if text[colon] != ":":
                    raise _NotPlainError
                at = self._skip(colon + 1)
            value, end = decoder.raw_decode(text, at)
            found.append((key, span, (at, end, value)))
            at = self._skip(end)
            if text[at] == closing:
                return found, at + 1
            if text[at] != ",":
                raise _NotPlainError
            at = self._skip(at + 1)

    def _skip(self, at: int) -> int:
        return _BLANK.match(self.text, at).end()  # type: ignore[union-attr]

    def entries(self, children: list[Child], values: dict[str, Plain]) -> dict[str, SourceEntry]:
        """Keys and values with their places; `values` are those that are kept."""
        spans = [span for _, key, (start, end, _) in children for span in (key, (start, end))]
        where = places(self.text, self.file, spans)
        return {
            key: SourceEntry(next(where), self._node(values[key], start, next(where)))
            for key, _, (start, _, _) in children
        }

    def items(self, children: list[Child], values: list[Plain]) -> tuple[Node, ...]:
        where = places(self.text, self.file, [(start, end) for _, _, (start, end, _) in children])
        kept = zip(children, values, where, strict=True)
        return tuple(self._node(value, start, place) for (_, _, (start, _, _)), value, place in kept)

    def _node(self, value: Plain, start: int, place: Any) -> Node:
        if isinstance(value, dict):
            return Mapping(LazyEntries(value, lambda: self.entries(self.children(start, _AGAIN)[0], value)), place)
        if isinstance(value, list):
            return Sequence(LazyItems(value, lambda: self.items(self.children(start, _AGAIN)[0], value)), place)
        return Scalar(value, place)


def _faults(text: str) -> Iterator[tuple[tuple[int, int], str, str | None, str]]:
    """Span, words, remedy and code of what is wrong."""
    for hidden in UNPRINTABLE.finditer(text):
        yield hidden.span(), f"control character U+{ord(hidden[0]):04X} in the file", "remove it", "control_character"
    keys: list[dict[str, int] | None] = []
    expects_key = False
    for found in _TOKEN.finditer(text):
        opening, closing, mark, quoted, word, stray = found.groups()
        span = found.span(found.lastindex or 0)
        if opening:
            if len(keys) >= MAX_DEPTH:
                yield span, f"nested deeper than {MAX_DEPTH} levels", None, "too_deep"
                return
            keys.append({} if opening == "{" else None)
            expects_key = opening == "{"
        elif closing and keys:
            keys.pop()
            expects_key = False
        elif mark:
            expects_key = mark == "," and bool(keys) and keys[-1] is not None
        elif quoted:
            yield from _hidden(quoted, span)
            if expects_key and (known := keys[-1]) is not None:
                first = known.setdefault(quoted, span[0])
                if first != span[0]:
                    line = text.count("\n", 0, first) + 1
                    yield (
                        span,
                        f"duplicate key `{quoted[1:61].rstrip(chr(34))}`",
                        f"first given in line {line}; remove one of them",
                        "duplicate_key",
                    )
        elif word and not expects_key:
            yield from _no_number(word, span)
        elif stray:
            break
    try:
        json.loads(text)
    except json.JSONDecodeError as error:
        yield (error.pos, error.pos + 1), f"not valid JSON: {error.msg[:1].lower()}{error.msg[1:]}", None, "syntax"
    except (ValueError, RecursionError):
        return  # said above, at its place


def _hidden(quoted: str, span: tuple[int, int]) -> Iterator[tuple[tuple[int, int], str, str | None, str]]:
    if "\\" not in quoted:
        return
    try:
        value = json.loads(quoted)
    except ValueError:
        return
    if hidden := UNPRINTABLE.search(value):
        yield span, f"control character U+{ord(hidden[0]):04X} in text", "remove it", "control_character"


def _no_number(word: str, span: tuple[int, int]) -> Iterator[tuple[tuple[int, int], str, str | None, str]]:
    if word in ("NaN", "Infinity", "-Infinity"):
        yield span, f"`{word}` is not a number that can be planned with", "give a finite number", "not_finite"
    elif len(word) > 400:
        yield span, "a number of more than 400 digits", None, "not_finite"
    elif word[0] in "-0123456789":
        try:
            too_large_a_number = not abs(float(word)) <= MAX_NUMBER
        except ValueError:
            return
        if too_large_a_number:
            yield span, "the number is too large", "give a finite number", "not_finite"
