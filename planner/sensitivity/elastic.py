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

from collections.abc import Sequence
from dataclasses import replace
from typing import Literal

import numpy as np

from planner.formulation import Built, write
from planner.formulation.parameters import THOUSAND, Parameters
from planner.solver import Floats, Matrix, Watch, solve_lp, solve_mip

Limit = Literal["total", "year", "period", "upfront", "runway", "carbon"]
"""Limits of the scenario that are rows of the program."""

WHOLE_UP_TO = 1500
"""Whole numbers up to which the shortage is found over whole nodes; beyond it over fractional ones."""
NODES = 3000


def with_shortages(matrix: Matrix, groups: Sequence[Sequence[int]], weights: Sequence[float]) -> Matrix:
    """min Σ weight · shortage, with a shortage in every row (≤) of each group; integrality is kept."""
    order = np.argsort(np.concatenate([np.asarray(rows, dtype=np.int64) for rows in groups]), kind="stable")
    rows = np.concatenate([np.asarray(rows, dtype=np.int64) for rows in groups])[order]
    columns = np.concatenate([np.full(len(rows), matrix.columns + g) for g, rows in enumerate(groups)])[order]
    lengths = np.diff(matrix.start) + np.bincount(rows, minlength=matrix.rows)
    count = len(groups)
    return replace(
        matrix,
        cost=np.concatenate([np.zeros(matrix.columns), np.asarray(weights, dtype=float)]),
        lower=np.concatenate([matrix.lower, np.zeros(count)]),
        upper=np.concatenate([matrix.upper, np.full(count, np.inf)]),
        integer=np.concatenate([matrix.integer, np.zeros(count, dtype=bool)]),
        start=np.concatenate([[0], np.cumsum(lengths)]).astype(np.int32),
        index=np.insert(matrix.index, matrix.start[rows + 1], columns).astype(np.int32),
        value=np.insert(matrix.value, matrix.start[rows + 1], -1.0),
    )


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
    elastic = with_shortages(matrix, groups, [1.0] * len(groups))
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
