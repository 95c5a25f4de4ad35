r"""A small tree over signings: the bound that whole commitments imply while operation stays relaxed.

What is branched on is first the number of nodes that enter service in one class and one period, under whichever contract
(:math:`\sum_{o \in K_c} k_{ov}`, a whole number in every plan), then the single signing. The sum comes first because a
class has many contracts of nearly the same price: forbidding one signing only moves its fraction to the next.

The bound is the least over all nodes that are still open or were left, each bounded by its own relaxation; an infeasible node
holds no plan. (Land and Doig, *Econometrica* 28, 1960.)
"""

from collections.abc import Iterator
from heapq import heappop, heappush
from typing import NamedTuple

import numpy as np

from planner.search.structure import DESIGN, Layout
from planner.solver import Floats, Ints, LiveModel, Matrix, Solved, Watch, cpu_seconds

WHOLE = 1e-6
"""Distance from a whole number that counts as none."""
TRIED, TRIED_NODES = 4, 3
"""So many ways to split are tried in the first so many nodes."""


class _Node(NamedTuple):
    """Part of the program: bounds of the sums and of the single signings, in this order."""

    bound: float
    number: int
    lower: Floats
    upper: Floats


class SigningTree:
    """Nodes of one program, best bound first; the live model is left as it was found by `end`."""

    def __init__(self, live: LiveModel, matrix: Matrix, layout: Layout, design: Ints, relaxed: Solved) -> None:
        self.live, self.matrix = live, matrix
        self.columns = design[matrix.integer[design]]
        self.sums = _entering(matrix, layout, set(self.columns.tolist()))
        self.first_row = live.add_free_rows(self.sums)
        self.summed = np.concatenate([np.empty(0, dtype=np.int32), *self.sums])
        lengths = np.array([len(columns) for columns in self.sums], dtype=np.int64)
        self.sum_of = np.repeat(np.arange(len(self.sums)), lengths)
        unlimited = np.full(len(self.sums), np.inf)
        lower = np.concatenate([-unlimited, matrix.lower[self.columns]])
        upper = np.concatenate([unlimited, matrix.upper[self.columns]])
        self.waiting = [_Node(relaxed.objective, 0, lower, upper)]
        self.left = np.inf
        self.visited = self.count = 0
        self.node = self.waiting[0]

    @property
    def open(self) -> bool:
        """Whether a node is waiting."""
        return bool(self.waiting)

    def stop(self) -> None:
        """Be done with all that is waiting."""
        self.left, self.waiting = self.bound, []

    @property
    def bound(self) -> float:
        """No plan costs less."""
        return min(self.left, self.waiting[0].bound if self.waiting else np.inf)

    def next(self) -> Solved | None:
        """Solve the node of the least bound; None if it holds no plan, or if the solver gave up on it."""
        self.node = heappop(self.waiting)
        self.visited += 1
        self._impose(self.node.lower, self.node.upper)
        solved = self.live.solve()
        if solved.verdict == "infeasible":
            return None
        if solved.x is None or solved.verdict != "optimal":
            self.leave(self.node.bound)
            return None
        return solved

    def grow(self, ceiling: float, steps: int, most: int, seconds: float, watch: Watch) -> tuple[Floats, Solved] | None:
        """A few nodes; a whole design that costs less than a ceiling, with its relaxation, if one is found.

        Args:
            most: so many nodes are visited in all.
            seconds: CPU seconds after which no further node is taken.
        """
        end = cpu_seconds() + seconds
        for _ in range(steps):
            if not self.open or watch.over or cpu_seconds() > end:
                break
            if self.visited >= most:
                self.stop()
                break
            solved = self.next()
            if solved is None:
                continue
            if solved.objective >= ceiling:
                self.leave(solved.objective)
            elif self.whole(solved):
                self.leave(solved.objective)
                assert solved.x is not None
                return np.where(self.matrix.integer, np.round(solved.x), solved.x), solved
            else:
                self.split(solved)
        return None

    def leave(self, bound: float) -> None:
        """Be done with the node at a bound."""
        self.left = min(self.left, bound)

    def whole(self, solved: Solved) -> bool:
        """Whether all signings are whole."""
        return bool(self._apart(solved).max(initial=0.0) <= WHOLE)

    def split(self, solved: Solved) -> None:
        """Two nodes in the place of this one, at a sum or signing that is not whole; none if all are whole.

        Near the root the few that are farthest from whole are tried, and the one whose worse side raises the bound most is
        taken; below, the one that is farthest.
        """
        if self.whole(solved):
            self.leave(solved.objective)
            return
        apart = self._apart(solved)
        sums = apart[: len(self.sums)]
        pool = sums if sums.max(initial=0.0) > WHOLE else apart
        ranked = np.argsort(-pool, kind="stable")[: TRIED if self.visited <= TRIED_NODES else 1]
        best: tuple[float, list[_Node]] | None = None
        for chosen in ranked[pool[ranked] > WHOLE]:
            sides = list(self._sides(solved, int(chosen), solve=len(ranked) > 1))
            worth = min((side.bound for side in sides), default=np.inf)
            if best is None or worth > best[0]:
                best = worth, sides
        assert best is not None
        for side in best[1]:
            heappush(self.waiting, side)

    def _sides(self, solved: Solved, chosen: int, *, solve: bool) -> Iterator[_Node]:
        """The nodes below and above, without those that hold no plan if they are solved."""
        value = self._values(solved)[chosen]
        for below in (True, False):
            lower, upper = self.node.lower.copy(), self.node.upper.copy()
            if below:
                upper[chosen] = np.floor(value)
            else:
                lower[chosen] = np.ceil(value)
            bound = solved.objective
            if solve:
                self._impose(lower, upper)
                side = self.live.solve()
                if side.verdict == "infeasible":
                    continue
                bound = max(bound, side.bound)
            self.count += 1
            yield _Node(bound, self.count, lower, upper)

    def end(self) -> None:
        """Give the live model its own bounds back."""
        unlimited = np.full(len(self.sums), np.inf)
        self._impose(
            np.concatenate([-unlimited, self.matrix.lower[self.columns]]),
            np.concatenate([unlimited, self.matrix.upper[self.columns]]),
        )

    def _impose(self, lower: Floats, upper: Floats) -> None:
        count = len(self.sums)
        rows = np.arange(self.first_row, self.first_row + count, dtype=np.int32)
        self.live.sides(rows, lower[:count], upper[:count])
        self.live.bound(self.columns, lower[count:], upper[count:])

    def _values(self, solved: Solved) -> Floats:
        assert solved.x is not None
        sums = np.bincount(self.sum_of, weights=solved.x[self.summed], minlength=len(self.sums))
        return np.concatenate([sums, solved.x[self.columns]])

    def _apart(self, solved: Solved) -> Floats:
        values = self._values(solved)
        return np.asarray(np.abs(values - np.round(values)))


def _entering(matrix: Matrix, layout: Layout, whole: set[int]) -> list[Ints]:
    """Columns of the signings that are in service together, or enter together, in one class and period, where there are
    several and all are whole."""
    found: dict[tuple[int, ...], Ints] = {}
    before: dict[int, set[int]] = {}
    for (c, _), rows in sorted(layout.capacity.items()):
        span = slice(matrix.start[rows[0]], matrix.start[rows[0] + 1])
        index, value = matrix.index[span], matrix.value[span]
        held = set(index[(layout.column_period[index] == DESIGN) & (value < 0)].tolist())
        for columns in (sorted(held), sorted(held - before.get(c, set()))):
            if len(columns) > 1 and whole.issuperset(columns):
                found.setdefault(tuple(columns), np.array(columns, dtype=np.int32))
        before[c] = held
    return list(found.values())
