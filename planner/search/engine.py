r"""A program of medium or large size → a plan and a bound.

1. **Bound.** The relaxation, tightened by cuts (`relaxation.py`).
2. **Designs.** Running totals of signings rounded; the cheapest by its own relaxation is taken.
3. **Plan.** With the design fixed the periods are solved one by one (`periods.py`); no period can end a design: what it is short
   of is signed. Then everything whole is fixed and one linear program chooses the rest, credits and tiers included. Where limits
   on money leave no such plan they may be exceeded at a price until one keeps them (`soft_limits.py`).
4. **Where the loss is.** A period's loss is its cost less that of its relaxation. The period that loses most is tried harder, or
   its slices are priced for a better bound; where the design loses more, the tree over signings grows (`signing_tree.py`). The
   search stops when the sum of what is lost is within the gap.
5. **Last.** What is left of medium size goes to branch and bound.
"""

from typing import NamedTuple

import numpy as np

from planner.formulation import PricedWhole
from planner.search.bounds import SlicePricing
from planner.search.periods import Effort, Operated
from planner.search.planning import Planning
from planner.search.signings import SigningTree
from planner.search.soft_limits import SoftLimits
from planner.solver import Floats, Ints, Outcome, Solved, confirmed, improved, outcome_of, solve_mip


class Won(NamedTuple):
    """What each step so far has taken off what is lost, by where it was made."""

    in_periods: list[float]
    in_design: list[float]


class Engine(Planning):
    """State of one search: the plan is made better, and the bound."""

    design_bound = -np.inf
    """Least cost of any design, its operation relaxed."""
    redesigns = 0
    pricing: SlicePricing | None = None
    whole_program: PricedWhole | None = None
    """Of which this one is a part: its slices are priced in the place of those here."""
    planned = False
    """Whether a first plan was sought."""
    expected_before = np.inf
    """Cost that was expected of the best answers of which a plan was made."""

    # --- the walk -------------------------------------------------------------------------------

    def run(self) -> Outcome:
        """A plan within the gap, as far as time allows."""
        relaxed = self.tighten()
        if self.planned or self._start(relaxed):
            o = self.options
            self._plan_once(relaxed)
            if len(self.whole) <= o.small_integers and not self.design_first:
                self.branch(o.small_seconds)
            self.improve()
            if len(self.whole) <= o.medium_integers or self.best is None:
                self.branch(o.medium_seconds)
        return self.outcome(relaxed)

    def sketch(self) -> Outcome:
        """A first plan, and the bound of the relaxation."""
        relaxed = self.tighten()
        if self._start(relaxed):
            self._plan_once(relaxed)
        return self.outcome(relaxed)

    def seek(self) -> Outcome:
        """Any plan, made better as far as the gap asks for; never solved as a whole."""
        relaxed = self.tighten()
        if self._start(relaxed):
            self.plan(relaxed)
            self.improve()
        return self.outcome(relaxed)

    def seek_like(self, x: Floats) -> Outcome:
        """Like `seek`, from the design of another plan; periods that go as they go there are not tried harder."""
        relaxed = self.tighten()
        if self._start(relaxed):
            work = self.work = self.operated(x)
            if work is None and not self.closed:
                self.plan(relaxed)
            if work is not None:
                for t, one in enumerate(work.found):
                    if np.array_equal(one.x, x[self.periods.columns[t]]):
                        work.tried[t] = len(self.efforts)
            self.improve()
        return self.outcome(relaxed)

    def tighten(self) -> Solved:
        relaxed = super().tighten()
        self.watch.tell(bound=self.bound)
        return relaxed

    def _start(self, relaxed: Solved) -> bool:
        started = super()._start(relaxed)
        if started:
            self.design_bound = self.bound
            self.gain = np.zeros(self.periods.count)
            self.priced = np.zeros(self.periods.count, dtype=bool)
            self.points: list[tuple[Ints, Floats]] = []
            self.raised: list[float] = []
        return started

    def _plan_once(self, relaxed: Solved) -> None:
        if not self.planned:
            self.planned = True
            self.plan(relaxed)

    def keep_limits(self, relaxed: Solved) -> None:
        """Limits may be exceeded for a while."""
        if len(self.layout.soft):
            soft = SoftLimits(self.matrix, self.layout, relaxed, self.gap, self.watch, self.options)
            soft.warm_from(self.relaxation.left)
            x = soft.within()
            self.work = self.work if x is None else self.operated(x)

    def outcome(self, relaxed: Solved) -> Outcome:
        """The best plan and bound so far."""
        verdict = self.verdict if relaxed.verdict == "optimal" else relaxed.verdict
        gap, watch, live = self.gap, self.watch, self.relaxation.live
        found = outcome_of(
            self.matrix, verdict, self.best, self.bound, gap, watch, relaxed, settled=self.settled, live=live
        )
        return found._replace(cuts=tuple(self.relaxation.cuts))

    def harder(self, work: Operated) -> bool:
        """One step more for the period in which most is open: a harder try, or its slices priced; whether there was one."""
        left = work.loss - self.gain
        steps = len(self.efforts) + self.options.pricing
        able = [t for t in range(len(left)) if left[t] > self.allowed and work.tried[t] + self.priced[t] < steps]
        if not able:
            return False
        t = max(able, key=lambda t: float(left[t]))
        o = self.options
        if o.every_column and left[t] > o.astray * work.least[t] and t not in work.astray:
            work.astray.add(t)
            self.again(work, t, Effort(*o.every_column))
        elif o.pricing and not self.priced[t] and work.tried[t] >= min(o.tries_before_pricing, len(self.efforts)):
            self.price(t)
        else:
            self._retry(work, t, work.tried[t])
        return True

    def press(self) -> None:
        for _ in range(self.periods.count):
            work = self.work
            if work is None or self.closed or self.watch.over or not self.within_reach or not self.harder(work):
                break
            self._take_if_worth(work)

    def _keep(self, x: Floats | None) -> bool:
        better = super()._keep(x)
        if better:
            self.watch.tell(plan=self.objective)
        return better

    def improve(self) -> None:
        """Try harder where the loss is: in the periods, in the design, in the bound."""
        if self.work is None or self.closed:
            return
        assert self.relaxed is not None
        tree = SigningTree(self.relaxation.live, self.matrix, self.layout, self.periods.design, self.relaxed)
        won = Won([], [])
        while not self.closed and not self.watch.over:
            in_design = self._in_design(won)
            did = self._step(tree, won, in_design=in_design) or self._step(tree, won, in_design=not in_design)
            if not did:
                break
            self._take_if_worth(self.work)
        tree.end()
        self._take_if_worth(self.work, last=True)
        if not self.closed:
            self.mix()

    def _in_design(self, won: Won) -> bool:
        """Whether the next step is one of the design: where most is lost at first, then where the last steps won most."""
        first, judged, lost = self.design_first, self.options.steps_judged, self.lost
        enough = judged if first else max(judged, self.periods.count)
        if len(won[first]) < enough or lost[not first] < self.options.share_worth_trying * lost[first]:
            return first
        if len(won[not first]) < judged:
            return not first
        return sum(won[True][-judged:]) > sum(won[False][-judged:])

    def _step(self, tree: SigningTree, won: Won, *, in_design: bool) -> bool:
        """A step in the design or in the periods; whether there was one."""
        assert self.work is not None
        before = sum(self.lost)
        did = self.redesign(tree) if in_design else self.harder(self.work)
        won[in_design].append(before - sum(self.lost))
        return did

    @property
    def design_first(self) -> bool:
        """Whether most is lost by the design, and its periods are not likely to win enough."""
        if self.work is None or self.within_reach:
            return False
        in_periods, in_design = self.lost
        return in_design > in_periods

    @property
    def lost(self) -> tuple[float, float]:
        """What separates plan and bound: what periods lose, slices priced counted, and what the design does."""
        assert self.work is not None
        return float((self.work.loss - self.gain).sum()), float(self.work.relaxed.objective - self.design_bound)

    def redesign(self, tree: SigningTree) -> bool:
        """Grow the tree over signings; operate a better design if one is found. Whether there was anything left to do."""
        if not tree.open or self.redesigns >= self.options.redesigns:
            return False
        assert self.work is not None
        before = self.design_bound
        o, ceiling = self.options, min(self.work.relaxed.objective, self.objective)
        better = tree.grow(ceiling, o.tree_step, o.tree_nodes, o.tree_seconds, self.watch)
        self._raise_design(tree.bound)
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
        if self.whole_program is not None:
            self.gain[t] += self.whole_program.of_period(t)
            self.enough = max(self.enough, self.whole_program.enough)
            return
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
        found = solve_mip(
            tightened,
            self.watch,
            gap=self.gap,
            nodes=o.medium_nodes,
            start=self.best,
            seconds=seconds,
            enough=self.enough,
        )
        found = confirmed(tightened, found, self.watch, nodes=o.medium_nodes)
        if found.verdict == "infeasible" and self.best is None:
            self.verdict = "infeasible"
        if found.x is not None:
            self._keep(self.settle(found.x))
        if np.isfinite(found.bound):
            self._raise(found.bound)

    def _take_if_worth(self, work: Operated, *, last: bool = False) -> None:
        """Make a plan of the periods' answers if it may close the gap, or be clearly better: whoever stops now gets it."""
        expected, known = work.expected, min(self.objective, self.expected_before)
        enough = max(self.bound + self.gap * abs(expected), self.enough)
        clearly = expected <= known - self.options.clearly_better * (known - self.bound)
        if expected < self.objective and (last or expected <= enough or clearly):
            self.expected_before = min(known, expected)
            self.take(work)

    def _raise_design(self, bound: float) -> None:
        self.design_bound = max(self.design_bound, bound) if np.isfinite(bound) else self.design_bound
        self._raise(bound)

    def _raise(self, bound: float) -> None:
        if np.isfinite(bound):
            self.relaxation.bound = max(self.relaxation.bound, min(bound, self.objective))
            self.watch.tell(bound=self.bound)
