"""Where a way of owning begins and ceases to pay: sizes are scanned, then every change is narrowed between two proofs."""

from collections.abc import Sequence
from math import log, sqrt
from typing import NamedTuple

from planner.analysis.crossover.sizes import Sizes, Verdict, Way

NARROWINGS = 40
"""Most programs of one change."""
STEP = 1.6
"""Factor by which a change is looked for from where it was."""


class AnswerChange(NamedTuple):
    """Two sizes with contrary proofs, nothing examined between them proven otherwise."""

    before: Verdict
    low: float
    high: float

    @property
    def owning(self) -> float:
        """The end at which owning is proven."""
        return self.high if self.before == "rents" else self.low


def grid(smallest: float, largest: float, per_decade: int) -> tuple[float, ...]:
    """Sizes at equal ratios, both ends among them.

    >>> grid(0.1, 10, 2)
    (0.1, 0.316228, 1.0, 3.162278, 10.0)
    """
    steps = max(round(log(largest / smallest, 10) * per_decade), 1)
    return tuple(round(smallest * (largest / smallest) ** (i / steps), 6) for i in range(steps + 1))


def changes(sizes: Sizes, way: Way, scanned: Sequence[float], precision: float) -> tuple[AnswerChange, ...]:
    """All changes that the scanned sizes show, each narrowed to the precision as far as proofs reach."""
    found: list[AnswerChange] = []
    last: tuple[float, Verdict] | None = None
    for multiple in scanned:
        if sizes.watch.over:
            break
        verdict = sizes.at(multiple).verdict(way)
        if verdict == "open":
            continue
        if last is not None and last[1] != verdict:
            found.append(narrowed(sizes, way, AnswerChange(last[1], last[0], multiple), precision))
        last = multiple, verdict
    return tuple(found)


def narrowed(sizes: Sizes, way: Way, change: AnswerChange, precision: float) -> AnswerChange:
    """The change between nearer sizes: first at both sides of where the saving would be zero, else in the middle.

    A size at which nothing is proven is left aside, its neighbours are tried; after a few in a row the range stays as it is.
    """
    stuck = 0
    for number in range(NARROWINGS):
        if change.high <= change.low * (1 + precision) or stuck > 3 or sizes.watch.over:
            break
        multiple = _next(sizes, way, change, precision, number)
        verdict = sizes.at(multiple).verdict(way)
        if verdict == "open":
            stuck += 1
            continue
        stuck = 0
        change = change._replace(low=multiple) if verdict == change.before else change._replace(high=multiple)
    return change


def _next(sizes: Sizes, way: Way, change: AnswerChange, precision: float, number: int) -> float:
    low, high = change.low, change.high
    middle = sqrt(low * high) * (1 + 0.1 * (number % 3 - 1) * (high / low - 1))
    if number % 3 == 2:
        return min(max(middle, low * (1 + precision / 10)), high / (1 + precision / 10))
    a, b = sizes.at(low).saving(way), sizes.at(high).saving(way)
    if a is None or b is None or (a < 0) == (b < 0):
        return sqrt(low * high)
    zero = low + (high - low) * a / (a - b)
    near = zero * (1 + 0.45 * precision * (1 if number % 3 == 0 else -1))
    return near if low < near < high else sqrt(low * high)


def nearest(
    sizes: Sizes, way: Way, start: float, limits: tuple[float, float], precision: float
) -> AnswerChange | Verdict:
    """The change from renting to owning that is nearest to a size; if there is none within the limits, the verdict there.

    It is looked for downwards from a size that owns, upwards from one that rents.
    """
    smallest, largest = limits
    here = min(max(start, smallest), largest)
    verdict = sizes.at(here).verdict(way)
    while not sizes.watch.over:
        beyond = here * STEP if verdict != "owns" else here / STEP
        beyond = min(max(beyond, smallest), largest)
        if beyond == here:
            return verdict
        found = sizes.at(beyond).verdict(way)
        if {found, verdict} == {"owns", "rents"}:
            return narrowed(sizes, way, AnswerChange("rents", min(here, beyond), max(here, beyond)), precision)
        if found != "open" or verdict == "open":
            verdict = found
        here = beyond
    return "open"
