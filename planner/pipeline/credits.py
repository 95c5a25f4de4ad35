"""Credits and limits on money: where they leave a search open, the best plan without them is a start."""

from dataclasses import replace
from math import inf
from typing import Protocol

import numpy as np

from planner.assembly import least_cost
from planner.formulation import Built, write
from planner.formulation.parameters import Parameters
from planner.solver import Outcome, OutOfTimeError, Watch, better_of, bounded, cut_off, holds

SHARE_WITH_CREDITS, SHARE_OF_ANY = 0.8, 0.6
"""Share of the time in which a plan with credits is sought before one without them is, and where any plan is enough."""

LITTLE = 0.05
"""Share of the cost of all work up to which credits are little."""


class SearchWay(Protocol):
    """A search: a program to a gap, in time; a plan of a known cost is only to be beaten."""

    def __call__(self, built: Built, p: Parameters, gap: float, watch: Watch, known: float = inf) -> Outcome: ...


def with_credits(built: Built, p: Parameters, gap: float, watch: Watch, way: SearchWay) -> Outcome:
    """What the search finds; where credits leave it open, the best plan without them and then the credits, if that is better.

    Credits make a program harder and every plan cheaper: what is found without them is a plan with them at no higher cost. So do
    limits on money: first they are left out as well, which is quickest, and its plan counts if it keeps them. Credits that are
    worth little beside the cost are not what leaves a search open: with a plan it has all of the time.
    """
    if not p.credits:
        return way(built, p, gap, watch)
    little = sum(grant.amount for grant in p.credits) <= LITTLE * least_cost(p)
    with watch.until(1.0 if little else SHARE_OF_ANY if built.enough == inf else SHARE_WITH_CREDITS):
        outcome = way(built, p, gap, watch)
        cut = watch.over
    if outcome.status in ("optimal", "infeasible") or watch.over:
        return outcome
    if outcome.x is not None and (little or outcome.objective <= built.enough):
        return outcome
    unlimited = replace(
        p,
        credits=(),
        budgets=(None,) * len(p.budgets),
        budget_total=None,
        period_budgets=(None,) * len(p.period_budgets),
        upfront_budgets=(None,) * len(p.upfront_budgets),
        runway=(),
    )
    within = replace(p, credits=())
    for bare in (within,) if built.enough == inf else (unlimited, within):
        other = in_time(bare, watch)
        if other is None:
            break
        with watch.part():
            found = way(other, bare, gap, watch)
        if found.x is not None:
            value = {v.name: float(number) for v, number in zip(other.columns, found.x, strict=True)}
            better = better_of(outcome, np.array([value.get(v.name, 0.0) for v in built.columns]), gap)
            if better.x is not None and better.x is not outcome.x and holds(better.matrix, better.x):
                outcome, cut = better, True
                break
        if watch.over:
            break
    return _from_there(outcome, built, p, gap, watch, way) if cut else outcome


def _from_there(outcome: Outcome, built: Built, p: Parameters, gap: float, watch: Watch, way: SearchWay) -> Outcome:
    """What the search makes of a plan in the time that is left."""
    if outcome.status == "optimal" or outcome.x is None or watch.over:
        return outcome
    found = way(built._replace(start=outcome.x), p, gap, watch)
    if found.x is None or found.objective > outcome.objective:
        return bounded(outcome, max(outcome.bound, found.bound), gap)
    return bounded(found, max(outcome.bound, found.bound), gap)


def in_time(p: Parameters, watch: Watch, *, sparse: bool = False) -> Built | None:
    """The program, unless the time is over before it is written."""
    if watch.interrupted:
        return None
    try:
        with cut_off(watch):
            return write(p, sparse=sparse).built
    except OutOfTimeError:
        return None
