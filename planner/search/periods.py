"""Periods one by one under a design: whole replicas and nodes in each, with a way out wherever the design falls short.

No period can end a design. Where it cannot be served, its program has *phantoms* beside the columns near the relaxation: whole
nodes of the commitments that could still be signed for it, at a little more than their share of the price. What is used of them
is signed afterwards (`cover`): with the operation given, signings whose windows cover the nodes are found in the order of time.
"""

from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

from planner.search.bounds import Relaxation
from planner.search.options import Options
from planner.search.structure import DESIGN
from planner.solver import Floats, Ints, Matrix, Solved, Watch, entries_by_column, solve_lp, solve_mip

ON = 1e-9
WHOLE = 1e-6


class Effort(NamedTuple):
    """How hard a period is tried."""

    width: float
    """Reduced cost up to which a column takes part, as a share of the period's cost."""
    nodes: int
    sliced: bool
    """Whether slices are solved one by one, where a period has several."""


class Phantom(NamedTuple):
    """A node that could still be signed for a period."""

    signings: tuple[int, ...]
    """Columns of the commitment that are in service in the period, in the order of time."""
    rows: Ints
    """Rows of the period, by their place in it, that a node of it enters."""
    entries: Floats
    price: float


class Found(NamedTuple):
    """What a period's program gave."""

    x: Floats
    """Values of the period's columns."""
    phantoms: dict[int, float]
    """Phantom (by its number in the period) → nodes."""
    cost: float
    """At the prices of the period, phantoms included."""


@dataclass(slots=True)
class Operated:
    """A design with its relaxation and the periods' best answers so far."""

    design: Floats
    relaxed: Solved
    cost: Floats
    """Of all columns, less what rows between periods pay for them."""
    held: Floats
    """Activity of every row by the design."""
    least: Floats
    """By period: cost of its relaxation."""
    found: list[Found]
    tried: list[int]
    """By period: tries so far."""
    astray: set[int] = field(default_factory=set)
    """Periods in which every column has been tried."""

    @property
    def expected(self) -> float:
        """Cost of a plan of the answers, about."""
        return self.relaxed.objective + float(self.loss.sum())

    @property
    def loss(self) -> Floats:
        """By period: cost of the answer less cost of the relaxation."""
        return np.array([one.cost for one in self.found]) - self.least


class Periods:
    """A tightened program taken apart by periods."""

    def __init__(self, relaxation: Relaxation, watch: Watch, options: Options) -> None:
        self.matrix, self.layout, self.watch, self.options = relaxation.matrix, relaxation.layout, watch, options
        where = self.layout.column_period
        self.count = int(where.max(initial=-1)) + 1
        row_period = relaxation.row_period
        self.columns = [np.flatnonzero(where == t).astype(np.int32) for t in range(self.count)]
        self.rows = [np.flatnonzero(row_period == t).astype(np.int32) for t in range(self.count)]
        self.linking = np.flatnonzero(row_period < 0).astype(np.int32)
        self.design = np.flatnonzero(where == DESIGN).astype(np.int32)
        self.parts = [self.matrix.part(r, c) for r, c in zip(self.rows, self.columns, strict=True)]
        self.slices = [
            len(np.unique(where[c][where[c] >= 0])) for where in [self.layout.column_slice] for c in self.columns
        ]
        """By period: how many slices it has."""
        self.demands = [np.flatnonzero(np.isin(r, self.layout.demand_rows)).astype(np.int32) for r in self.rows]
        self.phantoms = self._phantoms()
        self.share = max(abs(relaxation.bound) / max(self.count, 1), 1e-6)
        """What a period costs on average, signings included."""

    def priced(self, row_dual: Floats) -> Floats:
        """Cost of every column less what the rows between periods pay for it at some prices."""
        price = np.zeros(self.matrix.rows)
        price[self.linking] = row_dual[self.linking]
        return np.asarray(self.matrix.cost - self.matrix.transposed_product(price))

    def held(self, design: Floats) -> Floats:
        """Activity of every row by the design alone (values of all columns; those of operation do not count)."""
        values = np.zeros(self.matrix.columns)
        values[self.design] = design[self.design]
        return self.matrix.activity(values)

    def relaxed_cost(self, t: int, cost: Floats, x: Floats) -> float:
        columns = self.columns[t]
        return float(cost[columns] @ x[columns])

    def solve(
        self,
        t: int,
        cost: Floats,
        held: Floats,
        relaxed: Solved,
        effort: Effort,
        absolute: float,
        *,
        signing: bool = False,
    ) -> Found | None:
        """The cheapest whole operation of a period near its relaxation, to an absolute gap; None if none was found.

        Args:
            cost: of all columns, priced.
            held: activity of the design in all rows.
            relaxed: relaxation with the design fixed.
            signing: whether nodes may be used that are not signed yet.
        """
        assert relaxed.x is not None
        columns, part = self.columns[t], self.part_at(t, cost, held)
        x, reduced = relaxed.x[columns], np.abs(relaxed.column_dual[columns])
        scale = max(float(np.abs(part.cost) @ x), self.share)
        near = (reduced <= effort.width * scale) | (x > ON) | (part.lower > 0)
        keep = np.flatnonzero(near).astype(np.int32)
        small = part.part(np.arange(part.rows, dtype=np.int32), keep)
        phantoms = self.phantoms[t] if signing else ()
        found = self.solve_small(small, phantoms, effort.nodes, absolute)
        if found is None:
            return None
        values = np.zeros(part.columns)
        values[keep] = found[: len(keep)]
        values = np.where(part.integer, np.round(values), values)
        used = {i: float(n) for i, n in enumerate(np.round(found[len(keep) :])) if n > 0.5}
        price = sum(n * phantoms[i].price for i, n in used.items())
        return Found(values, used, float(part.cost @ values) + price)

    def part_at(self, t: int, cost: Floats, held: Floats) -> Matrix:
        """The program of a period at some prices, under a design that is given by the activity of all rows."""
        part, rows = self.parts[t], self.rows[t]
        part = part.with_cost(cost[self.columns[t]])
        return part.with_sides(part.row_lower - held[rows], part.row_upper - held[rows])

    def solve_small(self, part: Matrix, phantoms: tuple[Phantom, ...], nodes: int, absolute: float) -> Floats | None:
        """A point of a small program, values of phantoms after those of its columns; None if none was found."""
        return solve_mip(
            self._with_phantoms(part, phantoms),
            self.watch,
            gap=0.0,
            absolute=absolute,
            nodes=nodes,
            seconds=self.options.period_seconds,
            manner="near",
        ).x

    def rounded(self, t: int, cost: Floats, held: Floats, relaxed: Solved) -> Found | None:
        """The relaxation's replicas rounded so that they still serve the demand, then nodes up, the rest chosen best: quick, and
        good where fleets are large. None if that is not possible."""
        assert relaxed.x is not None
        part, x = self.part_at(t, cost, held), relaxed.x[self.columns[t]]
        values = x.copy()
        fixed = np.zeros(part.columns, dtype=bool)
        for row in self.demands[t]:
            span = slice(part.start[row], part.start[row + 1])
            index, share = part.index[span], part.value[span]
            whole = part.integer[index] & (share > 0)
            _cover_row(
                values, index[whole], share[whole], float(part.row_lower[row] - share[~whole] @ x[index[~whole]])
            )
            fixed[index[whole]] = True
        for _ in range(2):
            chosen = np.flatnonzero(fixed).astype(np.int32)
            solved = solve_lp(part.bounded(chosen, values[chosen], values[chosen]), self.watch)
            if solved.x is None or solved.verdict != "optimal":
                return None
            values = np.where(part.integer, np.ceil(solved.x - WHOLE), solved.x)
            if np.array_equal(fixed, part.integer):
                return Found(values, {}, float(part.cost @ values))
            fixed = part.integer.copy()
        return Found(values, {}, float(part.cost @ values))

    def served(self, t: int, cost: Floats, held: Floats, plan: Floats) -> Found | None:
        """A period as a plan of another program of the same shape has it; None if it is no answer here."""
        part, x = self.part_at(t, cost, held), plan[self.columns[t]]
        activity = part.activity(x)
        inside = np.all((x >= part.lower - ON) & (x <= part.upper + ON))
        if not inside or np.any((activity < part.row_lower - WHOLE) | (activity > part.row_upper + WHOLE)):
            return None
        return Found(x, {}, float(part.cost @ x))

    def cover(self, design: Floats, wanted: dict[int, dict[int, float]]) -> Floats:
        """The design with the signings whose windows cover the phantoms that are wanted, the latest possible first.

        Args:
            wanted: period → phantom → nodes.
        """
        found = design.copy()
        added: dict[int, float] = {}
        for t in sorted(wanted):
            for i, nodes in wanted[t].items():
                signings = self.phantoms[t][i].signings
                missing = nodes - sum(added.get(j, 0.0) for j in signings)
                for j in reversed(signings):
                    more = min(missing, np.floor(self.matrix.upper[j] - found[j] + WHOLE))
                    if more > WHOLE:
                        found[j] += more
                        added[j] = added.get(j, 0.0) + more
                        missing -= more
        return found

    def _phantoms(self) -> list[tuple[Phantom, ...]]:
        by_column = entries_by_column(self.matrix)
        row_period = np.full(self.matrix.rows, -1, dtype=np.int32)
        place = np.zeros(self.matrix.rows, dtype=np.int32)
        for t, rows in enumerate(self.rows):
            row_period[rows] = t
            place[rows] = np.arange(len(rows), dtype=np.int32)
        found: list[list[Phantom]] = [[] for _ in range(self.count)]
        capacity_row = np.zeros(self.matrix.rows, dtype=bool)
        capacity_row[[row for rows in self.layout.capacity.values() for row in rows]] = True
        for signings in self.layout.signings:
            served: dict[int, list[int]] = {}
            share: dict[int, float] = {}
            for j in signings:
                rows = by_column.row[by_column.start[j] : by_column.start[j + 1]]
                if self.matrix.upper[j] <= self.matrix.lower[j] or not self.matrix.integer[j]:
                    continue
                periods = set(row_period[rows[capacity_row[rows]]].tolist())
                share[j] = float(self.matrix.cost[j]) / max(len(periods), 1)
                for t in periods - {-1}:
                    served.setdefault(t, []).append(j)
            for t, js in served.items():
                j = min(js, key=share.__getitem__)
                span = slice(by_column.start[j], by_column.start[j + 1])
                here = row_period[by_column.row[span]] == t
                price = max(share[j], 0.0) * self.options.phantom_price + ON
                found[t].append(
                    Phantom(tuple(js), place[by_column.row[span][here]], by_column.value[span][here], price)
                )
        return [tuple(one) for one in found]

    @staticmethod
    def _with_phantoms(part: Matrix, phantoms: tuple[Phantom, ...]) -> Matrix:
        if not phantoms:
            return part
        n, owner = len(phantoms), np.repeat(np.arange(part.rows), np.diff(part.start))
        row = np.concatenate([owner, *[ph.rows for ph in phantoms]])
        index = np.concatenate(
            [part.index, *[np.full(len(ph.rows), part.columns + i) for i, ph in enumerate(phantoms)]]
        )
        value = np.concatenate([part.value, *[ph.entries for ph in phantoms]])
        order = np.argsort(row, kind="stable")
        counts = np.bincount(row, minlength=part.rows)
        return Matrix(
            cost=np.concatenate([part.cost, [ph.price for ph in phantoms]]),
            lower=np.concatenate([part.lower, np.zeros(n)]),
            upper=np.concatenate([part.upper, np.full(n, np.inf)]),
            integer=np.concatenate([part.integer, np.full(n, bool(part.integer.any()))]),
            start=np.concatenate([[0], np.cumsum(counts)]).astype(np.int32),
            index=index[order].astype(np.int32),
            value=value[order],
            row_lower=part.row_lower,
            row_upper=part.row_upper,
        )


def _cover_row(values: Floats, index: Ints, share: Floats, asked: float) -> None:
    """Whole values near given ones for the columns of a demand row that cover what is asked for: rounded down, then up again
    with the smallest column that does what is missing, or the largest while none does."""
    near = values[index] > WHOLE
    values[index] = np.floor(values[index] + WHOLE)
    if not near.any():
        return
    index, share = index[near], share[near]
    order = np.argsort(share, kind="stable")
    index, share = index[order], share[order]
    missing = asked - float(share @ values[index])
    while missing > ON:
        i = min(int(np.searchsorted(share, missing - ON)), len(share) - 1)
        units = 1.0 if share[i] >= missing else max(np.floor(missing / share[i]), 1.0)
        values[index[i]] += units
        missing -= units * float(share[i])
