"""Ways out: changes of the scenario's own limits, each as small as it may be, each tried by really solving again."""

from collections.abc import Iterator, Sequence

from planner.analysis.infeasible.amounts import Sized, attempts, sized
from planner.analysis.infeasible.iis import correction, freed
from planner.analysis.infeasible.levers import ASSUMED, DEMAND, FILTER, LEFT_OUT, Lever
from planner.analysis.infeasible.oracle import Possible
from planner.analysis.infeasible.settings import Settings, merged, written
from planner.analysis.infeasible.wording import by_words, change_words, when_words
from planner.domain.records import Repair
from planner.domain.time import Horizon
from planner.pipeline import solve, some_plan
from planner.solver import OutOfTimeError, cut_off

WANTED = 3
"""Repairs that are offered at most."""
PARTS = 3
"""Of so many parts of the time one may go by until the least size of a change is known: without it the limit is left out."""
FEW_TRIES = 3
"""So many sizes of a change are solved of a large scenario: the least first, at last none of the limit, each in its share of
the time."""
ROUGH_GAP = 0.01
"""Gap at which repairs of large scenarios are solved."""


def repairs_of(
    levers: Sequence[Lever], suspects: Sequence[Lever], possible: Possible, horizon: Horizon
) -> tuple[Repair, ...]:
    """Up to three repairs, those that touch the stated limits least first.

    Single limits before sets of limits, what the user stated before what was assumed, the demand last.

    Args:
        suspects: the levers that the causes speak of; of a large scenario only these are tried alone if one of them does.
    """
    found: list[Repair] = []
    for group in _proposals(levers, suspects, possible):
        if len(found) >= WANTED or possible.watch.over:
            break
        repair = _tried(group, possible, horizon)
        if repair is not None and all(repair.set != other.set for other in found):
            found.append(repair)
    return tuple(found)


def _proposals(levers: Sequence[Lever], suspects: Sequence[Lever], possible: Possible) -> Iterator[tuple[Lever, ...]]:
    """Sets of limits that are enough if they are freed; at most one that serves less, unless nothing else helps."""
    stated = [lever for lever in levers if lever.rank <= FILTER]
    assumed = [lever for lever in levers if lever.rank == ASSUMED and "*" not in lever.path]
    together = [lever for lever in levers if lever.rank == ASSUMED and lever not in assumed]
    less = [lever for lever in levers if lever.rank == DEMAND]
    out = [lever for lever in levers if lever.rank == LEFT_OUT]
    alone = 0
    for lever in stated:
        if (alone and possible.slow and lever not in suspects) or not possible(lever.free):
            continue
        alone += 1
        yield (lever,)
    if not alone:
        yield from _sets(stated, possible)
    at_once = alone and possible.slow
    for lever in () if at_once else assumed:
        if possible(lever.free):
            alone += 1
            at_once = at_once or lever.family == "market"
            yield (lever,)
    yield from ((lever,) for lever in (() if at_once else together) if possible(lever.free))
    yield from ((lever,) for lever in less if possible(lever.free))
    if not alone:
        yield from _sets([*stated, *assumed], possible)
        yield from _sets([*stated, *assumed, *less], possible)
        yield from ((lever,) for lever in out if possible(lever.free))
        yield from _sets([*stated, *assumed, *out], possible)


def _sets(levers: Sequence[Lever], possible: Possible) -> Iterator[tuple[Lever, ...]]:
    """Two sets that must give way together: what stands first in the order, and another that spares some of it."""
    first = correction(levers, possible)
    if len(first) < 2:
        return
    yield first
    for spared in first:
        rest = [lever for lever in levers if lever is not spared]
        other = correction(rest, possible)
        if other and set(map(id, other)) != set(map(id, first)):
            yield other
            return


def _tried(group: tuple[Lever, ...], possible: Possible, horizon: Horizon) -> Repair | None:
    """The repair with the least sizes for which a plan was found; None if none was."""
    fixed: Settings = {}
    parts: list[Sized] = []
    for i, lever in enumerate(group):
        with possible.watch.share(PARTS):
            found = sized(lever, merged(fixed, freed(group[i + 1 :])), possible)
        if found is None:
            return None
        fixed = merged(fixed, found.settings)
        parts.append(found)
    tries = list(_larger(parts))
    if possible.slow:
        tries = [*tries[:: max((len(tries) - 1) // (FEW_TRIES - 1), 1)][: FEW_TRIES - 1], *tries[-1:]]
    for number, settings in enumerate(tries):
        with possible.watch.share(len(tries) - number):
            npv = _npv(settings, possible)
        if npv is not None:
            scenario = possible.scenario
            said = [part._replace(settings=_own(part, settings)) for part in parts]
            return Repair(
                change="; ".join(change_words(scenario, part) for part in said),
                by="; ".join(by_words(scenario, part, horizon) for part in said),
                npv_usd=npv,
                when=", ".join(dict.fromkeys(filter(None, (when_words(part, horizon) for part in said)))) or None,
                set=written(scenario, settings),
            )
        if possible.tired:
            break
    return None


def _own(part: Sized, settings: Settings) -> Settings:
    """Of all changes those of one limit."""
    paths = {*part.settings, *part.lever.free}
    return {path: value for path, value in settings.items() if path in paths}


def _larger(parts: list[Sized]) -> Iterator[Settings]:
    """All changes at their least sizes, then all of them larger together."""
    tries = [list(attempts(part)) for part in parts]
    for step in range(max(len(options) for options in tries)):
        yield merged(*(options[min(step, len(options) - 1)] for options in tries))


def _npv(settings: Settings, possible: Possible) -> float | None:
    """Solve the changed scenario for real; None if no plan is found in time."""
    try:
        with cut_off(possible.watch):
            return _solved(settings, possible)
    except OutOfTimeError:
        return None


def _solved(settings: Settings, possible: Possible) -> float | None:
    question = possible.question(settings)
    if question is None:
        return None
    if possible.rough(question.parameters):
        solution = some_plan(question, max(question.scenario.gap, ROUGH_GAP), possible.watch)
    else:
        solution = solve(question, question.scenario.gap, possible.watch)
    return None if solution.present is None else round(float(solution.present.npv), 2)
