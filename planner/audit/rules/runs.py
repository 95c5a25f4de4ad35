"""Rules on training runs: done once, in time, on one cluster of one pool, for as long as the work takes.

A run of W work units on n nodes takes H = W / (rate × n × goodput) hours; with a accelerators in the cluster that fail f times
a year each, M = 8760 / (f × a) hours pass between failures, and goodput = 1 − δ/τ − (τ/2 + R)/M, never below 0.
"""

from collections import defaultdict
from collections.abc import Iterator
from math import inf, sqrt

from planner.audit.books import Books, Check, asked_in, at_least, at_most, holds, same, same_number, whole
from planner.audit.rules.periods import labels
from planner.domain.records import RunRecord
from planner.domain.workloads import TrainingRun

_HOURS_PER_YEAR = 8760.0
_SAME_HOURS = 1e-6
_DUST = 1e-9


def total_work(books: Books, run: TrainingRun) -> float:
    """Work units of the whole run: Mtok, 1e21 operations, reference hours or the user's own, times the scale of demand."""
    if run.tokens is not None:
        amount = run.tokens / 1e6
    elif run.flop is not None:
        amount = run.flop / 1e21
    else:
        amount = run.accelerator_hours or run.work or 0.0
    return amount * books.asked.demand_scale


def progress(run: TrainingRun, accelerators: float) -> float:
    """Share of the time in which a cluster makes progress.

    >>> run = TrainingRun(name="r", kind="training_run", flop=1e24, failures_per_accelerator_year=0.0)
    >>> progress(run, 1000)
    1.0
    """
    writing = run.checkpoint_write_minutes / 60
    failures_per_hour = run.failures_per_accelerator_year * accelerators / _HOURS_PER_YEAR
    interval = run.checkpoint_interval_hours
    if interval is None:
        interval = sqrt(2 * writing / failures_per_hour) if failures_per_hour > 0 else inf
    at_checkpoints = writing / interval if writing > 0 else 0.0
    lost = (interval / 2 + run.restart_hours) * failures_per_hour if failures_per_hour > 0 and interval < inf else 0.0
    return max(0.0, 1.0 - at_checkpoints - lost)


def window(books: Books, run: TrainingRun) -> tuple[int, int]:
    """First period in which it may run, and the period after the last one."""
    count = books.calendar.count
    first, asked = books.first_period_from(run.earliest, run.earliest_period, 0), asked_in(books, run)
    last = min(books.period_of(run.deadline, run.deadline_period, count - 1) + 1, count)
    return max(first, asked.start, 0), min(last, asked.stop)


def references(books: Books) -> Iterator[Check]:
    """Every record is of a run that is held together, on options and in periods that exist."""
    for i, run in enumerate(books.plan.runs):
        where, workload = f"runs[{i}] {run.workload}", books.workloads.get(run.workload)
        held = isinstance(workload, TrainingRun) and not workload.interruptible
        yield holds("run-once", where, held, run.workload, "a training run that is held together")
        if workload is not None:
            yield same("work-unit", where, run.work_unit, workload.work_unit)
        for share in run.shares:
            yield holds("unknown-option", where, share.option in books.options, share.option, "an option")
            inside = 0 <= share.period < books.calendar.count
            yield holds("unknown-slice", where, inside, share.period, "a period")
            yield holds("negative", where, min(share.nodes, share.hours) >= 0, share.nodes, "at least 0")
    held_together = {name for name, w in books.workloads.items() if isinstance(w, TrainingRun) and not w.interruptible}
    for r in books.known_serving:
        if r.workload in held_together:
            where = f"{r.workload} on {r.option}, period {r.period}"
            yield holds("run-once", where, False, "served slice by slice", "a run that is held together")


def done(books: Books) -> Iterator[Check]:
    """Every run is done once, and never left unserved; an interruptible one within its window."""
    missed: dict[str, float] = defaultdict(float)
    for u in books.plan.unserved:
        missed[u.workload] += u.work
    for name, run in books.workloads.items():
        if not isinstance(run, TrainingRun):
            continue
        yield at_most("unserved-share", name, missed[name], 0.0, size=total_work(books, run))
        if run.interruptible:
            yield from _in_window(books, name, run, total_work(books, run))
        else:
            records = sum(r.workload == name for r in books.plan.runs)
            yield same("run-once", f"{name}: clusters", records, 1)


def _in_window(books: Books, name: str, run: TrainingRun, needed: float) -> Iterator[Check]:
    first, end = window(books, run)
    served = 0.0
    for r in books.known_serving:
        if r.workload == name:
            inside = first <= r.period < end
            where = f"{name}, period {r.period}"
            yield holds("run-window", where, inside or r.work == 0, r.period, f"periods {first} to {end - 1}")
            served += r.work if inside else 0.0
    yield same_number("run-work", name, served, needed, 1e-6, 0.0)


def _own(books: Books) -> Iterator[tuple[str, RunRecord, TrainingRun]]:
    """Records of runs, with where they stand and what was asked."""
    for i, run in enumerate(books.plan.runs):
        workload = books.workloads.get(run.workload)
        if isinstance(workload, TrainingRun) and not workload.interruptible:
            yield f"runs[{i}] {run.workload}", run, workload


def windows(books: Books) -> Iterator[Check]:
    """Not before `earliest`, and over by the deadline."""
    for where, run, asked in _own(books):
        first, end = window(books, asked)
        yield at_least("run-window", f"{where}: start", run.start_index, first, 0.0)
        yield at_most("run-window", f"{where}: end", run.end_index, end, 0.0)
        for name, label, t in (("start", run.start, run.start_index), ("end", run.end, run.end_index - 1)):
            known = labels(books, t) if 0 <= t < books.calendar.count else set()
            yield holds("run-label", f"{where}: {name}", label in known, label, sorted(known))


def clusters(books: Books) -> Iterator[Check]:
    """Whole nodes within the limits on accelerators, of one pool, none of them spot."""
    for where, run, asked in _own(books):
        records = [books.options[s.option] for s in run.shares if s.option in books.options]
        yield same("run-pool", f"{where}: pool", sorted({r.pool for r in records}), [run.pool])
        kinds = sorted({r.action for r in records} - {"commit", "on_demand", "buy"})
        yield same("run-pool", f"{where}: contracts", kinds, [])
        for a in {r.accelerators_per_node for r in records}:
            yield same("run-cluster", f"{where}: accelerators", run.accelerators, run.nodes * a)
            yield at_least("run-cluster", where, run.nodes, -(-asked.min_accelerators // a), 0.0)
            if asked.max_accelerators is not None:
                yield at_most("run-cluster", where, run.nodes, asked.max_accelerators // a, 0.0)
            if asked.cluster_sizes is not None:
                sizes = sorted({-(-size // a) for size in asked.cluster_sizes})
                yield holds("run-cluster", f"{where}: nodes", run.nodes in sizes, run.nodes, sizes)


def nodes(books: Books) -> Iterator[Check]:
    """The same nodes in every period of its span, for all of its hours, and none outside of it.

    In its last period nodes may be there for the hours it takes, or for the whole of it (then they are in the fleet, or committed).
    """
    for where, run, _ in _own(books):
        if not 0 <= run.start_index < run.end_index <= books.calendar.count:
            yield holds("run-window", where, False, (run.start_index, run.end_index), "a span of the horizon")
            continue
        held: dict[int, float] = defaultdict(float)
        for share in run.shares:
            held[share.period] += share.nodes
            last = share.period == run.end_index - 1
            inside = 0 <= share.period < books.calendar.count
            full = float(books.calendar.hours(share.period)) if inside else 0.0
            fine = abs(share.hours - full) <= _SAME_HOURS
            fine |= last and abs(share.hours - run.last_period_hours) <= _SAME_HOURS
            record = books.options.get(share.option)
            if inside and record is not None and books.is_of_block(share):
                fine &= share.hours <= full * record.period_share + _SAME_HOURS
            yield holds("run-nodes", f"{where}: hours in {share.period}", fine, share.hours, "as long as it runs")
            if books.asked.integers == "whole":
                yield whole("run-nodes", f"{where}: {share.option} in {share.period}", share.nodes)
        for t in sorted(held.keys() | set(range(run.start_index, run.end_index))):
            expected = run.nodes if run.start_index <= t < run.end_index else 0
            yield same_number("run-nodes", f"{where}: period {t}", held[t], expected, 1e-9, 1e-6)


def work(books: Books) -> Iterator[Check]:
    """All of the work, at the rate of the pool, with the goodput of the cluster: so many hours, ending there."""
    for where, run, asked in _own(books):
        yield same_number("run-work", f"{where}: work", run.work, total_work(books, asked))
        for option in sorted({s.option for s in run.shares}):
            fit = books.fits.get((run.workload, option, ""))
            yield holds("fit-missing", f"{where} on {option}", fit is not None, "no fit", "a fit of inputs.fits")
            if fit is not None:
                yield same_number("run-work", f"{where} on {option}", run.rate_per_node_hour, fit.rate_per_node_hour)
        share = progress(asked, run.accelerators)
        yield same_number("run-work", f"{where}: goodput", run.goodput, share)
        speed = run.rate_per_node_hour * run.nodes * share
        hours = run.work / speed if speed > 0 else inf
        yield same_number("run-work", f"{where}: hours", run.hours, hours)
        yield from _ends(books, where, run, hours)


def _ends(books: Books, where: str, run: RunRecord, hours: float) -> Iterator[Check]:
    """The period in which the hours are over, and how many of its hours they take."""
    calendar, left, t = books.calendar, hours, max(run.start_index, 0)
    while t < calendar.count and left > float(calendar.hours(t)) * (1 + _DUST):
        left -= float(calendar.hours(t))
        t += 1
    yield same("run-work", f"{where}: end", run.end_index, t + 1)
    yield same_number("run-work", f"{where}: last period", run.last_period_hours, left, 1e-9, _SAME_HOURS)


RULES = (references, done, windows, clusters, nodes, work)
