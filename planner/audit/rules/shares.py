"""Rules on shares of the demand: on spot, in certain places, from one provider, by a fallback.

A share is stated on capacity: what serves in the right way covers its part of the demand of every slice (online), period
(flexible) or of all of it (runs). With whole replicas, what serves in the other way may do more than its share if it had to; it
then stands idle in part. What stays unserved needs no capacity, but for the residency: that is a share of all demand.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator

from planner.audit.books import (
    NODE_DUST,
    Books,
    Check,
    Key,
    at_least,
    demands,
    fastest_rates,
    holds,
    online,
    spike_of,
    spot_share,
)
from planner.audit.rules.runs import total_work
from planner.domain.records import OptionRecord, ServingRecord
from planner.domain.workloads import Inference, Residency, TrainingRun

Needed = dict[Key, float]
NEARLY = 1e-6


def _point(books: Books, workload: str, t: int, s: int) -> Key:
    """Where demand is counted: a slice, a whole period (slice -1), or a whole run (period -1)."""
    asked = books.workloads[workload]
    if isinstance(asked, TrainingRun):
        return workload, -1, -1
    return workload, t, s if online(asked) else -1


def _needed(books: Books) -> Needed:
    """Work units asked for, by point."""
    needed: Needed = {}
    for name, demand in demands(books).items():
        for t, period in enumerate(books.plan.horizon.periods):
            if online(demand.workload):
                needed |= {(name, t, s): demand.work(t, s) for s in range(len(period.slices))}
            else:
                needed[name, t, -1] = demand.work_of_period(t)
    for name, workload in books.workloads.items():
        if isinstance(workload, TrainingRun):
            needed[name, -1, -1] = total_work(books, workload)
    return needed


def _served(books: Books, counts: Callable[[ServingRecord, OptionRecord], bool]) -> Needed:
    """What counts could do, by point."""
    work: Needed = defaultdict(float)
    for r in books.known_serving:
        if counts(r, books.options[r.option]):
            work[_point(books, r.workload, r.period, r.slice)] += r.able
    return work


def _covered(books: Books, counts: Callable[[ServingRecord, OptionRecord], bool]) -> Needed:
    """Work by point of what counts, and of what stays unserved."""
    work = _served(books, counts)
    for u in books.plan.unserved:
        if u.workload in books.workloads:
            work[_point(books, u.workload, u.period, u.slice)] += u.work
    return work


def _nothing(books: Books, needed: Needed) -> Needed:
    """Work that is nothing, by point: a millionth of what is needed, or of what a node does."""
    horizon, fastest = books.plan.horizon.periods, fastest_rates(books)
    whole = sum(period.hours for period in horizon)

    def hours(t: int, s: int) -> float:
        return whole if t < 0 else float(books.slice_hours[t, s]) if s >= 0 else horizon[t].hours

    return {
        (name, t, s): max(NEARLY * work, NODE_DUST * hours(t, s) * fastest.get(name, 0.0))
        for (name, t, s), work in needed.items()
    }


def _where(key: Key) -> str:
    name, t, s = key
    return name if t < 0 else f"{name}, period {t}" + (f", slice {s}" if s >= 0 else "")


def spot_shares(books: Books) -> Iterator[Check]:
    """Where spot serves, what stays could serve all but its share."""
    rows = (r for r in books.known_serving if r.work > 0 and books.options[r.option].action == "spot")
    used = {_point(books, r.workload, r.period, r.slice) for r in rows}
    if not used:
        return
    firm, needed = _covered(books, lambda _, record: record.action != "spot"), _needed(books)
    nothing = _nothing(books, needed)
    for key in sorted(used):
        share = spot_share(books.workloads[key[0]])
        if share < 1:
            yield at_least("spot-share", _where(key), firm.get(key, 0.0), (1 - share) * needed[key], dust=nothing[key])


def residency_shares(books: Books) -> Iterator[Check]:
    """What is in the place, by its region or its country, could serve the share; a run is in one place."""
    rules = [(name, rule) for name, w in books.workloads.items() for rule in w.residency]
    if not rules:
        return
    needed = _needed(books)
    nothing = _nothing(books, needed)
    for name, rule in rules:
        inside = _served(books, lambda r, record, rule=rule: r.mode != "fallback" and _is_in(record, rule))  # type: ignore[misc]
        workload = books.workloads[name]
        if isinstance(workload, TrainingRun) and not workload.interruptible:
            for run, share in books.known_shares:
                if run.workload == name:
                    record = books.options[share.option]
                    where = f"{name}, period {share.period}"
                    yield holds("residency-share", where, _is_in(record, rule), record.region, _places(rule))
            continue
        for key, work in needed.items():
            if key[0] == name:
                yield at_least(
                    "residency-share", _where(key), inside.get(key, 0.0), rule.share * work, dust=nothing[key]
                )


def _is_in(record: OptionRecord, rule: Residency) -> bool:
    """Hosted APIs are nowhere; case does not matter."""
    regions, countries = ({p.casefold() for p in places or ()} for places in (rule.regions, rule.countries))
    known = record.action != "hosted_api"
    return known and (record.region.casefold() in regions or record.country.casefold() in countries)


def _places(rule: Residency) -> str:
    return ", ".join((*(rule.regions or ()), *(rule.countries or ())))


def provider_shares(books: Books) -> Iterator[Check]:
    """What does not come from a provider could serve all but its largest share; runs are exempt."""
    most = books.asked.max_share_per_provider
    if most is None:
        return
    needed = {key: work for key, work in _needed(books).items() if key[1] >= 0}
    nothing = _nothing(books, needed)
    for provider in sorted({books.options[r.option].provider for r in books.known_serving}):
        others = _covered(books, lambda r, record, p=provider: r.mode != "fallback" and record.provider != p)  # type: ignore[misc]
        for key, work in needed.items():
            where = f"{_where(key)} without {provider}"
            yield at_least("provider-share", where, others.get(key, 0.0), (1 - most) * work, dust=nothing[key])


def fallback_shares(books: Books) -> Iterator[Check]:
    """A fallback serves in its slices only, and what serves in the ordinary way covers all but its share."""
    rows = [r for r in books.known_serving if r.mode == "fallback" and (r.work > 0 or r.nodes > 0)]
    if not rows:
        return
    needed, ordinary = _needed(books), _covered(books, lambda r, _: r.mode != "fallback")
    nothing = _nothing(books, needed)
    for r in rows:
        workload, key = books.workloads[r.workload], (r.workload, r.period, r.slice)
        lesser = workload.fallback if isinstance(workload, Inference) else None
        yield holds("fallback-share", _where(key), lesser is not None, "a fallback", "none is stated")
        if lesser is None:
            continue
        if lesser.when == "spikes":
            spike, piece = spike_of(workload), books.plan.horizon.periods[r.period].slices[r.slice]
            inside = spike is not None and piece.spike == spike.name
            yield holds("fallback-share", _where(key), inside, piece.name, "the spike of the workload")
        covered = ordinary.get(key, 0.0)
        yield at_least("fallback-share", _where(key), covered, (1 - lesser.share) * needed[key], dust=nothing[key])


def uncovered(books: Books) -> Iterator[tuple[str, int, float]]:
    """(workload, period, work units) that a fallback serves: what the ordinary way and the unserved leave.

    Where spot serves, the fallback also stands in for what must not be spot.
    """
    keys = {(r.workload, r.period, r.slice) for r in books.known_serving if r.mode == "fallback"}
    if not keys:
        return
    needed, ordinary = _needed(books), _covered(books, lambda r, _: r.mode != "fallback")
    firm = _covered(books, lambda r, record: r.mode != "fallback" and record.action != "spot")
    for key in sorted(keys):
        asked, share = needed.get(key, 0.0), spot_share(books.workloads[key[0]])
        left = [0.0, asked - ordinary.get(key, 0.0)]
        if share > 0:
            left.append((1 - share) * asked - firm.get(key, 0.0))
        yield key[0], key[1], max(left)


RULES = (spot_shares, residency_shares, provider_shares, fallback_shares)
