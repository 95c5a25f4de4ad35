"""Is work counted in something that its model does, and priced in what it is counted in? Images are no tokens."""

from collections.abc import Iterator

from planner.domain.inputs import Catalog, LanguageModel
from planner.domain.scenario import ANY_UNIT, HostedApiOffer, InstanceOffer, Scenario, pays_for
from planner.domain.workloads import Batch, Inference
from planner.errors import did_you_mean
from planner.inputs.source import KeyPath, MistakeLog


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
