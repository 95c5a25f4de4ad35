r"""Programs in which sites and modules are whole, everything else divisible, and sites may be forbidden or required.

Whether to own is a question between programs: with :math:`\underline{V}, \overline{V}` the bound and the best plan of each,

.. math::
    \overline{V}(\text{site } k \text{ open}) < \underline{V}(\text{no site of its kind}) \;\Rightarrow\; \text{owning is cheaper},
    \qquad
    \underline{V}(\text{open}) > \overline{V}(\text{none}) \;\Rightarrow\; \text{it is dearer}.

Both are proofs for the divisible program, whatever the plans look like. Divisible are nodes, replicas and servers: at the sizes
where owning is decided, one of them is a small part of the fleet. Whole stay sites, modules, contracts with a smallest size, runs
and places of data.

**Another size.** Demand rows ask for shares, so m times the demand is the same program with m on the right-hand side where it asked
for 1, with the bounds of shares, and with the bounds on what is useful (which are multiples of demand) times m; what is not
proportional to demand stays: prices, sites, modules, caps, budgets. So one program is built and solved at every size. It does not
hold where demand stands in coefficients or counts: runs, data, failures, smallest contracts, agreements and savings plans; such
programs are built anew (`scales`), and so are sizes at which a cap could be reached that is not written for this one
(`Assembled.reach`).
"""

from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from planner.formulation import Built, families_where, write
from planner.formulation.parameters import Parameters, Site
from planner.solver import Floats, Matrix, Outcome, Watch, polished, solve_mip

GAP = 1e-8
"""Relative gap of every program."""
ASKING = families_where(lambda family: family.scales_with_demand)
"""Families whose right-hand sides are shares of the demand."""


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


def scales(p: Parameters) -> bool:
    """Whether the program of another demand is this one with other right-hand sides and bounds."""
    counted = (p.runs, p.casts, p.windows, p.modes, p.data, p.agreements, p.savings)
    smallest = any(member.option.min_nodes > 1 for member in p.options)
    return not any(counted) and p.resilience is None and not smallest


class StrategicProgram:
    """One program, to be solved at several sizes and under several rules on its sites."""

    def __init__(self, p: Parameters, watch: Watch) -> None:
        self.parameters = replace(p, whole_nodes=False)
        """With divisible nodes; also what its plans are read with."""
        self.watch = watch
        self.built: Built = write(self.parameters).built
        matrix = self.built.matrix
        self.base: Matrix = replace(matrix, integer=_whole(self.built, matrix))
        order = self.built.order
        self.opens = {key: order[v.name] for key, v in self.built.variables.open.items()}
        self.keys = list(self.opens)
        self.columns = np.array(list(self.opens.values()), dtype=np.int32)

    def at(self, multiple: float) -> Matrix:
        """The program of a multiple of the demand."""
        return self.base if multiple == 1.0 else _resized(self.base, self.built, self.parameters, multiple)

    def best(self, matrix: Matrix, allowed: frozenset[int], required: int | None = None) -> Value:
        """The best plan with only the sites of `allowed`, one of which may have to be open at the end."""
        lower = self.base.lower[self.columns].copy()
        upper = np.array([1.0 if k in allowed else 0.0 for k, _ in self.keys])
        if required is not None:
            last = max((v for k, v in self.keys if k == required), default=None)
            if last is None:
                return IMPOSSIBLE
            lower[self.keys.index((required, last))] = 1.0
        if np.any(lower > upper):  # a site that the scenario requires is forbidden
            return IMPOSSIBLE
        return self._solved(matrix.bounded(self.columns, lower, upper))

    def outcome(self, matrix: Matrix, value: Value) -> Outcome:
        """A value as what the rest of the tool reads plans from, its whole numbers made exact."""
        assert value.x is not None
        whole = np.round(value.x[matrix.integer])
        x = polished(matrix.bounded(np.flatnonzero(matrix.integer).astype(np.int32), whole, whole), value.x)
        nothing = np.empty(0)
        return Outcome("optimal", x, value.objective, value.bound, GAP, matrix, nothing, nothing)

    def _solved(self, matrix: Matrix) -> Value:
        open_ = replace(matrix, integer=matrix.integer & (matrix.lower < matrix.upper))
        solved = solve_mip(open_, self.watch, gap=GAP, manner="lean")
        if solved.verdict in ("infeasible", "unbounded"):
            return IMPOSSIBLE
        if solved.x is None:
            return Value(np.inf, -np.inf, None)
        return Value(solved.objective, min(solved.bound, solved.objective), solved.x)


def _whole(built: Built, matrix: Matrix) -> npt.NDArray[np.bool_]:
    """Columns that stay whole."""
    x, order = built.variables, built.order
    whole = np.zeros(matrix.columns, dtype=bool)
    for group in (x.open, x.modules, x.opened, x.stored, x.placed, x.level):
        for variable in group.values():
            whole[order[variable.name]] = True
    return whole


# --- another size ----------------------------------------------------------------------------------------------


def _resized(matrix: Matrix, built: Built, p: Parameters, multiple: float) -> Matrix:
    """Right-hand sides, bounds and links of a multiple of the demand."""
    asks = np.array([family in ASKING for family, _ in built.program.keys])
    upper = matrix.upper.copy()
    for column, most in _bounds(built, p, multiple):
        upper[column] = most
    return replace(
        matrix,
        upper=upper,
        value=_links(matrix, built, p, multiple),
        row_lower=np.where(asks & np.isfinite(matrix.row_lower), matrix.row_lower * multiple, matrix.row_lower),
        row_upper=np.where(asks & np.isfinite(matrix.row_upper), matrix.row_upper * multiple, matrix.row_upper),
    )


def _bounds(built: Built, p: Parameters, multiple: float) -> "list[tuple[int, float]]":
    """(column, upper bound) of shares, signings and modules."""
    x, order = built.variables, built.order
    shares: list[Any] = [*x.hosted.values(), *x.unserved.values()]
    found = [(order[v.name], v.upBound * multiple) for v in shares]
    useful = {o: group.most_useful_nodes for group in p.classes for o in group.committed}
    useful |= {site.power: _units(p, site, multiple) / multiple for site in p.sites}
    for (o, _), v in x.signed.items():
        option = p.options[o].option
        if option.exact_nodes is None:
            most = useful[o] * multiple
            found.append((order[v.name], most if option.max_nodes is None else min(most, option.max_nodes)))
    for (k, _), v in x.modules.items():
        found.append((order[v.name], max(float(np.ceil(_units(p, p.sites[k], multiple) - 1e-9)), 1.0)))
    return found


def _units(p: Parameters, site: Site, multiple: float) -> float:
    """Most useful units of power of a site: all demand at its peak in it alone, within its own limit."""
    kw = dict(site.servers)
    useful_kw = sum(
        group.most_useful_nodes * max((kw[o] for o in group.committed if o in kw), default=0.0) for group in p.classes
    )
    option = p.options[site.power].option
    units = useful_kw * multiple * site.generations**2 / site.kw
    units = float(np.ceil(units - 1e-9)) if option.action == "build" else units
    return units if option.max_nodes is None else min(units, float(option.max_nodes))


def _links(matrix: Matrix, built: Built, p: Parameters, multiple: float) -> Floats:
    """Coefficients, with those that bound what an opened site can hold by what is useful."""
    value = matrix.value.copy()
    column = {key: built.order[v.name] for key, v in built.variables.open.items()}
    for row, (family, key) in enumerate(built.program.keys):
        if family != "facility":
            continue
        span = slice(matrix.start[row], matrix.start[row + 1])
        here = np.isin(matrix.index[span], list(column.values()))
        match key:
            case (k, _, "open"):
                value[span] = np.where(here, -max(_units(p, p.sites[k], multiple), 1.0), value[span])
            case (k, _, "housed", c):
                most = p.classes[c].most_useful_nodes * p.sites[k].generations
                value[span] = np.where(here, -most * multiple, value[span])
            case (_, _, _, "used", _, _):
                value[span] = np.where(here, value[span] * multiple, value[span])
    return value
