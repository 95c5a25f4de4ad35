"""How prices were assumed to move, and when what is signed is there: part of what a plan rests on."""

from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal

from planner.domain.finance import factor_at
from planner.domain.records import OptionRecord, Plan, PlanLine
from planner.domain.scenario import Release, Successor
from planner.market import IN_PLACE_OF
from planner.report.document import headline_money, listed, percent, period_word, plural, signed_percent, words
from planner.report.plan.reading import Reading, contract_kind
from planner.units import HOURS_PER_MONTH

_MOST = 4
"""Up to so many contracts are named."""


def outlook(reading: Reading) -> list[str]:
    """Price paths, yearly changes, releases, announced generations and lead times behind the contracts of the plan."""
    moved = (*_paths(reading), *_changes(reading), *_releases(reading))
    return [*moved, *announced(reading), *_lead_times(reading)]


def _in_use(reading: Reading) -> list[OptionRecord]:
    """Options that the plan pays for."""
    named = {line.option for line in reading.plan.lines}
    return [record for record in reading.plan.inputs.options if record.option in named]


def _named(records: list[OptionRecord]) -> str:
    """Contracts in short: kind, accelerator or model, providers."""
    providers: dict[str, list[str]] = defaultdict(list)
    for record in records:
        known = providers[f"{words(contract_kind(record))} of {record.accelerator or record.node_type}"]
        known += [] if record.provider in known else [record.provider]
    names = [f"{what} at {listed(found)}" for what, found in providers.items()]
    return listed([*names[:_MOST], f"{len(names) - _MOST} more"] if len(names) > _MOST else names)


def _months(plan: Plan) -> float:
    return sum(period.hours for period in plan.horizon.periods) / HOURS_PER_MONTH


def _paths(reading: Reading) -> Iterator[str]:
    """What each path makes of a price until the end of the horizon, and between."""
    used: dict[str, list[OptionRecord]] = defaultdict(list)
    for record in _in_use(reading):
        if record.price_path:
            used[record.price_path].append(record)
    end = _months(reading.plan)
    for name, records in used.items():
        points = reading.plan.inputs.price_paths.get(name, ())
        told = ""
        if points:
            inside = [m for m, _ in points if 0 < m < end]
            factors = {m: factor_at(points, m) for m in (0.0, *inside, end)}
            low = min(factors, key=lambda m: (factors[m], m))
            told = f" × {_factor(factors[0.0])} at the start, × {_factor(factors[end])} after {end:g} months"
            if factors[low] < min(factors[0.0], factors[end]):
                told += f", lowest × {_factor(factors[low])} after {low:g}"
            told += ","
        yield f"price path `{name}`:{told} for {_named(records)}"


def _factor(factor: Decimal) -> str:
    return f"{float(factor):.3g}"


def _changes(reading: Reading) -> Iterator[str]:
    moved: dict[float, list[OptionRecord]] = defaultdict(list)
    for record in _in_use(reading):
        if record.change_per_year:
            moved[record.change_per_year].append(record)
    for change, records in sorted(moved.items()):
        yield f"prices assumed to change by {signed_percent(change)} a year: {_named(records)}"


def _releases(reading: Reading) -> Iterator[str]:
    """Coming generations, and what they do to the prices of what the plan uses."""
    used = _in_use(reading)
    held = {w.name for w in reading.asked.held} if reading.asked is not None else set()
    for release in reading.asked.releases if reading.asked is not None else ():
        drops = []
        for drop in release.price_drops:
            hit = [
                r
                for r in used
                if r.accelerator == drop.accelerator
                and drop.contract in (None, contract_kind(r))
                and r.option.removeprefix("held:") not in held
            ]
            drops += [f"{signed_percent(drop.by)} for {_named(hit)}"] if hit else []
        bought = [r for r in used if r.accelerator == release.accelerator]
        if drops or bought:
            what = f"; from then on {listed(drops)}" if drops else ""
            yield f"release of {release.accelerator} assumed in {_when(reading, release)}{what}"


def _when(reading: Reading, release: Release) -> str:
    return release.month if release.month is not None else reading.month(release.period or 0)


def _lead_times(reading: Reading) -> Iterator[str]:
    """Periods between signing and service."""
    waits: dict[int, list[OptionRecord]] = defaultdict(list)
    held = {line.option for line in reading.plan.lines if line.held}  # its periods are those until it is in force
    for record in _in_use(reading):
        if record.lead_periods and record.option not in held:
            waits[record.lead_periods].append(record)
    word = period_word(reading.plan.horizon)
    for periods, records in sorted(waits.items()):
        yield f"delivered {plural(periods, word)} after signing: {_named(records)}"


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
