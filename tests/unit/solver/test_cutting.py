"""Steps that no solver watches end in time."""

import signal
import threading
import time
from collections.abc import Iterator
from types import FrameType

import numpy as np
import pytest

from planner.pipeline.credits import in_time
from planner.solver.cutting import GRACE_SECONDS, OutOfTimeError, cut_off, uncut
from planner.solver.highs import runs
from planner.solver.highs.live import LiveModel
from planner.solver.matrix import Matrix
from planner.solver.watch import Watch, watching


@pytest.fixture(autouse=True)
def heard() -> Iterator[None]:
    """Ctrl-C, which a shell lets those ignore that it starts in the background."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


def test_what_runs_past_the_deadline_is_cut() -> None:
    began = time.monotonic()

    def work() -> None:
        while time.monotonic() < began + 30:
            pass

    with pytest.raises(OutOfTimeError), cut_off(Watch(began + 0.1)):
        work()
    assert time.monotonic() - began < GRACE_SECONDS + 3


def _work(until: float) -> None:
    while time.process_time() < until:
        pass


def test_what_takes_more_cpu_time_than_it_may_is_cut() -> None:
    watch = Watch()
    began = time.process_time()
    with pytest.raises(OutOfTimeError), watch.within(0.1), cut_off(watch, grace=0.1):
        _work(until=began + 3)
    assert 0.1 < time.process_time() - began < 1.0
    assert signal.getitimer(signal.ITIMER_PROF)[0] == 0


@pytest.mark.parametrize("limit", [None, 1000.0])
def test_an_interruption_cuts_what_asks_nobody_for_the_time(limit: float | None) -> None:
    began = time.process_time()

    def work() -> None:
        signal.raise_signal(signal.SIGINT)
        _work(until=began + 3)

    with watching(limit, 1) as watch:
        watch.searching = True
        with pytest.raises(OutOfTimeError), cut_off(watch), cut_off(watch):
            work()
        assert watch.interrupted
        assert watch.cut is None
    assert time.process_time() - began < 1.0


def test_an_interruption_waits_for_the_solver_and_ends_nothing_outside() -> None:
    with watching(None, 1) as watch:
        watch.searching = True
        with cut_off(watch), uncut():
            signal.raise_signal(signal.SIGINT)
        assert watch.interrupted
    with watching(None, 1) as watch:
        watch.searching = True
        signal.raise_signal(signal.SIGINT)
        assert watch.interrupted


def test_no_program_is_written_after_an_interruption() -> None:
    watch = Watch(interrupted=True)
    assert in_time(None, watch) is None  # type: ignore[arg-type]


@pytest.mark.parametrize("seconds", [float("inf"), 1000.0], ids=["never", "later"])
def test_what_is_done_in_time_leaves_no_alarm(seconds: float) -> None:
    deadline = time.monotonic() + seconds
    before = signal.getsignal(signal.SIGALRM)
    with cut_off(Watch(deadline)), cut_off(Watch(deadline)):
        pass
    assert signal.getitimer(signal.ITIMER_REAL) == (0.0, 0.0)
    assert signal.getsignal(signal.SIGALRM) is before


def test_an_alarm_at_the_very_end_leaves_neither_a_timer_nor_a_handler(monkeypatch: pytest.MonkeyPatch) -> None:
    def theirs(_number: int, _frame: FrameType | None) -> None:
        pass

    numbers = (signal.SIGALRM, signal.SIGPROF)
    before = {number: signal.signal(number, theirs) for number in numbers}
    setitimer = signal.setitimer

    def late(timer: int, seconds: float) -> tuple[float, float]:
        number = numbers[timer == signal.ITIMER_PROF]
        if signal.getsignal(number) is not theirs:
            signal.raise_signal(number)
        return setitimer(timer, seconds)

    try:
        monkeypatch.setattr(signal, "setitimer", late)
        watch = Watch(time.monotonic() + 1000)
        with watch.within(1000), cut_off(watch):
            pass
        assert [signal.getsignal(number) for number in numbers] == [theirs, theirs]
        assert [signal.getitimer(timer)[0] for timer in (signal.ITIMER_REAL, signal.ITIMER_PROF)] == [0, 0]
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
            setitimer(signal.ITIMER_REAL, 0)
            setitimer(signal.ITIMER_PROF, 0)


def test_a_solver_in_another_thread_does_not_hold_the_alarm_up() -> None:
    inside, done = threading.Event(), threading.Event()

    def solve() -> None:
        with uncut():
            inside.set()
            done.wait(30)

    thread = threading.Thread(target=solve)
    thread.start()
    try:
        assert inside.wait(30)
        with pytest.raises(OutOfTimeError), cut_off(Watch(time.monotonic() + 1000)):
            signal.raise_signal(signal.SIGALRM)
    finally:
        done.set()
        thread.join()


def test_a_share_of_the_time_is_of_what_is_left_and_ends_with_its_part() -> None:
    watch = Watch(time.monotonic() + 90)
    with watch.share(3):
        assert 29 < watch.left <= 30
    with watch.share(2):
        assert 44 < watch.left <= 45
    assert 89 < watch.left <= 90


def a_program(seed: int) -> Matrix:
    """A linear program that takes some steps."""
    draw, size = np.random.default_rng(seed), 120
    return Matrix(
        cost=draw.uniform(1, 2, size), lower=np.zeros(size), upper=np.full(size, np.inf), integer=np.zeros(size, dtype=bool),
        start=np.arange(0, size * size + 1, size, dtype=np.int32), index=np.tile(np.arange(size, dtype=np.int32), size),
        value=draw.uniform(0.1, 1, size * size), row_lower=draw.uniform(1, 2, size), row_upper=np.full(size, np.inf),
    )  # fmt: skip


@pytest.mark.parametrize("seed", range(3))
def test_a_program_that_the_alarm_met_in_the_solver_can_be_asked_again(
    seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An exception through a callback left it torn: the next change of its bounds ended the process without a word."""
    program = a_program(seed)
    right = LiveModel(program, Watch()).solve().objective
    model = LiveModel(program, Watch(), simplex_only=True)
    met: list[bool] = []
    asked = runs._Spent.all

    def alarmed(spent: runs._Spent) -> bool:
        if not met:
            met.append(True)
            signal.raise_signal(signal.SIGALRM)
        return asked(spent)

    monkeypatch.setattr(runs._Spent, "all", alarmed)
    with pytest.raises(OutOfTimeError), cut_off(Watch(time.monotonic() + 1000)):
        model.solve()
    assert met
    columns = np.arange(program.columns, dtype=np.int32)
    model.bound(columns, program.lower, program.upper)
    assert model.solve().objective == pytest.approx(right)


def test_a_program_whose_time_was_up_once_can_be_asked_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """HiGHS keeps the wish to stop: every later run ended at its first step."""
    program = a_program(7)
    right = LiveModel(program, Watch()).solve().objective
    model = LiveModel(program, Watch(), simplex_only=True)
    with monkeypatch.context() as patch:
        patch.setattr(runs._Spent, "all", lambda _: True)
        assert model.solve().verdict == "limit"
    solved = model.solve()
    assert solved.verdict == "optimal"
    assert solved.objective == pytest.approx(right)
