"""What a plan pays for and nobody needs: taken out of it, at no higher cost.

A node that credits or a savings plan pay for costs nothing beyond them, and so may one whose spend brings a discount into reach.
Among plans of least cost there are then some with hours that idle. With the whole numbers of the plan fixed, the least is found
that is paid before credits, at a cost that is not above the plan's.
"""

import numpy as np

from planner.formulation.build import Built
from planner.formulation.parameters import Parameters
from planner.formulation.spending import spending
from planner.solver.highs import Watch, solve_lp
from planner.solver.matrix import Cut, Floats, Matrix

SLACK = 1e-9
"""Share of the cost by which the row that limits it is loosened, for the solver's arithmetic."""


def without_idle(matrix: Matrix, x: Floats, built: Built, p: Parameters) -> Floats:
    """The plan with the least spending that its rows and its cost allow; the plan itself where every hour costs something."""
    if not (p.credits or p.agreements or built.variables.covered):
        return x
    index, paid = built.order, np.zeros(matrix.columns)
    for by_provider in spending(p, built.variables):
        for pairs in by_provider.values():
            for variable, usd in pairs:
                paid[index[variable.name]] += usd
    whole = np.flatnonzero(matrix.integer).astype(np.int32)
    costly = np.flatnonzero(matrix.cost).astype(np.int32)
    most = float(matrix.cost @ x)
    limit = Cut(-most - SLACK * max(abs(most), 1.0), costly, -matrix.cost[costly])
    least = matrix.with_rows([limit]).with_cost(paid).bounded(whole, x[whole], x[whole]).relaxed()
    found = solve_lp(least, Watch())
    return x if found.x is None or found.verdict != "optimal" else np.where(matrix.integer, x, found.x)
