"""Agreements, savings plans and blocks in the search: the reduction stays exact, bounds stay true, audits agree."""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest
from planning import EXACT
from pricing import priced_bound
from rival_worlds import CATALOG as RIVALS
from term_worlds import draw_terms

from planner.analysis.answer import answer
from planner.formulation.build import build
from planner.pipeline import Question, prepare, solve
from planner.search import routing as searching
from planner.search.bounds.lagrangian import Prices
from planner.search.bounds.pricing import SlicePricing
from planner.search.engine import Engine
from planner.search.options import DEFAULT
from planner.search.routing import search
from planner.sensitivity import limits_of, without
from planner.solver.highs import Solved, solve_lp
from planner.solver.outcome import Outcome
from planner.solver.relaxed import Relaxed
from planner.solver.watch import Watch

SMALL = 1e-6
REDUCED = range(0, 80, 20)
SEARCHED = range(200, 224, 6)
CLOSE = 1e-4


def least(question: Question) -> float | None:
    found = solve(question, EXACT, Watch())
    free = abs(found.outcome.objective) < 1e-6  # credits pay for all of it
    assert free or found.outcome.status in ("optimal", "infeasible")
    return None if found.present is None else float(found.present.npv)


@pytest.mark.parametrize("first", REDUCED)
def test_the_optimum_is_the_same_with_and_without_dominated_options(first: int) -> None:
    compared = 0
    for seed in range(first, first + REDUCED.step):
        scenario = draw_terms(seed)
        reduced = prepare(scenario, RIVALS, reduced=True)
        if not reduced.assembled.dominated_by:
            continue
        expected, got = least(prepare(scenario, RIVALS, reduced=False)), least(reduced)
        assert (expected is None) == (got is None), f"seed {seed}"
        if expected is not None:
            compared += 1
            assert got == pytest.approx(expected, rel=1e-6, abs=1e-3), f"seed {seed}"
    assert compared >= 5


@pytest.mark.parametrize("first", REDUCED)
def test_the_second_accountant_agrees(first: int) -> None:
    plans = signed = covered = blocks = 0
    for seed in range(first, first + REDUCED.step):
        found = answer(draw_terms(seed), RIVALS, gap=EXACT, baselines=False)
        if found.plan is None:
            assert found.causes, f"seed {seed}"
            continue
        plans += 1
        assert found.plan.audit.agrees, f"seed {seed}: {found.plan.audit.discrepancies}"
        signed += any(record.level for record in found.plan.agreements)
        covered += bool(found.plan.covered)
        blocks += any(line.contract.startswith("block") for line in found.plan.lines)
    assert plans >= 10
    assert min(signed, covered, blocks) >= 1


@pytest.fixture
def priced(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[float]]:
    """Lagrangian bounds at the prices of the search and at others, of the program with its tiers still open."""
    bounds: list[float] = []
    original = Engine._start

    def started(engine: Engine, relaxed: Solved) -> bool:
        if not original(engine, relaxed):
            return False
        apart, r = (
            SlicePricing(
                engine.relaxation, engine.layout, engine.relaxed, engine.gap, engine.watch, engine.options
            ).apart,
            np.random.default_rng(1),
        )
        rows = apart.prices.rows * r.choice([0.0, 0.5, 1.0, 1.0, 1.3], size=len(apart.prices.rows))
        held = {row: usd * float(r.choice([0.0, 0.7, 1.0, 1.5])) for row, usd in apart.prices.held.items()}
        for prices in (apart.prices, Prices(rows, held)):
            bounds.append(priced_bound(apart.blocks, prices, engine.watch, SMALL))
        return True

    monkeypatch.setattr(Engine, "_start", started)
    return bounds


def direct(question: Question) -> Outcome:
    """Branch and bound on the whole program."""
    return searching.solved_directly(build(question.parameters).matrix, EXACT, Watch())


@pytest.mark.parametrize("first", SEARCHED)
def test_bounds_hold_with_tiers_open_and_with_the_tree(
    first: int, priced: list[float], monkeypatch: pytest.MonkeyPatch
) -> None:
    plans = proven = 0
    for seed in range(first, first + SEARCHED.step):
        question = prepare(draw_terms(seed, demand=4.0), RIVALS)
        truth = direct(question)
        p = question.parameters
        for tree, medium in ((True, 6000), (False, 0)):
            options = replace(DEFAULT, direct_integers=-1, medium_integers=medium)
            monkeypatch.setattr(searching, "DEFAULT", options)
            priced.clear()
            found = search(build(p), p, CLOSE, Watch()) if tree else without_tree(question)
            if truth.x is None:
                assert found.x is None, f"seed {seed}: a plan where there is none"
                continue
            dust = SMALL * max(abs(truth.objective), 1e-3)
            assert found.status != "infeasible", f"seed {seed}: a plan exists"
            assert found.bound <= truth.objective + dust, f"seed {seed}"
            if not tree or not p.agreements:
                assert all(bound <= truth.objective + dust for bound in priced), f"seed {seed}"
            if found.x is not None and tree:
                plans += 1
                assert found.objective >= truth.objective - dust, f"seed {seed}"
                assert found.objective <= truth.objective + 1e-3 * abs(truth.objective), f"seed {seed}"
                proven += found.status == "optimal"
    assert plans >= 3
    assert proven >= plans - 2


def without_tree(question: Question) -> Outcome:
    """The ordinary search on the whole program: what it prices are bounds of all of it."""
    p = question.parameters
    built = build(p)
    layout = searching.layout_of(built, p, built.matrix)
    return Engine(built.matrix, layout, SMALL, Watch(), searching.DEFAULT).run()


def test_the_relaxation_that_a_tree_over_tiers_leaves_bounds_what_is_asked_beside_its_plan() -> None:
    """Its further rows hold for some best plan under every other limit: it lies between the plain one and the best plan."""
    asked = tighter = 0
    for seed in range(300, 340, 8):
        question = prepare(draw_terms(seed, demand=4.0), RIVALS)
        p = question.parameters
        built = build(p)
        outcome = search(built, p, CLOSE, Watch(), options=replace(DEFAULT, direct_integers=-1))
        if outcome.x is None or outcome.live is None:
            continue
        kept = Relaxed(outcome.matrix, Watch(), outcome.live)
        for limit in limits_of(built, p):
            if limit.family == "demand":
                continue
            other = without(outcome.matrix, [limit])
            plain, mine = solve_lp(other.relaxed(), Watch()), kept.solve(other)
            best = searching.solved_directly(other, EXACT, Watch())
            assert mine.verdict == plain.verdict == "optimal", f"seed {seed}: {limit}"
            room = 1e-6 * max(abs(best.objective), 1.0)
            assert plain.objective - room <= mine.objective <= best.objective + room, f"seed {seed}: {limit}"
            asked += 1
            tighter += mine.objective > plain.objective + room
    assert asked >= 4, asked
    assert tighter >= 1, tighter
