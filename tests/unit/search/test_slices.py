"""Periods slice by slice: on drawn programs what is found keeps every row of the whole program and costs no less than its best."""

import numpy as np
import pytest

from planner.search.bounds.relaxation import Relaxation
from planner.search.options import DEFAULT
from planner.search.periods import Effort, Periods
from planner.search.slices import by_slices
from planner.search.structure import COUPLING, DESIGN, LINKING, Layout
from planner.solver import solve_mip
from planner.solver.matrix import Matrix
from planner.solver.second_look import holds
from planner.solver.watch import Watch

SLICES = 3
NONE = np.empty(0, dtype=np.int32)


def drawn(seed: int) -> tuple[Matrix, Layout]:
    """Per slice two kinds of whole replicas and flexible work on nodes that are signed (column 0) or run by the hour; a row of
    work over all slices, and a cap over all slices on the nodes by the hour."""
    r = np.random.default_rng(seed)
    width, n = 4, 1 + SLICES * 4
    cost, lower, upper = np.zeros(n), np.zeros(n), np.full(n, np.inf)
    cost[0], upper[0] = r.uniform(1, 3) * SLICES, 20
    whole = np.zeros(n, dtype=bool)
    whole[0] = True
    rows: list[np.ndarray] = []
    low: list[float] = []
    high: list[float] = []

    def add(entries: dict[int, float], least: float, most: float) -> None:
        row = np.zeros(n)
        row[list(entries)] = list(entries.values())
        rows.append(row)
        low.append(least)
        high.append(most)

    for s in range(SLICES):
        a, b, flexible, hourly = range(1 + s * width, 1 + (s + 1) * width)
        whole[[a, b]] = True
        cost[hourly] = r.uniform(0.8, 2)
        add({a: r.uniform(0.1, 0.6), b: r.uniform(0.1, 0.6)}, 1.0, np.inf)
        add({a: r.uniform(0.5, 1.5), b: r.uniform(0.5, 1.5), flexible: 1.0, hourly: -1.0, 0: -1.0}, -np.inf, 0.0)
    add({1 + s * width + 2: 1.0 for s in range(SLICES)}, r.uniform(0, 4), np.inf)
    add({1 + s * width + 3: 1.0 for s in range(SLICES)}, -np.inf, r.uniform(2, 9))
    table = np.array(rows)
    owner, index = np.nonzero(table)
    start = np.searchsorted(owner, np.arange(len(rows) + 1)).astype(np.int32)
    matrix = Matrix(
        cost, lower, upper, whole, start, index.astype(np.int32), table[owner, index], np.array(low), np.array(high)
    )
    column_slice = np.array([COUPLING, *np.repeat(np.arange(SLICES), width)], dtype=np.int32)
    row_slice = np.array([*np.repeat(np.arange(SLICES), 2), COUPLING, COUPLING], dtype=np.int32)
    capacity = {(0, 0): tuple(range(1, 2 * SLICES, 2))}
    layout = Layout(
        np.where(column_slice == COUPLING, DESIGN, 0).astype(np.int32), column_slice,
        np.full(len(rows), 0, dtype=np.int32), row_slice, np.arange(0, 2 * SLICES, 2, dtype=np.int32), (), NONE,
        np.full(n, LINKING, dtype=np.int32), np.zeros(n), capacity, ((0,),), (), NONE, (), NONE, NONE, NONE, NONE, NONE,
    )  # fmt: skip
    return matrix, layout


@pytest.mark.parametrize("seed", range(25))
def test_what_slices_give_is_an_operation_of_the_whole_period(seed: int) -> None:
    matrix, layout = drawn(seed)
    relaxation = Relaxation(matrix, layout, Watch(), DEFAULT)
    relaxed = relaxation.tighten()
    assert relaxed.x is not None
    short = np.maximum(np.floor(relaxed.x[[0]]), 0.0)  # the design may fall short: nodes are signed for it
    relaxed = relaxation.with_fixed(np.array([0], dtype=np.int32), short)
    if relaxed.x is None:
        return
    periods = Periods(relaxation, Watch(), DEFAULT)
    design = np.concatenate([short, np.zeros(matrix.columns - 1)])
    cost = periods.priced(relaxed.row_dual)
    effort = Effort(0.5, 200, True)
    found = by_slices(periods, 0, cost, periods.held(design), relaxed, (effort,), 0.0, signing=True)
    if found is None:  # what is capped leaves a slice no whole replica beside its part of the work
        return
    x = periods.cover(design, {0: found.phantoms})
    x[periods.columns[0]] = found.x
    assert holds(matrix, x)
    assert float(matrix.cost @ x) >= solve_mip(matrix, Watch(), gap=0.0).objective - 1e-6


def test_most_drawn_periods_have_an_answer() -> None:
    answered = 0
    for seed in range(25):
        matrix, layout = drawn(seed)
        relaxation = Relaxation(matrix, layout, Watch(), DEFAULT)
        relaxed = relaxation.tighten()
        periods = Periods(relaxation, Watch(), DEFAULT)
        assert relaxed.x is not None
        design = np.where(layout.column_period == DESIGN, np.ceil(relaxed.x - 1e-6), 0.0)
        fixed = relaxation.with_fixed(np.array([0], dtype=np.int32), design[[0]])
        cost = periods.priced(fixed.row_dual)
        one = by_slices(periods, 0, cost, periods.held(design), fixed, (Effort(0.5, 200, True),), 0.0, signing=True)
        answered += one is not None
    assert answered >= 23
