"""Designs: whole signings, runs placed, switches set, rounded from the relaxation or chosen by a small master program."""

from collections.abc import Iterator, Sequence

import numpy as np

from planner.search.lagrangian import Blocks
from planner.search.structure import Layout
from planner.solver import Cut, Floats, LiveModel, Matrix, Solved, Watch, solve_mip

MARGINS = (0.003, 0.01, 0.03)
"""Shares of a binding budget that are kept back for whole nodes in operation, tried in turn."""
KEPT_BACK = (0.001, 0.003, 0.01)
"""The same where signings are made whole one by one."""
MOST_STEPS = 8
"""Up to so many signings are made whole one by one."""
PLACES_TRIED = 4
"""Ways to place a run that are tried."""
UPWARDS = (0.5, 1.0, 0.0)
"""Ways to round signings where strategic decisions stand above them."""
LIKELY = 0.05
"""Value in the relaxation from which a further way to place a run is worth trying."""
ON = 1e-9
DELTA = 0.005
"""Width around a period's relaxation within which columns are kept, as a share of its cost."""


class Designs:
    """What may be tried as a design of one program."""

    def __init__(self, matrix: Matrix, layout: Layout, gap: float, watch: Watch) -> None:
        self.matrix, self.layout, self.gap, self.watch = matrix, layout, gap, watch
        self.live: LiveModel | None = None
        """The tightened relaxation, once there is one."""

    def every(self, blocks: Blocks, relaxed: Solved, cost: float) -> Iterator[Floats]:
        """Designs to try: signings rounded so that their running total stays close, or, where limits on money bind, chosen
        with some of it kept back for whole nodes in operation, by a master program or one by one; at last all rounded up.

        Args:
            cost: of the whole program, roughly.
        """
        assert relaxed.x is not None
        bound = bool(np.any(np.abs(relaxed.row_dual[self.layout.limits]) > 1e-9))
        point = relaxed.x
        if len(self.layout.strategic):
            yield from self._completed(blocks, relaxed.x)
        if self.layout.choices or len(self.layout.switches) or len(self.layout.strategic):
            dived = self._dived(relaxed.x) if self.layout.choices or len(self.layout.switches) else None
            if dived is None:
                for margin in (0.0, *MARGINS):
                    design = self.master(blocks, relaxed, cost, margin)
                    if design is not None:
                        yield design
                return
            point = dived
        elif bound:
            for margin in MARGINS:
                design = self.master(blocks, relaxed, cost, margin)
                if design is not None:
                    yield design
            for margin in KEPT_BACK:
                design = self.one_by_one(blocks, margin)
                if design is not None:
                    yield design
        values = point[blocks.design]
        whole = self.matrix.integer[blocks.design]
        yield self.cumulative(blocks, values)
        up = np.where(whole, np.ceil(values - 1e-6), values)
        yield np.minimum(up, self.matrix.upper[blocks.design])
        if self.layout.choices or len(self.layout.switches):
            for margin in (0.0, *MARGINS):
                design = self.master(blocks, relaxed, cost, margin)
                if design is not None:
                    yield design

    def _dived(self, x: Floats) -> Floats | None:
        """The relaxation with every run placed and every switch set: the likeliest ways first, one run after the other."""
        fixed: dict[int, float] = {int(j): float(x[j] > ON) for j in self.layout.switches}
        for ways in self.layout.choices:
            ranked = sorted(ways, key=lambda j: -float(x[j]))
            best: tuple[float, int, Floats] | None = None
            for chosen in ranked[:PLACES_TRIED]:
                if best is not None and x[chosen] < LIKELY:
                    break
                solved = self.with_fixed(fixed | {j: float(j == chosen) for j in ways})
                if (
                    solved.x is not None
                    and solved.verdict == "optimal"
                    and (best is None or solved.objective < best[0])
                ):
                    best = (solved.objective, chosen, solved.x)
            if best is None:
                return None
            fixed |= {j: float(j == best[1]) for j in ways}
            x = best[2]
        if not self.layout.choices:
            solved = self.with_fixed(fixed)
            return solved.x if solved.verdict == "optimal" else None
        return x

    def with_fixed(self, fixed: dict[int, float]) -> Solved:
        """The tightened relaxation with some columns fixed."""
        assert self.live is not None
        columns = np.array(sorted(fixed), dtype=np.int32)
        values = np.array([fixed[int(j)] for j in columns])
        self.live.bound(columns, values, values)
        solved = self.live.solve()
        self.live.bound(columns, self.matrix.lower[columns], self.matrix.upper[columns])
        return solved

    def one_by_one(self, blocks: Blocks, margin: float) -> Floats | None:
        """Signings made whole one after the other, the one that is nearest to its next whole number first, each time with the
        best of all others: near a tight budget what is rounded at once leaves too little to rent, or costs too much.

        Args:
            margin: share of the limits on money that is kept back.
        """
        live, matrix, columns = self.live, self.matrix, blocks.design
        assert live is not None
        limits, whole = self.layout.limits, matrix.integer[columns]
        sides = matrix.row_lower[limits], matrix.row_upper[limits]
        live.sides(limits, sides[0], sides[1] - margin * np.abs(sides[1]))
        lower, upper = matrix.lower[columns].copy(), matrix.upper[columns].copy()
        solved = live.solve()
        found: Floats | None = None
        for _ in range(MOST_STEPS):
            if solved.x is None or solved.verdict != "optimal" or self.watch.over:
                break
            values = solved.x[columns]
            above = np.where(whole & (np.abs(values - np.round(values)) > 1e-6), values - np.floor(values), 0.0)
            if int((above > 0).sum()) > MOST_STEPS:
                break  # too many for one relaxation each
            if not above.any():
                found = np.where(whole, np.round(values), values)
                break
            i = np.array([np.argmax(above)])
            least, lower[i] = lower[i].copy(), np.ceil(values[i])
            live.bound(columns[i], lower[i], upper[i])
            solved = live.solve()
            if solved.x is None or solved.verdict != "optimal":
                lower[i], upper[i] = least, np.floor(values[i])
                live.bound(columns[i], lower[i], upper[i])
                solved = live.solve()
        live.bound(columns, matrix.lower[columns], matrix.upper[columns])
        live.sides(limits, *sides)
        return found

    def _completed(self, blocks: Blocks, x: Floats) -> Iterator[Floats]:
        """Whole signings rounded from the relaxation, with what may be fractional (power that is rented) chosen best for them."""
        whole = blocks.design[self.matrix.integer[blocks.design]]
        place = {int(column): i for i, column in enumerate(blocks.design)}
        for upwards in UPWARDS:
            rounded = self.cumulative(blocks, x[blocks.design], upwards)
            solved = self.with_fixed({int(j): float(rounded[place[int(j)]]) for j in whole})
            if solved.x is not None and solved.verdict == "optimal":
                yield np.where(self.matrix.integer, np.round(solved.x), solved.x)[blocks.design]

    def cumulative(self, blocks: Blocks, values: Floats, upwards: float = 0.5) -> Floats:
        """Signings of each commitment rounded in the order of time so that their running total stays within a half.

        Args:
            upwards: what is added before rounding down: 0.5 rounds to the nearest, 1 up, 0 down.
        """
        place = {int(column): i for i, column in enumerate(blocks.design)}
        rounded = values.copy()
        for signings in self.layout.signings:
            running = whole = 0.0
            for column in signings:
                i = place[column]
                if not self.matrix.integer[column]:
                    continue
                running += values[i]
                rounded[i] = max(
                    np.floor(running + upwards - (1e-9 if upwards > 0 else -1e-9)) - whole, self.matrix.lower[column]
                )
                whole += rounded[i]
        return np.minimum(rounded, self.matrix.upper[blocks.design])

    def master(
        self,
        blocks: Blocks,
        relaxed: Solved,
        cost: float,
        margin: float = 0.0,
        spare: float = 0.0,
        best: Floats | None = None,
        extra: Sequence[Cut] = (),
    ) -> Floats | None:
        """Whole signings over the columns that matter, operation relaxed, under the rows of priced slices.

        Args:
            cost: of the whole program, roughly.
            margin: share of the upper limits of linking rows (budgets) that is kept back.
            spare: share of the online demand that is asked for on top.
            best: a plan whose columns matter in any case.
            extra: rows of priced slices.
        """
        near = DELTA / 10 * abs(cost) / max(blocks.count, 1)
        matters = (np.abs(relaxed.column_dual) <= near) | ((relaxed.x > 1e-9) if relaxed.x is not None else False)
        if best is not None:
            matters |= best > 1e-9
        keep = np.flatnonzero(matters).astype(np.int32)
        full = blocks.matrix.with_rows(list(extra))
        upper = full.row_upper.copy()
        upper[self.layout.limits] -= margin * np.abs(upper[self.layout.limits])
        lower = full.row_lower.copy()
        lower[self.layout.demand_rows] *= 1 + spare
        full = full.with_sides(lower, upper)
        integer = np.zeros(full.columns, dtype=bool)
        integer[blocks.design] = full.integer[blocks.design]
        part = Matrix(
            full.cost,
            full.lower,
            full.upper,
            integer,
            full.start,
            full.index,
            full.value,
            full.row_lower,
            full.row_upper,
        ).part(np.arange(full.rows, dtype=np.int32), keep)
        found = solve_mip(part, self.watch, gap=self.gap / 4, nodes=200)
        if found.x is None:
            return None
        x = np.zeros(full.columns)
        x[keep] = found.x
        return np.where(self.matrix.integer, np.round(x), x)[blocks.design]
