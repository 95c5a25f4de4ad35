"""Training runs: on which cluster, from when to when, how well it is used, and what it costs."""

from collections import defaultdict

from planner.domain.records import RunRecord, RunShare
from planner.domain.time import span_of
from planner.domain.workloads import TrainingRun
from planner.report.document import (
    Cell,
    Paragraph,
    Section,
    TableRow,
    amount,
    columns_of,
    count,
    money,
    percent,
    place_of,
    section_of,
    table_of,
    words,
)
from planner.report.plan.reading import Reading
from planner.report.plan.service.demand import RUN, demand, horizon_of_plan
from planner.units import HOURS_PER_DAY


def training_runs(reading: Reading) -> Section | None:
    """One row for each run that is held together, and for each that may stop and move."""
    spread = [w for w in reading.workloads.values() if isinstance(w, TrainingRun) and w.interruptible]
    rows = [_held(reading, run) for run in reading.plan.runs]
    rows += [row for run in spread if (row := _spread(reading, run)) is not None]
    if not rows:
        return None
    columns = columns_of("Run | Cluster | When | #Time | #Goodput | #Cost | Nodes from")
    said = Paragraph(
        "Goodput is the share of the time that makes progress, checkpoints and failures taken off. Cost is cash in the"
        " horizon, by the node-hours that a run holds."
    )
    return section_of("Training runs", table_of(columns, rows), said)


def _held(reading: Reading, run: RunRecord) -> TableRow:
    option = next((reading.options[s.option] for s in run.shares if s.option in reading.options), None)
    chips = f"{count(run.accelerators)} × {option.accelerator or 'accelerator'}" if option is not None else ""
    node_type = option.node_type if option is not None else run.pool
    place = place_of(option.provider, option.region) if option is not None else ""
    return TableRow(
        (
            (run.workload, f"{amount(run.work)} {run.work_unit}"),
            (f"{count(run.nodes)} × {node_type}", chips, place),
            (_from_to(run.start, run.end), *_window(reading, run.workload)),
            _time(run.hours, _window_hours(reading, run.workload)),
            percent(run.goodput),
            _cost(reading, run.workload, run.work),
            _contracts(reading, run.shares),
        )
    )


def _from_to(start: str, end: str) -> str:
    return f"{start} to {end}" if start != end else f"{start} only"


def _span(reading: Reading, name: str) -> range | None:
    run = reading.workloads.get(name)
    if not isinstance(run, TrainingRun):
        return None
    first = run.earliest_period if run.earliest is None else run.earliest
    may = reading.span(first, run.deadline_period if run.deadline is None else run.deadline)
    asked = span_of(run, horizon_of_plan(reading.plan))
    return range(max(may.start, asked.start), min(may.stop, asked.stop))


def _window(reading: Reading, name: str) -> tuple[str, ...]:
    """When it may run, if that is said."""
    span, run = _span(reading, name), reading.workloads.get(name)
    if not span or not isinstance(run, TrainingRun):
        return ()
    names = ("earliest", "deadline", "start", "end")
    if all(getattr(run, name) is None and getattr(run, f"{name}_period") is None for name in names):
        return ()
    return (f"may: {_from_to(reading.month(span[0]), reading.month(span[-1]))}",)


def _window_hours(reading: Reading, name: str) -> float | None:
    span = _span(reading, name)
    return sum(reading.plan.horizon.periods[t].hours for t in span) if span else None


def _time(hours: float, window_hours: float | None) -> Cell:
    share = f"{percent(min(1.0, hours / window_hours))} of window" if window_hours else ""
    return (f"{amount(round(hours, 1))} h", f"{amount(round(hours / HOURS_PER_DAY, 1))} days", share)


def _cost(reading: Reading, name: str, work: float) -> str:
    """Work × cost of a unit, which is that of the node-hours it holds."""
    unit_cost = next((cost.usd_per_unit for cost in reading.plan.unit_costs if cost.workload == name), None)
    return "" if unit_cost is None else money(unit_cost * work)


def _contracts(reading: Reading, shares: tuple[RunShare, ...]) -> tuple[str, ...]:
    """Options its nodes come from: how many, and when."""
    nodes: dict[str, list[RunShare]] = defaultdict(list)
    for share in shares:
        if share.nodes > 0:
            nodes[share.option].append(share)
    lines = []
    for option, found in nodes.items():
        record = reading.options.get(option)
        name = words(record.contract) if record is not None else option
        low, high = count(min(s.nodes for s in found)), count(max(s.nodes for s in found))
        held = high if low == high else f"{low} to {high}"
        when = _from_to(reading.month(found[0].period), reading.month(found[-1].period))
        lines.append(f"{held} {name}, {when}" if len(nodes) > 1 else f"{held} {name}")
    return tuple(lines) or ("",)


def _spread(reading: Reading, run: TrainingRun) -> TableRow | None:
    """A run that may stop and move: its work as it is spread over options and periods."""
    records = [r for r in reading.plan.serving if r.workload == run.name and r.work > 0]
    if not records:
        return None
    asked, work = demand(reading, run)[RUN], sum(r.work for r in records)
    periods = sorted({r.period for r in records})
    hours = sum(reading.plan.horizon.periods[t].hours for t in periods)
    shares: dict[str, float] = defaultdict(float)
    for record in records:
        shares[record.option] += record.work
    named = []
    for option, done in sorted(shares.items(), key=lambda item: -item[1]):
        known = reading.options.get(option)
        name = f"{words(known.contract)}, {known.node_type}" if known is not None else option
        named.append(f"{percent(done / work)} {name}")
    most = max(
        sum(r.nodes for r in records if (r.period, r.slice) == key) for key in {(r.period, r.slice) for r in records}
    )
    return TableRow(
        (
            (run.name, f"{amount(asked)} {run.work_unit}"),
            ("may stop and move", f"up to {count(most)} nodes"),
            (_from_to(reading.month(periods[0]), reading.month(periods[-1])), *_window(reading, run.name)),
            _time(hours, _window_hours(reading, run.name)),
            "",
            _cost(reading, run.name, asked),
            tuple(named[:4]),
        )
    )
