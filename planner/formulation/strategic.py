r"""Programs in which sites and modules are whole, everything else divisible, and sites may be forbidden or required.

Whether to own is a question between programs: with :math:`\underline{V}, \overline{V}` the bound and the best plan of each,

.. math::
    \overline{V}(\text{site } k \text{ open}) < \underline{V}(\text{no site of its kind}) \;\Rightarrow\; \text{owning is cheaper},
    \qquad
    \underline{V}(\text{open}) > \overline{V}(\text{none}) \;\Rightarrow\; \text{it is dearer}.

Both are proofs for the divisible program, whatever the plans look like. Divisible are nodes, replicas and servers: at the sizes
where owning is decided, one of them is a small part of the fleet. Whole stay sites, modules, contracts with a smallest size, runs
and places of data.
"""

from dataclasses import replace
from typing import NamedTuple

import numpy as np

from planner.formulation.build import Built, build
from planner.formulation.matrix import Floats, Matrix, matrix_of
from planner.formulation.outcome import Outcome, outcome_of, polished
from planner.formulation.parameters import Parameters
from planner.formulation.solve import Watch, solve_mip

GAP = 1e-8
"""Relative gap of every program."""


class Value(NamedTuple):
    """What a program costs, thousands of dollars; no plan: infinite."""

    objective: float
    """Of the best plan."""
    bound: float
    """No plan costs less."""
    x: Floats | None

    @property
    def possible(self) -> bool:
        return self.x is not None


IMPOSSIBLE = Value(np.inf, np.inf, None)


class StrategicProgram:
    """One program at one size, to be solved under several rules on its sites."""

    def __init__(self, p: Parameters, watch: Watch) -> None:
        self.parameters = replace(p, whole_nodes=False)
        """With divisible nodes; also what its plans are read with."""
        self.watch = watch
        self.built: Built = build(self.parameters)
        matrix = matrix_of(self.built.program.problem, self.built.columns)
        self.matrix: Matrix = replace(matrix, integer=_whole(self.built, matrix))
        order = self.built.order
        self.opens = {key: order[v.name] for key, v in self.built.variables.open.items()}

    def best(self, allowed: frozenset[int], required: int | None = None) -> Value:
        """The program with only the sites of `allowed`, one of which may have to be open at the end."""
        columns = np.array(list(self.opens.values()), dtype=np.int32)
        lower = self.matrix.lower[columns].copy()
        upper = np.array([1.0 if k in allowed else 0.0 for k, _ in self.opens])
        if required is not None:
            last = max((v for k, v in self.opens if k == required), default=None)
            if last is None:
                return IMPOSSIBLE
            lower[list(self.opens).index((required, last))] = 1.0
        if np.any(lower > upper):  # a site that the scenario requires is forbidden
            return IMPOSSIBLE
        return self._solved(self.matrix.bounded(columns, lower, upper))

    def outcome(self, value: Value) -> Outcome:
        """A value as what the rest of the tool reads plans from."""
        nothing = np.empty(0)
        if value.x is None:
            return Outcome("infeasible", None, np.inf, np.inf, np.inf, self.matrix, nothing, nothing)
        return Outcome("optimal", value.x, value.objective, value.bound, GAP, self.matrix, nothing, nothing)

    def _solved(self, matrix: Matrix) -> Value:
        settled = matrix.lower == matrix.upper
        open_ = replace(matrix, integer=matrix.integer & ~settled)
        solved = solve_mip(open_, self.watch, gap=GAP)
        if solved.verdict == "infeasible":
            return IMPOSSIBLE
        if solved.x is None:
            return Value(np.inf, -np.inf, None)
        x = polished(matrix, solved.x)
        objective = float(matrix.cost @ x)
        return Value(objective, min(solved.bound, objective), x)


def _whole(built: Built, matrix: Matrix) -> np.ndarray:
    """Columns that stay whole."""
    x, order = built.variables, built.order
    whole = np.zeros(matrix.columns, dtype=bool)
    for group in (x.open, x.modules, x.opened, x.stored, x.placed):
        for variable in group.values():
            whole[order[variable.name]] = True
    return whole
