r"""Cheapest operation of one period under a fixed design: slice by slice, then the period as a whole.

The slices of a period share only the work of flexible workloads (and their spot shares). At the duals φ of these rows each
slice is a small program of its own; whole replicas are decided there. With the replicas fixed the period is solved once
more for the nodes that run and the flexible work. This finds plans; bounds come from elsewhere.
"""

import numpy as np

from planner.formulation.layout import COUPLING, Layout
from planner.formulation.matrix import Floats, Ints, Matrix
from planner.formulation.solve import Solved, Watch, solve_lp, solve_mip

WIDTHS = (0.003, 0.03, np.inf)
"""Reduced cost up to which a column is tried in a slice, as a share of the slice's cost; wider if that fails."""
NODES_PER_SLICE = 40
NODES_PER_PERIOD = 200
ON = 1e-9


class Period:
    """One period of a program with its rows and columns, cut into slices."""

    def __init__(self, part: Matrix, columns: Ints, rows: Ints, layout: Layout, row_slice: Ints) -> None:
        self.part = part
        column_slice, slice_of_row = layout.column_slice[columns], row_slice[rows]
        self.coupling = np.flatnonzero(slice_of_row == COUPLING).astype(np.int32)
        self.shared = np.flatnonzero(column_slice == COUPLING).astype(np.int32)
        count = int(column_slice.max(initial=0)) + 1
        self.slices = [
            (
                np.flatnonzero(slice_of_row == s).astype(np.int32),
                np.flatnonzero(column_slice == s).astype(np.int32),
            )
            for s in range(count)
        ]

    def cheapest(self, watch: Watch, gap: float) -> Floats | None:
        """Values of the period's columns, or None if the design cannot serve it."""
        relaxed = solve_lp(self.part, watch)
        if relaxed.x is None or relaxed.verdict != "optimal":
            return None
        x = relaxed.x.copy()
        cost = self.part.cost - self.part.transposed_product(relaxed.row_dual, self.coupling)
        for rows, columns in self.slices:
            values = self._slice(rows, columns, cost, relaxed, watch, gap)
            if values is None:
                return self._whole(relaxed, watch, gap)
            x[columns] = values
        return self._joined(x, relaxed, watch, gap) if len(self.coupling) else x

    def _slice(
        self, rows: Ints, columns: Ints, cost: Floats, relaxed: Solved, watch: Watch, gap: float
    ) -> Floats | None:
        assert relaxed.x is not None
        point = relaxed.x[columns]
        whole = self.part.integer[columns]
        if np.all(np.abs(point - np.round(point))[whole] <= 1e-7):
            return np.where(whole, np.round(point), point)
        reduced = np.abs(relaxed.column_dual[columns])
        scale = float(np.abs(self.part.cost[columns]) @ point)
        for width in WIDTHS:
            keep = np.flatnonzero((reduced <= width * scale) | (point > ON) | (self.part.lower[columns] > 0))
            small = self.part.with_cost(cost).part(rows, columns[keep])
            found = solve_mip(small, watch, gap=gap, nodes=NODES_PER_SLICE)
            if found.x is not None:
                values = np.zeros(len(columns))
                values[keep] = found.x
                return values
        return None

    def _joined(self, x: Floats, relaxed: Solved, watch: Watch, gap: float) -> Floats | None:
        """Replicas as found in the slices; nodes that run and flexible work decided together."""
        replicas = self._replicas()
        fixed = self.part.bounded(replicas, np.round(x[replicas]), np.round(x[replicas]))
        reduced = np.abs(relaxed.column_dual)
        scale = float(np.abs(self.part.cost) @ x)
        rows = np.arange(self.part.rows, dtype=np.int32)
        for width in WIDTHS:
            matters = (reduced <= width * scale / len(self.slices)) | (x > ON) | (fixed.lower > 0)
            if relaxed.x is not None:
                matters |= relaxed.x > ON
            keep = np.flatnonzero(matters).astype(np.int32)
            found = solve_mip(fixed.part(rows, keep), watch, gap=gap, nodes=NODES_PER_PERIOD)
            if found.x is not None:
                values = np.zeros(self.part.columns)
                values[keep] = found.x
                return values
        return self._whole(relaxed, watch, gap)

    def _replicas(self) -> Ints:
        """Whole columns that cost nothing themselves: replicas."""
        return np.flatnonzero(self.part.integer & (self.part.cost == 0.0)).astype(np.int32)

    def _whole(self, relaxed: Solved, watch: Watch, gap: float) -> Floats | None:
        """The period as one program: slow, for when the slices cannot be put together."""
        return solve_mip(self.part, watch, gap=gap, nodes=NODES_PER_PERIOD).x
