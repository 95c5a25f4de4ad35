"""The only package that names HiGHS

In: arrays.
Out: statuses, values, bounds and duals.
Start at `runs.py`.

Read before trusting (measured, HiGHS 1.16): after a time limit the model status says so, and an incumbent may
exist or not; values are only read after that is known. MIP duals are zero: fix the integers and solve the LP. Cutting planes
at the root may go on after the time limit: `apart.py` runs what is large where it can be ended. The first use writes a line
to standard output before it can be told not to. Versions before 1.16 call wrong points optimal.
"""

from planner.solver.highs.live import Basis, LiveModel, solve_lp, solve_lp_closely
from planner.solver.highs.runs import (
    FIRST,
    SECOND,
    SOLVER,
    THIRD,
    Look,
    Manner,
    Solved,
    branch_and_bound,
    end_threads,
    solver_version,
)
