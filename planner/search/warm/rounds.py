r"""Program → Outcome: relaxation, rounding cuts, design, periods; the gap is against a bound over all columns.

1. The relaxation over every column, tightened by rounding cuts, is a bound.
2. A design (whole signings) is rounded from it; with the design fixed the periods are solved one by one: a plan.
3. If the gap is too wide, the periods are priced (`blocks.py`) for a better bound, and the rows this yields steer a small
   master program to a better design; then 2 again, more thoroughly.

Where sites may be opened or modules built, or tiers agreed on, a tree over these decisions stands above (`strategy.py`).

Small programs go to branch and bound as they are; programs of medium size do so at the end, from the best plan so far.
"""

import numpy as np

from planner.search.lagrangian import Blocks, blocks_of, priced_bound, prices_of
from planner.search.structure import DESIGN, Layout
from planner.search.warm.dispatch import QUICK, THOROUGH, DispatchEffort, cheapest
from planner.search.warm.investments import Designs
from planner.solver import (
    Cut,
    Floats,
    LiveModel,
    Matrix,
    Outcome,
    Solved,
    Watch,
    confirmed,
    improved,
    outcome_of,
    rounding_cuts,
    solve_lp,
    solve_mip_apart,
    solved_directly,
)

DIRECT_INTEGERS = 400
ROUNDS_OF_CUTS = 8
SHARE_OF_GAP = 0.5
"""Share of the allowed gap that the operation of the periods may use up."""
FEW_SLICES = 300
"""Up to so many slices they are priced in any case."""
MEDIUM_INTEGERS = 6000
"""Up to so many whole numbers what is still open at the end goes to branch and bound as one program."""
NODES_OF_MEDIUM = 500
WORTH_PRICING = 3.0
"""Slices are priced for a better bound only if the gap is at most so many times the one asked for."""
SPARE = (0.0, 0.004, 0.01, 0.02)
"""Shares of the demand that are asked for on top when designs are sought."""


def plan_period(
    blocks: Blocks, t: int, held: Floats, cost: Floats, watch: Watch, absolute: float, effort: DispatchEffort
) -> Floats | None:
    """Cheapest operation of period t when the rows' activity of the design is `held` (by row of the program)."""
    columns, rows = blocks.columns[t], blocks.rows[t]
    part = blocks.matrix.with_cost(cost).part(rows, columns)
    part = part.with_sides(part.row_lower - held[rows], part.row_upper - held[rows])
    return cheapest(part, blocks.layout.column_slice[columns], watch, absolute, effort)


class Search:
    """State of one search: the tightened program, the best point, the best bound."""

    def __init__(self, matrix: Matrix, layout: Layout, gap: float, watch: Watch) -> None:
        self.matrix, self.layout, self.gap, self.watch = matrix, layout, gap, watch
        self.cuts: list[Cut] = []
        self.cut_periods: list[int] = []
        self.cut_slices: list[int] = []
        self.best: Floats | None = None
        self.objective = np.inf
        self.bound = -np.inf
        self.tried: set[bytes] = set()
        self.extra: list[Cut] = []
        self.live: LiveModel | None = None
        self.designs = Designs(matrix, layout, gap, watch)

    def run(self) -> Outcome:
        relaxed = self.tighten()
        if relaxed.x is None:
            return outcome_of(self.matrix, relaxed.verdict, None, relaxed.bound, self.gap, self.watch, relaxed)
        blocks = self.blocks()
        self.first_plan(blocks, relaxed)
        self.refine(blocks, relaxed)
        if self.best is None and not self.watch.over:
            return solved_directly(self.matrix, self.gap, self.watch)
        return outcome_of(self.matrix, "limit", self.best, self.bound, self.gap, self.watch, relaxed)

    def seek(self) -> Outcome:
        """Any plan, made better as far as the gap asks for; none if rounding and redesigning find none. Never solved as a whole."""
        relaxed = self.tighten()
        if relaxed.x is not None:
            blocks = self.blocks()
            self.first_plan(blocks, relaxed)
            self.refine(blocks, relaxed)
        verdict = relaxed.verdict if relaxed.x is None else "limit"
        return outcome_of(
            self.matrix, verdict, self.best, max(self.bound, relaxed.bound), self.gap, self.watch, relaxed
        )

    def refine(self, blocks: Blocks, relaxed: Solved) -> None:
        """Better bounds and better plans until the gap is closed, from the cheapest step to the dearest."""
        steps = [self._priced, self._thorough] if self.cuts else [self._thorough, self._priced]
        for step in steps:
            if not self.closed and not self.watch.over:
                step(blocks, relaxed)
        if len(blocks.design):
            self.redesign(blocks, relaxed)
        medium = int(self.matrix.integer.sum()) <= MEDIUM_INTEGERS and not len(self.layout.strategic)
        if not self.closed and not self.watch.over and medium:
            self.branch()

    def sketch(self) -> Outcome:
        """A first plan, and the bound of the relaxation."""
        relaxed = self.tighten()
        if relaxed.x is not None:
            self.first_plan(self.blocks(), relaxed)
        verdict = relaxed.verdict if relaxed.x is None else "limit"
        return outcome_of(
            self.matrix, verdict, self.best, max(self.bound, relaxed.bound), self.gap, self.watch, relaxed
        )

    def first_plan(self, blocks: Blocks, relaxed: Solved) -> None:
        """Operate one design after the other until one can be operated."""
        for design in self.designs.every(blocks, relaxed, self.bound):
            if self.best is not None or self.watch.over:
                break
            self.operate(blocks, design, relaxed)

    @property
    def closed(self) -> bool:
        return self.best is not None and self.objective - self.bound <= self.gap * abs(self.objective)

    @property
    def near(self) -> bool:
        """Whether pricing the slices, the most expensive step, has a chance to close the gap."""
        missing = self.objective - self.bound
        return not self.closed and missing <= WORTH_PRICING * self.gap * abs(self.objective)

    @property
    def few(self) -> bool:
        """Whether there are so few slices that pricing them costs little."""
        layout = self.layout
        operation = layout.column_period != DESIGN
        where = layout.column_period[operation] * 1000 + layout.column_slice[operation]
        return len(np.unique(where)) <= FEW_SLICES

    def tighten(self) -> Solved:
        """Relaxation with rounding cuts; raises the bound."""
        live = self.live = self.designs.live = LiveModel(self.matrix, self.watch)
        solved = live.solve()
        for _ in range(ROUNDS_OF_CUTS):
            if solved.x is None or solved.verdict != "optimal":
                return solved
            self.bound = max(self.bound, solved.objective)
            cuts = rounding_cuts(self.matrix, self.layout.demand_rows, solved.x)
            if not cuts or self.watch.over:
                return solved
            starts = np.cumsum([0] + [len(c.index) for c in cuts[:-1]]).astype(np.int32)
            lower = np.array([c.lower for c in cuts])
            live.add_rows(
                lower, starts, np.concatenate([c.index for c in cuts]), np.concatenate([c.value for c in cuts])
            )
            self.cuts += cuts
            self.cut_periods += [int(self.layout.column_period[c.index[0]]) for c in cuts]
            self.cut_slices += [int(self.layout.column_slice[c.index[0]]) for c in cuts]
            solved = live.solve()
        if solved.verdict == "optimal":
            self.bound = max(self.bound, solved.objective)
        return solved

    def blocks(self) -> Blocks:
        row_period = np.concatenate([self.layout.row_period, np.array(self.cut_periods, dtype=np.int32)])
        row_slice = np.concatenate([self.layout.row_slice, np.array(self.cut_slices, dtype=np.int32)])
        return blocks_of(self.matrix.with_rows(self.cuts), self.layout, row_period, row_slice, self.bound)

    # --- plans --------------------------------------------------------------------------------

    def operate(self, blocks: Blocks, design: Floats, relaxed: Solved, effort: DispatchEffort = QUICK) -> None:
        """Solve every period under a design; keep the plan if it is the best so far."""
        self.tried.add(design.tobytes())
        whole = np.zeros(self.matrix.columns)
        whole[blocks.design] = design
        held = blocks.matrix.activity(whole)
        limits = self.layout.limits
        spend_price = np.zeros(blocks.matrix.rows)
        spend_price[self.layout.spends] = relaxed.row_dual[self.layout.spends]
        budget_price = np.zeros(blocks.matrix.rows)
        budget_price[limits] = np.minimum(relaxed.row_dual[limits], 0.0)
        allowed = SHARE_OF_GAP * self.gap * abs(self.bound) / blocks.count
        for attempt in range(2):
            cost = blocks.matrix.cost - blocks.matrix.transposed_product(budget_price * (1.0 + attempt) + spend_price)
            x = whole.copy()
            for t in range(blocks.count):
                values = plan_period(blocks, t, held, cost, self.watch, allowed, effort)
                if values is None:
                    return
                x[blocks.columns[t]] = values
            x = self._settled(x)
            if self._feasible(x):
                self._keep(x)
                return
            if not budget_price.any():
                budget_price[limits] = -0.05

    def _settled(self, x: Floats) -> Floats:
        """The point with the columns that follow from all others chosen best for them."""
        free = self.layout.settled
        if not len(free):
            return x
        rest = x.copy()
        rest[free] = 0.0
        activity = self.matrix.activity(rest)
        owner = np.repeat(np.arange(self.matrix.rows, dtype=np.int32), np.diff(self.matrix.start))
        rows = np.unique(owner[np.isin(self.matrix.index, free)])
        part = self.matrix.part(rows, free)
        solved = solve_lp(part.with_sides(part.row_lower - activity[rows], part.row_upper - activity[rows]), self.watch)
        if solved.x is None or solved.verdict != "optimal":
            return x
        rest[free] = solved.x
        return rest

    def _feasible(self, x: Floats) -> bool:
        activity = self.matrix.activity(x)
        scale = 1e-6 * np.maximum(1.0, np.abs(activity))
        return bool(
            np.all(activity >= self.matrix.row_lower - scale) and np.all(activity <= self.matrix.row_upper + scale)
        )

    def _keep(self, x: Floats) -> None:
        objective = float(self.matrix.cost @ x)
        if objective < self.objective:
            self.best, self.objective = x, objective

    def branch(self) -> None:
        """Branch and bound on the whole tightened program, from the best plan so far: only for programs of medium size."""
        tightened = self.matrix.with_rows(self.cuts)
        found = solve_mip_apart(tightened, self.watch, gap=self.gap, nodes=NODES_OF_MEDIUM, start=self.best)
        found = confirmed(tightened, found, self.watch, nodes=NODES_OF_MEDIUM)
        if np.isfinite(found.bound):
            self.bound = max(self.bound, found.bound)
        if found.x is not None:
            self._keep(found.x)

    # --- bounds and better designs --------------------------------------------------------------

    def _thorough(self, blocks: Blocks, relaxed: Solved) -> None:
        """Operate the best design thoroughly."""
        if self.best is not None:
            self.operate(blocks, self.best[blocks.design], relaxed, THOROUGH)

    def _priced(self, blocks: Blocks, relaxed: Solved) -> None:
        """Price the slices where that has a chance to close the gap, or costs little. It comes first where rounding cuts say
        that whole replicas matter: then the bound is what is weak, elsewhere it is the plan."""
        if self.best is not None and (self.near or self.few):
            self.price(blocks, relaxed)

    def price(self, blocks: Blocks, relaxed: Solved) -> None:
        """Price the slices: a better bound, and rows for the master."""
        priced = priced_bound(blocks, prices_of(blocks, relaxed), self.watch, self.gap / 2)
        self.bound, self.extra = max(self.bound, priced.bound), priced.cuts
        if self.best is not None and not self.closed:
            x = self._settled(improved(self.matrix, self.best, priced.points))
            if self._feasible(x):
                self._keep(x)

    def redesign(self, blocks: Blocks, relaxed: Solved) -> None:
        """Other designs, of the master program with a little more demand than there is: whole nodes need some room where
        capacity by the hour is scarce. The best of them is operated thoroughly."""
        chosen: Floats | None = None
        for spare in SPARE:
            if self.closed or self.watch.over:
                return
            better = self.designs.master(blocks, relaxed, self.bound, spare=spare, best=self.best, extra=self.extra)
            if better is None or better.tobytes() in self.tried:
                continue
            before = self.objective
            self.operate(blocks, better, relaxed)
            if self.objective < before:
                chosen = better
            elif chosen is not None:
                break
        if chosen is not None and not self.closed and not self.watch.over:
            self.operate(blocks, chosen, relaxed, THOROUGH)
