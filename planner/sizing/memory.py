r"""Memory of inference: what one accelerator of a group must hold, and how many sequences fit.

.. math:: need = W/n_w + B \cdot T \cdot kv \cdot b_{kv}/n_{kv} + A + C \le u \cdot memory

=========  ==============================  =====================================================
symbol     in code                         meaning, unit
=========  ==============================  =====================================================
W          ``Weights.total_gb``            P_dense·b_d + P_expert·b_e, GB
n_w        ``Group.size``                  accelerators that share the weights
n_kv       ``kv_shards``                   min(TP, KV heads)·PP·DP; MLA caches are not sharded by TP
B          batch                           concurrent sequences
T          ``attended``                    tokens cached per sequence, mean i + o/2
kv         ``kv_elements_per_token``       cached elements per token over all layers
b_kv       ``Format.kv_bytes``             bytes per element
A          ``activation_gb``               activation_gb_at_8k per 8,192 batched tokens, GB
C          ``overhead_gb``                 GB
u          ``memory_use_fraction``
=========  ==============================  =====================================================

The full length i + o of one sequence must fit too. Source: planner sizing constants.
"""

import math
from typing import NamedTuple

from planner.domain.inputs.accelerator import Accelerator
from planner.domain.inputs.language_model import LanguageModel
from planner.sizing.constants import SizingConstants
from planner.sizing.formats import Format
from planner.units import GIGA

MAX_BATCH = 1024
"""Sequences per replica beyond which serving engines do not go by default."""
SMALLEST_CHUNK_TOKENS, LARGEST_CHUNK_TOKENS = 2048, 8192
"""Prefill is batched or chunked to between so many tokens."""


class Group(NamedTuple):
    """Accelerators that serve one copy of the model together."""

    tensor: int = 1
    pipeline: int = 1
    data: int = 1
    """Attention data parallelism with experts spread over all; 1 when sizing."""
    spans_nodes: bool = False
    """True where every stage of the pipeline is a node of its own."""

    @property
    def size(self) -> int:
        return self.tensor * self.pipeline * self.data


class Shape(NamedTuple):
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
    """Parameters in billions, split in what every token uses and what experts hold; and their bytes."""

    dense_b: float
    expert_b: float
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


def weights_of(model: LanguageModel, form: Format) -> Weights:
    """W = P_dense·b_d + P_expert·b_e."""
    dense, expert = split_experts(model)
    return Weights(dense, expert, dense * form.dense_bytes, expert * form.expert_bytes)


def attended(model: LanguageModel, tokens: float) -> float:
    """Tokens cached (and read) per layer on average: sliding-window layers stop at the window.

    >>> half = LanguageModel(id="m", parameters_b=1, active_parameters_b=1,
    ...                      sliding_window=128, sliding_layer_fraction=0.5)
    >>> attended(half, 1128)
    628.0
    """
    if model.sliding_window is None:
        return tokens
    share = min(1.0, model.sliding_layer_fraction)
    return (1 - share) * tokens + share * min(tokens, model.sliding_window)


def kv_shards(model: LanguageModel, group: Group) -> int:
    """n_kv: accelerators over which the KV cache of a sequence is spread."""
    heads = 1 if model.attention == "mla" else model.kv_heads or 1
    return min(group.tensor, heads) * group.pipeline * group.data


def kv_gb_per_sequence(model: LanguageModel, form: Format, tokens: float) -> float:
    """KV cache of one sequence over the whole group, GB."""
    return attended(model, tokens) * model.kv_elements_per_token * form.kv_bytes / GIGA


def activation_gb(shape: Shape, c: SizingConstants) -> float:
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
    """KV cache per sequence of mean length."""
    longest_gb: float
    """KV cache of one sequence of full length."""
    usable_gb: float

    @property
    def smallest_gb(self) -> float:
        """Need with one sequence at its full length."""
        return self.fixed_gb + self.longest_gb

    @property
    def batch_limit(self) -> int:
        """B_max: sequences that fit; 0 if not even one does."""
        if self.smallest_gb > self.usable_gb:
            return 0
        if self.sequence_gb <= 0:
            return MAX_BATCH
        return min(MAX_BATCH, max(1, math.floor((self.usable_gb - self.fixed_gb) / self.sequence_gb)))

    @property
    def running_limit(self) -> float:
        """Sequences of mean length that run at once when more are asked for; 1 at least, for what does not fit."""
        if self.sequence_gb <= 0:
            return float(MAX_BATCH)
        return max(1.0, (self.usable_gb - self.fixed_gb) / self.sequence_gb)

    def at(self, batch: float) -> float:
        """Need at a batch, GB."""
        return self.fixed_gb + batch * self.sequence_gb


def memory_need(
    model: LanguageModel, accelerator: Accelerator, form: Format, group: Group, shape: Shape, c: SizingConstants
) -> MemoryNeed:
    """The terms of the inequality above for one group."""
    shards = kv_shards(model, group)
    weights = weights_of(model, form).total_gb / group.size
    return MemoryNeed(
        weights_gb=weights,
        fixed_gb=weights + activation_gb(shape, c) + c.overhead_gb,
        sequence_gb=kv_gb_per_sequence(model, form, shape.mean_context) / shards,
        longest_gb=kv_gb_per_sequence(model, form, shape.full_context) / shards,
        usable_gb=c.memory_use_fraction * (accelerator.memory_gb or 0.0),
    )
