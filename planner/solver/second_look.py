"""A claim of optimality is looked at twice: branch and bound has called wrong points optimal, and the next fault is unknown.

The second look solves the same program under another seed, without presolve and without heuristics, and asks only for a point
below the claimed bound: where the claim is true nothing is left of the tree but its proof. A point it finds replaces the first,
a third look decides between two that disagree, and what no two looks agree on keeps the bound of the relaxation.
"""

import numpy as np

from planner.solver.apart import LARGE, solve_mip
from planner.solver.highs import FIRST, SECOND, THIRD, Solved, solve_lp
from planner.solver.matrix import Floats, Matrix
from planner.solver.watch import Watch

CLEARLY = 1e-6
"""Share of the objective by which a point must be better to refute a claim: tolerances of the solver are finer."""
WHOLE = 1e-5
SECONDS = 10.0
"""Most CPU seconds of a second look at a large program."""
SHARE_OF_NODES = 4
"""The second look may take so many times the nodes that the first was allowed."""


def solve_mip_surely(
    matrix: Matrix,
    watch: Watch,
    *,
    gap: float,
    absolute: float = 1e-9,
    nodes: int | None = None,
    enough: float = -np.inf,
) -> Solved:
    """Like `solve_mip`; a proof (of optimality, or that there is no plan) is one that a second look does not refute."""
    claim = solve_mip(matrix, watch, gap=gap, absolute=absolute, nodes=nodes, look=FIRST, enough=enough)
    return confirmed(matrix, claim, watch, nodes=nodes)


def confirmed(matrix: Matrix, claim: Solved, watch: Watch, *, nodes: int | None = None) -> Solved:
    """A claim as far as it survives a second look.

    Args:
        nodes: most nodes of the second look's tree; a look that ends there has refuted nothing.
    """
    for look in (SECOND, THIRD):
        if claim.verdict not in ("optimal", "infeasible") or not matrix.integer.any() or watch.over:
            return claim
        doubt = _doubt(claim)
        most = None if nodes is None else nodes * SHARE_OF_NODES
        seconds = SECONDS if matrix.columns >= LARGE else np.inf
        seen = solve_mip(matrix, watch, gap=0.0, cutoff=doubt, look=look, nodes=most, seconds=seconds)
        if seen.x is None or not holds(matrix, seen.x) or float(matrix.cost @ seen.x) >= doubt:
            return claim
        claim = seen._replace(objective=float(matrix.cost @ seen.x))
    relaxed = solve_lp(matrix.relaxed(), watch)
    return claim._replace(verdict="limit", bound=relaxed.bound)


def _doubt(claim: Solved) -> float:
    """Objective below which a point refutes a claim."""
    if claim.verdict == "infeasible":
        return np.inf
    return claim.bound - CLEARLY * max(abs(claim.bound), 1e-3)


def holds(matrix: Matrix, x: Floats) -> bool:
    """Whether a point satisfies a program to the tolerances of the solver."""
    activity = matrix.activity(x)
    room = CLEARLY * np.maximum(1.0, np.abs(activity))
    apart = np.abs(x - np.round(x))[matrix.integer]
    return bool(
        np.all(activity >= matrix.row_lower - room)
        and np.all(activity <= matrix.row_upper + room)
        and np.all(x >= matrix.lower - CLEARLY)
        and np.all(x <= matrix.upper + CLEARLY)
        and apart.max(initial=0.0) <= WHOLE
    )
