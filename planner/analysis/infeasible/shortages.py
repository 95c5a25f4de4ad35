r"""Limits on cash and carbon that leave too little: the least by which they would have to give way together.

Every row of the families `cash` and `carbon` may be exceeded by a shortage of its own, and the sum of all shortages, as shares of
their limits, is minimised over the relaxation. Where that needs none, whole nodes are what is missing.
"""

from collections import Counter
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from planner.domain.records import Cause
from planner.formulation import write
from planner.formulation.parameters import THOUSAND, Parameters
from planner.report.document import plural
from planner.solver import Matrix, Watch, solve_lp


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
    solved = solve_lp(_elastic(matrix, rows), watch)
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


def _elastic(matrix: Matrix, rows: list[int]) -> Matrix:
    """min Σ shortage / limit, with a shortage in every one of the rows."""
    marked = np.zeros(matrix.rows, dtype=bool)
    marked[rows] = True
    start = np.concatenate([[0], np.cumsum(np.diff(matrix.start) + marked)]).astype(np.int32)
    index, value = np.empty(start[-1], dtype=np.int32), np.empty(start[-1])
    owner = np.repeat(np.arange(matrix.rows), np.diff(matrix.start))
    place = start[owner] + (np.arange(len(matrix.index)) - matrix.start[owner])
    index[place], value[place] = matrix.index, matrix.value
    last = start[np.array(rows) + 1] - 1
    index[last], value[last] = matrix.columns + np.arange(len(rows)), -1.0
    return Matrix(
        cost=np.concatenate([np.zeros(matrix.columns), 1.0 / np.maximum(np.abs(matrix.row_upper[rows]), 1.0)]),
        lower=np.concatenate([matrix.lower, np.zeros(len(rows))]),
        upper=np.concatenate([matrix.upper, np.full(len(rows), np.inf)]),
        integer=np.zeros(matrix.columns + len(rows), dtype=bool),
        start=start,
        index=index,
        value=value,
        row_lower=matrix.row_lower,
        row_upper=matrix.row_upper,
    )


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
