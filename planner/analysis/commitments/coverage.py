"""How much of the use of accelerators is under commitments, and how well the commitments are used."""

from collections import defaultdict
from math import fsum
from typing import NamedTuple

from planner.domain.options import BY_THE_HOUR
from planner.domain.records import Plan

COMMITTED_USD = "committed USD"
"""Unit of the lines of savings plans: their `nodes` are dollars an hour."""


class PoolUse(NamedTuple):
    """Accelerator-hours within the horizon."""

    committed: float
    """Under commitments."""
    served: float
    """Of these, those that serve work."""
    by_hour: float
    """Those that serve work and are paid by the hour, on demand or on spot."""

    @property
    def coverage(self) -> float | None:
        """Share of the use that commitments serve; None where nothing is used."""
        return self.served / (self.served + self.by_hour) if self.served + self.by_hour > 0 else None

    @property
    def utilisation(self) -> float | None:
        """Share of what is committed that serves work; None without commitments."""
        return self.served / self.committed if self.committed > 0 else None


def use_of(plan: Plan) -> PoolUse:
    """Use of commitments to nodes and of savings plans.

    A savings plan is worth the accelerator-hours its dollars buy at the rates of those it covers: hours covered / share of its
    dollars that is used.
    """
    hours = [period.hours for period in plan.horizon.periods]
    there = {record.option: record.period_share for record in plan.inputs.options}
    committed, served, by_hour = [], [], []
    for line in plan.lines:
        busy = 1.0 if line.utilisation is None else line.utilisation
        if line.action == "commit" and line.unit != COMMITTED_USD:
            own = [*hours[line.start_index : line.end_index]]
            if line.end_index <= len(hours):
                own[-1] *= there[line.option]
            size = line.accelerators * fsum(own)
            committed.append(size)
            served.append(size * (line.utilisation or 0.0))
        elif line.action in BY_THE_HOUR and line.nodes > 0:
            by_hour.append(line.quantity * line.accelerators / line.nodes * busy)
    used_fraction = {line.option: line.utilisation for line in plan.lines if line.unit == COMMITTED_USD}
    busy_fraction = {line.option: line.utilisation for line in plan.lines if line.action == "on_demand"}
    for (savings_plan, option), covered in _covered(plan).items():
        committed.append(covered / (used_fraction.get(savings_plan) or 1.0))
        served.append(covered * (busy_fraction.get(option) or 1.0))
    return PoolUse(fsum(committed), fsum(served), fsum(by_hour))


def _covered(plan: Plan) -> dict[tuple[str, str], float]:
    """(savings plan, option) → accelerator-hours covered."""
    size = {record.option: record.accelerators_per_node for record in plan.inputs.options}
    found: dict[tuple[str, str], float] = defaultdict(float)
    for cover in plan.covered:
        hours = plan.horizon.periods[cover.period].slices[cover.slice].hours
        found[cover.savings_plan, cover.option] += cover.nodes * size[cover.option] * hours
    return dict(found)
