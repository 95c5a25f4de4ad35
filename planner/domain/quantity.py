"""Numbers as people write them in a scenario: `2.5B`, `$50M`, `12k`, `35%`.

A fraction is written `35%` or `0.35`; a bare `35` is refused, because it would be guessed wrong half of the time.
"""

import math
import re
from typing import Annotated

from pydantic import BeforeValidator, Field, PlainSerializer, WithJsonSchema
from pydantic_core import PydanticCustomError

_SUFFIX = {"": 1.0, "k": 1e3, "K": 1e3, "M": 1e6, "B": 1e9, "b": 1e9, "G": 1e9, "T": 1e12, "t": 1e12}
_GROUPED = r"(?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]+(?:_[0-9]+)*)(?:\.[0-9]*)?"
"""Digits, with commas only as thousands groups; nothing can be read in two ways, so that matching is linear."""
_UNSIGNED = rf"(?:{_GROUPED}|\.[0-9]+)(?:[eE][+-]?[0-9]+)?"
_NUMBER = re.compile(rf"\$?\s*([+-]?{_UNSIGNED})\s*([kKMmBbGTt]?)")
_PERCENT = re.compile(r"([+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+))\s*%")


def parse_magnitude(value: object) -> object:
    """A number, or a short magnitude as a string.

    >>> parse_magnitude("2.5B"), parse_magnitude("$50M"), parse_magnitude(12), parse_magnitude("1,500k")
    (2500000000.0, 50000000.0, 12.0, 1500000.0)
    """
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise PydanticCustomError("number", "expected a number like 2500000 or `2.5M`")
    if isinstance(value, str):
        value = _number_in(value)
    try:
        number = float(value)
    except OverflowError:
        number = math.inf
    if not math.isfinite(number):
        raise PydanticCustomError("finite", "expected a finite number")
    return number


def _number_in(text: str) -> float:
    """The number that a text like `$2.5M` stands for."""
    match = _NUMBER.fullmatch(text.strip())
    given = {"given": text[:40]}
    if match is None:
        decimal = re.fullmatch(r"([0-9]{1,9}),([0-9]{1,9}[kKMBGT]?)", text.strip())
        if decimal is not None:
            meant = {**given, "meant": f"{decimal[1]}.{decimal[2]}"}
            raise PydanticCustomError(
                "number", "`{given}` is ambiguous: commas only part thousands; write `{meant}`", meant
            )
        raise PydanticCustomError("number", "expected a number like 2500000 or `2.5M`, not `{given}`", given)
    if match[2] == "m":
        raise PydanticCustomError("number", "`{given}` is ambiguous: write `M` for million", given)
    return float(match[1].replace("_", "").replace(",", "")) * _SUFFIX[match[2]]


def parse_whole(value: object) -> object:
    """A whole number, also as a short magnitude.

    >>> parse_whole("4k"), parse_whole(7.0)
    (4000, 7)
    """
    number = parse_magnitude(value)
    if not isinstance(number, float) or number != int(number):
        raise PydanticCustomError("whole", "expected a whole number")
    return int(number)


def parse_fraction(value: object) -> object:
    """`35%` or 0.35; a bare number above 1 is refused.

    >>> parse_fraction("35%"), parse_fraction(0.35), parse_fraction("120%")
    (0.35, 0.35, 1.2)
    """
    if isinstance(value, str) and (match := _PERCENT.fullmatch(value.strip())):
        return float(f"{float(match[1]) / 100:.12g}")
    number = parse_magnitude(value)
    if isinstance(number, float) and abs(number) > 1:
        raise PydanticCustomError(
            "fraction", "expected a fraction like 0.35 or `35%`; a bare {given} is ambiguous", {"given": f"{number:g}"}
        )
    return number


def written_change(value: float) -> float | str:
    """A relative change so that it can be read again: above 1 as a percentage.

    >>> written_change(0.35), written_change(3.0), parse_fraction(written_change(1.25))
    (0.35, '300%', 1.25)
    """
    return f"{value * 100:.12g}%" if value > 1 else value


def _as_written(word: str, number: dict[str, object], text: str) -> WithJsonSchema:
    """JSON Schema of a number that may also be a string of that pattern; what it refuses, the parser refuses."""
    pattern = rf"^\s*(?:{text})\s*$"
    return WithJsonSchema({"$comment": word, "anyOf": [number, {"type": "string", "pattern": pattern}]})


_SHORT = rf"\$?\s*\+?{_UNSIGNED}\s*[kKMBbGTt]?"
_SHARE_TEXT = rf"\+?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)\s*%|\$?\s*\+?{_UNSIGNED}"
_CHANGE_TEXT = rf"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)\s*%|\$?\s*[+-]?{_UNSIGNED}"

Magnitude = Annotated[
    float,
    BeforeValidator(parse_magnitude),
    Field(ge=0, allow_inf_nan=False),
    _as_written("magnitude", {"type": "number", "minimum": 0}, _SHORT),
]
PositiveMagnitude = Annotated[
    float,
    BeforeValidator(parse_magnitude),
    Field(gt=0, allow_inf_nan=False),
    _as_written("magnitude above 0", {"type": "number", "exclusiveMinimum": 0}, _SHORT),
]
Whole = Annotated[
    int,
    BeforeValidator(parse_whole),
    Field(ge=0),
    _as_written("whole number", {"type": "integer", "minimum": 0}, _SHORT),
]
PositiveWhole = Annotated[
    int,
    BeforeValidator(parse_whole),
    Field(gt=0),
    _as_written("whole number above 0", {"type": "integer", "exclusiveMinimum": 0}, _SHORT),
]
Share = Annotated[
    float,
    BeforeValidator(parse_fraction),
    Field(ge=0, le=1, allow_inf_nan=False),
    _as_written("share", {"type": "number", "minimum": 0, "maximum": 1}, _SHARE_TEXT),
]
PositiveShare = Annotated[
    float,
    BeforeValidator(parse_fraction),
    Field(gt=0, le=1, allow_inf_nan=False),
    _as_written("share above 0", {"type": "number", "exclusiveMinimum": 0, "maximum": 1}, _SHARE_TEXT),
]
ProperShare = Annotated[
    float,
    BeforeValidator(parse_fraction),
    Field(gt=0, lt=1, allow_inf_nan=False),
    _as_written("share between 0 and 1", {"type": "number", "exclusiveMinimum": 0, "exclusiveMaximum": 1}, _SHARE_TEXT),
]
Change = Annotated[
    float,
    BeforeValidator(parse_fraction),
    Field(gt=-1, le=100, allow_inf_nan=False),
    PlainSerializer(written_change, return_type=float | str, when_used="json"),
    _as_written("change", {"type": "number", "exclusiveMinimum": -1, "maximum": 1}, _CHANGE_TEXT),
]
"""A relative change over a time: growth 80% is 0.8, a decline of 15% is -0.15."""
Name = Annotated[str, Field(min_length=1, max_length=80, pattern=r"^[^\x00-\x1f\x7f]+$")]
Month = Annotated[str, Field(pattern=r"^\d{4}-(0[1-9]|1[0-2])$")]
