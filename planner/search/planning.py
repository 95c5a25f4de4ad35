r"""Designs and their operation: what every way to a plan is made of.

A design is rounded from the relaxation, its periods are solved one by one, then everything whole is fixed and one linear program
chooses the rest. `engine.py` makes plans better until the gap is reached; `soft_limits.py` finds one where limits bind.
"""

import numpy as np

from planner.search.bounds import Relaxation
from planner.search.options import DEFAULT, Options
from planner.search.periods import Effort, Found, Operated, Periods
from planner.search.signings import Designs
from planner.search.slices import by_slices
from planner.search.structure import Layout
from planner.solver import ONE_DOLLAR, Floats, Matrix, Solved, Watch, holds, solve_lp_closely


class Planning:
    """State of one search: the tightened relaxation, the best plan, the best bound."""

    def __init__(
        self,
        matrix: Matrix,
        layout: Layout,
        gap: float,
        watch: Watch,
        options: Options = DEFAULT,
        known: float = np.inf,
    ) -> None:
        self.known = known
        """Cost of a plan that is known elsewhere."""
        self.enough = -np.inf
        """Cost of a plan that ends the search."""
        self.matrix, self.layout, self.gap, self.watch, self.options = matrix, layout, gap, watch, options
        self.neighbours: tuple[Floats, ...] = ()
        """Plans of programs of the same shape."""
        self.rounds = True
        """Whether a period's replicas are rounded before it is solved."""
        self.best: Floats | None = None
        self.objective = np.inf
        self.relaxation = Relaxation(matrix, layout, watch, options)
        self.relaxed: Solved | None = None
        self.verdict = "limit"
        self.work: Operated | None = None
        self.settled = True
        """Whether every plan has been through `settle` to its end."""
        self.efforts = tuple(Effort(*effort) for effort in options.efforts)
        self.whole = matrix.whole

    def start_from(self, plan: Floats | None) -> None:
        """Begin from a plan, or from what nearly is one."""
        if plan is not None:
            self.neighbours = (plan, *self.neighbours)

    def tighten(self) -> Solved:
        """The relaxation with cuts, once."""
        if self.relaxed is None:
            self.relaxed = self.relaxation.tighten()
        return self.relaxed

    def _start(self, relaxed: Solved) -> bool:
        """Take the program apart, if it has a relaxation."""
        if relaxed.x is None or relaxed.verdict != "optimal":
            return False
        for x in self.neighbours:
            self._adopt(x)
        if self.good_enough or self.closed:
            return False
        self.periods = Periods(self.relaxation, self.watch, self.options)
        self.designs = Designs(
            self.matrix, self.relaxation, self.layout, self.periods.design, self.gap, self.watch, self.options
        )
        return True

    @property
    def bound(self) -> float:
        return self.relaxation.bound

    @property
    def good_enough(self) -> bool:
        """Whether the relaxation shows that the plan that is known elsewhere is within the gap."""
        return self.known < np.inf and self.known - self.bound <= max(self.gap * abs(self.known), ONE_DOLLAR)

    @property
    def closed(self) -> bool:
        least = self.objective - max(self.gap * abs(self.objective), ONE_DOLLAR)
        return self.best is not None and (least <= self.bound or self.objective <= self.enough)

    # --- designs --------------------------------------------------------------------------------

    def plan(self, relaxed: Solved) -> None:
        """A first plan: of designs rounded from the relaxation; then of better ones, where there are any."""
        rounded = list(self.designs.rounded(relaxed))
        self.first_of(rounded)
        self.press()
        if self.best is None and not self.watch.over:
            self.keep_limits(relaxed)
        if self.closed or self.watch.over or (self.best is not None and not rounded):
            return
        least = min((solved.objective for _, solved in rounded), default=np.inf)
        designs = self.designs.candidates(relaxed, rounded)
        self.first_of([pair for pair in designs if pair[1].objective < least or self.best is None])

    def keep_limits(self, relaxed: Solved) -> None:
        """A plan where limits leave none to the designs that are rounded."""

    @property
    def within_reach(self) -> bool:
        """Whether the design that is operated comes near enough if a share of what its periods lose is won."""
        if self.work is None or self.gap >= 1:
            return False
        target = max(self.enough, self.bound / (1 - self.gap))
        return self.work.relaxed.objective + (1 - self.options.share_won) * float(self.work.loss.sum()) <= target

    def press(self) -> None:
        """Win what the periods of a design lose, as far as that is likely to be enough."""

    def first_of(self, designs: list[tuple[Floats, Solved]]) -> None:
        """A plan of the cheapest design that has one."""
        for design, solved in sorted(designs, key=lambda pair: pair[1].objective):
            if solved.objective >= self.objective:
                return
            work, before = self.operate(design, solved), self.work
            self.work = work if before is None or (work is not None and work.expected < before.expected) else before
            if (self.best is not None and work is not None) or self.watch.over:
                return

    # --- operation ------------------------------------------------------------------------------

    def operate(self, design: Floats, relaxed: Solved) -> Operated | None:
        """Every period under a design, the quickest way; the plan is kept if it is the best."""
        assert relaxed.x is not None
        periods, cost = self.periods, self.periods.priced(relaxed.row_dual)
        given = relaxed.x.copy()
        given[self.designs.fixed_columns] = design[self.designs.fixed_columns]
        least = np.array([periods.relaxed_cost(t, cost, relaxed.x) for t in range(periods.count)])
        work = Operated(design, relaxed, cost, periods.held(given), least, [], [0] * periods.count)
        for t in range(periods.count):
            one = None if self.watch.over else self._first(work, t)
            if one is None:
                return None
            work.found.append(one)
        if (
            not self.take(work) and self.best is None
        ):  # limits between the periods leave no room for what rounding loses
            for t in np.argsort(-work.loss, kind="stable"):
                if not self.watch.over:
                    self._retry(work, int(t), 1)
            self.take(work)
        return work

    def operated(self, x: Floats) -> Operated | None:
        """A plan that is known as the operation of its design; it is kept if it is the best."""
        self._keep(self.settle(x))
        columns = self.designs.fixed_columns
        relaxed = self.relaxation.with_fixed(columns, np.round(x[columns]))
        if relaxed.x is None or relaxed.verdict != "optimal":
            return None
        before, self.neighbours = self.neighbours, (x,)
        work = self.operate(x, relaxed)
        self.neighbours = before
        return work

    @property
    def allowed(self) -> float:
        """What a period may lose."""
        return self.options.share_of_gap * self.gap * abs(self.bound) / self.periods.count

    def _first(self, work: Operated, t: int) -> Found | None:
        """A period's first answer: a neighbour's, else rounded, else solved slice by slice, else as a whole; with signings only if
        there is none without."""
        known = [one for x in self.neighbours if (one := self.periods.served(t, work.cost, work.held, x)) is not None]
        if known:
            return min(known, key=lambda one: one.cost)
        rounded = self.periods.rounded(t, work.cost, work.held, work.relaxed) if self.rounds else None
        if rounded is not None:
            return rounded
        for signing in (False, True):
            for tried, effort in enumerate(self.efforts, start=1):
                one = self._try(work, t, effort, signing=signing)
                if one is not None:
                    work.tried[t] = tried
                    return one
        return None

    def _try(self, work: Operated, t: int, effort: Effort, *, signing: bool = False) -> Found | None:
        if effort.sliced and self.periods.slices[t] > 1:
            ways = (effort, *(one for one in self.efforts if one.sliced and one.width > effort.width))
            return by_slices(self.periods, t, work.cost, work.held, work.relaxed, ways, self.allowed, signing=True)
        return self.periods.solve(t, work.cost, work.held, work.relaxed, effort, self.allowed, signing=signing)

    def _retry(self, work: Operated, t: int, number: int) -> None:
        """Try a period once more, with a stated effort; the better answer is kept."""
        work.tried[t] = max(work.tried[t], number + 1)
        self.again(work, t, self.efforts[number])

    def again(self, work: Operated, t: int, effort: Effort) -> None:
        """A period's better answer of two: the one so far, and what an effort gives."""
        one = self._try(work, t, effort)
        if one is not None and one.cost < work.found[t].cost:
            work.found[t] = one

    def take(self, work: Operated) -> bool:
        """Make a plan of periods' answers, and keep it if it is the best."""
        assert work.relaxed.x is not None
        x = work.relaxed.x.copy()
        x[self.designs.fixed_columns] = work.design[self.designs.fixed_columns]
        wanted = {t: one.phantoms for t, one in enumerate(work.found) if one.phantoms}
        if wanted:
            x = self.periods.cover(x, wanted)
        for t, one in enumerate(work.found):
            x[self.periods.columns[t]] = one.x
        return self._keep(self.settle(x))

    def _keep(self, x: Floats | None) -> bool:
        """Keep a plan if it is the best."""
        if x is None or float(self.matrix.cost @ x) >= self.objective:
            return False
        self.best, self.objective = x, float(self.matrix.cost @ x)
        return True

    def _adopt(self, x: Floats) -> None:
        """Keep what is whole in a plan of a neighbour, if that is a plan here."""
        values = np.round(x[self.whole])
        if self.closed or np.any((values < self.matrix.lower[self.whole]) | (values > self.matrix.upper[self.whole])):
            return
        before = self.settled
        if not self._keep(self.settle(x)):
            self.settled = before

    def settle(self, x: Floats) -> Floats | None:
        """Everything whole fixed, the rest chosen best by one linear program; None if there is no such plan."""
        whole, values = self.whole, np.round(x[self.whole])
        seconds = min(self.options.settle_seconds, max(self.watch.left, self.options.last_seconds))
        solved = self.relaxation.settled(values, seconds)
        if solved.verdict == "limit":
            solved = solve_lp_closely(self.matrix.bounded(whole, values, values), seconds=seconds)
        if solved.x is None or solved.verdict != "optimal":
            self.settled = False
            return x if holds(self.matrix, x) else None
        found = solved.x.copy()
        found[self.whole] = values
        return found
