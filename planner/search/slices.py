"""A period slice by slice under a design: many small programs in the place of one large one.

Where work that may wait is given to the slices as the relaxation does, the slices of a period share nothing but its design. Each
is a program of a few dozen whole numbers, solved in milliseconds. A row over several slices leaves to each what the others do not
use of it: those that are solved as they are, those to come as in the relaxation. So every slice keeps it, one after the other.
Afterwards one linear program chooses anew all that is not whole, over the whole period.

Where the design falls short in a slice, nodes that could still be signed may be used (`periods.py`). What one slice uses of them
is there in all other slices of the period as well, and paid once.
"""

import numpy as np

from planner.search.periods import ON, Effort, Found, Periods, Phantom
from planner.solver import Floats, Ints, Matrix, Solved, solve_lp


def by_slices(
    periods: Periods,
    t: int,
    cost: Floats,
    held: Floats,
    relaxed: Solved,
    efforts: tuple[Effort, ...],
    absolute: float,
    *,
    signing: bool = False,
) -> Found | None:
    """A whole operation of a period near its relaxation, each slice to its part of an absolute gap; None if a slice has none.

    Args:
        cost: of all columns, priced.
        held: activity of the design in all rows.
        relaxed: relaxation with the design fixed.
        efforts: tried in turn in each slice until one gives a point.
        signing: whether nodes may be used that are not signed yet, in slices that have no point without.
    """
    assert relaxed.x is not None
    where = periods.layout.column_slice[periods.columns[t]]
    slices = np.unique(where[where >= 0])
    part = periods.part_at(t, cost, held)
    values = relaxed.x[periods.columns[t]].copy()
    reduced = np.abs(relaxed.column_dual[periods.columns[t]])
    scale = max(float(np.abs(part.cost) @ values), periods.share)
    owner = np.repeat(np.arange(part.rows), np.diff(part.start))
    phantoms = periods.phantoms[t] if signing else ()
    signed = np.zeros(len(phantoms))
    costs = np.array([float(np.abs(part.cost[where == s]) @ values[where == s]) for s in slices])
    shares = (1.0 / len(slices) + costs / max(float(costs.sum()), 1e-9)) / 2
    for s, share in zip(slices, shares, strict=True):
        mine = np.flatnonzero(where == s).astype(np.int32)
        here = where[part.index] == s
        touched = np.unique(owner[here]).astype(np.int32)
        outside = np.where(here, 0.0, part.value * values[part.index])
        other = np.asarray(np.bincount(owner, weights=outside, minlength=part.rows), dtype=float)
        for phantom, nodes in zip(phantoms, signed, strict=True):
            other[phantom.rows] += phantom.entries * nodes
        sided = part.with_sides(part.row_lower - other, part.row_upper - other)
        useful = values[mine] > ON
        found = None
        for more in ((), _inside(phantoms, touched, part.rows)) if phantoms else ((),):
            for effort in efforts:
                near = (reduced[mine] <= effort.width * scale) | useful | (part.lower[mine] > 0)
                keep = mine[near]
                small = sided.part(touched, keep)
                found = periods.solve_small(small, more, effort.nodes, absolute * share)
                if found is not None:
                    break
            if found is not None:
                break
        if found is None:
            return None
        values[mine] = 0.0
        values[keep] = found[: len(keep)]
        if len(found) > len(keep):
            signed += np.round(found[len(keep) :])
    return _chosen_anew(periods, part, values, phantoms, signed)


def _inside(phantoms: tuple[Phantom, ...], touched: Ints, rows: int) -> tuple[Phantom, ...]:
    """The same nodes in the rows of a slice."""
    place = np.full(rows, -1, dtype=np.int32)
    place[touched] = np.arange(len(touched), dtype=np.int32)
    found = []
    for phantom in phantoms:
        inside = place[phantom.rows] >= 0
        found.append(phantom._replace(rows=place[phantom.rows[inside]], entries=phantom.entries[inside]))
    return tuple(found)


def _chosen_anew(
    periods: Periods, part: Matrix, values: Floats, phantoms: tuple[Phantom, ...], signed: Floats
) -> Found:
    """What is whole as found, all else chosen best for the whole period."""
    whole = np.flatnonzero(part.integer).astype(np.int32)
    values[whole] = np.round(values[whole])
    held = np.zeros(part.rows)
    for phantom, nodes in zip(phantoms, signed, strict=True):
        held[phantom.rows] += phantom.entries * nodes
    fixed = part.with_sides(part.row_lower - held, part.row_upper - held).bounded(whole, values[whole], values[whole])
    solved = solve_lp(fixed.relaxed(), periods.watch)
    if solved.x is not None and solved.verdict == "optimal":
        values = np.where(part.integer, values, solved.x)
    used = {i: float(n) for i, n in enumerate(signed) if n > 0.5}
    price = sum(n * phantoms[i].price for i, n in used.items())
    return Found(values, used, float(part.cost @ values) + price)
