"""Steps that no solver watches end in time."""

import signal
import time

import pytest

from planner.solver.cutting import GRACE_SECONDS, OutOfTimeError, cut_off
from planner.solver.watch import Watch


def test_what_runs_past_the_deadline_is_cut() -> None:
    began = time.monotonic()

    def work() -> None:
        while time.monotonic() < began + 30:
            pass

    with pytest.raises(OutOfTimeError), cut_off(Watch(began + 0.1)):
        work()
    assert time.monotonic() - began < GRACE_SECONDS + 3


@pytest.mark.parametrize("seconds", [float("inf"), 1000.0], ids=["never", "later"])
def test_what_is_done_in_time_leaves_no_alarm(seconds: float) -> None:
    deadline = time.monotonic() + seconds
    before = signal.getsignal(signal.SIGALRM)
    with cut_off(Watch(deadline)), cut_off(Watch(deadline)):
        pass
    assert signal.getitimer(signal.ITIMER_REAL) == (0.0, 0.0)
    assert signal.getsignal(signal.SIGALRM) is before


def test_a_share_of_the_time_is_of_what_is_left_and_ends_with_its_part() -> None:
    watch = Watch(time.monotonic() + 90)
    with watch.share(3):
        assert 29 < watch.left <= 30
    with watch.share(2):
        assert 44 < watch.left <= 45
    assert 89 < watch.left <= 90
