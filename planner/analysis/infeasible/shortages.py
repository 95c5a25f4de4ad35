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
from planner.solver import LiveModel, Matrix, Solved, Watch, solve_lp, with_shortages


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
FREE, ROUNDING = 1e9, 1e-9
"""A budget that limits nothing, thousands of dollars; a difference that is none."""


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
    """Budgets below the least cash that serves the demand (relaxed: the truth is not below it); what is not known in time is not
    told."""
    limits = {y: limit for y, limit in [*enumerate(p.budgets), (-1, p.budget_total)] if limit is not None}
    if not limits:
        return ()
    cash = _Cash(p, limits, watch)
    needs = {year: cash.least(year) for year in limits}
    found = [(year, limit, need) for year, limit in limits.items() if (need := needs[year]) is not None]
    causes = tuple(_over(year, limit, need) for year, limit, need in found if need > limit * (1 + ROUNDING))
    return causes or cash.together()


class _Cash:
    """The relaxation of a program, asked for the least cash of a plan-year, and for the least common multiple of all budgets.

    What is spent under agreements is split over their tiers last: the solver takes a hundred times as long to begin with that.
    """

    def __init__(self, p: Parameters, limits: dict[int, float], watch: Watch) -> None:
        """Args:
        limits: by plan-year, and for all of them (-1), thousands of dollars.
        """
        self.limits, self.watch = limits, watch
        budgets = tuple(FREE if y in limits else None for y in range(len(p.budgets)))
        built = write(replace(p, budget_total=FREE if -1 in limits else None, budgets=budgets, whole_nodes=False)).built
        keys, x, order = built.program.keys, built.variables, built.order
        self.matrix = built.matrix.relaxed()
        self.rows = {int(str(key[0])): row for row, (family, key) in enumerate(keys) if family == "budget"}
        self.tiers = np.array([row for row, (family, _) in enumerate(keys) if family == "tiers"], dtype=np.int32)
        split = [order[v.name] for chosen in (x.tiered, x.missing) for v in chosen.values()]
        self.split = np.array(sorted(split), dtype=np.int32)

    def least(self, year: int) -> float | None:
        """Least cash of a plan-year (or of all, year −1) that serves the demand, thousands of dollars; None if it is not known."""
        if year not in self.rows:
            return None
        row = self.rows[year]
        span = slice(self.matrix.start[row], self.matrix.start[row + 1])
        cost = np.zeros(self.matrix.columns)
        cost[self.matrix.index[span]] = self.matrix.value[span]
        solved = self._solved(self.matrix.with_cost(cost))
        return solved.objective / self._scale(row) if solved.verdict == "optimal" else None

    def together(self) -> tuple[Cause, ...]:
        """Budgets that can each be met, but not all at once: the least common raise that serves the demand."""
        rows = list(self.rows.values())
        if not rows:
            return ()
        value, upper = self.matrix.value.copy(), self.matrix.row_upper.copy()
        for year, row in self.rows.items():  # in parts of the budget
            value[self.matrix.start[row] : self.matrix.start[row + 1]] /= self.limits[year] * self._scale(row) or 1.0
            upper[row] = 0.0
        given = [row for year, row in self.rows.items() if self.limits[year] > 0]
        parts = replace(self.matrix.with_cost(np.zeros(self.matrix.columns)), value=value, row_upper=upper)
        solved = self._solved(with_shortages(parts, [given], [1.0]))
        if solved.verdict != "optimal":
            return ()
        if solved.objective <= 1 + ROUNDING:
            parts_of = "nodes and tiers of agreements" if len(self.tiers) else "nodes"
            text = f"the budgets would do only if {parts_of} could be fractional: whole ones cost more than is left"
            fix = "raise the budgets by the cost of a node or two, or permit `unserved` demand"
            return (Cause("budget", None, None, None, None, "USD", text, fix),)
        more = np.ceil(1000 * (solved.objective - 1 - ROUNDING)) / 1000
        total = sum(limit for year, limit in self.limits.items() if year >= 0) * THOUSAND
        text = f"each budget alone can be met, but not all of them: the demand needs {more:.1%} more in every budget"
        fix = f"raise every budget by {more:.1%}, or permit `unserved` demand"
        return (Cause("budget", None, "all plan-years", total, total * (1 + more), "USD", text, fix),)

    def _scale(self, row: int) -> float:
        """By what the formulation multiplied a row."""
        return float(self.matrix.row_upper[row]) / FREE

    def _solved(self, matrix: Matrix) -> Solved:
        live = LiveModel(matrix, self.watch)
        return live.solve_after(matrix, self.tiers, self.split) if len(self.tiers) else live.solve()


def _over(year: int, limit: float, need: float) -> Cause:
    which = "whole horizon" if year < 0 else f"plan-year {year + 1}"
    where = "the whole horizon" if year < 0 else which
    spent, allowed = f"${need * THOUSAND:,.0f}", f"${limit * THOUSAND:,.0f}"
    message = f"the cheapest way to serve the demand costs at least {spent} in {where}, the budget is {allowed}"
    fix = f"raise the budget of {where} by at least ${(need - limit) * THOUSAND:,.0f}, or permit `unserved` demand"
    path = "budget_total_usd" if year < 0 else "budget_per_year_usd"
    return Cause("budget", None, which, limit * THOUSAND, need * THOUSAND, "USD", message, fix, (path,))
