"""What a plan says of its workloads, added up from its records: work done and left undone is what was asked for."""

from collections import defaultdict

from planner.domain.records import Plan

Point = tuple[int, int]


def asked_rates(plan: Plan, workload: str, *, by_slice: bool) -> dict[Point, float]:
    """Work units an hour that are asked for; slice -1: over the whole period."""
    work: dict[Point, float] = defaultdict(float)
    for record in (*plan.serving, *plan.unserved):
        if record.workload == workload:
            work[record.period, record.slice if by_slice else -1] += record.work
    return {at: amount / hours_of(plan, at) for at, amount in work.items()}


def able_rates(plan: Plan, workload: str, *, by_slice: bool) -> dict[Point, float]:
    """Work units an hour that what serves it could do."""
    work: dict[Point, float] = defaultdict(float)
    for record in plan.serving:
        if record.workload == workload:
            work[record.period, record.slice if by_slice else -1] += record.able
    return {at: amount / hours_of(plan, at) for at, amount in work.items()}


def hours_of(plan: Plan, at: Point) -> float:
    period = plan.horizon.periods[at[0]]
    return period.hours if at[1] < 0 else period.slices[at[1]].hours
