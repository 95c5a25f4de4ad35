"""Training runs where rules of contracts and of memory meet them."""

from dataclasses import replace

import numpy as np
from planning import EXACT, a_scenario, an_offer, answered, months, on_demand

from planner.assembly.reduction.dominance import ReductionCandidate
from planner.assembly.reduction.reduce import reduce
from planner.domain.options.option import Option, Provenance
from planner.domain.options.terms import Terms
from planner.domain.time.horizon import Slice, periods_of
from planner.formulation.parameters.service import Service
from planner.search.bounds.lagrangian import slice_bound
from planner.solver import solve_mip
from planner.solver.matrix import Matrix
from planner.solver.watch import Watch

CALM = {"failures_per_accelerator_year": 0, "checkpoint_write_minutes": 0}


def test_a_run_starts_no_nodes_of_a_contract_of_which_exactly_so_many_run() -> None:
    """Half a period on four nodes; of the one contract exactly one node runs: there is no plan. Of four, there is."""
    run = {"name": "r", "kind": "training_run", "unit": "s", "work": 1460.0, "cluster_sizes": [4]} | CALM
    for nodes, stop in ((1, "infeasible"), (4, "done")):
        offer = an_offer("o", {"r": 1}, on_demand(1.0, exact_nodes=nodes))
        found = answered(a_scenario(periods=months(1), workloads=[run], offers=[offer]))
        assert found.stop == stop
        if found.plan is not None:
            assert found.plan.npv_usd == 730 * 4
            assert found.plan.audit.agrees


def test_a_pool_on_which_a_run_fits_on_fewer_nodes_is_not_superfluous() -> None:
    """Both do the same work an hour; the dearer one holds the run on one node, the cheaper one on four."""
    horizon = periods_of([730.0], ["p0"], [(Slice("all", 730.0),)])
    where = Provenance("row", "source", "2026-01", "listed")
    small = Option("a", "on_demand", "p", "r", "", "small", None, 8, "on demand", 1.0, where)
    large = replace(small, id="b", node_type="large", usd_per_hour=1.1)
    column = ((0, Service(2.0, 1.0, False)),)

    def candidate(option: Option, fewest: int) -> ReductionCandidate:
        terms = Terms((option.usd_per_hour,) * 2, (0.0, 0.0), 0, 0, (), (True,))
        return ReductionCandidate(option, terms, column, clusters=((0, fewest),))

    alike = [candidate(small, 4), candidate(large, 4)]
    assert reduce(alike, {}, "annuity", horizon, frozenset({0})).dominated_by == {1: 0}
    assert reduce([alike[0], candidate(large, 1)], {}, "annuity", horizon, frozenset({0})).dominated_by == {}


class Late(Watch):
    """A watch that is over as soon as a slice is solved, but lets every solve run."""

    @property
    def over(self) -> bool:
        return True


def test_the_bound_of_a_slice_keeps_nodes_that_runs_hold() -> None:
    """min x + 10 K, x + K ≥ 2.5, whole x ≥ 0 and −3 ≤ K: at best K = −3, x = 6, −24, though K is at its bound in the
    relaxation at a reduced cost of 9."""
    part = Matrix(
        cost=np.array([1.0, 10.0]),
        lower=np.array([0.0, -3.0]),
        upper=np.array([np.inf, np.inf]),
        integer=np.array([True, True]),
        start=np.array([0, 2], dtype=np.int32),
        index=np.array([0, 1], dtype=np.int32),
        value=np.array([1.0, 1.0]),
        row_lower=np.array([2.5]),
        row_upper=np.array([np.inf]),
    )
    truth = solve_mip(part, Watch(), gap=EXACT).objective
    assert truth == -24.0
    for watch in (Watch(), Late()):
        for scale in (1.0, 100.0):
            assert slice_bound(part, watch, 0.0, scale).bound <= truth + 1e-9


def test_a_slice_that_cannot_be_has_no_infinite_bound() -> None:
    """2 x = 1 with whole x, and x ≥ 1 with x ≤ 0: an infinite bound would call every plan optimal."""
    for entry, low, high, upper in ((2.0, 1.0, 1.0, np.inf), (1.0, 1.0, np.inf, 0.0)):
        part = Matrix(
            cost=np.array([1.0]),
            lower=np.array([0.0]),
            upper=np.array([upper]),
            integer=np.array([True]),
            start=np.array([0, 1], dtype=np.int32),
            index=np.array([0], dtype=np.int32),
            value=np.array([entry]),
            row_lower=np.array([low]),
            row_upper=np.array([high]),
        )
        assert slice_bound(part, Watch(), 0.0, 1.0).bound < 1.0
