"""Linear programs: kept alive in the solver to be asked again, or solved once."""

from typing import Any, NamedTuple

import highspy
import numpy as np

from planner.solver.highs.runs import Solved, hand_over, new_model, run
from planner.solver.matrix import Floats, Ints, Matrix
from planner.solver.watch import Watch, cpu_seconds

WARM_SECONDS = 1.5
"""Most CPU seconds in which a plan is settled from where the relaxation stands: what takes longer is far from there, and is solved
sooner from nothing."""
CLOSELY, USUALLY = 1e-9, 1e-7
"""How far a row may be off in a plan, and the solver's own tolerance."""
PRIMAL = 4
"""The solver's number of the primal simplex."""
OTHER_WAYS: tuple[dict[str, float | str], ...] = (
    {"presolve": "on", "dual_simplex_cost_perturbation_multiplier": 0.0},
    {"presolve": "on", "simplex_scale_strategy": 4},
    {"presolve": "on", "solver": "ipm"},
)
"""From nothing: with the costs as they are, with another scaling, with an interior point. The dual simplex gives up ("unknown") on
some programs without a plan, whose prices grow without end; it often does not where it leaves the costs unperturbed."""


class Basis(NamedTuple):
    """Which columns and rows are basic or at a bound, in the solver's words."""

    columns: list[Any]
    rows: list[Any]


class LiveModel:
    """A linear program kept alive in the solver, to be solved again after rows were added or bounds changed."""

    def __init__(self, matrix: Matrix, watch: Watch, *, simplex_only: bool = False) -> None:
        self.watch = watch
        self.highs = new_model(watch)
        self.free = np.empty(0, dtype=np.int32)
        """Rows that were added without limits, for whoever sets them before each of its own questions."""
        self.settled: Any = None
        """The basis of the last plan that was settled."""
        if simplex_only:
            self.highs.setOptionValue("presolve", "off")
        hand_over(self.highs, matrix.relaxed())

    def solve(self, seconds: float = np.inf) -> Solved:
        """Solve it as it stands, within so many CPU seconds; where the solver cannot tell what it has found, in `OTHER_WAYS`."""
        began = cpu_seconds()
        solved = run(self.highs, self.watch, mip=False, seconds=seconds)
        for way in OTHER_WAYS:
            left = seconds - (cpu_seconds() - began)
            if self.highs.getModelStatus() != highspy.HighsModelStatus.kUnknown or self.watch.over or left <= 0:
                break
            before = {name: self.highs.getOptionValue(name)[1] for name in way}
            self.highs.clearSolver()
            self._set(way)
            solved = run(self.highs, self.watch, mip=False, seconds=left)
            self._set(before)
        return solved

    def solve_after(self, matrix: Matrix, last: Ints, idle: Ints) -> Solved:
        """The program that the model holds: without some rows first, then with them from there. The same optimum, where these rows
        are hard often much sooner.

        Args:
            last: rows that come last.
            idle: columns that are nothing without them.
        """
        nothing, every = np.zeros(len(idle)), np.arange(matrix.columns, dtype=np.int32)
        others = np.setdiff1d(np.arange(matrix.rows), last).astype(np.int32)
        without = LiveModel(matrix.bounded(idle, nothing, nothing).part(others, every), self.watch)
        solved = without.solve()
        self.warm()
        if solved.verdict != "optimal":
            return solved
        basis = without.basis_among(others, matrix.rows)
        self.replace(matrix, basis.columns, basis.rows)
        return self.solve()

    def _set(self, options: dict[str, float | str]) -> None:
        for name, value in options.items():
            self.highs.setOptionValue(name, value)

    def closely(
        self,
        matrix: Matrix,
        values: Floats,
        seconds: float = np.inf,
        *,
        again: bool = False,
        then: Floats | None = None,
    ) -> Solved:
        """The best point with the whole columns of its program fixed, rows held to `CLOSELY`, also when time is up; from the
        last basis, and back to it afterwards. It has `WARM_SECONDS`.

        Args:
            matrix: the program, with the bounds and costs that the model has.
            values: of its whole columns.
            again: begin from the basis of the last plan instead.
            then: another objective, for a choice among the best points.
        """
        highs, basis = self.highs, self.highs.getBasis()
        columns, unlimited = matrix.whole, np.full(len(self.free), highspy.kHighsInf)
        self.sides(self.free, -unlimited, unlimited)
        self.bound(columns, values, values)
        self.warm()
        seconds = min(seconds, WARM_SECONDS)
        if again and self.settled is not None:
            more = highs.getNumRow() - len(self.settled.row_status)
            self.settled.row_status = [*self.settled.row_status, *[highspy.HighsBasisStatus.kBasic] * more]
            highs.setBasis(self.settled)
        highs.setOptionValue("time_limit", float(2 * seconds + highs.getRunTime()))
        solved = run(highs, Watch(), mip=False, seconds=seconds)
        if solved.verdict == "optimal":
            highs.setOptionValue("primal_feasibility_tolerance", CLOSELY)
            solved = run(highs, Watch(), mip=False, seconds=seconds)
            self.settled = highs.getBasis()
            if solved.verdict == "optimal" and then is not None:
                solved = self._among_cheapest(then, matrix.cost, solved, seconds)
            highs.setOptionValue("primal_feasibility_tolerance", USUALLY)
        highs.setOptionValue("time_limit", highspy.kHighsInf)
        self.bound(columns, matrix.lower[columns], matrix.upper[columns])
        if basis.valid:
            highs.setBasis(basis)
        return solved

    def _among_cheapest(self, cost: Floats, usual: Floats, solved: Solved, seconds: float) -> Solved:
        """The least of another objective among the points of least cost: those where all that has a price stays as it is."""
        highs, lp = self.highs, self.highs.getLp()
        lower, upper = np.array(lp.col_lower_), np.array(lp.col_upper_)
        sides = np.array(lp.row_lower_), np.array(lp.row_upper_)
        activity = np.array(highs.getSolution().row_value)
        fixed = np.flatnonzero(np.abs(solved.column_dual) > USUALLY).astype(np.int32)
        tight = np.flatnonzero(np.abs(solved.row_dual) > USUALLY).astype(np.int32)
        assert solved.x is not None
        self.bound(fixed, solved.x[fixed], solved.x[fixed])
        self.sides(tight, activity[tight], activity[tight])
        every = np.arange(len(cost), dtype=np.int32)
        self.cost(every, cost)
        found = run(highs, Watch(), mip=False, seconds=seconds)
        self.cost(every, usual)
        self.bound(fixed, lower[fixed], upper[fixed])
        self.sides(tight, sides[0][tight], sides[1][tight])
        return found

    def warm(self) -> None:
        """From now on go on from the last basis: what is asked next differs little from what was solved."""
        self.highs.setOptionValue("presolve", "off")

    def replace(self, matrix: Matrix, columns: list[Any], rows: list[Any]) -> None:
        """Another program in the place of this one, from a basis; rows without a status are basic, columns at their bound."""
        hand_over(self.highs, matrix.relaxed())
        basis, status = highspy.HighsBasis(), highspy.HighsBasisStatus
        basis.col_status = [*columns, *[status.kLower] * (matrix.columns - len(columns))]
        basis.row_status = [*rows, *[status.kBasic] * (matrix.rows - len(rows))]
        basis.valid = basis.alien = True  # rows may have gone: the solver completes what is left
        self.highs.setBasis(basis)

    def start(
        self, columns: dict[int, Any], rows: dict[int, Any], of_columns: Ints, of_rows: Ints, *, primal: bool = False
    ) -> None:
        """Begin from a basis of another program that shares columns and rows.

        Args:
            columns, rows: what they are in that basis, by number; others are at their lower bound, and basic.
            of_columns, of_rows: their numbers, in the order of this program.
            primal: whether its point is one of this program too, as where columns were added: the primal simplex goes on from it.
                The dual one, for which rows may have been added, would have to find prices first.
        """
        basis = highspy.HighsBasis()
        lower, basic = highspy.HighsBasisStatus.kLower, highspy.HighsBasisStatus.kBasic
        basis.col_status = [columns.get(j, lower) for j in of_columns.tolist()]
        basis.row_status = [rows.get(i, basic) for i in of_rows.tolist()]
        basis.valid = basis.alien = True
        self.warm()
        if primal:
            self.highs.setOptionValue("simplex_strategy", PRIMAL)
        self.highs.setBasis(basis)

    def basis(self) -> Basis:
        """The basis of the last solve."""
        found = self.highs.getBasis()
        return Basis(list(found.col_status), list(found.row_status))

    def basis_among(self, places: Ints, rows: int) -> Basis:
        """The basis of the last solve for a program of so many rows, in which these rows have places; the others are basic."""
        found = self.basis()
        statuses = [highspy.HighsBasisStatus.kBasic] * rows
        for place, status in zip(places.tolist(), found.rows, strict=True):
            statuses[place] = status
        return Basis(found.columns, statuses)

    def add_rows(self, lower: Floats, start: Ints, index: Ints, value: Floats) -> None:
        """Add rows lower ≤ Σ value · x."""
        upper = np.full(len(lower), highspy.kHighsInf)
        self.highs.addRows(len(lower), lower, upper, len(index), start, index, value)

    def add_free_rows(self, sums: list[Ints]) -> int:
        """Add a row Σ x without limits for each set of columns; returns the number of the first one."""
        first = int(self.highs.getNumRow())
        if sums:
            lengths = np.array([len(columns) for columns in sums])
            starts = (np.cumsum(lengths) - lengths).astype(np.int32)
            index = np.concatenate(sums)
            free = np.full(len(sums), highspy.kHighsInf)
            self.highs.addRows(len(sums), -free, free, len(index), starts, index, np.ones(len(index)))
            self.free = np.concatenate([self.free, np.arange(first, first + len(sums), dtype=np.int32)])
        return first

    def bound(self, columns: Ints, lower: Floats, upper: Floats) -> None:
        self.highs.changeColsBounds(len(columns), columns, lower, upper)

    def entries(self, rows: Ints, columns: Ints, values: Floats) -> None:
        """Replace single coefficients."""
        for row, column, value in zip(rows.tolist(), columns.tolist(), values.tolist(), strict=True):
            self.highs.changeCoeff(row, column, value)

    def sides(self, rows: Ints, lower: Floats, upper: Floats) -> None:
        self.highs.changeRowsBounds(len(rows), rows, lower, upper)

    def cost(self, columns: Ints, cost: Floats) -> None:
        self.highs.changeColsCost(len(columns), columns, cost)


def solve_lp(matrix: Matrix, watch: Watch, *, seconds: float = np.inf) -> Solved:
    """Linear relaxation of a program, with duals, within so many CPU seconds."""
    return LiveModel(matrix, watch).solve(seconds)


def solve_lp_closely(matrix: Matrix, *, seconds: float = np.inf) -> Solved:
    """Like `solve_lp`, for a point that becomes a plan, also when time is up: rows are held to `CLOSELY` where the solver can.

    A row may be off by the tolerance whatever its size, and the audit compares by the size of what is asked for.
    """
    model = LiveModel(matrix, Watch())
    model.highs.setOptionValue("primal_feasibility_tolerance", CLOSELY)
    solved = model.solve(seconds)
    return solved if solved.verdict == "optimal" else solve_lp(matrix, Watch(), seconds=seconds)
