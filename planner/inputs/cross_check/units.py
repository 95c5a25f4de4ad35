"""Is work counted in something that its model does? Images are no tokens."""

from planner.domain.inputs.catalog import Catalog
from planner.domain.inputs.language_model import LanguageModel
from planner.domain.offer import InstanceOffer
from planner.domain.scenario import Scenario
from planner.domain.workloads.workload import Batch, Inference
from planner.inputs.source.mistake_log import MistakeLog


def check_units(scenario: Scenario, catalog: Catalog, log: MistakeLog) -> None:
    """Tokens of a model that generates none, without a measured throughput."""
    measured = {name for offer in scenario.offers if isinstance(offer, InstanceOffer) for name in offer.throughput}
    measured |= {name for held in scenario.held for name in held.throughput}
    for i, workload in enumerate(scenario.workloads):
        if not isinstance(workload, Inference | Batch) or not workload.counts_tokens or workload.name in measured:
            continue
        model = catalog.language_models.get(workload.model) if isinstance(workload.model, str) else workload.model
        if model is not None and model.attention == "none":
            what = f"`{model.id}` does not generate text token by token"
            log.say(what, ("workloads", i, "model"), _remedy(model), "unit")


def _remedy(model: LanguageModel) -> str:
    if model.flop_per_unit is None:
        return "count the work by a `unit` of your own, with `flop_per_unit` or measured throughput"
    return f"count it by a `unit` of your own, with requests_per_day; the work of one {model.unit} is known"
