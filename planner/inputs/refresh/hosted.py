"""Prices of hosted models: LiteLLM's list, under the names that the catalog took from it."""

from typing import Annotated

from pydantic import Field

from planner.inputs.refresh.fetch import Reader, SourceFault
from planner.inputs.refresh.listings import RAW, changed_on
from planner.inputs.refresh.seen import Known, Observation, SeenTokens, Shape, Tally, day_of, items_of, json_of
from planner.units import TOKENS_PER_MTOK

LITELLM = "BerriAI/litellm"
_FILE = "model_prices_and_context_window.json"
_MODES = ("chat", "completion", "responses")
_Usd = Annotated[float, Field(ge=0, le=1)]
"""USD per token; a price above a dollar a token is no price."""


class _Model(Shape):
    litellm_provider: str
    name: str
    mode: str = ""
    input_cost_per_token: _Usd = 0.0
    output_cost_per_token: _Usd = 0.0
    cache_read_input_token_cost: _Usd = 0.0
    input_cost_per_token_batches: _Usd = 0.0
    output_cost_per_token_batches: _Usd = 0.0
    max_input_tokens: Annotated[int, Field(ge=0)] = 0
    deprecation_date: str = ""


async def read(reader: Reader, known: Known, tally: Tally) -> list[Observation]:
    """Models that generate text at a price above zero on both sides."""
    seen_on = await changed_on(reader, LITELLM, _FILE)
    document = json_of(await reader.get(f"https://{RAW}/{LITELLM}/main/{_FILE}"))
    if not isinstance(document, dict):
        raise SourceFault("holds no list of prices")
    sellers = {row["provider"] for row in known.hosted.values()}
    entries = [
        {key: said for key, said in value.items() if said is not None} | {"name": name}
        for name, value in document.items()
        if name != "sample_spec" and isinstance(value, dict) and value.get("mode") in _MODES
    ]
    found: list[Observation] = []
    for model in items_of(_Model, entries, tally):
        if not model.input_cost_per_token or not model.output_cost_per_token:
            continue  # free, or priced in another unit
        if model.litellm_provider not in sellers:
            tally.unknown += 1
            continue
        found.append(SeenTokens(_cells(model), seen_on))
    return found


def _cells(model: _Model) -> dict[str, str]:
    batch = model.input_cost_per_token_batches and model.output_cost_per_token_batches
    usd = {
        "input": model.input_cost_per_token,
        "output": model.output_cost_per_token,
        "cached": model.cache_read_input_token_cost,
        "input_batch": model.input_cost_per_token_batches if batch else 0.0,
        "output_batch": model.output_cost_per_token_batches if batch else 0.0,
    }
    return {
        "id": f"{model.litellm_provider}:{model.name}",
        "provider": model.litellm_provider,
        "model": model.name,
        **{f"usd_per_mtok_{side}": f"{price * TOKENS_PER_MTOK:.10g}" if price else "" for side, price in usd.items()},
        "max_context": str(model.max_input_tokens) if model.max_input_tokens else "",
        "withdrawn_on": day_of(model.deprecation_date),
        "source": f"{LITELLM}:{_FILE} (MIT)",
    }
