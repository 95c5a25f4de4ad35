r"""Limits on cash and carbon that leave too little: the least by which they would have to give way together.

Every row of the families `cash` and `carbon` may be exceeded by a shortage of its own, and the sum of all shortages, as shares of
their limits, is minimised over the relaxation. Where that needs none, whole nodes are what is missing.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from typing import NamedTuple

import numpy as np

from planner.domain.records import Cause
from planner.formulation import write
from planner.formulation.parameters import THOUSAND, Parameters
from planner.report.document import plural
from planner.solver import Watch, solve_lp, with_shortages


class _Short(NamedTuple):
    """A row of the program that falls short, in its own unit."""

    family: str
    key: tuple[object, ...]
    limit: float
    amount: float

    @property
    def detail(self) -> str:
        return str(self.key[1]) if len(self.key) > 1 else ""


FAMILIES = ("cash", "carbon")
_WORTH_TELLING = 1e-6


def shortages_of(p: Parameters, watch: Watch) -> tuple[Cause, ...]:
    """One cause per limit that must give way, in the order of the program; none if these limits are not the reason."""
    built = write(p).built
    matrix = built.matrix.relaxed()
    rows = [i for i, (family, _) in enumerate(built.program.keys) if family in FAMILIES]
    if not rows:
        return ()
    weights = 1.0 / np.maximum(np.abs(matrix.row_upper[rows]), 1.0)
    elastic = with_shortages(matrix.with_cost(np.zeros(matrix.columns)), [[row] for row in rows], weights.tolist())
    solved = solve_lp(elastic, watch)
    if solved.x is None or solved.verdict != "optimal":
        return ()
    missing = solved.x[matrix.columns :]
    short = [
        _Short(*built.program.keys[row], float(matrix.row_upper[row]), float(amount))
        for row, amount in zip(rows, missing, strict=True)
        if amount > _WORTH_TELLING * max(abs(float(matrix.row_upper[row])), 1.0)
    ]
    return tuple(_cause(p, *told) for told in _told(short))


def _told(short: list[_Short]) -> Iterator[tuple[_Short, int]]:
    """What is told of shortages, with the periods it holds for: of the runway the first and the largest, of periods alike one."""
    dry = [s for s in short if s.detail == "runway"]
    worst = max(dry, key=lambda s: s.amount, default=None)
    alike = Counter(_figures(s) for s in short if s.detail == "period")
    for i, s in enumerate(short):
        if s.detail == "runway":
            if s is dry[0] or s is worst:
                yield s, 1
        elif s.detail != "period":
            yield s, 1
        elif not any(_figures(s) == _figures(before) for before in short[:i] if before.detail == "period"):
            yield s, alike[_figures(s)]


def _figures(s: _Short) -> tuple[float, float]:
    """Limit and shortage in dollars, to the dollar."""
    return round(s.limit * THOUSAND), round(s.amount * THOUSAND)


def _cause(p: Parameters, s: _Short, periods: int) -> Cause:
    family, key, limit, short = s
    if family == "carbon":
        where = f"plan-year {int(str(key[0])) + 1}"
        message = f"serving the demand emits at least {limit + short:,.4g} t CO2e in {where}, "
        message += f"`carbon.max_tonnes_per_year` is {limit:,.4g}"
        fix = f"raise it by at least {short:,.4g} t, or allow places with a cleaner grid"
        return Cause("carbon", None, where, limit, limit + short, "t CO2e", message, fix)
    number, what = int(str(key[0])), str(key[1])
    have, need, more = limit * THOUSAND, (limit + short) * THOUSAND, f"${short * THOUSAND:,.0f}"
    where = f"plan-year {number + 1}" if what == "upfront" else p.horizon.periods[number].start
    also = f", and as much in {plural(periods - 1, 'other period')}" if periods > 1 else ""
    said = {
        "period": (
            "budget_per_period_usd",
            f"serving the demand costs at least ${need:,.0f} in {where}, the budget is ${have:,.0f}{also}",
        ),
        "upfront": (
            "budget_upfront_per_year_usd",
            f"at least ${need:,.0f} must be paid upfront in {where}, allowed are ${have:,.0f}",
        ),
        "runway": (
            "cash.at_hand_usd",
            f"by the end of {where} at least ${need:,.0f} is spent, the cash allows ${have:,.0f}",
        ),
    }
    field, message = said[what]
    fix = f"raise `{field}` by at least {more} there, or permit `unserved` demand"
    return Cause("cash", None, where, have, need, "USD", message, fix, (field,) if what != "runway" else ("cash.*",))


def below_budget(p: Parameters, watch: Watch) -> tuple[Cause, ...]:
    """Budgets below the least cash that serves the demand (relaxed: the truth is not below it)."""
    causes = []
    for year, limit in [*enumerate(p.budgets), (-1, p.budget_total)]:
        if limit is None:
            continue
        need = _least_cash(p, year, watch)
        if need is not None and need > limit * (1 + 1e-9):
            causes.append(_over(year, limit, need))
    if not causes and (p.budget_total is not None or any(b is not None for b in p.budgets)):
        causes.append(_together(p, watch))
    return tuple(causes)


def _together(p: Parameters, watch: Watch) -> Cause:
    """Budgets that can each be met, but not all at once: the least common raise that serves the demand."""
    low, high = 1.0, 2.0
    if _serves(p, low, watch):
        text = "the budgets would do only if nodes could be fractional: whole nodes cost more than is left"
        fix = "raise the budgets by the cost of a node or two, or permit `unserved` demand"
        return Cause("budget", None, None, None, None, "USD", text, fix)
    if not _serves(p, high, watch):
        text = "the budgets and the caps together leave too little to serve the demand"
        return Cause(
            "budget", None, None, None, None, "USD", text, "more than double the budgets, or permit `unserved` demand"
        )
    while high - low > 5e-4:
        middle = (low + high) / 2
        low, high = (low, middle) if _serves(p, middle, watch) else (middle, high)
    total = sum(b for b in p.budgets if b is not None) * THOUSAND
    text = f"each budget alone can be met, but not all of them: the demand needs {high - 1:.1%} more in every budget"
    fix = f"raise every budget by {high - 1:.1%}, or permit `unserved` demand"
    return Cause("budget", None, "all plan-years", total, total * high, "USD", text, fix)


def _serves(p: Parameters, factor: float, watch: Watch) -> bool:
    """Whether budgets times `factor` suffice with fractional nodes."""
    total = None if p.budget_total is None else p.budget_total * factor
    budgets = tuple(None if b is None else b * factor for b in p.budgets)
    built = write(replace(p, budget_total=total, budgets=budgets, whole_nodes=False)).built
    return solve_lp(built.matrix.relaxed(), watch).verdict == "optimal"


def _over(year: int, limit: float, need: float) -> Cause:
    which = "whole horizon" if year < 0 else f"plan-year {year + 1}"
    where = "the whole horizon" if year < 0 else which
    spent, allowed = f"${need * THOUSAND:,.0f}", f"${limit * THOUSAND:,.0f}"
    message = f"the cheapest way to serve the demand costs at least {spent} in {where}, the budget is {allowed}"
    fix = f"raise the budget of {where} by at least ${(need - limit) * THOUSAND:,.0f}, or permit `unserved` demand"
    path = "budget_total_usd" if year < 0 else "budget_per_year_usd"
    return Cause("budget", None, which, limit * THOUSAND, need * THOUSAND, "USD", message, fix, (path,))


def _least_cash(p: Parameters, year: int, watch: Watch) -> float | None:
    """Least cash of a plan-year (or of all, year −1) that serves the demand, thousands of dollars, relaxed."""
    budgets = tuple(1e9 if y == year else None for y in range(len(p.budgets)))
    free = replace(p, budget_total=1e9 if year < 0 else None, budgets=budgets, whole_nodes=False)
    built = write(free).built
    matrix = built.matrix
    rows = [i for i, (family, _) in enumerate(built.program.keys) if family == "budget"]
    if not rows:
        return None
    span = slice(matrix.start[rows[0]], matrix.start[rows[0] + 1])
    cost = np.zeros(matrix.columns)
    cost[matrix.index[span]] = matrix.value[span]
    solved = solve_lp(matrix.with_cost(cost).relaxed(), watch)
    return None if solved.x is None or solved.verdict != "optimal" else solved.objective
