"""Limits that are more than a field with a number: several fields together, or what is assumed where nothing is stated."""

from collections.abc import Iterator
from typing import get_args

from planner.analysis.infeasible.levers.levers import ASSUMED, FILTER, STATED, Lever
from planner.analysis.infeasible.levers.rows import ENDLESS, LimitPlace, Number, share
from planner.analysis.infeasible.settings import Settings
from planner.analysis.plan import unit_prices
from planner.assembly import window_of
from planner.domain.inputs import Precision
from planner.domain.workloads import TIERS, Inference, TrainingRun
from planner.sizing import spot_share

MOST_ASSUMED = 6
"""Assumed caps that are looked at, those of the cheapest options first."""
_CAP = " cap on {what} {how} at {provider}"
SLOWER = (1.25, 1.5, 2.0, 3.0, 5.0, 10.0)
"""Multiples of a stated latency that are tried."""


def caps(place: LimitPlace) -> Iterator[Lever]:
    """`caps`, `spot_caps` and `reserved_caps`: by provider, or by provider and accelerator."""
    for field, kind in (("caps", "on demand"), ("spot_caps", "spot"), ("reserved_caps", "reserved")):
        for provider, stated in getattr(place.question.scenario, field).items():
            parts = stated if isinstance(stated, dict) else {None: stated}
            for accelerator, most in parts.items():
                words = place.saying(what=accelerator or "accelerators", how=kind, provider=provider)
                path = (field, provider) if accelerator is None else (field, provider, accelerator)
                yield Number(field, "market", "the" + _CAP, "accelerators").lever(words, most, path)


def assumed_caps(place: LimitPlace) -> Iterator[Lever]:
    """Caps that were assumed of a provider, one by one and all of them together: the user may know better."""
    market = place.question.market
    written = {cap.name for cap in place.question.parameters.caps}
    groups = (
        name
        for units in unit_prices(place.question).values()
        for unit in units
        for name in market.options[unit.option].groups
    )
    caps = [
        cap
        for name in dict.fromkeys(groups)
        if (cap := market.caps[name]).assumed and (cap.counts == "running" or name in written)
        if not isinstance(getattr(place.question.scenario, cap.field).get(cap.of), int)
    ]
    for cap in caps[:MOST_ASSUMED]:
        row = Number(cap.field, "market", "the assumed" + _CAP, "accelerators", rank=ASSUMED)
        how, accelerator = (cap.contract or "").replace("_", " "), cap.accelerator or ""
        words = place.saying(what=accelerator, how=how, provider=cap.of)
        yield row.lever(words, cap.max_accelerators or 0.0, (cap.field, cap.of, accelerator))
    if len(caps) > 1:
        most = {(cap.field, cap.of, cap.accelerator or ""): cap.max_accelerators or 0.0 for cap in caps}
        yield Lever(
            "market",
            (caps[0].field, "*"),
            "every assumed cap",
            ASSUMED,
            dict.fromkeys(most, ENDLESS),
            unit="times what is assumed",
            at=lambda times: {path: min(round(times * limit), ENDLESS) for path, limit in most.items()},
            now=1.0,
            whole=True,
            base=(caps[0].max_accelerators,),
        )


def price_age(place: LimitPlace) -> Iterator[Lever]:
    """The largest age of a price, where prices of the catalog are used at all."""
    said = "the largest age of a price"
    row = Number("max_price_age_months", "price_age", said, "months", 1200.0, default_is_assumed=True, digits=0)
    return row(place) if place.question.scenario.catalog != "none" else iter(())


def failures(place: LimitPlace) -> Iterator[Lever]:
    """The `availability` block: how much must survive, and what may be started then."""
    wanted = place.question.scenario.availability
    if wanted is None:
        return
    workloads = place.question.scenario.workloads
    free: Settings = {("availability",): None}
    free |= {("workloads", i, "survive"): None for i, w in enumerate(workloads) if isinstance(w, Inference)}
    row = share("survive", "availability", f"the share that must survive the loss of a {wanted.failure}", 1e-6)
    yield row.lever(place, wanted.survive, ("availability", "survive")).but(free=free)
    if len(wanted.standby) < 2:
        where = ("availability", "standby")
        settings: Settings = {where: ["on_demand", "hosted_api"]}
        choices = (("on demand and hosted APIs may be started then", settings),)
        yield Lever("availability", where, "what may be started after a failure", FILTER, settings, choices=choices)


def residency(place: LimitPlace) -> Iterator[Lever]:
    """Shares that must be served in some places."""
    rules = place.owner.residency
    for j, rule in enumerate(rules):
        places = ", ".join((*(rule.regions or ()), *(rule.countries or ())))
        row = share("share", "residency", "the share of `{name}` that must be served in {places}", 1e-6)
        lever = row.lever(place.saying(places=places), rule.share, (*place.at("residency"), j, "share"))
        yield lever.but(free={place.at("residency"): []}) if len(rules) == 1 else lever


def spot(place: LimitPlace) -> Iterator[Lever]:
    """The largest share on spot, stated or that of the kind of work, where spot is offered."""
    workload = place.owner
    most = spot_share(workload)
    held = isinstance(workload, TrainingRun) and not workload.interruptible
    if most < 1 and not held and any(option.action == "spot" for option in place.question.market.options):
        row = share("max_spot_share", "spot", "the share of `{name}` on spot", 1.0)
        yield row.lever(place, most, place.at(row.field)).but(
            rank=ASSUMED if workload.max_spot_share is None else STATED
        )


def memory_of_reference(place: LimitPlace) -> Iterator[Lever]:
    """The memory of the accelerator in which work is counted, where none is stated."""
    stated = getattr(place.owner, "min_accelerator_memory_gb", None)
    if stated is None and getattr(place.owner, "reference_accelerator", None) is not None:
        where = place.at("min_accelerator_memory_gb")
        free: Settings = {where: 0.0}
        said = f"that `{place.workload}` needs the memory of its reference accelerator"
        yield Lever("memory", where, said, ASSUMED, free, place.workload, choices=(("any memory", free),))


def precisions(place: LimitPlace) -> Iterator[Lever]:
    """Number formats: the default ones where others are stated, or any."""
    if hasattr(place.owner, "precisions"):
        where, stated = place.at("precisions"), place.owner.precisions is not None
        every: Settings = {where: list(get_args(Precision))}
        choices: list[tuple[str, Settings]] = [("the default ones", {where: None})] if stated else []
        choices.append(("any number format", every))
        said, rank = f"the number formats of `{place.workload}`", FILTER if stated else ASSUMED
        yield Lever("precision", where, said, rank, every, place.workload, choices=tuple(choices))


def context(place: LimitPlace) -> Iterator[Lever]:
    """Requests longer than what the model can read: as long as its context allows, the input cut first."""
    workload, models = place.owner, place.question.catalog.language_models
    model = models.get(workload.model) if isinstance(workload.model, str) else workload.model
    most = None if model is None else model.max_context
    if most is None or most < 2 or workload.input_tokens + workload.output_tokens <= most:
        return
    output = min(workload.output_tokens, most - 1)
    where = place.at("input_tokens")
    shorter: Settings = {where: most - output}
    words = f"{most - output:,} input tokens"
    if output < workload.output_tokens:
        shorter[place.at("output_tokens")] = output
        words += f" and {output:,} output tokens"
    said = f"the length of the requests of `{workload.name}`"
    yield Lever("context", where, said, STATED, shorter, workload.name, "tokens", choices=((words, shorter),))


def latency(place: LimitPlace) -> Iterator[Lever]:
    """Stated limits some times as slow, then those of each slower tier."""
    workload, tiers = place.owner, list(TIERS)
    slower = tiers[tiers.index(workload.latency) + 1 :]
    nothing: Settings = {place.at("ttft_ms"): None, place.at("tpot_ms"): None}
    stated = {name: getattr(workload, name) for name in ("ttft_ms", "tpot_ms") if getattr(workload, name) is not None}
    choices: list[tuple[str, Settings]] = []
    for multiple in SLOWER if stated else ():
        words = " and ".join(f"{name} {value * multiple:g}" for name, value in stated.items())
        choices.append((words, {place.at(name): round(value * multiple, 3) for name, value in stated.items()}))
    if stated:
        choices.append((f"the limits of `{workload.latency}`", nothing))
    choices += [(f"`{tier}`", {place.at("latency"): tier, **nothing}) for tier in slower]
    if not choices:
        return
    free: Settings = {place.at("latency"): "batch", **nothing}
    if stated and not slower:
        choices.append(("no limit", free))
    where, unit = place.at(next(iter(stated), "latency")), "ms" if stated else ""
    said = f"the latency of `{workload.name}`"
    yield Lever("latency", where, said, FILTER, free, workload.name, unit, choices=tuple(choices))


def window(place: LimitPlace) -> Iterator[Lever]:
    """First period and deadline of a training run, by month or by number."""
    run, periods = place.owner, place.horizon.periods
    when, last = window_of(run, place.horizon), len(periods) - 1
    for field, end, now in (("deadline", last, when.stop - 1), ("earliest", 0, when.start)):
        by_month = getattr(run, field) is not None
        if now == end or not (by_month or getattr(run, f"{field}_period") is not None):
            continue
        said = f"the {'deadline' if field == 'deadline' else 'first period'} of `{{name}}`"
        row = Number(field if by_month else f"{field}_period", "window", said, "period", end, drop=True)
        where = place.at(row.field)
        lever = row.lever(place, now, where)
        yield lever.but(at=lambda x, where=where: {where: periods[round(x)].start}) if by_month else lever
