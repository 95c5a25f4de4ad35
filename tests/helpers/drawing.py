"""Drawn tests that say in how many draws they really compared something, and fail where these are too few."""

from collections.abc import Callable
from typing import Any

from hypothesis import HealthCheck, Phase, settings


class Tally:
    """Draws of the test that runs."""

    def __init__(self) -> None:
        self.drawn = 0
        self.compared: set[int] = set()


_running: list[Tally] = []


def compares() -> None:
    """Says that this draw got as far as a comparison that can fail."""
    if _running:
        _running[-1].compared.add(_running[-1].drawn)


def few(examples: int, compared: float = 0.5) -> Callable[[Any], Any]:
    """The same draws in every run; fails if less than a share of them came to a comparison.

    Args:
        compared: smallest share of the draws in which `compares` is called.
    """

    def counting(test: Any) -> Callable[[], None]:
        inner = test.hypothesis.inner_test

        def once(*args: Any, **kwargs: Any) -> Any:
            _running[-1].drawn += 1
            return inner(*args, **kwargs)

        test.hypothesis.inner_test = once
        drawn = settings(
            derandomize=True,
            database=None,
            deadline=None,
            max_examples=examples,
            phases=(Phase.generate, Phase.shrink),
            suppress_health_check=list(HealthCheck),
        )(test)

        def whole() -> None:
            _running.append(Tally())
            try:
                drawn()
            finally:
                tally = _running.pop()
            said = f"{test.__name__}: {len(tally.compared)} of {tally.drawn} draws compared something"
            print(said)
            assert len(tally.compared) >= compared * tally.drawn, f"{said}, {compared:.0%} are wanted"

        whole.__name__, whole.__doc__, whole.__module__ = test.__name__, test.__doc__, test.__module__
        return whole

    return counting
