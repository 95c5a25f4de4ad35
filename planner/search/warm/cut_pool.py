"""Cuts that outlive the program they were found for: which of them hold in the next one, and its starting basis."""

from typing import NamedTuple

import numpy as np

from planner.search.structure import Layout
from planner.solver import Basis, Cut, Ints, Matrix, again


class Origin(NamedTuple):
    """Where a cut comes from, so that it can be made again or be kept."""

    period: int
    slice: int
    row: int
    """Row that was rounded; −1 for the row of a priced slice."""
    place: int


class Kept(NamedTuple):
    origin: Origin
    cut: Cut


def still_valid(
    before: Matrix, basis: Basis, cuts: list[Kept], matrix: Matrix, layout: Layout
) -> tuple[list[Kept], Basis]:
    """Cuts of the last program that are valid in this one, and the last basis reduced to their rows.

    The proofs are in `neighbours.py`. Rounding cuts that did not bind are dropped: they are found again if they are needed.
    """
    touched = _touched_slices(before, matrix, layout)
    idle = basis.basic_rows()
    statuses = list(basis.rows[: matrix.rows])
    kept: list[Kept] = []
    for place, (origin, cut) in enumerate(cuts, start=matrix.rows):
        known = place < len(basis.rows)
        if known and idle[place] and origin.row >= 0:
            continue
        if origin.row >= 0:
            fresh = again(matrix, origin.row, origin.place)
        else:
            fresh = None if (origin.period, origin.slice) in touched else cut
        if fresh is not None:
            kept.append(Kept(origin, fresh))
            statuses += [basis.rows[place]] if known else []
    return kept, Basis(basis.columns, statuses)


def _touched_slices(before: Matrix, now: Matrix, layout: Layout) -> set[tuple[int, int]]:
    """(t, s) of slices whose own points changed: a row inside, a bound or the integrality of a column."""
    other = (before.lower != now.lower) | (before.upper != now.upper) | (before.integer != now.integer)
    columns = np.flatnonzero(other)
    rows = changed_rows(before, now)
    found = set(zip(layout.column_period[columns].tolist(), layout.column_slice[columns].tolist(), strict=True))
    return found | set(zip(layout.row_period[rows].tolist(), layout.row_slice[rows].tolist(), strict=True))


def changed_rows(before: Matrix, now: Matrix) -> Ints:
    """Rows with another coefficient or side."""
    entries = np.flatnonzero(before.value != now.value)
    rows = np.searchsorted(now.start, entries, side="right") - 1
    sides = np.flatnonzero((before.row_lower != now.row_lower) | (before.row_upper != now.row_upper))
    return np.union1d(rows, sides).astype(np.int32)
