"""Slices priced one by one: what their whole numbers cost beyond their part of the relaxation.

At the duals of the relaxation the Lagrangian bound is the relaxation's, and every slice adds to it what its whole numbers cost
beyond its part of the relaxation, whatever the other slices do (proof: `lagrangian.py`).
"""

import numpy as np

from planner.search.bounds.lagrangian import Place, blocks_of, lagrangian, prices_of, slice_bound
from planner.search.bounds.relaxation import Relaxation
from planner.search.options import Options
from planner.search.structure import Layout
from planner.solver import Floats, Ints, Matrix, Solved, Watch


class SlicePricing:
    """The program apart, at the duals of its relaxation."""

    def __init__(
        self, relaxation: Relaxation, layout: Layout, relaxed: Solved, gap: float, watch: Watch, options: Options
    ) -> None:
        assert relaxed.x is not None
        self.matrix, self.layout, self.x = relaxation.matrix, layout, relaxed.x
        self.gap, self.watch, self.options = gap, watch, options
        blocks = blocks_of(relaxation.matrix, layout, relaxation.row_period, relaxation.row_slice, relaxed.objective)
        self.apart = lagrangian(blocks, prices_of(blocks, relaxed))

    def of_period(self, t: int) -> tuple[float, list[tuple[Ints, Floats]]]:
        """By how much the slices of a period raise the bound, and their best points by their columns."""
        gain, points = 0.0, []
        for number, place in enumerate(self.apart.places):
            if place.t != t or self.watch.over:
                continue
            program = self.apart.program(place)
            part = self.part_of(place, program)
            twice = number % self.options.slice_sample == 0
            value, point = slice_bound(program, self.watch, self.gap / 4, self.apart.blocks.scale[t], twice=twice)
            if np.isfinite(value):
                gain += max(value - part, 0.0)
            if point is not None:
                points.append((place.columns, point[: len(place.columns)]))
        return gain, points

    def part_of(self, place: Place, program: Matrix) -> float:
        """What a slice costs in the relaxation, at its prices."""
        nodes = [-self._nodes_held(int(place.rows[h.row])) for h in place.held]
        return float(program.cost @ np.concatenate([self.x[place.columns], nodes]))

    def _nodes_held(self, row: int) -> float:
        """Less the committed nodes of the relaxation in a capacity row."""
        span = slice(self.matrix.start[row], self.matrix.start[row + 1])
        index, value = self.matrix.index[span], self.matrix.value[span]
        design = self.layout.column_period[index] < 0
        return float(value[design] @ self.x[index[design]])
