"""The operation of all periods under one design, from one relaxation of the whole horizon."""

from typing import NamedTuple

from planner.search.lagrangian import Blocks
from planner.search.warm.dispatch import DispatchEffort, cheapest_near
from planner.solver import Floats, Matrix, Solved, Watch


class Operation(NamedTuple):
    """The operation of all periods under one design."""

    blocks: Blocks
    priced: Matrix
    """The program, its costs raised by what binding limits on money make of them."""
    held: Floats
    """Activity of the design by row."""
    relaxed: Solved
    """Relaxation under the design."""
    allowed: float
    """Absolute gap of a period."""
    watch: Watch

    def operated(self, t: int, x: Floats, effort: DispatchEffort) -> Floats | None:
        """Operation of a period near the relaxation; x holds the values of what couples its slices."""
        columns, rows = self.blocks.columns[t], self.blocks.rows[t]
        part = self.priced.part(rows, columns)
        part = part.with_sides(part.row_lower - self.held[rows], part.row_upper - self.held[rows])
        near = self.relaxed._replace(
            x=x[columns], column_dual=self.relaxed.column_dual[columns], objective=float(part.cost @ x[columns])
        )
        slices = self.blocks.layout.column_slice[columns]
        return cheapest_near(part, slices, near, self.watch, self.allowed, effort)

    def lost(self, t: int, x: Floats) -> float:
        """What whole numbers cost in a period."""
        assert self.relaxed.x is not None
        columns = self.blocks.columns[t]
        return float(self.priced.cost[columns] @ (x[columns] - self.relaxed.x[columns]))
