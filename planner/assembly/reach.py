r"""Assumed caps on what is reserved that the work never needs in full: they are not written.

A cap of a seller on reserved accelerators of one type is assumed, not stated: what it or its class is known to have sold to a
customer (`caps.csv`, `provider_classes.csv`). It holds where the work could need more of them at once, which is where

.. math:: \max \Big( \sum_w \max_{o \in G} g_o \, n_{wo}, \; \max_{o \in G} g_o \, \underline{n}_o \Big) > \bar G

========  ======================  ==================================================================================
symbol    in code                 unit
========  ======================  ==================================================================================
n_{wo}    ``_nodes``              whole nodes of o that do all of workload w at its peak, twice that where a failure is to
                                  be survived; of a training run that is held together, the smallest cluster that may do
                                  it and does it within its window
n̲_o       ``option.min_nodes``    least that is signed at once
g_o       ``option.count``        accelerators of a node
Ḡ         ``max_accelerators``    accelerators
========  ======================  ==================================================================================

Below it a plan gets past the cap only by commitments that overlap with nothing to do, or by a larger cluster than a run needs;
what it signs is told beside what is assumed. Caps that a scenario or a seller states are always written. Fewer rows are the
lesser gain: an option under a cap makes none of another seller superfluous (`reduction/dominance.py`, condition 3), so every cap
that is written keeps options in the program.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from math import ceil, inf

from planner.assembly.options import OptionContext, smallest_cluster
from planner.assembly.reduction import ReductionCandidate
from planner.assembly.runs import window_of
from planner.domain.time import Horizon
from planner.formulation.parameters import Service, Window
from planner.sizing.training import goodput

TWICE = 2
"""Where the loss of a place or seller is to be survived: two that each do all of the work are the most that this asks for."""


def peaks_of(
    online: Mapping[tuple[int, int, int], float], flexible: Mapping[tuple[int, int], float], horizon: Horizon
) -> dict[int, float]:
    """Work units an hour of each workload at its busiest, where a period's flexible work is spread over it."""
    peak: dict[int, float] = {}
    for (w, _, _), rate in online.items():
        peak[w] = max(peak.get(w, 0.0), rate)
    for (w, t), work in flexible.items():
        peak[w] = max(peak.get(w, 0.0), work / horizon.periods[t].hours)
    return peak


def nodes_at(peak: float, service: Service) -> float:
    """Nodes that serve so much at once."""
    units = peak / service.rate_per_hour
    return (ceil(units) if service.whole else units) * service.nodes


def within_reach(
    desk: OptionContext,
    candidates: list[tuple[int, ReductionCandidate]],
    peak: Mapping[int, float],
    windows: Mapping[int, Window],
) -> tuple[list[ReductionCandidate], float]:
    """Candidates without the caps that the work never needs in full, and the multiple of the work up to which that holds.

    Of m times the work :math:`\\lceil m n \\rceil \\le m \\lceil n \\rceil + 1` nodes do it, so up to
    :math:`(\\bar G - \\sum_w \\max_o g_o) / \\sum_w \\max_o g_o n_{wo}` nothing more is reached.

    Args:
        candidates: with their positions in the market.
    """
    assumed = {n: cap for n, cap in desk.market.caps.items() if cap.assumed and cap.counts == "live"}
    spare = (1.0 + desk.scenario.standing_reserve) * (TWICE if desk.scenario.availability else 1)
    peak = {w: rate * spare for w, rate in peak.items()}
    for w, window in windows.items():
        hours = sum(desk.horizon.periods[t].hours for t in window.periods)
        peak[w] = window.work / hours if hours else 0.0
    most: dict[str, dict[int, float]] = {}
    lots: dict[str, int] = {}
    sizes: dict[str, int] = {}
    for o, candidate in candidates:
        names = assumed.keys() & candidate.option.groups
        if not names:
            continue
        need = {w: candidate.option.count * ceil(_nodes(desk, w, o, service, peak)) for w, service in candidate.column}
        lot = candidate.option.count * candidate.option.min_nodes
        for name in names:
            lots[name] = max(lots.get(name, 0), lot)
            sizes[name] = max(sizes.get(name, 0), candidate.option.count)
            mine = most.setdefault(name, {})
            mine |= {w: max(mine.get(w, 0.0), accelerators) for w, accelerators in need.items()}
    idle = {n for n, of in most.items() if max(sum(of.values()), lots[n]) <= (assumed[n].max_accelerators or 0.0)}
    needed = {n: sum(most[n].values()) for n in idle}
    room = {n: (assumed[n].max_accelerators or 0.0) - len(most[n]) * sizes[n] for n in idle}
    multiple = min((room[n] / all_of_it for n, all_of_it in needed.items() if all_of_it), default=inf)
    return [_without(candidate, idle) for _, candidate in candidates], max(multiple, 1.0)


def _nodes(desk: OptionContext, w: int, o: int, service: Service, peak: Mapping[int, float]) -> float:
    run = desk.runs.get(w)
    if run is None:
        return nodes_at(peak.get(w, 0.0), service)
    count = max(desk.market.options[o].count, 1)
    least = max(ceil(run.min_accelerators / count), smallest_cluster(desk, w, o))
    hours = sum(desk.horizon.periods[t].hours for t in window_of(run, desk.horizon))
    kept = goodput(run, least * count)
    return max(least, run.total_work / (service.rate_per_hour * hours * kept) if hours and kept else 0.0)


def _without(candidate: ReductionCandidate, names: Iterable[str]) -> ReductionCandidate:
    groups = tuple(name for name in candidate.option.groups if name not in names)
    if groups == candidate.option.groups:
        return candidate
    return candidate._replace(option=replace(candidate.option, groups=groups))
