r"""What a smallest size implies: nothing of a commitment serves before the smallest size of it is signed.

A commitment with a smallest size has a column of nodes, :math:`k`, and one that opens it, :math:`z \in \{0, 1\}`, with
:math:`m z \le k \le U z`. U is large, so the relaxation signs a tenth of the smallest size with next to nothing of z. Let

.. math:: \sum_{j \in P} a_j x_j \le \sum_{o \in F} b_o k_o + \sum_{o \in M} b_o k_o + r

be a row of capacity: what stands on nodes, P, on those without a smallest size or paid by the hour, F, and on those with one, M.
No plan of least cost needs :math:`x_j > u_j` (`implied.py`), so for any :math:`Q \subseteq P` with
:math:`N = \max \{ \sum_{j \in Q} a_j u_j, 0 \}` and any :math:`C \subseteq M`

.. math:: \sum_{j \in Q} a_j x_j \le \sum_{o \in F \cup M \setminus C} b_o k_o + N \sum_{o \in C} z_o + \max \{ r, 0 \}.

Proof: where all z of C are 0, so are their nodes, and the rest of the row stands (what is left out of P is not below zero). Where
one is 1, N alone is enough. ∎ (A flow cover; Padberg, Van Roy and Wolsey, *Operations Research* 33, 1985.) Where the user lets an
opening be a fraction, the step fails: such a commitment counts among F.
"""

import numpy as np

from planner.search.structure import Layout
from planner.solver import Cut, Floats, Matrix

VIOLATED = 1e-6
"""Share of what stands on the nodes by which a row is broken at least."""


def opening_cuts(matrix: Matrix, layout: Layout, x: Floats, most: Floats) -> list[Cut]:
    """Rows that a point of the relaxation breaks.

    Args:
        x: the point, by column.
        most: upper bounds that some plan of least cost keeps, by column.
    """
    opened_by = np.full(len(matrix.lower), -1)
    for j, z, _ in layout.minimums:
        if matrix.lower[j] <= 0 and matrix.integer[z]:
            opened_by[j] = z
    found: list[Cut] = []
    for row in sorted(row for rows in layout.capacity.values() for row in rows):
        span = slice(matrix.start[row], matrix.start[row + 1])
        index, value = matrix.index[span], matrix.value[span]
        small = (value < 0) & (x[index] > 0) & (opened_by[index] >= 0)
        takes = (value > 0) & (x[index] > 0) & np.isfinite(most[index])
        if not small.any() or not takes.any() or np.any(matrix.lower[index] < 0) or matrix.row_upper[row] > 0:
            continue
        gives = np.flatnonzero(value < 0)
        alone = (
            [np.flatnonzero(takes)] if takes.sum() == 1 else [np.flatnonzero(takes), *np.flatnonzero(takes)[:, None]]
        )
        for used in alone:
            need = float(value[used] @ most[index[used]])
            opened = opened_by[index[gives]]
            nodes = -value[gives] * x[index[gives]]
            other = np.where(small[gives], need * x[opened], np.inf)
            cheaper = other < nodes
            stands = float(value[used] @ x[index[used]])
            if stands - float(np.where(cheaper, other, nodes).sum()) <= VIOLATED * max(stands, 1.0):
                continue
            columns = np.concatenate([np.where(cheaper, opened, index[gives]), index[used]]).astype(np.int32)
            values = np.concatenate([np.where(cheaper, need, -value[gives]), -value[used]])
            order = np.argsort(~np.isin(columns, opened[cheaper]), kind="stable")  # design first: a row between periods
            found.append(Cut(0.0, columns[order], values[order]))
    return found
