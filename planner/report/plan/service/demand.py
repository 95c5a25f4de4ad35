"""What was asked for, in work units: by slice (online work), by period (flexible work), or in one (training runs)."""

from collections import defaultdict

from planner.domain.records import Plan, ServingRecord, UnservedRecord
from planner.domain.time import Horizon, Slice, mean_rates, periods_of, shape_of, slice_rates
from planner.domain.workloads import TrainingRun, Workload
from planner.report.plan.reading import Reading

Point = tuple[int, int]
"""Period and slice; slice -1 for a whole period, period -1 for a whole run."""
RUN: Point = (-1, -1)


def point(workload: Workload, t: int, s: int) -> Point:
    """Where the work of a slice counts."""
    if isinstance(workload, TrainingRun):
        return RUN
    return t, s if workload.online else -1


def demand(reading: Reading, workload: Workload) -> dict[Point, float]:
    """Work units asked for at every point; what is served and unserved where a load shape is not in the file."""
    asked = reading.asked
    scale = asked.demand_scale if asked is not None else 1.0
    if isinstance(workload, TrainingRun):
        return {RUN: workload.total_work * scale}
    horizon = horizon_of_plan(reading.plan)
    if not workload.online:
        means = zip(mean_rates(workload, horizon), horizon.periods, strict=True)
        return {(period.index, -1): rate * period.hours * scale for rate, period in means}
    try:
        shape = shape_of(workload, reading.plan.inputs.profiles)
        rates = slice_rates(workload, horizon, reading.plan.horizon.week_hours, shape)
        return {key: rates[key[0]][key[1]] * piece.hours * scale for key, piece in reading.slices.items()}
    except (KeyError, IndexError):
        return served(reading, workload)


def served(reading: Reading, workload: Workload) -> dict[Point, float]:
    """Work done and left undone at every point."""
    work: dict[Point, float] = defaultdict(float)
    records: list[ServingRecord | UnservedRecord] = [*reading.plan.serving, *reading.plan.unserved]
    for record in records:
        if record.workload == workload.name:
            work[point(workload, record.period, record.slice)] += record.work
    return dict(work)


def horizon_of_plan(plan: Plan) -> Horizon:
    """The time of the plan as the domain counts it."""
    periods = plan.horizon.periods
    slices = [tuple(Slice(s.name, s.hours, s.spike) for s in period.slices) for period in periods]
    return periods_of([period.hours for period in periods], [period.start for period in periods], slices)
