"""Where the work is done and by whom: shares that were asked for, beside those that the plan reaches."""

from collections import defaultdict
from collections.abc import Callable, Iterator
from typing import NamedTuple

from planner.domain.records import OptionRecord
from planner.domain.workloads import Residency, TrainingRun, Workload
from planner.report.document import Cell, Section, columns_of, listed, percent, section_of, table_of
from planner.report.plan.reading import Reading
from planner.report.plan.service import Point, demand, point

_WHOLE = 1e-9


class _PlaceShare(NamedTuple):
    """A share of the work of a workload: over the horizon, and where it is most extreme."""

    whole: float
    extreme: float
    at: Point


def shares_asked_for(reading: Reading) -> Section | None:
    """Residency and provider shares, asked and achieved."""
    rows = [*_residency(reading), *_providers(reading)]
    if not rows:
        return None
    columns = columns_of("Rule | Workload | #Asked | #Reached | #In all")
    return section_of("Places and providers", table_of(columns, rows))


def _residency(reading: Reading) -> Iterator[tuple[Cell, ...]]:
    for name, workload in reading.workloads.items():
        for rule in workload.residency:
            found = _lowest(reading, name, workload, rule)
            if found is not None:
                places = listed([*(rule.regions or ()), *(rule.countries or ())])
                yield (f"in {places}", name, f"at least {percent(rule.share)}", *_cells(reading, found))


def _cells(reading: Reading, share: _PlaceShare) -> tuple[Cell, ...]:
    t, s = share.at
    where = reading.slice_words(t, s) if t >= 0 and s >= 0 else reading.month(t) if t >= 0 else ""
    return (percent(_tidy(share.extreme)), where), percent(_tidy(share.whole))


def _tidy(fraction: float) -> float:
    return 1.0 if abs(fraction - 1.0) < _WHOLE else 0.0 if abs(fraction) < _WHOLE else fraction


def _lowest(reading: Reading, name: str, workload: Workload, rule: Residency) -> _PlaceShare | None:
    """Least share in the place over the points at which the rule holds."""
    if isinstance(workload, TrainingRun) and not workload.interruptible:
        return _of_run(reading, name, rule)
    inside = _work(reading, workload, lambda record: _is_in(record, rule), unserved=True)
    needed = demand(reading, workload)
    shares = {at: min(1.0, inside.get(at, 0.0) / work) for at, work in needed.items() if work > 0}
    if not shares:
        return None
    at = min(shares, key=lambda found: (round(shares[found], 9), found))
    return _PlaceShare(_weighted(shares, needed), shares[at], at)


def _weighted(shares: dict[Point, float], needed: dict[Point, float]) -> float:
    """Share over the whole horizon."""
    return sum(share * needed[at] for at, share in shares.items()) / sum(needed[at] for at in shares)


def _of_run(reading: Reading, name: str, rule: Residency) -> _PlaceShare | None:
    """By the node-hours that a run holds."""
    held = [share for run in reading.plan.runs if run.workload == name for share in run.shares]
    hours = sum(share.nodes * share.hours for share in held)
    if not hours:
        return None
    known = ((share, reading.options.get(share.option)) for share in held)
    inside = sum(x.nodes * x.hours for x, record in known if record is not None and _is_in(record, rule))
    return _PlaceShare(inside / hours, inside / hours, (-1, -1))


def _work(
    reading: Reading, workload: Workload, counts: Callable[[OptionRecord], bool], *, unserved: bool
) -> dict[Point, float]:
    """What the options that count could do of a workload, by point (and what stays unserved): shares are stated on capacity."""
    work: dict[Point, float] = defaultdict(float)
    for record in reading.plan.serving:
        option = reading.options.get(record.option)
        if record.workload == workload.name and option is not None and counts(option):
            work[point(workload, record.period, record.slice)] += record.able
    for missed in reading.plan.unserved if unserved else ():
        if missed.workload == workload.name:
            work[point(workload, missed.period, missed.slice)] += missed.work
    return work


def _is_in(record: OptionRecord, rule: Residency) -> bool:
    """Hosted APIs have no known place; case does not matter."""
    regions, countries = ({place.casefold() for place in places or ()} for places in (rule.regions, rule.countries))
    known = record.action != "hosted_api"
    return known and (record.region.casefold() in regions or record.country.casefold() in countries)


def _providers(reading: Reading) -> Iterator[tuple[Cell, ...]]:
    """The provider on which each workload hangs most."""
    most = reading.asked.max_share_per_provider if reading.asked is not None else None
    if most is None:
        return
    for name, workload in reading.workloads.items():
        if isinstance(workload, TrainingRun):
            continue
        found = _largest(reading, workload)
        if found is not None:
            provider, share = found
            yield (
                "depends on one provider",
                name,
                f"at most {percent(most)}",
                *_with(provider, _cells(reading, share)),
            )


def _with(provider: str, cells: tuple[Cell, ...]) -> tuple[Cell, ...]:
    """The figures with the provider they are of."""
    reached, whole = cells
    return (*reached, provider), whole


def _largest(reading: Reading, workload: Workload) -> tuple[str, _PlaceShare] | None:
    """Largest share that hangs on one provider: what the others and the unserved leave of the demand, at any point."""
    needed = demand(reading, workload)
    records = (r for r in reading.plan.serving if r.workload == workload.name and r.work > 0)
    best: tuple[str, _PlaceShare] | None = None
    for provider in sorted({reading.options[r.option].provider for r in records if r.option in reading.options}):
        others = _work(reading, workload, lambda record, own=provider: record.provider != own, unserved=True)  # type: ignore[misc]
        shares = {at: max(0.0, 1 - others.get(at, 0.0) / work) for at, work in needed.items() if work > 0}
        if not shares:
            continue
        at = max(shares, key=lambda found: (round(shares[found], 9), -found[0], -found[1]))
        if best is None or shares[at] > best[1].extreme + _WHOLE:
            best = provider, _PlaceShare(_weighted(shares, needed), shares[at], at)
    return best
