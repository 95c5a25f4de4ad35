r"""Limits taken away, and the least step by which a limit must give way for anything to change.

Whether a limit binds is a question about two programs: with V the least cost as it stands and V' the least cost
without the limit, it
binds where V' < V. Slack says nothing of it: over whole nodes a limit may bind and leave room, because the next node does not fit.
The least step that changes anything is found by one more program,

.. math::
    \min h \quad \text{subject to} \quad A x - d\,h \le b, \quad c x \le V - \epsilon, \quad h \ge 0

========  ======================  ===============================================================
symbol    in code                 unit
========  ======================  ===============================================================
d         ``Limit.scales``        what one unit of the limit is in each of its rows
h         the column after all    unit of the limit; a whole number where nodes are counted
ε         ``worth``               thousands of dollars: the smallest saving worth telling
========  ======================  ===============================================================
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from planner.sensitivity.duals import Limit, unlinked
from planner.solver import Cut, Floats, Matrix, Solved, Watch, solve_mip

One = TypeVar("One")
"""A limit of any kind."""
QUICK_NODES = 60
"""A program that is proven within so many nodes of the search tree is small enough to ask about its neighbours over whole nodes."""
NODES = 300
"""Most nodes of one such question: limits that do not depend on the machine."""


def without(matrix: Matrix, limits: Sequence[Limit]) -> Matrix:
    """The program without some limits."""
    rows = [row for limit in limits for row in limit.rows]
    columns = [column for limit in limits for column in limit.columns]
    low, high, upper = matrix.row_lower.copy(), matrix.row_upper.copy(), matrix.upper.copy()
    low[rows], high[rows], upper[columns] = -np.inf, np.inf, np.inf
    return replace(unlinked(matrix, limits).with_sides(low, high), upper=upper)


def proven_cost(matrix: Matrix, watch: Watch, start: Floats | None = None) -> float | None:
    """The least cost over whole numbers (thousands of dollars), where a short search proves it."""
    solved = solve_mip(matrix, watch, gap=0.0, nodes=QUICK_NODES, start=start)
    return solved.objective if solved.verdict == "optimal" else None


def cost_of(matrix: Matrix, watch: Watch, *, start: Floats | None = None) -> Solved:
    """The least cost over whole numbers, within a limit on the search; `bound` is valid even where the limit came first."""
    return solve_mip(matrix, watch, gap=0.0, nodes=NODES, start=start)


def least_step(matrix: Matrix, limit: Limit, below: float, whole: bool, watch: Watch) -> float | None:
    """By how many units of the limit it must give way for the cost to fall to `below` (thousands of dollars).

    None where no such step was found. `whole`: only whole units exist.
    """
    h = matrix.columns
    wide = _with_step(matrix, limit, whole)
    rows = [Cut(-below, np.flatnonzero(matrix.cost).astype(np.int32), -matrix.cost[np.flatnonzero(matrix.cost)])]
    rows += [Cut(-matrix.upper[j], np.array([h, j], dtype=np.int32), np.array([1.0, -1.0])) for j in limit.columns]
    solved = solve_mip(wide.with_rows(rows), watch, gap=1e-6, nodes=NODES)
    return None if solved.x is None else float(solved.x[h])


def _with_step(matrix: Matrix, limit: Limit, whole: bool) -> Matrix:
    """min h: every row of the limit may be exceeded by its part of h; bounds that are the limit become rows of their own."""
    by_row = dict(zip(limit.rows, limit.scales or (1.0,) * len(limit.rows), strict=True))
    rows = np.array(sorted(by_row), dtype=np.int64)
    sign = np.where(np.isfinite(matrix.row_upper[rows]), -1.0, 1.0)
    upper = matrix.upper.copy()
    upper[list(limit.columns)] = np.inf
    wide = with_column(unlinked(matrix, [limit]), 1.0, rows, sign * np.array([by_row[int(row)] for row in rows]))
    whole_step = whole and bool(matrix.integer.any())
    return replace(wide, upper=np.append(upper, np.inf), integer=np.append(matrix.integer, whole_step))


def with_column(matrix: Matrix, cost: float, rows: npt.NDArray[np.int64], values: Floats) -> Matrix:
    """The program of the least (or most) of one more column, at least 0, which stands in some rows (ascending) and is the last."""
    after = matrix.start[rows + 1]
    return replace(
        matrix,
        cost=np.append(np.zeros(matrix.columns), cost),
        lower=np.append(matrix.lower, 0.0),
        upper=np.append(matrix.upper, np.inf),
        integer=np.append(matrix.integer, False),
        start=(matrix.start + np.searchsorted(rows, np.arange(matrix.rows + 1))).astype(np.int32),
        index=np.insert(matrix.index, after, matrix.columns).astype(np.int32),
        value=np.insert(matrix.value, after, values),
    )


def that_bind(limits: Sequence[One], saves: Callable[[Sequence[One]], bool]) -> list[list[One]]:
    """The limits of which taking away saves something: each alone, or the smallest groups that only do so together.

    Args:
        saves: whether taking away all of these saves something. One call answers for all where nothing binds.
    """
    if not limits or not saves(limits):
        return []
    return _split(list(limits), saves)


def _split(limits: list[One], saves: Callable[[Sequence[One]], bool]) -> list[list[One]]:
    """Of limits that together bind."""
    if len(limits) == 1:
        return [limits]
    half = len(limits) // 2
    found = [group for part in (limits[:half], limits[half:]) if saves(part) for group in _split(part, saves)]
    return found or [_smallest(limits, saves)]


def _smallest(limits: list[One], saves: Callable[[Sequence[One]], bool]) -> list[One]:
    """A group of which none can be left out."""
    kept = list(limits)
    for limit in limits:
        fewer = [other for other in kept if other is not limit]
        if saves(fewer):
            kept = fewer
    return kept
