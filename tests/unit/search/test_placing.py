"""Designs without small signings: what is left is large, the relaxation is as it was, and nothing gets cheaper."""

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from planner.search.bounds.relaxation import Relaxation
from planner.search.options import DEFAULT
from planner.search.signings.placing import without_small
from planner.solver import Matrix, Watch

PERIODS, KINDS = 6, 3


def drawn(seed: int) -> tuple[Matrix, Any]:
    """Kinds of contracts of one period with smallest sizes, nodes by the hour beside them; nodes asked for by period.

    Columns: signed[k, t], opened[k, t], hourly[t].
    """
    r = np.random.default_rng(seed)
    n, pairs = KINDS * PERIODS, []
    cost = np.concatenate([np.repeat(r.uniform(1, 3, KINDS), PERIODS), np.zeros(n), np.full(PERIODS, 4.0)])
    least = np.repeat(r.choice([2.0, 8.0, 32.0], KINDS), PERIODS)
    table, low, high = [], [], []
    for t in range(PERIODS):
        row = np.zeros(2 * n + PERIODS)
        row[t:n:PERIODS] = row[2 * n + t] = 1.0
        table.append(row)
        low.append(r.uniform(1, 20) * (t + 1))
        high.append(np.inf)
    for j in range(n):
        for entry, least_, most in ((-least[j], 0.0, np.inf), (-200.0, -np.inf, 0.0)):
            row = np.zeros(2 * n + PERIODS)
            row[j], row[n + j] = 1.0, entry
            table.append(row)
            low.append(least_)
            high.append(most)
        pairs.append((j, n + j, float(least[j])))
    values = np.array(table)
    owner, index = np.nonzero(values)
    matrix = Matrix(
        cost, np.zeros(len(cost)), np.concatenate([np.full(n, 200.0), np.ones(n), np.full(PERIODS, np.inf)]),
        np.arange(len(cost)) < 2 * n, np.searchsorted(owner, np.arange(len(table) + 1)).astype(np.int32),
        index.astype(np.int32), values[owner, index], np.array(low), np.array(high),
    )  # fmt: skip
    none = np.empty(0, dtype=np.int32)
    layout = SimpleNamespace(minimums=tuple(pairs), demand_rows=none, limits=none, granted=none)
    return matrix, layout


@pytest.mark.parametrize("share", [1.0, 0.5])
def test_no_small_signing_is_left(share: float) -> None:
    changed = 0
    for seed in range(20):
        matrix, layout = drawn(seed)
        relaxation = Relaxation(matrix, layout, Watch(), DEFAULT)
        relaxed = relaxation.live.solve()
        found = without_small(relaxation, relaxed, share, Watch())
        assert relaxation.live.solve().objective == pytest.approx(relaxed.objective)
        if found is None:
            continue
        changed += 1
        solved, out = found
        assert solved.x is not None
        assert solved.objective >= relaxed.objective - 1e-6
        assert np.all(solved.x[out] <= 1e-9)
        for j, _, least in layout.minimums:
            assert solved.x[j] <= 1e-6 or solved.x[j] >= share * least - 1e-5
    assert changed > 5
