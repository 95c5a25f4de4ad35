"""What the words of YAML mean: plain scalars as values, and the parser's complaints in plain English."""

import math
import re
from dataclasses import dataclass, field

from planner.errors import Mistake, SourcePlace
from planner.inputs.source.document import Node, SourceEntry
from planner.inputs.source.text import MAX_YAML_BYTES

_NULL = re.compile(r"^(null|Null|NULL|~|)$")
_BOOL = re.compile(r"^(true|True|TRUE|false|False|FALSE)$")
_INT = re.compile(r"^[-+]?[0-9]+$")
_OCTAL = re.compile(r"^0o[0-7]+$")
_HEX = re.compile(r"^0x[0-9a-fA-F]+$")
_FLOAT = re.compile(r"^[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?$")
_NOT_FINITE = re.compile(r"^([-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN))$")
_FINITE = "give a finite number"


def scalar_of(text: str) -> tuple[str | int | float | bool | None, str | None, str | None]:
    """Value of a plain scalar by the core schema of YAML 1.2 (dates stay text), what is wrong with it, and what to do.

    >>> scalar_of("0x1f"), scalar_of("2027-01"), scalar_of("~")
    ((31, None, None), ('2027-01', None, None), (None, None, None))
    """
    first = text[:1]
    if not (first in "+-.0123456789" or first in "~nNtTfF" or not first):
        return text, None, None
    if _NULL.match(text):
        return None, None, None
    if _BOOL.match(text):
        return text.lower() == "true", None, None
    if _NOT_FINITE.match(text):
        return 0, f"`{text}` is not a number that can be planned with", _FINITE
    if len(text) > 400 and (_INT.match(text) or _FLOAT.match(text) or _HEX.match(text) or _OCTAL.match(text)):
        return 0, "a number of more than 400 digits", None
    number: int | float
    if _INT.match(text):
        number = int(text)
    elif _OCTAL.match(text):
        number = int(text[2:], 8)
    elif _HEX.match(text):
        number = int(text[2:], 16)
    elif _FLOAT.match(text):
        number = float(text)
    else:
        return text, None, None
    if abs(number) > 1e300 or (isinstance(number, float) and not math.isfinite(number)):
        return 0, "the number is too large", _FINITE
    return number, None, None


def plain_english(problem: str, context: str, text: str, index: int) -> tuple[str, str | None]:
    """What the YAML parser means, and what to do about it."""
    here = text[index : index + 1]
    if here == "\t" or "'\\t'" in problem:
        return "a tab is used for indentation", "indent by spaces"
    if "mapping values are not allowed" in problem:
        return "a colon in the middle of a value", "put the value in quotes, or start a new line"
    if "could not find expected ':'" in problem:
        return "expected `key: value`", "is a colon missing, or a space after it?"
    if "expected ',' or" in problem:
        bracket = "]" if "']'" in problem else "}"
        return f"the list or mapping is not closed: expected `,` or `{bracket}`", None
    if "unexpected end of stream" in problem:
        return "a quoted text is not closed", "add the closing quote"
    if "unknown escape" in problem:
        return f"{problem.removeprefix('found ')} in double quotes", "write `\\\\` for a backslash"
    if "cannot start any token" in problem:
        return f"{'a backtick' if here == '`' else f'`{here}`'} cannot begin a value", "put the text in quotes"
    if "'<document start>'" in problem:
        return "text after the end of the document", "remove it"
    if "expected <block end>" in problem and "anchor" not in problem and "tag" not in problem:
        return "the indentation does not fit the lines above", "align it with its neighbours"
    message = f"{problem} {context}".strip().replace("\n", " ")
    return f"not valid YAML: {message[:160]}", None


class StopReadingError(Exception):
    """The rest of the file cannot be read, or must not be."""


@dataclass(slots=True)
class Frame:
    """A list or mapping whose end has not been seen yet."""

    place: SourcePlace
    anchor: str | None
    is_mapping: bool
    entries: dict[str, SourceEntry] = field(default_factory=dict)
    items: list[Node] = field(default_factory=list)
    merged: list[Node] = field(default_factory=list)
    key: str | None = None
    key_place: SourcePlace | None = None
    expects_value: bool = False
    discard: bool = False
    size: int = 1
    depth: int = 1


def too_much_yaml(file: str) -> Mistake:
    return Mistake(
        f"`{file}` is larger than {MAX_YAML_BYTES // 1_000_000} MB",
        help="YAML takes long to read: write it as JSON, or move quotes to a CSV file",
        code="too_large",
    )


def place_index(starts: list[int], place: SourcePlace) -> int:
    """Offset of a place in the text whose lines start at `starts`."""
    return starts[place.line - 1] + place.column - 1
