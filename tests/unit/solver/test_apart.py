"""A solve in a process of its own ends when it is told to, and loses nothing."""

import resource
import threading
import time

import numpy as np

from planner.solver.apart import GRACE, solve_mip
from planner.solver.highs import branch_and_bound
from planner.solver.matrix import Matrix
from planner.solver.watch import Watch


def hard(items=150, knapsacks=40):
    """Many knapsacks over the same items: weak relaxation, a large tree."""
    random = np.random.default_rng(5)
    value = random.integers(10, 99, (knapsacks, items)).astype(float)
    return Matrix(
        -random.integers(10, 99, items).astype(float),
        np.zeros(items),
        np.ones(items),
        np.ones(items, dtype=bool),
        np.arange(0, knapsacks * items + 1, items, dtype=np.int32),
        np.tile(np.arange(items, dtype=np.int32), knapsacks),
        value.ravel(),
        np.full(knapsacks, -np.inf),
        value.sum(axis=1) / 2,
    )


def test_the_answer_is_that_of_a_solve_here():
    matrix = hard(20, 3)
    here, there = branch_and_bound(matrix, Watch(), gap=0.0), solve_mip(matrix, Watch(), gap=0.0, large=0)
    assert there.verdict == "optimal"
    assert there.objective == here.objective
    assert np.array_equal(there.x, here.x)


def test_a_limit_of_time_holds_and_the_best_plan_and_bound_survive():
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    found = solve_mip(hard(), Watch(), gap=0.0, seconds=1.0, large=0)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime < 1.0 + GRACE + 0.5
    assert found.verdict == "limit"
    assert found.x is not None
    assert np.isfinite(found.bound)


def test_an_interruption_ends_it_at_once():
    watch = Watch()

    def interrupt():
        watch.interrupted = True

    timer = threading.Timer(0.7, interrupt)
    timer.start()
    started = time.monotonic()
    found = solve_mip(hard(), watch, gap=0.0, large=0)
    assert time.monotonic() - started < 2.0
    assert found.verdict == "interrupted"
    assert found.x is not None


def test_a_limit_on_a_part_of_the_work_holds_for_what_is_solved_apart():
    watch = Watch()
    with watch.within(1.5):
        first = solve_mip(hard(), watch, gap=0.0, large=0)
        assert watch.cpu_left <= 0
        second = solve_mip(hard(), watch, gap=0.0, large=0)
    assert first.verdict == second.verdict == "limit"
    assert first.x is not None
    assert first.objective == hard().cost @ first.x
    assert second.x is None
