"""Does the work stay computable over the whole horizon: growth, surges, spikes and multiples compounded?"""

from collections.abc import Iterator
from math import log10

from planner.domain.fields import LEAST_PER_HOUR, MOST, MOST_NODES, MOST_PER_HOUR
from planner.domain.inputs import Catalog, LanguageModel
from planner.domain.scenario import ANY_UNIT, Held, HostedApiOffer, InstanceOffer, Scenario, pays_for
from planner.domain.time import Horizon, PeriodLengths, explicit_slices, mean_rates, periods_of, spike_of
from planner.domain.workloads import AMOUNTS, Batch, GrowingWorkload, Inference, TrainingRun, Workload
from planner.errors import did_you_mean
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


_LIMITS_ON_MONEY = (
    "budget_total_usd",
    "budget_per_year_usd",
    "budget_per_period_usd",
    "budget_upfront_per_year_usd",
    "cash",
)


def check_limits(scenario: Scenario, log: MistakeLog) -> None:
    """Availability and reserve, the objective, prices of traffic and storage."""
    _availability(scenario, log)
    if scenario.objective == "most_served" and all(getattr(scenario, name) is None for name in _LIMITS_ON_MONEY):
        remedy = "give a budget or `cash`, or leave `objective` out"
        log.say("`most_served` without a limit on money", ("objective",), remedy, "rule")
    for volume, prices in (
        ("egress_gb_per_unit", "egress_usd_per_gb"),
        ("storage_gb", "storage_usd_per_gb_month"),
    ):
        if not getattr(scenario, prices):
            for index, workload in enumerate(scenario.workloads):
                if getattr(workload, volume) > 0:
                    remedy = f"give `{prices}` by provider; `default` for the rest, 0 where it is free"
                    log.say(f"`{volume}` without a price", ("workloads", index, volume), remedy, "missing_price")


def _availability(scenario: Scenario, log: MistakeLog) -> None:
    protected = any(isinstance(workload, Inference) for workload in scenario.workloads)
    for asked, name in ((scenario.availability, "availability"), (scenario.standing_reserve, "standing_reserve")):
        if asked and not protected:
            what = f"`{name}` is for online inference, and there is none"
            log.say(what, (name,), "leave it out, or add a workload of kind `inference`", "rule", key=True)
    if scenario.availability is None:
        for index, workload in enumerate(scenario.workloads):
            if isinstance(workload, Inference) and workload.survive is not None:
                remedy = "say what fails: `availability: {failure: zone}`"
                log.say("`survive` without `availability`", ("workloads", index, "survive"), remedy, "rule", key=True)


def check_units(scenario: Scenario, catalog: Catalog, log: MistakeLog) -> None:
    """Tokens of a model that generates none, without a measured throughput; APIs priced in what nobody counts."""
    _prices(scenario, catalog, log)
    apis = {o.model for o in scenario.offers if isinstance(o, HostedApiOffer)}
    measured = {name for offer in scenario.offers if isinstance(offer, InstanceOffer) for name in offer.throughput}
    measured |= {name for held in scenario.held_nodes for name in held.throughput}
    for i, workload in enumerate(scenario.workloads):
        if not isinstance(workload, Inference | Batch) or not workload.counts_tokens or workload.name in measured:
            continue
        model = catalog.language_models.get(workload.model) if isinstance(workload.model, str) else workload.model
        if model is not None and model.attention == "none" and model.id not in apis:
            what = f"`{model.id}` does not generate text token by token"
            log.say(what, ("workloads", i, "model"), _remedy(model), "unit")


def _remedy(model: LanguageModel) -> str:
    if model.flop_per_unit is None:
        return "count the work by a `unit` of your own, with `flop_per_unit` or measured throughput"
    return f"count it by a `unit` of your own, with requests_per_day; the work of one {model.unit} is known"


def _prices(scenario: Scenario, catalog: Catalog, log: MistakeLog) -> None:
    """An API is paid in what the workloads of its model are counted in, or by the request."""
    counted: dict[str, set[str]] = {}
    for workload in scenario.workloads:
        if isinstance(workload, Inference | Batch) and isinstance(workload.model, str):
            counted.setdefault(workload.model, set()).add("" if workload.counts_tokens else workload.work_unit)
    for i, offer in enumerate(scenario.offers):
        if not isinstance(offer, HostedApiOffer):
            continue
        path: KeyPath = ("offers", i)
        model = catalog.language_models.get(offer.model)
        by_unit = ANY_UNIT if model is not None and model.attention == "none" and offer.unit is None else ""
        if by_unit and offer.usd_per_mtok_input != offer.usd_per_mtok_output:
            what = f"`{offer.model}` has no tokens in and out"
            remedy = "give one price: `usd_per_unit`, with its `unit`"
            log.say(what, (*path, "usd_per_mtok_output"), remedy, "unit", key=True)
            continue
        units = counted.get(offer.model, set())
        paid = offer.unit or by_unit
        if units and not any(pays_for(paid, unit) for unit in units):
            wanted = sorted(units)[0]
            key = "unit" if offer.unit is not None else "usd_per_mtok_input"
            remedy = f"give `usd_per_unit` with `unit: {wanted}`" if wanted else "give prices per million tokens"
            what = f"priced per {paid or 'token'}, and the work of `{offer.model}` is counted in {wanted or 'tokens'}"
            log.say(what, (*path, key), remedy, "unit", key=key != "unit")


def closed_notes(scenario: Scenario, catalog: Catalog) -> Iterator[str]:
    """Models that neither the catalog nor an API knows: said, since they may be slips of the pen."""
    sold = {row.serves for row in catalog.token_prices}
    sold |= {o.model for o in scenario.offers if isinstance(o, HostedApiOffer)}
    named = {getattr(workload, "model", None) for workload in scenario.workloads}
    for model in sorted(m for m in named if isinstance(m, str) and m not in {*sold, *catalog.language_models}):
        near = did_you_mean(model[:60], set(catalog.language_models))
        yield f"`{model[:60]}` is not in the catalog: only what is measured for it serves it" + (
            f" ({near})" if near else ""
        )
