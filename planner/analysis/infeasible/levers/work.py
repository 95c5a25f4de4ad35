"""Levers of the work itself: how much of a workload is served, and whether it is served at all."""

from bisect import bisect_right
from collections.abc import Iterator
from typing import Any

from planner.analysis.infeasible.levers.levers import DEMAND, LEFT_OUT, STATED, Lever
from planner.analysis.infeasible.settings import Path, Settings
from planner.assembly import window_of
from planner.domain.scenario import Scenario
from planner.domain.time import Horizon
from planner.domain.workloads import AMOUNTS, FALLBACK, BaseWorkload, TrainingRun

ONE_OF = (*AMOUNTS, "tokens", "flop", "accelerator_hours", "work")
"""Fields that say how much work there is; a workload has one of them."""
LEAST = 1e-3
"""Smallest share of a workload that is tried before it is left out."""


def work_levers(scenario: Scenario, horizon: Horizon, *, late: bool) -> Iterator[Lever]:
    """Less of everything; for every workload less of it, and none of it; where what is needed comes late, everything later."""
    if late and len(horizon.periods) > 1:
        yield _later(scenario, horizon)
    if len(scenario.workloads) > 1:
        path: Path = ("demand_scale",)
        scale = scenario.demand_scale
        yield Lever(
            "demand",
            path,
            "the demand of all workloads",
            DEMAND,
            {path: scale * LEAST},
            None,
            "of it",
            lambda x: {("demand_scale",): _times(scale, x)},
            1.0,
            LEAST,
        )
    for i, workload in enumerate(scenario.workloads):
        path = ("workloads", i)
        field = next((name for name in ONE_OF if getattr(workload, name, None) is not None), None)
        if field is not None:
            yield _less(workload, (*path, field), getattr(workload, field))
        nothing = _nothing(scenario, i, workload, field)
        if nothing is not None:
            said = f"that `{workload.name}` is served"
            choices = (("left out", nothing),)
            yield Lever("demand", path, said, LEFT_OUT, nothing, workload.name, choices=choices)


def _later(scenario: Scenario, horizon: Horizon) -> Lever:
    """No work before a period, counted as its index; what starts later anyway stays."""
    starts = [period.start for period in horizon.periods]
    calendar = starts[0][:1].isdigit()
    field = "start" if calendar else "start_period"

    def begins(index: float) -> Settings:
        """Every workload that begins before the period begins in it, or in the last that it has, said as it was; runs may then
        not run earlier."""
        settings: Settings = {}
        for i, workload in enumerate(scenario.workloads):
            period = min(round(index), _last(workload, horizon))
            name, numbered = _beginning(workload, calendar)
            stated, first = getattr(workload, name), period if numbered else starts[period]
            if stated is None or stated < first:
                settings[("workloads", i, name)] = first
        return settings

    last = float(len(starts) - 1)
    said = "that the demand begins at once"
    path: Path = ("workloads", "*", field)
    return Lever(
        "lead",
        path,
        said,
        STATED,
        begins(last),
        None,
        "period",
        begins,
        _first(scenario, starts, calendar),
        last,
        whole=True,
    )


def _beginning(workload: BaseWorkload, calendar: bool) -> tuple[str, bool]:
    """The field that says when the work may begin, and whether it is the number of a period."""
    name = "earliest" if isinstance(workload, TrainingRun) else "start"
    numbered = not calendar or getattr(workload, f"{name}_period") is not None
    return (f"{name}_period" if numbered else name), numbered


def _last(workload: BaseWorkload, horizon: Horizon) -> int:
    """The last period in which the work may begin, before its end and by its deadline."""
    if isinstance(workload, TrainingRun):
        return max(window_of(workload, horizon).stop - 1, 0)
    return max(horizon.span(None, None, workload.end, workload.end_period).stop - 1, 0)


def _first(scenario: Scenario, starts: list[str], calendar: bool) -> float:
    """The period in which the first workload begins."""
    found = []
    for workload in scenario.workloads:
        name, numbered = _beginning(workload, calendar)
        stated = getattr(workload, name)
        found.append(0 if stated is None else stated if numbered else max(bisect_right(starts, stated) - 1, 0))
    return float(min(found))


def _less(workload: BaseWorkload, path: Path, amount: Any) -> Lever:
    return Lever(
        "demand",
        path,
        f"the demand of `{workload.name}`",
        DEMAND,
        {path: _times(amount, LEAST)},
        workload.name,
        "of it",
        lambda x: {path: _times(amount, x)},
        1.0,
        LEAST,
    )


def _times(amount: Any, factor: float) -> Any:
    if isinstance(amount, list | tuple):
        return [_times(part, factor) for part in amount]
    return float(f"{amount * factor:.12g}")


def _nothing(scenario: Scenario, i: int, workload: BaseWorkload, field: str | None) -> Settings | None:
    """Changes that leave a workload out; None if it is the only one and cannot be without work."""
    path: Path = ("workloads", i)
    if not isinstance(workload, TrainingRun) and field is not None:
        settings: Settings = {(*path, field): None, (*path, "demand_per_hour"): 0.0}
        if field == "headcount":  # what one head does goes with it
            settings[(*path, "accelerator_hours_per_head_per_month")] = None
        return settings
    others = [w.model_dump(mode="json") for k, w in enumerate(scenario.workloads) if k != i]
    if not others:
        return None
    gone: Settings = {("workloads",): others}
    names = {workload.name, workload.name + FALLBACK}
    for block in ("offers", "held"):
        for j, entry in enumerate(getattr(scenario, block)):
            measured = getattr(entry, "throughput", {})
            if names & set(measured):
                kept = {k: v for k, v in measured.items() if k not in names}
                gone[(block, j, "throughput")] = kept or {others[0]["name"]: 0.0}
    return gone
