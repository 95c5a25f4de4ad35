"""Do months and numbers of periods lie where they mean something?

What lies beyond the end of the horizon is fine (a deadline, a raise, a release): it then plays no part. What lies
before the start of it, and a run that has no period left, is a mistake.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from math import fsum

from planner.domain.inputs import Catalog
from planner.domain.scenario import Block, InstanceOffer, Scenario, Successor
from planner.domain.time import PeriodLengths
from planner.domain.workloads import GrowingWorkload, TrainingRun
from planner.inputs.cross_check.terms import check_blocks
from planner.inputs.source import KeyPath, MistakeLog
from planner.units import HOURS_PER_MONTH, HOURS_PER_YEAR, month_after, plural


def check_months(scenario: Scenario, lengths: PeriodLengths, log: MistakeLog) -> None:
    """Every month and every number of a period in the scenario."""
    calendar = scenario.periods is None and scenario.start is not None
    if not calendar:
        for path, instead in _months(scenario):
            what = f"`{path[-1]}` needs " + ("calendar periods" if scenario.periods is not None else "a known `start`")
            log.say(what, path, instead if scenario.periods is not None else "give the `start`", "calendar", key=True)
    months = round(lengths.hours[0] / HOURS_PER_MONTH)
    checker = _Checker(scenario, lengths.starts if calendar else None, len(lengths.hours), months, log)
    check_blocks(scenario, lengths, list(lengths.starts) if calendar else None, log)
    checker.spans()
    checker.agreements()
    checker.runs()
    checker.money()


def _months(scenario: Scenario) -> Iterator[tuple[KeyPath, str | None]]:
    """Path of every month but the start and the ends of holdings, and what to give instead of it."""
    for i, workload in enumerate(scenario.workloads):
        path: KeyPath = ("workloads", i)
        for name in ("start", "end"):
            if getattr(workload, name) is not None:
                yield (*path, name), f"give `{name}_period`"
        if isinstance(workload, TrainingRun):
            for name in ("earliest", "deadline"):
                if getattr(workload, name) is not None:
                    yield (*path, name), f"give `{name}_period`"
        if isinstance(workload, GrowingWorkload):
            for j, surge in enumerate(workload.surges):
                if surge.start is not None:
                    yield (*path, "surges", j, "start"), "give `after_months`"
    for i, offer in enumerate(scenario.offers):
        if isinstance(offer, InstanceOffer):
            for j, contract in enumerate(offer.contracts):
                if isinstance(contract, Block) and contract.start is not None:
                    yield ("offers", i, "contracts", j, "start"), "give `start_period`"
        if isinstance(offer, InstanceOffer) and offer.available_from is not None:
            yield ("offers", i, "available_from"), "leave it out, or plan in months or quarters"
    for kind, things in (("sites", scenario.own.sites), ("servers", scenario.own.servers)) if scenario.own else ():
        for i, thing in enumerate(things):
            if thing.available_from is not None:
                yield ("own", kind, i, "available_from"), "leave it out, or plan in months or quarters"
    for i, release in enumerate(scenario.releases):
        if release.month is not None:
            yield ("releases", i, "month"), "give `period`"
    for i in range(len(scenario.successors or ())):
        yield ("successors", i, "month"), "leave it out, or plan in months or quarters"
    for i, agreement in enumerate(scenario.spend_agreements):
        if agreement.since is not None:
            yield ("spend_agreements", i, "from"), "give `from_period`"
        if agreement.until is not None:
            yield ("spend_agreements", i, "until"), "give `until_period`"
    for i, credit in enumerate(scenario.credits):
        if credit.expires is not None:
            yield ("credits", i, "expires"), "give `expires_period`"
    for i, raised in enumerate(scenario.cash.raises if scenario.cash else ()):
        if raised.month is not None:
            yield ("cash", "raises", i, "month"), "give `period`"


@dataclass(frozen=True, slots=True)
class _Checker:
    scenario: Scenario
    starts: list[str] | None
    """First month of every period; None without a calendar."""
    periods: int
    months_per_period: int
    log: MistakeLog

    def spans(self) -> None:
        """Work begins and ends with a period, and there is some inside the horizon."""
        for index, workload in enumerate(self.scenario.workloads):
            path: KeyPath = ("workloads", index)
            self._inside(workload.start_period, (*path, "start_period"))
            if workload.end_period == 0:
                self.log.say("no work inside the horizon", (*path, "end_period"), "1 or more", "window")
            if self.starts is None:
                continue
            if workload.start is not None and workload.start > self.starts[0]:
                self._begins_a_period(workload.start, (*path, "start"), self.starts)
                if workload.start > self.starts[-1]:
                    what = f"no work inside the horizon: its last period starts in {self.starts[-1]}"
                    self.log.say(what, (*path, "start"), "leave the workload out, or lengthen the horizon", "window")
            if workload.end is not None and workload.end <= self.starts[0]:
                what = f"no work inside the horizon, which starts in {self.starts[0]}"
                remedy = "`end` is the first month without work; leave the workload out if it is over"
                self.log.say(what, (*path, "end"), remedy, "window")
            elif workload.end is not None:
                self._begins_a_period(workload.end, (*path, "end"), self.starts)

    def agreements(self) -> None:
        """They begin and end with a period, and not before the horizon."""
        for i, agreement in enumerate(self.scenario.spend_agreements):
            path: KeyPath = ("spend_agreements", i)
            self._inside(agreement.from_period, (*path, "from_period"))
            for name, month in (("from", agreement.since), ("until", agreement.until)):
                if month is not None and self.starts is not None:
                    self._begins_a_period(month, (*path, name), self.starts)
            if self.starts is not None and agreement.until is not None and agreement.until <= self.starts[0]:
                what = f"over before the horizon starts, in {self.starts[0]}"
                self.log.say(what, (*path, "until"), "leave the agreement out", "window")
            if self.starts is not None and agreement.since is not None and agreement.since > self.starts[-1]:
                what = f"begins after the last period of the horizon, {self.starts[-1]}"
                self.log.say(what, (*path, "from"), "leave the agreement out, or lengthen the horizon", "window")

    def _begins_a_period(self, month: str, path: KeyPath, starts: list[str]) -> None:
        """A month of the horizon is the first of a period: inside of one, peaks and means would be those of neither."""
        starts = [*starts, month_after(starts[-1], self.months_per_period)]
        if starts[0] < month < starts[-1] and month not in starts:
            near, after = starts[bisect_left(starts, month) - 1], starts[bisect_left(starts, month)]
            what = f"{month} lies inside a period"
            self.log.say(what, path, f"give {near} or {after}, or plan by `period: month`", "window")

    def runs(self) -> None:
        for index, workload in enumerate(self.scenario.workloads):
            if isinstance(workload, TrainingRun):
                path: KeyPath = ("workloads", index)
                inside = self._inside(workload.earliest_period, (*path, "earliest_period"))
                if self._inside(workload.deadline_period, (*path, "deadline_period")) and inside:
                    self._window(workload, path)

    def _window(self, run: TrainingRun, path: KeyPath) -> None:
        """A run starts with a period not before `earliest` and ends by the period in which `deadline` lies."""
        if self.starts is None and (run.earliest is not None or run.deadline is not None):
            return
        starts = self.starts or []
        first = bisect_left(starts, run.earliest) if run.earliest is not None else run.earliest_period or 0
        last = self.periods - 1 if run.deadline_period is None else run.deadline_period
        if run.deadline is not None:
            last = bisect_right(starts, run.deadline) - 1
        if last < 0:
            what = f"the deadline {run.deadline} is before the start of the horizon, {starts[0]}"
            self.log.say(what, (*path, "deadline"), None, "window")
        elif first >= self.periods:
            what = f"no period of the horizon starts in {run.earliest} or later"
            self.log.say(what, (*path, "earliest"), f"the last one starts in {starts[-1]}", "window")
        elif first > last:
            key = "deadline" if run.deadline is not None else "deadline_period"
            since = "earliest" if run.earliest is not None else "earliest_period"
            what = f"no period starts at `{since}` or later and ends by `{key}`"
            self.log.say(what, (*path, key), "a run takes at least one whole period", "window")

    def money(self) -> None:
        for i, release in enumerate(self.scenario.releases):
            self._inside(release.period, ("releases", i, "period"))
        for i, credit in enumerate(self.scenario.credits):
            self._inside(credit.expires_period, ("credits", i, "expires_period"), beyond=1)
            gone = credit.expires is not None and self.starts is not None and credit.expires <= self.starts[0]
            if gone or credit.expires_period == 0:
                name = "expires" if credit.expires is not None else "expires_period"
                what = "the credits are gone before the horizon starts"
                self.log.say(what, ("credits", i, name), f"`{name}` is when they are no longer there", "window")
        for i, raised in enumerate(self.scenario.cash.raises if self.scenario.cash else ()):
            path: KeyPath = ("cash", "raises", i)
            self._inside(raised.period, (*path, "period"))
            if raised.month is not None and self.starts is not None and raised.month < self.starts[0]:
                what = f"a raise before the start of the horizon, {self.starts[0]}"
                self.log.say(what, (*path, "month"), "count it in `at_hand_usd`", "window")

    def _inside(self, period: int | None, path: KeyPath, beyond: int = 0) -> bool:
        """Whether a number of a period is one of the horizon, or not given."""
        if period is None or 0 <= period < self.periods + beyond:
            return True
        what = f"period {period} of a horizon of {plural(self.periods, 'period')}"
        self.log.say(what, path, f"from 0 to {self.periods - 1 + beyond}", "window")
        return False


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
