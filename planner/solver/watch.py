"""How long a search may go on (a deadline, CPU time for a part of the work, Ctrl-C), and what it tells meanwhile."""

import os
import signal
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import NamedTuple, TypeVar

import numpy as np

T = TypeVar("T")
SEARCH = "search"
"""The phase whose plan and bound are those of the answer."""


class Progress(NamedTuple):
    """Where a command stands."""

    phase: str
    plan_usd: float | None = None
    """Cost of the best plan so far, present value, before what is paid whatever is decided."""
    bound_usd: float | None = None
    """No plan costs less."""
    done: int | None = None
    of: int | None = None
    """Questions of this phase that are answered, and all of them."""

    @property
    def gap(self) -> float | None:
        """(plan − bound) / |plan|; None before both are known."""
        if self.plan_usd is None or self.bound_usd is None or not self.plan_usd:
            return None
        return max((self.plan_usd - self.bound_usd) / abs(self.plan_usd), 0.0)


Listener = Callable[[Progress], None]
_listener: ContextVar[Listener | None] = ContextVar("listener", default=None)


@contextmanager
def listening(listener: Listener) -> Iterator[None]:
    """Every watch that is made inside tells its progress to the listener."""
    token = _listener.set(listener)
    try:
        yield
    finally:
        _listener.reset(token)


USD = 1000.0
"""Dollars in a unit of objectives."""
READING, BETWEEN = Progress("reading"), Progress("between phases")
"""What stands before the first phase, and between two."""


def cpu_seconds() -> float:
    """CPU time of this process and of those it has waited for."""
    times = os.times()
    return time.process_time() + times.children_user + times.children_system


@dataclass(slots=True)
class Watch:
    """Deadline and interruption, shared by all solves of one search."""

    deadline: float = np.inf
    interrupted: bool = False
    searching: bool = False
    """While a search runs, Ctrl-C (or SIGTERM) ends it with the best plan so far; before and after, it ends the command."""
    threads: int = 1
    started: float = field(default_factory=time.monotonic)
    cpu_end: float = np.inf
    """`cpu_seconds()` at which the present part of the work is over."""
    listener: Listener | None = field(default_factory=_listener.get)
    progress: Progress = READING
    parts: int = 0
    """Above 0 while a part of a program is searched: its bound is none of the whole."""
    cut: Callable[[], None] | None = None
    """Ends a step that asks nobody for the time (`cutting.py`), while there is one."""

    @property
    def left(self) -> float:
        """Seconds until the deadline."""
        return max(self.deadline - time.monotonic(), 0.0)

    @property
    def cpu_left(self) -> float:
        """CPU seconds that the present part of the work may still take."""
        return self.cpu_end - cpu_seconds() if self.cpu_end < np.inf else np.inf

    @property
    def over(self) -> bool:
        return self.interrupted or self.left <= 0 or self.cpu_left <= 0

    @contextmanager
    def share(self, parts: int) -> Iterator[None]:
        """The next of so many parts of the work that are still to come: its equal share of the seconds left."""
        before = self.deadline
        self.deadline = min(before, time.monotonic() + self.left / parts)
        try:
            yield
        finally:
            self.deadline = before

    @contextmanager
    def until(self, share: float) -> Iterator[None]:
        """A part of the work that may take a share of the seconds left, on the clock and of CPU."""
        before, cpu_before = self.deadline, self.cpu_end
        self.deadline = before - (1 - share) * self.left if np.isfinite(before) else before
        self.cpu_end = cpu_before - (1 - share) * max(self.cpu_left, 0.0) if np.isfinite(cpu_before) else cpu_before
        try:
            yield
        finally:
            self.deadline, self.cpu_end = before, cpu_before

    @contextmanager
    def within(self, seconds: float) -> Iterator[None]:
        """A part of the work that may take so many CPU seconds."""
        before = self.cpu_end
        self.cpu_end = min(before, cpu_seconds() + seconds)
        try:
            yield
        finally:
            self.cpu_end = before

    @contextmanager
    def phase(self, name: str, of: int | None = None) -> Iterator[None]:
        """A phase of the work, perhaps of so many questions; a phase inside another one is not told."""
        if self.progress not in (READING, BETWEEN):
            yield
            return
        self._tell(Progress(name, done=None if of is None else 0, of=of))
        try:
            yield
        finally:
            self.progress = BETWEEN

    def step(self) -> None:
        """One more question of the phase is answered."""
        if self.progress.of is not None:
            self._tell(self.progress._replace(done=(self.progress.done or 0) + 1))

    def counted(self, answers: Iterable[T]) -> Iterator[T]:
        """The same answers; each is a step of the phase."""
        for answer in answers:
            yield answer
            self.step()

    @contextmanager
    def part(self) -> Iterator[None]:
        """A search of a part of the program: its plans are plans of the whole, its bound is not a bound of it."""
        self.parts += 1
        try:
            yield
        finally:
            self.parts -= 1

    def tell(self, *, plan: float = np.inf, bound: float = -np.inf) -> None:
        """A better plan or bound of the search, in units of objectives."""
        now = self.progress
        if self.listener is None or now.phase != SEARCH:
            return
        if np.isfinite(plan) and (now.plan_usd is None or plan * USD < now.plan_usd):
            now = now._replace(plan_usd=plan * USD)
        if not self.parts and np.isfinite(bound) and (now.bound_usd is None or bound * USD > now.bound_usd):
            now = now._replace(bound_usd=bound * USD)
        if now != self.progress:
            self._tell(now)

    def _tell(self, now: Progress) -> None:
        self.progress = now
        if self.listener is not None:
            self.listener(now)


@contextmanager
def watching(time_limit: float | None, threads: int) -> Iterator[Watch]:
    """A watch that Ctrl-C and SIGTERM stop instead of raising: the search then returns the best plan so far.

    SIGTERM only where somebody handles it already, as the command line does.
    """
    watch = Watch(np.inf if time_limit is None else time.monotonic() + time_limit, threads=threads)
    if threading.current_thread() is not threading.main_thread():
        yield watch
        return

    def stop(_number: int, _frame: object) -> None:
        if watch.interrupted or not watch.searching:
            raise KeyboardInterrupt
        watch.interrupted = True
        if watch.cut is not None:
            watch.cut()

    handled = [number for number in (signal.SIGINT, signal.SIGTERM) if callable(signal.getsignal(number))]
    before = {number: signal.signal(number, stop) for number in handled}
    try:
        yield watch
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
