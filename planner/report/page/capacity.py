"""Capacity beside demand, by period and by the hours of it: accelerators of the whole plan, and the work of each workload."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from planner.domain.records import Plan, RunRecord, ServingRecord, UnservedRecord
from planner.domain.workloads import TrainingRun, Workload
from planner.report.document import Chart, clean, kind_words, period_word, plural
from planner.report.page.stacked import Bars, Line, stacked
from planner.report.plan import Point, Reading, demand

MOST_WORKLOADS = 6
"""Workloads that have a chart, those that cost most."""
Kinds = Mapping[str, float]
"""Kind of contract → how much of it."""


def capacity(reading: Reading) -> Chart | None:
    """Accelerators under contract and by the hour, beside those at work."""
    plan, count = reading.plan, len(reading.plan.horizon.periods)
    each = {record.option: record.accelerators_per_node for record in plan.inputs.options}
    each |= {line.option: 0 for line in plan.lines if line.unit == "committed USD"}  # of a savings plan: dollars
    there: dict[Point, dict[str, float]] = defaultdict(lambda: defaultdict(float))
    busy: dict[Point, float] = defaultdict(float)
    for (option, t, s), nodes in reading.live.items():
        if each.get(option, 1):
            there[t, s][_kind(reading, option)] += nodes * each.get(option, 1)
    for r in plan.serving:
        busy[r.period, r.slice] += r.nodes * each.get(r.option, 1) * (r.work / r.able if r.able else 0.0)
    for share in (share for run in plan.runs for share in run.shares):
        for s in range(len(plan.horizon.periods[share.period].slices)):
            busy[share.period, s] += share.nodes * each.get(share.option, 1)
    if not there:
        return None
    found = _Hourly(reading, "at work", there, {at: busy[at] for at in reading.slices})
    said = "What is under contract or paid by the hour, beside how many the demand keeps at work."
    return found.chart("capacity", "Accelerators by contract, against those at work", said, "accelerators", count)


def work(reading: Reading) -> tuple[Chart, ...]:
    """Of each workload: what could serve it, by contract, beside its demand."""
    plan = reading.plan
    records: list[ServingRecord | RunRecord | UnservedRecord] = [*plan.serving, *plan.runs, *plan.unserved]
    served = {record.workload: record.work_unit for record in records}
    asked = [reading.workloads[name] for name in _dearest(plan, list(served)) if name in reading.workloads]
    return tuple(
        _run(reading, workload, f"work-{number}", served[workload.name])
        if isinstance(workload, TrainingRun)
        else _rates(reading, workload, f"work-{number}", served[workload.name])
        for number, workload in enumerate(asked)
    )


def _dearest(plan: Plan, names: list[str]) -> list[str]:
    """In the order of the scenario; of many those that cost most."""
    price = {cost.workload: cost.usd_per_unit for cost in plan.unit_costs}
    usd: dict[str, float] = defaultdict(float)
    records: list[ServingRecord | RunRecord] = [*plan.serving, *plan.runs]
    for record in records:
        usd[record.workload] += record.work * price.get(record.workload, 0.0)
    kept = set(sorted(names, key=lambda name: -usd[name])[:MOST_WORKLOADS])
    return [name for name in names if name in kept]


def _kind(reading: Reading, option: str, mode: str = "") -> str:
    record = reading.options.get(option)
    if mode:
        return "a fallback"
    if any(line.held for line in reading.plan.lines if line.option == option):
        return "already held"
    return kind_words(record.action) if record is not None else "others"


def _rates(reading: Reading, workload: Workload, name: str, unit: str) -> Chart:
    """Work units an hour: by slice where work cannot wait, over whole periods where it can."""
    needed, hours = demand(reading, workload), {at: piece.hours for at, piece in reading.slices.items()}
    hours |= {(period.index, -1): period.hours for period in reading.plan.horizon.periods}
    able: dict[Point, dict[str, float]] = defaultdict(lambda: defaultdict(float))
    for r in reading.plan.serving:
        at = (r.period, r.slice) if workload.online else (r.period, -1)
        if r.workload == workload.name and hours.get(at):
            able[at][_kind(reading, r.option, r.mode)] += r.able / hours[at]
    rates = {at: amount / hours[at] for at, amount in needed.items() if hours.get(at)}
    found = _Hourly(reading, "demand", able, rates)
    by_hour = f"{unit.removesuffix('-hour')} at work" if unit.endswith("-hour") else f"{unit} an hour"
    said = "What could serve it, beside what is asked for."
    said += "" if workload.online else " It may wait, so whole periods are compared."
    title = f"Capacity against demand: {clean(workload.name)}"
    return found.chart(name, title, said, by_hour, len(reading.plan.horizon.periods))


def _run(reading: Reading, workload: TrainingRun, name: str, unit: str) -> Chart:
    """Work done so far, beside all that the run asks for."""
    count = len(reading.plan.horizon.periods)
    (whole,) = demand(reading, workload).values()
    plan = reading.plan
    parts = [(_kind(reading, r.option, r.mode), r.period, r.work) for r in plan.serving if r.workload == workload.name]
    for run in (run for run in plan.runs if run.workload == workload.name):
        each = run.work / sum(share.nodes * share.hours for share in run.shares)
        parts += [(_kind(reading, s.option), s.period, each * s.nodes * s.hours) for s in run.shares]
    done = {kind: [0.0] * count for kind, _, _ in parts}
    for kind, period, amount in parts:
        for t in range(period, count):
            done[kind][t] += amount
    title = f"Work done against demand: {clean(workload.name)}"
    said = "What has been done by the end of each period, beside all that the run asks for."
    line = Line("asked for in all", (whole,) * count)
    return stacked(reading.plan, name, title, said, Bars(done, line), unit)


class _Hourly(NamedTuple):
    """Numbers by period and slice (-1: the whole period)."""

    reading: Reading
    line: str
    there: Mapping[Point, Kinds]
    needed: Mapping[Point, float]

    def chart(self, name: str, title: str, said: str, unit: str, count: int) -> Chart:
        """The hours in which most is needed first, then every slice."""
        kinds = sorted({kind for one in self.there.values() for kind in one})
        by_period: dict[int, list[int]] = defaultdict(list)
        for t, s in self.needed:
            by_period[t].append(s)
        most = [max(by_period[t], key=lambda s, t=t: self.needed[t, s], default=None) for t in range(count)]  # type: ignore[misc]
        hours = [(f"busiest of each {period_word(self.reading.plan.horizon)}", self._at(kinds, most))]
        for word in dict.fromkeys(self._word(at) for at in self.needed):
            places = [next((s for s in by_period[t] if self._word((t, s)) == word), None) for t in range(count)]
            hours.append((word, self._at(kinds, places)))
        several = len(hours) > 2
        return stacked(self.reading.plan, name, title, said, hours[0][1], unit, hours=hours if several else ())

    def _at(self, kinds: Sequence[str], slices: Sequence[int | None]) -> Bars:
        """The numbers of one slice of each period."""
        at = [None if s is None else (t, s) for t, s in enumerate(slices)]
        series = {
            kind: [0.0 if one is None else self.there.get(one, {}).get(kind, 0.0) for one in at] for kind in kinds
        }
        return Bars(series, Line(self.line, tuple(None if one is None else self.needed[one] for one in at)))

    def _word(self, at: Point) -> str:
        """A slice by its name, and how long it lasts."""
        s = at[1]
        piece = self.reading.slices.get(at)
        if piece is None:
            return "whole period"
        week = self.reading.plan.horizon.week_hours
        return (
            f"{piece.name}, {plural(len(week[s]), 'hour')} a week" if s < len(week) and not piece.spike else piece.name
        )
