"""Demand made flat, as people size who look at peaks or at means only."""

from planner.domain.scenario import Scenario
from planner.domain.time import Horizon, mean_rates, shape_of, spike_of
from planner.domain.workloads import Development, Inference, Workload
from planner.pipeline import Question, horizon_of


def levelled(question: Question, *, at_peak: bool) -> Scenario:
    """The scenario with every load flat and without spikes: at its mean, or at its peak."""
    scenario, horizon = question.scenario, horizon_of(question.scenario)
    profiles = {name: profile.values for name, profile in question.catalog.profiles.items()}
    flat: list[Workload] = []
    for workload in scenario.workloads:
        if isinstance(workload, Inference | Development):
            shape = max(shape_of(workload, profiles)) if scenario.periods is None else 1.0
            level = max(shape, _spike_level(workload)) if at_peak else 1.0
            demand = _demand_at(workload, level, horizon, at_peak)
            flat.append(workload.model_copy(update={"profile": "flat", "spike": None, **demand}))
        else:
            flat.append(workload)
    return scenario.model_copy(update={"workloads": tuple(flat)})


def _spike_level(workload: Inference | Development) -> float:
    """Demand in a spike, less what the workload's fallback may take of it, relative to the mean; 0 without a spike."""
    spike = spike_of(workload)
    fallback = workload.fallback if isinstance(workload, Inference) else None
    taken = fallback.share if fallback is not None and fallback.when == "spikes" else 0.0
    return 0.0 if spike is None else spike.multiplier * (1 - taken)


def _demand_at(workload: Inference | Development, level: float, horizon: Horizon, at_peak: bool) -> dict[str, object]:
    """The fields that state the demand, multiplied; a list per slice becomes its mean (or its peak) in every slice."""
    changed: dict[str, object] = {}
    for field in ("tokens_per_day", "requests_per_day", "headcount", "demand_per_hour"):
        stated = getattr(workload, field, None)
        if isinstance(stated, tuple):
            means = mean_rates(workload, horizon) if any(isinstance(given, tuple) for given in stated) else stated
            changed[field] = tuple(
                max(given) if at_peak and isinstance(given, tuple) else mean * level
                for given, mean in zip(stated, means, strict=True)
            )
        elif stated is not None:
            changed[field] = stated * level
    return changed
