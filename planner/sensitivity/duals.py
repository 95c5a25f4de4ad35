r"""What one unit of a limit is worth: duals of the program with its whole numbers fixed, and the program with a limit moved.

With the whole numbers of a plan fixed, what is left is a linear program whose value V is convex in its right-hand sides b. So for
a step h > 0 in the direction d of a limit that is relaxed,

.. math::
    \frac{V(b) - V(b + h d)}{h} \;\le\; -\pi^\top d \;\le\; \frac{V(b - h d) - V(b)}{h}

========  ======================  =============================================================
symbol    in code                 unit
========  ======================  =============================================================
π         ``row_dual``            thousands of dollars per unit of the row
d         ``Limit.rows``          1 for ≤ rows, −1 for ≥ rows of the limit, all moved at once
h         ``step``                unit of the rows
========  ======================  =============================================================
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np

from planner.formulation import FAMILIES, Built, useful_nodes
from planner.formulation.parameters import Parameters
from planner.solver import Floats, LiveModel, Matrix, Solved, Watch, solve_lp, solve_mip_surely

LINKED = ("uses", "lines", "commitment")
"""Families with rows that switch something on."""
COUNTS = {family.name: family.counts for family in FAMILIES if family.counts is not None}


class Limit(NamedTuple):
    """A limit of the scenario as it stands in a program: all its rows, or bounds of variables, move together."""

    family: str
    number: int
    """Plan-year, period, cap, option, rule or workload, as the family counts; −1 for the whole horizon."""
    rows: tuple[int, ...] = ()
    columns: tuple[int, ...] = ()
    """Variables whose upper bound it is."""
    detail: str = ""
    scales: tuple[float, ...] = ()
    """What one unit of the limit is in each of the rows (rows are multiplied by numbers to suit the solver)."""
    links: tuple[tuple[int, float], ...] = ()
    """(Place among the coefficients, coefficient without the limit) of switches whose rows hold the limit as well:
    r ≤ u n, whatever the bound of r."""


def limits_of(built: Built, p: Parameters) -> list[Limit]:
    """Every limit of the scenario that the program has."""
    rows: dict[tuple[str, int, str], list[int]] = {}
    for i, (family, key) in enumerate(built.program.keys):
        found = _place(family, key)
        if found is not None and family == "market":
            source = p.caps[found[1]].follows_from
            found = found if source is None else (family, source, found[2])
        if found is not None:
            rows.setdefault(found, []).append(i)
    limits = []
    lower, upper = built.matrix.row_lower, built.matrix.row_upper
    sides = dict(enumerate(np.where(np.isfinite(lower), lower, upper).tolist()))
    for (family, number, detail), found_rows in rows.items():
        if family == "lines":
            sides |= {
                i: float(built.matrix.value[built.matrix.start[i] : built.matrix.start[i + 1]].min())
                for i in found_rows
            }
        scales = tuple(_scale(p, *built.program.keys[i], sides[i]) for i in found_rows)
        limits.append(Limit(family, number, tuple(found_rows), (), detail, scales))
    return [*limits, *_bounds(built, p)]


def _scale(p: Parameters, family: str, key: tuple[Any, ...], side: float) -> float:
    """By how much the right side of a row moves when its limit moves by one unit."""
    nominal = _nominal(p, family, key)
    return (abs(side / nominal) or 1.0) if nominal else 1.0


def _nominal(p: Parameters, family: str, key: tuple[Any, ...]) -> float | None:
    """The right side of a row before it was multiplied; None where rows are never multiplied, or it is 0."""
    match family:
        case "carbon":
            return p.carbon_caps[int(key[0])]
        case "demand":
            return 1.0
        case "residency":
            return p.places[int(key[3])][1]
        case "share":
            return 1.0 - (p.provider_share or 0.0)
        case "lines":
            return p.min_line
        case "spot":
            return 1.0 - p.spot_share[int(key[0])]
        case "availability" if p.resilience is not None:
            shares = p.resilience.reserve if key[0] == 0 else p.resilience.survive
            return shares[int(key[4])]
    return None


def _place(family: str, key: tuple[object, ...]) -> tuple[str, int, str] | None:
    """(family, number, detail) of the limit a row belongs to; None if it is no limit of the user's."""
    numbers = [int(part) if isinstance(part, int | np.integer) else -1 for part in key]
    match family:
        case "budget" | "carbon":
            return family, numbers[0], ""
        case "cash":
            return family, -1 if key[1] == "runway" else numbers[0], str(key[1])
        case "market" if numbers[0] >= 0:
            return family, numbers[0], ""
        case "residency":
            return family, numbers[3], ""
        case "share":
            return family, -1, ""
        case "lines" if key[-1] in ("sign", "use"):
            return family, -1, ""
        case "spot" | "demand":
            return family, numbers[0], ""
        case "availability" if key[3] == "need":
            return family, -1, "reserve" if numbers[0] == 0 else ""
    what = COUNTS[family](key) if family in COUNTS else None
    return None if what is None else (family, -1, what)


def _bounds(built: Built, p: Parameters) -> list[Limit]:
    """Caps of single options, which are bounds of their variables."""
    order = built.order
    running: dict[int, list[int]] = {}
    for (o, _, _), variable in built.variables.running.items():
        if p.running_upper[o] is not None and p.options[o].option.exact_nodes is None:
            running.setdefault(o, []).append(order[variable.name])
    signed: dict[int, list[int]] = {}
    for (o, _), variable in built.variables.signed.items():
        member = p.options[o].option
        if member.max_nodes is not None and member.exact_nodes is None:
            signed.setdefault(o, []).append(order[variable.name])
    found = [Limit("own cap", o, (), tuple(columns)) for o, columns in running.items()]
    rows: dict[int, list[int]] = {}
    for i, (family, key) in enumerate(built.program.keys):
        if family == "commitment" and key[2] == 2:
            rows.setdefault(int(key[0]), []).append(i)
        elif family == "market" and key[0] < 0:
            rows.setdefault(-1 - int(key[0]), []).append(i)
    found = [limit._replace(rows=tuple(rows.get(limit.number, ()))) for limit in found]
    found += [Limit("most signed", o, tuple(rows.get(o, ())), tuple(columns)) for o, columns in signed.items()]
    links = _links(built, p) if any(limit.columns for limit in found) else {}
    return [limit._replace(links=tuple(one for c in limit.columns for one in links.get(c, ()))) for limit in found]


def _links(built: Built, p: Parameters) -> dict[int, list[tuple[int, float]]]:
    """Column → the coefficients of switches in the rows that let it be used at all, and what they are where nothing limits it."""
    matrix, x, order = built.matrix, built.variables, built.order
    owners = {order[v.name]: o for (o, *_), v in (*x.running.items(), *x.signed.items())}
    found: dict[int, list[tuple[int, float]]] = {}
    for row, (family, _) in enumerate(built.program.keys):
        first, end = int(matrix.start[row]), int(matrix.start[row + 1])
        switches = [k for k in range(first, end) if matrix.value[k] < 0]
        if family not in LINKED or end - first != 2 or len(switches) != 1 or matrix.row_upper[row] != 0:
            continue
        (switch,), used = switches, first if switches[0] != first else first + 1
        column = int(matrix.index[used])
        if column in owners:
            most = useful_nodes(p, owners[column]) * float(matrix.value[used])
            found.setdefault(column, []).append((switch, min(-most, float(matrix.value[switch]))))
    return found


def unlinked(matrix: Matrix, limits: Sequence[Limit]) -> Matrix:
    """The program in which the rows of switches do not hold some limits; the bounds of what is switched still do."""
    links = [link for limit in limits for link in limit.links]
    if not links:
        return matrix
    value = matrix.value.copy()
    value[[place for place, _ in links]] = [coefficient for _, coefficient in links]
    return replace(matrix, value=value)


def most_of(matrix: Matrix, limit: Limit) -> float:
    """How much there is of a limit at most, in its unit; infinite for what is no upper limit."""
    scales = limit.scales or (1.0,) * len(limit.rows)
    amounts = [matrix.row_upper[row] / scale for row, scale in zip(limit.rows, scales, strict=True)]
    amounts += [matrix.upper[column] for column in limit.columns]
    return max(float(min((amount for amount in amounts if np.isfinite(amount)), default=np.inf)), 0.0)


def moved(matrix: Matrix, limit: Limit, step: float) -> Matrix:
    """The program with a limit relaxed by a step (tightened by a negative one)."""
    low, high, upper = matrix.row_lower.copy(), matrix.row_upper.copy(), matrix.upper.copy()
    rows, columns = list(limit.rows), list(limit.columns)
    by = step * np.array(limit.scales or (1.0,) * len(rows))
    low[rows] -= np.where(np.isfinite(low[rows]), by, 0.0)
    high[rows] += np.where(np.isfinite(high[rows]), by, 0.0)
    upper[columns] += step
    return replace(unlinked(matrix, [limit]).with_sides(low, high), upper=upper)


def dual_worth(limit: Limit, matrix: Matrix, row_dual: Floats, column_dual: Floats) -> float:
    """What one unit more of a limit saves by the duals of a linear program, thousands of dollars."""
    rows, columns = list(limit.rows), list(limit.columns)
    dual = np.where(np.isfinite(matrix.row_upper[rows]), -row_dual[rows], row_dual[rows])
    saved = float((dual * np.array(limit.scales or (1.0,) * len(rows))).sum())
    return saved - float(np.minimum(column_dual[columns], 0.0).sum())


def loosened(p: Parameters, limit: Limit, step: float) -> Parameters | None:
    """The parameters with a limit on money, carbon or supply moved by a step; None for other limits."""
    at = limit.number
    match limit.family, limit.detail:
        case "budget", _ if at < 0:
            return replace(p, budget_total=(p.budget_total or 0.0) + step)
        case "budget", _:
            return replace(p, budgets=_raised(p.budgets, at, step))
        case "cash", "period":
            return replace(p, period_budgets=_raised(p.period_budgets, at, step))
        case "cash", "upfront":
            return replace(p, upfront_budgets=_raised(p.upfront_budgets, at, step))
        case "cash", _:
            return replace(p, runway=tuple(left + step for left in p.runway))
        case "carbon", _:
            return replace(p, carbon_caps=_raised(p.carbon_caps, at, step))
        case "market", _:
            caps = [
                cap._replace(limit=cap.limit + step) if at in (g, cap.follows_from) else cap
                for g, cap in enumerate(p.caps)
            ]
            return replace(p, caps=tuple(caps))
        case "own cap", _:
            return replace(p, running_upper=_raised(p.running_upper, at, step))
    return None


def _raised(limits: tuple[float | None, ...], at: int, step: float) -> tuple[float | None, ...]:
    return tuple(limit + step if i == at and limit is not None else limit for i, limit in enumerate(limits))


class Fixed:
    """A program with its whole numbers as a plan has them."""

    def __init__(self, matrix: Matrix, x: Floats, watch: Watch) -> None:
        whole = np.flatnonzero(matrix.integer).astype(np.int32)
        values = np.round(x[whole])
        self.matrix = matrix.bounded(whole, values, values).relaxed()
        self.whole = set(whole.tolist())
        self.watch = watch
        self.solved = LiveModel(self.matrix, watch).solve()

    def worth(self, limit: Limit) -> float | None:
        """What one unit more of a limit saves, thousands of dollars; None where it bounds whole numbers, which are fixed."""
        if self.solved.x is None or any(column in self.whole for column in limit.columns):
            return None
        return dual_worth(limit, self.matrix, self.solved.row_dual, self.solved.column_dual)

    def value(self, limit: Limit, step: float) -> float | None:
        """The least cost with the limit moved, thousands of dollars; None if nothing is left."""
        solved = solve_lp(moved(self.matrix, limit, step), self.watch)
        return solved.objective if solved.verdict == "optimal" else None


def least(matrix: Matrix, whole: bool, watch: Watch) -> Solved:
    """The least cost of a program, at gap 0: over whole numbers, or over fractional ones."""
    return solve_mip_surely(matrix, watch, gap=0.0) if whole else solve_lp(matrix.relaxed(), watch)
