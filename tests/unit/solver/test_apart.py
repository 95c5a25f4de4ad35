"""A solve in a process of its own ends when it is told to, and loses nothing."""

import multiprocessing
import os
import resource
import signal
import subprocess
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest

from planner.solver import apart
from planner.solver.apart import GRACE, solve_mip
from planner.solver.highs import branch_and_bound
from planner.solver.highs.runs import hand_over, new_model, run
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


HERE = f"import sys; sys.path.insert(0, {str(Path(__file__).parent)!r})\nfrom test_apart import *\n"
KILLED = """
def tell():
    while not multiprocessing.active_children(): time.sleep(0.01)
    time.sleep(0.3)
    print(multiprocessing.active_children()[0].pid, flush=True)
threading.Thread(target=tell, daemon=True).start()
solve_mip(hard(), Watch(), gap=0.0, large=0)
"""


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_no_child_outlives_a_process_that_is_killed(number):
    process = subprocess.Popen([sys.executable, "-c", HERE + KILLED], stdout=subprocess.PIPE, text=True)
    child = int(process.stdout.readline())
    process.send_signal(number)
    assert process.wait(10) == -number
    try:
        until = time.monotonic() + 10
        while lives(child) and time.monotonic() < until:
            time.sleep(0.05)
        assert not lives(child)
    finally:
        process.stdout.close()
        with suppress(ProcessLookupError):
            os.kill(child, signal.SIGKILL)


def lives(process):
    """Whether it runs; one that nobody has waited for does not."""
    said = subprocess.run(["ps", "-o", "stat=", "-p", str(process)], capture_output=True, text=True, check=False).stdout
    return said.strip() != "" and not said.strip().startswith("Z")


def test_a_limit_of_the_system_below_the_one_that_is_asked_for_is_kept():
    code = "resource.setrlimit(resource.RLIMIT_CPU, (900, 900))\n"
    code += "print(solve_mip(hard(20, 3), Watch(), gap=0.0, seconds=5000.0, large=0).verdict)"
    ran = subprocess.run([sys.executable, "-c", HERE + code], capture_output=True, text=True, check=True, timeout=60)
    assert (ran.stdout, ran.stderr) == ("optimal\n", "")


def test_where_there_is_no_room_for_a_process_it_is_solved_here(monkeypatch):
    def none():
        raise BlockingIOError

    monkeypatch.setattr(os, "fork", none)
    assert solve_mip(hard(20, 3), Watch(), gap=0.0, large=0).verdict == "optimal"


def test_a_mistake_in_the_child_is_one_here(monkeypatch, capfd):
    def refused(*_arguments, **_more):
        raise ValueError("refused")

    monkeypatch.setattr(apart, "branch_and_bound", refused)
    with pytest.raises(ValueError, match="refused"):
        solve_mip(hard(20, 3), Watch(), gap=0.0, large=0)
    assert capfd.readouterr().err == ""


@pytest.mark.parametrize("held", [False, True], ids=["closed", "held by another"])
def test_a_child_that_dies_while_it_tells_leaves_what_it_told(held):
    ours, theirs = multiprocessing.Pipe(duplex=False)
    told = np.zeros(150)
    theirs.send((-7.0, told))
    if not held:
        os.write(theirs.fileno(), b"\0\0\0\x09half")
        theirs.close()
    dead = multiprocessing.get_context("fork").Process(target=int)
    dead.start()
    dead.join()
    found = apart._listen(ours, dead, hard(), Watch(), time.monotonic() + 20)
    assert (found.verdict, found.bound, found.objective) == ("limit", -7.0, 0.0)
    ours.close()
    theirs.close()


@pytest.mark.parametrize("large", [0, 1000], ids=["apart", "here"])
def test_another_number_of_threads_than_before_is_taken(large):
    """HiGHS refused the program; a child waited for threads that it did not have."""
    branch_and_bound(hard(), Watch(threads=2), gap=0.0, seconds=0.5)
    for threads in (2, 1, 2):
        watch = Watch(time.monotonic() + 30, threads=threads)
        assert solve_mip(hard(40, 5), watch, gap=0.0, seconds=10.0, large=large).verdict == "optimal"


def test_programs_of_different_numbers_of_threads_take_turns():
    """Whoever watches over a run, and whoever used the solver before in this process."""
    relaxed = hard(20, 3).relaxed()
    models = [new_model(Watch(threads=threads)) for threads in (3, 1, 2)]
    for model in models:
        hand_over(model, relaxed)
    for _ in range(2):
        for model in models:
            model.clearSolver()
            assert run(model, Watch(), mip=False).verdict == "optimal"
        assert branch_and_bound(hard(20, 3), Watch(), gap=0.0).verdict == "optimal"
