"""Nodes that a savings plan pays for and nobody needs: taken out of a plan, at the same cost.

A covered node costs nothing beyond the commitment, so among plans of least cost there are some that run idle nodes under it;
the use of the commitment would then look better than it is. Where every row allows it (survivors of a failure, capacity that is
not spot and the like are rows too), a covered node that is idle is stopped: the running and the covered column fall together.
"""

import numpy as np

from planner.formulation.build import Built
from planner.solver.local_improvement import entries_by_column
from planner.solver.matrix import Floats, Matrix

DUST = 1e-7


def without_idle(matrix: Matrix, x: Floats, built: Built) -> Floats:
    """The plan with as few covered nodes as its rows allow; it costs no more, and is the same where nothing is covered."""
    covered = built.variables.covered
    if not covered:
        return x
    index, less = built.order, x.copy()
    activity, by_column = matrix.activity(x), entries_by_column(matrix)
    for (o, _, t, s), variable in covered.items():
        pair = np.array([index[built.variables.running[o, t, s].name], index[variable.name]], dtype=np.int32)
        if float(matrix.cost[pair].sum()) < -1e-12:
            continue
        rows, sums = by_column.change(pair, np.array([-1.0, -1.0]))
        down, up = sums < 0, sums > 0
        room = np.concatenate(
            [
                less[pair] - matrix.lower[pair],
                (activity - matrix.row_lower)[rows[down]] / -sums[down],
                (matrix.row_upper - activity)[rows[up]] / sums[up],
            ]
        )
        nodes = float(room.min())
        if matrix.integer[pair[0]]:
            nodes = float(np.floor(nodes + DUST))
        if nodes > DUST:
            less[pair] -= nodes
            activity[rows] += nodes * sums
    return less
