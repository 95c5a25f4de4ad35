"""What a long command is doing, on standard error: a line that moves at a terminal, or a line of JSON per event."""

import json
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, TextIO

from planner.cli.options import ProgressStyle
from planner.cli.output import complain, is_terminal

if TYPE_CHECKING:
    from rich.text import Text

    from planner.solver import Progress

LEAST_SECONDS = 0.2
"""Lines of JSON about the same phase are so far apart; the first plan and the first bound are told at once."""
REFRESHES = 4
"""Times a second that the line at a terminal is drawn."""


class Stopwatch:
    """Time since a command began to work."""

    def __init__(self) -> None:
        self.wall, self.cpu = time.monotonic(), time.process_time()

    @property
    def elapsed(self) -> float:
        return time.monotonic() - self.wall

    @property
    def cpu_seconds(self) -> float:
        return time.process_time() - self.cpu

    def __str__(self) -> str:
        return f"{self.elapsed:.1f} s (CPU {self.cpu_seconds:.1f} s)"


@contextmanager
def progress(what: str, style: ProgressStyle | None = None) -> Iterator[None]:
    """Tell what is going on and for how long.

    Args:
        style: how; None: a line at a terminal, nothing elsewhere.
    """
    if style is None and not is_terminal(sys.stderr):
        yield
        return
    from planner.solver import listening

    with _lines(what) if style == "json" else _moving(what) as listener, listening(listener):
        yield


# --- a line of JSON per event -------------------------------------------------------------------------


@contextmanager
def _lines(what: str) -> Iterator[Callable[["Progress"], None]]:
    told = JsonLines(what, sys.stderr, Stopwatch())
    try:
        yield told.hear
    finally:
        told.flush()


class JsonLines:
    """Events as lines of JSON; of many about one phase the last of each `LEAST_SECONDS` is told, and the last of all."""

    def __init__(self, what: str, stream: TextIO, clock: Stopwatch) -> None:
        self.what, self.stream, self.clock = what, stream, clock
        self.last: Progress | None = None
        self.at = -LEAST_SECONDS
        self.waiting = False

    def hear(self, event: "Progress") -> None:
        """Tell an event, or keep it for later."""
        soon = self.clock.elapsed - self.at < LEAST_SECONDS
        if self.waiting and self.last is not None and self.last.phase != event.phase:
            self.flush()
        first = self.last is None or [part is None for part in self.last] != [part is None for part in event]
        new_phase = self.last is None or self.last.phase != event.phase
        self.last, self.waiting = event, True
        if new_phase or first or not soon:
            self.flush()

    def flush(self) -> None:
        """Tell what was kept."""
        if not self.waiting or self.last is None:
            return
        self.waiting, self.at = False, self.clock.elapsed
        event = self.last
        value = {
            "what": self.what,
            "phase": event.phase,
            "plan_usd": event.plan_usd,
            "bound_usd": event.bound_usd,
            "gap": event.gap,
            "done": event.done,
            "of": event.of,
            "elapsed_s": round(self.clock.elapsed, 3),
            "cpu_s": round(self.clock.cpu_seconds, 3),
        }
        with suppress(OSError):
            self.stream.write(json.dumps(value) + "\n")
            self.stream.flush()


# --- a line that moves --------------------------------------------------------------------------------


@contextmanager
def _moving(what: str) -> Iterator[Callable[["Progress"], None]]:
    from rich.console import Console
    from rich.live import Live
    from rich.text import Text

    clock, now = Stopwatch(), [""]

    def line() -> "Text":
        return Text(f"{what} … {now[0]}{clock}", no_wrap=True, overflow="ellipsis")

    def hear(event: "Progress") -> None:
        now[0] = f"{told(event)}, "

    with Live(
        console=Console(file=sys.stderr, markup=False, highlight=False, emoji=False),
        get_renderable=line,
        refresh_per_second=REFRESHES,
        transient=True,
        redirect_stdout=False,
        redirect_stderr=False,
    ):
        yield hear
    complain(f"{what} … {clock}")


def told(event: "Progress") -> str:
    """An event in words.

    >>> from planner.solver import Progress
    >>> told(Progress("search", 13_845_000.0, 13_800_000.0))
    'search: plan $13.85M, bound $13.80M, gap 0.33%'
    >>> told(Progress("variants", done=3, of=12))
    'variants: 3 of 12'
    """
    from planner.report.document import headline_money

    parts = []
    if event.plan_usd is not None:
        parts.append(f"plan {headline_money(event.plan_usd)}")
    if event.bound_usd is not None:
        parts.append(f"bound {headline_money(event.bound_usd)}")
    if event.gap is not None:
        parts.append(f"gap {event.gap:.2%}")
    if event.of is not None:
        parts.append(f"{event.done or 0} of {event.of}")
    return event.phase + (f": {', '.join(parts)}" if parts else "")
