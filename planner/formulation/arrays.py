"""The families written straight into arrays: the same program as `build`, for programs that come in hundreds.

`build` makes a PuLP problem, which can be printed, exported and handed to any solver; the search wants arrays only. Here the
same declarations and the same families fill arrays, so that there is one formulation; a property test holds the two equal.
"""

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from itertools import chain
from typing import Any, NamedTuple

import numpy as np

from planner.formulation.build import FAMILIES, Built
from planner.formulation.declare import declare_all
from planner.formulation.objective import cost_terms
from planner.formulation.parameters import Parameters
from planner.formulation.program import (
    LARGEST,
    SMALLEST,
    Pair,
    Program,
    Row,
    Sum,
    check_coefficients,
    flat,
    in_scale,
    lowered,
    written_out,
)
from planner.solver import Matrix

SUMS = "sums"
"""Family of the rows that say what the column of a sum adds up."""


@dataclass(slots=True, eq=False)
class ProgramColumn:
    """A variable, with the attributes of PuLP's that the families and the way back read."""

    name: str
    lowBound: float | None  # noqa: N815  # PuLP's name
    upBound: float | None  # noqa: N815
    cat: str
    place: int


@dataclass(slots=True)
class Sheet:
    """What stands in for a PuLP problem while variables are declared."""

    columns: list[ProgramColumn] = field(default_factory=list)

    def add_variable(
        self, name: str, lower: float | None = None, upper: float | None = None, kind: str = "Continuous"
    ) -> ProgramColumn:
        column = ProgramColumn(name, lower, upper, kind, len(self.columns))
        self.columns.append(column)
        return column


class Written(NamedTuple):
    """A program as arrays, with the variables and the keys of its rows."""

    built: Built
    matrix: Matrix


def write(p: Parameters, *, sparse: bool = False) -> Written:
    """The whole program for a set of parameters; columns in the order of their declaration.

    Args:
        sparse: give every sum that stands in several rows a column of its own, behind all others, and a row that says what it
            adds up (family `SUMS`, key: its column); else sums are written out.

    The sparse program is the same question: a point of the one becomes a point of the other by leaving the columns of sums out,
    or by giving each the value that its row asks for; cost, bounds and all other rows say the same of both. A sum that only
    helps may be less than what it adds up, one that only takes may be more (`Sum.sense`): moving it there breaks no row.
    Nonzeros fall from one for every row and variable to one for every row and sum, and one for every sum and variable.
    """
    sheet = Sheet()
    program = Program(sheet)
    rows = _Rows(sheet, program)
    with _nothing_collected():
        x = declare_all(sheet, p)
        for family in FAMILIES:
            for row in family.rows(p, x):
                rows.add(family.name, rows.with_columns(row) if sparse else written_out(row))
        x.sums.clear()
    rows.check()
    count = len(sheet.columns)
    matrix = Matrix(
        cost=_cost(p, x, count),
        lower=np.array([-np.inf if c.lowBound is None else c.lowBound for c in sheet.columns], dtype=float),
        upper=np.array([np.inf if c.upBound is None else c.upBound for c in sheet.columns], dtype=float),
        integer=np.array([c.cat == "Integer" for c in sheet.columns], dtype=bool),
        start=np.array(rows.start, dtype=np.int32),
        index=np.array(rows.index, dtype=np.int32),
        value=np.array(rows.value, dtype=float),
        row_lower=np.array(rows.low, dtype=float),
        row_upper=np.array(rows.high, dtype=float),
    )
    return Written(Built(program, x, tuple(sheet.columns), matrix), matrix)


@contextmanager
def _nothing_collected() -> Iterator[None]:
    """Millions of objects are made that all stay: looking through them for garbage took half of the time."""
    before = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if before:
            gc.enable()


@dataclass(slots=True)
class _Rows:
    """Rows as they are written."""

    sheet: Sheet
    program: Program
    start: list[int] = field(default_factory=lambda: [0])
    index: list[int] = field(default_factory=list)
    value: list[float] = field(default_factory=list)
    low: list[float] = field(default_factory=list)
    high: list[float] = field(default_factory=list)
    columns: dict[Sum, ProgramColumn] = field(default_factory=dict)
    """Columns of sums."""

    def add(self, family: str, row: Row) -> None:
        places = [variable.place for variable, _ in row.pairs]
        coefficients = [coefficient for _, coefficient in row.pairs]
        if len(set(places)) < len(places):  # a variable that occurs twice counts with the sum
            pairs = flat(row.pairs)
            places, coefficients = [variable.place for variable, _ in pairs], [coefficient for _, coefficient in pairs]
        self.index += places
        self.value += coefficients
        self.start.append(len(self.index))
        self.low.append(-np.inf if row.sense == "<=" else row.rhs)
        self.high.append(np.inf if row.sense == ">=" else row.rhs)
        self.program.keys.append((family, row.key))

    def check(self) -> None:
        """Refuse what would corrupt the solver's arithmetic (`check_coefficients`)."""
        sizes, sides = np.abs(np.array(self.value, dtype=float)), np.array([self.low, self.high])
        good = (sizes >= SMALLEST) & (sizes <= LARGEST)
        if (
            good.all()
            and not np.isnan(sides).any()
            and np.abs(sides[np.isfinite(sides)]).max(initial=0.0) <= LARGEST**2
        ):
            return
        for i, (family, key) in enumerate(self.program.keys):
            span = slice(self.start[i], self.start[i + 1])
            pairs: list[Pair] = [(None, value) for value in self.value[span]]
            rhs = self.high[i] if self.low[i] == -np.inf else self.low[i]
            check_coefficients(family, Row(key, pairs, "==", rhs))

    def with_columns(self, row: Row) -> Row:
        """The row with a column in the place of every sum."""
        for part, _ in row.pairs:
            if type(part) is Sum:
                break
        else:
            return row
        return row._replace(pairs=[(self._column(part) if type(part) is Sum else part, c) for part, c in row.pairs])

    def _column(self, total: Sum) -> ProgramColumn:
        found = self.columns.get(total)
        if found is None:
            parts = self.with_columns(Row((), total.pairs, "==", 0.0)).pairs
            least = 0.0 if all(c > 0 and v.lowBound is not None and v.lowBound >= 0 for v, c in parts) else None
            found = self.sheet.add_variable(f"sum_{len(self.columns)}", least)
            self.columns[total] = found
            says = Row((found.place,), [*parts, (found, -1.0)], total.sense, 0.0)
            self.add(SUMS, lowered(says) if total.sense == "==" else in_scale(says))
        return found


def integers_of(p: Parameters) -> int:
    """Whole numbers of the program, which is not written."""
    sheet = Sheet()
    declare_all(sheet, p)
    return sum(column.cat == "Integer" for column in sheet.columns)


def repriced(built: Built, p: Parameters, other: Parameters) -> Built | None:
    """The program of parameters that differ in the present values of options and sites alone: other costs, the same rows.

    None where anything else differs, or a row counts present values (`lines`).
    """
    if p.min_line is not None or _without_costs(p) != _without_costs(other):
        return None
    matrix = built.matrix.with_cost(_cost(other, built.variables, len(built.columns)))
    return built._replace(written=matrix)


def _without_costs(p: Parameters) -> Parameters:
    options = tuple(member._replace(cost=()) for member in p.options)
    return replace(p, options=options, sites=tuple(site._replace(cost=()) for site in p.sites))


def _cost(p: Parameters, x: Any, count: int) -> np.ndarray:
    pairs = list(chain.from_iterable(cost_terms(p, x).values()))
    places = np.array([variable.place for variable, _ in pairs], dtype=np.int64)
    amounts = np.array([amount for _, amount in pairs], dtype=float)
    return np.bincount(places, weights=amounts, minlength=count) if count else np.empty(0)
