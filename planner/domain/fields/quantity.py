"""Numbers as people write them in a scenario: `2.5B`, `$50M`, `12k`, `35%`.

A fraction is written `35%` or `0.35`; a bare `35` is refused, because it would be guessed wrong half of the time.
"""

import math
import re
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, GetCoreSchemaHandler, GetJsonSchemaHandler, PlainSerializer, WithJsonSchema
from pydantic_core import PydanticCustomError, core_schema

from planner.units import HOURS_PER_MONTH

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


def parse_change(value: object) -> object:
    """A relative change: like a fraction; a bare number above 1 may be percent or a multiple, and is refused.

    >>> parse_change("200%"), parse_change(-0.2)
    (2.0, -0.2)
    """
    try:
        return parse_fraction(value)
    except PydanticCustomError as error:
        if error.type != "fraction":
            raise
        raise PydanticCustomError("change", error.message_template, error.context) from None


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


@dataclass(frozen=True, slots=True)
class Within:
    """Between which numbers a field lies, and that it may be written short. Largest values stand where they are used.

    What is larger is refused at its field with the limit, instead of being computed to no use: 1e18 dollars an hour is a slip of
    the pen, and beyond some 1e15 a float no longer holds cents.
    """

    word: str
    """Name of the kind in `docs/scenario.md`."""
    most: float
    least: float = 0.0
    above: bool = False
    """Whether `least` itself is refused."""
    whole: bool = False

    def __get_pydantic_core_schema__(self, _source: Any, _handler: GetCoreSchemaHandler) -> core_schema.CoreSchema:
        lower: dict[str, Any] = {"gt" if self.above else "ge": self._exact(self.least), "le": self._exact(self.most)}
        if self.whole:
            return core_schema.no_info_before_validator_function(parse_whole, core_schema.int_schema(**lower))
        number = core_schema.float_schema(**lower, allow_inf_nan=False)
        return core_schema.no_info_before_validator_function(parse_magnitude, number)

    def __get_pydantic_json_schema__(self, _core: Any, _handler: GetJsonSchemaHandler) -> dict[str, Any]:
        least = {"exclusiveMinimum" if self.above else "minimum": self._exact(self.least)}
        kind = "integer" if self.whole else "number"
        number = {"type": kind, **least, "maximum": self._exact(self.most)}
        return {"$comment": self.word, "anyOf": [number, {"type": "string", "pattern": rf"^\s*(?:{_SHORT})\s*$"}]}

    def _exact(self, number: float) -> float:
        return int(number) if self.whole else number


MOST = 1e15
"""Largest amount of anything for which no tighter limit is known."""
MOST_USD = 1e12
"""Largest amount of money that a scenario may state: a trillion dollars."""
MOST_PRICE_USD = 1e6
"""Largest price of a node-hour, a million tokens or another unit."""
MOST_MONTHS = 1200
"""Longest term, life or lead time: a hundred years."""
MOST_PERIODS = 1200
"""The same in periods of the horizon."""
MOST_NODES = 100_000_000
MOST_PER_HOUR = 1e9
"""Largest rate of work, units an hour (million tokens, accelerator-hours or a unit of the user's own)."""
LEAST_PER_HOUR = 1e-6
"""Smallest rate that a solver can tell from none: one unit in a hundred years."""
MOST_FLOP = 1e32
SMALLEST_PRICE = 1e-6
"""Prices are rounded to a millionth of a dollar."""

Magnitude = Annotated[float, Within("magnitude", MOST)]
PositiveMagnitude = Annotated[float, Within("magnitude above 0", MOST, above=True)]
Usd = Annotated[float, Within("magnitude", MOST_USD)]
PositiveUsd = Annotated[float, Within("magnitude above 0", MOST_USD, above=True)]
UnitPrice = Annotated[float, Within("magnitude", MOST_PRICE_USD)]
"""A price of one unit (a node-hour, a kWh, a GB, a million tokens) that may be nothing."""
PositiveUnitPrice = Annotated[float, Within("magnitude above 0", MOST_PRICE_USD, above=True)]
Price = Annotated[float, Within("magnitude above 0", MOST_PRICE_USD, SMALLEST_PRICE)]
"""A price of one unit that can be told from none."""
Months = Annotated[float, Within("magnitude", MOST_MONTHS)]
PositiveMonths = Annotated[float, Within("magnitude above 0", MOST_MONTHS, above=True)]
Hours = Annotated[float, Within("magnitude", MOST_MONTHS * HOURS_PER_MONTH)]
PositiveHours = Annotated[float, Within("magnitude above 0", MOST_MONTHS * HOURS_PER_MONTH, above=True)]
PeriodHours = Annotated[float, Within("magnitude of at least 0.0001", MOST_MONTHS * HOURS_PER_MONTH, 1e-4)]
"""Of a period: money is told to a millionth of a dollar, which prices nothing of a moment."""
Rate = Annotated[float, Within("magnitude", MOST_PER_HOUR)]
"""Work units an hour."""
PositiveFlop = Annotated[float, Within("magnitude above 0", MOST_FLOP, above=True)]
Factor = Annotated[float, Within("magnitude above 0", 1e6, above=True)]
"""A multiple of something."""
PositiveWhole = Annotated[int, Within("whole number above 0", 1e9, above=True, whole=True)]
Nodes = Annotated[int, Within("whole number", MOST_NODES, whole=True)]
PositiveNodes = Annotated[int, Within("whole number above 0", MOST_NODES, above=True, whole=True)]
Periods = Annotated[int, Within("whole number", MOST_PERIODS, whole=True)]
PositivePeriods = Annotated[int, Within("whole number above 0", MOST_PERIODS, above=True, whole=True)]
PositivePerNode = Annotated[int, Within("whole number above 0", 100_000, above=True, whole=True)]
Kilowatts = Annotated[float, Within("magnitude", 1e8)]
PositiveKilowatts = Annotated[float, Within("magnitude above 0", 1e8, above=True)]
PositiveMegawatts = Annotated[float, Within("magnitude above 0", 1e5, above=True)]
Milliseconds = Annotated[float, Within("magnitude", 1e8)]
PositiveMilliseconds = Annotated[float, Within("magnitude above 0", 1e8, above=True)]
Frequency = Annotated[float, Within("magnitude", 1e5)]
"""Events a month or a year."""
PositiveFrequency = Annotated[float, Within("magnitude above 0", 1e5, above=True)]
Gigabytes = Annotated[float, Within("magnitude", 1e12)]
Days = Annotated[float, Within("magnitude", 36_500)]
PositiveDays = Annotated[float, Within("magnitude above 0", 36_500, above=True)]
PositiveYears = Annotated[float, Within("magnitude above 0", 100, above=True)]
GramsPerKwh = Annotated[float, Within("magnitude", 1e5)]
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
    BeforeValidator(parse_change),
    Field(gt=-1, le=100, allow_inf_nan=False),
    PlainSerializer(written_change, return_type=float | str, when_used="json"),
    _as_written("change", {"type": "number", "exclusiveMinimum": -1, "maximum": 1}, _CHANGE_TEXT),
]
"""A relative change over a time: growth 80% is 0.8, a decline of 15% is -0.15."""
Name = Annotated[str, Field(min_length=1, max_length=80, pattern=r"^[^\x00-\x1f\x7f]+$")]
Month = Annotated[str, Field(pattern=r"^\d{4}-(0[1-9]|1[0-2])$")]
