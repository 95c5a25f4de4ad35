"""Does the work stay computable over the whole horizon: growth, surges, spikes and multiples compounded?"""

from math import log10

from planner.domain.fields import LEAST_PER_HOUR, MOST, MOST_NODES, MOST_PER_HOUR
from planner.domain.scenario import Held, InstanceOffer, Scenario
from planner.domain.time import Horizon, PeriodLengths, explicit_slices, mean_rates, periods_of, spike_of
from planner.domain.workloads import AMOUNTS, GrowingWorkload, TrainingRun, Workload
from planner.inputs.source import KeyPath, MistakeLog
from planner.units import HOURS_PER_YEAR

_GROWTH = ("growth_per_week", "growth_per_month", "growth_per_year", "surges", "spike")

YEARS_BEYOND, MOST_DIGITS = 10.0, 8
"""Contracts that are signed at the end count so many years beyond it; prices have so many digits more by then."""


def check_amounts(scenario: Scenario, lengths: PeriodLengths, log: MistakeLog) -> None:
    """The busiest rate of every workload, the work of every run, and the nodes that a measured throughput asks for."""
    slices = [explicit_slices(scenario, i, hours) for i, hours in enumerate(lengths.hours)]
    horizon = periods_of(lengths.hours, lengths.starts, slices)
    busiest: dict[str, float] = {}
    for index, workload in enumerate(scenario.workloads):
        path: KeyPath = ("workloads", index)
        if isinstance(workload, TrainingRun):
            _run(workload, scenario.demand_scale, path, log)
            continue
        first, most = _rates(workload, horizon, scenario.demand_scale)
        busiest[workload.name] = most
        if most > MOST_PER_HOUR:
            _too_much(workload, first, most, scenario.demand_scale, path, log)
        elif 0 < most < LEAST_PER_HOUR:
            field = next((name for name in AMOUNTS if name in workload.model_fields_set), None)
            times = f" at `demand_scale` {scenario.demand_scale:g}" if scenario.demand_scale != 1 else ""
            what = f"the demand of `{workload.name}` is at most {most:.3g} {workload.work_unit} an hour{times}, too little to plan"
            remedy = f"at least {LEAST_PER_HOUR:g} in some period, or 0; count it in smaller units"
            log.say(what, (*path, field) if field else path, remedy, "out_of_range")
    _too_slow(scenario, busiest, log)
    _too_dear(scenario, sum(lengths.hours) / HOURS_PER_YEAR, log)


def _too_dear(scenario: Scenario, years: float, log: MistakeLog) -> None:
    """Prices that grow beyond what can be counted, by the end of the horizon and of what is signed at its end."""
    for i, change in enumerate(scenario.price_changes):
        grown = (years + YEARS_BEYOND) * log10(max(1 + change.per_year, 1.0))
        if grown > MOST_DIGITS:
            what = f"prices would grow 10^{grown:.0f}-fold in {years + YEARS_BEYOND:.0f} years, at most 10^{MOST_DIGITS}-fold"
            log.say(what, ("price_changes", i, "per_year"), "lower it, or shorten the horizon", "out_of_range")


def _rates(workload: GrowingWorkload, horizon: Horizon, scale: float) -> tuple[float, float]:
    """(Rate at the start, largest rate of the horizon), work units an hour; infinite where a float cannot hold it."""
    spike = spike_of(workload)  # type: ignore[arg-type]
    multiple = scale * (spike.multiplier if spike is not None else 1.0)
    try:
        means = mean_rates(workload, horizon)
    except OverflowError:
        return 0.0, float("inf")
    return means[0] * scale, max(means) * multiple


def _too_much(workload: Workload, first: float, most: float, scale: float, path: KeyPath, log: MistakeLog) -> None:
    """At the growth if that is what makes it too much, else at the amount."""
    stated = workload.model_fields_set
    grown = first <= MOST_PER_HOUR
    fields = [name for name in _GROWTH if grown and name in stated] or [name for name in AMOUNTS if name in stated]
    reached = f"reaches {most:.3g}" if most < float("inf") else "grows beyond all numbers"
    times = f" at `demand_scale` {scale:g}" if scale != 1 else ""
    what = (
        f"the demand of `{workload.name}` {reached} {workload.work_unit} an hour{times}, at most {MOST_PER_HOUR:,.0f}"
    )
    remedy = "lower its growth, or shorten the horizon" if grown else "check its unit: thousands, millions?"
    log.say(what, (*path, fields[0]) if fields else path, remedy, "out_of_range")


def _run(run: TrainingRun, scale: float, path: KeyPath, log: MistakeLog) -> None:
    if run.total_work * scale > MOST:
        field = next(n for n in ("tokens", "flop", "accelerator_hours", "work") if getattr(run, n) is not None)
        what = f"the work of `{run.name}` is {run.total_work * scale:.3g} {run.work_unit}, at most {MOST:,.0f}"
        log.say(what, (*path, field), "check its unit: thousands, millions?", "out_of_range")


def _too_slow(scenario: Scenario, busiest: dict[str, float], log: MistakeLog) -> None:
    """Measured throughput at which one workload alone would need more nodes than can be counted."""
    sources: list[tuple[KeyPath, InstanceOffer | Held]] = [
        *((("offers", i), offer) for i, offer in enumerate(scenario.offers) if isinstance(offer, InstanceOffer)),
        *((("held", i), held) for i, held in enumerate(scenario.held) if isinstance(held, Held)),
    ]
    for path, entry in sources:
        for name, rate in entry.throughput.items():
            if 0 < rate < busiest.get(name, 0.0) / MOST_NODES:
                what = (
                    f"`{name}` would need {busiest[name] / rate:.3g} nodes of `{entry.name}` at {rate:g} an hour each, "
                    f"at most {MOST_NODES:,}"
                )
                remedy = "throughput is work units an hour of one node; 0 = it cannot serve it"
                log.say(what, (*path, "throughput", name), remedy, "out_of_range")
