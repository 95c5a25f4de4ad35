"""How much of each commitment of a plan is used, period by period."""

from collections import defaultdict
from typing import NamedTuple

from planner.domain.records import Plan, PlanLine


class UsePart(NamedTuple):
    """One period of a commitment."""

    period: int
    share: float
    """Of the whole commitment, by hours."""
    used: float
    """Share of this part that works: 0 to 1."""


def parts(plan: Plan, line: PlanLine, busy: dict[tuple[str, int], float]) -> list[UsePart]:
    """The periods of the horizon in which a commitment is in service.

    Args:
        busy: what `work_done` tells. Commitments of one option share it by their size.
    """
    periods = plan.horizon.periods[line.start_index : min(line.end_index, len(plan.horizon.periods))]
    if not line.nodes or not periods:
        return []
    whole = max(line.quantity / line.nodes, sum(period.hours for period in periods))
    rivals = [other for other in plan.lines if other.action == "commit" and other.option == line.option]
    found = []
    for period in periods:
        there = sum(
            other.nodes * min(period.hours, other.quantity / other.nodes)
            for other in rivals
            if other.nodes and other.start_index <= period.index < other.end_index
        )
        used = min(1.0, busy.get((line.option, period.index), 0.0) / there) if there > 0 else 0.0
        found.append(UsePart(period.index, period.hours / whole, used))
    return found


def work_done(plan: Plan) -> dict[tuple[str, int], float]:
    """(option, period) → node-hours at work, or dollars of a savings plan that nodes take up."""
    hours = {(p.index, s): slice_.hours for p in plan.horizon.periods for s, slice_ in enumerate(p.slices)}
    found: dict[tuple[str, int], float] = defaultdict(float)
    for serving in plan.serving:
        found[serving.option, serving.period] += serving.nodes * hours[serving.period, serving.slice]
    for cover in plan.covered:
        taken = cover.nodes * cover.usd_per_hour * hours[cover.period, cover.slice]
        found[cover.savings_plan, cover.period] += taken
    for run in plan.runs:
        for share in run.shares:
            found[share.option, share.period] += share.nodes * share.hours
    return found
