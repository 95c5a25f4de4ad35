"""One run of the solver: a program handed over, limits kept, what came out read; and mixed-integer programs."""

import time
from collections.abc import Callable
from functools import cache
from typing import Any, Literal, NamedTuple

import highspy
import numpy as np

from planner.errors import InputErrors, Mistake
from planner.solver.cutting import late, uncut
from planner.solver.matrix import Floats, Matrix
from planner.solver.quiet import silent_output
from planner.solver.watch import Watch, cpu_seconds

Verdict = Literal["optimal", "infeasible", "unbounded", "limit", "interrupted"]
Manner = Literal["thorough", "lean", "near"]
SEED = 20261
SOLVER = "HiGHS"
BEAT = 0.02
"""Seconds between two looks at the CPU time, at least."""
OLDEST = (1, 16)
"""The first version whose claims of optimality are believed."""
AS_SAID = 1e-6
"""Share of the cost by which what the solver says of a point may differ from what it costs."""
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


def branch_and_bound(
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
    """Mixed-integer program to a relative gap or a limit, as far as the solver keeps it.

    Arguments as in `planner.solver.solve_mip`;
        tell: called with the bound, and with a better plan or None, as they are found.
    """
    if not matrix.integer.any():
        highs = new_model(watch)
        hand_over(highs, matrix)
        return run(highs, watch, mip=False)
    highs = new_model(watch)
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
    hand_over(highs, matrix)
    if start is not None:
        solution = highspy.HighsSolution()
        solution.col_value = list(start)
        highs.setSolution(solution)
    found = run(highs, watch, mip=True, tell=tell, seconds=seconds)
    if start is not None and not _of_its_point(matrix, found):
        highs.clearSolver()
        found = run(highs, watch, mip=True, tell=tell, seconds=seconds)
    return found


def _of_its_point(matrix: Matrix, found: Solved) -> bool:
    """Whether an objective is that of its point. HiGHS 1.16 has said the optimum of a program that its presolve solves, with the
    start as its point."""
    if found.x is None:
        return True
    return bool(abs(float(matrix.cost @ found.x) - found.objective) <= AS_SAID * max(abs(found.objective), 1.0))


def new_model(watch: Watch) -> Any:
    solver_version()
    highs = highspy.Highs()
    highs.setOptionValue("output_flag", False)
    highs.setOptionValue("threads", watch.threads)
    highs.setOptionValue("random_seed", SEED)
    if watch.left < np.inf:
        highs.setOptionValue("time_limit", float(watch.left))
    return highs


def hand_over(highs: Any, matrix: Matrix) -> None:
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


def run(
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
        event.interrupt(
            watch.interrupted or late() or spent.all()
        )  # said each time: HiGHS keeps it from one run to the next
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
        with uncut():
            if highs.run() == highspy.HighsStatus.kError:  # perhaps asked for another number of threads than it has
                end_threads()
                highs.run()
    finally:
        for callback in events:
            callback -= ask
    solved = _read(highs, mip)
    return solved._replace(verdict="limit") if solved.verdict == "interrupted" and not watch.interrupted else solved


def end_threads() -> None:
    """HiGHS keeps the threads that it began with. Before a fork: the child would wait for threads that it does not have."""
    highspy.Highs.resetGlobalScheduler(True)


class _Spent:
    """Whether CPU seconds are over. Asking the system is dear; within a second no more is spent than there are threads."""

    def __init__(self, seconds: float, threads: int) -> None:
        self.threads = max(threads, 1)
        self.end = cpu_seconds() + seconds if seconds < np.inf else np.inf
        self.again = time.monotonic() + seconds / self.threads

    def all(self) -> bool:
        if time.monotonic() < self.again:
            return False
        left = self.end - cpu_seconds()
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
