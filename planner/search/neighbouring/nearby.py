r"""A program that is solved, asked again with less to choose from: is there a plan without some columns at such a cost?

Columns that are closed are taken out, and with them all that could only have worked with them: a row

.. math:: \sum_j a_j x_j \le 0, \qquad a \ge 0,\ x \ge 0

says that its columns are zero. What is left is small beside the whole, and the search in it ends at a plan in the cheaper half of
what lies between its relaxation and what is asked for, or as soon as its relaxation costs more. It begins with what the plan signs
and how it goes in the periods that have none of the columns. Strategic decisions (sites, tiers) stay as the plan has them; which
providers and pools are used is free where the part goes to branch and bound as it is.
"""

from collections.abc import Callable, Collection, Iterable
from dataclasses import replace
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from planner.formulation import Built
from planner.formulation.parameters import Parameters
from planner.search.engine import Engine
from planner.search.options import NEARBY, Options
from planner.search.structure import Group, Layout, layout_of
from planner.solver import Floats, Ints, Matrix, Watch, solve_lp, solve_mip

Mask = npt.NDArray[np.bool_]


class Narrowed(NamedTuple):
    """A part of a program, and which columns of it these are."""

    matrix: Matrix
    layout: Layout
    columns: Ints


class Nearby:
    """A program and a plan of it."""

    def __init__(
        self, built: Built, p: Parameters, matrix: Matrix, plan: Floats, watch: Watch, options: Options = NEARBY
    ) -> None:
        self.matrix, self.plan, self.watch, self.options = matrix, plan, watch, options
        self.layout = layout_of(built, p, matrix)

    def without(self, closed: Ints, most: float) -> Floats | None:
        """A plan with zero in some columns that costs at most so much (in the unit of the costs); None if none was found."""
        part = self._part(closed)
        if part is not None and len(self.layout.counted) and not self._direct(part):
            part = narrowed(self.matrix, self.layout, closed, self.plan)
        x = None if part is None else self._plan(part, most)
        if part is None or x is None:
            return None
        values = np.zeros(self.matrix.columns)
        values[part.columns] = x
        return values if float(self.matrix.cost @ values) <= most else None

    def least(self, closed: Ints) -> float | None:
        """No plan with zero in some columns costs less (in the unit of the costs); None if there is none, or time is over."""
        part = self._part(closed)
        solved = None if part is None else solve_lp(part.matrix.relaxed(), self.watch)
        return solved.objective if solved is not None and solved.verdict == "optimal" else None

    def _part(self, closed: Ints) -> Narrowed | None:
        """The part without some columns, in which others may be used than in the plan."""
        return narrowed(self.matrix, self.layout, closed, self.plan, self.layout.counted)

    def _direct(self, part: Narrowed) -> bool:
        """Whether a part is small enough to go to branch and bound as it is."""
        return int(part.matrix.integer.sum()) <= self.options.direct_integers

    def _plan(self, part: Narrowed, most: float) -> Floats | None:
        if self._direct(part):
            relaxed = solve_lp(part.matrix.relaxed(), self.watch)
            if relaxed.x is None or relaxed.objective > most:
                return None
            near = (most - relaxed.objective) / max(abs(most), 1e-9) / 4
            enough = (most + relaxed.objective) / 2
            nodes = self.options.medium_nodes
            return solve_mip(part.matrix, self.watch, gap=near, nodes=nodes, cutoff=most, enough=enough).x
        engine = Engine(part.matrix, part.layout, 0.0, self.watch, self.options)
        relaxed = engine.tighten()
        if relaxed.x is None or engine.bound > most:
            return None
        engine.gap = (most - engine.bound) / max(abs(most), 1e-9)
        return engine.seek_like(self.plan[part.columns]).x


def narrowed(matrix: Matrix, layout: Layout, closed: Ints, plan: Floats, free: Collection[int] = ()) -> Narrowed | None:
    """The part of a program in which some columns are zero and strategic ones, but those left free, as in a plan; None if it has
    no plan."""
    lower, upper = matrix.lower.copy(), matrix.upper.copy()
    upper[closed] = 0.0
    fixed = np.setdiff1d(layout.strategic, np.array(free, dtype=np.int32))
    lower[fixed] = upper[fixed] = np.round(plan[fixed])
    if np.any(lower > upper):
        return None
    tiers = [j for group in layout.tiers for j in (*group.columns, *group.spend)]
    kept = np.zeros(matrix.columns, dtype=bool)
    kept[[*tiers, *layout.strategic, *layout.settled, *(j for ways in layout.choices for j in ways)]] = True
    alive = (lower != 0.0) | (upper != 0.0) | kept
    owner = np.repeat(np.arange(matrix.rows), np.diff(matrix.start))
    forcing = matrix.row_upper == 0.0
    while True:
        inside = alive[matrix.index]
        offset = inside & ((matrix.value < 0) | (lower[matrix.index] < 0))
        lonely = forcing & (np.bincount(owner, weights=offset, minlength=matrix.rows) == 0)
        dead = matrix.index[lonely[owner] & inside & (matrix.value > 0) & ~kept[matrix.index]]
        if not len(dead):
            break
        if np.any(lower[dead] > 0):
            return None
        alive[dead] = False
    used = np.bincount(owner, weights=alive[matrix.index], minlength=matrix.rows) > 0
    if np.any(~used & ((matrix.row_lower > 0) | (matrix.row_upper < 0))):
        return None
    columns, rows = np.flatnonzero(alive).astype(np.int32), np.flatnonzero(used).astype(np.int32)
    part = replace(matrix, lower=lower, upper=upper).part(rows, columns)
    return Narrowed(part, part_of(layout, rows, columns, matrix), columns)


def part_of(layout: Layout, rows: Ints, columns: Ints, matrix: Matrix) -> Layout:
    """The layout of some rows and columns of a program."""
    column, row = _places(matrix.columns, columns), _places(matrix.rows, rows)

    def several(place: Ints, chosen: Iterable[int]) -> tuple[int, ...]:
        return tuple(int(place[j]) for j in chosen if place[j] >= 0)

    def array(place: Ints) -> Callable[[Ints], Ints]:
        return lambda chosen: place[chosen][place[chosen] >= 0]

    columns_of, rows_of = array(column), array(row)
    hold_row = layout.hold_row[columns]
    capacity = {key: several(row, mine) for key, mine in layout.capacity.items()}
    signings = [several(column, mine) for mine in layout.signings]
    return layout._replace(
        column_period=layout.column_period[columns],
        column_slice=layout.column_slice[columns],
        row_period=layout.row_period[rows],
        row_slice=layout.row_slice[rows],
        demand_rows=rows_of(layout.demand_rows),
        covers=tuple(rows_of(group) for group in layout.covers),
        hold_rows=rows_of(layout.hold_rows),
        hold_row=np.where(hold_row >= 0, row[hold_row], -1).astype(np.int32),
        nodes_of=layout.nodes_of[columns],
        capacity={key: mine for key, mine in capacity.items() if mine},
        signings=tuple(mine for mine in signings if mine),
        minimums=tuple(
            (int(column[j]), int(column[k]), least)
            for j, k, least in layout.minimums
            if column[j] >= 0 and column[k] >= 0
        ),
        limits=rows_of(layout.limits),
        choices=tuple(several(column, ways) for ways in layout.choices),
        switches=columns_of(layout.switches),
        granted=columns_of(layout.granted),
        settled=columns_of(layout.settled),
        strategic=columns_of(layout.strategic),
        counted=columns_of(layout.counted),
        tiers=tuple(Group(several(column, g.columns), several(column, g.spend), g.thresholds) for g in layout.tiers),
        spends=rows_of(layout.spends),
        soft=rows_of(layout.soft),
    )


def _places(count: int, chosen: Ints) -> Ints:
    """Position of each among the chosen ones; −1 for all others."""
    place = np.full(count, -1, dtype=np.int32)
    place[chosen] = np.arange(len(chosen), dtype=np.int32)
    return place
