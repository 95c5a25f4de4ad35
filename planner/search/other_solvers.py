"""The program as PuLP's, for another solver or a file: the same rows, outside of the hot path.

`formulation/arrays.py` writes the program into arrays for the search. Here it is built in PuLP, which hands it to any solver that
is installed or prints it as LP or MPS. A solver's claim gets a second look by HiGHS (`solver/second_look.py`), like our own.
"""

import tempfile
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from planner.errors import Exit, PlannerError
from planner.formulation import Built, build
from planner.formulation.parameters import Parameters
from planner.solver import Outcome, Solved, Watch, confirmed, holds, outcome_of, polished, solve_lp

FILE_FORMATS = (".lp", ".mps")
OPTIMAL, FEASIBLE, INFEASIBLE, UNBOUNDED = 1, 2, -1, -2
"""PuLP's numbers for what is known of a solution."""
NODES = 500
"""Nodes of the second look, over four."""


class SolverError(PlannerError):
    """A solver that PuLP does not find, or that failed."""

    exit_code = Exit.BAD_INPUT


def program_text(p: Parameters, suffix: str) -> str:
    """The whole program in LP or MPS format; the objective is in thousands of dollars of present value.

    Args:
        suffix: of `FILE_FORMATS`.
    """
    problem = build(p).program.problem
    with tempfile.TemporaryDirectory(prefix="planner-") as folder:
        file = Path(folder) / f"program{suffix}"
        if suffix == ".lp":
            problem.writeLP(str(file))
        else:
            problem.writeMPS(str(file))
        return file.read_text(encoding="utf-8")


def solvers() -> dict[str, str]:
    """PuLP's solvers that can be used here: short name -> PuLP's.

    Several of PuLP's reach one solver (SCIP by a command or by its Python package): the first that works counts.
    """
    import pulp

    found: dict[str, str] = {}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for name in pulp.listSolvers(onlyAvailable=True):
            found.setdefault(_short(name), name)
    return found


def _short(name: str) -> str:
    """`PULP_CBC_CMD`, `COIN_CMD` -> cbc, `SCIP_PY` -> scip.

    >>> [_short(name) for name in ("PULP_CBC_CMD", "COIN_CMD", "GUROBI_CMD", "HiGHS", "SCIP_PY")]
    ['cbc', 'cbc', 'gurobi', 'highs', 'scip']
    """
    plain = name.lower().removeprefix("pulp_").removeprefix("py")
    for ending in ("_cmd", "_py", "_dll"):
        plain = plain.removesuffix(ending)
    return {"coin": "cbc", "coinmp": "cbc"}.get(plain, plain)


def solved_by(name: str) -> Callable[..., Outcome]:
    """The way of a solver of PuLP's: the whole program at once, to the gap asked for.

    Raises:
        SolverError: if PuLP does not find it.
    """
    here = solvers()
    if name not in here:
        raise SolverError(f"PuLP finds no solver `{name}` here", help=f"it finds {', '.join(sorted(here)) or 'none'}")

    def way(built: Built, p: Parameters, gap: float, watch: Watch, known: float = np.inf) -> Outcome:
        matrix = built.matrix
        relaxed = solve_lp(matrix.relaxed(), watch)
        if relaxed.x is None:
            return outcome_of(matrix, relaxed.verdict, None, relaxed.bound, gap, watch, relaxed)
        claim = _claimed(here[name], built, p, gap, watch, relaxed)
        if matrix.integer.any():
            claim = confirmed(matrix, claim, watch, nodes=NODES)
        return outcome_of(matrix, claim.verdict, claim.x, max(claim.bound, relaxed.objective), gap, watch, relaxed)

    return way


def _claimed(name: str, built: Built, p: Parameters, gap: float, watch: Watch, relaxed: Solved) -> Solved:
    """What the solver says: its plan and, from the gap it was asked for, a bound."""
    import pulp

    matrix, problem = built.matrix, build(p).program.problem
    left = watch.left
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        solver: Any = pulp.getSolver(name, msg=False, gapRel=gap, timeLimit=left if np.isfinite(left) else None)
        try:
            said = problem.solve(solver)
        except pulp.PulpSolverError as error:
            raise SolverError(f"the solver failed: {error}") from error
    status = _status(problem, said)
    if status in (INFEASIBLE, UNBOUNDED):
        return relaxed._replace(verdict="infeasible", x=None, objective=np.inf, bound=np.inf)
    if status not in (OPTIMAL, FEASIBLE):
        return relaxed._replace(verdict="limit", x=None, objective=np.inf, bound=relaxed.objective)
    value = {variable.name: float(variable.varValue or 0.0) for variable in problem.variables()}
    x = polished(matrix, np.array([value.get(column.name, 0.0) for column in built.columns]))
    if not holds(matrix, x):
        raise SolverError("the solver's plan breaks a row of the program")
    objective = float(matrix.cost @ x)
    proven = status == OPTIMAL
    bound = objective - gap * abs(objective) if proven else relaxed.objective
    return relaxed._replace(verdict="optimal" if proven else "limit", x=x, objective=objective, bound=bound)


def _status(problem: Any, said: Any) -> int:
    """What is known of the solution: PuLP 3 notes it at the problem, PuLP 4 returns it with what `solve` did."""
    if hasattr(problem, "sol_status"):
        return int(problem.sol_status)
    if said.has_solution and int(said.status) != OPTIMAL:
        return FEASIBLE
    return int(said.status)
