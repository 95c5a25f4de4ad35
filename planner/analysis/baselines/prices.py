r"""The least cost with fractional nodes, over few options at a time: what is left out is priced, and added where it would pay.

A program of a whole market has thousands of columns of options that nobody would choose. With the duals of the program over the
chosen ones, one unit of work of workload w in a slice is worth

.. math::
    \pi_{wts} = \max_{c \in C^{firm}} \frac{(A^T y)_{wcts}}{\rho_{wc} h_{ts}},

A without the capacity rows. A node of a class earns e_{cts} = max_w ρ_{wc} π_{wts} an hour. An option that runs by the hour
pays where e_{cts} > c_{ot}.

*Proof.* Where no option that is left out pays, give the capacity rows of their classes the duals h e, and cap rows of theirs
alone 0. All columns of these classes then have reduced costs of zero or more: the duals are feasible for the whole program,
at the same value. So what was found is the optimum of the whole. ∎ Commitments, options with a fixed quantity and classes
that may host runs are never left out; nor is anything where rows tell options of the same service apart (places, shares of
providers, data, credits, failures, savings plans); with agreements on spend everything is solved at once.
"""

from collections.abc import Iterator
from dataclasses import replace
from typing import NamedTuple

import numpy as np

from planner.analysis.baselines.bounds import averaged, busiest
from planner.formulation import Built, write
from planner.formulation.parameters import Parameters
from planner.solver import Floats, Matrix, Solved, Watch, solve_lp, solve_mip

FEW = 12
"""So few options by the hour are never left out."""
NEAR = 0.8
"""Share of its cost that an option must earn in a program of means, or of the busiest slices, to be among the first."""
PAYS = 1 + 1e-6
TIERS_GAP = 1e-4
"""Gap to which a baseline with agreements on spend is solved."""


class LeastCost(NamedTuple):
    """The optimum of a program with fractional nodes."""

    built: Built
    x: Floats
    cost: float
    """Thousands of dollars."""
    chosen: frozenset[str] = frozenset()
    """Options by the hour that pay, by id, where some were left out."""


def least_cost(p: Parameters, watch: Watch, likely: frozenset[str] = frozenset()) -> LeastCost | None:
    """The least cost, or None if the demand cannot be served (or the time is up).

    Args:
        likely: options by the hour that pay in a question like this one: it begins with these.
    """
    if p.agreements:
        return _with_tiers(p, watch)
    free = _left_out_at_will(p)
    few = len(free) <= FEW
    chosen = free if few else {o for o in free if p.options[o].option.id in likely}
    for small in () if few or likely else (averaged(p), busiest(p)):
        if small is None:
            continue
        built, matrix, solved = _relaxed(small, watch)
        if solved.verdict != "optimal":
            return None
        chosen = chosen | set(_paying(small, built, matrix, solved, free - chosen, NEAR))
    while True:
        built, matrix, solved = _relaxed(_without(p, free - chosen), watch)
        if solved.verdict == "infeasible" and free - chosen:
            chosen = free
            continue
        if solved.verdict != "optimal":
            return None
        added = set(_paying(p, built, matrix, solved, free - chosen, PAYS))
        if not added:
            ids = frozenset(p.options[o].option.id for o in chosen)
            return None if solved.x is None else LeastCost(built, solved.x, solved.objective, ids)
        chosen = chosen | added


def _with_tiers(p: Parameters, watch: Watch) -> LeastCost | None:
    """The least cost where agreements are whole: half of one is none, and a relaxation would have all of its discount."""
    built = write(p).built
    matrix = built.matrix
    order = built.order
    whole = np.zeros(matrix.columns, dtype=bool)
    whole[[order[level.name] for level in built.variables.level.values()]] = True
    found = solve_mip(replace(matrix, integer=whole), watch, gap=TIERS_GAP, manner="lean")
    return None if found.x is None else LeastCost(built, found.x, found.objective)


def _relaxed(p: Parameters, watch: Watch) -> tuple[Built, Matrix, Solved]:
    built = write(p).built
    matrix = built.matrix.relaxed()
    return built, matrix, solve_lp(matrix, watch)


def _left_out_at_will(p: Parameters) -> set[int]:
    """Options by the hour that may be left out for a while."""
    apart = p.places or p.provider_share is not None or p.uses or p.data or p.credits or p.resilience is not None
    if apart or p.savings:
        return set()
    hosting = {host.group for host in p.hosts}
    return {
        o
        for c, group in enumerate(p.classes)
        for o in group.running
        if c not in hosting and p.options[o].option.exact_nodes is None
    }


def _without(p: Parameters, left_out: set[int]) -> Parameters:
    """The parameters with some options that can never run; the numbers of all others stay."""
    never = (False,) * len(p.hours)
    options = tuple(
        member._replace(terms=member.terms._replace(usable=never)) if o in left_out else member
        for o, member in enumerate(p.options)
    )
    classes = tuple(
        group if group.committed or not left_out.issuperset(group.running) else group._replace(column=())
        for group in p.classes
    )
    return replace(p, options=options, classes=classes)


def _paying(
    p: Parameters, built: Built, matrix: Matrix, solved: Solved, options: set[int], least: float
) -> Iterator[int]:
    """Options of which a node earns at least so many times its cost, in some slice."""
    worth = _worth(p, built, matrix, solved)
    for group in p.classes:
        if options.isdisjoint(group.running):
            continue
        earned = np.zeros((len(p.hours), max(map(len, p.hours))))
        for w, service in group.column:
            if w in worth:
                np.maximum(earned, service.rate_per_node_hour * worth[w], out=earned)
        best = earned.max(axis=1)
        for o in options.intersection(group.running):
            terms, cost = p.options[o].terms, p.options[o].cost
            if any(terms.usable[t] and best[t] > least * cost[t] for t in range(len(p.hours))):
                yield o


def _worth(p: Parameters, built: Built, matrix: Matrix, solved: Solved) -> dict[int, Floats]:
    """Workload (or fallback) → worth of a unit of its work by period and slice; infinite where no firm class could tell."""
    apart = np.array([family != "capacity" for family, _ in built.program.keys])
    gains = matrix.transposed_product(np.where(apart, solved.row_dual, 0.0))
    shape = len(p.hours), max(map(len, p.hours))
    order, worth = built.order, {w: np.zeros(shape) for w in range(p.served_workloads) if w not in p.runs}
    for w, values in worth.items():
        for t, slices in enumerate(p.hours):
            for s in range(len(slices)):
                values[t, s] = -np.inf if p.wanted(w, t, s) else 0.0
    rates = [dict(group.column) for group in p.classes]
    for (w, c, t, s), served in built.variables.served.items():
        if not p.classes[c].spot:
            gain = gains[order[served.name]] / (rates[c][w].rate_per_hour * p.hours[t][s])
            worth[w][t, s] = max(worth[w][t, s], gain)
    return {w: np.where(values == -np.inf, np.inf, np.maximum(values, 0.0)) for w, values in worth.items()}
