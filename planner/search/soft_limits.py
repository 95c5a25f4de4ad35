"""A plan within limits that bind: while it is sought they may be exceeded at a price.

Where limits on money or carbon leave little room, rounded designs exceed them a little, and what rounding loses in the periods
comes on top. Instead of refusing such designs, each limit gets a column for what is too much. So there is always a design and an
answer of every period, and it is known how far the plan is from keeping which limit. Designs go down from there
(`signings/descent.py`); what the periods' whole numbers exceed is kept back of the limits in the next round. A plan that
exceeds nothing is one of the program itself.
"""

import numpy as np

from planner.search.options import Options
from planner.search.periods import Operated
from planner.search.planning import Planning
from planner.search.signings import Descent
from planner.search.structure import Layout
from planner.solver import Floats, Matrix, Solved, WarmStart, Watch, with_shortages

NOTHING = 1e-7
"""What is exceeded, in the unit of a row and of its limit, that counts as nothing."""
Designed = tuple[Floats, Solved]
"""A design and the relaxation that has it fixed."""
SQUEEZED = 4
"""Periods that are tried harder before it is looked at what they exceed together."""
WORTH_IT = 0.75
"""Part of what was exceeded that may be left after them for the next ones to be tried, where it is much."""
KEPT = 1.05
"""Multiple of what is exceeded that is kept back."""


class SoftLimits(Planning):
    """A program whose limits may be exceeded."""

    def __init__(
        self, matrix: Matrix, layout: Layout, relaxed: Solved, gap: float, watch: Watch, options: Options
    ) -> None:
        """Args:
        relaxed: the relaxation in which nothing is exceeded.
        """
        self.rows, self.own = layout.soft, matrix.columns
        soft = with_shortages(matrix, [[row] for row in self.rows], _prices(matrix, layout, relaxed, options))
        super().__init__(soft, layout.with_shortages(), gap, watch, options)
        self.kept = np.zeros(len(self.rows))
        """By limit: what is kept back of it in the relaxation."""
        self.exceeded = np.full(len(self.rows), np.inf)
        """By limit: what the last plan exceeds it by."""

    def warm_from(self, start: WarmStart | None) -> None:
        """Start from what the relaxation left in which nothing is exceeded."""
        self.relaxation.start = start

    def within(self) -> Floats | None:
        """A plan that exceeds nothing (values of the program's own columns); None if none was found."""
        relaxed = self.tighten()
        if not self._start(relaxed):
            return None
        starts = list(self.designs.rounded(relaxed, self.options.soft_starts))
        starts = starts or self.designs.candidates(relaxed)
        rounds = self.options.soft_rounds if starts else 0
        for number in range(1, rounds + 1):
            starts = self._down(starts)
            work = None if self.watch.over else self.operate(*starts[0])
            if work is None:
                break
            self._squeeze(work, to_the_end=self.nearly or number == rounds)
            if self.exceeded.max() <= 0:
                return None if self.last is None else self.last[: self.own]
            self.kept += KEPT * self.exceeded
            self._keep_back(self.kept)
            starts = self._again(starts)
        return None

    def settle(self, x: Floats) -> Floats | None:
        """At the limits themselves."""
        self._keep_back(np.zeros(len(self.rows)))
        found = super().settle(x)
        self._keep_back(self.kept)
        return found

    def _keep_back(self, kept: Floats) -> None:
        """Keep so much of the limits back in the relaxation."""
        lower, upper = self.matrix.row_lower[self.rows], self.matrix.row_upper[self.rows]
        self.relaxation.live.sides(self.rows, lower, upper - kept)

    @property
    def nearly(self) -> bool:
        """Whether the last plan exceeds limits by little."""
        return bool(np.all(self.exceeded <= self.options.soft_little * np.abs(self.matrix.row_upper[self.rows])))

    def _squeeze(self, work: Operated, *, to_the_end: bool) -> None:
        """Try periods harder, those that lose most first, until nothing is exceeded.

        Args:
            to_the_end: go on where that is far.
        """
        for number in range(1, len(self.efforts)):
            for many, t in enumerate(np.argsort(-work.loss, kind="stable").tolist(), start=1):
                if self.exceeded.max() <= 0 or self.watch.over:
                    return
                self._retry(work, t, number)
                if many % SQUEEZED == 0 or many == len(work.found):
                    before = self.exceeded
                    self.take(work)
                    if not to_the_end and np.any(self.exceeded > WORTH_IT * before):
                        return

    def _down(self, starts: list[Designed]) -> list[Designed]:
        """Designs on the way down from some, the cheapest first."""
        prices = np.zeros(self.matrix.rows)
        prices[self.rows] = self.matrix.cost[self.own :]
        columns, found = self.designs.fixed_columns, {}
        descent = Descent(self.relaxation, columns, prices[self.layout.limits], self.watch, self.options)
        for start in sorted(starts, key=_cost)[: self.options.soft_ways]:
            design = descent.down(*start)
            found[design[0][columns].tobytes()] = design
        return sorted(found.values(), key=_cost)

    def _again(self, designs: list[Designed]) -> list[Designed]:
        """The same designs at the limits as they are now."""
        columns = self.designs.fixed_columns
        solved = [(design, self.relaxation.with_fixed(columns, design[columns])) for design, _ in designs]
        return [(design, one) for design, one in solved if one.x is not None and one.verdict == "optimal"]

    def _keep(self, x: Floats | None) -> bool:
        if x is not None:
            self.last: Floats | None = x
            over, most = x[self.own :], np.maximum(np.abs(self.matrix.row_upper[self.rows]), 1.0)
            self.exceeded = np.where(over <= NOTHING * most, 0.0, over)
        return super()._keep(x)


def _prices(matrix: Matrix, layout: Layout, relaxed: Solved, options: Options) -> list[float]:
    """By limit, what exceeding it costs: several times what a unit less of it costs in the relaxation, and what one costs."""
    found = []
    for row in layout.soft.tolist():
        span = slice(matrix.start[row], matrix.start[row + 1])
        index, value = matrix.index[span], matrix.value[span]
        costs = np.abs(matrix.cost[index[value > 0]]) / value[value > 0]
        one = float(np.median(costs[costs > 0])) if np.any(costs > 0) else 1.0
        found.append(options.soft_price * (one + abs(float(relaxed.row_dual[row]))))
    return found


def _cost(designed: Designed) -> float:
    return designed[1].objective
