"""Rules on the question and on time: is the plan about the scenario it embeds, and does its calendar add up?"""

import hashlib
import json
import re
from collections.abc import Iterator

from planner.audit.books import Books, Check, holds, same, same_number
from planner.domain.scenario import Scenario
from planner.domain.workloads import Development, Inference
from planner.units import HOURS_PER_MONTH, HOURS_PER_WEEK, HOURS_PER_YEAR, month_after

_MONTH = re.compile(r"^\d{4}-\d{2}$")
_CALENDAR_MONTHS = {730.0: 1, 2190.0: 3}


def question(books: Books) -> Iterator[Check]:
    """sha256 of the resolved scenario in canonical JSON; its name."""
    record = books.plan.scenario
    text = json.dumps(record.resolved, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    digest = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
    yield same("scenario-sha256", "scenario.sha256", record.sha256, digest)
    yield same("scenario-name", "scenario.name", record.name, books.asked.name)


def calendar(books: Books) -> Iterator[Check]:
    """Number, length, order, label and plan-year of the periods."""
    horizon, scenario = books.plan.horizon, books.asked
    if scenario.start is not None and scenario.periods is None:
        yield same("horizon-start", "horizon.start", horizon.start, scenario.start)
    lengths = [p.hours for p in horizon.periods]
    if scenario.periods is None:
        yield from _calendar_lengths(scenario, lengths)
    else:
        yield from _explicit_lengths(scenario, lengths)
    for t, period in enumerate(horizon.periods):
        where = f"periods[{t}]"
        yield same("period-index", where, period.index, t)
        yield same("plan-year", where, period.plan_year, books.calendar.plan_year(t))
        yield holds("period-label", where, period.start in labels(books, t), period.start, labels(books, t))


def _calendar_lengths(scenario: Scenario, lengths: list[float]) -> Iterator[Check]:
    """Months of 730 h or quarters of 2,190 h, as many as the horizon is long."""
    quarterly = scenario.period == "quarter" or (scenario.period is None and scenario.quarters is not None)
    hours = HOURS_PER_MONTH * (3 if quarterly else 1)
    for t, length in enumerate(lengths):
        yield same_number("period-hours", f"periods[{t}]", length, hours)
    asked_hours = HOURS_PER_YEAR * (scenario.years or 3)
    if scenario.months is not None:
        asked_hours = HOURS_PER_MONTH * scenario.months
    elif scenario.quarters is not None:
        asked_hours = HOURS_PER_MONTH * 3 * scenario.quarters
    yield same_number("horizon-length", "horizon.periods", len(lengths), asked_hours / hours)


def _explicit_lengths(scenario: Scenario, lengths: list[float]) -> Iterator[Check]:
    asked = scenario.periods or ()
    yield same("horizon-length", "horizon.periods", len(lengths), len(asked))
    for t, (length, period) in enumerate(zip(lengths, asked, strict=False)):
        yield same_number("period-hours", f"periods[{t}]", length, period.hours)


def labels(books: Books, t: int) -> set[str]:
    """What period t may be called: its month, or `p<t>` or its given name; empty if nobody can know."""
    explicit = books.asked.periods
    if explicit is not None:
        name = explicit[t].name if t < len(explicit) else None
        return {f"p{t}"} | ({name} if name else set())
    if not _MONTH.match(books.plan.horizon.start):
        return {f"p{t}"}
    months = _CALENDAR_MONTHS.get(books.plan.horizon.periods[0].hours, 1)
    return {month_after(books.plan.horizon.start, t * months)}


def slices(books: Books) -> Iterator[Check]:
    """The slices of a period add up to it; the spikes come last, and the ordinary ones share what they leave."""
    horizon, spikes = books.plan.horizon, spike_hours(books)
    for t, period in enumerate(horizon.periods):
        total = sum(piece.hours for piece in period.slices)
        yield same_number("slice-sum", f"periods[{t}]", total, period.hours, 1e-9)
        named = [piece.spike for piece in period.slices]
        ordinary = len(named) - len(spikes)
        yield same("slice-spike", f"periods[{t}]", named, [""] * ordinary + [name for name, _ in spikes])
        for s, piece in enumerate(period.slices):
            where = f"periods[{t}].slices[{s}]"
            if piece.spike:
                yield same("slice-spike", where, piece.name, piece.spike)
            expected = _slice_hours(books, t, s, spikes)
            if expected is not None:
                yield same_number("slice-hours", where, piece.hours, expected, 1e-9)
    if books.asked.periods is None:
        hours = sorted(h for group in horizon.week_hours for h in group)
        yield holds(
            "week-hours",
            "horizon.week_hours",
            hours == list(range(HOURS_PER_WEEK)),
            f"{len(hours)} hours",
            "every hour of the week once",
        )
        counts = {len(period.slices) for period in horizon.periods}
        yield same("week-hours", "horizon.periods", counts, {len(horizon.week_hours) + len(spikes)})


def spike_hours(books: Books) -> list[tuple[str, float]]:
    """(name, hours a year) of every spike that a workload names, in order of name."""
    stated = [w.spike for w in books.workloads.values() if isinstance(w, Inference | Development)]
    return sorted({spike.name: spike.hours_per_year for spike in stated if spike is not None}.items())


def _slice_hours(books: Books, t: int, s: int, spikes: list[tuple[str, float]]) -> float | None:
    """What the scenario makes of slice s of period t; None if it has no such slice."""
    period, explicit = books.plan.horizon.periods[t], books.asked.periods
    ordinary = len(period.slices) - len(spikes)
    if s >= ordinary >= 0:
        return period.hours * spikes[s - ordinary][1] / HOURS_PER_YEAR
    left = 1.0 - sum(hours for _, hours in spikes) / HOURS_PER_YEAR
    if explicit is None:
        groups = books.plan.horizon.week_hours
        return period.hours * len(groups[s]) / HOURS_PER_WEEK * left if s < len(groups) else None
    if t >= len(explicit):
        return None
    stated = explicit[t].slices
    if stated is None:
        return explicit[t].hours * left if s == 0 else 0.0
    return stated[s].hours if s < len(stated) else 0.0


RULES = (question, calendar, slices)
