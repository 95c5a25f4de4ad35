"""How far a limit must give way: the least change with which a plan is possible, everything else as it is."""

from collections.abc import Callable, Iterator
from math import ceil, floor, log10
from typing import NamedTuple

from planner.analysis.infeasible.levers import ENDLESS, FILTERS, Lever, raised
from planner.analysis.infeasible.oracle import Possible
from planner.analysis.infeasible.settings import Settings, merged
from planner.analysis.max_served import most_multiple
from planner.analysis.plan import unit_prices
from planner.sensitivity import least_shortage

DEMAND_SCALE = ("demand_scale",)
STEPS = 10
"""Halvings between an amount that does not do and one that does."""
FURTHER = (1.0, 1.01, 1.03, 1.1, 1.3, 2.0, 4.0, 10.0)
"""Multiples of a least change that are tried where whole nodes need more than fractional ones."""
ROUGHLY = 1.08
"""Multiple of what fractional nodes need at which a large scenario is first solved over whole ones: less seldom has a plan."""
MARGIN = 1e-9
"""Added to what the program says is missing, as a share of the limit."""
LAST_DIGIT, DIGIT = 3, 1e-3
"""Decimals of the roundest amount that is looked for."""
PLACES_TRIED = 4
"""Values that are added to a filter before it is dropped."""


class Sized(NamedTuple):
    """A limit with the least changes that suffice."""

    lever: Lever
    settings: Settings
    after: tuple[float, ...] | None
    """The new amounts, where there are any."""
    words: str
    """The new setting in words, where it is not an amount."""
    more: Callable[[float], Settings] | None
    """The same changes, so many times as large."""


def sized(lever: Lever, others: Settings, possible: Possible) -> Sized | None:
    """The least change of a limit with which the scenario, changed by `others`, has a plan; None if freeing it is not enough."""
    if not possible(merged(others, lever.free)):
        return None
    if lever.vector is not None:
        found = _vector(lever, others, possible)
    elif lever.at is not None:
        found = _amount(lever, others, possible)
    else:
        found = _choice(lever, others, possible)
    return found or Sized(lever, lever.free, None, "left out", None)


def attempts(found: Sized) -> Iterator[Settings]:
    """The least change, then larger ones, at last none of the limit is left."""
    yield found.settings
    if found.more is not None:
        yield from (found.more(times) for times in FURTHER[1:])
    if found.settings != found.lever.free:
        yield found.lever.free


def _choice(lever: Lever, others: Settings, possible: Possible) -> Sized | None:
    choices = [*_additions(lever, others, possible), *lever.choices]
    for words, settings in choices:
        if possible(merged(others, settings)):
            return Sized(lever, settings, None, words, None)
    return None


def _additions(lever: Lever, others: Settings, possible: Possible) -> Iterator[tuple[str, Settings]]:
    """Filters with one more value: those of the cheapest options that fit once the filter is gone."""
    field = lever.path[-1]
    if field not in FILTERS:
        return
    question = possible.question(merged(others, lever.free))
    if question is None:
        return
    owner = possible.scenario.workloads[int(lever.path[1])] if len(lever.path) > 1 else possible.scenario
    allowed = list(getattr(owner, str(field)) or ())
    values: dict[str, None] = {}
    for units in unit_prices(question).values():
        for unit in units:
            value = str(getattr(question.market.options[unit.option], FILTERS[str(field)]) or "")
            if value and value.lower() not in {a.lower() for a in allowed}:
                values.setdefault(value)
    for value in list(values)[:PLACES_TRIED]:
        yield f"also {value}", {lever.path: [*allowed, value]}


def _amount(lever: Lever, others: Settings, possible: Possible) -> Sized | None:
    at = lever.at
    assert at is not None
    if lever.path == DEMAND_SCALE and possible.slow:
        return _all_demand(lever, at, others, possible)

    def does(x: float) -> bool:
        return possible(merged(others, at(x)))

    enough = _enough(lever, does)
    if enough is None:
        return None
    low, high = lever.now, enough
    for _ in range(64 if lever.whole else STEPS):
        middle = float(round((low + high) / 2)) if lever.whole else (low + high) / 2
        if middle in (low, high) or (lever.whole and abs(high - low) <= 1):
            break
        low, high = (low, middle) if does(middle) else (middle, high)
    high = _roundest(lever, low, high, does)
    return Sized(
        lever, at(high), (high,), "", lambda times: at(_clipped(lever, lever.now + times * (high - lever.now)))
    )


def _all_demand(lever: Lever, at: Callable[[float], Settings], others: Settings, possible: Possible) -> Sized | None:
    """Of a large scenario: the multiple of all demand that fractional nodes can serve at the most, less what whole ones take."""
    question = possible.question(others)
    if question is None:
        return None
    scenario = question.scenario.model_copy(update={"most_demand_scale": question.scenario.demand_scale})
    most = most_multiple(scenario, possible.catalog, possible.watch)
    least = _rounded(lever, max(most / ROUGHLY, lever.end or 0.0))
    return Sized(lever, at(least), (least,), "", lambda times: at(_clipped(lever, 1.0 - times * (1.0 - least))))


def _enough(lever: Lever, does: Callable[[float], bool]) -> float | None:
    """An amount that does: the end if there is one, else the first of amounts that double."""
    if lever.end is not None:
        return lever.end if does(lever.end) else None
    step = max(1.0, round(lever.now * 0.1)) if lever.whole else lever.now * 0.1 or 1.0
    while lever.now + step <= ENDLESS:
        if does(lever.now + step):
            return lever.now + step
        step *= 2
    return None


def _roundest(lever: Lever, low: float, high: float, does: Callable[[float], bool]) -> float:
    """Of the amounts between one that does not do and one that does, the one of fewest digits that does: 30%, not 29.98%."""
    if lever.whole:
        return high
    first = floor(log10(max(abs(low), abs(high), DIGIT)))
    for power in range(-first, max(-first, LAST_DIGIT) + 1):
        steps = low * 10.0**power
        near = round((floor(steps) if lever.falls else ceil(steps)) / 10.0**power, max(power, 0))
        if not min(low, high) < near < max(low, high):
            continue
        if does(near):
            return near
        low = near
    return _rounded(lever, high)


def _rounded(lever: Lever, x: float) -> float:
    """A share or amount in few digits, on the safe side: never nearer to the limit that stands there."""
    if lever.whole:
        return x
    quantum = 10.0 ** (-4 if abs(lever.now) <= 1 else 2)
    steps = x / quantum
    whole = int(steps) if lever.falls else -int(-steps // 1)
    return _clipped(lever, min(whole * quantum, x) if lever.falls else max(whole * quantum, x))


def _clipped(lever: Lever, x: float) -> float:
    if lever.whole:
        x = float(round(x))
    if lever.end is None:
        return min(x, float(ENDLESS))
    return max(x, lever.end) if lever.falls else min(x, lever.end)


def _vector(lever: Lever, others: Settings, possible: Possible) -> Sized | None:
    question = possible.question(others)
    if question is None or lever.vector is None:
        return None
    missing = least_shortage(question.parameters, lever.vector, lever.scalar, possible.watch)
    base = tuple(float(limit or 0.0) for limit in lever.base)
    if missing is None:
        return None
    direction = tuple(float(x) for x in missing[: len(base)])
    if not any(x > 1e-6 * max(b, 1.0) for x, b in zip(direction, base, strict=True)):
        direction = tuple(max(b, 1.0) * 0.01 for b in base)  # whole nodes are what is missing

    def limits(times: float) -> tuple[float, ...]:
        return tuple(b + d * times + (MARGIN * (b + d) if d > 0 else 0.0) for b, d in zip(base, direction, strict=True))

    def does(times: float) -> bool:
        return possible(merged(others, raised(lever, limits(times))))

    known = (
        ROUGHLY if possible.rough(question.parameters) else None
    )  # fractional nodes: the program has said so already
    enough = known or next((times for times in FURTHER if does(times)), None)
    if enough is None:
        return None
    return Sized(lever, raised(lever, limits(enough)), limits(enough), "", lambda k: raised(lever, limits(enough * k)))
