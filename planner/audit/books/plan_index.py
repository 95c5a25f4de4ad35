"""The plan opened on the accountant's desk: look-ups by name and index, made once.

Nothing is judged here; what does not exist is simply not found.
"""

import re
from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from math import floor

from pydantic import ValidationError

from planner.audit.books.calendar import Calendar
from planner.audit.books.check import exact
from planner.domain.records import (
    CoverRecord,
    FitRecord,
    FleetRecord,
    OptionRecord,
    Plan,
    PlanLine,
    RunRecord,
    RunShare,
    ServingRecord,
)
from planner.domain.scenario import Scenario
from planner.domain.workloads import Workload

_NEARLY, _FLOAT = 1e-6, 1e-9
"""So much less than whole nodes is as many: of a node, and of all of them."""
LONGEST_TERM_PERIODS = 12_000
"""A line that claims a longer term is malformed; nobody walks its invoices."""
Key = tuple[str, int, int]
BY_THE_HOUR = frozenset({"on_demand", "spot"})
_MONTH = re.compile(r"^\d{4}-\d{2}$")
_MONTHS_OF_PERIOD = {730.0: 1, 2190.0: 3}


@dataclass(frozen=True)
class Books:
    """A plan with its indexes."""

    plan: Plan

    @cached_property
    def scenario(self) -> Scenario | None:
        """The embedded scenario, or None if it is not one."""
        try:
            return Scenario.model_validate(self.plan.scenario.resolved)
        except (ValidationError, ValueError, TypeError):
            return None

    @property
    def asked(self) -> Scenario:
        """The embedded scenario; rules that need it are run only if it can be read."""
        if self.scenario is None:
            raise LookupError("the embedded scenario cannot be read")
        return self.scenario

    @cached_property
    def calendar(self) -> Calendar:
        return Calendar(tuple(exact(p.hours) for p in self.plan.horizon.periods))

    def month_offset(self, month: str) -> int:
        """Months from the start of the horizon to a month `YYYY-MM`; may be negative."""
        start = self.plan.horizon.start
        return (int(month[:4]) - int(start[:4])) * 12 + int(month[5:7]) - int(start[5:7])

    def first_period_from(self, month: str | None, period: int | None, default: int) -> int:
        """Index of the first period that starts in or after a month, or the period itself if it is given."""
        if month is None:
            return default if period is None else period
        return -(-self.month_offset(month) // self._months_of_period)

    def period_of(self, month: str | None, period: int | None, default: int) -> int:
        """Index of the period that a month lies in, or the period itself if it is given."""
        if month is None:
            return default if period is None else period
        return self.month_offset(month) // self._months_of_period

    @cached_property
    def _months_of_period(self) -> int:
        """1 or 3; months have no place in explicit periods."""
        horizon = self.plan.horizon
        months = _MONTHS_OF_PERIOD.get(horizon.periods[0].hours)
        if months is None or self.asked.periods is not None or not _MONTH.match(horizon.start):
            raise LookupError("the periods of the plan have no months")
        return months

    @cached_property
    def slice_hours(self) -> dict[tuple[int, int], Decimal]:
        return {
            (t, s): exact(piece.hours)
            for t, period in enumerate(self.plan.horizon.periods)
            for s, piece in enumerate(period.slices)
        }

    @cached_property
    def options(self) -> dict[str, OptionRecord]:
        return {record.option: record for record in self.plan.inputs.options}

    @cached_property
    def workloads(self) -> dict[str, Workload]:
        return {w.name: w for w in self.asked.workloads}

    @cached_property
    def fits(self) -> dict[tuple[str, str, str], FitRecord]:
        """By workload, option and mode of serving."""
        return {(fit.workload, fit.option, fit.mode): fit for fit in self.plan.inputs.fits}

    @cached_property
    def lines_of(self) -> dict[str, tuple[int, ...]]:
        """Positions of the lines of each option."""
        found: dict[str, list[int]] = defaultdict(list)
        for i, line in enumerate(self.plan.lines):
            found[line.option].append(i)
        return {option: tuple(lines) for option, lines in found.items()}

    @cached_property
    def fleet(self) -> dict[Key, float]:
        """Nodes running by the hour, by (option, period, slice)."""
        nodes: dict[Key, float] = defaultdict(float)
        for record in self.known_fleet:
            nodes[record.option, record.period, record.slice] += record.nodes
        return dict(nodes)

    @cached_property
    def known_fleet(self) -> tuple[FleetRecord, ...]:
        """Fleet records that name an existing option and slice."""
        known = self.slice_hours
        return tuple(f for f in self.plan.fleet if (f.period, f.slice) in known and f.option in self.options)

    @cached_property
    def known_covered(self) -> tuple[CoverRecord, ...]:
        """What savings plans cover, of an existing option and slice."""
        known = self.slice_hours
        return tuple(c for c in self.plan.covered if (c.period, c.slice) in known and c.option in self.options)

    @cached_property
    def known_serving(self) -> tuple[ServingRecord, ...]:
        """Serving records that name an existing option, workload and slice."""
        known, workloads = self.slice_hours, self.workloads if self.scenario else {}
        return tuple(
            r
            for r in self.plan.serving
            if (r.period, r.slice) in known and r.option in self.options and r.workload in workloads
        )

    @cached_property
    def commitments(self) -> tuple[tuple[int, PlanLine], ...]:
        """Commitment lines whose term can be walked."""
        return tuple(
            (i, line)
            for i, line in enumerate(self.plan.lines)
            if line.action == "commit" and line.option in self.options and walkable(line)
        )

    @cached_property
    def bought(self) -> tuple[tuple[int, PlanLine], ...]:
        """Lines of servers that are bought."""
        return tuple(
            (i, line)
            for i, line in enumerate(self.plan.lines)
            if line.action == "buy" and line.option in self.options and walkable(line)
        )

    @cached_property
    def in_service(self) -> dict[tuple[str, int], float]:
        """Nodes committed or bought that are in service, by (option, period of the horizon)."""
        nodes: dict[tuple[str, int], float] = defaultdict(float)
        for _, line in (*self.commitments, *self.bought):
            for t in range(line.start_index, min(line.end_index, self.calendar.count)):
                nodes[line.option, t] += line.nodes
        return dict(nodes)

    @cached_property
    def ending(self) -> dict[tuple[str, int], float]:
        """Nodes of blocks that are there for the first part of a period only, the last of their term, by (option, period)."""
        nodes: dict[tuple[str, int], float] = defaultdict(float)
        for _, line in self.commitments:
            if self.options[line.option].period_share < 1 and line.end_index <= self.calendar.count:
                nodes[line.option, line.end_index - 1] += line.nodes
        return dict(nodes)

    @cached_property
    def known_shares(self) -> tuple[tuple[RunRecord, RunShare], ...]:
        """What training runs hold, of existing options and periods."""
        options, count = self.options, self.calendar.count
        return tuple(
            (run, share)
            for run in self.plan.runs
            for share in run.shares
            if share.option in options and 0 <= share.period < count
        )

    @cached_property
    def held_by_runs(self) -> dict[tuple[str, int], float]:
        """Nodes that training runs hold, by (option, period); not those of blocks that end in it."""
        nodes: dict[tuple[str, int], float] = defaultdict(float)
        for _, share in self.known_shares:
            if not self.is_of_block(share):
                nodes[share.option, share.period] += share.nodes
        return dict(nodes)

    @cached_property
    def blocks_of_runs(self) -> dict[tuple[str, int], float]:
        """Nodes of blocks on which training runs end, in a period in which the blocks end too, by (option, period)."""
        nodes: dict[tuple[str, int], float] = defaultdict(float)
        for _, share in self.known_shares:
            if self.is_of_block(share):
                nodes[share.option, share.period] += share.nodes
        return dict(nodes)

    @cached_property
    def run_only(self) -> dict[tuple[str, int], float]:
        """Nodes that run by the hour for a part of a period, for a run only; they are not in the fleet."""
        nodes: dict[tuple[str, int], float] = defaultdict(float)
        for _, share in self.known_shares:
            if self.is_part_time(share):
                nodes[share.option, share.period] += share.nodes
        return dict(nodes)

    def run_hours(self, run: RunRecord, share: RunShare) -> float:
        """Node-hours that serve a run; what is there for the whole of its last period is idle for the rest of it."""
        last = share.period == run.end_index - 1
        return share.nodes * (min(share.hours, run.last_period_hours) if last else share.hours)

    def is_part_time(self, share: RunShare) -> bool:
        """Paid by the hour, and for less than the whole period."""
        hours = float(self.calendar.hours(share.period))
        return self.options[share.option].action in BY_THE_HOUR and share.hours < hours * (1 - 1e-9)

    def is_of_block(self, share: RunShare) -> bool:
        """Held for less than the whole period under a contract with a term: of a block that ends in it."""
        hours = float(self.calendar.hours(share.period))
        return self.options[share.option].action == "commit" and share.hours < hours * (1 - 1e-9)

    def running(self, option: str, t: int, s: int) -> float:
        """Nodes of an option that run by the hour in a slice."""
        return self.fleet.get((option, t, s), 0.0) + self.run_only.get((option, t), 0.0)

    def lasting(self, option: str, t: int, s: int) -> float:
        """Nodes that are there for the whole of a slice: those that only a run pays for, for a part of it, are not."""
        service = self.in_service.get((option, t), 0.0) - self.ending.get((option, t), 0.0)
        return self.fleet.get((option, t, s), 0.0) + service

    def steady(self, option: str, t: int, s: int) -> float:
        """Nodes that are there at every moment of a slice: what runs by the hour is an average, of which whole nodes count."""
        running = self.fleet.get((option, t, s), 0.0)
        if self.asked.integers == "whole" and self.options[option].delivery != "container":
            running = floor(running * (1 + _FLOAT) + _NEARLY)
        return running + self.in_service.get((option, t), 0.0)

    def live(self, option: str, t: int, s: int) -> float:
        """Nodes of an option that are there in a slice: running by the hour or in service."""
        return self.running(option, t, s) + self.in_service.get((option, t), 0.0)


def walkable(line: PlanLine) -> bool:
    """True if the indices of a line can be periods at all."""
    return 0 <= line.start_index < line.end_index <= line.start_index + LONGEST_TERM_PERIODS and (
        line.start_index <= LONGEST_TERM_PERIODS and line.signed_index <= LONGEST_TERM_PERIODS
    )


def line_name(i: int, line: PlanLine) -> str:
    return f"lines[{i}] {line.option}"
