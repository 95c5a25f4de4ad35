"""What a search found, and small programs solved as they are."""

from typing import Literal, NamedTuple

import numpy as np

from planner.solver.highs import LiveModel, Solved, solve_lp, solve_lp_closely
from planner.solver.matrix import Cut, Floats, Matrix
from planner.solver.second_look import holds, solve_mip_surely
from planner.solver.watch import Watch

ONE_DOLLAR = 1e-3
"""In the unit of objectives, thousands of dollars: an absolute gap that is nothing, however small the objective."""
SLACK = 1e-9
"""Share of the cost that is the solver's arithmetic."""
Status = Literal["optimal", "feasible", "infeasible", "limit", "interrupted"]


class Outcome(NamedTuple):
    """What the search found."""

    status: Status
    x: Floats | None
    """Values of all columns, whole where they must be."""
    objective: float
    bound: float
    gap: float
    matrix: Matrix
    """The program that was solved."""
    row_dual: Floats
    """Duals of the program's rows in its (tightened) relaxation; empty if that was not solved."""
    column_dual: Floats
    live: LiveModel | None = None
    """The tightened relaxation, its bounds and sides as in the program, if a search left it alive."""
    cuts: tuple[Cut, ...] = ()
    """Those that stand in it, behind the rows of the program."""


def solved_directly(matrix: Matrix, gap: float, watch: Watch, enough: float = -np.inf) -> Outcome:
    """A small program by branch and bound.

    Args:
        enough: a plan at this cost ends it.
    """
    relaxed = solve_lp(matrix.relaxed(), watch)
    solved = relaxed
    if relaxed.x is not None and matrix.integer.any():
        solved = solve_mip_surely(matrix, watch, gap=gap, enough=enough)
    return outcome_of(matrix, solved.verdict, solved.x, solved.bound, gap, watch, relaxed)


def outcome_of(
    matrix: Matrix,
    verdict: str,
    point: Floats | None,
    bound: float,
    gap: float,
    watch: Watch,
    relaxed: Solved,
    *,
    settled: bool = False,
    live: LiveModel | None = None,
) -> Outcome:
    """The outcome of a search.

    Args:
        point: values of all columns; None if no plan is known.
        live: the tightened relaxation, if it may be asked again.
        settled: whether its whole numbers are exact, and the rest chosen best for them.
    """
    duals = relaxed.row_dual[: matrix.rows], relaxed.column_dual
    if point is None:
        status: Status = "infeasible" if verdict in ("infeasible", "unbounded") else "limit"
        if watch.interrupted:
            status = "interrupted"
        return Outcome(status, None, np.inf, bound, np.inf, matrix, *duals, live)
    x = point if settled else polished(matrix, point, live)
    objective = float(matrix.cost @ x)
    bound = min(bound, objective)
    reached = (objective - bound) / max(abs(objective), 1e-9)
    closed = reached <= gap + 1e-12 or objective - bound <= ONE_DOLLAR
    status = "optimal" if closed else ("interrupted" if watch.interrupted else "feasible")
    return Outcome(status, x, objective, bound, reached, matrix, *duals, live)


def better_of(outcome: Outcome, point: Floats, gap: float | None = None) -> Outcome:
    """An outcome with a plan that is known beside it, where that is better.

    Args:
        point: values of all columns, a plan of the program.
        gap: relative gap at which the search is done; None: the status stays.
    """
    x = polished(outcome.matrix, point, outcome.live)
    objective = float(outcome.matrix.cost @ x)
    if objective > outcome.objective:
        return outcome
    bound = min(outcome.bound, objective)
    reached = (objective - bound) / max(abs(objective), 1e-9)
    closed = gap is not None and (reached <= gap + 1e-12 or objective - bound <= ONE_DOLLAR)
    status: Status = "optimal" if closed else outcome.status if outcome.x is not None else "feasible"
    return outcome._replace(status=status, x=x, objective=objective, bound=bound, gap=reached)


def bounded(outcome: Outcome, bound: float, gap: float) -> Outcome:
    """An outcome with a plan, under another bound."""
    if outcome.x is None:
        return outcome._replace(status="limit", bound=bound)
    bound = min(bound, outcome.objective)
    reached = (outcome.objective - bound) / max(abs(outcome.objective), 1e-9)
    return outcome._replace(bound=bound, gap=reached, status="optimal" if reached <= gap else "feasible")


def polished(matrix: Matrix, x: Floats, live: LiveModel | None = None) -> Floats:
    """Whole numbers made exact, the rest chosen best for them; the sooner where the program's relaxation is alive."""
    whole = matrix.whole
    values = np.round(x[whole])
    if len(whole) == matrix.columns:
        return values
    found = None if live is None else chosen_again(matrix, x, live)
    solved = solve_lp_closely(matrix.bounded(whole, values, values)) if found is None else None
    exact = (x if solved is None or solved.x is None else solved.x).copy() if found is None else found
    exact[whole] = values
    return exact


def chosen_again(matrix: Matrix, x: Floats, live: LiveModel, then: Floats | None = None) -> Floats | None:
    """A plan with its whole numbers made exact and the rest chosen best for them, from a relaxation that is alive; None where
    what comes is not such a plan, because the relaxation does not stand as the program does.

    Args:
        then: another objective, for a choice among the best.
    """
    whole = matrix.whole
    values = np.round(x[whole])
    solved = live.closely(matrix, values, again=True, then=then)
    if solved.x is None or solved.verdict != "optimal":
        return None
    found, most = solved.x.copy(), float(matrix.cost @ x)
    found[whole] = values
    dearer = float(matrix.cost @ found) - most
    return found if dearer <= SLACK * max(abs(most), 1.0) and holds(matrix, found) else None
