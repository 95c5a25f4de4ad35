"""Mixed-integer programs; a large one in a process of its own, which can be ended: inside cutting planes HiGHS keeps no limit of
time and hears no interruption.

The child tells every better plan and every better bound as it finds them, so nothing is lost when it is ended: by the system
after its CPU seconds, or by us when the watch says so. Where processes cannot be forked, and in workers that may have no children,
the program is solved here, within its limits as far as the solver keeps them.
"""

import multiprocessing
import multiprocessing.process
import os
import signal
import threading
import time
import warnings
from contextlib import suppress
from math import ceil, isfinite
from multiprocessing.connection import Connection

import numpy as np

from planner.solver.cutting import uncut
from planner.solver.highs import FIRST, Look, Manner, Solved, branch_and_bound, end_threads
from planner.solver.matrix import Floats, Matrix
from planner.solver.watch import Watch

LARGE = 3000
"""From so many columns on a program is solved apart."""
GRACE = 1
"""Seconds after its limit until the child is ended."""
BEAT = 0.05
"""Seconds between two looks at the watch."""
ORPHAN_BEAT = 0.5
"""Seconds between two looks of the child at whether its parent is there."""
TELL_AGAIN = 0.2
"""Seconds between two bounds that are told."""


def solve_mip(
    matrix: Matrix,
    watch: Watch,
    *,
    gap: float,
    absolute: float = 1e-9,
    nodes: int | None = None,
    start: Floats | None = None,
    cutoff: float | None = None,
    manner: Manner = "thorough",
    look: Look = FIRST,
    seconds: float = np.inf,
    enough: float = -np.inf,
    large: int = LARGE,
) -> Solved:
    """Mixed-integer program to a relative gap or a limit. A large one is over `GRACE` seconds after its CPU seconds or the watch's
    deadline, and at once after an interruption.

    Args:
        gap: relative gap at which to stop.
        absolute: absolute gap at which to stop, for programs whose objective may be near zero.
        nodes: most nodes of the search tree (a limit that does not depend on the machine's speed).
        start: a feasible point to start from.
        cutoff: objective above which nothing is of interest.
        manner: `lean` leaves out sub-programs, symmetries and the like: several times faster on a hundred columns; `near`
            leaves out all of them but searches near the relaxation.
        look: seed and settings; another look goes about it differently.
        seconds: CPU seconds that may be taken, less if the watch allows less.
        enough: objective at which to stop.
        large: columns from which on it is a process of its own.
    """
    seconds = min(seconds, watch.cpu_left)

    def solve(connection: Connection | None) -> Solved:
        teller = None if connection is None else _Teller(connection)
        alone = Watch(watch.deadline, threads=watch.threads) if connection is not None else watch
        return branch_and_bound(
            matrix, alone, gap=gap, absolute=absolute, nodes=nodes, start=start, cutoff=cutoff, manner=manner, look=look,
            seconds=seconds, tell=teller, enough=enough,
        )  # fmt: skip

    if matrix.columns < large or not matrix.integer.any():
        return solve(None)
    if watch.over:
        return Solved("limit", None, np.inf, -np.inf, np.empty(0), np.empty(0))
    if "fork" not in multiprocessing.get_all_start_methods() or multiprocessing.current_process().daemon:
        return solve(None)
    context = multiprocessing.get_context("fork")
    end_threads()
    ours, theirs = context.Pipe(duplex=False)
    parent = os.getpid()
    mask = signal.pthread_sigmask(signal.SIG_BLOCK, (signal.SIGINT, signal.SIGTERM))

    def child() -> None:
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        signal.pthread_sigmask(signal.SIG_SETMASK, mask)
        threading.Thread(target=_end_with, args=(parent,), daemon=True).start()
        if isfinite(seconds):
            _limit_cpu(ceil(seconds) + GRACE)
        try:
            theirs.send(solve(theirs))
        except Exception as error:
            theirs.send(error)

    process = context.Process(target=child, daemon=True)
    try:
        with uncut(), warnings.catch_warnings(), suppress(OSError):  # where there is no room for another process
            warnings.simplefilter("ignore", DeprecationWarning)  # the child uses no thread of ours
            try:
                process.start()
            finally:
                signal.pthread_sigmask(signal.SIG_SETMASK, mask)
                theirs.close()
        if process.pid is None:
            return solve(None)
        return _listen(ours, process, matrix, watch, watch.deadline + GRACE)
    finally:
        if process.pid is not None:
            process.kill()
            process.join()
        ours.close()


def _end_with(parent: int) -> None:
    """Runs in a thread of the child: nobody else ends it where the parent was killed."""
    while os.getppid() == parent:
        time.sleep(ORPHAN_BEAT)
    os._exit(1)


def _limit_cpu(seconds: int) -> None:
    import resource  # there is none where processes cannot be forked

    _, most = resource.getrlimit(resource.RLIMIT_CPU)
    seconds = seconds if most == resource.RLIM_INFINITY else min(seconds, most)
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))  # the softer limit alone would leave a core


class _Teller:
    """Sends what is better than what was sent before."""

    def __init__(self, connection: Connection) -> None:
        self.connection, self.bound, self.told = connection, -np.inf, 0.0

    def __call__(self, bound: float, x: Floats | None) -> None:
        now = time.monotonic()
        if x is None and (bound <= self.bound or now - self.told < TELL_AGAIN):
            return
        self.bound, self.told = max(self.bound, bound), now
        self.connection.send((bound, x))


def _listen(
    connection: Connection, process: multiprocessing.process.BaseProcess, matrix: Matrix, watch: Watch, deadline: float
) -> Solved:
    bound, best, lives = -np.inf, None, True
    while not watch.interrupted and time.monotonic() < deadline:
        if not connection.poll(BEAT):
            if not lives:
                break
            lives = process.is_alive()  # where another fork holds the pipe there is no end of it
            continue
        try:
            told = connection.recv()
        except (EOFError, OSError):  # the child died, perhaps while it told something: what it told before holds
            break
        if isinstance(told, Exception):
            raise told
        if isinstance(told, Solved):
            return told
        bound = max(bound, told[0]) if np.isfinite(told[0]) else bound
        best = told[1] if told[1] is not None else best
    verdict = "interrupted" if watch.interrupted else "limit"
    objective = np.inf if best is None else float(matrix.cost @ best)
    return Solved(verdict, best, objective, bound, np.empty(0), np.empty(0))  # type: ignore[arg-type]
