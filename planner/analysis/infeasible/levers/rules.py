"""Levers of the rules on serving: latency, places, shares, failures, precision, training runs."""

from collections.abc import Iterator
from typing import Any, get_args

from planner.analysis.infeasible.levers.levers import ASSUMED, FILTER, STATED, Lever
from planner.analysis.infeasible.levers.supply import lower_to, raise_of
from planner.analysis.infeasible.settings import Path, Settings
from planner.assembly import window_of
from planner.domain.inputs import Catalog, Precision
from planner.domain.scenario import Scenario
from planner.domain.time import Horizon
from planner.domain.workloads import TIERS, BaseWorkload, Batch, Inference, TrainingRun
from planner.pipeline import Question
from planner.sizing import spot_share

SLOWER = (1.25, 1.5, 2.0, 3.0, 5.0, 10.0)
"""Multiples of a stated latency that are tried."""


def rule_levers(question: Question, horizon: Horizon) -> Iterator[Lever]:
    """Every rule of the scenario on how work is served."""
    scenario = question.scenario
    yield from _scenario_rules(scenario)
    spot_offered = any(option.action == "spot" for option in question.market.options)
    for i, workload in enumerate(scenario.workloads):
        path: Path = ("workloads", i)
        yield from _shares(workload, path, spot_offered)
        yield from _fitness(workload, path)
        if isinstance(workload, Inference | Batch):
            yield from _context(workload, path, question.catalog)
        if isinstance(workload, Inference):
            yield from _latency(workload, path)
            yield from _fallback(workload, path)
        if isinstance(workload, TrainingRun):
            yield from _run(workload, path, horizon)


def share_lever(
    family: str, path: Path, said: str, now: float, end: float, *, free: Settings | None = None, name: str | None = None
) -> Lever:
    """A share that is lowered or raised towards `end`."""
    return Lever(
        family,
        path,
        said,
        STATED,
        {path: end} if free is None else free,
        name,
        "share",
        lambda x: {path: round(x, 6)},
        now,
        end,
    )


def _scenario_rules(scenario: Scenario) -> Iterator[Lever]:
    if scenario.max_share_per_provider is not None and scenario.max_share_per_provider < 1:
        path: Path = ("max_share_per_provider",)
        most = scenario.max_share_per_provider
        yield share_lever("share", path, "the largest share of one provider", most, 1.0, free={path: None})
    for field, said in (
        ("max_providers", "the most providers in use"),
        ("max_pools", "the most pools in use"),
        ("max_signings_per_year", "the most contracts signed in a plan-year"),
    ):
        now = getattr(scenario, field)
        if now is not None:
            yield _more_of(field, said, now)
    if scenario.min_line_usd is not None:
        where: Path = ("min_line_usd",)
        gone_line: Settings = {where: None}
        least = "the smallest worth of a line"
        yield Lever("lines", where, least, STATED, gone_line, choices=(("no smallest line", gone_line),))
    if scenario.standing_reserve > 0:
        yield share_lever("availability", ("standing_reserve",), "the standing reserve", scenario.standing_reserve, 0.0)
    wanted = scenario.availability
    if wanted is None:
        return
    gone: Settings = {("availability",): None}
    gone |= {("workloads", i, "survive"): None for i, w in enumerate(scenario.workloads) if isinstance(w, Inference)}
    said = f"the share that must survive the loss of a {wanted.failure}"
    yield share_lever("availability", ("availability", "survive"), said, wanted.survive, 1e-6, free=gone)
    if len(wanted.standby) < 2:
        standby: Path = ("availability", "standby")
        settings: Settings = {standby: ["on_demand", "hosted_api"]}
        choices = (("on demand and hosted APIs may be started then", settings),)
        yield Lever("availability", standby, "what may be started after a failure", FILTER, settings, choices=choices)


def _more_of(field: str, said: str, now: int) -> Lever:
    """A number of things in use that may be raised as far as it takes."""
    family = field.removeprefix("max_").removesuffix("_per_year")
    path: Path = (field,)

    def at(x: float) -> Settings:
        return {path: round(x)}

    return Lever(family, path, said, STATED, {path: None}, None, family, at, float(now), None, whole=True)


def _shares(workload: BaseWorkload, path: Path, spot_offered: bool) -> Iterator[Lever]:
    name = workload.name
    for j, rule in enumerate(workload.residency):
        places = ", ".join((*(rule.regions or ()), *(rule.countries or ())))
        others = [r.model_dump(mode="json") for k, r in enumerate(workload.residency) if k != j]
        said = f"the share of `{name}` that must be served in {places}"
        where = (*path, "residency", j, "share")
        free = {(*path, "residency"): others} if len(workload.residency) == 1 else {where: 1e-6}
        yield share_lever("residency", where, said, rule.share, 1e-6, free=free, name=name)
    most = spot_share(workload)  # type: ignore[arg-type]
    held = isinstance(workload, TrainingRun) and not workload.interruptible
    if spot_offered and most < 1 and not held:
        lever = share_lever("spot", (*path, "max_spot_share"), f"the share of `{name}` on spot", most, 1.0, name=name)
        yield lever if workload.max_spot_share is not None else Lever(**{**vars(lever), "rank": ASSUMED})
    survive = getattr(workload, "survive", None)
    if survive:
        said = f"the share of `{name}` that must survive"
        yield share_lever("availability", (*path, "survive"), said, survive, 0.0, name=name)
    if workload.unserved is not None and workload.unserved.max_fraction < 1:
        where = (*path, "unserved", "max_fraction")
        said = f"the share of `{name}` that may stay unserved"
        yield share_lever("demand", where, said, workload.unserved.max_fraction, 1.0, name=name)


def _fitness(workload: BaseWorkload, path: Path) -> Iterator[Lever]:
    name = workload.name
    memory = getattr(workload, "min_accelerator_memory_gb", None)
    if memory is None and getattr(workload, "reference_accelerator", None) is not None:
        free: Settings = {(*path, "min_accelerator_memory_gb"): 0.0}
        said = f"that `{name}` needs the memory of its reference accelerator"
        anything = (("any memory", free),)
        yield Lever("memory", (*path, "min_accelerator_memory_gb"), said, ASSUMED, free, name, choices=anything)
    elif memory:
        where: Path = (*path, "min_accelerator_memory_gb")
        said = f"the least memory of an accelerator for `{name}`"
        yield Lever(
            "memory",
            where,
            said,
            STATED,
            {where: 0.0},
            name,
            "GB",
            lambda x: {where: round(x, 3)},
            memory,
            0.0,
        )
    precisions = getattr(workload, "precisions", None)
    if hasattr(workload, "precisions"):
        every = list(get_args(Precision))
        settings: Settings = {(*path, "precisions"): every}
        choices: tuple[tuple[str, Settings], ...] = (("any number format", settings),)
        if precisions is not None:
            choices = (("the default ones", {(*path, "precisions"): None}), *choices)
        rank = FILTER if precisions is not None else ASSUMED
        yield Lever(
            "precision", (*path, "precisions"), f"the number formats of `{name}`", rank, settings, name, choices=choices
        )
    for volume in ("egress_gb_per_unit", "storage_gb"):
        if getattr(workload, volume) > 0:
            zero: Settings = {(*path, volume): 0.0}
            said = f"that only providers with a price for its data may serve `{name}` (`{volume}`)"
            unpriced = (("left out until a price is stated", zero),)
            yield Lever("data", (*path, volume), said, ASSUMED, zero, name, choices=unpriced)


def _context(workload: Inference | Batch, path: Path, catalog: Catalog) -> Iterator[Lever]:
    """Requests longer than what the model can read: as long as its context allows, the input cut first."""
    model = catalog.language_models.get(workload.model) if isinstance(workload.model, str) else workload.model
    most = None if model is None else model.max_context
    if most is None or most < 2 or workload.input_tokens + workload.output_tokens <= most:
        return
    output = min(workload.output_tokens, most - 1)
    shorter: Settings = {(*path, "input_tokens"): most - output}
    words = f"{most - output:,} input tokens"
    if output < workload.output_tokens:
        shorter[(*path, "output_tokens")] = output
        words += f" and {output:,} output tokens"
    said = f"the length of the requests of `{workload.name}`"
    choices = ((words, shorter),)
    where = (*path, "input_tokens")
    yield Lever("context", where, said, STATED, shorter, workload.name, "tokens", choices=choices)


def _latency(workload: Inference, path: Path) -> Iterator[Lever]:
    tiers = list(TIERS)
    slower = tiers[tiers.index(workload.latency) + 1 :]
    nothing: Settings = {(*path, "ttft_ms"): None, (*path, "tpot_ms"): None}
    choices: list[tuple[str, Settings]] = []
    stated = {name: getattr(workload, name) for name in ("ttft_ms", "tpot_ms") if getattr(workload, name) is not None}
    for multiple in SLOWER if stated else ():
        settings = {(*path, name): round(value * multiple, 3) for name, value in stated.items()}
        words = " and ".join(f"{name} {value * multiple:g}" for name, value in stated.items())
        choices.append((words, settings))
    if stated:
        choices.append((f"the limits of `{workload.latency}`", nothing))
    choices += [(f"`{tier}`", {(*path, "latency"): tier, **nothing}) for tier in slower]
    if not choices:
        return
    free: Settings = {(*path, "latency"): "batch", **nothing}
    if stated and not slower:
        choices.append(("no limit", free))
    said = f"the latency of `{workload.name}`"
    where, unit = (*path, next(iter(stated), "latency")), "ms" if stated else ""
    yield Lever("latency", where, said, FILTER, free, workload.name, unit, choices=tuple(choices))


def _fallback(workload: Inference, path: Path) -> Iterator[Lever]:
    way = workload.fallback
    if way is None:
        return
    if way.share < 1:
        said = f"the share of `{workload.name}` that may fall back"
        yield share_lever("fallback", (*path, "fallback", "share"), said, way.share, 1.0, name=workload.name)
    if way.when == "spikes":
        free: Settings = {(*path, "fallback", "when"): "always"}
        said = f"that `{workload.name}` falls back in spikes only"
        choices = (("always", free),)
        yield Lever("fallback", (*path, "fallback", "when"), said, FILTER, free, workload.name, choices=choices)


def _run(run: TrainingRun, path: Path, horizon: Horizon) -> Iterator[Lever]:
    name, last = run.name, len(horizon.periods) - 1
    window = window_of(run, horizon)
    labels = [p.start for p in horizon.periods]
    for field, end in (("deadline", last), ("earliest", 0)):
        month, number = getattr(run, field), getattr(run, f"{field}_period")
        if month is None and number is None:
            continue
        at = window.stop - 1 if field == "deadline" else window.start
        if at == end:
            continue
        where: Path = (*path, field if month is not None else f"{field}_period")
        yield _date(where, f"the {'deadline' if field == 'deadline' else 'first period'} of `{name}`", at, end,
                    labels if month is not None else None, name)  # fmt: skip
    if run.max_accelerators is not None:
        said = f"the largest cluster of `{name}`"
        lever = raise_of(
            "gang", (*path, "max_accelerators"), said, run.max_accelerators, unit="accelerators", workload=name
        )
        yield Lever(**{**vars(lever), "free": {(*path, "max_accelerators"): None}})
    if run.min_accelerators > 1:
        said = f"the smallest cluster of `{name}`"
        where = (*path, "min_accelerators")
        yield lower_to("gang", where, said, run.min_accelerators, 1, unit="accelerators", workload=name)
    switches: list[tuple[bool, str, str, str, Any]] = [
        (run.cluster_sizes is not None, "cluster_sizes", "the cluster sizes of", "any size", None),
        (run.interconnect != "any", "interconnect", "the interconnect of", "any", "any"),
        (not run.interruptible, "interruptible", "that one cluster is held together for", "may stop and move", True),
    ]
    for wanted, field, said, words, value in switches:
        if wanted:
            settings: Settings = {(*path, field): value}
            rank = ASSUMED if field == "interruptible" else FILTER
            yield Lever("gang", (*path, field), f"{said} `{name}`", rank, settings, name, choices=((words, settings),))


def _date(path: Path, said: str, now: int, end: int, labels: list[str] | None, name: str) -> Lever:
    def at(x: float) -> Settings:
        return {path: round(x) if labels is None else labels[round(x)]}

    return Lever("window", path, said, STATED, {path: None}, name, "period", at, float(now), float(end), whole=True)
