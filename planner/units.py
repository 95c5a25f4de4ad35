"""Units of the whole project: number types with their meaning, and the few conversions between them.

Rates are fractions (0.08), never percents. One month is 730 hours (8,760 / 12) everywhere.
"""

from typing import Annotated

from pydantic import Field

HOURS_PER_MONTH = 730.0
HOURS_PER_YEAR = 8760.0
HOURS_PER_WEEK = 168
HOURS_PER_DAY = 24.0
MONTHS_PER_YEAR = 12
SECONDS_PER_HOUR = 3600.0

GIGA = 1e9
TOKENS_PER_MTOK = 1e6

MONEY_PLACES = 6
"""Unit prices are rounded to a millionth of a dollar, in the program and in the audit alike."""

Positive = Annotated[float, Field(gt=0, le=1e15, allow_inf_nan=False)]
NonNegative = Annotated[float, Field(ge=0, le=1e15, allow_inf_nan=False)]
Fraction = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]
PositiveCount = Annotated[int, Field(gt=0, le=1_000_000_000)]


def plural_of(noun: str) -> str:
    """More than one of a noun: the rules of English spelling; no noun of ours is irregular.

    >>> [plural_of(noun) for noun in ("node", "entry", "day", "cap on gas", "batch")]
    ['nodes', 'entries', 'days', 'cap on gases', 'batches']
    """
    if noun.endswith("y") and noun[-2:-1] not in "aeiou":
        return f"{noun[:-1]}ies"
    return f"{noun}es" if noun.endswith(("s", "x", "z", "ch", "sh")) else f"{noun}s"


COUNTED = {
    plural_of(noun): noun
    for noun in ("accelerator", "month", "node", "period", "pool", "provider", "server", "signing", "token")
}
"""Units that are counted one by one → one of them. What is not here (ms, kW, USD) has no other form."""


def plural(number: int, noun: str) -> str:
    """A counted noun.

    >>> plural(1, "month"), plural(1200, "check"), plural(2, "entry")
    ('1 month', '1,200 checks', '2 entries')
    """
    return f"{number:,} {noun if number == 1 else plural_of(noun)}"


def month_after(month: str, months: int) -> str:
    """Calendar arithmetic on `YYYY-MM`.

    >>> month_after("2026-11", 3)
    '2027-02'
    """
    year, number = int(month[:4]), int(month[5:7])
    total = year * 12 + number - 1 + months
    return f"{total // 12:04d}-{total % 12 + 1:02d}"
