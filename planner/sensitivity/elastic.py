r"""Elastic programs: rows that may be exceeded by a shortage, and the least shortage with which a point exists.

.. math::
    \min \sum_g \omega_g\, \xi_g \quad \text{subject to} \quad A_r x - \sum_{g \ni r} \xi_g \le b_r, \quad \xi \ge 0

========  ============================  ==============================================
symbol    in code                       unit
========  ============================  ==============================================
ξ_g       the columns after the last    that of the rows of the group
ω_g       ``weights``                   1 / unit of the rows
========  ============================  ==============================================
"""

from typing import Literal

import numpy as np

from planner.formulation import Built, write
from planner.formulation.parameters import THOUSAND, Parameters
from planner.solver import Floats, Watch, solve_lp, solve_mip, with_shortages

Limit = Literal["total", "year", "period", "upfront", "runway", "carbon"]
"""Limits of the scenario that are rows of the program."""

WHOLE_UP_TO = 1500
"""Whole numbers up to which the shortage is found over whole nodes; beyond it over fractional ones."""
NODES = 3000


def least_shortage(p: Parameters, limit: Limit, shared: bool, watch: Watch) -> Floats | None:
    """By plan-year or period (one number for `total` and `runway`): how much a limit must give for a point to exist.

    In the unit of the scenario (USD, tonnes). None if no such point exists or none is found.

    Args:
        shared: one number for all plan-years or periods, the least; else the sum over them is least.
    """
    built, matrix = write(p)
    rows = limit_rows(built, limit)
    if not rows:
        return None
    together = shared or limit == "runway"
    groups = [list(rows.values())] if together else [[row] for row in rows.values()]
    elastic = with_shortages(matrix.with_cost(np.zeros(matrix.columns)), groups, [1.0] * len(groups))
    if int(matrix.integer.sum()) > WHOLE_UP_TO:
        solved = solve_lp(elastic.relaxed(), watch)
    else:
        solved = solve_mip(elastic, watch, gap=1e-4, absolute=1e-7, nodes=NODES)
    if solved.x is None:
        return None
    missing = np.maximum(solved.x[matrix.columns :], 0.0) * (1.0 if limit == "carbon" else THOUSAND)
    if limit in ("total", "runway"):
        return np.asarray(missing[:1])
    found = np.zeros(_length(p, limit))
    found[list(rows)] = missing
    if shared:
        found[:] = missing[0]
    return found


def limit_rows(built: Built, limit: Limit) -> dict[int, int]:
    """Plan-year or period → row of a limit (0 for the total)."""
    found: dict[int, int] = {}
    for row, (family, key) in enumerate(built.program.keys):
        if family == "budget" and limit in ("total", "year") and (key[0] < 0) == (limit == "total"):
            found[max(int(key[0]), 0)] = row
        elif (family == "cash" and key[1] == limit) or (family == "carbon" and limit == "carbon"):
            found[int(key[0])] = row
    return found


def _length(p: Parameters, limit: Limit) -> int:
    return len(p.hours) if limit == "period" else p.horizon.plan_years


def any_point(p: Parameters, watch: Watch, *, fractional: bool) -> bool:
    """Whether the program has a point; over fractional nodes, or over whole ones (False where none is found)."""
    matrix = write(p).matrix
    if not matrix.columns:
        return not np.any((matrix.row_lower > 0) | (matrix.row_upper < 0))
    free = matrix.with_cost(np.zeros(matrix.columns))
    if fractional or not matrix.integer.any():
        return solve_lp(free, watch).verdict == "optimal"
    return solve_mip(free, watch, gap=1.0, nodes=NODES).x is not None


def integers(p: Parameters) -> int:
    """Whole numbers the program would have, counted on its options, periods and slices (an estimate from above)."""
    slices = sum(len(hours) for hours in p.hours)
    served = sum(len(group.column) for group in p.classes)
    return (len(p.options) + served) * slices
