"""Differences as people read them: A, B, what B adds, and in percent."""

import json
from collections.abc import Callable, Iterator
from typing import Any

from planner.domain.answers import OTHER, Amount, Comparison, LineChange
from planner.report.document import (
    NOTHING,
    SIGNED,
    Column,
    columns_of,
    headline_money,
    kind_words,
    money,
    percent,
    place_of,
    unit_price,
)

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


MOST_LINES = 5
"""Changed lines that are told."""
_CENT = 0.005
SMALLEST_SHARE = 0.0001
"""Below which a change is told in dollars alone."""


def in_words(comparison: Comparison) -> tuple[str, ...]:
    """What B costs and buys that A does not, the largest first."""
    return (*_cost(comparison), *_lines(comparison), *_units(comparison), *_unserved(comparison))


def _cost(comparison: Comparison) -> Iterator[str]:
    totals = comparison.totals
    npv = totals.npv_usd
    if abs(npv.difference) < _CENT:
        yield "It costs the same."
    else:
        more = "more" if npv.difference > 0 else "less"
        change = npv.change_fraction
        share = "" if change is None or abs(change) < SMALLEST_SHARE else f" ({difference_percent(npv)})"
        yield f"It costs {headline_money(abs(npv.difference))} {more} in present value{share}."
    least, most = totals.npv_difference_at_least_usd, totals.npv_difference_at_most_usd
    may_be_less, may_be_more = least is None or least < -_CENT, most is None or most > _CENT
    if may_be_less and may_be_more and abs(npv.difference) >= _CENT:
        yield "Which of the two is cheaper is not proven yet: the difference lies within what the searches left open."
    first = totals.by_plan_year[0] if totals.by_plan_year else None
    if first is not None and abs(first.difference) >= 1:
        yield f"Cash of the first year: {difference_money(first.difference)}."
    owed = totals.outstanding_liability_usd
    if abs(owed.difference) >= 1:
        yield f"Owed beyond the horizon: {difference_money(owed.difference)}."


def _lines(comparison: Comparison) -> Iterator[str]:
    told = [change for change in comparison.changes if abs(change.cash_usd.difference) >= 1 or change.change in "+-"]
    alike: dict[str, list[LineChange]] = {}
    for change in told:
        alike.setdefault(_line(change), []).append(change)
    for said, changes in list(alike.items())[:MOST_LINES]:
        yield said if len(changes) == 1 else f"{said.removesuffix('.')} each, {len(changes)} times."
    left = [change for changes in list(alike.values())[MOST_LINES:] for change in changes]
    if left:
        rest = sum(change.cash_usd.difference for change in left)
        yield f"And {len(left)} smaller changes, {difference_money(rest)} together."


def _line(change: LineChange) -> str:
    if change.action == OTHER:
        return f"Rebates, charges, credits and what is held: {difference_money(change.cash_usd.difference)}."
    what = " ".join(part for part in (place_of(change.provider, change.region), change.node_type) if part)
    kind = kind_words(change.action) + (f", {change.term_periods} periods" if change.term_periods else "")
    signed = change.action in SIGNED
    verb = {"+": "Sign" if signed else "Use", "-": "No longer sign" if signed else "No longer use"}
    head = verb.get(change.change, "Change")
    size = _nodes(change) if signed else ""
    return f"{head} {what} ({kind}){size}: {difference_money(change.cash_usd.difference)}."


def _nodes(change: LineChange) -> str:
    a, b = change.a.nodes if change.a else 0.0, change.b.nodes if change.b else 0.0
    if a == b or change.a is None or change.b is None:
        return f", {max(a, b):,.0f} nodes" if max(a, b) else ""
    return f", {a:,.0f} → {b:,.0f} nodes"


def _units(comparison: Comparison) -> Iterator[str]:
    for cost in comparison.totals.unit_costs:
        of = cost.usd_per_unit
        if of.a and of.b and abs(of.difference) >= 0.001 * abs(of.a):
            change = difference_percent(of)
            yield f"{cost.workload}: {unit_price(of.a)} → {unit_price(of.b)} per {cost.unit} ({change})."


def _unserved(comparison: Comparison) -> Iterator[str]:
    for change in comparison.totals.unserved:
        if change.work.difference:
            more = "more" if change.work.difference > 0 else "less"
            yield f"It leaves {more} of {change.workload} unserved."
