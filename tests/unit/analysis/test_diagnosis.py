"""Ways out of scenarios without a plan: as small as they may be, solved, and the limits that exclude one another."""

import pytest
from planning import EMPTY, a_scenario, an_offer, answered, commitment, months, on_demand, online, optimum
from small_worlds import draw_world, scenario_fields

from planner.analysis.answer import answer
from planner.analysis.infeasible.amounts import _enough
from planner.analysis.infeasible.diagnosis import diagnose, levers_of
from planner.analysis.infeasible.levers.levers import STATED, Lever
from planner.analysis.infeasible.oracle import Possible
from planner.analysis.infeasible.prechecks import prechecks
from planner.analysis.infeasible.settings import changed
from planner.domain.inputs.catalog import Catalog
from planner.domain.records.findings import Diagnosis
from planner.domain.scenario.scenario import Scenario
from planner.inputs.catalog.load import load_catalog
from planner.pipeline import prepare
from planner.solver.watch import Watch

pytestmark = pytest.mark.slow

HOURS = 3 * 730
"""Of the three months of these scenarios."""


def diagnosed(scenario: Scenario) -> Diagnosis:
    found = answered(scenario)
    assert found.stop == "infeasible"
    return diagnose(scenario, EMPTY, found.causes, Watch())


def four_nodes(**fields: object) -> Scenario:
    """31 units an hour on nodes of 10: four nodes, at 2 dollars an hour."""
    fields.setdefault("offers", [an_offer("o", {"chat": 10}, on_demand(2.0))])
    return a_scenario(periods=months(3), workloads=[online("chat", 31.0)], **fields)


def test_a_budget_is_raised_to_the_cent_that_is_needed() -> None:
    """4 nodes x $2 x 2,190 h = $17,520."""
    first = diagnosed(four_nodes(budget_total_usd=5000)).repairs[0]
    assert first.change == "raise `budget_total_usd`"
    assert first.set["budget_total_usd"] == pytest.approx(17_520, abs=0.05)
    assert first.npv_usd == pytest.approx(4 * 2 * HOURS)


def test_only_the_period_that_falls_short_is_raised() -> None:
    """Each month costs 4 x $2 x 730 = $5,840; the second may cost $3,000."""
    first = diagnosed(four_nodes(budget_per_period_usd=[6000, 3000, 6000])).repairs[0]
    assert first.set["budget_per_period_usd"] == pytest.approx([6000, 5840, 6000], abs=0.05)
    assert first.when == "p1"


def test_a_cap_is_raised_to_the_node_that_is_needed() -> None:
    offers = [an_offer("o", {"chat": 10}, on_demand(2.0, max_nodes=2))]
    found = diagnosed(four_nodes(offers=offers))
    assert found.repairs[0].set == {"offers.o.contracts.0.max_nodes": 4}
    assert found.repairs[0].by == "from 2 nodes to 4 nodes"


def test_less_demand_is_a_way_out_too() -> None:
    """Two nodes serve 20 of 31 units an hour: 64.5%."""
    offers = [an_offer("o", {"chat": 10}, on_demand(2.0, max_nodes=2))]
    less = next(r for r in diagnosed(four_nodes(offers=offers)).repairs if "demand" in r.change)
    assert less.set["workloads.chat.demand_per_hour"] == pytest.approx(20.0, rel=2e-3)
    assert less.set["workloads.chat.demand_per_hour"] <= 20.0


def test_two_limits_that_must_both_give_way_do_so_together() -> None:
    """Two nodes at most, and money for one month of four."""
    offers = [an_offer("o", {"chat": 10}, on_demand(2.0, max_nodes=2))]
    first = diagnosed(four_nodes(offers=offers, budget_total_usd=6000)).repairs[0]
    assert first.set["offers.o.contracts.0.max_nodes"] == 4
    assert first.set["budget_total_usd"] == pytest.approx(17_520, abs=0.05)


def test_limits_that_exclude_one_another_are_all_needed_for_it() -> None:
    """A cap of two nodes on one offer and a delivery of one month on the other: either may go."""
    offers = [
        an_offer("o", {"chat": 10}, on_demand(2.0, max_nodes=2)),
        an_offer("late", {"chat": 10}, commitment(1.0, 3, lead_periods=1)),
    ]
    scenario = four_nodes(offers=offers, budget_total_usd=1e6)
    found = diagnosed(scenario)
    assert {limit.path for limit in found.conflict} == {
        "offers.o.contracts.0.max_nodes",
        "offers.late.contracts.0.lead_periods",
    }
    levers = levers_of(prepare(scenario, EMPTY))
    for lever in levers:
        if lever.path[-1] in ("max_nodes", "lead_periods"):
            assert optimum(changed(scenario, lever.free)) is not None


@pytest.mark.parametrize("seed", range(60))
def test_what_has_a_plan_is_never_called_impossible_and_what_has_none_is_mended(seed: int) -> None:
    scenario = a_scenario(**scenario_fields(draw_world(seed)))
    question = prepare(scenario, EMPTY)
    best = optimum(scenario)
    assert Possible(scenario, EMPTY, Watch())({}) == (best is not None)
    if best is not None:
        assert prechecks(question.parameters) == ()
        return
    found = diagnosed(scenario)
    assert found.causes
    assert found.repairs
    for repair in found.repairs:
        assert repair.npv_usd is not None


@pytest.mark.parametrize("seed", range(40))
def test_freeing_a_limit_leaves_a_plan_and_never_costs_more(seed: int) -> None:
    """The promise the searches rest on. (Earlier delivery is paid earlier, and may be signed at another day's price.)"""
    scenario = a_scenario(**scenario_fields(draw_world(seed)))
    best = optimum(scenario)
    if best is None:
        return
    for lever in levers_of(prepare(scenario, EMPTY)):
        relaxed = optimum(changed(scenario, lever.free))
        assert relaxed is not None, lever.said
        if lever.family not in ("demand", "lead"):
            assert relaxed <= best + 1e-6 * abs(best) + 1e-6, lever.said


def test_a_limit_as_a_cause_says_whom_it_hurts_and_what_would_do() -> None:
    """31 units an hour need 4 nodes of 10; 2 are allowed."""
    offers = [an_offer("o", {"chat": 10}, on_demand(2.0, max_nodes=2))]
    cause = diagnosed(four_nodes(offers=offers)).causes[-1]
    assert (cause.family, cause.workload, cause.period) == ("market", "chat", "p0")
    assert (cause.have, cause.need, cause.unit) == (2, 4, "nodes")
    assert cause.fix == "raise `offers.o.contracts.0.max_nodes` to 4 nodes"


def test_figures_carry_no_rounding_of_the_solver() -> None:
    offers = [an_offer("o", {"chat": 10}, on_demand(2.0), max_nodes=1)]
    assert diagnosed(four_nodes(offers=offers)).causes[0].have == 10.0


def test_no_cap_is_blamed_where_none_is_stated() -> None:
    spot = {"kind": "spot", "usd_per_hour": 1.0}
    workloads = [online("chat", 31.0, max_spot_share=0.3)]
    scenario = a_scenario(periods=months(3), workloads=workloads, offers=[an_offer("o", {"chat": 10}, spot)])
    causes = diagnosed(scenario).causes
    assert not any("caps" in cause.message + cause.fix for cause in causes)
    assert [cause.fix for cause in causes if cause.family == "spot"] == [
        "raise `workloads.chat.max_spot_share` to 100%"
    ]


def test_contracts_that_are_not_allowed_are_named() -> None:
    only = diagnosed(four_nodes(contracts=["commitment"])).causes
    assert [(cause.family, cause.fix.split("; or ")[-1]) for cause in only] == [("contract", "allow more `contracts`")]


def test_periods_that_fall_short_alike_are_told_once() -> None:
    """Each month costs at least 3.1 x $2 x 730 = $4,526 and may cost $3,000."""
    (cause,) = diagnosed(four_nodes(budget_per_period_usd=3000)).causes
    assert (cause.period, cause.have, cause.need) == ("p0", 3000, pytest.approx(4526))
    assert cause.message.endswith("and as much in 2 other periods")


def test_of_the_runway_the_first_and_the_largest_shortage_are_told() -> None:
    """At least $4,526 a month: $9,000 last into the second month, and most is missing at the end of the third."""
    causes = diagnosed(four_nodes(cash={"at_hand_usd": 9000})).causes
    assert [cause.period for cause in causes] == ["p1", "p2"]
    assert [cause.need for cause in causes] == pytest.approx([9052, 13_578])


def test_a_small_amount_is_raised_no_further_than_needed() -> None:
    """The step between amounts that are tried is a share of what stands there, not a whole unit of it."""
    lever = Lever("facility", ("x",), "power", STATED, {("x",): None}, at=lambda x: {("x",): x}, now=0.02)
    assert _enough(lever, lambda x: x >= 0.03) == pytest.approx(0.036)


LLAMA = {
    "name": "chat",
    "kind": "inference",
    "model": "llama-3.1-70b",
    "tokens_per_day": 1_000_000,
    "own_weights": True,
}


@pytest.fixture(scope="module")
def bundled() -> Catalog:
    return load_catalog(None)


def bundled_diagnosis(catalog: Catalog, **fields: object) -> Diagnosis:
    """Of the model on one cloud of the catalog, for a month."""
    scenario = Scenario(
        start="2027-01", months=1, clouds=["lambda"], hosted_apis="none", workloads=[{**LLAMA, **fields}]
    )
    found = answer(scenario, catalog, baselines=False)
    assert found.stop == "infeasible"
    return diagnose(scenario, catalog, found.causes, Watch())


def test_of_what_stands_in_the_way_that_is_told_which_helps(bundled: Catalog) -> None:
    """Most options fail by memory, but only the stated latency is out of the ordinary."""
    found = bundled_diagnosis(bundled, ttft_ms=1)
    assert [cause.family for cause in found.causes] == ["latency"]
    assert "TTFT <= 1 ms" in found.causes[0].message
    assert found.repairs[0].set == {"workloads.chat.ttft_ms": None, "workloads.chat.tpot_ms": None}
    assert found.repairs[0].by == "the limits of `interactive` (1 ms now)"


def test_requests_longer_than_the_context_are_shortened(bundled: Catalog) -> None:
    """The model reads 131,072 tokens; 256 of them are the answer."""
    found = bundled_diagnosis(bundled, input_tokens=10_000_000, latency="batch")
    assert found.causes[0].family == "context"
    assert found.repairs[0].set == {"workloads.chat.input_tokens": 130_816}


@pytest.mark.parametrize(("most", "share"), [(3, 0.3), (1, 0.1), (2, 0.2)])
def test_a_share_gives_way_to_the_round_number_that_does(most: int, share: float) -> None:
    """Of ten nodes half must be in Germany, where there are fewer: 30% is what three are, not 29.98%."""
    scenario = a_scenario(
        periods=months(1),
        replicas="whole",
        workloads=[online("w", 10, residency=[{"share": 0.5, "countries": ["DE"]}])],
        offers=[
            an_offer("de", {"w": 1}, on_demand(4.0, max_nodes=most), country="DE"),
            an_offer("us", {"w": 1}, on_demand(3.0), country="US"),
        ],
    )
    told = diagnose(scenario, EMPTY, answered(scenario).causes, Watch())
    ways = {path: value for repair in told.repairs for path, value in repair.set.items()}
    assert ways["workloads.w.residency.0.share"] == share
    assert ways["workloads.w.demand_per_hour"] == 2 * most
