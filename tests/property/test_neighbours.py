"""A program solved after its neighbours has the optimum it has alone, whatever changed in between.

Small programs go to branch and bound as they are; here the limit is lowered, so that the last basis, its cuts
and borrowed plans are what is tested.
"""

import random
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from planning import EMPTY, a_scenario, an_offer, commitment, on_demand, online, solution
from rival_worlds import CATALOG as RIVALS
from rival_worlds import draw_rivals
from small_worlds import draw_world, scenario_fields

from planner.analysis.plan.plan import plan_of
from planner.analysis.variants import market_facts, questions_of
from planner.audit.checks import audit
from planner.domain.inputs.catalog import Catalog
from planner.domain.scenario.scenario import Scenario
from planner.formulation.arrays import write
from planner.formulation.build import build
from planner.pipeline import prepare, solution_of, solve_among, unbounded
from planner.search.neighbouring.known_plans import known_plan
from planner.search.neighbouring.neighbours import Neighbours
from planner.search.options import DEFAULT, FIRST
from planner.solver.matrix import matrix_of
from planner.solver.watch import Watch

GAP = 1e-3
SEEDS = st.integers(min_value=0, max_value=10**6)


def few(examples: int) -> Any:
    return settings(
        derandomize=True,
        database=None,
        deadline=None,
        max_examples=examples,
        phases=(Phase.generate, Phase.shrink),
        suppress_health_check=list(HealthCheck),
    )


def changed(scenario: Scenario, r: random.Random) -> Scenario:
    """The scenario with one or two fields set otherwise."""
    fields = scenario.model_dump(mode="json")
    for _ in range(r.choice([1, 1, 2])):
        kind = r.choice(["scale", "rate", "terminal", "price", "cap", "budget", "work", "growth"])
        offer = r.choice(fields["offers"]) if fields["offers"] else None
        if kind == "scale":
            fields["demand_scale"] = r.choice([0.6, 0.9, 1.1, 1.5])
        elif kind == "rate":
            fields["discount_rate"] = r.choice([0.0, 0.05, 0.2, 0.4])
        elif kind == "terminal":
            fields["terminal"] = r.choice(["market", "annuity", "liability"])
        elif kind == "price" and offer and offer.get("contracts"):
            contract = r.choice(offer["contracts"])
            contract["usd_per_hour"] = round(contract["usd_per_hour"] * r.uniform(0.4, 1.8) + 0.01, 4)
        elif kind == "cap" and offer and "max_nodes" in offer:
            offer["max_nodes"] = r.choice([None, 2, 4, 8])
        elif kind == "budget":
            fields["budget_total_usd"] = r.choice([None, 20_000.0, 100_000.0, 1e6])
        elif kind == "growth":
            fields["price_changes"] = [{"per_year": r.choice([-0.3, 0.1])}]
        elif kind == "work" and isinstance(fields["workloads"][0].get("demand_per_hour"), float):
            fields["workloads"][0]["demand_per_hour"] *= r.uniform(0.5, 1.5)
    return Scenario.model_validate(fields)


def agree(scenarios: list[Scenario], catalog: Catalog = EMPTY) -> int:
    """Every scenario solved after the others costs what it costs alone; how many are proven to be within the gap."""
    neighbours = Neighbours(replace(DEFAULT, direct_integers=-1))
    plans = 0
    for scenario, question in zip(scenarios, questions_of(scenarios, catalog), strict=True):
        written = write(question.parameters)
        outcome = neighbours.search(written.built, question.parameters, GAP, Watch())
        found = solution_of(question, written.built, outcome)
        alone = solution(scenario, gap=GAP / 2, catalog=catalog)
        if alone.present is None:
            assert alone.outcome.status == "infeasible"
            assert outcome.status == "infeasible"
            continue
        assert found.present is not None, outcome.status
        least, most = alone.outcome.bound * 1000, float(alone.present.npv)
        dust = 1e-6 * abs(most) + 1e-3
        npv, bound = float(found.present.npv), outcome.bound * 1000
        assert bound <= most + dust
        assert least - dust <= npv
        if outcome.status == "optimal":
            assert npv <= most + GAP * abs(npv) + dust
            plans += 1
    return plans


@few(14)
@given(SEEDS)
def test_small_worlds_cost_what_they_cost_alone(seed: int) -> None:
    r = random.Random(seed)
    first = a_scenario(**scenario_fields(draw_world(seed)))
    agree([first, *(changed(first, r) for _ in range(4)), first])


@few(14)
@given(SEEDS)
def test_a_first_answer_is_a_plan_and_no_worse_than_what_is_known(seed: int) -> None:
    """Among the options of a known plan: at its cost where nothing changed, a plan of the whole wherever it is found."""
    r = random.Random(seed)
    first = a_scenario(**scenario_fields(draw_world(seed)))
    scenarios = [first, *(changed(first, r) for _ in range(3))]
    sketches, ids = Neighbours(replace(FIRST, direct_integers=-1)), frozenset[str]()
    for scenario, question in zip(scenarios, questions_of(scenarios, EMPTY), strict=True):
        alone = solution(scenario, gap=GAP)
        found = solve_among(question, ids, 0.0, Watch(), sketches)
        if found.present is None:
            continue
        assert alone.present is not None
        assert float(found.present.npv) >= alone.outcome.bound * 1000 - 1e-6 * abs(float(alone.present.npv)) - 1e-3
        unbound = unbounded(found)
        assert unbound.outcome.bound == -np.inf, "nothing is said of other options"
        assert audit(plan_of(unbound, GAP, (), others=False)).agrees
    whole = solution(first, gap=GAP)
    if whole.present is not None and whole.outcome.x is not None:
        p = whole.question.parameters
        sketches.plans = (known_plan(whole.built, p, whole.outcome.x),)
        ids = frozenset(member.option.id for member in p.options)
        again = solve_among(whole.question, ids, 0.0, Watch(), sketches)
        assert again.present is not None, "what is known is a plan of it"
        assert float(again.present.npv) <= float(whole.present.npv) + 1e-6 * abs(float(whole.present.npv)) + 1e-3


@few(2)
@given(SEEDS)
def test_worlds_with_all_rules_cost_what_they_cost_alone(seed: int) -> None:
    r = random.Random(seed)
    first = draw_rivals(seed, periods=2, demand=4.0)
    agree([first, *(changed(first, r) for _ in range(2))], RIVALS)


@pytest.mark.exhaustive
def test_a_line_of_demands_and_prices_keeps_its_gap() -> None:
    """Whole replicas, whole nodes, two contracts: the case that cuts, the tree and the polishing are for."""
    r = random.Random(7)
    demand = [[round(r.uniform(300, 900), 2) for _ in range(3)] for _ in range(4)]
    shape = [{"hours": 730, "slices": [{"name": str(s), "hours": 730 / 3} for s in range(3)]} for _ in range(4)]

    def at(scale: float, rate: float) -> Scenario:
        offers = [
            an_offer("small", {"chat": 1.3}, on_demand(10.0), commitment(6.0, 3), commitment(5.5, 4)),
            an_offer("large", {"chat": 4.7}, on_demand(31.0), commitment(21.0, 3)),
        ]
        return a_scenario(
            periods=shape, discount_rate=rate, demand_scale=scale, workloads=[online("chat", demand)], offers=offers
        )

    grid = [at(scale, rate) for scale in (0.9, 1.15) for rate in (0.0, 0.3)]
    assert agree(grid) == 4


@few(20)
@given(SEEDS)
def test_written_programs_are_the_built_ones(seed: int) -> None:
    for scenario in (draw_rivals(seed, periods=2, demand=4.0), a_scenario(**scenario_fields(draw_world(seed)))):
        p = prepare(scenario, RIVALS).parameters
        built, (sheet, written) = build(p), write(p)
        matrix = matrix_of(built.program.problem, built.columns)
        order = built.order
        place = np.array([order[column.name] for column in sheet.columns], dtype=np.int64)
        assert sheet.program.keys == built.program.keys
        for name in ("cost", "lower", "upper", "integer"):
            assert np.array_equal(getattr(written, name), getattr(matrix, name)[place]), name
        assert np.array_equal(written.row_lower, matrix.row_lower)
        assert np.array_equal(written.row_upper, matrix.row_upper)
        for row in range(matrix.rows):
            theirs = slice(matrix.start[row], matrix.start[row + 1])
            ours = slice(written.start[row], written.start[row + 1])
            entries = dict(zip(matrix.index[theirs].tolist(), matrix.value[theirs].tolist(), strict=True))
            assert dict(zip(place[written.index[ours]].tolist(), written.value[ours].tolist(), strict=True)) == entries


@few(20)
@given(SEEDS)
def test_equal_market_facts_mean_equal_markets_and_fits(seed: int) -> None:
    r = random.Random(seed)
    first = draw_rivals(seed, periods=2, demand=4.0)
    mine = prepare(first, RIVALS)
    for _ in range(3):
        other = changed(first, r)
        if market_facts(other) == market_facts(first):
            theirs = prepare(other, RIVALS)
            assert theirs.market == mine.market
            assert theirs.screened.fits == mine.screened.fits
