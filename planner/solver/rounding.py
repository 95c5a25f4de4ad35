r"""Rounding cuts on rows that ask for service: what whole replicas imply, before any branching.

For a row Σ_j a_j y_j + Σ_i g_i z_i ≥ b with whole y ≥ 0 and continuous z ≥ 0 and any divisor d > 0, let β = b/d,
f0 = β − ⌊β⌋, f_j = a_j/d − ⌊a_j/d⌋. If f0 > 0, every feasible point satisfies the mixed-integer rounding inequality

.. math:: \sum_j \Big( \lfloor a_j/d \rfloor + \min\{1, f_j/f_0\} \Big) y_j + \sum_i \frac{g_i}{d f_0} z_i \ge \lceil \beta \rceil

(Nemhauser and Wolsey, *Integer and Combinatorial Optimization*, 1988, II.1.6.) The divisors tried are the row's own
coefficients: d = a_k says "count in replicas of class k".
"""

import numpy as np

from planner.solver.matrix import Cut, Floats, Ints, Matrix

VIOLATION = 1e-6
TINY = 1e-6


def rounding_cuts(matrix: Matrix, rows: Ints, x: Floats) -> list[Cut]:
    """Rounding cuts violated at x, at most one a row, for the given rows (of the form ≥ b > 0 with non-negative coefficients)."""
    cuts: list[Cut] = []
    for row in rows:
        span = slice(matrix.start[row], matrix.start[row + 1])
        index, value = matrix.index[span], matrix.value[span]
        whole = matrix.integer[index]
        if not whole.any() or not np.any(whole & (x[index] > TINY)):
            continue
        best: tuple[float, Cut] | None = None
        for divisor in np.unique(value[whole & (x[index] > TINY)]):
            cut = _rounded(index, value, whole, matrix.row_lower[row], float(divisor))
            if cut is None:
                continue
            missing = (cut.lower - float(cut.value @ x[index])) / float(np.linalg.norm(cut.value))
            if missing > VIOLATION and (best is None or missing > best[0]):
                best = missing, cut._replace(made_from=int(row))
        if best is not None:
            cuts.append(best[1])
    return cuts


def _rounded(index: Ints, value: Floats, whole: np.ndarray, rhs: float, divisor: float) -> Cut | None:
    beta = rhs / divisor
    up = np.ceil(beta - 1e-9)
    f0 = beta - (up - 1)
    if f0 < 1e-4 or f0 > 1 - 1e-7:
        return None
    scaled = value / divisor
    floor = np.floor(scaled + 1e-9)
    rounded = floor + np.minimum(1.0, np.maximum(scaled - floor, 0.0) / f0)
    return Cut(float(up), index, np.where(whole, rounded, scaled / f0))
