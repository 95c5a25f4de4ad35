"""What a long command tells while it runs: its phase, the best plan and bound so far, how many of its questions are answered."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import NamedTuple

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


def present_listener() -> Listener | None:
    """The listener of the present context."""
    return _listener.get()
