"""The decomposing search against branch and bound on small programs, where both can be had: its bounds are true."""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest
from markets import draw_market, two_accelerators
from planning import EXACT, a_scenario, question_with_replicas
from pricing import priced_bound
from rival_worlds import CATALOG as RIVALS
from rival_worlds import draw_rivals
from small_worlds import draw_world, scenario_fields

from planner.formulation.build import build
from planner.pipeline import Question, prepare
from planner.search import routing as searching
from planner.search.bounds.lagrangian import Prices
from planner.search.bounds.pricing import SlicePricing
from planner.search.engine import Engine
from planner.search.options import DEFAULT
from planner.search.routing import search
from planner.solver.highs import Solved
from planner.solver.outcome import Outcome
from planner.solver.watch import Watch

CATALOG = two_accelerators()
SMALL = 1e-6


def drawn(seed: int) -> Question:
    if seed % 2:
        scenario, replicas = draw_market(seed)
        return question_with_replicas(scenario, replicas, reduced=True, catalog=CATALOG)
    return question_with_replicas(a_scenario(**scenario_fields(draw_world(seed))), {}, reduced=True)


def direct(question: Question) -> Outcome:
    return search(build(question.parameters), question.parameters, EXACT, Watch())


def decomposing(monkeypatch: pytest.MonkeyPatch, **changes: object) -> None:
    """From now on the search takes every program apart."""
    options = replace(DEFAULT, direct_integers=-1, medium_integers=0, tries_before_pricing=1, **changes)
    monkeypatch.setattr(searching, "DEFAULT", options)


def directly(monkeypatch: pytest.MonkeyPatch) -> None:
    """From now on every program goes to branch and bound as it is."""
    monkeypatch.setattr(searching, "DEFAULT", replace(DEFAULT, direct_integers=10**9))


@pytest.fixture
def priced(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[float]]:
    """Every bound that the search finds beside the relaxation: by pricing slices, by the tree over signings."""
    bounds: list[float] = []
    original = Engine._raise

    def recorded(engine: Engine, bound: float) -> None:
        bounds.append(bound)
        original(engine, bound)

    monkeypatch.setattr(Engine, "_raise", recorded)
    return bounds


@pytest.mark.parametrize("first", range(0, 80, 10))
def test_bound_optimum_and_plan_stand_in_order(
    first: int, priced: list[float], monkeypatch: pytest.MonkeyPatch
) -> None:
    count = 0
    for seed in range(first, first + 10):
        question = drawn(seed)
        directly(monkeypatch)
        truth = direct(question)
        decomposing(monkeypatch)
        priced.clear()
        found = search(build(question.parameters), question.parameters, SMALL, Watch())
        if truth.x is None:
            assert found.x is None, f"seed {seed}: a plan where there is none"
            continue
        dust = SMALL * max(abs(truth.objective), 1e-3)
        assert found.status != "infeasible", f"seed {seed}: a plan exists"
        assert found.bound <= truth.objective + dust, f"seed {seed}"
        assert all(bound <= truth.objective + dust for bound in priced), f"seed {seed}"
        count += len(priced)
        if found.x is not None:
            assert found.objective >= truth.objective - dust, f"seed {seed}"
            assert_feasible(found, seed)
    assert count > 0, "no bound was priced: nothing was proved"


# --- with runs, failures, places, data, credits and limits on cash -----------------------------------


def rivals(seed: int) -> Question:
    return prepare(draw_rivals(seed, periods=2, demand=4.0 if seed % 4 else 8.0), RIVALS)


@pytest.fixture
def priced_at_any_prices(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[float]]:
    """Lagrangian bounds at the prices of the search, and at others of the same sign: these are bounds too."""
    bounds: list[float] = []
    original = Engine._start

    def started(engine: Engine, relaxed: Solved) -> bool:
        if not original(engine, relaxed):
            return False
        pricing = SlicePricing(
            engine.relaxation, engine.layout, engine.relaxed, engine.gap, engine.watch, engine.options
        )
        apart = pricing.apart
        parts = sum(pricing.part_of(place, apart.program(place)) for place in apart.places)
        assert abs(apart.constant + parts - relaxed.objective) <= 1e-6 * max(abs(relaxed.objective), 1e-3)
        for number in range(3):
            r = np.random.default_rng(number)
            prices = apart.prices
            if number:
                rows = prices.rows * r.choice([0.0, 0.5, 1.0, 1.0, 1.3], size=len(prices.rows))
                held = {row: usd * float(r.choice([0.0, 0.7, 1.0, 1.0, 1.5])) for row, usd in prices.held.items()}
                prices = Prices(rows, held)
            bounds.append(priced_bound(apart.blocks, prices, engine.watch, SMALL))
        return True

    monkeypatch.setattr(Engine, "_start", started)
    return bounds


@pytest.mark.parametrize("first", range(0, 160, 40))
def test_bounds_are_true_with_every_family(
    first: int, priced_at_any_prices: list[float], monkeypatch: pytest.MonkeyPatch
) -> None:
    plans = bounds = 0
    for seed in range(first, first + 40):
        question = rivals(seed)
        directly(monkeypatch)
        truth = direct(question)
        decomposing(monkeypatch)
        priced_at_any_prices.clear()
        found = search(build(question.parameters), question.parameters, SMALL, Watch())
        if truth.x is None:
            assert found.x is None, f"seed {seed}: a plan where there is none"
            continue
        dust = SMALL * max(abs(truth.objective), 1e-3)
        assert found.status != "infeasible", f"seed {seed}: a plan exists"
        assert found.bound <= truth.objective + dust, f"seed {seed}"
        for bound in priced_at_any_prices:
            assert bound <= truth.objective + dust, f"seed {seed}"
            bounds += bound > -np.inf
        if found.x is not None:
            plans += 1
            assert found.objective >= truth.bound - dust, f"seed {seed}"
            assert_feasible(found, seed)
    assert bounds >= 20
    assert plans >= 10


def assert_feasible(found: Outcome, seed: int) -> None:
    assert found.x is not None
    matrix, x = found.matrix, found.x
    activity = matrix.activity(x)
    assert np.all(activity >= matrix.row_lower - 1e-6 * np.maximum(1, np.abs(activity))), f"seed {seed}"
    assert np.all(activity <= matrix.row_upper + 1e-6 * np.maximum(1, np.abs(activity))), f"seed {seed}"
    assert np.all(x >= matrix.lower - 1e-7), f"seed {seed}"
    assert np.all(x <= matrix.upper + 1e-7), f"seed {seed}"
    assert np.all(np.abs(x - np.round(x))[matrix.integer] <= 1e-7), f"seed {seed}"
