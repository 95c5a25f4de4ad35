r"""The relaxation of a program, alive in the solver: tightened by cuts, asked again with columns fixed or limits moved.

**Money comes last.** Limits on money, and credits, make the relaxation several times slower to solve from nothing. So it is solved
without their rows first; then the solver goes on with them from where it stands: the same optimum, sooner.

**Cuts.** Opening cuts say what smallest sizes imply (`openings.py`), rounding cuts what whole replicas imply
(`solver/rounding.py`), knapsack cuts what whole replicas and the whole nodes they stand on imply at the prices of everything else
(`knapsack.py`). The last two hold for every plan, the first for some plan of least cost: a bound stays a bound.
"""

from collections.abc import Iterator
from itertools import takewhile

import numpy as np

from planner.search.bounds.implied import most_of_use
from planner.search.bounds.knapsack import knapsack_cuts
from planner.search.bounds.openings import opening_cuts
from planner.search.options import Options
from planner.search.structure import Layout
from planner.solver import Cut, Floats, Ints, LiveModel, Matrix, Solved, WarmStart, Watch, cpu_seconds, rounding_cuts


class Relaxation:
    """A program without whole numbers; `bound` is the best bound that it gave."""

    def __init__(self, matrix: Matrix, layout: Layout, watch: Watch, options: Options) -> None:
        self.original, self.layout, self.watch, self.options = matrix, layout, watch, options
        self.matrix = matrix
        """With the cuts."""
        self.bound = -np.inf
        self.cut_period: list[int] = []
        self.cut_slice: list[int] = []
        self.live = LiveModel(matrix, watch)
        self.cuts: list[Cut] = []
        self.most: Floats | None = None
        """Upper bounds of all columns that some plan of least cost keeps."""
        self.start: WarmStart | None = None
        """What a program of the same shape left; its cuts hold here."""
        self.left: WarmStart | None = None
        """What this one leaves."""
        self.seconds = 0.0
        """CPU seconds that it took before cuts."""

    def tighten(self) -> Solved:
        """Solve, cut, solve again until cuts are worth little."""
        began = cpu_seconds()
        first = self._first()
        self.seconds = cpu_seconds() - began
        solved = self._tightened(first)
        if solved.verdict == "optimal":
            self.left = WarmStart(self.live.basis(), tuple(self.cuts))
        return solved

    def _tightened(self, solved: Solved) -> Solved:
        for family in (self._openings, self._rounding, self._knapsack):
            for _ in range(self.options.cut_rounds):
                if solved.x is None or solved.verdict != "optimal":
                    return solved
                self.bound = max(self.bound, solved.objective)
                cuts = [] if self.watch.over else family(solved)
                if not cuts:
                    break
                before = solved.objective
                self.add(cuts)
                solved = self.live.solve()
                if solved.verdict == "optimal" and solved.objective - before <= self.options.cut_worth * abs(before):
                    break
        if solved.x is not None and solved.verdict == "optimal":
            self.bound = max(self.bound, solved.objective)
        return solved

    def _first(self) -> Solved:
        if self.start is not None:
            if self.start.cuts:
                self.add(list(self.start.cuts))
            self.live.warm()
            self.live.replace(self.matrix, self.start.basis.columns, self.start.basis.rows)
            return self.live.solve()
        granted = self.layout.granted
        if not len(granted):
            solved = self.live.solve()
            self.live.warm()
            return solved
        return self.live.solve_after(self.matrix, self._money(), granted)

    def _money(self) -> Ints:
        """Limits, wherever they stand, and rows in which credits are used."""
        matrix, layout = self.original, self.layout
        owner = np.repeat(np.arange(matrix.rows, dtype=np.int32), np.diff(matrix.start))
        used = owner[np.isin(matrix.index, layout.granted)]
        return np.unique(np.concatenate([layout.limits, layout.soft, used])).astype(np.int32)

    def _openings(self, solved: Solved) -> list[Cut]:
        if not self.layout.minimums:
            return []
        if self.most is None:
            self.most = most_of_use(self.original)
        assert solved.x is not None
        return opening_cuts(self.original, self.layout, solved.x, self.most)

    def _rounding(self, solved: Solved) -> list[Cut]:
        assert solved.x is not None
        return [cut for rows in self._covers() for cut in rounding_cuts(self.original, rows, solved.x)]

    def _knapsack(self, solved: Solved) -> list[Cut]:
        made_from = np.array([cut.made_from for cut in self.cuts], dtype=np.int32)
        return [
            cut
            for rows in self._covers()
            for cut in knapsack_cuts(self.matrix, self.layout, rows, made_from, solved, self.options)
        ]

    def _covers(self) -> Iterator[Ints]:
        """Groups of rows to cut from, as long as there is time."""
        return takewhile(lambda _: not self.watch.over, self.layout.covers)

    def add(self, cuts: list[Cut]) -> None:
        """Add rows that hold for every plan."""
        starts = np.cumsum([0] + [len(c.index) for c in cuts[:-1]]).astype(np.int32)
        lower = np.array([c.lower for c in cuts])
        self.live.add_rows(
            lower, starts, np.concatenate([c.index for c in cuts]), np.concatenate([c.value for c in cuts])
        )
        self.matrix = self.matrix.with_rows(cuts)
        self.cuts += cuts
        first = [int(c.index[0]) for c in cuts]
        self.cut_period += [int(self.layout.column_period[j]) for j in first]
        self.cut_slice += [int(self.layout.column_slice[j]) for j in first]

    @property
    def row_period(self) -> Ints:
        """Period of every row, cuts included."""
        return np.concatenate([self.layout.row_period, np.array(self.cut_period, dtype=np.int32)])

    @property
    def row_slice(self) -> Ints:
        """Slice of every row, cuts included."""
        return np.concatenate([self.layout.row_slice, np.array(self.cut_slice, dtype=np.int32)])

    def with_fixed(self, columns: Ints, values: Floats) -> Solved:
        """The relaxation with some columns fixed, in several times the CPU seconds that it took itself; afterwards it is as before.

        Where the dual simplex takes longer there mostly is no such point, and its prices grow without end.
        """
        basis = self.live.highs.getBasis()
        self.live.bound(columns, values, values)
        solved = self.live.solve(self.options.fixed_seconds + self.options.fixed_times * self.seconds)
        self.live.bound(columns, self.original.lower[columns], self.original.upper[columns])
        if solved.verdict != "optimal" and basis.valid:
            self.live.highs.setBasis(basis)
        return solved

    def settled(self, values: Floats, seconds: float) -> Solved:
        """The best point with whole numbers given, for a plan; afterwards the relaxation is as before."""
        return self.live.closely(self.original, values, seconds)
