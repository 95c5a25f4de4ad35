"""Differences as people read them: A, B, what B adds, and in percent."""

import json
from collections.abc import Callable
from typing import Any

from planner.domain.answers import Amount
from planner.report.document import NOTHING, Column, columns_of, money, percent

LONGEST = 60
"""Characters of a value of the scenario that are shown."""


def change_columns() -> tuple[Column, ...]:
    return columns_of("#A | #B | #Difference | #Change")


def amount_cells(of: Amount, figure: Callable[[float], str]) -> tuple[str, str, str, str]:
    """The four cells of a number in both plans; what is absent and what is zero are a dash."""
    a, b = (figure(number or 0.0) for number in (of.a, of.b))
    return (a, b, _signed(of.difference, figure), difference_percent(of))


def difference_money(usd: float) -> str:
    """With its sign.

    >>> difference_money(1234.5), difference_money(-2000), difference_money(0)
    ('+$1,234', '-$2,000', '–')
    """
    return _signed(usd, money)


def _signed(number: float, figure: Callable[[float], str]) -> str:
    text = figure(number)
    return f"+{text}" if number > 0 and text != NOTHING else text


def difference_percent(of: Amount) -> str:
    """Of A, with its sign; words where there is nothing to compare with.

    >>> difference_percent(Amount(a=2.0, b=3.0, difference=1.0, change_fraction=0.5))
    '+50.0%'
    >>> difference_percent(Amount(a=None, b=3.0, difference=3.0, change_fraction=None))
    'new'
    """
    if of.difference == 0:
        return NOTHING
    if of.change_fraction is None:
        return "new"
    if of.change_fraction == -1 and not of.b:
        return "gone"
    text = percent(of.change_fraction)
    return f"+{text}" if of.change_fraction > 0 else text


def value_text(value: Any, *, longest: int | None = LONGEST) -> str:
    """A value of a scenario as one would write it; keys of nothing are left out, long values are cut.

    >>> value_text(2.0), value_text(["aws", "gcp"]), value_text(None), value_text({"a": 1, "b": None})
    ('2', '[aws, gcp]', '–', '{a: 1}')
    """
    text = NOTHING if value is None else _written(value)
    return text if longest is None or len(text) <= longest else f"{text[: longest - 1]}…"


def _written(value: Any) -> str:
    if isinstance(value, dict):
        kept = ((key, item) for key, item in value.items() if item is not None and item not in ([], {}))
        return "{" + ", ".join(f"{key}: {_written(item)}" for key, item in kept) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(_written, value)) + "]"
    if isinstance(value, float) and value.is_integer():
        return f"{value:.0f}" if abs(value) < 1e15 else f"{value:g}"
    return value if isinstance(value, str) else json.dumps(value)
