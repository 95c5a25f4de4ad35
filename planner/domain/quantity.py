"""Numbers as people write them in a scenario: `2.5B`, `$50M`, `12k`, `35%`.

A fraction is written `35%` or `0.35`; a bare `35` is refused, because it would be guessed wrong half of the time.
"""

import math
import re
from typing import Annotated

from pydantic import BeforeValidator, Field
from pydantic_core import PydanticCustomError

_SUFFIX = {"": 1.0, "k": 1e3, "K": 1e3, "M": 1e6, "m": 1e6, "B": 1e9, "b": 1e9, "G": 1e9, "T": 1e12, "t": 1e12}
_NUMBER = re.compile(r"^\$?\s*([+-]?(?:\d[\d_,]*\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)\s*([kKmMbBGtT]?)$")
_PERCENT = re.compile(r"^([+-]?(?:\d+\.?\d*|\.\d+))\s*%$")


def parse_magnitude(value: object) -> object:
    """A number, or a short magnitude as a string.

    >>> parse_magnitude("2.5B"), parse_magnitude("$50M"), parse_magnitude(12), parse_magnitude("12k")
    (2500000000.0, 50000000.0, 12.0, 12000.0)
    """
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise PydanticCustomError("number", "expected a number like 2500000 or `2.5M`")
    if isinstance(value, str):
        match = _NUMBER.match(value.strip())
        if match is None:
            raise PydanticCustomError(
                "number", "expected a number like 2500000 or `2.5M`, not `{given}`", {"given": value[:40]}
            )
        value = float(match[1].replace("_", "").replace(",", "")) * _SUFFIX[match[2]]
    if not math.isfinite(value):
        raise PydanticCustomError("finite", "expected a finite number")
    return float(value)


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
    if isinstance(value, str) and (match := _PERCENT.match(value.strip())):
        return float(f"{float(match[1]) / 100:.12g}")
    number = parse_magnitude(value)
    if isinstance(number, float) and abs(number) > 1:
        raise PydanticCustomError(
            "fraction", "expected a fraction like 0.35 or `35%`; a bare {given} is ambiguous", {"given": f"{number:g}"}
        )
    return number


Magnitude = Annotated[float, BeforeValidator(parse_magnitude), Field(ge=0, allow_inf_nan=False)]
PositiveMagnitude = Annotated[float, BeforeValidator(parse_magnitude), Field(gt=0, allow_inf_nan=False)]
Whole = Annotated[int, BeforeValidator(parse_whole), Field(ge=0)]
PositiveWhole = Annotated[int, BeforeValidator(parse_whole), Field(gt=0)]
Share = Annotated[float, BeforeValidator(parse_fraction), Field(ge=0, le=1, allow_inf_nan=False)]
PositiveShare = Annotated[float, BeforeValidator(parse_fraction), Field(gt=0, le=1, allow_inf_nan=False)]
Change = Annotated[float, BeforeValidator(parse_fraction), Field(gt=-1, le=100, allow_inf_nan=False)]
"""A relative change over a time: growth 80% is 0.8, a decline of 15% is -0.15."""
Name = Annotated[str, Field(min_length=1, max_length=80, pattern=r"^[^\x00-\x1f\x7f]+$")]
Month = Annotated[str, Field(pattern=r"^\d{4}-(0[1-9]|1[0-2])$")]
