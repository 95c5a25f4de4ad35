r"""One period at a time: small programs for the plan (design fixed) and for the bound (design priced).

**Plan.** With all signings fixed at whole numbers the program falls apart into one program per period; only budgets
link them, and those are priced (cost + μ · cash) and checked afterwards.

**Bound.** Let λ ≥ 0 be prices of the rows that link periods: budgets, minimum quantities, caps that count commitments. For any
λ and any prices π_{ct} ≥ 0 of a committed node of class c in period t, Lagrangian relaxation gives

.. math::

    z^* \ge \sum_t \min_{(y, r, a, u, K) \in P_t} \big\{ \tilde c_t(y, r, a, u) + \sum_c \pi_{ct} K_{ct} \big\}
    + \sum_{o,v} \min\{0, \tilde c_{ov} - \sum_{t \in win(o,v)} \pi_{c(o) t}\} \bar k_{ov} + \lambda \cdot b

P_t holds the rows of period t and whole numbers where the program has them, K_{ct} the committed nodes of the class in service,
whole and free in each period: dropping the link between periods only enlarges the set (Geoffrion, *Mathematical
Programming Study* 2, 1974). Each P_t also yields the valid row c̃_t(·) + Σ_c π_{ct} K_{ct} ≥ V_t for the whole program.

**Fewer columns.** A whole-number column at 0 whose reduced cost in the period's relaxation exceeds δ cannot be 1 or more in a
solution of the period within δ of its relaxation (continuous columns are all kept); so the bound of the reduced period is valid up to relaxation + δ, and min(that, bound of
the reduced period) is what is used.
"""

from dataclasses import dataclass

import numpy as np

from planner.formulation.layout import DESIGN, LINKING, Layout
from planner.formulation.matrix import Cut, Floats, Ints, Matrix
from planner.formulation.operate import Period
from planner.formulation.solve import Watch, solve_lp, solve_mip

NODES_PER_PERIOD = 400


@dataclass(frozen=True, slots=True)
class Blocks:
    """A program with its periods taken apart."""

    matrix: Matrix
    layout: Layout
    columns: tuple[Ints, ...]
    rows: tuple[Ints, ...]
    linking: Ints
    row_slice: Ints

    @property
    def count(self) -> int:
        return len(self.columns)

    @property
    def design(self) -> Ints:
        return np.flatnonzero(self.layout.column_period == DESIGN).astype(np.int32)


def blocks_of(matrix: Matrix, layout: Layout, row_period: Ints, row_slice: Ints) -> Blocks:
    """Take a program apart; `row_period` and `row_slice` also cover rows added to the layout's."""
    periods = int(layout.column_period.max()) + 1
    columns = tuple(np.flatnonzero(layout.column_period == t).astype(np.int32) for t in range(periods))
    rows = tuple(np.flatnonzero(row_period == t).astype(np.int32) for t in range(periods))
    return Blocks(matrix, layout, columns, rows, np.flatnonzero(row_period == LINKING).astype(np.int32), row_slice)


def plan_period(blocks: Blocks, t: int, held: Floats, cost: Floats, watch: Watch, gap: float) -> Floats | None:
    """Cheapest operation of period t when the rows' activity of the design is `held` (by row of the program)."""
    columns, rows = blocks.columns[t], blocks.rows[t]
    part = blocks.matrix.with_cost(cost).part(rows, columns)
    part = part.with_sides(part.row_lower - held[rows], part.row_upper - held[rows])
    return Period(part, columns, rows, blocks.layout, blocks.row_slice).cheapest(watch, gap)


def _reduced_mip(part: Matrix, watch: Watch, gap: float, delta: float) -> tuple[Floats | None, float]:
    """Solve a period over the columns that can matter; (point, valid bound)."""
    relaxed = solve_lp(part, watch)
    if relaxed.x is None or relaxed.verdict != "optimal":
        return None, np.inf if relaxed.verdict == "infeasible" else -np.inf
    slack = max(delta * abs(relaxed.objective), 1e-6)
    while True:
        matters = ~part.integer | (np.abs(relaxed.column_dual) <= slack) | (relaxed.x > 1e-9) | (part.lower > 0)
        keep = np.flatnonzero(matters).astype(np.int32)
        small = part.part(np.arange(part.rows, dtype=np.int32), keep)
        found = solve_mip(small, watch, gap=gap, nodes=NODES_PER_PERIOD)
        everything = len(keep) == part.columns
        if found.x is not None and (everything or found.objective <= relaxed.objective + slack or watch.over):
            x = np.zeros(part.columns)
            x[keep] = found.x
            bound = found.bound if everything else min(found.bound, relaxed.objective + slack)
            return x, max(bound, relaxed.objective)
        if everything or watch.over:
            return None, np.inf if found.verdict == "infeasible" else relaxed.objective
        over = found.objective - relaxed.objective if found.x is not None else slack * 4
        slack = max(over * 1.001, slack * 2)


def priced_bound(
    blocks: Blocks, row_dual: Floats, prices: dict[tuple[int, int], float], watch: Watch, gap: float, delta: float
) -> tuple[float, list[Cut]]:
    """Lagrangian bound at given duals, and one valid row per period.

    Args:
        row_dual: duals of all rows at an optimum of the relaxation; those of linking rows become prices.
        prices: (class, period) → price of a committed node, π.
    """
    matrix, layout = blocks.matrix, blocks.layout
    linking = _linking(blocks)
    cost = matrix.cost - matrix.transposed_product(row_dual, linking)
    total = float(
        sum(
            row_dual[r] * (matrix.row_lower[r] if row_dual[r] > 0 else matrix.row_upper[r])
            for r in linking
            if row_dual[r] != 0.0
        )
    )
    cuts: list[Cut] = []
    per_row = np.zeros(matrix.rows)
    for t in range(blocks.count):
        value, priced = _priced_period(blocks, t, cost, prices, set(linking.tolist()), watch, gap, delta)
        total += value
        per_row[:] = 0.0
        for (c, period), rows in layout.capacity.items():
            if period == t and (c, t) in prices and rows:
                per_row[rows[0]] = prices[c, t]
        windows = -matrix.transposed_product(per_row)
        coefficients = np.where(layout.column_period == DESIGN, windows, 0.0)
        coefficients[blocks.columns[t]] = cost[blocks.columns[t]]
        index = np.flatnonzero(np.abs(coefficients) > 1e-9).astype(np.int32)
        cuts.append(Cut(value, index, coefficients[index]))
        del priced
    design = blocks.design
    left = cost[design] - _window_value(blocks, prices)[design]
    total += float(np.minimum(left, 0.0) @ matrix.upper[design])
    return total, cuts


def _linking(blocks: Blocks) -> Ints:
    """Rows that link periods: budgets, design rows, and rows of a period that design enters otherwise than as capacity."""
    matrix, layout = blocks.matrix, blocks.layout
    capacity = {row for rows in layout.capacity.values() for row in rows}
    touched = np.zeros(matrix.rows, dtype=bool)
    owner = np.repeat(np.arange(matrix.rows), np.diff(matrix.start))
    touched[owner[layout.column_period[matrix.index] == DESIGN]] = True
    others = [r for r in np.flatnonzero(touched) if r not in capacity]
    return np.unique(np.concatenate([blocks.linking, np.array(others, dtype=np.int32)])).astype(np.int32)


def _window_value(blocks: Blocks, prices: dict[tuple[int, int], float]) -> Floats:
    """Σ_t π over the window of each signing, by column."""
    weights = np.zeros(blocks.matrix.rows)
    for key, rows in blocks.layout.capacity.items():
        if key in prices and rows:
            weights[rows[0]] = prices[key]
    return -blocks.matrix.transposed_product(weights)


def _priced_period(
    blocks: Blocks,
    t: int,
    cost: Floats,
    prices: dict[tuple[int, int], float],
    linking: set[int],
    watch: Watch,
    gap: float,
    delta: float,
) -> tuple[float, Floats | None]:
    matrix, layout = blocks.matrix, blocks.layout
    rows = np.array([r for r in blocks.rows[t] if r not in linking], dtype=np.int32)
    columns = blocks.columns[t]
    part = matrix.with_cost(cost).part(rows, columns)
    place = {int(r): i for i, r in enumerate(rows)}
    added = [
        (c, [place[r] for r in rs if r in place])
        for (c, p), rs in layout.capacity.items()
        if p == t and (c, t) in prices
    ]
    part = _with_held(part, added, [prices[c, t] for c, _ in added])
    x, bound = _reduced_mip(part, watch, gap, delta)
    return bound, x


def _with_held(part: Matrix, classes: list[tuple[int, list[int]]], price: list[float]) -> Matrix:
    """The period with a column K per committed class: −1 in each of its capacity rows, at its price."""
    if not classes:
        return part
    extra: list[list[int]] = [[] for _ in range(part.rows)]
    for number, (_, rows) in enumerate(classes):
        for row in rows:
            extra[row].append(part.columns + number)
    index: list[Ints] = []
    value: list[Floats] = []
    start = [0]
    for row in range(part.rows):
        span = slice(part.start[row], part.start[row + 1])
        index += [part.index[span], np.array(extra[row], dtype=np.int32)]
        value += [part.value[span], np.full(len(extra[row]), -1.0)]
        start.append(start[-1] + len(part.index[span]) + len(extra[row]))
    n = len(classes)
    return Matrix(
        cost=np.concatenate([part.cost, price]),
        lower=np.concatenate([part.lower, np.zeros(n)]),
        upper=np.concatenate([part.upper, np.full(n, np.inf)]),
        integer=np.concatenate([part.integer, np.ones(n, dtype=bool)]),
        start=np.array(start, dtype=np.int32),
        index=np.concatenate(index).astype(np.int32),
        value=np.concatenate(value),
        row_lower=part.row_lower,
        row_upper=part.row_upper,
    )
