"""Rules on who serves what: demand replayed slice by slice, work from nodes and rates, replicas, spot."""

from collections import defaultdict
from collections.abc import Iterator
from math import ceil
from typing import NamedTuple

from planner.audit.books import (
    NODE_DUST,
    Books,
    Check,
    Demand,
    Key,
    at_most,
    demands,
    fastest_rates,
    holds,
    online,
    recovery_hours,
    same,
    same_number,
    whole,
)
from planner.domain.records import ServingRecord, UnservedRecord
from planner.domain.workloads import Inference
from planner.units import HOURS_PER_MONTH


def references(books: Books) -> Iterator[Check]:
    """Every record names a workload, an option and a slice that exist, in the workload's own unit."""
    slices, options, workloads = books.slice_hours, books.options, books.workloads
    for i, f in enumerate(books.plan.fleet):
        record, where = options.get(f.option), f"fleet[{i}]"
        hourly = record is not None and record.action in {"on_demand", "spot"}
        yield holds("unknown-option", where, hourly, f.option, "an option paid by the hour")
        yield holds("unknown-slice", where, (f.period, f.slice) in slices, (f.period, f.slice), "a slice")
        yield holds("negative", where, f.nodes >= 0, f.nodes, "at least 0")
    work: tuple[ServingRecord | UnservedRecord, ...] = (*books.plan.serving, *books.plan.unserved)
    for i, r in enumerate(work):
        where, workload = f"work[{i}] of {r.workload}", workloads.get(r.workload)
        yield holds("unknown-workload", where, workload is not None, r.workload, "a workload")
        yield holds("unknown-slice", where, (r.period, r.slice) in slices, (r.period, r.slice), "a slice")
        yield holds("negative", where, r.work >= 0, r.work, "at least 0")
        if workload is not None:
            yield same("work-unit", where, r.work_unit, workload.work_unit)
    for i, busy in enumerate(books.plan.serving):
        where, lowest = f"serving[{i}]", min(busy.nodes, busy.replicas)
        yield holds("unknown-option", where, busy.option in options, busy.option, "an option")
        yield holds("negative", where, lowest >= 0, lowest, "at least 0")


def demand_met(books: Books) -> Iterator[Check]:
    """Online work is met in every slice, flexible work in its period; what is not is declared and allowed."""
    served, missed, fastest = _work(books), _missed(books), fastest_rates(books)
    for name, demand in demands(books).items():
        met: list[_Met] = []
        for t, period in enumerate(books.plan.horizon.periods):
            keys = [(name, t, s) for s in range(len(period.slices))]
            if online(demand.workload):
                met += (_Met(k, demand.work(t, k[2]), served.get(k, 0.0), missed.get(k, 0.0)) for k in keys)
            else:
                done, left = (sum(work.get(k, 0.0) for k in keys) for work in (served, missed))
                met.append(_Met((name, t, -1), demand.work_of_period(t), done, left))
        largest = max((one.needed for one in met), default=0.0)
        for one in met:
            _, t, s = one.key
            hours = float(books.slice_hours[t, s]) if s >= 0 else books.plan.horizon.periods[t].hours
            yield from _met(demand, one, largest, hours * fastest.get(name, 0.0))


class _Met(NamedTuple):
    """Work of a workload in a slice, or in a period (slice −1)."""

    key: Key
    needed: float
    served: float
    missed: float


def _met(demand: Demand, one: _Met, largest: float, of_a_node: float) -> Iterator[Check]:
    """Compared by the size of what is asked for; where that is nothing, by a thousandth of the most that is asked for, and by
    what one node does."""
    key, needed, served, missed = one
    where = f"{key[0]}, period {key[1]}" + (f", slice {key[2]}" if key[2] >= 0 else "")
    size = max(needed, 1e-3 * largest)
    yield same_number("demand", where, served + missed, needed, 1e-6, max(1e-6 * size, NODE_DUST * of_a_node))
    permission = demand.workload.unserved
    allowed = permission.max_fraction * needed if permission else 0.0
    yield at_most("unserved-share", where, missed, allowed, size=size)


def _work(books: Books) -> dict[Key, float]:
    work: dict[Key, float] = defaultdict(float)
    for r in books.known_serving:
        work[r.workload, r.period, r.slice] += r.work
    return work


def _missed(books: Books) -> dict[Key, float]:
    work: dict[Key, float] = defaultdict(float)
    for u in books.plan.unserved:
        work[u.workload, u.period, u.slice] += u.work
    return work


def work_done(books: Books) -> Iterator[Check]:
    """capacity = busy nodes × hours × rate per node-hour × (1 − lost share on spot), nodes busy on average over the slice; no
    more is done."""
    for r in books.known_serving:
        where = f"{r.workload} on {r.option}, period {r.period}, slice {r.slice}"
        if books.options[r.option].action == "hosted_api":
            yield same_number("work", f"{where}: nodes", r.nodes, 0.0)
            yield same_number("work", f"{where}: replicas", r.replicas, 0.0)
            yield same_number("work", f"{where}: capacity", r.able, r.work)
            continue
        fit = books.fits.get((r.workload, r.option, r.mode))
        yield holds("fit-missing", where, fit is not None, "no fit", "a fit of inputs.fits")
        if fit is not None:
            hours = float(books.slice_hours[r.period, r.slice])
            work = r.nodes * hours * fit.rate_per_node_hour * (1 - spot_loss(books, r.workload, r.option))
            size = 1e-3 * hours * fit.rate_per_node_hour  # of one node
            yield same_number("work", where, r.able, work, 1e-6, 1e-6 * size)
            yield at_most("work", where, r.work, r.able, size=size)


def spot_loss(books: Books, workload: str, option: str) -> float:
    """interruptions per month × recovery hours / 730, at most 1; 0 where nothing is taken away."""
    record = books.options[option]
    if record.action != "spot":
        return 0.0
    hours = recovery_hours(books.workloads[workload])
    return min(1.0, record.interruptions_per_month * hours / HOURS_PER_MONTH)


def spot_losses(books: Books) -> Iterator[Check]:
    """The lost share that a fit states."""
    for fit in books.plan.inputs.fits:
        if fit.option in books.options and fit.workload in books.workloads:
            loss = spot_loss(books, fit.workload, fit.option)
            where = f"{fit.workload} on {fit.option}"
            yield same_number("spot-loss", where, fit.spot_lost_fraction, loss)


def replicas(books: Books) -> Iterator[Check]:
    """Whole replicas of online inference: nodes = replicas × nodes per replica.

    Replicas are whole over all options of the same rate and replica size; containers split.
    """
    sums: dict[tuple[str, str, int, int, float, float], float] = defaultdict(float)
    must = books.asked.replicas == "whole"
    for r in books.known_serving:
        fit = books.fits.get((r.workload, r.option, r.mode))
        if fit is None:
            continue
        inference = isinstance(books.workloads[r.workload], Inference)
        splits = books.options[r.option].delivery == "container"
        if r.replicas or (must and inference and fit.replica_nodes > 0 and not splits):
            yield _replica_nodes(r, fit.replica_nodes)
        if not splits:
            group = (round(fit.rate_per_node_hour, 9), round(fit.replica_nodes, 9))
            sums[r.workload, r.mode, r.period, r.slice, *group] += r.replicas
    if must and books.asked.integers == "whole":
        for key, count in sums.items():
            yield whole("replicas-whole", f"{key[0]}, period {key[2]}, slice {key[3]}", count)


def _replica_nodes(r: ServingRecord, replica_nodes: float) -> Check:
    where = f"{r.workload} on {r.option}, period {r.period}, slice {r.slice}"
    return same_number("replica-nodes", where, r.nodes, r.replicas * replica_nodes, 1e-6, 1e-6)


_DUST, _NEARLY = 1e-6, 1e-9
"""So much more than whole nodes is none: of a node, and of all of them."""


def held_nodes(books: Books) -> Iterator[Check]:
    """Online inference takes whole nodes, beside those of training runs, over all options that serve it alike; containers split.

    What runs by the hour for work that may wait is there for a part of a slice and does not count.
    """
    if books.asked.integers == "relaxed":
        return
    alike: dict[str, tuple[str, ...]] = _alike(books)
    members: dict[tuple[str, ...], list[str]] = defaultdict(list)
    for option, kind in alike.items():
        members[kind].append(option)
    used: dict[tuple[tuple[str, ...], int, int], float] = defaultdict(float)
    for r in books.known_serving:
        if r.option in alike and isinstance(books.workloads[r.workload], Inference):
            used[alike[r.option], r.period, r.slice] += r.nodes
    for (kind, t, s), nodes in used.items():
        there = sum(books.steady(o, t, s) + books.run_only.get((o, t), 0.0) for o in members[kind])
        runs = sum(books.held_by_runs.get((o, t), 0.0) for o in members[kind])
        where = f"{', '.join(sorted(members[kind])[:2])}, period {t}, slice {s}"
        yield at_most("held-nodes", where, ceil(nodes * (1 - _NEARLY) - _DUST) + runs, there)


def _alike(books: Books) -> dict[str, tuple[str, ...]]:
    """Whether it is spot, and its rates and replicas for online inference, of every option that serves any."""
    rates: dict[str, list[str]] = defaultdict(list)
    for fit in books.plan.inputs.fits:
        if isinstance(books.workloads.get(fit.workload), Inference):
            rates[fit.option].append(f"{fit.workload} {fit.mode} {fit.rate_per_node_hour:.9g} {fit.replica_nodes:.9g}")
    return {
        option: (str(books.options[option].action == "spot"), *sorted(found))
        for option, found in rates.items()
        if option in books.options and books.options[option].delivery != "container"
    }


RULES = (references, demand_met, work_done, spot_losses, replicas, held_nodes)
