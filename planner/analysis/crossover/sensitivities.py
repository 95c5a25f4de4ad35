"""What thresholds depend on: each assumption at two other values, and each usual way of renting alone.

Assumptions do not hang on one another: on a cluster each worker has some of them.
"""

from collections.abc import Callable, Iterator, Sequence
from math import exp, inf, log
from pathlib import Path
from typing import NamedTuple

from planner import __version__
from planner.analysis.crossover.assumptions import Factor, any_contract, factors_of
from planner.analysis.crossover.bisection import AnswerChange, nearest
from planner.analysis.crossover.sizes import Sizes, Way, ways_of
from planner.cluster import Results, fingerprint, spread
from planner.domain.answers import CrossoverAlternative, CrossoverFound, SizeRange, Swing, WayAnswer
from planner.domain.inputs import Catalog
from planner.domain.options import Option
from planner.domain.scenario import Scenario
from planner.pipeline import Question, prepare, restricted
from planner.solver import Watch, watching
from planner.units import HOURS_PER_MONTH, MONTHS_PER_YEAR


class PlannedThresholds(NamedTuple):
    """Thresholds under the scenario's own assumptions."""

    answers: tuple[WayAnswer, ...]
    limits: tuple[float, float]
    """Smallest and largest size, as multiples of the demand."""
    precision: float
    """Relative width at which a range is not narrowed further."""


def size_range(sizes: Sizes, change: AnswerChange) -> SizeRange:
    return SizeRange(
        low_multiple=change.low,
        high_multiple=change.high,
        low_usd_per_year=sizes.at(change.low).rent_usd_per_year(),
        high_usd_per_year=sizes.at(change.high).rent_usd_per_year(),
    )


class Sensitivities:
    """Thresholds under changed assumptions, each looked for from where it is under the scenario's own."""

    def __init__(self, question: Question, found: PlannedThresholds, watch: Watch) -> None:
        self.question, self.found, self.watch = question, found, watch
        self.ways = tuple(way for way in ways_of(question) if not way.beside)
        self.factors = tuple(factors_of(question))

    def swing(self, factor: Factor) -> Swing:
        """The thresholds with one assumption at its low and at its high value."""
        low, high = self._found(factor.low.question), self._found(factor.high.question)
        return Swing(
            factor=factor.name,
            low=factor.low.label,
            high=factor.high.label,
            at_low=low,
            at_high=high,
            leverage=_leverage(low, high),
        )

    def alternatives(self) -> tuple[CrossoverAlternative, ...]:
        """Against each usual way of renting alone, as if it could deliver as much as is asked for; of any term."""
        free = any_contract(self.question)
        fits = {o for _, o in free.screened.fits}
        found = []
        for name, keep in _kinds_of_rent(free.catalog):
            count = sum(keep(option) for o, option in enumerate(free.market.options) if o in fits)
            asked = restricted(free, lambda option, keep=keep: option.asset is not None or option.held or keep(option))  # type: ignore[misc]
            answered = self._found(lambda asked=asked: asked) if count else ()  # type: ignore[misc]
            found.append(CrossoverAlternative(name=name, options=count, found=answered))
        return tuple(found)

    def _found(self, question: Callable[[], Question]) -> tuple[CrossoverFound, ...]:
        sizes = Sizes(question(), self.watch)
        return tuple(self._nearest(sizes, way) for way in self.ways)

    def _nearest(self, sizes: Sizes, way: Way) -> CrossoverFound:
        answer = next(answer for answer in self.found.answers if answer.way == way.name)
        first = next((t.between for t in answer.thresholds if t.change == "owning begins"), None)
        smallest, largest = self.found.limits
        if first is not None:
            start = (first.low_multiple * first.high_multiple) ** 0.5
        else:
            start = smallest if answer.owns_at_smallest else largest
        change = nearest(sizes, way, start, self.found.limits, self.found.precision)
        if isinstance(change, AnswerChange):
            return CrossoverFound(way=way.name, state="between", between=size_range(sizes, change))
        if self.watch.over:
            return CrossoverFound(way=way.name, state="not computed")
        return CrossoverFound(way=way.name, state="at every size" if change == "owns" else "never")


def swings(rest: Sensitivities, cluster: str | None, results: Path | None) -> tuple[Swing, ...]:
    """All assumptions, those that move the thresholds most first.

    Args:
        cluster: workers; None: here, one after the other.
        results: a file that keeps each swing; None: none is kept.
    """
    watch, factors, question = rest.watch, rest.factors, rest.question
    with Results(results) as kept, watch.phase("assumptions", len(factors)):
        keys = [""] * len(factors)
        if results is not None:
            facts = fingerprint(__version__, question.catalog, question.scenario, rest.found)
            keys = [fingerprint("swing", facts, factor.name) for factor in factors]
        known = {i: Swing.model_validate(value) for i, key in enumerate(keys) if key and (value := kept.get(key))}
        for _ in watch.counted(known):
            pass
        todo = [i for i in range(len(factors)) if i not in known]
        for i, swing in watch.counted(_all_swings(rest, todo, cluster)):
            known[i] = swing
            if keys[i] and all(found.state != "not computed" for found in (*swing.at_low, *swing.at_high)):
                kept.put(keys[i], swing.model_dump(mode="json"))
    found = [known[i] for i in sorted(known)]
    return tuple(sorted(found, key=lambda s: -(inf if s.leverage is None else s.leverage)))


def _all_swings(rest: Sensitivities, todo: Sequence[int], cluster: str | None) -> Iterator[tuple[int, Swing]]:
    if cluster is None:
        yield from ((i, rest.swing(rest.factors[i])) for i in todo if not rest.watch.over)
        return

    def parts(count: int) -> list[Sequence[int]]:
        return [part for k in range(count) if (part := todo[k::count])]

    shared = (rest.question.scenario, rest.question.catalog, rest.found)
    for _, some in spread(_swings_on_a_worker, shared, parts, cluster, rest.watch):
        yield from some


def _swings_on_a_worker(
    shared: tuple[Scenario, Catalog, PlannedThresholds], numbers: Sequence[int], seconds: float
) -> list[tuple[int, Swing]]:
    scenario, catalog, found = shared
    with watching(seconds, 1) as watch:
        rest = Sensitivities(prepare(scenario, catalog), found, watch)
        return [(i, rest.swing(rest.factors[i])) for i in numbers if not watch.over]


def _leverage(low: tuple[CrossoverFound, ...], high: tuple[CrossoverFound, ...]) -> float | None:
    ratios = [1.0]
    for a, b in zip(low, high, strict=True):
        if a.state != b.state:
            return None
        if a.usd_per_year is not None and b.usd_per_year is not None:
            ratios.append(round(exp(abs(log(a.usd_per_year / b.usd_per_year))), 6))
    return max(ratios)


def _kinds_of_rent(catalog: Catalog) -> tuple[tuple[str, Callable[[Option], bool]], ...]:
    def on_demand(kind: str) -> Callable[[Option], bool]:
        def keep(option: Option) -> bool:
            provider = catalog.providers.get(option.provider)
            return option.action == "on_demand" and provider is not None and provider.kind == kind

        return keep

    def term(years: int) -> Callable[[Option], bool]:
        months = years * MONTHS_PER_YEAR
        return lambda option: option.action == "commit" and abs(option.term_hours / HOURS_PER_MONTH - months) < 0.5

    return (
        ("hyperscaler, on demand", on_demand("hyperscaler")),
        ("neocloud, on demand", on_demand("neocloud")),
        ("one-year commitment", term(1)),
        ("three-year commitment", term(3)),
    )
