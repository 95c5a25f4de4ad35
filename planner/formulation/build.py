"""Parameters → Program: the families in reading order."""

from collections.abc import Callable
from importlib import import_module
from itertools import chain
from math import inf
from typing import Any, NamedTuple, Protocol

from planner.formulation.declare import declare_all
from planner.formulation.family import Family
from planner.formulation.objective import cost_terms
from planner.formulation.parameters import Parameters
from planner.formulation.program import Program, expression
from planner.formulation.variables import Variables
from planner.solver import Floats, Matrix, WarmStart, matrix_of

IN_READING_ORDER = (
    "capacity",
    "holding",
    "demand",
    "commitment",
    "market",
    "spot",
    "fallback",
    "residency",
    "share",
    "uses",
    "signings",
    "lines",
    "gang",
    "window",
    "facility",
    "availability",
    "storage",
    "savings",
    "tiers",
    "credit",
    "budget",
    "cash",
    "carbon",
)
"""Files of `constraints`: the table of contents of the mathematics."""

FAMILIES: tuple[Family, ...] = tuple(
    import_module(f"planner.formulation.constraints.{name}").FAMILY for name in IN_READING_ORDER
)


def families_where(fact: Callable[[Family], bool]) -> frozenset[str]:
    """Names of the families of which a fact is true.

    >>> sorted(families_where(lambda family: family.limits == "carbon"))
    ['carbon']
    """
    return frozenset(family.name for family in FAMILIES if fact(family))


class PricedWhole(Protocol):
    """A program over all classes that bounds one over few of them, one period after another."""

    @property
    def bound(self) -> float:
        """No plan costs less."""

    @property
    def enough(self) -> float:
        """Cost of a plan that is near enough to the bound."""

    def of_period(self, t: int) -> float:
        """By how much the slices of a period raise the bound."""


class Built(NamedTuple):
    """A program with the variables it is made of."""

    program: Program
    variables: Variables
    columns: tuple[Any, ...]
    """Variables in the order of the columns."""
    written: Matrix | None = None
    """The program as arrays, where it was written straight into them."""
    start: Floats | None = None
    """A plan to start from, or nearly one: values by column."""
    relaxed: WarmStart | None = None
    """Where its relaxation starts."""
    enough: float = -inf
    """A plan at this cost ends the search: it is near enough to a bound that is known elsewhere."""
    whole: PricedWhole | None = None
    """The program of which this one is a part, if its slices may be priced."""

    @property
    def matrix(self) -> Matrix:
        """The program as arrays."""
        return matrix_of(self.program.problem, self.columns) if self.written is None else self.written

    @property
    def order(self) -> dict[str, int]:
        """Column of each variable by its name."""
        return {variable.name: column for column, variable in enumerate(self.columns)}


def build(p: Parameters) -> Built:
    """The whole program for a set of parameters."""
    import pulp  # takes a while, and a program that is written as arrays needs none of it

    program = Program(pulp.LpProblem("planner", pulp.LpMinimize))
    x = declare_all(program.problem, p)
    program.problem.setObjective(expression(chain.from_iterable(cost_terms(p, x).values())))
    for family in FAMILIES:
        program.add(family.name, family.rows(p, x))
    x.sums.clear()
    return Built(program, x, tuple(program.problem.variables()))
