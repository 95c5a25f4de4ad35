r"""Of the plans within the gap a simpler one: small lines, pools and dates of signing are left out while the cost allows it.

A last pass after the search. What is used is ranked by what is paid for it; the smallest are left out in batches, each time
a plan is sought in the program without their columns (`search/neighbouring/nearby.py`), and kept out where the cost stays below

.. math:: \min \left( V + \sigma \gamma |V| + W,\ \frac{B}{1 - \gamma} \right)

V the cost that the search found, B its bound, γ the gap asked for, σ the share of it that simplicity may cost
(`simplicity`), W what operating fewer pools saves (`pool_usd_per_month`). Then the same with signings on fewer dates.
What comes out is a plan of the whole question: the bound is that of the search.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable
from typing import NamedTuple

import numpy as np

from planner.assembly import named_in, stays
from planner.domain.records import SimplicityRecord
from planner.formulation import Built
from planner.formulation.parameters import THOUSAND, Parameters
from planner.pipeline import Solution, solution_of
from planner.search import Nearby
from planner.solver import Ints, Watch
from planner.units import HOURS_PER_MONTH

WORTH_A_DOLLAR = 1e-3
"""Thousands of dollars that simplicity may cost at least for the pass to be worth its time."""
ROOM = 0.05
"""Share of what simplicity may cost that must be left below the ceiling: with less, next to every trial fails."""
MOST_TRIALS = 8
TRIAL_SECONDS = 0.6
"""Most CPU seconds of a trial: what is there is found soon. One that is cut off is the last: the next would be too."""
CENT = 0.01
SAME = 1e-9
"""Share of a cost by which another is the same."""
DATES_HOURS = (8760.0, 4380.0, 2190.0)
"""Times between dates of signing that are tried, the longest first."""


class PlanSize(NamedTuple):
    """How much there is to sign and to operate."""

    lines: int
    """Signings, and options used without one."""
    pools: int
    pool_months: float
    """Months in which each pool is used, added up."""


class Disliked(NamedTuple):
    """Cash paid against the wishes of a scenario."""

    avoided_usd: float
    usd: float
    """For what is avoided, or not preferred."""

    def more_than(self, other: "Disliked") -> bool:
        """Whether it is worse: more for what is avoided, or as much of that and more in all."""
        if abs(self.avoided_usd - other.avoided_usd) > CENT:
            return self.avoided_usd > other.avoided_usd
        return self.usd > other.usd + CENT


def simpler(solution: Solution, gap: float, watch: Watch) -> tuple[Solution, SimplicityRecord | None]:
    """A simpler solution within the gap, and what it cost; the same one where there is none, or the gap is not reached."""
    scenario, outcome = solution.question.scenario, solution.outcome
    ceiling = outcome.bound / (1.0 - gap) if gap < 1 else outcome.objective
    allowed = scenario.simplicity * gap * abs(outcome.objective)
    if solution.decisions is None or solution.present is None:
        return solution, None
    before = size_of(solution)
    search = _Pass(solution, gap, allowed, ceiling, before, watch)
    if outcome.status == "optimal" and outcome.objective > 0 and not watch.over:
        search.prefer()
        if min(allowed, ceiling - outcome.objective) >= max(WORTH_A_DOLLAR, ROOM * allowed):
            search.drop()
            search.fewer_dates()
    found = search.best
    left = search.preference_left()
    if found.present is None or (found is solution and left is None):
        return solution, None
    after, disliked_before, disliked = size_of(found), disliked_in(solution), disliked_in(found)
    return found, SimplicityRecord(
        lines_before=before.lines,
        lines=after.lines,
        pools_before=before.pools,
        pools=after.pools,
        pool_months_before=round(before.pool_months, 6),
        pool_months=round(after.pool_months, 6),
        npv_before_usd=float(round(solution.present.npv, 6)),
        cost_usd=float(round(found.present.npv - solution.present.npv, 6)),
        share_of_gap=scenario.simplicity,
        disliked_before_usd=round(disliked_before.usd, 6),
        disliked_usd=round(disliked.usd, 6),
        avoided_before_usd=round(disliked_before.avoided_usd, 6),
        avoided_usd=round(disliked.avoided_usd, 6),
        preference_cost_usd=round(search.preference_cost * THOUSAND, 6),
        preference_least_usd=left,
    )


class _Pass:
    """State of the pass."""

    def __init__(
        self, solution: Solution, gap: float, allowed: float, ceiling: float, before: PlanSize, watch: Watch
    ) -> None:
        self.first = self.best = solution
        self.gap, self.allowed, self.ceiling, self.watch = gap, allowed, ceiling, watch
        self.before = self.size = before
        self.kept = set(used_of(solution))
        self.every = 1
        self.trials = 0
        self.preference_cost = 0.0
        p, x = solution.question.parameters, solution.outcome.x
        assert x is not None
        self.nearby = Nearby(solution.built, p, solution.outcome.matrix, x, watch)

    def attempt(self, kept: Iterable[int], every: int) -> bool:
        """Solve again with less to choose from; whether the plan is simpler and near enough."""
        found = self.solved(kept, every)
        if found is None:
            return False
        size = size_of(found)
        if disliked_in(found).more_than(disliked_in(self.best)) or (size.lines, size.pools) >= (
            self.size.lines,
            self.size.pools,
        ):
            return False
        self.best, self.size = found, size
        return True

    def solved(self, kept: Iterable[int], every: int) -> Solution | None:
        """The plan with less to choose from, if it is near enough."""
        if self.trials >= MOST_TRIALS or self.watch.over:
            return None
        self.trials += 1
        question, outcome, chosen = self.first.question, self.first.outcome, set(kept)
        closed = closed_columns(self.first.built, question.parameters, chosen, every)
        with self.watch.within(TRIAL_SECONDS):
            x = self.nearby.without(closed, self.most(self.before.pool_months - self.months_with(chosen)))
            cut_off = self.watch.over
        if x is None:
            self.trials = MOST_TRIALS if cut_off else self.trials
            return None
        objective = float(outcome.matrix.cost @ x)
        found = solution_of(question, self.first.built, outcome._replace(x=x, objective=objective))
        if found.outcome.objective > self.most(self.before.pool_months - size_of(found).pool_months):
            return None
        bound = outcome.bound
        gap = (found.outcome.objective - bound) / abs(found.outcome.objective)
        return found._replace(outcome=found.outcome._replace(bound=bound, gap=gap, status="optimal"))

    def most(self, pool_months: float) -> float:
        """What a plan may cost that saves so many months of pools, and up to `SAME` more."""
        saved = self.first.question.scenario.pool_usd_per_month * pool_months / THOUSAND
        cost = self.first.outcome.objective
        return max(min(cost + self.allowed + max(saved, 0.0), self.ceiling), cost) + SAME * abs(cost)

    def months_with(self, kept: Collection[int]) -> float:
        """Months of the pools in use that some option which is kept stands in."""
        p = self.first.question.parameters
        pools = {pool_of(p, o) for o in kept}
        return sum(months for pool, months in pool_months(self.first).items() if pool in pools)

    def prefer(self) -> None:
        """Do without what is avoided, and with what is preferred alone, as far as the cost allows; all other options
        may step in."""
        every = range(len(self.first.question.parameters.options))
        for barred in self.barred():
            before = disliked_in(self.best)
            if not barred or before.usd <= CENT:
                continue
            found = self.solved(set(every) - set(barred), 1)
            if found is None or not before.more_than(disliked_in(found)):
                continue
            self.preference_cost = found.outcome.objective - self.first.outcome.objective
            self.best, self.size = found, size_of(found)
            self.kept = set(used_of(found))
            return

    def barred(self) -> tuple[list[int], list[int]]:
        """Options that are avoided or not preferred, and those that are avoided."""
        p, scenario = self.first.question.parameters, self.first.question.scenario
        every = range(len(p.options))
        avoided = [o for o in every if named_in(p.options[o].option, scenario.avoided)]
        others = [o for o in every if not named_in(p.options[o].option, scenario.preferred)]
        return [*avoided, *others] if scenario.preferred else [], avoided

    def preference_left(self) -> float | None:
        """What following the preferences to their end costs more at least, USD; None where that is done, or no plan does it."""
        barred = next(filter(None, self.barred()), [])
        if not barred or disliked_in(self.best).usd <= CENT or self.watch.over:
            return None
        question, outcome = self.first.question, self.best.outcome
        kept = set(range(len(question.parameters.options))) - set(barred)
        with self.watch.within(TRIAL_SECONDS):
            least = self.nearby.least(closed_columns(self.first.built, question.parameters, kept, 1))
        return None if least is None else round(max(least - outcome.objective, 0.0) * THOUSAND, 6)

    def drop(self) -> None:
        """Leave out what least is paid for, in batches that are doubled after a success and halved after a failure."""
        left = sorted(self.kept, key=lambda o: (paid_for(self.first)[o], o))[:-1]
        batch = max(len(left) // 8, 1)
        while left and self.trials < MOST_TRIALS and not self.watch.over:
            part = set(left[:batch])
            if self.attempt(self.kept - part, self.every):
                self.kept = set(used_of(self.best))
                left = [o for o in left[batch:] if o in self.kept]
                batch *= 2
            elif batch == 1:
                left = left[1:]
            else:
                batch //= 2

    def fewer_dates(self) -> None:
        """Sign once a year, else once in half a year, else once a quarter; no more where all is signed on such dates as it is."""
        length = self.first.question.parameters.horizon.periods[0].hours
        for hours in DATES_HOURS:
            every = round(hours / length)
            if every <= 1:
                continue
            if not self.late(every) or self.attempt(self.kept, every):
                return

    def late(self, every: int) -> bool:
        """Whether the plan signs something in other than every so-manieth period, that could be signed there."""
        p, decisions = self.best.question.parameters, self.best.decisions
        assert decisions is not None
        return any(v % every and movable(p, o) for o, v in decisions.signed)


def disliked_in(solution: Solution) -> Disliked:
    """What the scenario avoids, and where it prefers something all else, in a plan."""
    scenario, p = solution.question.scenario, solution.question.parameters
    total = avoided = 0.0
    for o, usd in paid_for(solution).items():
        option = p.options[o].option
        if option.held or option.asset is not None:
            continue
        shunned = named_in(option, scenario.avoided)
        avoided += usd if shunned else 0.0
        total += usd if shunned or (scenario.preferred and not named_in(option, scenario.preferred)) else 0.0
    return Disliked(avoided, total)


def closed_columns(built: Built, p: Parameters, kept: Collection[int], every: int) -> Ints:
    """Columns that are zero without some options, and with signings in every so-manieth period only (where there is a choice)."""
    gone = {o for o in range(len(p.options)) if o not in kept and not stays(p, o)}
    x, order = built.variables, built.order
    closed = [v for (o, *_), v in x.running.items() if o in gone]
    closed += [v for (h, *_), v in x.hosted.items() if p.hosted[h].option in gone]
    closed += [v for (_, o), v in (*x.extra.items(), *x.ending.items()) if o in gone]
    for (o, t), v in (*x.signed.items(), *x.opened.items()):
        late = t % every and movable(p, o)
        closed += [v] if o in gone or late else []
    return np.array(sorted(order[v.name] for v in closed), dtype=np.int32)


def movable(p: Parameters, o: int) -> bool:
    """Whether an option may be signed at another date, or not at all."""
    return len(p.options[o].terms.signing) > 1 and not stays(p, o)


def used_of(solution: Solution) -> list[int]:
    """Options that are paid for or serve."""
    assert solution.decisions is not None
    p, d = solution.question.parameters, solution.decisions
    return sorted({payment.option for payment in solution.paid} | {p.hosted[h].option for h, _, _ in d.hosted})


def paid_for(solution: Solution) -> dict[int, float]:
    """Cash by option, USD."""
    paid: dict[int, float] = defaultdict(float)
    for payment in solution.paid:
        paid[payment.option] += float(payment.usd)
    return paid


def size_of(solution: Solution) -> PlanSize:
    """Lines, pools and months of pools of a solution; what is held counts like everything else."""
    assert solution.decisions is not None
    p, d = solution.question.parameters, solution.decisions
    by_use = {o for o, _, _ in d.running} | {p.hosted[h].option for h, _, _ in d.hosted}
    by_use |= {part.option for run in d.runs for part in run.parts if part.extra}
    months = pool_months(solution)
    return PlanSize(len(d.signed) + len(by_use), len(months), sum(months.values()))


def pool_of(p: Parameters, o: int) -> str:
    """The pool of an option; the provider, where tokens are bought."""
    option = p.options[o].option
    return option.provider if any(supply.option == o for supply in p.hosted) else option.pool


def pool_months(solution: Solution) -> dict[str, float]:
    """Pool → months in which it is used."""
    assert solution.decisions is not None
    p, d = solution.question.parameters, solution.decisions
    used: dict[str, set[int]] = defaultdict(set)
    for o, t, _ in d.running:
        used[pool_of(p, o)].add(t)
    for h, t, _ in d.hosted:
        used[pool_of(p, p.hosted[h].option)].add(t)
    for o, v in d.signed:
        terms = p.options[o].terms
        if not p.options[o].option.savings_plan:
            used[pool_of(p, o)] |= set(range(v + terms.lead, min(v + terms.lead + terms.term, len(p.hours))))
    hours = [t.hours for t in p.horizon.periods]
    return {pool: sum(hours[t] for t in periods) / HOURS_PER_MONTH for pool, periods in used.items()}
