"""Architecture of a language model, as far as memory and throughput depend on it."""

from typing import Literal

from planner.domain.strict import Strict
from planner.units import Fraction, Positive, PositiveCount

Precision = Literal["fp32", "bf16", "fp8", "int8", "nvfp4", "mxfp4", "int4"]


class LanguageModel(Strict):
    """A decoder-only transformer (or any other model, where `layers` is absent)."""

    id: str
    name: str = ""
    parameters_b: Positive
    """Parameters, in billions."""
    active_parameters_b: Positive
    """Parameters touched by one token, in billions; equals `parameters_b` for dense models."""
    layers: PositiveCount | None = None
    hidden: PositiveCount | None = None
    heads: PositiveCount | None = None
    kv_heads: PositiveCount | None = None
    head_dim: PositiveCount | None = None
    vocabulary: PositiveCount | None = None
    max_context: PositiveCount | None = None
    attention: Literal["mha", "gqa", "mla", "none"] = "gqa"
    mla_latent_dim: PositiveCount | None = None
    """Elements cached per token and layer under multi-head latent attention (latent + rope key)."""
    sliding_window: PositiveCount | None = None
    """Window in tokens of the layers that do not attend to everything."""
    sliding_layer_fraction: Fraction = 0.0
    """Share of the layers that attend to the sliding window only."""
    experts: PositiveCount | None = None
    experts_per_token: PositiveCount | None = None
    native_precision: Precision = "bf16"
    flop_per_unit: Positive | None = None
    """Work of one unit, FLOP, of models that do not generate text token by token."""
    unit: str = ""
    """What that unit is."""
    source: str = "scenario"
    checked_on: str = ""
    note: str = ""

    @property
    def is_mixture_of_experts(self) -> bool:
        return self.experts is not None and self.experts > 1

    @property
    def kv_elements_per_token(self) -> float:
        """Elements cached per token over all layers, full attention: 2·L·n_kv·d_head, or L·d for MLA."""
        if self.layers is None or self.attention == "none":
            return 0.0
        if self.mla_latent_dim is not None:
            return float(self.layers * self.mla_latent_dim)
        if self.kv_heads is None or self.head_dim is None:
            return 0.0
        return float(2 * self.layers * self.kv_heads * self.head_dim)
