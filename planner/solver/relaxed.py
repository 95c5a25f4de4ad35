"""The relaxation of a program kept alive for questions beside it: other bounds, sides or costs of the same rows and columns."""

from typing import Any, NamedTuple

import numpy as np

from planner.solver.highs import Basis, LiveModel, Solved
from planner.solver.matrix import Cut, Floats, Ints, Matrix
from planner.solver.watch import Watch


class WarmStart(NamedTuple):
    """A basis of the tightened relaxation, and the cuts whose rows it has behind those of the program."""

    basis: Basis
    cuts: tuple[Cut, ...]

    def without_cuts(self, rows: int) -> "WarmStart":
        """The same for a program of so many rows alone."""
        return WarmStart(Basis(self.basis.columns, self.basis.rows[:rows]), ())


class Relaxed:
    """A relaxation that is solved when it is first asked for. Every later question goes on from the basis of the program as it is,
    once that was solved: questions are nearer to it than to one another.

    Args:
        live: the relaxation that a search left alive; it may have more rows, which must hold for some best plan whatever the
            costs, limits and bounds that are asked about. They are made of the demand: another demand is another program.
        cuts: the first of these rows.
    """

    def __init__(self, matrix: Matrix, watch: Watch, live: LiveModel | None = None, cuts: tuple[Cut, ...] = ()) -> None:
        self.matrix, self.watch, self.live, self.cuts = matrix, watch, live, cuts
        self.stands = matrix
        """Bounds, sides and costs as the solver has them."""
        self.optimal: Any = None
        """The basis of the program as it is."""

    def solve(self, matrix: Matrix | None = None) -> Solved:
        """The least cost over fractional values of a program that has the same rows and columns; default: of the program itself.

        Raises:
            ValueError: if the program has other columns or rows.
        """
        wanted = self.matrix if matrix is None else matrix
        if (wanted.columns, wanted.rows) != (self.matrix.columns, self.matrix.rows):
            raise ValueError("a relaxation is only asked again with the same columns and rows")
        if self.live is None:
            self.live = LiveModel(self.matrix, self.watch)
            first = self.live.solve()
            self.live.warm()
            if wanted is self.matrix:
                self.optimal = self.live.highs.getBasis()
                return first
        self._change(self.live, wanted)
        if self.optimal is not None:
            self.live.highs.setBasis(self.optimal)
        solved = self.live.solve()
        if wanted is self.matrix and solved.verdict == "optimal":
            self.optimal = self.live.highs.getBasis()
        return solved

    def left(self) -> WarmStart | None:
        """Where it stands: what a search of the same rows and columns starts from."""
        if self.live is None:
            return None
        found = self.live.basis()
        return WarmStart(Basis(found.columns, found.rows[: self.matrix.rows + len(self.cuts)]), self.cuts)

    def back(self) -> None:
        """Bounds, sides and costs as in the program, for whoever asks the same live model."""
        if self.live is not None:
            self._change(self.live, self.matrix)

    def _change(self, live: LiveModel, wanted: Matrix) -> None:
        before = self.stands
        columns = _apart((before.lower, wanted.lower), (before.upper, wanted.upper))
        rows = _apart((before.row_lower, wanted.row_lower), (before.row_upper, wanted.row_upper))
        priced = _apart((before.cost, wanted.cost))
        if len(columns):
            live.bound(columns, wanted.lower[columns], wanted.upper[columns])
        if len(rows):
            live.sides(rows, wanted.row_lower[rows], wanted.row_upper[rows])
        if len(priced):
            live.cost(priced, wanted.cost[priced])
        self.stands = wanted


def _apart(*pairs: tuple[Floats, Floats]) -> Ints:
    """Places where two arrays of any pair differ."""
    different = np.zeros(len(pairs[0][0]), dtype=bool)
    for one, other in pairs:
        different |= one != other
    return np.flatnonzero(different).astype(np.int32)
