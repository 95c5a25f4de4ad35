"""What is asked beside a solved program is asked of the same program: narrowed, kept alive, or at other costs."""

from dataclasses import replace

import numpy as np
import pytest
from mixed_worlds import draw_mixed
from planning import EMPTY, a_scenario

from planner.formulation import repriced, write
from planner.pipeline import Question, on_scenario, prepare
from planner.search import search, seek
from planner.search.neighbouring.nearby import Nearby, narrowed
from planner.search.options import NEARBY, Options
from planner.search.structure import layout_of
from planner.solver import Relaxed, Watch, solve_lp, solve_mip

WATCH = Watch()


def drawn(seed: int) -> Question:
    return prepare(a_scenario(**draw_mixed(seed)), EMPTY)


def test_a_narrowed_program_has_the_plans_of_the_whole_one_with_its_columns_closed() -> None:
    random, compared, infeasible, searched = np.random.default_rng(5), 0, 0, 0
    for seed in range(60):
        p = drawn(seed).parameters
        built = write(p).built
        matrix, layout = built.matrix, layout_of(built, p, built.matrix)
        first = solve_mip(matrix, WATCH, gap=1e-6, nodes=500)
        if first.x is None:
            continue
        able = np.setdiff1d(np.flatnonzero(matrix.lower == 0), [*layout.strategic, *layout.settled])
        closed = random.choice(able, size=len(able) // 3, replace=False).astype(np.int32)
        values = np.round(first.x[layout.strategic])
        asked = matrix.bounded(layout.strategic, values, values).bounded(
            closed, np.zeros(len(closed)), np.zeros(len(closed))
        )
        whole, part = solve_mip(asked, WATCH, gap=1e-9, nodes=2000), narrowed(matrix, layout, closed, first.x)
        alone = None if part is None else solve_mip(part.matrix, WATCH, gap=1e-9, nodes=2000)
        if whole.x is None:
            infeasible += 1
            assert alone is None or alone.x is None
            continue
        compared += 1
        assert part is not None
        assert alone is not None
        assert alone.objective == pytest.approx(whole.objective, rel=1e-6, abs=1e-6)
        assert part.layout.column_period.shape == (part.matrix.columns,)
        assert all(part.matrix.cost[j] == matrix.cost[part.columns[j]] for mine in part.layout.signings for j in mine)
        most = whole.objective * 1.01 + 0.01
        for options in (NEARBY, replace(NEARBY, direct_integers=0)):
            found = Nearby(built, p, matrix, first.x, WATCH, options).without(closed, most)
            if found is None:
                continue
            searched += options.direct_integers == 0
            assert float(matrix.cost @ found) <= most
            assert np.all(found[closed] == 0)
            activity = matrix.activity(found)
            assert np.all(activity >= matrix.row_lower - 1e-5)
            assert np.all(activity <= matrix.row_upper + 1e-5)
    assert min(compared, 3 * infeasible, 2 * searched) >= 15, (compared, infeasible, searched)


def test_a_relaxation_that_is_kept_alive_answers_like_a_new_one() -> None:
    random = np.random.default_rng(6)
    for seed in range(20):
        matrix = write(drawn(seed).parameters).matrix
        live = Relaxed(matrix, WATCH)
        for _ in range(4):
            closed = random.random(matrix.columns) < 0.1
            free = random.random(matrix.rows) < 0.1
            asked = replace(
                matrix,
                upper=np.where(closed & (matrix.lower == 0), 0.0, matrix.upper),
                row_lower=np.where(free, -np.inf, matrix.row_lower),
                cost=matrix.cost * random.uniform(0.9, 1.1, matrix.columns),
            )
            mine, new = live.solve(asked), solve_lp(asked.relaxed(), WATCH)
            assert mine.verdict == new.verdict
            assert mine.objective == pytest.approx(new.objective, rel=1e-7, abs=1e-7)


def test_a_relaxation_that_a_search_left_alive_is_that_of_the_program_with_its_cuts() -> None:
    limit = Options(direct_integers=0)
    asked = 0
    for seed in range(30):
        p = drawn(seed).parameters
        built = write(p).built
        outcome = search(built, p, 1e-6, WATCH, options=limit)
        if outcome.live is None or outcome.x is None:
            continue
        asked += 1
        plain, tight = solve_lp(outcome.matrix.relaxed(), WATCH), Relaxed(outcome.matrix, WATCH, outcome.live).solve()
        room = 1e-6 * max(abs(outcome.objective), 1.0)
        assert plain.objective - room <= tight.objective <= outcome.objective + room
    assert asked >= 10, asked


def test_a_search_from_the_plan_at_other_costs_finds_no_dearer_one_and_bounds_all() -> None:
    limit, random = replace(NEARBY, direct_integers=0), np.random.default_rng(8)
    asked = better = 0
    for seed in range(30):
        p = drawn(seed).parameters
        built = write(p).built
        first = search(built, p, 1e-6, WATCH, options=Options(direct_integers=0))
        if first.live is None or first.x is None:
            continue
        asked += 1
        other = first.matrix.with_cost(first.matrix.cost * random.uniform(0.3, 1.7, first.matrix.columns))
        relaxed = Relaxed(first.matrix, WATCH, first.live, first.cuts)
        relaxed.solve(other)
        start = built._replace(written=other, start=first.x, relaxed=relaxed.left())
        found, best = seek(start, p, 1e-3, WATCH, options=limit), solve_mip(other, WATCH, gap=1e-6, nodes=2000)
        room, known = 1e-6 * max(abs(best.objective), 1.0), float(other.cost @ first.x)
        assert found.bound <= best.objective + room
        assert best.bound - room <= found.objective <= known + room
        better += found.objective < known - room
    assert min(asked, 2 * better) >= 10, (asked, better)


def test_cpu_seconds_of_a_part_end_it_and_nothing_else() -> None:
    watch = Watch()
    with watch.within(0.02):
        assert not watch.over
        sum(range(10**7))
        assert watch.over
    assert not watch.over


def test_a_program_at_other_present_values_is_the_one_written_anew() -> None:
    same = 0
    for seed in range(30):
        question = drawn(seed)
        other = on_scenario(question, question.scenario.model_copy(update={"terminal": "market"})).parameters
        built = write(question.parameters).built
        mine, new = repriced(built, question.parameters, other), write(other).matrix
        if mine is None:
            continue
        same += 1
        for field in ("cost", "lower", "upper", "start", "index", "value", "row_lower", "row_upper"):
            np.testing.assert_array_equal(getattr(mine.matrix, field), getattr(new, field))
    assert same >= 15, same
