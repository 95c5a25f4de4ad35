"""What serves a workload at a demand point: the left side that demand, spot, residency and provider shares have in common."""

from collections.abc import Callable

from planner.formulation.parameters import Parameters, SubstitutionClass
from planner.formulation.program import Pair, Row, Sense, in_scale
from planner.formulation.variables import Variables

Point = tuple[int, int, int]


def served_by(
    p: Parameters, x: Variables, point: Point, counts: Callable[[SubstitutionClass], bool], *, mode: int | None = None
) -> list[Pair]:
    """Share of the demand at a point that the classes that count can serve (in the ordinary way, or as fallback `mode`)."""
    w, t, s = point
    v = w if mode is None else mode
    slices = (s,) if (w, t, s) in p.online else range(len(p.hours[t]))
    work = p.work(w, t, s)
    return [
        (x.served[v, c, t, k], service.rate_per_hour * p.hours[t][k] / work)
        for c, service in p.serving(v)
        if counts(p.classes[c])
        for k in slices
        if (v, c, t, k) in x.served
    ]


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
