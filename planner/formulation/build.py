"""Parameters → Program: the families in reading order. This file is the table of contents of the mathematics."""

from collections.abc import Callable, Iterator
from itertools import chain
from typing import Any, NamedTuple

import pulp

from planner.formulation.constraints.availability import availability
from planner.formulation.constraints.budget import budget
from planner.formulation.constraints.capacity import capacity
from planner.formulation.constraints.carbon import carbon
from planner.formulation.constraints.cash import cash
from planner.formulation.constraints.commitment import commitment
from planner.formulation.constraints.credit import credit
from planner.formulation.constraints.demand import demand
from planner.formulation.constraints.facility import facility
from planner.formulation.constraints.fallback import fallback
from planner.formulation.constraints.gang import gang
from planner.formulation.constraints.holding import holding
from planner.formulation.constraints.market import market
from planner.formulation.constraints.residency import residency
from planner.formulation.constraints.savings import savings
from planner.formulation.constraints.share import share
from planner.formulation.constraints.spot import spot
from planner.formulation.constraints.storage import storage
from planner.formulation.constraints.tiers import tiers
from planner.formulation.constraints.window import window
from planner.formulation.objective import cost_terms
from planner.formulation.parameters import Parameters
from planner.formulation.program import Program, Row, expression
from planner.formulation.variables import Variables
from planner.formulation.variables_terms import declare_all

Family = Callable[[Parameters, Variables], Iterator[Row]]

FAMILIES: tuple[tuple[str, Family], ...] = (
    ("capacity", capacity),
    ("holding", holding),
    ("demand", demand),
    ("commitment", commitment),
    ("market", market),
    ("spot", spot),
    ("fallback", fallback),
    ("residency", residency),
    ("share", share),
    ("gang", gang),
    ("window", window),
    ("facility", facility),
    ("availability", availability),
    ("storage", storage),
    ("savings", savings),
    ("tiers", tiers),
    ("credit", credit),
    ("budget", budget),
    ("cash", cash),
    ("carbon", carbon),
)


class Built(NamedTuple):
    """A program with the variables it is made of."""

    program: Program
    variables: Variables
    columns: tuple[Any, ...]
    """PuLP's variables in the order of its columns."""

    @property
    def order(self) -> dict[str, int]:
        """Column of each variable by its name."""
        return {variable.name: column for column, variable in enumerate(self.columns)}


def build(p: Parameters) -> Built:
    """The whole program for a set of parameters."""
    program = Program(pulp.LpProblem("planner", pulp.LpMinimize))
    x = declare_all(program.problem, p)
    program.problem.setObjective(expression(chain.from_iterable(cost_terms(p, x).values())))
    for name, family in FAMILIES:
        program.add(name, family(p, x))
    return Built(program, x, tuple(program.problem.variables()))
