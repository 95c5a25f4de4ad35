r"""Programs of one shape, solved one after the other on a live model: what was learnt of one serves the next.

All programs of a `Line` have the same columns, rows and places of coefficients; numbers may differ anywhere. What is kept:

* **The basis.** The relaxation of the next program starts from that of the last one. If only costs differ it stays primal
  feasible, if only sides differ dual feasible; else the solver repairs it. The answer does not depend on it.
* **Rounding cuts**, as (row, dividing coefficient): they are computed anew from the numbers of the next program.
* **Rows of priced slices** c̃ · x + Σ π K ≥ V. Such a row is the minimum of a linear form over the points P_ts of its slice,
  and costs do not enter P_ts. So it stays valid, whatever the costs, while no row inside the slice, no bound and no
  integrality of its columns changed; it is dropped otherwise.
* **Plans.** Every plan that satisfies the next program is a plan of it, at the next program's cost; better slices of one are taken
  over into another (`improve.py`).

Whatever is kept, each program is closed by a plan of its own and a bound over all its columns; where the quick steps do not
close the gap, the ordinary search goes on from what they found.
"""

import numpy as np

from planner.formulation import Written
from planner.formulation.parameters import Parameters
from planner.search.lagrangian import Blocks, lagrangian, prices_of
from planner.search.signing_tree import SigningTree
from planner.search.structure import Layout, layout_of
from planner.search.warm.cut_pool import Kept, Origin, still_valid
from planner.search.warm.dispatch import LEAN, WHOLE
from planner.search.warm.dispatch_horizon import Operation
from planner.search.warm.partial_pricing import selected_bound
from planner.search.warm.rounds import DIRECT_INTEGERS, MEDIUM_INTEGERS, ROUNDS_OF_CUTS, Search
from planner.solver import (
    Basis,
    Floats,
    LiveModel,
    Matrix,
    Outcome,
    Solved,
    Watch,
    improved,
    outcome_of,
    solved_directly,
    violated,
)

PLANS_IN_TREE = 3
"""Nodes of the tree over signings that are operated."""
PLANS_KEPT = 6
"""Plans of neighbours that are tried."""
KEPT_BACK = (0.0, 0.0005, 0.001, 0.002, 0.005, 0.01)
"""Shares of a binding limit on money that are kept back for whole nodes in operation."""
SHARE_OF_OPERATION = 0.25
"""Share of the allowed gap that the operation of the periods may use up."""
NODES = 120
"""Most nodes of the tree over signings."""
NEAR = 1.5
"""Slices are priced only if at most so many gaps are missing."""
SPARE_GAP = 0.98
"""Share of the allowed gap that a bound must leave open at most: plans are polished afterwards."""


class Line:
    """Programs of one shape, one after the other."""

    def __init__(self, gap: float, watch: Watch) -> None:
        self.gap, self.watch = gap, watch
        self.layout: Layout | None = None
        self.matrix: Matrix | None = None
        self.live: LiveModel | None = None
        self.basis: Basis | None = None
        self.cuts: list[Kept] = []
        self.plans: list[Floats] = []
        self.margin = 0.001

    def fits(self, matrix: Matrix) -> bool:
        """Whether a program has the shape of those before it."""
        mine = self.matrix
        return mine is None or (
            mine.columns == matrix.columns
            and np.array_equal(mine.start, matrix.start)
            and np.array_equal(mine.index, matrix.index)
        )

    def solve(self, written: Written, p: Parameters) -> Outcome:
        """Solve the next program to the gap of the line."""
        matrix = written.matrix
        if int(matrix.integer.sum()) <= DIRECT_INTEGERS or not matrix.columns:
            self.matrix = matrix
            return solved_directly(matrix, self.gap, self.watch)
        if self.layout is None:
            self.layout = layout_of(written.built, p, matrix)
        search = _Continued(matrix, self.layout, self.gap, self.watch)
        search.start(self)
        outcome = search.run()
        self.matrix = matrix
        if search.best is not None:
            self.plans = [search.best, *self.plans[: PLANS_KEPT - 1]]
        return outcome


class _Continued(Search):
    """A search that begins with what its neighbours left."""

    line: Line
    kept: list[Kept]
    own: bool = False
    """Whether a plan of this program's own design was found."""

    def start(self, line: Line) -> None:
        self.line = line
        self.kept = []
        if line.matrix is not None and line.basis is not None:
            self.kept, line.basis = still_valid(line.matrix, line.basis, line.cuts, self.matrix, self.layout)

    def run(self) -> Outcome:
        relaxed = self.tighten()
        if relaxed.x is None or relaxed.verdict != "optimal":
            self.line.basis, self.line.cuts = None, []
            return outcome_of(self.matrix, relaxed.verdict, None, relaxed.bound, self.gap, self.watch, relaxed)
        blocks = self.blocks()
        self.adopt()
        if self.open:
            self.dispatch(blocks, relaxed)
        if self.open:
            self.mix()
        if self.open:
            self.close(blocks, relaxed)
        self.line.cuts = self.kept
        if self.open:
            self.explore(blocks, relaxed)
            if int(self.matrix.integer.sum()) <= MEDIUM_INTEGERS:
                self.refine(blocks, relaxed)
                if self.best is None and not self.watch.over:
                    return solved_directly(self.matrix, self.gap, self.watch)
        return outcome_of(self.matrix, "limit", self.best, self.bound, self.gap, self.watch, relaxed)

    @property
    def open(self) -> bool:
        """Whether there is something left to do, and time for it; without a plan there is."""
        return (self.best is None or not self.closed) and not self.watch.over

    # --- bound ------------------------------------------------------------------------------------

    def tighten(self) -> Solved:
        """The relaxation from the neighbour's basis, with its cuts and new ones where they are missing."""
        line = self.line
        tightened = self.matrix.with_rows([kept.cut for kept in self.kept])
        if line.live is None or line.basis is None:
            live = line.live = LiveModel(tightened, self.watch)
        else:
            live = line.live
            live.replace(tightened, line.basis.columns, line.basis.rows)
        self.live = self.designs.live = live
        solved = live.solve()
        for number in range(ROUNDS_OF_CUTS + 1):
            if solved.x is None or solved.verdict != "optimal":
                break
            self.bound = max(self.bound, solved.objective)
            found = violated(self.matrix, self.layout.demand_rows, solved.x)
            if not found or self.watch.over or number == ROUNDS_OF_CUTS:
                break
            cuts = [one.cut for one in found]
            starts = np.cumsum([0] + [len(c.index) for c in cuts[:-1]]).astype(np.int32)
            lower = np.array([c.lower for c in cuts])
            live.add_rows(
                lower, starts, np.concatenate([c.index for c in cuts]), np.concatenate([c.value for c in cuts])
            )
            for one in found:
                first = one.cut.index[0]
                origin = Origin(
                    int(self.layout.column_period[first]), int(self.layout.column_slice[first]), one.row, one.place
                )
                self.kept.append(Kept(origin, one.cut))
            solved = live.solve()
        line.basis = live.basis() if solved.verdict == "optimal" else None
        self.cuts = [kept.cut for kept in self.kept]
        self.cut_periods = [kept.origin.period for kept in self.kept]
        self.cut_slices = [kept.origin.slice for kept in self.kept]
        return solved

    def close(self, blocks: Blocks, relaxed: Solved) -> None:
        """Price slices where little is missing, else branch on signings, until no part of the tree can hold a plan that is
        better by more than the gap. Every node is bounded by its relaxation."""
        missing = self.target - relaxed.objective
        if self.best is not None and missing <= NEAR * self.gap * abs(self.objective):
            self.price_selected(blocks, relaxed)
        if not self.open:
            return
        assert self.live is not None
        tried = 0
        tree = SigningTree(self.live, self.matrix, self.layout, blocks.design, relaxed)
        while self.open and tree.waiting and tree.bound < self.target and tree.visited < NODES:
            solved = tree.next()
            if solved is None:
                continue
            worth = self.best is None or solved.objective < self.target
            if solved.x is not None and worth and tried < PLANS_IN_TREE and tree.whole(solved):
                tried += 1
                self.rounded(blocks, solved, solved.x[blocks.design])
            if self.best is None or solved.objective < self.target:
                tree.split(solved)
            else:
                tree.leave(solved.objective)
        tree.end()
        if np.isfinite(tree.bound):
            self.bound = max(self.bound, tree.bound)
        if self.open and self.best is not None:
            self.rounded(blocks, relaxed._replace(objective=self.bound), self.best[blocks.design])

    def price_selected(self, blocks: Blocks, relaxed: Solved) -> None:
        """A better bound from the slices where most is missing; better slices go into the best plan."""
        assert self.best is not None
        found = selected_bound(lagrangian(blocks, prices_of(blocks, relaxed)), self.best, self.target, self.watch)
        if np.isfinite(found.bound):
            self.bound = max(self.bound, found.bound)
        self.extra = [cut for _, cut in found.cuts]
        self.kept += [Kept(Origin(place.t, place.s, -1, -1), cut) for place, cut in found.cuts]
        self.take(improved(self.matrix, self.best, found.points))

    @property
    def target(self) -> float:
        """Bound that closes the gap of the best plan."""
        return np.inf if self.best is None else self.objective - SPARE_GAP * self.gap * abs(self.objective)

    # --- plans ------------------------------------------------------------------------------------

    def take(self, x: Floats) -> None:
        """Keep a plan if it is one, and the best."""
        x = self._settled(x)
        if self._feasible(x) and self._within(x):
            self._keep(x)

    def _within(self, x: Floats) -> bool:
        return bool(np.all(x >= self.matrix.lower - 1e-9) and np.all(x <= self.matrix.upper + 1e-9))

    def adopt(self) -> None:
        """Plans of neighbours, where they satisfy this program."""
        for x in self.line.plans:
            self.take(x)

    def mix(self) -> None:
        """Better slices of the neighbours' plans in the best one."""
        if self.best is None:
            return
        layout = self.layout
        for other in self.line.plans:
            different = np.flatnonzero(np.abs(other - self.best) > 1e-9)
            inside = different[layout.column_slice[different] >= 0]
            if not len(inside):
                continue
            where = layout.column_period[inside].astype(np.int64) * 100_000 + layout.column_slice[inside]
            order = np.argsort(where, kind="stable")
            pieces = np.split(inside[order], np.flatnonzero(np.diff(where[order])) + 1)
            self.take(improved(self.matrix, self.best, [(c.astype(np.int32), other[c]) for c in pieces]))
            if self.closed:
                return

    def explore(self, blocks: Blocks, relaxed: Solved) -> None:
        """The ordinary way to a first plan, where the quick one found none of its own."""
        before = self.objective
        for design in () if self.own else self.designs.every(blocks, relaxed, self.bound):
            if self.objective < before or not self.open:
                return
            self.operate(blocks, design, relaxed)

    def dispatch(self, blocks: Blocks, relaxed: Solved) -> None:
        """Plans of the relaxation's design; where limits on money bind, with some of it kept back for whole nodes."""
        if self.layout.choices or len(self.layout.switches):
            return  # where runs and data are placed is the ordinary search's business
        limits = self.layout.limits
        if not np.any(np.abs(relaxed.row_dual[limits]) > 1e-9):
            self.rounded(blocks, relaxed, *self.two_designs(blocks, relaxed))
            return
        assert self.live is not None
        lower, upper = self.matrix.row_lower[limits], self.matrix.row_upper[limits]
        for margin in sorted(KEPT_BACK, key=lambda share: (share != self.line.margin, share)):
            self.live.sides(limits, lower, upper - margin * np.abs(upper))
            solved = self.live.solve()
            there = solved.x is not None and solved.verdict == "optimal"
            if there and self.rounded(blocks, solved, *self.two_designs(blocks, solved)):
                self.line.margin = margin
                break
            if self.watch.over:
                break
        self.live.sides(limits, lower, upper)

    def two_designs(self, blocks: Blocks, relaxed: Solved) -> tuple[Floats, Floats]:
        """Signings rounded so that their running total stays close, and all rounded up."""
        assert relaxed.x is not None
        values = relaxed.x[blocks.design]
        up = np.where(self.matrix.integer[blocks.design], np.ceil(values - 1e-6), values)
        return self.designs.cumulative(blocks, values), np.minimum(up, self.matrix.upper[blocks.design])

    def rounded(self, blocks: Blocks, relaxed: Solved, *designs: Floats) -> bool:
        """Operate the first design whose own relaxation leaves the gap open to be closed, else the cheapest; whether
        that gave a plan."""
        assert relaxed.x is not None
        best: tuple[Solved, dict[int, float]] | None = None
        for design in {d.tobytes(): d for d in designs}.values():
            whole = self.matrix.integer[blocks.design]
            fixed = {int(j): float(v) for j, v in zip(blocks.design[whole], design[whole], strict=True)}
            solved = self.designs.with_fixed(fixed)
            if solved.x is None or solved.verdict != "optimal":
                continue
            if best is None or solved.objective < best[0].objective:
                best = solved, fixed
            if self.near_enough(solved.objective, relaxed.objective):
                break
        return best is not None and self.operate_all(blocks, best[0], best[1], relaxed.objective)

    def operate_all(self, blocks: Blocks, solved: Solved, fixed: dict[int, float], bound: float) -> bool:
        """Operate a design with the live model's answer for the whole horizon at once; whether that gave a plan.

        Args:
            solved: relaxation with the whole signings fixed.
            bound: what the plan should come near to.
        """
        assert solved.x is not None
        x = solved.x.copy()
        x[list(fixed)] = list(fixed.values())
        whole = np.zeros(len(x))
        whole[blocks.design] = x[blocks.design]
        held = blocks.matrix.activity(whole)
        limits = self.layout.limits
        budget_price = np.zeros(blocks.matrix.rows)
        budget_price[limits] = np.minimum(solved.row_dual[limits], 0.0)
        priced = blocks.matrix.with_cost(blocks.matrix.cost - blocks.matrix.transposed_product(budget_price))
        allowed = SHARE_OF_OPERATION * self.gap * abs(self.bound) / blocks.count
        work = Operation(blocks, priced, held, solved, allowed, self.watch)
        for t in range(blocks.count):
            values = work.operated(t, x, LEAN)
            if values is None:
                return False
            x[blocks.columns[t]] = values
        if self.near_enough(solved.objective, bound):
            self.polish(work, x, bound)
        x = self._settled(x)
        if not (self._feasible(x) and self._within(x)):
            return False
        self._keep(x)
        self.own = True
        return True

    def near_enough(self, cost: float, bound: float) -> bool:
        """Whether a plan of this cost would close the gap to a bound."""
        return cost - bound <= SPARE_GAP * self.gap * abs(cost)

    def polish(self, work: "Operation", x: Floats, bound: float) -> None:
        """Try whole periods, those first that lost most when they were taken apart, until x is near enough to the bound
        and keeps all limits."""
        for t in sorted(range(work.blocks.count), key=lambda t: -work.lost(t, x)):
            near = self.near_enough(float(self.matrix.cost @ x), bound)
            if (near and self._feasible(x)) or self.watch.over:
                return
            values = work.operated(t, work.relaxed.x if work.relaxed.x is not None else x, WHOLE)
            columns = work.blocks.columns[t]
            if values is not None and work.priced.cost[columns] @ values < work.priced.cost[columns] @ x[columns]:
                x[columns] = values
