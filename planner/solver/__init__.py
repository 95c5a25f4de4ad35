"""Matrices, rounding cuts and the only file that names HiGHS

In: `Matrix`.
Out: `Outcome` (values, bound, gap).
Start at `highs/`.
"""

from planner.solver.apart import solve_mip
from planner.solver.cutting import OutOfTimeError, cut_off
from planner.solver.highs import (
    SOLVER,
    LiveModel,
    Solved,
    solve_lp,
    solve_lp_closely,
    solver_version,
)
from planner.solver.local_improvement import entries_by_column, improved
from planner.solver.matrix import Cut, Floats, Ints, Matrix, matrix_of, with_shortages
from planner.solver.outcome import (
    ONE_DOLLAR,
    SLACK,
    Outcome,
    better_of,
    bounded,
    chosen_again,
    outcome_of,
    polished,
    solved_directly,
)
from planner.solver.relaxed import Relaxed, WarmStart
from planner.solver.rounding import rounding_cuts
from planner.solver.second_look import confirmed, holds, solve_mip_surely
from planner.solver.watch import SEARCH, Progress, Watch, cpu_seconds, listening, watching
