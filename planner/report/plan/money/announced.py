"""Announced generations in a plan: how much of the money rests on hardware that nobody sells yet."""

from collections.abc import Iterator
from decimal import Decimal

from planner.domain.finance import factor_at
from planner.domain.records import Plan, PlanLine
from planner.domain.scenario import Successor
from planner.market import IN_PLACE_OF
from planner.report.document import headline_money, listed, percent
from planner.report.plan.reading import Reading
from planner.units import HOURS_PER_MONTH


def generation_of(reading: Reading, line: PlanLine) -> Successor | None:
    """The announced generation that a line is of, or None: rented nodes say it, servers by their name."""
    record = reading.options.get(line.option)
    for one in (reading.asked.successors or ()) if reading.asked is not None else ():
        bought = line.action == "buy" and line.node_type.startswith(f"{one.name}{IN_PLACE_OF}")
        if bought or (record is not None and record.generation == one.name):
            return one
    return None


WORTH_SAYING = 0.001
"""Share of the money from which it is told."""


def announced_lines(reading: Reading) -> list[PlanLine]:
    """What is of hardware that nobody sells yet; nothing where it is hardly any of the money."""
    found = [line for line in reading.plan.lines if generation_of(reading, line) is not None]
    total = sum(line.total_usd for line in reading.plan.lines)
    return found if sum(line.total_usd for line in found) >= WORTH_SAYING * total else []


def announced_in_short(reading: Reading) -> str:
    """How much of the money rests on them, from when, and how to do without."""
    found = [(one, line) for line in announced_lines(reading) if (one := generation_of(reading, line)) is not None]
    total = sum(line.total_usd for line in reading.plan.lines)
    if not found or total <= 0:
        return ""
    usd = sum(line.total_usd for _, line in found)
    names = list(dict.fromkeys(one.name for one, _ in sorted(found, key=lambda pair: pair[0].month)))
    paths = sorted({one.path for one, _ in found})
    first = min((line.signed_index, line.signed) for _, line in found)[1]
    share, way = f"{percent(usd / total)} of the money ({headline_money(usd)})", listed([f"`{path}`" for path in paths])
    return (
        f"{share}, from {first} on, rests on hardware that is announced and that nobody sells yet ({listed(names)}), at prices"
        f" estimated by the path {way}: decide on it when it is there. `--set 'successors=[]'` plans without it."
    )


def announced(reading: Reading) -> Iterator[str]:
    """When each is assumed to be there, at which part of today's prices, and who announced it."""
    used = dict.fromkeys(one for line in reading.plan.lines if (one := generation_of(reading, line)) is not None)
    for one in used:
        part = _part(reading.plan, one)
        at = "" if part is None else f", at {percent(float(part))} of today's prices of the same work"
        said = f" ({', '.join(word for word in (one.source, one.as_of) if word)})" if one.source != "scenario" else ""
        yield f"{one.name} assumed from {one.month} on{at}, by the path `{one.path}`{said}"


def _part(plan: Plan, one: Successor) -> Decimal | None:
    """Price of the same work when it comes, relative to today's."""
    points = plan.inputs.price_paths.get(one.path, ())
    before = [period.hours for period in plan.horizon.periods if period.start < one.month]
    return factor_at(points, sum(before) / HOURS_PER_MONTH) if points else None
