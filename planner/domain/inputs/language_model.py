"""Architecture of a language model, as far as memory and throughput depend on it."""

from typing import Literal

from planner.domain.fields import Strict
from planner.units import GIGA, Fraction, NonNegative, Positive, PositiveCount

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
    attention: Literal["mha", "gqa", "mqa", "mla", "none"] = "gqa"
    """mqa: one vector of `head_dim` per token and layer is both key and value."""
    mla_latent_dim: PositiveCount | None = None
    """Elements cached per token and layer under multi-head latent attention (latent + rope key)."""
    sliding_window: PositiveCount | None = None
    """Window in tokens of the layers that do not attend to everything."""
    sliding_layer_fraction: Fraction = 0.0
    """Share of the layers that attend to the sliding window only."""
    qk_head_dim: PositiveCount | None = None
    """Width of queries and keys of a head, where it is not `head_dim`."""
    value_head_dim: PositiveCount | None = None
    """Width of values of a head, where it is not `head_dim`."""
    kv_values_per_token: Positive | None = None
    """Elements cached per token for good, over all layers, where layers differ: hybrid and compressed attention."""
    kv_values_fixed: Positive | None = None
    """Elements cached in windows once they are full, over all layers; beside `kv_values_per_token`."""
    index_values_per_token: Positive | None = None
    """Bytes cached per token, over all layers, by the index of sparse attention."""
    sparse_attention_tokens: PositiveCount | None = None
    """Tokens that sparse attention picks; None: all."""
    state_bytes_per_sequence: Positive | None = None
    """State of linear attention or of state-space layers, over all layers; it does not grow."""
    experts: PositiveCount | None = None
    experts_per_token: PositiveCount | None = None
    native_precision: Precision = "bf16"
    prefill_active_parameters_b: Positive | None = None
    """Parameters touched by one token of a prompt, in billions, where it is not `active_parameters_b`."""
    kept_parameters_b: NonNegative | None = None
    """Parameters that quantised checkpoints keep in 16 bit, in billions. None: embeddings and head."""
    dense_precision: Precision | None = None
    """Format outside the experts where those are quantised to 4 bit. None: 16 bit, or all of it by `int4`."""
    tied_embeddings: bool | None = None
    """True if the output head is the embedding. None: not stated, taken as not tied."""
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
    def kv_width(self) -> float:
        """Elements cached per token and full layer: the latent of MLA, one shared vector, or keys and values of all heads."""
        if self.attention == "mla" or self.mla_latent_dim is not None:
            return float(self.mla_latent_dim or 0)
        key, value = self.qk_head_dim or self.head_dim or 0, self.value_head_dim or self.head_dim or 0
        return float(key) if self.attention == "mqa" else float((self.kv_heads or 0) * (key + value))

    @property
    def kv_elements_per_token(self) -> float:
        """Elements cached per token over all layers: as stated, else 2·L·n_kv·d_head, or L·d for MLA."""
        if self.attention == "none" or self.layers is None:
            return 0.0
        return self.kv_values_per_token or self.layers * self.kv_width

    @property
    def embedding_parameters_b(self) -> float:
        """Embeddings and output head, in billions."""
        return (self.vocabulary or 0) * (self.hidden or 0) * (1 if self.tied_embeddings else 2) / GIGA
