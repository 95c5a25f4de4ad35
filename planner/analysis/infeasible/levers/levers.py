"""What of a scenario can give way: every limit of the user's as a lever, with how far it stands and how it is relaxed.

Relaxing a lever further never turns a scenario that has a plan into one that has none: bounds are only widened, filters only
opened, dates only moved outwards. The searches in `conflict.py` and `repairs.py` rest on that.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from math import ceil
from typing import Any, Literal

from planner.analysis.infeasible.settings import Path, Settings

Vector = Literal["total", "year", "period", "upfront", "runway", "carbon"]
"""Kinds of limits that are rows of the program, so that the program itself says by how much they fall short."""

STATED, FILTER, ASSUMED, DEMAND, LEFT_OUT = range(5)
"""Ranks: numbers the user stated, filters of the user's, defaults and assumptions, the demand itself, all of it."""


@dataclass(frozen=True)
class Lever:
    """One limit of a scenario."""

    family: str
    """As in `Cause.family`."""
    path: Path
    """Where it stands."""
    said: str
    """In words: "the budget of the whole horizon"."""
    rank: int
    free: Settings
    """Changes after which it does not limit anything any more."""
    workload: str | None = None
    unit: str = ""
    at: Callable[[float], Settings] | None = None
    """Changes that set it to an amount; None for what is on or off."""
    now: float = 0.0
    """The amount that stands there."""
    end: float | None = None
    """The amount at which nothing is left of it; None = no such amount (it can be raised for ever)."""
    whole: bool = False
    """Only whole amounts."""
    choices: tuple[tuple[str, Settings], ...] = ()
    """(in words, changes) in order of how much they relax, for what is not an amount."""
    vector: Vector | None = None
    base: tuple[float | None, ...] = ()
    """The limit by plan-year or period, for vectors; of several limits that move as one, the first."""
    scalar: bool = False
    """Whether a vector stands there as one number for all."""

    def but(self, **changes: Any) -> "Lever":
        """The same lever with other facts."""
        return replace(self, **changes)

    @property
    def falls(self) -> bool:
        """Whether relaxing means lowering."""
        return self.end is not None and self.end < self.now


def raised(lever: Lever, limits: tuple[float, ...]) -> Settings:
    """The changes that set a vector to new limits, rounded up; one number for all where that says the same."""
    places = 2 if lever.unit == "USD" else 6
    rounded = [float(ceil(round(limit * 10**places, 4)) / 10**places) for limit in limits]
    return {lever.path: rounded[0] if lever.scalar and len(set(rounded)) == 1 else rounded}
