"""An end in time for steps that no solver watches: making a question ready and writing its program."""

import math
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from planner.solver.watch import Watch

GRACE_SECONDS = 1.0
"""So long after the deadline a solver may still end by itself, with what it has."""


class OutOfTimeError(Exception):
    """The deadline came before the step was done; nothing of it is known."""


class _Solving(threading.local):
    """Of each thread: the alarm comes in the main one, whatever others solve."""

    inside: bool = False
    late: object = None
    """The alarm that came meanwhile."""


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
        _solving.late = None
        raise OutOfTimeError


def late() -> bool:
    """Whether the alarm came while the solver ran."""
    return _solving.late is not None


@contextmanager
def cut_off(watch: Watch, grace: float = GRACE_SECONDS) -> Iterator[None]:
    """Raise OutOfTimeError from what runs inside when the deadline of the watch has passed, when the CPU seconds that it allows are
    spent, when somebody sends the alarm, or when Ctrl-C comes while a search runs.

    Only in the main thread of a system with alarms; elsewhere nothing is cut. A limit of the same kind around it stays as it is.

    Args:
        grace: seconds after the deadline.
    """
    limits = {"SIGALRM": ("ITIMER_REAL", watch.left), "SIGPROF": ("ITIMER_PROF", watch.cpu_left)}
    main = threading.current_thread() is threading.main_thread()
    able = [
        (getattr(signal, name), getattr(signal, timer), left)
        for name, (timer, left) in limits.items()
        if main and hasattr(signal, name) and not math.isinf(left)
    ]
    alarms = [  # a handler that Python does not know could not be put back
        one for one in able if signal.getitimer(one[1])[0] == 0 and signal.getsignal(one[0]) is not None
    ]

    def stop(_number: int, _frame: FrameType | None) -> None:
        if _solving.inside:
            _solving.late = stop
            return
        raise OutOfTimeError

    def interrupt() -> None:
        if not _solving.inside:  # the solver sees it by itself
            raise OutOfTimeError

    before, inside, cut = [], _solving.inside, watch.cut
    try:
        watch.cut = interrupt if main else cut
        _solving.inside = True  # an alarm between two of these steps would leave the other one behind
        for number, timer, left in alarms:
            before.append((number, timer, signal.signal(number, stop)))
            signal.setitimer(timer, max(left, 0.0) + grace)
        _solving.inside = inside
        yield
    finally:
        _solving.inside = True
        watch.cut = cut
        for number, timer, handler in before:
            signal.setitimer(timer, 0)
            signal.signal(number, handler)
        _solving.inside = inside
        if _solving.late is stop:
            _solving.late = None
