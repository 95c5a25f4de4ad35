"""An end in time for steps that no solver watches: making a question ready and writing its program."""

import math
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from types import FrameType

from planner.solver.watch import Watch

GRACE_SECONDS = 1.0
"""So long after the deadline a solver may still end by itself, with what it has."""


class OutOfTimeError(Exception):
    """The deadline came before the step was done; nothing of it is known."""


@dataclass(slots=True)
class _Solving:
    inside: bool = False
    late: bool = False


_solving = _Solving()


@contextmanager
def uncut() -> Iterator[None]:
    """While the solver runs the alarm waits for it: an exception that passes through its callbacks leaves a torn program in it,
    and the next question to that ends the process. Callbacks ask `late` and end the run; OutOfTimeError comes after it."""
    before, _solving.inside = _solving.inside, True
    try:
        yield
    finally:
        _solving.inside = before
    if _solving.late and not before:
        _solving.late = False
        raise OutOfTimeError


def late() -> bool:
    """Whether the alarm came while the solver ran."""
    return _solving.late


@contextmanager
def cut_off(watch: Watch, grace: float = GRACE_SECONDS) -> Iterator[None]:
    """Raise OutOfTimeError from what runs inside when the deadline of the watch has passed, or when somebody sends the alarm.

    Only in the main thread of a system with alarms; elsewhere, and inside another such block, nothing is cut.

    Args:
        grace: seconds after the deadline.
    """
    alarm = getattr(signal, "SIGALRM", None)
    if alarm is None or math.isinf(watch.left) or threading.current_thread() is not threading.main_thread():
        yield
        return
    if signal.getitimer(signal.ITIMER_REAL)[0] > 0:
        yield
        return

    def stop(_number: int, _frame: FrameType | None) -> None:
        if _solving.inside:
            _solving.late = True
            return
        raise OutOfTimeError

    before = signal.signal(alarm, stop)
    signal.setitimer(signal.ITIMER_REAL, watch.left + grace)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        _solving.late = False
        signal.signal(alarm, before)
