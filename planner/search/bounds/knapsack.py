r"""Knapsack cuts: what whole replicas, and the whole nodes they stand on, cost at least, at the prices of everything else.

Take a row that asks for service, divided by how much: Σ_j a_j y_j + Σ_i b_i z_i ≥ 1 with whole y ≥ 0 and continuous z ≥ 0.
Some y_j stand on whole nodes H_j that are held for them: n_j y_j ≤ H_j. For any weights g ≥ 0 let

.. math:: K = \min \Big\{ \sum_j g_j y_j + \sum_j G_j \lceil n_j y_j \rceil + \sum_i g_i z_i :
          \sum_j a_j y_j + \sum_i b_i z_i \ge 1, \; y \text{ whole} \Big\}.

Every plan satisfies Σ g_j y_j + Σ G_j H_j + Σ g_i z_i ≥ K: its y and z are in the set over which K is least, and its H_j are
whole and at least n_j y_j, whoever else may stand on them. The weights of whole columns may be cut to K: where such a column is
not 0 the left side is K by that column alone. (Lifted covers in the wide sense: Wolsey, *Integer Programming*, 1998, 9.3.)

The weights that cut deepest are the reduced costs with the prices of the row, of the cuts made from it and of the rows of
held nodes put back: then K is what the slice costs at the prices of everything else, and the cut closes what the relaxation
loses there. K is found by depth-first search over the items of the best ratios; what is beyond them counts as one item that
splits, at the best of their ratios, which can only lower K.
"""

from math import ceil
from typing import NamedTuple

import numpy as np

from planner.search.options import Options
from planner.search.structure import Layout
from planner.solver import Cut, Floats, Ints, Matrix, Solved

VIOLATION = 1e-6
"""Share of K by which a cut must be violated."""
SMALLEST = 1e-7
"""Weights below this are raised to it: the solver takes smaller ones for zero, which would cut plans off."""


class Item(NamedTuple):
    """A way to serve: share of the demand, price, and nodes of a whole node's price that it takes."""

    share: float
    price: float
    nodes: float
    node_price: float

    def cost(self, units: int) -> float:
        return self.price * units + self.node_price * ceil(self.nodes * units - 1e-9)

    @property
    def ratio(self) -> float:
        """Least price of a whole demand served in this way."""
        return (self.price + self.node_price * self.nodes) / self.share


def least_cost(items: list[Item], splits: float, most_nodes: int) -> float | None:
    """K: the least price of covering 1 with whole units of the items and, at the ratio `splits`, of what splits.

    None if the search was not finished within `most_nodes`.
    """
    items = sorted(items, key=lambda item: item.ratio)
    after = [splits] * (len(items) + 1)
    for i in range(len(items) - 1, -1, -1):
        after[i] = min(after[i + 1], items[i].ratio)
    best = splits
    for item in items:
        best = min(best, item.cost(ceil(1.0 / item.share - 1e-9)))
    visited = 0

    def walk(i: int, left: float, spent: float) -> bool:
        nonlocal best, visited
        visited += 1
        if left <= 1e-9:
            best = min(best, spent)
            return True
        if visited > most_nodes:
            return False
        if spent + left * after[i] >= best * (1 - 1e-9):
            return True
        if i == len(items):
            best = min(best, spent + left * splits)
            return True
        item = items[i]
        for units in range(ceil(left / item.share - 1e-9), -1, -1):
            cost = spent + item.cost(units)
            if cost < best and not walk(i + 1, left - units * item.share, cost):
                return False
        return True

    return best if walk(0, 1.0, 0.0) else None


def knapsack_cuts(
    matrix: Matrix, layout: Layout, rows: Ints, made_from: Ints, solved: Solved, options: Options
) -> list[Cut]:
    """Violated knapsack cuts at a point of the relaxation, at most one a row.

    Args:
        matrix: the program with the cuts so far, whose rows come after its own.
        rows: of the form ≥ b > 0, in which no column stands twice.
        made_from: by cut, the row that it is made from.
        solved: its relaxation.
    """
    x, price = solved.x, solved.row_dual
    assert x is not None
    holds = np.zeros(matrix.rows, dtype=bool)
    holds[layout.hold_rows] = True
    row_of = np.full(matrix.columns, -1, dtype=np.int32)
    for row in rows:
        row_of[matrix.index[matrix.start[row] : matrix.start[row + 1]]] = row
    source = np.full(matrix.rows, -1, dtype=np.int32)
    source[rows] = rows
    source[matrix.rows - len(made_from) :] = made_from
    # weights: reduced costs with some prices put back
    owner = np.repeat(np.arange(matrix.rows, dtype=np.int32), np.diff(matrix.start))
    put_back = holds[owner] | ((source[owner] >= 0) & (source[owner] == row_of[matrix.index]))
    back = np.bincount(
        matrix.index, weights=np.where(put_back, price[owner] * matrix.value, 0.0), minlength=matrix.columns
    )
    weight = np.maximum(solved.column_dual + back, 0.0)
    # price of a whole node in each row of held nodes: what holding it costs elsewhere
    node_price = np.maximum(-price, 0.0)
    cuts: list[Cut] = []
    known: dict[bytes, float | None] = {}
    for row in rows.tolist():
        cut = _cut(matrix, layout, row, weight, node_price, x, options, known)
        if cut is not None:
            cuts.append(cut)
    return cuts


def _cut(
    matrix: Matrix,
    layout: Layout,
    row: int,
    weight: Floats,
    node_prices: Floats,
    x: Floats,
    options: Options,
    known: dict[bytes, float | None],
) -> Cut | None:
    span = slice(matrix.start[row], matrix.start[row + 1])
    index, asked = matrix.index[span], float(matrix.row_lower[row])
    if asked <= 0 or np.any(matrix.value[span] <= 0):
        return None
    share = matrix.value[span] / asked
    whole = matrix.integer[index]
    active = index[whole & (x[index] > VIOLATION)]
    if not len(active):
        return None
    held = layout.hold_row[index]
    node_price = np.where(held >= 0, node_prices[held], 0.0)
    nodes = np.where(held >= 0, layout.nodes_of[index], 0.0)
    ratio = (weight[index] + node_price * nodes) / share
    splits = float(ratio[~whole].min(initial=np.inf))
    order = np.flatnonzero(whole)[np.argsort(ratio[whole], kind="stable")]
    first, rest = order[: options.knapsack_items], order[options.knapsack_items :]
    splits = min(splits, float(ratio[rest].min(initial=np.inf)))
    first = first[ratio[first] < splits]
    table = np.column_stack([share[first], weight[index[first]], nodes[first], node_price[first]])
    key = np.append(np.round(table, 12).ravel(), splits).tobytes()
    if key not in known:
        known[key] = least_cost([Item(*line) for line in table.tolist()], splits, options.knapsack_nodes)
    least = known[key]
    if least is None or least <= VIOLATION or not np.isfinite(least):
        return None
    values: dict[int, float] = {}
    for j, is_whole in zip(index.tolist(), whole.tolist(), strict=True):
        values[j] = min(weight[j], least) if is_whole else weight[j]
    for h in np.unique(held[held >= 0]).tolist():
        inside = slice(matrix.start[h], matrix.start[h + 1])
        for j, value in zip(matrix.index[inside].tolist(), matrix.value[inside].tolist(), strict=True):
            if value < 0:  # −1: a whole node
                values[j] = values.get(j, 0.0) + min(node_prices[h], least)
    columns = np.array(list(values), dtype=np.int32)
    entries = np.maximum(np.array(list(values.values())), SMALLEST)
    scale = 1.0 / least
    if float(entries @ x[columns]) >= least * (1 - 1e-4):
        return None
    return Cut(1.0 - 1e-9, columns, np.maximum(entries * scale, SMALLEST), row)
