"""How much of what busy nodes could do they really do: whole replicas, and capacity held for rules on shares, may idle.

Of a demand point (a slice of online work, a period of flexible work, the window of a run that may stop) hosted APIs do what is paid
for; of the rest nodes in the ordinary way do what they can, in proportion to their capacity, and a fallback does what is then left.
"""

from collections import defaultdict
from typing import NamedTuple

from planner.formulation.parameters import Parameters
from planner.solution.decisions import Decisions

Point = tuple[int, int, int]
"""(workload or fallback, period, slice); -1 where all of them count together."""


class Done(NamedTuple):
    """Shares of capacity at work, by demand point."""

    shares: dict[Point, float]
    online: frozenset[int]
    windows: frozenset[int]
    parents: tuple[int, ...]

    def fraction(self, w: int, t: int, s: int) -> float:
        """Work done over what the nodes busy with workload w (or a fallback) could do."""
        parent = self.parents[w]
        return self.shares.get(_point(w, t, s, parent in self.online, parent in self.windows), 1.0)


def _point(w: int, t: int, s: int, online: bool, window: bool) -> Point:
    return (w, -1, -1) if window else (w, t, s if online else -1)


def done_of(p: Parameters, d: Decisions) -> Done:
    """Shares of capacity at work in a plan."""
    online, windows = frozenset(w for w, _, _ in p.online), frozenset(p.windows)
    parents = tuple(p.parent(w) for w in range(p.served_workloads))

    def at(w: int, t: int, s: int) -> Point:
        return _point(w, t, s, parents[w] in online, parents[w] in windows)

    able: dict[Point, float] = defaultdict(float)
    left: dict[Point, float] = {}
    for (t, s), parts in d.busy.items():
        for part in parts:
            point = at(part.workload, t, s)
            able[point] += part.nodes / part.service.nodes * part.service.rate_per_hour * p.hours[t][s]
            of = at(parents[part.workload], t, s)
            left.setdefault(of, p.work(of[0], max(of[1], 0), max(of[2], 0)))
    for (h, t, s), work in d.hosted.items():
        of = at(parents[p.hosted[h].workload], t, s)
        if of in left:
            left[of] -= work
    for (w, t, s), work in d.unserved.items():
        if at(w, t, s) in left:
            left[at(w, t, s)] -= work
    shares: dict[Point, float] = {}
    for point, most in sorted(able.items()):  # a workload comes before its fallback
        of = (parents[point[0]], *point[1:])
        work = min(most, max(left[of], 0.0))
        left[of] -= work
        shares[point] = work / most if most > 0 else 1.0
    return Done(shares, online, windows, parents)
