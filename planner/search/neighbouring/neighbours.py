r"""Questions asked one after the other: what the search of one program leaves for the next of the same shape.

Programs of one shape have the same columns, rows and places of coefficients; numbers may differ anywhere. What is kept:

* **The basis.** The relaxation of the next program starts from that of the last one. The answer does not depend on it.
* **Cuts.** They say what whole replicas and nodes imply in a slice, whatever anything costs. So they stay while no coefficient, no
  side outside the limits on money, no bound and no integrality changed; else all of them go, and are found again.
* **How periods go.** Where rounding was not good enough for most periods of the last program, this one solves them at once.
* **Plans.** What is whole in a plan of a neighbour stays as it is, the rest is chosen anew by the next program's linear program;
  where there is no such choice, it is no plan of it. `known_plans.py` is about those of other shapes.
* **Strategy.** A first plan opens the sites, agrees on the tiers and signs the savings plans of the last plan; the tree over them
  is for the search that follows.

Every program has a bound over all its columns and a plan of its own numbers: with or without neighbours the claim is the same.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import NamedTuple

import numpy as np

from planner.formulation import Built
from planner.formulation.parameters import Parameters
from planner.search.engine import Engine
from planner.search.neighbouring.known_plans import KnownPlan
from planner.search.options import DEFAULT, Options
from planner.search.routing import search
from planner.search.structure import Layout, layout_of
from planner.solver import Floats, Ints, Matrix, Outcome, WarmStart, Watch

SHAPES = 4
"""Shapes of program that are remembered."""


class _Last(NamedTuple):
    """What the last program of a shape left."""

    matrix: Matrix
    start: WarmStart
    plans: tuple[Floats, ...]
    rounds: bool
    """Whether rounding was good enough for most of its periods."""


class Neighbours:
    """The search, with a memory for neighbours."""

    def __init__(self, options: Options = DEFAULT) -> None:
        self.options = options
        self.known: list[_Last] = []
        """By shape, the latest first."""
        self.plans: tuple[KnownPlan, ...] = ()
        """Of programs of any shape."""

    def search(self, built: Built, p: Parameters, gap: float, watch: Watch, known: float = np.inf) -> Outcome:
        """Like `search`, from what the last program of the same shape left."""
        return self._asked(built, p, gap, watch, known, Engine.run)

    def sketch(self, built: Built, p: Parameters, gap: float, watch: Watch, known: float = np.inf) -> Outcome:
        """A first plan, from what the last program of the same shape left; what is strategic stays as in the last of `plans`."""
        return self._asked(built, p, gap, watch, known, Engine.sketch)

    def _asked(
        self,
        built: Built,
        p: Parameters,
        gap: float,
        watch: Watch,
        known: float,
        walk: Callable[[Engine], Outcome],
    ) -> Outcome:
        matrix, o = built.matrix, self.options
        if int(matrix.integer.sum()) <= o.direct_integers or not matrix.columns:
            return search(built, p, gap, watch, known, o)
        layout = layout_of(built, p, matrix)
        if len(layout.strategic):
            if walk is not Engine.sketch or not self.plans:
                return search(built, p, gap, watch, known, o)
            matrix = decided_as(self.plans[-1].in_program(built, p), matrix, layout.strategic)
        last = next((one for one in self.known if same_shape(one.matrix, matrix)), None)
        engine = Engine(matrix, layout, gap, watch, o, known)
        if last is not None:
            cuts_hold = same_but_money(last.matrix, matrix, layout)
            engine.relaxation.start = last.start if cuts_hold else last.start.without_cuts(matrix.rows)
            engine.neighbours, engine.rounds = last.plans, last.rounds
        others = (plan.in_program(built, p) for plan in self.plans if plan.suits(p))
        engine.neighbours = (*others, *engine.neighbours)
        engine.start_from(built.start)
        outcome = walk(engine)
        left = engine.relaxation.left
        if left is not None:
            plans = () if last is None else last.plans
            if engine.best is not None:
                plans = (engine.best, *plans)[: o.plans_kept]
            rounds = engine.rounds and (
                engine.work is None or sum(map(bool, engine.work.tried)) * 2 < engine.periods.count
            )
            self.known = [_Last(matrix, left, plans, rounds), *(one for one in self.known if one is not last)][:SHAPES]
        return outcome


def decided_as(plan: Floats, matrix: Matrix, strategic: Ints) -> Matrix:
    """The program with sites, tiers and savings plans as a plan of a neighbour has them, as far as that is possible here."""
    lower, upper = matrix.lower.copy(), matrix.upper.copy()
    decided = np.clip(np.round(plan[strategic]), lower[strategic], upper[strategic])
    lower[strategic] = upper[strategic] = decided
    return replace(matrix, lower=lower, upper=upper)


def same_shape(one: Matrix, other: Matrix) -> bool:
    """Whether programs have the same columns, rows and places of coefficients."""
    return (
        one.columns == other.columns
        and np.array_equal(one.start, other.start)
        and np.array_equal(one.index, other.index)
    )


def same_but_money(one: Matrix, other: Matrix, layout: Layout) -> bool:
    """Whether programs of one shape differ in costs and limits on money only."""
    free = np.zeros(one.rows, dtype=bool)
    free[layout.limits] = True
    entries = np.repeat(~free, np.diff(one.start))
    return (
        np.array_equal(one.lower, other.lower)
        and np.array_equal(one.upper, other.upper)
        and np.array_equal(one.integer, other.integer)
        and np.array_equal(one.value[entries], other.value[entries])
        and np.array_equal(one.row_lower[~free], other.row_lower[~free])
        and np.array_equal(one.row_upper[~free], other.row_upper[~free])
    )
