r"""The most that can be served under the budgets: the largest multiple of all demand for which a plan is found.

**Bound.** In the relaxation at the largest multiple S that is tried, every right-hand side that asks for a share of demand is
multiplied by θ, and θ is maximised. A plan at multiple m gives a point with θ = m / S (divide what it serves by the larger
demand), so no plan serves more than S θ*. Where training runs are held on one cluster this does not hold (a run of another
size needs other clusters); there the multiple is found by bisection on the relaxation at each multiple.
"""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from planner.domain.inputs import Catalog
from planner.domain.scenario import Scenario
from planner.formulation import Built, families_where, write
from planner.formulation.parameters import Parameters
from planner.pipeline import prepare
from planner.sensitivity import with_column
from planner.solver import Matrix, Watch, solve_lp

ASKING = families_where(lambda family: family.asks_demand)
"""Families whose right-hand sides are shares of the demand."""
PRECISION = 1e-3
STEPS = (0.0, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.35, 0.5, 0.7, 0.9)
"""Shares by which the multiple is lowered until a plan of whole nodes exists."""
PLACES = 4


def most_multiple(scenario: Scenario, catalog: Catalog, watch: Watch) -> float:
    """No plan within the limits of the scenario serves more than this multiple of its demand, up to the largest asked for."""
    largest = scenario.most_demand_scale / scenario.demand_scale
    if any(w.kind == "training_run" and not w.interruptible for w in scenario.workloads):
        return _by_bisection(scenario, catalog, largest, watch)
    question = prepare(at_multiple(scenario, largest), catalog)
    if {w for w, _ in question.screened.fits} < set(range(len(scenario.workloads))):
        return 0.0
    return largest * most_share(question.parameters, watch)


def most_share(p: Parameters, watch: Watch) -> float:
    """Largest share of the demand of a program that its relaxation serves within the limits, at most 1."""
    built = write(replace(p, whole_nodes=False)).built
    solved = solve_lp(_stretched(built.matrix, built), watch)
    return 0.0 if solved.x is None or solved.verdict != "optimal" else float(solved.x[-1])


def multiples(bound: float) -> Iterator[float]:
    """Multiples to try, from the bound downwards."""
    seen = set()
    for step in STEPS:
        multiple = np.floor(bound * (1 - step) * 10**PLACES) / 10**PLACES
        if multiple > 0 and multiple not in seen:
            seen.add(multiple)
            yield float(multiple)


def at_multiple(scenario: Scenario, multiple: float) -> Scenario:
    """The scenario with all its demand multiplied."""
    return scenario.model_copy(update={"demand_scale": scenario.demand_scale * multiple})


def _stretched(matrix: Matrix, built: Built) -> Matrix:
    """max θ ≤ 1, with θ in the place of the ones on the right of rows that ask for demand."""
    asks = np.array([family in ASKING for family, _ in built.program.keys])
    share = np.where(asks & (matrix.row_lower > 0) & np.isfinite(matrix.row_lower), matrix.row_lower, 0.0)
    asking = np.flatnonzero(share > 0)
    wide = with_column(matrix.relaxed(), -1.0, asking, -share[asking])
    low = np.where(share > 0, 0.0, matrix.row_lower)
    return replace(wide, upper=np.append(matrix.upper, 1.0)).with_sides(low, matrix.row_upper)


def _by_bisection(scenario: Scenario, catalog: Catalog, largest: float, watch: Watch) -> float:
    low, high = 0.0, largest
    if _possible(at_multiple(scenario, high), catalog, watch):
        return high
    while high - low > PRECISION * high and not watch.over and high > 1e-6:
        middle = (low * high) ** 0.5 if low > 0 else high / 4
        low, high = (middle, high) if _possible(at_multiple(scenario, middle), catalog, watch) else (low, middle)
    return high


def _possible(scenario: Scenario, catalog: Catalog, watch: Watch) -> bool:
    """Whether the relaxation has a point."""
    built = write(replace(prepare(scenario, catalog).parameters, whole_nodes=False)).built
    matrix = built.matrix
    return solve_lp(matrix.with_cost(np.zeros(matrix.columns)), watch).verdict == "optimal"
