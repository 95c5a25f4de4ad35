"""Shares of the workloads that classes of nodes serve: the program of `emergency.py`, and a test that spares it."""

import numpy as np

from planner.audit.availability.simplex import Vector, maximise

WHOLE = 1 - 1e-9
"""A share this close to all of it is all of it."""


Rates = tuple[float, ...]


def enough(classes: dict[Rates, float], count: int) -> bool:
    """Whether all is served by what is there, one workload after the other, on nodes that serve the fewest first.

    Where this fails, a better distribution may still do it; it only spares the program in the many easy cases.
    """
    left = dict(sorted(classes.items(), key=lambda item: sum(rate > 0 for rate in item[0])))
    for w in sorted(range(count), key=lambda w: sum(rates[w] > 0 for rates in left)):
        missing = 1.0
        for rates in left:
            if rates[w] > 0 and missing > 0:
                share = min(missing, left[rates] * rates[w])
                missing -= share
                left[rates] -= share / rates[w]
        if missing > 1 - WHOLE:
            return False
    return True


def best(
    promises: list[float],
    classes: dict[Rates, float],
    started: list[tuple[str, Rates]],
    rooms: list[tuple[dict[str, float], float]],
) -> list[float]:
    """Shares of the workloads: the program of `emergency.py`, with columns z, e, f, u and every row scaled to about 1."""
    kinds, count = list(classes), len(promises)
    served = [(w, k) for k, rates in enumerate(kinds) for w in range(count) if rates[w] > 0]
    units = [max([1 / rate for rate in rates if rate > 0]) for rates in kinds]
    columns = 1 + count + len(served) + len(started)
    first_f, first_u = 1 + count, 1 + count + len(served)
    rows: list[Vector] = []
    limits: list[float] = []
    for w, promise in enumerate(promises):
        row = np.zeros(columns)
        row[0], row[1 + w] = promise, 1.0
        within = row.copy()
        row[[first_f + i for i, (v, _) in enumerate(served) if v == w]] = -1.0
        rows += [row, within]
        limits += [0.0, 1.0]
    for k, rates in enumerate(kinds):
        row = np.zeros(columns)
        for i, (w, kind) in enumerate(served):
            if kind == k:
                row[first_f + i] = 1 / rates[w] / units[k]
        row[[first_u + i for i, (_, kind) in enumerate(started) if kind == rates]] = -1.0
        rows.append(row)
        limits.append(classes[rates] / units[k])
    for weights, room in rooms:
        row = np.zeros(columns)
        for i, (option, rates) in enumerate(started):
            row[first_u + i] = weights.get(option, 0.0) * units[kinds.index(rates)]
        largest = row.max()
        if largest > 0:
            rows.append(row / largest)
            limits.append(room / largest)
    least, more = np.zeros(columns), np.zeros(columns)
    least[0], more[1 : 1 + count] = 1.0, 1.0
    x = maximise([least, more], np.array(rows), np.array(limits))
    found = [promise * x[0] + x[1 + w] for w, promise in enumerate(promises)]
    return [1.0 if share > WHOLE else max(0.0, float(share)) for share in found]
