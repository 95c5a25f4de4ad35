"""Knapsack cuts hold for every whole point, whatever the prices they are made at."""

from itertools import product
from math import ceil, inf
from types import SimpleNamespace

import numpy as np

from planner.search.bounds.knapsack import Item, knapsack_cuts, least_cost
from planner.search.options import DEFAULT
from planner.solver.highs import Solved
from planner.solver.matrix import Matrix

MOST = 6


def drawn(random):
    """Two workloads on up to four classes, whole nodes held for some, a hosted API that splits; demand rows are ≥ 1."""
    classes = int(random.integers(2, 5))
    shares = random.choice([0.21, 0.34, 0.5, 0.9, 1.3], (2, classes)) * random.uniform(0.8, 1.0, (2, classes))
    nodes = random.choice([0.125, 0.25, 0.5, 1.0, 2.0], (2, classes))
    with_nodes = random.random(classes) < 0.7
    # columns: y[w, c] = w * classes + c; H[c]; z[w]
    held = 2 * classes + np.arange(classes)
    hosted = 3 * classes + np.arange(2)
    rows, lower, upper = [], [], []
    for w in range(2):
        rows.append([(w * classes + c, shares[w, c]) for c in range(classes)] + [(hosted[w], 1.0)])
        lower.append(1.0)
        upper.append(np.inf)
    hold_row = np.full(3 * classes + 2, -1, dtype=np.int32)
    nodes_of = np.zeros(3 * classes + 2)
    for c in np.flatnonzero(with_nodes):
        for w in range(2):
            hold_row[w * classes + c], nodes_of[w * classes + c] = len(rows), nodes[w, c]
        rows.append([(w * classes + c, nodes[w, c]) for w in range(2)] + [(held[c], -1.0)])
        lower.append(-np.inf)
        upper.append(0.0)
    count = 3 * classes + 2
    integer = np.ones(count, dtype=bool)
    integer[hosted] = False
    matrix = Matrix(
        random.uniform(0, 5, count),
        np.zeros(count),
        np.full(count, np.inf),
        integer,
        np.cumsum([0, *(len(row) for row in rows)]).astype(np.int32),
        np.array([j for row in rows for j, _ in row], dtype=np.int32),
        np.array([v for row in rows for _, v in row]),
        np.array(lower),
        np.array(upper),
    )
    layout = SimpleNamespace(
        row_period=np.zeros(len(rows), dtype=np.int32),
        demand_rows=np.array([0, 1], dtype=np.int32),
        hold_rows=np.arange(2, len(rows), dtype=np.int32),
        hold_row=hold_row,
        nodes_of=nodes_of,
    )
    dual = np.where(np.arange(len(rows)) < 2, 1, -1) * random.uniform(0, 4, len(rows))
    reduced = matrix.cost - matrix.transposed_product(dual)
    x = random.uniform(0, 1.0, count) * (random.random(count) < 0.7)
    return matrix, layout, Solved("optimal", x, 0.0, 0.0, dual, reduced), classes, shares, nodes, with_nodes


NOTHING = np.empty(0, dtype=np.int32)


def test_no_whole_point_is_cut_off():
    random, cuts = np.random.default_rng(3), 0
    for _ in range(400):
        matrix, layout, solved, classes, shares, nodes, with_nodes = drawn(random)
        for cut in knapsack_cuts(matrix, layout, layout.demand_rows, NOTHING, solved, DEFAULT):
            cuts += 1
            least = inf
            weight = np.zeros(matrix.columns)
            weight[cut.index] = cut.value
            for w in range(2):  # the other workload only adds to what is held
                if not weight[w * classes : (w + 1) * classes].any():
                    continue
                for y in product(range(MOST), repeat=classes):
                    served = float(np.dot(shares[w], y))
                    z = max(1.0 - served, 0.0)
                    held = [ceil(nodes[w, c] * y[c] - 1e-9) if with_nodes[c] else 0 for c in range(classes)]
                    value = np.dot(weight[w * classes : (w + 1) * classes], y) + weight[3 * classes + w] * z
                    least = min(least, value + np.dot(weight[2 * classes : 3 * classes], held))
            assert least >= cut.lower - 1e-9
    assert cuts >= 100


def test_the_least_cost_is_that_of_enumeration():
    random, exact = np.random.default_rng(4), 0
    for _ in range(300):
        items = [
            Item(*values)
            for values in zip(
                random.uniform(0.15, 1.2, 3),
                random.uniform(0, 3, 3),
                random.choice([0.25, 0.5, 1.0], 3),
                random.choice([0.0, 1.0, 4.0], 3),
                strict=True,
            )
        ]
        splits = float(random.choice([inf, 4.0, 8.0]))
        found = least_cost(items, splits, 10_000)
        least = inf
        for units in product(range(8), repeat=3):
            left = 1.0 - sum(n * item.share for n, item in zip(units, items, strict=True))
            rest = 0.0 if left <= 1e-9 else left * splits
            least = min(least, rest + sum(item.cost(n) for n, item in zip(units, items, strict=True)))
        assert found is not None
        assert abs(found - least) <= 1e-6 * max(1.0, least)
        exact += 1
    assert exact == 300
