"""One solve at a time, a few that wait, a time limit for each; a process that does not stop is ended."""

import multiprocessing
import os
import signal
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from multiprocessing.connection import Connection
from multiprocessing.context import SpawnProcess
from typing import NamedTuple

from planner.serve.live import Ask, Reply, Start
from planner.serve.process import main
from planner.serve.question import Settings

BEAT = 0.02
"""Seconds between two looks at what else is asked."""
GRACE = 8.0
"""Seconds after its limit, or after it was asked to stop, until a solve is ended: on a busy machine it stops late, and another
process begins with nothing."""
START_SECONDS = 30.0
"""That the process may take to start, beside its first solve."""


class Limits(NamedTuple):
    live_gap: float = 0.02
    """Relative gap of the first answer."""
    live_seconds: float = 4.0
    """That the first answer may take."""
    seconds: float = 60.0
    """That the answer may take in all."""
    waiting: int = 4
    """Questions that may wait."""


class Job(NamedTuple):
    number: int
    settings: Settings
    page: str
    """Who asks: what still waits of the same page is passed over."""


class Solver:
    """The process that solves, and the questions that wait for it.

    Args:
        told: called with each reply, and whether it is the last one of its question.
        passed: called with the number of a question that nobody waits for any more.
    """

    def __init__(
        self, start: Start, limits: Limits, told: Callable[[Reply, bool], None], passed: Callable[[int], None]
    ) -> None:
        self.begin, self.limits, self.told, self.passed = start, limits, told, passed
        self._waiting: list[Job] = []
        self._changed = threading.Condition()
        self._closed = False
        self._process: SpawnProcess | None = None
        self._pipe: Connection | None = None
        self._fresh = True
        self._thread = threading.Thread(target=self._run, daemon=True, name="solver")

    def start(self) -> None:
        self._thread.start()

    def ask(self, job: Job) -> bool:
        """Let a question wait; False if too many do."""
        with self._changed:
            mine = [one for one in self._waiting if one.page == job.page]
            others = [one for one in self._waiting if one.page != job.page]
            if len(others) >= self.limits.waiting:
                return False
            self._waiting = [*others, job]
            self._changed.notify()
        for one in mine:
            self.passed(one.number)
        return True

    def close(self) -> None:
        """End the process and the thread."""
        with self._changed:
            self._closed = True
            self._waiting = []
            self._changed.notify()
        if self._thread.is_alive():
            self._thread.join(GRACE)
        self._kill()

    def _run(self) -> None:
        while True:
            with self._changed:
                while not self._waiting and not self._closed:
                    self._changed.wait()
                if self._closed:
                    return
                job = self._waiting.pop(0)
            began = time.monotonic()
            seconds = (
                self.limits.live_seconds if job.settings else self.limits.seconds
            )  # all is compared with the first
            self._connected()
            if job.settings and self._fresh:  # after one that was ended: what is asked is told beside the plan as it is
                self._solved(Job(0, (), ""), self.limits.live_gap, self.limits.seconds, lambda: self._closed)
            reply = self._solved(job, self.limits.live_gap, seconds, lambda: self._closed, first=True)
            gaps = [self.limits.live_gap, None] if reply.among is not None else [None]
            for gap in gaps:
                left = self.limits.seconds - (time.monotonic() - began)
                if reply.status not in ("optimal", "feasible", "limit") or self._busy() or left <= 0:
                    break
                self.told(reply, False)
                nearer = self._solved(job, gap, seconds if gap else left, self._busy)
                if nearer.plan is not None or reply.plan is None:
                    reply = nearer
            self.told(reply, True)

    def _busy(self) -> bool:
        return self._closed or bool(self._waiting)

    def _solved(
        self, job: Job, gap: float | None, seconds: float, stop: Callable[[], bool], *, first: bool = False
    ) -> Reply:
        """What the process answers in time; it is ended if it does not."""
        pipe = self._connected()
        began = time.monotonic()
        end = began + seconds + GRACE + (START_SECONDS if self._fresh else 0.0)
        asked_to_stop = False
        try:
            pipe.send(Ask(job.number, job.settings, gap, seconds, first))
            while time.monotonic() < end:
                if pipe.poll(BEAT):
                    reply = pipe.recv()
                    self._fresh = False
                    return reply if isinstance(reply, Reply) else _nothing(job, "failed", "no answer")
                if stop():
                    end = end if asked_to_stop else min(end, time.monotonic() + GRACE)
                    asked_to_stop = True
                    pipe.send("stop")  # again and again: one may come while the question is taken up
        except (EOFError, OSError):
            self._kill()
            return _nothing(job, "failed", "the process that solves has ended")
        self._kill()
        return _nothing(job, "limit", f"No plan within {seconds:.0f} seconds.")

    def _connected(self) -> Connection:
        if self._pipe is not None and self._process is not None and self._process.is_alive():
            return self._pipe
        self._kill()
        context = multiprocessing.get_context("spawn")
        ours, theirs = context.Pipe()
        self._process = context.Process(target=main, args=(theirs, self.begin), name="planner-solve")
        self._process.start()
        theirs.close()
        self._pipe, self._fresh = ours, True
        return ours

    def _kill(self) -> None:
        """End the process and what it started."""
        process, pipe = self._process, self._pipe
        self._process = self._pipe = None
        if pipe is not None:
            pipe.close()
        if process is None or process.pid is None:
            return
        with suppress(OSError, AttributeError):
            if os.getpgid(process.pid) == process.pid:
                os.killpg(process.pid, signal.SIGKILL)
        process.kill()
        process.join(GRACE)


def _nothing(job: Job, status: str, said: str) -> Reply:
    return Reply(job.number, status, said=(said,))
