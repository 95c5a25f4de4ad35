r"""A program of medium or large size → a plan and a bound.

1. **Bound.** The relaxation, tightened by cuts (`relaxation.py`).
2. **Designs.** Running totals of signings rounded; the cheapest by its own relaxation is taken.
3. **Plan.** With the design fixed the periods are solved one by one (`periods.py`); no period can end a design: what it is short
   of is signed. Then everything whole is fixed and one linear program chooses the rest, credits and tiers included.
4. **Where the loss is.** A period's loss is its cost less that of its relaxation. The period that loses most is tried harder, or
   its slices are priced for a better bound; where the design loses more, the tree over signings grows (`signing_tree.py`). The
   search stops when the sum of what is lost is within the gap.
5. **Last.** What is left of medium size goes to branch and bound.
"""

import numpy as np

from planner.search.bounds import Relaxation, SlicePricing
from planner.search.options import DEFAULT, Options
from planner.search.periods import Effort, Found, Operated, Periods
from planner.search.signings import Designs, SigningTree
from planner.search.slices import by_slices
from planner.search.structure import Layout
from planner.solver import (
    ONE_DOLLAR,
    Floats,
    Ints,
    Matrix,
    Outcome,
    Solved,
    Watch,
    confirmed,
    holds,
    improved,
    outcome_of,
    solve_lp_closely,
    solve_mip_apart,
)


class Engine:
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
        self.points: list[tuple[Ints, Floats]] = []
        self.pricing: SlicePricing | None = None
        self.work: Operated | None = None
        self.design_bound = -np.inf
        """Least cost of any design, its operation relaxed."""
        self.redesigns = 0
        self.settled = True
        """Whether every plan has been through `settle` to its end."""
        self.raised: list[float] = []
        self.efforts = tuple(Effort(*effort) for effort in options.efforts)
        whole = matrix.integer
        self.whole = np.flatnonzero(whole).astype(np.int32)

    # --- the walk -------------------------------------------------------------------------------

    def run(self) -> Outcome:
        """A plan within the gap, as far as time allows."""
        relaxed = self.tighten()
        if self._start(relaxed):
            o = self.options
            self.plan(relaxed)
            if len(self.whole) <= o.small_integers:
                self.branch(o.small_seconds)
            self.improve()
            if len(self.whole) <= o.medium_integers or self.best is None:
                self.branch(o.medium_seconds)
        return self.outcome(relaxed)

    def sketch(self) -> Outcome:
        """A first plan, and the bound of the relaxation."""
        relaxed = self.tighten()
        if self._start(relaxed):
            self.plan(relaxed)
        return self.outcome(relaxed)

    def seek(self) -> Outcome:
        """Any plan, made better as far as the gap asks for; never solved as a whole."""
        relaxed = self.tighten()
        if self._start(relaxed):
            self.plan(relaxed)
            self.improve()
        return self.outcome(relaxed)

    def tighten(self) -> Solved:
        """The relaxation with cuts, once."""
        if self.relaxed is None:
            self.relaxed = self.relaxation.tighten()
            self.watch.tell(bound=self.bound)
        return self.relaxed

    def _start(self, relaxed: Solved) -> bool:
        """Take the program apart, if it has a relaxation."""
        if relaxed.x is None or relaxed.verdict != "optimal":
            return False
        for x in self.neighbours:
            self._adopt(x)
        if self.good_enough or self.closed:
            return False
        self.design_bound = self.bound
        self.periods = Periods(self.relaxation, self.watch, self.options)
        self.designs = Designs(
            self.matrix, self.relaxation, self.layout, self.periods.design, self.gap, self.watch, self.options
        )
        self.gain = np.zeros(self.periods.count)
        self.priced = np.zeros(self.periods.count, dtype=bool)
        return True

    def outcome(self, relaxed: Solved) -> Outcome:
        """The best plan and bound so far."""
        verdict = self.verdict if relaxed.verdict == "optimal" else relaxed.verdict
        gap, watch, live = self.gap, self.watch, self.relaxation.live
        return outcome_of(
            self.matrix, verdict, self.best, self.bound, gap, watch, relaxed, settled=self.settled, live=live
        )

    @property
    def bound(self) -> float:
        return self.relaxation.bound

    @property
    def good_enough(self) -> bool:
        """Whether the relaxation shows that the plan that is known elsewhere is within the gap."""
        return self.known < np.inf and self.known - self.bound <= max(self.gap * abs(self.known), ONE_DOLLAR)

    @property
    def closed(self) -> bool:
        return self.best is not None and self.objective - self.bound <= max(self.gap * abs(self.objective), ONE_DOLLAR)

    # --- designs --------------------------------------------------------------------------------

    def plan(self, relaxed: Solved) -> None:
        """A first plan: designs rounded from the relaxation, or decided by a small program, some money kept back if need be."""
        for margin in self.options.margins:
            for design, solved in sorted(self.designs.candidates(relaxed, margin), key=lambda pair: pair[1].objective):
                self.work = self.operate(design, solved)
                if (self.best is not None and self.work is not None) or self.watch.over:
                    return
            if not len(self.layout.limits):
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
            wider = tuple(one for one in self.efforts if one.sliced and one.width >= effort.width)
            return by_slices(self.periods, t, work.cost, work.held, work.relaxed, wider, self.allowed, signing=True)
        return self.periods.solve(t, work.cost, work.held, work.relaxed, effort, self.allowed, signing=signing)

    def harder(self, work: Operated) -> bool:
        """One step more for the period in which most is open: a harder try, or its slices priced; whether there was one."""
        left = work.loss - self.gain
        steps = len(self.efforts) + self.options.pricing
        able = [t for t in range(len(left)) if left[t] > self.allowed and work.tried[t] + self.priced[t] < steps]
        if not able:
            return False
        t = max(able, key=lambda t: float(left[t]))
        if self.options.pricing and not self.priced[t] and work.tried[t] >= self.options.tries_before_pricing:
            self.price(t)
            return True
        if work.tried[t] < len(self.efforts):
            self._retry(work, t, work.tried[t])
        else:
            self.price(t)
        return True

    def _retry(self, work: Operated, t: int, number: int) -> None:
        """Try a period once more, with a stated effort; the better answer is kept."""
        one = self._try(work, t, self.efforts[number])
        work.tried[t] = max(work.tried[t], number + 1)
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
        self.watch.tell(plan=self.objective)
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
        values = np.round(x[self.whole])
        fixed = self.matrix.bounded(self.whole, values, values)
        seconds = min(self.options.settle_seconds, max(self.watch.left, self.options.last_seconds))
        solved = solve_lp_closely(fixed, seconds=seconds)
        if solved.x is None or solved.verdict != "optimal":
            self.settled = False
            return x if holds(self.matrix, x) else None
        found = solved.x.copy()
        found[self.whole] = values
        return found

    def improve(self) -> None:
        """Try harder where the loss is: in the periods, in the design, in the bound."""
        if self.work is None or self.closed:
            return
        tree = self._tree()
        while not self.closed and not self.watch.over:
            work = self.work
            in_periods, in_design = float((work.loss - self.gain).sum()), work.relaxed.objective - self.design_bound
            design_first = in_design > in_periods
            did = design_first and self.redesign(tree)
            if not did and not self.harder(work) and not (not design_first and self.redesign(tree)):
                break
            self._take_if_worth(self.work)
        tree.end()
        self._take_if_worth(self.work, last=True)
        if not self.closed:
            self.mix()

    def redesign(self, tree: SigningTree) -> bool:
        """Grow the tree over signings; operate a better design if one is found. Whether there was anything left to do."""
        if not tree.open or self.redesigns >= self.options.redesigns:
            return False
        assert self.work is not None
        before = self.design_bound
        better = self._grow(tree, self.work.relaxed.objective)
        self.raised.append(self.design_bound - before)
        last = self.raised[-self.options.tree_stall :]
        if len(last) == self.options.tree_stall and sum(last) < 0.1 * (self.work.relaxed.objective - self.design_bound):
            tree.stop()
        if better is not None:
            self.redesigns += 1
            self._take_if_worth(self.work, last=True)
            self.work = self.operate(*better) or self.work
        return True

    def price(self, t: int) -> None:
        """Price the slices of a period: a better bound, and better slices for the best plan."""
        self.priced[t] = True
        assert self.relaxed is not None
        if self.pricing is None:
            self.pricing = SlicePricing(self.relaxation, self.layout, self.relaxed, self.gap, self.watch, self.options)
        gain, points = self.pricing.of_period(t)
        self.gain[t] += gain
        self.points += points
        self._raise(self.relaxed.objective + float(self.gain.sum()))

    def mix(self) -> None:
        """Better slices for the best plan."""
        if self.points and self.best is not None:
            self._keep(self.settle(improved(self.matrix, self.best, self.points)))
            self.points = []

    def branch(self, seconds: float) -> None:
        """Branch and bound on the whole tightened program, from the best plan so far, in a process of its own."""
        if self.closed or self.watch.over or self.verdict == "infeasible":
            return
        o = self.options
        tightened = self.relaxation.matrix
        found = solve_mip_apart(
            tightened, self.watch, gap=self.gap, nodes=o.medium_nodes, start=self.best, seconds=seconds
        )
        found = confirmed(tightened, found, self.watch, nodes=o.medium_nodes)
        if found.verdict == "infeasible" and self.best is None:
            self.verdict = "infeasible"
        if found.x is not None:
            self._keep(self.settle(found.x))
        if np.isfinite(found.bound):
            self._raise(found.bound)

    def _take_if_worth(self, work: Operated, *, last: bool = False) -> None:
        """Make a plan of the periods' answers if it may close the gap, or be clearly better."""
        expected = work.relaxed.objective + float(work.loss.sum())
        enough = self.bound + self.gap * abs(expected)
        if (last and expected < self.objective) or (expected <= enough and expected < self.objective):
            self.take(work)

    def _tree(self) -> SigningTree:
        assert self.relaxed is not None
        return SigningTree(self.relaxation.live, self.matrix, self.layout, self.periods.design, self.relaxed)

    def _grow(self, tree: SigningTree, best: float) -> tuple[Floats, Solved] | None:
        """A few nodes of the tree over signings: a better bound, and a better design if one is found."""
        step = 0
        while tree.open and step < self.options.tree_step and not self.watch.over:
            step += 1
            if tree.visited >= self.options.tree_nodes:
                tree.stop()
                break
            solved = tree.next()
            if solved is None:
                continue
            if solved.objective >= min(best, self.objective):
                tree.leave(solved.objective)
                continue
            if tree.whole(solved):
                tree.leave(solved.objective)
                assert solved.x is not None
                design = np.where(self.matrix.integer, np.round(solved.x), solved.x)
                self._raise_design(tree.bound)
                return design, solved
            tree.split(solved)
        self._raise_design(tree.bound)
        return None

    def _raise_design(self, bound: float) -> None:
        self.design_bound = max(self.design_bound, bound) if np.isfinite(bound) else self.design_bound
        self._raise(bound)

    def _raise(self, bound: float) -> None:
        if np.isfinite(bound):
            self.relaxation.bound = max(self.relaxation.bound, min(bound, self.objective))
            self.watch.tell(bound=self.bound)
