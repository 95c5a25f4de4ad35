"""Options that are left → classes that substitute for each other, pools that host runs, caps."""

from collections import Counter
from collections.abc import Iterator
from math import ceil, floor, gcd
from typing import NamedTuple

from planner.assembly.options import OptionContext, most_nodes, smallest_cluster
from planner.assembly.reach import nodes_at, peaks_of
from planner.assembly.reduction import ReductionCandidate
from planner.assembly.runs import casts_of
from planner.domain.options import TERMED
from planner.domain.time import Horizon
from planner.formulation.parameters import CapLimit, Cast, Column, Host, Kin, SubstitutionClass, Window
from planner.market import Market


class ClassGroup(NamedTuple):
    """A class in the making."""

    column: Column
    kin: Kin
    members: list[int]
    part: bool
    """Of blocks in their last period, of which they are there for a part: only what may wait is served."""


def grouped(desk: OptionContext, kept: list[ReductionCandidate]) -> list[ClassGroup]:
    """Candidates by what they serve (runs apart) and what they have in common; replicas of several nodes stay in one pool.

    A block that ends within a period stands in two: as nodes for its whole periods, and for the part of its last one.
    """
    members: dict[tuple[Column, Kin, bool, str, bool], list[int]] = {}
    for i, candidate in enumerate(kept):
        column = tuple((w, service) for w, service in candidate.column if w not in desk.runs)
        spans = any(service.whole and service.nodes > 1 for _, service in column)
        pool = candidate.option.pool if spans else ""
        spot, ends = candidate.option.action == "spot", candidate.option.period_share < 1
        if candidate.terms.term > 1 or not ends:
            members.setdefault((column, candidate.kin, spot, pool, False), []).append(i)
        if ends:
            rest = column if candidate.terms.term == 1 else _waiting(desk, candidate, column)
            if rest or candidate.terms.term == 1:
                members.setdefault((rest, candidate.kin, spot, "", True), []).append(i)
    return [ClassGroup(column, kin, group, part) for (column, kin, _, _, part), group in members.items()]


def _waiting(desk: OptionContext, candidate: ReductionCandidate, column: Column) -> Column:
    """What a node serves of work that may wait while it is there for a share of a period."""
    share, workloads = candidate.option.period_share, desk.scenario.workloads
    return tuple(
        (w, service._replace(rate_per_hour=service.rate_per_hour * share))
        for w, service in column
        if w < len(workloads) and not workloads[w].online
    )


def hosts_of(
    desk: OptionContext,
    groups: list[ClassGroup],
    kept: list[ReductionCandidate],
    sources: list[int],
    places: tuple[tuple[int, float], ...],
    horizon: Horizon,
) -> tuple[tuple[Host, ...], tuple[Cast, ...]]:
    """Pools that can host runs, and every way to place a run on one of them."""
    hosts: list[Host] = []
    casts: list[Cast] = []
    caps = desk.market.caps
    able = {
        i
        for i, candidate in enumerate(kept)
        if candidate.option.action != "spot" and any(w in desk.runs for w, _ in candidate.column)
    }
    ending: dict[str, list[int]] = {}
    for i in sorted(able):
        if kept[i].option.period_share < 1:
            ending.setdefault(kept[i].option.pool, []).append(i)
    for c, group, pool, members in _pools(groups, kept, able):
        running = tuple(i for i in members if kept[i].option.action not in TERMED)
        committed = tuple(i for i in members if kept[i].option.action in TERMED and not group.part)
        host, column, first = len(hosts), dict(kept[members[0]].column), members[0]
        most = sum(most_nodes(kept[i].option, caps, desk.scenario.integers == "whole") for i in running)
        blocks = tuple(ending.get(pool, ()))
        hosts.append(Host(c, running, committed, most, blocks))
        spans = sorted({kept[i].option.block_hours for i in blocks})
        for w, run in desk.runs.items():
            elsewhere = any(v == w and not group.kin.places[g] for g, (v, _) in enumerate(places))
            if w in column and not elsewhere:
                rate, count = column[w].rate_per_hour, kept[first].option.count
                smallest = smallest_cluster(desk, w, sources[first])
                casts += casts_of(w, run, rate, count, smallest, host, horizon, spans)
    return tuple(hosts), tuple(casts)


def _pools(
    groups: list[ClassGroup], kept: list[ReductionCandidate], able: set[int]
) -> Iterator[tuple[int, ClassGroup, str, list[int]]]:
    """(class, its group, pool, members) of every pool that can host runs; blocks for a part only where it has no more."""
    whole: set[str] = set()
    for part in (False, True):
        for c, group in enumerate(groups):
            pools: dict[str, list[int]] = {}
            for i in group.members:
                if i in able and group.part == part and not (part and kept[i].option.pool in whole):
                    pools.setdefault(kept[i].option.pool, []).append(i)
            whole |= set() if part else pools.keys()
            for pool, members in pools.items():
                yield c, group, pool, members


def classes_of(
    groups: list[ClassGroup],
    kept: list[ReductionCandidate],
    desk: OptionContext,
    online: dict[tuple[int, int, int], float],
    flexible: dict[tuple[int, int], float],
    windows: dict[int, Window],
    hosts: tuple[Host, ...],
    casts: tuple[Cast, ...],
    horizon: Horizon,
) -> tuple[SubstitutionClass, ...]:
    """Classes with the most nodes that can be of use: all demand at its peak, every run's largest cluster, the reserve."""
    peak = peaks_of(online, flexible, horizon)
    for w, window in windows.items():
        shortest = min((horizon.periods[t].hours for t in window.periods), default=1.0)
        peak[w] = window.work / shortest
    for i, mode in enumerate(desk.modes):
        peak[len(desk.scenario.workloads) + i] = peak.get(mode.parent, 0.0)
    largest: dict[tuple[int, int], int] = {}
    parts = {o: c for c, group in enumerate(groups) if group.part for o in group.members}
    for cast in casts:
        host = hosts[cast.host]
        for c in {host.group, *(parts[o] for o in host.blocks if o in parts)}:
            largest[c, cast.workload] = max(largest.get((c, cast.workload), 0), cast.nodes)
    for_runs: Counter[int] = Counter()
    for (c, _), nodes in largest.items():
        for_runs[c] += nodes
    spare = 1.0 + desk.scenario.standing_reserve
    classes = []
    for c, (column, kin, group, part) in enumerate(groups):
        useful = sum(nodes_at(peak.get(w, 0.0) * spare, service) for w, service in column)
        running = tuple(i for i in group if kept[i].option.action not in TERMED)
        committed = tuple(i for i in group if kept[i].option.action in TERMED)
        spot = kept[group[0]].option.action == "spot"
        most = float(ceil(useful)) + for_runs[c]
        classes.append(SubstitutionClass(column, kin, spot, running, committed, most, part))
    return tuple(classes)


def caps_of(market: Market, kept: list[ReductionCandidate], whole: bool) -> tuple[CapLimit, ...]:
    """Caps that are rows: those over several options, or over commitments, with what they imply for whole nodes."""
    limits: list[CapLimit] = []
    for name, cap in market.caps.items():
        members = [i for i, c in enumerate(kept) if name in c.option.groups]
        if cap.counts == "running":
            members = [i for i in members if kept[i].option.action not in TERMED]
        if not members or (len(members) == 1 and cap.counts == "running"):
            continue
        for limit, per_accelerator in ((cap.max_nodes, False), (cap.max_accelerators, True)):
            if limit is not None:
                sizes = {i: kept[i].option.count if per_accelerator else 1 for i in members}
                split = {i for i in members if not whole or kept[i].option.delivery == "container"}
                first = len(limits)
                for reached, most in _whole_limits(limit, sizes, split):
                    weight = tuple((i, float(sizes[i])) for i in reached)
                    source = first if len(limits) > first else None
                    limits.append(CapLimit(name, most, weight, cap.counts == "live", source))
    return tuple(limits)


def _whole_limits(limit: float, sizes: dict[int, int], split: set[int]) -> Iterator[tuple[list[int], float]]:
    """A cap, and what it implies for whole nodes: members whose size is a multiple of g never count more than ⌊limit / g⌋ g.

    Nodes may run for a part of a slice, so their average may be any number, but at every moment they are whole: the average
    lies within every limit that all whole numbers of nodes keep.

    Args:
        sizes: what a node of each member counts.
        split: members of which parts of a node are sold.
    """
    least = limit if split else _floored(limit, gcd(*sizes.values()))
    yield list(sizes), least
    for g in sorted(set(sizes.values())):
        reached = [i for i in sizes if sizes[i] % g == 0 and i not in split]
        if reached and _floored(limit, g) < least:
            least = _floored(limit, g)
            yield reached, least


def _floored(limit: float, size: int) -> float:
    return floor(limit / size + 1e-9) * float(size)


def running_upper_of(market: Market, kept: list[ReductionCandidate], whole: bool) -> tuple[float | None, ...]:
    """Own cap of each option, nodes: its maximum, and caps of which it is the only member."""
    alone: dict[str, int] = {}
    for candidate in kept:
        for name in candidate.option.groups:
            alone[name] = alone.get(name, 0) + 1
    uppers: list[float | None] = []
    for candidate in kept:
        option = candidate.option
        caps = (market.caps[name] for name in option.groups if alone[name] == 1)
        limits = [cap.room(option.count) for cap in caps if cap.counts == "running"]
        limits += [float(option.max_nodes)] if option.max_nodes is not None else []
        most = min(limits, default=None)
        uppers.append(float(floor(most)) if whole and most is not None else most)
    return tuple(uppers)
