"""Hosted models as options: paid per token, or per image, second, request; models without an architecture by their names."""

from planner.domain.inputs import Catalog, LanguageModel, TokenPrice
from planner.domain.options import Option, Provenance
from planner.domain.scenario import ANY_UNIT, HostedApiOffer, Scenario
from planner.domain.workloads import fallback_of


def closed_models(scenario: Scenario, catalog: Catalog) -> set[str]:
    """Models that workloads name and whose architecture nobody states: only APIs and measured throughput serve them."""
    ways = (*scenario.workloads, *(way for w in scenario.workloads if (way := fallback_of(w)) is not None))
    named = {model for way in ways if isinstance(model := getattr(way, "model", None), str)}
    return named - catalog.language_models.keys()


def option_of_token_price(row: TokenPrice) -> Option:
    return Option(
        id=row.id,
        action="hosted_api",
        provider=row.provider,
        region="any",
        country="",
        node_type=row.model,
        accelerator=None,
        count=0,
        contract="per token",
        usd_per_hour=0.0,
        provenance=Provenance(row.id, row.source, row.checked_on, "listed"),
        language_model=row.serves,
        usd_per_mtok_input=row.usd_per_mtok_input,
        usd_per_mtok_output=row.usd_per_mtok_output,
        usd_per_mtok_cached=min(row.usd_per_mtok_cached, row.usd_per_mtok_input),
        usd_per_mtok_input_batch=row.usd_per_mtok_input_batch,
        usd_per_mtok_output_batch=row.usd_per_mtok_output_batch,
        max_context=row.max_context,
        until=row.withdrawn_on,
    )


def option_of_offer(offer: HostedApiOffer, model: LanguageModel | None) -> Option:
    """An API per token or per unit; a model that generates no tokens is sold by the unit of work, whatever the key is called."""
    unit = offer.unit or (ANY_UNIT if model is not None and model.attention == "none" else "")
    per_unit = offer.usd_per_unit or (offer.usd_per_mtok_input if unit else None) or 0.0
    return Option(
        id=f"offer:{offer.name}",
        action="hosted_api",
        provider=offer.provider,
        region="any",
        country="",
        node_type=offer.name,
        accelerator=None,
        count=0,
        contract=f"per {unit or 'token'}",
        usd_per_hour=0.0,
        provenance=Provenance("scenario", offer.source, offer.as_of, "scenario"),
        offer=f"offer:{offer.name}",
        language_model=offer.model,
        usd_per_mtok_input=0.0 if unit else offer.usd_per_mtok_input or 0.0,
        usd_per_mtok_output=0.0 if unit else offer.usd_per_mtok_output or 0.0,
        usd_per_mtok_cached=0.0 if unit else offer.usd_per_mtok_cached or 0.0,
        usd_per_mtok_input_batch=0.0 if unit else offer.usd_per_mtok_input_batch or 0.0,
        usd_per_mtok_output_batch=0.0 if unit else offer.usd_per_mtok_output_batch or 0.0,
        usd_per_unit=per_unit,
        priced_unit=unit,
    )
