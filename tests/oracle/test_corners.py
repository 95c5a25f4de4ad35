"""Corners of the semantics that must hold; those marked are known not to, with the reason."""

from dataclasses import replace

import pytest
from markets import draw_market, two_accelerators
from planning import (
    EXACT,
    a_scenario,
    an_offer,
    answered,
    commitment,
    flexible,
    months,
    on_demand,
    online,
    optimum,
    planned,
    question_with_replicas,
    spot,
)
from pydantic import ValidationError
from scaling import scaled_case
from to_scenario import scenario_of

from planner.domain.scenario.scenario import Scenario
from planner.formulation.build import build
from planner.search import routing as searching
from planner.search.options import DEFAULT
from planner.solver.watch import Watch

HOURS = 730.0


def test_a_holding_that_serves_nothing_is_still_owed() -> None:
    scenario = a_scenario(
        periods=months(3),
        workloads=[online("w", [1.0, 2.0, 3.0])],
        held=[{"name": "old", "throughput": {"other": 1}, "nodes": 3, "periods": 2, "usd_per_hour": 1}],
        offers=[an_offer("pool", {"w": 1}, on_demand(1.0))],
    )
    assert planned(scenario).npv_usd == pytest.approx(HOURS * (6 + 3 * 2))


@pytest.mark.parametrize(("demand", "rate"), [(1e-7, 100.0), (1e9, 10.0)])
def test_demand_of_any_size_is_answered(demand: float, rate: float) -> None:
    scenario = a_scenario(
        periods=months(1),
        workloads=[online("w", [demand])],
        offers=[an_offer("pool", {"w": rate}, on_demand(1.0))],
    )
    assert optimum(scenario) == pytest.approx(HOURS * max(demand / rate, 1.0))


def test_slices_of_any_length_are_answered() -> None:
    slices = [{"name": "moment", "hours": 1e-4}, {"name": "rest", "hours": 729.9999}]
    scenario = a_scenario(
        periods=[{"hours": 730, "slices": slices}],
        workloads=[flexible("train", [5.0])],
        offers=[an_offer("pool", {"train": 1}, on_demand(1.0))],
    )
    assert optimum(scenario) == pytest.approx(HOURS * 5, rel=1e-3)


def test_a_whole_spot_replica_may_serve_a_share_of_the_work() -> None:
    """Five units, 60% may be spot: one spot node (of 8) serves three, one other node (of 2) serves two."""
    scenario = a_scenario(
        periods=months(1),
        replicas="whole",
        workloads=[online("w", [5.0], max_spot_share=0.6)],
        offers=[an_offer("chance", {"w": 8}, spot(0.5)), an_offer("firm", {"w": 2}, on_demand(2.0))],
    )
    assert optimum(scenario) == pytest.approx(HOURS * (0.5 + 2.0))


@pytest.mark.parametrize("kind", ["on_demand", "commitment"])
def test_more_exact_nodes_than_the_maximum_are_refused(kind: str) -> None:
    contract = on_demand(1.0, exact_nodes=5, max_nodes=2)
    if kind == "commitment":
        contract = commitment(1.0, "horizon", exact_nodes=5, max_nodes=2)
    fields = {
        "periods": months(1),
        "workloads": [online("w", [1.0])],
        "offers": [an_offer("pool", {"w": 1}, contract)],
    }
    with pytest.raises(ValidationError):
        a_scenario(**fields)


def test_no_demand_needs_no_offer() -> None:
    scenario = a_scenario(
        periods=months(1),
        workloads=[online("idle", [0.0]), online("w", [1.0])],
        offers=[an_offer("pool", {"w": 1}, on_demand(1.0))],
    )
    assert optimum(scenario) == pytest.approx(HOURS)
    assert answered(scenario).stop == "done"


def test_a_price_below_the_smallest_amount_is_refused() -> None:
    with pytest.raises(ValidationError):
        a_scenario(
            periods=months(1),
            workloads=[online("w", [1.0])],
            offers=[an_offer("pool", {"w": 1}, on_demand(1e-7))],
        )


@pytest.mark.parametrize("seed", [11, 21, 25, 39, 73, 75])
def test_the_decomposing_search_finds_a_plan_where_there_is_one(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    scenario, replicas = draw_market(seed)
    question = question_with_replicas(scenario, replicas, reduced=True, catalog=two_accelerators())
    assert searching.search(build(question.parameters), question.parameters, EXACT, Watch()).x is not None
    monkeypatch.setattr(searching, "DEFAULT", replace(DEFAULT, direct_integers=-1))
    assert searching.search(build(question.parameters), question.parameters, 1e-3, Watch()).x is not None


@pytest.mark.exhaustive
@pytest.mark.parametrize("name", ["whole replicas, terms of three", "minimum of four, terms of three", "tight budget"])
def test_a_middle_sized_instance_with_a_plan_gets_one(name: str) -> None:
    """Sixty offers, twelve periods, five workloads; the optima are about $4.46m, $4.43m and $4.59m."""
    fields = scenario_of(scaled_case(60, 12, 5, 2))
    if name == "tight budget":
        fields["budget_total_usd"] = 4_599_000.0
    else:
        for offer in fields["offers"]:
            for contract in offer["contracts"]:
                if contract["kind"] == "commitment":
                    contract["term_periods"] = 3
                    contract["min_nodes"] = 4 if name.startswith("minimum") else 1
    if name.startswith("whole"):
        fields["replicas"] = "whole"
    found = answered(Scenario.model_validate(fields), gap=0.01)
    assert found.stop == "done"
    assert found.plan is not None
    assert found.plan.audit.agrees
