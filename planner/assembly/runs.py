"""Training runs → casts: every way to place a run on one pool, at one cluster size, from one period on."""

from collections.abc import Sequence
from dataclasses import replace
from math import inf

from planner.domain.scenario import Scenario
from planner.domain.time import Horizon, span_of
from planner.domain.workloads import TrainingRun
from planner.formulation.parameters import Cast, Host, Parameters, Window
from planner.sizing.training import cluster_grid, goodput, run_hours

_ROUNDING = 1e-9


def scaled(run: TrainingRun, factor: float) -> TrainingRun:
    """The run with its amount of work multiplied."""
    amounts = {name: getattr(run, name) for name in ("tokens", "flop", "accelerator_hours", "work")}
    return run.model_copy(update={name: value * factor for name, value in amounts.items() if value is not None})


def window_of(run: TrainingRun, horizon: Horizon) -> range:
    """Periods in which a run may be at work."""
    count = len(horizon.periods)
    first = run.earliest_period or 0
    if run.earliest is not None:
        first = horizon.first_from(run.earliest)
    last = count - 1 if run.deadline_period is None else run.deadline_period
    if run.deadline is not None and horizon.periods[0].start[:1].isdigit():
        last = sum(p.start <= run.deadline for p in horizon.periods) - 1
    asked = span_of(run, horizon)
    return range(max(first, asked.start), min(last + 1, count, asked.stop))


def windows_of(scenario: Scenario, horizon: Horizon) -> dict[int, Window]:
    """Runs that may stop and move."""
    return {
        w: Window(run.total_work * scenario.demand_scale, tuple(window_of(run, horizon)))
        for w, run in enumerate(scenario.workloads)
        if isinstance(run, TrainingRun) and run.interruptible
    }


def runs_of(scenario: Scenario) -> dict[int, TrainingRun]:
    """Runs that are held together on one cluster, with their work scaled."""
    return {
        w: scaled(run, scenario.demand_scale)
        for w, run in enumerate(scenario.workloads)
        if isinstance(run, TrainingRun) and not run.interruptible
    }


def casts_of(
    w: int,
    run: TrainingRun,
    rate: float,
    count: int,
    smallest: int,
    host: int,
    horizon: Horizon,
    blocks: Sequence[float] = (),
) -> list[Cast]:
    """All casts of a run on one host.

    Args:
        rate: work units of a node in an hour, before goodput.
        count: accelerators per node.
        smallest: fewest nodes whose memory holds the run.
        host: position of the host.
        blocks: lengths of blocks of the pool that end within a period, hours: for each there is the smallest cluster ready in it.
    """
    window = window_of(run, horizon)
    if not window:
        return []
    lengths = [horizon.periods[t].hours for t in window]
    casts = []
    for nodes in cluster_grid(run, count, rate, max(lengths), len(window), smallest, blocks):
        hours = run_hours(run.total_work, rate, nodes, goodput(run, nodes * count))
        for start in window:
            span = _span(start, hours, window, horizon)
            if span is not None:
                end, last, partial = span
                casts.append(Cast(w, host, rate, nodes, start, end, hours, last, partial))
    return casts


def _span(start: int, hours: float, window: range, horizon: Horizon) -> tuple[int, float, bool] | None:
    """(period after the last, hours of the last period, whether these are only a part of it); None beyond the window."""
    left, t = hours, start
    while t < window.stop:
        length = horizon.periods[t].hours
        if left <= length * (1 + _ROUNDING):
            partial = left < length * (1 - _ROUNDING)
            return t + 1, left if partial else length, partial
        left -= length
        t += 1
    return None


def with_possible_casts(p: Parameters) -> Parameters:
    r"""The same question without the casts that no plan takes.

    A cast needs n nodes of its host at once. By the hour at most r̄ of them run (`Host.most_running`); under contract there are at
    most :math:`\sum_g \max_{o \in g} \bar g / g_o`, where each commitment of the host is counted at the cap g that allows least of
    it, and one without a cap makes the sum endless. Where n is above the sum of both, no plan places the run so.
    """
    caps: dict[int, tuple[float, int]] = {}
    for g, cap in enumerate(p.caps):
        for o, weight in cap.weight if cap.counts_commitments else ():
            if weight > 0:
                caps[o] = min(caps.get(o, (inf, -1)), (cap.limit / weight, g))
    most = [_most(host, caps) for host in p.hosts]
    casts = tuple(cast for cast in p.casts if cast.nodes <= most[cast.host] + _ROUNDING)
    return p if len(casts) == len(p.casts) else replace(p, casts=casts)


def _most(host: Host, caps: dict[int, tuple[float, int]]) -> float:
    """Most nodes of a host at once."""
    shared: dict[int, float] = {}
    for o in {*host.committed, *host.blocks}:
        limit, g = caps.get(o, (inf, -1))
        shared[g] = max(shared.get(g, 0.0), limit)
    return host.most_running + sum(shared.values())
