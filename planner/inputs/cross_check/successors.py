"""Announced generations: those of the catalog that come early enough in the horizon, and the months of those that are stated."""

from math import fsum

from planner.domain.inputs import Catalog
from planner.domain.scenario import Scenario, Successor
from planner.domain.time import PeriodLengths
from planner.inputs.source import MistakeLog
from planner.units import HOURS_PER_YEAR


def announced_for(scenario: Scenario, lengths: PeriodLengths, catalog: Catalog) -> tuple[Successor, ...]:
    """Those that come after the first period starts and a year before the end; none without the catalog or a calendar.

    What comes later serves for some months only: it makes a program larger and hardly moves what is signed today.
    """
    if scenario.catalog == "none" or scenario.periods is not None or scenario.start is None:
        return ()
    early = [start for i, start in enumerate(lengths.starts) if fsum(lengths.hours[i:]) >= HOURS_PER_YEAR - 1]
    latest = early[-1] if early else ""
    return tuple(
        Successor(
            name=one.name,
            month=one.month,
            replaces=one.replaces,
            path=one.path,
            source=one.source,
            as_of=one.checked_on,
        )
        for one in catalog.announced
        if lengths.starts[0] < one.month <= latest
    )


def check_successors(scenario: Scenario, lengths: PeriodLengths, log: MistakeLog) -> None:
    """They come after the start: what is there already has a price (`quotes`, `offers`), and no estimate is signed today."""
    if scenario.periods is not None or scenario.start is None:
        return
    for i, successor in enumerate(scenario.successors or ()):
        if successor.month <= lengths.starts[0]:
            what = f"`{successor.name}` is there at the start of the horizon, {lengths.starts[0]}"
            remedy = "state its prices as `offers` or `quotes`, or leave it out"
            log.say(what, ("successors", i, "month"), remedy, "window")
