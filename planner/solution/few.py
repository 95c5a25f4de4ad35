"""Few providers, few pools in large programs: which ones, and the best plan with them.

Small programs hold the switches of `uses` and are solved as they are. In large ones the switches are weak (big M), so the
question is solved without them first: its bound holds with them too. Where its plan has too many, sets of the right size
are tried: those that every workload needs, filled up by the money that the plan pays them, then with one exchanged.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import replace
from math import comb
from typing import Any

from planner.assembly import COUNTED, with_fewer
from planner.formulation.parameters import Parameters, Use
from planner.solver import Watch

DIRECT_INTEGERS = 400
"""Whole numbers up to which a program with its switches is solved as it is."""
TRIALS = 5
"""Sets that are tried."""
SHARE_WITHOUT, SHARE_OF_SETS = 0.4, 0.7
"""Shares of the time for the question without the limits, and of what is then left for those sets."""
FIRST_GAP = 0.05
"""Relative gap of the question without the limits: it says who matters, and bounds."""
Solve = Callable[[Parameters, float], Any]
"""Parameters and a gap (that asked for, if it is larger) → a solution (`pipeline.Solution`)."""


def numbered(p: Parameters) -> bool:
    """Whether the number of providers or pools is limited."""
    return any(kind in p.most for kind in COUNTED)


def without_numbers(p: Parameters) -> Parameters:
    """The question without limits on the number of providers and pools."""
    other = {name: most for name, most in p.most.items() if name not in COUNTED}
    return replace(p, uses=tuple(use for use in p.uses if use.kind == "option"), most=other)


def within_numbers(p: Parameters, solve: Solve, watch: Watch) -> Any:
    """The best solution found within the limits on numbers; its bound is that without them."""
    free = without_numbers(p)
    with watch.until(SHARE_WITHOUT):
        first = found = solve(free, FIRST_GAP)
    now = free
    for kind in COUNTED:
        if kind not in p.most or found.decisions is None:
            continue
        groups = [use for use in p.uses if use.kind == kind]
        alone = now is free
        with watch.until(SHARE_OF_SETS):
            found, now = _chosen(now, groups, p.most[kind], found, solve, watch)
        if found.decisions is None and not (alone and found.outcome.status == "infeasible"):
            return found._replace(outcome=found.outcome._replace(status="limit", bound=first.outcome.bound))
    if found is first:
        return first
    if found.decisions is None:
        return found
    near = found if watch.over else solve(now, 0.0)
    if near.decisions is not None and near.outcome.objective < found.outcome.objective:
        found = near
    bound = min(first.outcome.bound, found.outcome.objective)
    gap = (found.outcome.objective - bound) / max(abs(found.outcome.objective), 1e-9)
    reached = "optimal" if gap <= max(first.outcome.gap, found.outcome.gap) + 1e-12 else "feasible"
    return found._replace(outcome=found.outcome._replace(bound=bound, gap=gap, status=reached))


def _chosen(
    p: Parameters, groups: list[Use], limit: int, before: Any, solve: Solve, watch: Watch
) -> tuple[Any, Parameters]:
    """The best of a few sets of groups, and its program; infeasible only where every set was tried and is."""
    best, program, impossible = None, p, 0
    last = before
    for number, chosen in enumerate(_sets(p, groups, limit, before)):
        if watch.over:
            break
        barred = {o for use in groups if use.name not in chosen for o in use.options}
        fewer = with_fewer(p, [o for o in range(len(p.options)) if o not in barred])
        with watch.share(TRIALS - number):
            last = solve(fewer, FIRST_GAP / 5)
        impossible += last.outcome.status == "infeasible"
        if last.decisions is not None and (best is None or last.outcome.objective < best.outcome.objective):
            best, program = last, fewer
    if best is not None:
        return best, program
    every = impossible == comb(len(groups), min(limit, len(groups)))
    outcome = last.outcome._replace(status="infeasible" if every else "limit")
    return last._replace(outcome=outcome, decisions=None, present=None), p


def _sets(p: Parameters, groups: list[Use], limit: int, before: Any) -> Iterator[frozenset[str]]:
    """Names of groups to try, the likeliest first."""
    money = _in_use(groups, before)
    ranked = sorted(groups, key=lambda use: (-money.get(use.name, 0.0), use.name))
    able = {use.name: _serves(p, use) for use in groups}
    needed: list[str] = []
    missing = set(range(len(p.workloads))) - set(p.unserved)
    while missing and len(needed) < limit:
        best = max(ranked, key=lambda use: (len(able[use.name] & missing), money.get(use.name, 0.0)))
        if not able[best.name] & missing:
            break
        needed.append(best.name)
        missing -= able[best.name]
    rest = [use.name for use in ranked if use.name not in needed]
    base = [*needed, *rest][:limit]
    tried = {frozenset(base)}
    yield frozenset(base)
    by_money = [use.name for use in ranked][:limit]
    for names in (by_money, *([*base[:-1], name] for name in rest if base and name not in base)):
        chosen = frozenset(names)
        if chosen not in tried and len(tried) < TRIALS:
            tried.add(chosen)
            yield chosen


def _in_use(groups: list[Use], solution: Any) -> dict[str, float]:
    """Groups that are paid for, with the cash paid to each, USD."""
    of: dict[int, str] = {o: use.name for use in groups for o in use.options}
    found: dict[str, float] = defaultdict(float)
    for payment in solution.paid:
        if payment.option in of:
            found[of[payment.option]] += float(payment.usd)
    return dict(found)


def _serves(p: Parameters, use: Use) -> set[int]:
    """Workloads that a group can serve; runs by their hosts."""
    found = {w for group in p.classes if use.options & {*group.running, *group.committed} for w, _ in group.column}
    found |= {supply.workload for supply in p.hosted if supply.option in use.options}
    return {p.parent(w) for w in found}
