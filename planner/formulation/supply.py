"""What serves a workload at a demand point: the left side that demand, spot, residency and provider shares have in common; and
what takes the nodes of a class, on both sides of capacity.
"""

from collections.abc import Callable, Iterator

from planner.formulation.parameters import Parameters, SubstitutionClass
from planner.formulation.program import Pair, Row, Sense, in_scale
from planner.formulation.variables import Variables

Point = tuple[int, int, int]


def served_by(
    p: Parameters, x: Variables, point: Point, counts: Callable[[SubstitutionClass], bool], *, mode: int | None = None
) -> list[Pair]:
    """Share of the demand at a point that the classes that count can serve (in the ordinary way, or as fallback `mode`)."""
    return [pair for c, pair in serving_at(p, x, point, mode) if counts(p.classes[c])]


def serving_at(p: Parameters, x: Variables, point: Point, mode: int | None = None) -> Iterator[tuple[int, Pair]]:
    """(class, (service, share of the demand at a point that a unit of it serves))."""
    w, t, s = point
    v = w if mode is None else mode
    slices = (s,) if (w, t, s) in p.online else range(len(p.hours[t]))
    work = p.work(w, t, s)
    for c, service in p.serving(v):
        for k in slices:
            served = x.served.get((v, c, t, k))
            if served is not None:
                yield c, (served, service.rate_per_hour * p.hours[t][k] / work)


def paid_by_work(group: SubstitutionClass) -> bool:
    """Whether only time in use is paid: containers, which never run idle, whatever an agreement gives for it."""
    return group.kin.delivery == "container"


def hosted_by(
    p: Parameters, x: Variables, point: Point, counts: Callable[[str], bool], *, mode: int | None = None
) -> list[Pair]:
    """Share of the demand at a point that hosted APIs of the providers that count serve."""
    w, t, s = point
    v = w if mode is None else mode
    return [
        (x.hosted[h, t, s], 1.0)
        for h in p.apis(v)
        if (h, t, s) in x.hosted and counts(p.options[p.hosted[h].option].option.provider)
    ]


def taken_at(p: Parameters, x: Variables, at: Point) -> list[Pair]:
    """Nodes of a class that online work takes in a slice: those it holds, where they must be made whole."""
    if at in x.held:
        return [(x.held[at], 1.0)]
    used = ((x.served.get((w, *at)), service.nodes) for w, service in p.classes[at[0]].column if w in p.holding)
    return [(served, nodes) for served, nodes in used if served is not None]


def briefly(p: Parameters, x: Variables) -> dict[tuple[int, int], list[Pair]]:
    """(host, period) → nodes that serve runs in the part of their last period that they take, and no longer: by the hour, and of
    blocks; as one term."""
    found: dict[tuple[int, int], list[Pair]] = {}
    for (j, _), nodes in (*x.extra.items(), *x.ending.items()):
        cast = p.casts[j]
        found.setdefault((cast.host, cast.end - 1), []).append((nodes, 1.0))
    return {(b, t): [(x.shared(("briefly", b, t), pairs), 1.0)] for (b, t), pairs in found.items()}


def held_by_runs(p: Parameters, x: Variables) -> dict[tuple[int, int], list[Pair]]:
    """(class, period) → nodes that training runs hold all through it: their gangs less what runs for a part of it."""
    found: dict[tuple[int, int], list[Pair]] = {}
    brief = briefly(p, x)
    for (b, t), gang in x.gang.items():
        less = brief.get((b, t), [])
        pairs: list[Pair] = [(gang, 1.0), *((nodes, -1.0) for nodes, _ in less)]
        found.setdefault((p.hosts[b].group, t), []).extend(pairs)
    return found


def committed_in(p: Parameters, x: Variables, c: int, t: int) -> list[Pair]:
    """Nodes of a class that are in service under commitments."""
    return x.committed(p, c, t)


def unserved_at(x: Variables, point: Point) -> list[Pair]:
    """Share of the demand that stays unserved."""
    return [(x.unserved[point], 1.0)] if point in x.unserved else []


def at_least(
    p: Parameters, x: Variables, key: tuple[object, ...], point: Point, pairs: list[Pair], share: float
) -> Row:
    """pairs ≥ share of what is asked for at the point: all of the demand, or the progress of a run in its window."""
    w, t, _ = point
    sense: Sense = ">="
    if (w, t) in x.progress:
        return in_scale(Row(key, [*pairs, (x.progress[w, t], -share)], sense, 0.0))
    return in_scale(Row(key, pairs, sense, share))
