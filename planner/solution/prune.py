"""What a plan pays for and nobody needs: taken out of it, at no higher cost.

A node that credits or a savings plan pay for costs nothing beyond them, and so may one whose spend brings a discount into reach.
Among plans of least cost there are then some with hours that idle. With the whole numbers of the plan fixed, the least is found
that is paid before credits, at a cost that is not above the plan's. What is signed or runs and does nothing all the time is then
left out: its whole numbers, and those of the nodes of its class that stand or are held, may fall.
"""

import numpy as np

from planner.formulation import Built, spending, stands_of
from planner.formulation.parameters import Parameters
from planner.solution.decisions import Decisions
from planner.solver import SLACK, Cut, Floats, Matrix, Outcome, Watch, chosen_again, solve_lp_closely, solve_mip

SECONDS, HURRIED_SECONDS = 2.0, 0.5
"""Most CPU seconds of a program here, and where time is up: a plan with something idle in it is a plan."""
NODES = 50
"""Most nodes of the search for a plan without what does nothing."""


def without_idle(outcome: Outcome, built: Built, p: Parameters, *, hurried: bool = False) -> Floats:
    """The plan with the least spending that its rows and its cost allow; the plan itself where every hour costs something."""
    matrix, x, live = outcome.matrix, outcome.x, outcome.live
    assert x is not None
    if not (p.credits or p.agreements or built.variables.covered):
        return x
    again = None if live is None else chosen_again(matrix, x, live, then=_paid(matrix, built, p))
    if again is not None:
        return again
    whole = matrix.whole
    program = _spending(matrix, x, built, p).bounded(whole, x[whole], x[whole])
    found = solve_lp_closely(program, seconds=_seconds(hurried))
    return x if found.x is None or found.verdict != "optimal" else np.where(matrix.integer, x, found.x)


def without_lines(
    matrix: Matrix, x: Floats, built: Built, p: Parameters, d: Decisions, *, hurried: bool = False
) -> Floats:
    """The plan without what does nothing in it, as far as its rows and its cost allow; the plan itself if all of it works."""
    idle = idle_options(p, d)
    if not idle:
        return x
    chosen, order = built.variables, built.order
    groups = {c for c, group in enumerate(p.classes) if idle & {*group.running, *group.committed}}
    stands = {g for g, stand in enumerate(stands_of(p)) if stand.group in groups}
    free = [v for (o, _), v in (*chosen.signed.items(), *chosen.opened.items()) if o in idle]
    free += [v for (c, *_), v in chosen.held.items() if c in groups]
    free += [v for (g, *_), v in chosen.standing.items() if g in stands]
    fixed = matrix.integer.copy()
    fixed[[order[v.name] for v in free]] = False
    kept, falling = (np.flatnonzero(matrix.integer & f).astype(np.int32) for f in (fixed, ~fixed))
    program = _spending(matrix, x, built, p).bounded(kept, x[kept], x[kept])
    program = program.bounded(falling, matrix.lower[falling], x[falling])
    found = solve_mip(program, Watch(), gap=0.0, nodes=NODES, seconds=_seconds(hurried), start=x)
    if found.x is None:
        return x
    whole, values = matrix.whole, np.round(found.x[matrix.whole])
    exact = solve_lp_closely(program.bounded(whole, values, values), seconds=_seconds(hurried))
    return x if exact.x is None or exact.verdict != "optimal" else np.where(matrix.integer, np.round(exact.x), exact.x)


def _seconds(hurried: bool) -> float:
    return HURRIED_SECONDS if hurried else SECONDS


def idle_options(p: Parameters, d: Decisions) -> set[int]:
    """Options of nodes that are decided on and at work at no time; some of them may be a reserve."""
    used = {busy.option for parts in d.busy.values() for busy in parts}
    used |= {part.option for placed in d.runs for part in placed.parts}
    known = {o for group in p.classes for o in (*group.running, *group.committed)}
    taken = {o for o, v in d.signed if (o, v) not in p.given} | {o for o, _, _ in d.running}
    members = {o: p.options[o].option for o in taken & known - used}
    return {o for o, member in members.items() if member.exact_nodes is None and member.asset is None}


def _spending(matrix: Matrix, x: Floats, built: Built, p: Parameters) -> Matrix:
    """The program that spends the least before credits at no higher cost."""
    costly = np.flatnonzero(matrix.cost).astype(np.int32)
    most = float(matrix.cost @ x)
    limit = Cut(-most - SLACK * max(abs(most), 1.0), costly, -matrix.cost[costly])
    return matrix.with_rows([limit]).with_cost(_paid(matrix, built, p))


def _paid(matrix: Matrix, built: Built, p: Parameters) -> Floats:
    """By column, what is spent before credits: the same for every plan of a program."""
    program = built.program
    if program.paid is None:
        index, paid = built.order, np.zeros(matrix.columns)
        for by_provider in spending(p, built.variables):
            for pairs in by_provider.values():
                for variable, usd in pairs:
                    paid[index[variable.name]] += usd
        program.paid = paid
    return np.asarray(program.paid)
