"""The only file that names HiGHS: arrays in, statuses, values, bounds and duals out.

Read before trusting (measured, HiGHS 1.16): after a time limit the model status says so, and an incumbent may
exist or not; values are only read after that is known. MIP duals are zero: fix the integers and solve the LP. Cutting planes
at the root may go on after the time limit: `apart.py` runs what is large where it can be ended. The first use writes a line
to standard output before it can be told not to. Versions before 1.16 call wrong points optimal.
"""

import time
from collections.abc import Callable
from functools import cache
from typing import Any, Literal, NamedTuple

import highspy
import numpy as np

from planner.errors import InputErrors, Mistake
from planner.solver.matrix import Floats, Ints, Matrix
from planner.solver.quiet import silent_output
from planner.solver.watch import Watch

Verdict = Literal["optimal", "infeasible", "unbounded", "limit", "interrupted"]
Manner = Literal["thorough", "lean", "near"]
SEED = 20261
SOLVER = "HiGHS"
BEAT = 0.02
"""Seconds between two looks at the CPU time, at least."""
OLDEST = (1, 16)
"""The first version whose claims of optimality are believed."""
LEAN: dict[str, float | bool] = {
    "mip_heuristic_effort": 0.0,
    "mip_detect_symmetry": False,
    "mip_heuristic_run_feasibility_jump": False,
    "mip_heuristic_run_rins": False,
    "mip_heuristic_run_rens": False,
    "mip_heuristic_run_root_reduced_cost": False,
}
"""What costs more than it gives where a whole program is a hundred columns."""
NEAR = LEAN | {"mip_heuristic_effort": 0.05, "mip_heuristic_run_rens": True, "mip_heuristic_run_rins": True}
"""The same with searches near the relaxation and near the best point: what finds plans where they lie close to the relaxation."""
MANNERS: dict[str, dict[str, float | bool]] = {"thorough": {}, "lean": LEAN, "near": NEAR}


WARM_SECONDS = 1.5
"""Most CPU seconds in which a plan is settled from where the relaxation stands: what takes longer is far from there, and is solved
sooner from nothing."""


class Look(NamedTuple):
    """One way to go about a mixed-integer program: what two looks have in common must not be what is wrong."""

    seed: int
    settings: dict[str, float | str | bool]


FIRST = Look(SEED, {})
SECOND = Look(SEED + 7919, {"presolve": "off", "mip_heuristic_effort": 0.0, "mip_detect_symmetry": False})
THIRD = Look(SEED + 104729, {"mip_allow_restart": False, "mip_heuristic_effort": 0.2, "simplex_strategy": 4})


class Solved(NamedTuple):
    """What a solve gave. `x` is None unless a feasible point is known."""

    verdict: Verdict
    x: Floats | None
    objective: float
    bound: float
    """Valid lower bound; -inf if there is none."""
    row_dual: Floats
    column_dual: Floats


CLOSELY, USUALLY = 1e-9, 1e-7
"""How far a row may be off in a plan, and the solver's own tolerance."""


@cache
def solver_version() -> str:
    """Version of the solver that is installed.

    Raises:
        InputErrors: if it is too old.
    """
    with silent_output():
        version = str(highspy.Highs().version())
    if tuple(int(part) for part in version.split(".")[:2]) < OLDEST:
        needed = ".".join(str(part) for part in OLDEST)
        what = f"the solver highspy {version} is installed, {needed} or later is needed"
        raise InputErrors([Mistake(what, help=f"install it, for example by pip install 'highspy>={needed},<2'")])
    return version


class Basis(NamedTuple):
    """Which columns and rows are basic or at a bound, in the solver's words."""

    columns: list[Any]
    rows: list[Any]


class LiveModel:
    """A linear program kept alive in the solver, to be solved again after rows were added or bounds changed."""

    def __init__(self, matrix: Matrix, watch: Watch, *, simplex_only: bool = False) -> None:
        self.watch = watch
        self.highs = _highs(watch)
        self.free = np.empty(0, dtype=np.int32)
        """Rows that were added without limits, for whoever sets them before each of its own questions."""
        self.settled: Any = None
        """The basis of the last plan that was settled."""
        if simplex_only:
            self.highs.setOptionValue("presolve", "off")
        _pass(self.highs, matrix.relaxed())

    def solve(self, seconds: float = np.inf) -> Solved:
        """Solve it as it stands, within so many CPU seconds."""
        return _run(self.highs, self.watch, mip=False, seconds=seconds)

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
        solved = _run(highs, Watch(), mip=False, seconds=seconds)
        if solved.verdict == "optimal":
            highs.setOptionValue("primal_feasibility_tolerance", CLOSELY)
            solved = _run(highs, Watch(), mip=False, seconds=seconds)
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
        found = _run(highs, Watch(), mip=False, seconds=seconds)
        self.cost(every, usual)
        self.bound(fixed, lower[fixed], upper[fixed])
        self.sides(tight, sides[0][tight], sides[1][tight])
        return found

    def warm(self) -> None:
        """From now on go on from the last basis: what is asked next differs little from what was solved."""
        self.highs.setOptionValue("presolve", "off")

    def replace(self, matrix: Matrix, columns: list[Any], rows: list[Any]) -> None:
        """Another program in the place of this one, from a basis; rows without a status are basic, columns at their bound."""
        _pass(self.highs, matrix.relaxed())
        basis, status = highspy.HighsBasis(), highspy.HighsBasisStatus
        basis.col_status = [*columns, *[status.kLower] * (matrix.columns - len(columns))]
        basis.row_status = [*rows, *[status.kBasic] * (matrix.rows - len(rows))]
        basis.valid = basis.alien = True  # rows may have gone: the solver completes what is left
        self.highs.setBasis(basis)

    def start(self, columns: dict[int, Any], rows: dict[int, Any], of_columns: Ints, of_rows: Ints) -> None:
        """Begin from a basis of another program that shares columns and rows.

        Args:
            columns, rows: what they are in that basis, by number; others are at their lower bound, and basic.
            of_columns, of_rows: their numbers, in the order of this program.
        """
        basis = highspy.HighsBasis()
        lower, basic = highspy.HighsBasisStatus.kLower, highspy.HighsBasisStatus.kBasic
        basis.col_status = [columns.get(j, lower) for j in of_columns.tolist()]
        basis.row_status = [rows.get(i, basic) for i in of_rows.tolist()]
        basis.valid = basis.alien = True
        self.warm()
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


def solve_mip(
    matrix: Matrix,
    watch: Watch,
    *,
    gap: float,
    absolute: float = 1e-9,
    nodes: int | None = None,
    start: Floats | None = None,
    cutoff: float | None = None,
    manner: Manner = "thorough",
    look: Look = FIRST,
    seconds: float = np.inf,
    tell: Callable[[float, Floats | None], None] | None = None,
    enough: float = -np.inf,
) -> Solved:
    """Mixed-integer program to a relative gap or a limit.

    Args:
        gap: relative gap at which to stop.
        absolute: absolute gap at which to stop, for programs whose objective may be near zero.
        nodes: most nodes of the search tree (a limit that does not depend on the machine's speed).
        start: a feasible point to start from.
        cutoff: objective above which nothing is of interest.
        manner: `lean` leaves out sub-programs, symmetries and the like: several times faster on a hundred columns; `near`
            leaves out all of them but searches near the relaxation.
        look: seed and settings; another look goes about it differently.
        seconds: CPU seconds of this process that may be taken; the watch's limit is of the clock on the wall.
        enough: objective at which to stop.
        tell: called with the bound, and with a better plan or None, as they are found.
    """
    if not matrix.integer.any():
        return solve_lp(matrix, watch)
    highs = _highs(watch)
    highs.setOptionValue("random_seed", look.seed)
    for name, value in look.settings.items():
        highs.setOptionValue(name, value)
    highs.setOptionValue("mip_rel_gap", gap)
    highs.setOptionValue("mip_abs_gap", max(absolute, 1e-9))
    highs.setOptionValue("mip_feasibility_tolerance", 1e-9)
    for name, value in MANNERS[manner].items():
        highs.setOptionValue(name, value)
    if nodes is not None:
        highs.setOptionValue("mip_max_nodes", nodes)
    if enough > -np.inf:
        highs.setOptionValue("objective_target", enough)
    if cutoff is not None:
        highs.setOptionValue("objective_bound", cutoff)
    _pass(highs, matrix)
    if start is not None:
        solution = highspy.HighsSolution()
        solution.col_value = list(start)
        highs.setSolution(solution)
    return _run(highs, watch, mip=True, tell=tell, seconds=seconds)


def _highs(watch: Watch) -> Any:
    solver_version()
    highs = highspy.Highs()
    highs.setOptionValue("output_flag", False)
    highs.setOptionValue("threads", watch.threads)
    highs.setOptionValue("random_seed", SEED)
    if watch.left < np.inf:
        highs.setOptionValue("time_limit", float(watch.left))
    return highs


def _pass(highs: Any, matrix: Matrix) -> None:
    """One bulk hand-over."""
    lp = highspy.HighsLp()
    lp.num_col_, lp.num_row_ = matrix.columns, matrix.rows
    lp.col_cost_, lp.col_lower_, lp.col_upper_ = matrix.cost, matrix.lower, matrix.upper
    lp.row_lower_, lp.row_upper_ = matrix.row_lower, matrix.row_upper
    lp.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    lp.a_matrix_.start_, lp.a_matrix_.index_, lp.a_matrix_.value_ = matrix.start, matrix.index, matrix.value
    if matrix.integer.any():
        kinds = (highspy.HighsVarType.kContinuous, highspy.HighsVarType.kInteger)
        lp.integrality_ = [kinds[int(whole)] for whole in matrix.integer]
    if highs.passModel(lp) == highspy.HighsStatus.kError:
        raise ValueError("the solver refused the program")


def _run(
    highs: Any,
    watch: Watch,
    *,
    mip: bool,
    tell: Callable[[float, Floats | None], None] | None = None,
    seconds: float = np.inf,
) -> Solved:
    """Limits of a search are CPU seconds: what is found must not hang on what else the machine does."""
    if watch.interrupted:
        return Solved("interrupted", None, np.inf, -np.inf, np.empty(0), np.empty(0))

    spent = _Spent(min(seconds, watch.cpu_left), watch.threads)

    def ask(event: Any) -> None:
        if watch.interrupted or spent.all():
            event.interrupt()
        if tell is not None:
            tell(float(event.data_out.mip_dual_bound), None)

    def found(event: Any) -> None:
        if tell is not None:
            tell(float(event.data_out.mip_dual_bound), np.array(event.data_out.mip_solution))

    if mip and tell is not None:
        highs.cbMipImprovingSolution += found
    events = (highs.cbMipInterrupt, highs.cbSimplexInterrupt) if mip else (highs.cbSimplexInterrupt,)
    for callback in events:
        callback += ask
    if watch.deadline < np.inf and not mip:
        highs.setOptionValue("time_limit", float(watch.left) + float(highs.getRunTime()))
    try:
        highs.run()
    finally:
        for callback in events:
            callback -= ask
    solved = _read(highs, mip)
    return solved._replace(verdict="limit") if solved.verdict == "interrupted" and not watch.interrupted else solved


class _Spent:
    """Whether CPU seconds are over. Asking the system is dear; within a second no more is spent than there are threads."""

    def __init__(self, seconds: float, threads: int) -> None:
        self.threads = max(threads, 1)
        self.end = time.process_time() + seconds if seconds < np.inf else np.inf
        self.again = time.monotonic() + seconds / self.threads

    def all(self) -> bool:
        if time.monotonic() < self.again:
            return False
        left = self.end - time.process_time()
        self.again = time.monotonic() + max(left / self.threads, BEAT)
        return left <= 0


def _read(highs: Any, mip: bool) -> Solved:
    status, info = highs.getModelStatus(), highs.getInfo()
    names = highspy.HighsModelStatus
    verdict: Verdict
    if status in (names.kOptimal, names.kModelEmpty):
        verdict = "optimal"
    elif status in (names.kInfeasible, names.kObjectiveBound):
        verdict = "infeasible"
    elif status in (names.kUnbounded, names.kUnboundedOrInfeasible):
        verdict = "unbounded" if status == names.kUnbounded else "infeasible"
    elif status == names.kInterrupt:
        verdict = "interrupted"
    else:
        verdict = "limit"
    feasible = info.primal_solution_status == highspy.SolutionStatus.kSolutionStatusFeasible
    solution = highs.getSolution()
    bound = (
        float(info.mip_dual_bound)
        if mip
        else (float(info.objective_function_value) if verdict == "optimal" else -np.inf)
    )
    return Solved(
        verdict,
        np.array(solution.col_value) if feasible else None,
        float(info.objective_function_value) if feasible else np.inf,
        bound,
        np.array(solution.row_dual),
        np.array(solution.col_dual),
    )
