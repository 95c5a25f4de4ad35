r"""Memory of inference: what one accelerator of a group must hold, and how many sequences fit.

.. math:: need = \frac{W_d + W_e/DP}{TP \cdot PP} + \frac{B}{DP} \cdot \frac{cache(T)}{n_{kv}} + A + C \le u \cdot memory

=========  ==============================  =====================================================
symbol     in code                         meaning, unit
=========  ==============================  =====================================================
W_d, W_e   ``Weights``                     weights outside and in the experts, GB
TP, PP     ``LayerGroup``                       tensor and pipeline parallelism: share weights and cache
DP         ``Group.data``                  ranks of data parallelism: each holds W_d whole and its own sequences; the
                                           experts are spread over all of them
n_kv       ``kv_shards``                   min(TP, KV heads)·PP: MLA and one shared vector are not split by TP
B          batch                           concurrent sequences, spread evenly over the ranks
T          tokens                          reserved per sequence: i + r·o, r = ``reserved_fraction``
cache      ``cache_gb``                    growing values and windows in ``Format.kv_bytes``, index, state
A          ``activation_gb``               activation_gb_at_8k per 8,192 batched tokens, GB
C          ``overhead_gb``                 GB
u, memory  ``memory_use_fraction``         of the memory that the driver reports
=========  ==============================  =====================================================

The full length i + o of one sequence must fit too. Source: planner sizing constants.
"""

import math
from typing import NamedTuple

from planner.domain.inputs import Accelerator, LanguageModel
from planner.sizing.constants import SizingConstants
from planner.sizing.formats import BYTES, NumberFormat
from planner.units import GIGA

MAX_BATCH = 1024
"""Sequences per replica beyond which serving engines do not go by default."""
SMALLEST_CHUNK_TOKENS, LARGEST_CHUNK_TOKENS = 2048, 8192
"""Prefill is batched or chunked to between so many tokens."""


class LayerGroup(NamedTuple):
    """Accelerators that serve one copy of the model together."""

    tensor: int = 1
    pipeline: int = 1
    data: int = 1
    """Ranks of data parallelism: sequences are divided, weights outside the experts repeated, experts spread over all."""
    spans_nodes: bool = False
    """True where every stage of the pipeline is a node of its own."""

    @property
    def size(self) -> int:
        return self.tensor * self.pipeline * self.data


class ModelShape(NamedTuple):
    """Tokens of one request."""

    input_tokens: float
    output_tokens: float

    @property
    def mean_context(self) -> float:
        """c = i + o/2: tokens cached per sequence, averaged over its life."""
        return self.input_tokens + self.output_tokens / 2

    @property
    def full_context(self) -> float:
        return self.input_tokens + self.output_tokens


class Weights(NamedTuple):
    """Bytes of the parameters, split in what every token uses and what experts hold."""

    dense_gb: float
    expert_gb: float

    @property
    def total_gb(self) -> float:
        return self.dense_gb + self.expert_gb


def split_experts(model: LanguageModel) -> tuple[float, float]:
    """Dense and expert parameters, billions, from total and active ones.

    With E experts of which a token uses k: P = D + X and A = D + X·k/E, hence
    X = (P − A)/(1 − k/E) and D = P − X, clamped to [0, P].

    >>> mixtral = LanguageModel(id="m", parameters_b=46.7, active_parameters_b=12.9,
    ...                         experts=8, experts_per_token=2)
    >>> [round(part, 2) for part in split_experts(mixtral)]
    [1.63, 45.07]
    """
    total, active = model.parameters_b, model.active_parameters_b
    if not model.is_mixture_of_experts:
        return total, 0.0
    used = min(1.0, (model.experts_per_token or 1) / (model.experts or 1))
    expert = (total - active) / (1 - used) if used < 1 else 0.0
    expert = min(max(expert, 0.0), total)
    return total - expert, expert


def weights_of(model: LanguageModel, form: NumberFormat) -> Weights:
    """W = (P_dense − kept)·b_d + kept·2 + P_expert·b_e."""
    dense, expert = split_experts(model)
    kept = min(form.kept_b, dense)
    return Weights((dense - kept) * form.dense_bytes + kept * BYTES["bf16"], expert * form.expert_bytes)


def attended(model: LanguageModel, tokens: float) -> float:
    """Tokens cached per layer on average: sliding-window layers stop at the window.

    >>> half = LanguageModel(id="m", parameters_b=1, active_parameters_b=1,
    ...                      sliding_window=128, sliding_layer_fraction=0.5)
    >>> attended(half, 1128)
    628.0
    """
    if model.sliding_window is None:
        return tokens
    share = min(1.0, model.sliding_layer_fraction)
    return (1 - share) * tokens + share * min(tokens, model.sliding_window)


def kv_shards(model: LanguageModel, group: LayerGroup) -> int:
    """n_kv: accelerators over which the KV cache of a sequence is spread."""
    heads = 1 if model.attention in ("mla", "mqa") else model.kv_heads or 1
    return min(group.tensor, heads) * group.pipeline


def cached_elements(model: LanguageModel, tokens: float) -> float:
    """Elements cached of so many tokens over all layers: those that grow, and windows as far as they are full.

    >>> hybrid = LanguageModel(id="m", parameters_b=1, active_parameters_b=1, layers=4, kv_values_per_token=100,
    ...                        kv_values_fixed=1000, sliding_window=10)
    >>> cached_elements(hybrid, 5), cached_elements(hybrid, 50)
    (1000.0, 6000.0)
    """
    if model.kv_values_per_token is None:
        return attended(model, tokens) * model.kv_elements_per_token
    filled = min(1.0, tokens / model.sliding_window) if model.sliding_window else 1.0
    return model.kv_values_per_token * tokens + (model.kv_values_fixed or 0.0) * filled


def cache_gb(model: LanguageModel, form: NumberFormat, tokens: float) -> float:
    """Cache of one sequence over the whole group, GB: keys and values, the index of sparse attention, state."""
    index = (model.index_values_per_token or 0.0) * tokens
    return (cached_elements(model, tokens) * form.kv_bytes + index + (model.state_bytes_per_sequence or 0.0)) / GIGA


def activation_gb(shape: ModelShape, c: SizingConstants) -> float:
    """A: activations of one prefill chunk; the chunk holds a prompt, within engine limits."""
    chunk = min(max(shape.input_tokens, SMALLEST_CHUNK_TOKENS), LARGEST_CHUNK_TOKENS)
    return c.activation_gb_at_8k * chunk / LARGEST_CHUNK_TOKENS


class MemoryNeed(NamedTuple):
    """What one accelerator of the group must hold, GB."""

    weights_gb: float
    """Of this accelerator."""
    fixed_gb: float
    """Weights, activations and overhead."""
    sequence_gb: float
    """Cache reserved per sequence of its rank."""
    longest_gb: float
    """Cache of one sequence of full length."""
    usable_gb: float
    ranks: int = 1
    """Ranks of data parallelism that share the batch."""

    @property
    def smallest_gb(self) -> float:
        """Need with one sequence at its full length."""
        return self.fixed_gb + self.longest_gb

    @property
    def batch_limit(self) -> int:
        """B_max: sequences of the group that fit; 0 if not even one does."""
        if self.smallest_gb > self.usable_gb:
            return 0
        if self.sequence_gb <= 0:
            return MAX_BATCH * self.ranks
        held = max(1, math.floor((self.usable_gb - self.fixed_gb) / self.sequence_gb))
        return min(MAX_BATCH, held) * self.ranks

    @property
    def running_limit(self) -> float:
        """Sequences that run at once when more are asked for; one a rank at least, for what does not fit."""
        if self.sequence_gb <= 0:
            return float(MAX_BATCH) * self.ranks
        return max(1.0, (self.usable_gb - self.fixed_gb) / self.sequence_gb) * self.ranks

    def at(self, batch: float) -> float:
        """Need of the fullest rank at a batch of the group, GB."""
        return self.fixed_gb + max(min(batch, 1.0), batch / self.ranks) * self.sequence_gb


def memory_need(
    model: LanguageModel,
    accelerator: Accelerator,
    form: NumberFormat,
    group: LayerGroup,
    shape: ModelShape,
    c: SizingConstants,
) -> MemoryNeed:
    """The terms of the inequality above for one group."""
    shards, weights = kv_shards(model, group), weights_of(model, form)
    own = (weights.dense_gb + weights.expert_gb / group.data) / (group.tensor * group.pipeline)
    reserved = shape.input_tokens + c.reserved_fraction * shape.output_tokens
    return MemoryNeed(
        weights_gb=own,
        fixed_gb=own + activation_gb(shape, c) + c.overhead_gb,
        sequence_gb=cache_gb(model, form, reserved) / shards,
        longest_gb=cache_gb(model, form, shape.full_context) / shards,
        usable_gb=c.memory_use_fraction * (accelerator.total_memory_gb or 0.0),
        ranks=group.data,
    )
