"""Designs made better one step after the other: a node more or less of one commitment, or of two at once, a run placed elsewhere.

The relaxation with a design fixed costs :math:`f(v)`, which is convex in what is signed, :math:`v`. Its reduced costs
:math:`g` bound every step from below,

.. math:: f(v + d) \\ge f(v) + g^\\top d,

so a step that they do not promise to be better is not tried. The others are tried in the order of what is expected of them: what
they promise, and the price of what they take of a limit beyond what is left of it. Of each commitment the best dates are tried, a
node first and twice as many as long as that helps. Where limits may be exceeded at a price (`soft_limits.py`) this is also the
way to a design that keeps them.
"""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from planner.search.bounds import Relaxation
from planner.search.options import Options
from planner.solver import Floats, Ints, Solved, Watch

BETTER = 1e-7
"""Share of the cost that is a step."""
WHOLE = 1e-6
ROOM = 1e-6
"""Room in a limit from which on its price does not show in reduced costs."""


class Step(NamedTuple):
    """One step from a design."""

    expected: float
    """Likely change of the cost."""
    promise: float
    """The cost changes by no less."""
    columns: tuple[int, ...]
    by: tuple[float, ...]


class Descent:
    """A design of a relaxation, and the way down from it."""

    def __init__(self, relaxation: Relaxation, columns: Ints, prices: Floats, watch: Watch, options: Options) -> None:
        """Args:
        columns: all whole columns of a design.
        prices: of what exceeds a limit, by limit of the layout.
        """
        self.prices = prices
        self.relaxation, self.columns, self.watch, self.options = relaxation, columns, watch, options
        layout, matrix = relaxation.layout, relaxation.original
        whole = set(columns.tolist())
        self.commitments = [tuple(j for j in signings if j in whole) for signings in layout.signings]
        self.commitments += [(j,) for j in layout.switches.tolist()]
        self.smallest = {j: (k, least) for j, k, least in layout.minimums}
        self.lower, self.upper = matrix.lower, matrix.upper
        self.left = options.steps_tried
        limits = layout.limits
        self.taken = {j: np.zeros(len(limits)) for j in columns.tolist()}
        """What a node takes of each limit."""
        for place, row in enumerate(limits.tolist()):
            span = slice(matrix.start[row], matrix.start[row + 1])
            for j, value in zip(matrix.index[span].tolist(), matrix.value[span].tolist(), strict=True):
                if j in self.taken:
                    self.taken[j][place] = value
        self.room = np.zeros(len(limits))
        """What the last design leaves of each limit."""

    def down(self, design: Floats, solved: Solved, seconds: float | None = None) -> tuple[Floats, Solved]:
        """The best design that single and double steps lead to from one whose relaxation is solved.

        Args:
            seconds: CPU seconds it may take; default: `steps_seconds`.
        """
        live, original = self.relaxation.live, self.relaxation.original
        self.left = self.options.steps_tried
        with self.watch.within(self.options.steps_seconds if seconds is None else seconds):
            while self.left > 0 and not self.watch.over:
                better = self._better(design, solved, self._single(design, solved))
                better = better or self._better(design, solved, self._double(design, solved))
                if better is None:
                    break
                design, solved = better
        live.bound(self.columns, original.lower[self.columns], original.upper[self.columns])
        return design, solved

    def _better(self, design: Floats, solved: Solved, steps: list[Step]) -> tuple[Floats, Solved] | None:
        """The best of the steps that were tried; None if none is better."""
        best: tuple[Floats, Solved] | None = None
        least, found = solved.objective - BETTER * abs(solved.objective), 0
        for step in steps:
            if self.left <= 0 or found >= self.options.steps_better:
                break
            if solved.objective + step.promise >= least:
                continue
            if self.watch.over:
                break
            times = 1.0
            while (there := self._at(design, step, times)) is not None:
                again = self._solved(there)
                if again.x is None or again.verdict != "optimal" or again.objective >= least:
                    break
                best, least, times = (there, again), again.objective, 2 * times
                found += times == 2.0
        return best

    def _solved(self, design: Floats) -> Solved:
        self.left -= 1
        values = design[self.columns]
        self.relaxation.live.bound(self.columns, values, values)
        return self.relaxation.live.solve()

    def _single(self, design: Floats, solved: Solved) -> list[Step]:
        up, down = self._likely(design, solved)
        return sorted([*up, *down])

    def _double(self, design: Floats, solved: Solved) -> list[Step]:
        """One node less here and one more there."""
        up, down = self._likely(design, solved)
        pairs = [
            self._step(one.promise + other.promise, one.columns + other.columns, one.by + other.by)
            for one in sorted(down)[: self.options.steps_pairs]
            for other in sorted(up)[: self.options.steps_pairs]
            if one.columns != other.columns
        ]
        return sorted([*pairs, *self._placings(design, solved)])

    def _placings(self, design: Floats, solved: Solved) -> Iterator[Step]:
        """Another way to place a run."""
        reduced = solved.column_dual
        for ways in self.relaxation.layout.choices:
            for now in (j for j in ways if design[j] > 0.5):
                for j in (j for j in ways if design[j] < 0.5 < self.upper[j]):
                    yield self._step(float(reduced[j] - reduced[now]), (now, j), (-1.0, 1.0))

    def _likely(self, design: Floats, solved: Solved) -> tuple[list[Step], list[Step]]:
        """By commitment the dates at which a node more, and a node less, promises most."""
        reduced, matrix = solved.column_dual, self.relaxation.original
        assert solved.x is not None
        limits = self.relaxation.layout.limits
        self.room = matrix.row_upper[limits] - matrix.activity(solved.x)[limits]
        up: list[Step] = []
        down: list[Step] = []
        for signings in self.commitments:
            more = [self._step(float(reduced[j]), (j,), (1.0,)) for j in signings if design[j] < self.upper[j] - WHOLE]
            less = [
                self._step(-float(reduced[j]), (j,), (-1.0,)) for j in signings if design[j] > self.lower[j] + WHOLE
            ]
            up += sorted(more)[: self.options.steps_dates]
            down += sorted(less)[: self.options.steps_dates]
        return up, down

    def _step(self, promise: float, columns: tuple[int, ...], by: tuple[float, ...]) -> Step:
        taken = sum(self.taken[j] * d for j, d in zip(columns, by, strict=True))
        beyond = np.where(self.room > ROOM, np.maximum(taken - self.room, 0.0), 0.0)
        return Step(promise + float(self.prices @ beyond), promise, columns, by)

    def _at(self, design: Floats, step: Step, times: float) -> Floats | None:
        """The design after a step, so many times as long; None if that leaves the bounds."""
        there = design.copy()
        for j, by in zip(step.columns, step.by, strict=True):
            value = there[j] + by * times
            if j in self.smallest:
                opened, least = self.smallest[j]
                if 0 < value < least:
                    value = least if by > 0 else 0.0
                there[opened] = float(value > 0)
            if not self.lower[j] <= value <= self.upper[j]:
                return None
            there[j] = value
        return there
