r"""What is away from a program of few classes and cannot pay: found by prices alone, without a linear program.

At the prices of the rows in which near columns stand, the other columns have reduced costs d. A row ≤ 0 of away columns may be
priced at :math:`-\mu`, :math:`\mu = \max_j \{-d_j / a_j : a_j > 0\}`: then what takes from it (service on held nodes, held nodes
on capacity) costs nothing or more, and what gives to it (nodes that run, nodes that are signed) pays what is taken. The row of a
sum is priced so that its column costs nothing, which hands on to what it adds up. Any prices give a bound: columns of a block
whose :math:`\sum_j \min \{ d_j l_j, d_j u_j \}` is then nothing add nothing to the second program (`by_class.py`), as long as
the rows that were priced have no columns of other blocks.
"""

import numpy as np
import numpy.typing as npt

from planner.formulation import SUMS, Built
from planner.solver import Floats, Ints, Matrix

Marks = npt.NDArray[np.bool_]
HANDED_ON = ("holding", "capacity")
"""Families whose rows are priced, in the order in which service leads to payment."""

ROUNDS = 8
"""So many times blocks that pay are left out at most."""


class Away:
    """A sparse program by the rows that hand prices on."""

    def __init__(self, built: Built, matrix: Matrix) -> None:
        self.matrix = matrix
        keys = built.program.keys
        self.owner = np.repeat(np.arange(matrix.rows), np.diff(matrix.start))
        below = ~np.isfinite(matrix.row_lower) & (matrix.row_upper == 0.0)
        self.families = [np.array([name == family for name, _ in keys], dtype=bool) & below for family in HANDED_ON]
        self.sums = [(row, key[0]) for row, (family, key) in enumerate(keys) if family == SUMS]

    def idle(self, of: Ints, reduced: Floats, kept: Marks, most: Floats, nothing: float) -> tuple[Marks, Floats]:
        """Columns of the blocks that pay nothing, and the prices of rows that show it.

        Args:
            of: block of each column; those that are away have one.
            reduced: costs at the prices of the rows in which columns stand that are kept.
            most: upper bounds that every plan may be taken to keep.
            nothing: what a block may pay in all.
        """
        open_ = ~kept
        for _ in range(ROUNDS):  # rows that blocks which pay have in common with others are not priced
            price, costs = self.priced(reduced, open_)
            end = np.where(costs >= 0, self.matrix.lower, most)
            worth = np.where(costs == 0.0, 0.0, costs * np.where(costs == 0.0, 0.0, end))
            total = np.zeros(int(of.max(initial=0)) + 1)
            np.add.at(total, of[open_], worth[open_])
            before, open_ = open_, open_ & (total >= -nothing)[of]
            if np.array_equal(before, open_):
                return open_, price
        return np.zeros(len(kept), dtype=bool), np.zeros(self.matrix.rows)

    def priced(self, reduced: Floats, open_: Marks) -> tuple[Floats, Floats]:
        """Prices of rows all of whose columns are open, and the reduced costs at them.

        Args:
            reduced: costs of all columns at the prices so far.
            open_: columns that take part.
        """
        matrix, owner = self.matrix, self.owner
        free = np.ones(matrix.rows, dtype=bool)
        free[owner[~open_[matrix.index]]] = False
        price, reduced = np.zeros(matrix.rows), reduced.copy()
        for rows in self.families:
            entries = np.flatnonzero((rows & free)[owner])
            index, value, row = matrix.index[entries], matrix.value[entries], owner[entries]
            takes = value > 0
            asked = np.zeros(matrix.rows)
            np.maximum.at(asked, row[takes], -reduced[index[takes]] / value[takes])
            np.add.at(reduced, index, asked[row] * value)
            price -= asked
        for row, j in reversed(self.sums):
            if free[row] and reduced[j] < 0 and matrix.row_lower[row] == matrix.row_upper[row]:
                span = slice(matrix.start[row], matrix.start[row + 1])
                index, value = matrix.index[span], matrix.value[span]
                price[row] = reduced[j] / float(value[index == j].sum())
                reduced[index] -= price[row] * value
                reduced[j] = 0.0
        return price, reduced
