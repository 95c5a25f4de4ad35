r"""Throughput of inference: an additive roofline, in closed form over the batch.

.. math::
    hit    &= 1-(1-k/E)^{B/PP} \\
    t_{mem} &= [W_d/TP + W_e\,hit\,PP/(n\,e_{we})]/(BW\,e_{bw}) + B\,c\,kv\,b_{kv}/(n_{kv}\,BW\,e_{kv}) \\
    t_{cmp} &= [2AB/(F q) + 4 L\,qdim\,c\,B/F_{16}]/(n\,e_f) \\
    t_{com} &= 2L\,(a_{ar}(1+pcie)\log_2(TP\,DP) + 2 B d b/(PP\,DP\,BW_l\,e_{ln})\,[k/2]_{DP>1}) \\
    t_{ovh} &= L(t_l + t_{moe}) + t_0 + t_b B \\
    t_{step} &= f\,(t_{mem} + t_{cmp} + t_{com} + t_{ovh}) \\
    t_{pf}  &= f\,[(2 A i + 2 L\,qdim\,i^2)/(n F e_{pf} q) + 2L \cdot 2 i d b/(BW_l\,e_{ln}\,DP\,PP)]

The terms are ADDED, not maximised: that is what measurements say.

=========  ===========================================  =========  =================================
symbol     meaning                                      symbol     meaning
=========  ===========================================  =========  =================================
A          active parameters                            k, E       active experts, experts
B          concurrent sequences                         F, F16     peak of the format, of 16 bit
i, o, c    input, output, mean context i + o/2          BW, BW_l   memory, one-way link bandwidth
L, d       layers, hidden size                          n          TP·PP·DP accelerators
qdim       heads·head_dim (MLA: heads·160)              q          Format.quality
=========  ===========================================  =========  =================================

Everything is affine in B except ``hit``, so a step is kept as three numbers per term. Output tokens/s =
B·o/(o·t_step + B·t_pf), TPOT = t_step + B·t_pf/o; both rise with B. Source: planner sizing constants.
"""

import math
from typing import NamedTuple, TypeVar

import numpy as np
import numpy.typing as npt

from planner.domain.accelerator import Accelerator
from planner.domain.language_model import LanguageModel
from planner.sizing.constants import SizingConstants
from planner.sizing.formats import ACTIVATION_BYTES, Format
from planner.sizing.memory import Group, Shape, attended, kv_gb_per_sequence, kv_shards, weights_of
from planner.units import GIGA

Batches = TypeVar("Batches", float, npt.NDArray[np.float64])
"""One batch size, or an array of them."""

MLA_HEAD_DIM = (192 + 128) / 2
"""Mean of query-key and value width under multi-head latent attention."""
US, MS, TERA = 1e-6, 1e-3, 1e12


class Affine(NamedTuple):
    """A time in seconds: fixed + per_sequence·B."""

    fixed: float
    per_sequence: float


class Speed(NamedTuple):
    """How fast one group serves one request shape; every time in seconds."""

    memory: Affine
    compute: Affine
    communication: Affine
    overhead: Affine
    all_experts: float
    """Time to read every expert once; a step reads the share `hit`."""
    untouched: float
    """(1 − k/E)^(1/PP): share of experts one sequence more leaves untouched."""
    engine: float
    prefill: float
    """Per prompt, at full load of the group."""
    idle: float
    """t_0 + L·t_l: what a first token costs beyond its prefill."""
    stages: int
    output_tokens: float

    def step(self, batch: Batches) -> Batches:
        """t_step: time in which every running sequence gains one token."""
        terms = (self.memory, self.compute, self.communication, self.overhead)
        fixed = sum(t.fixed for t in terms) + self.all_experts
        slope = sum(t.per_sequence for t in terms)
        unread: Batches = self.all_experts * self.untouched**batch
        return self.engine * (fixed + slope * batch - unread)

    def tpot(self, batch: Batches) -> Batches:
        """Time per output token, prefills of other requests included."""
        return self.step(batch) + batch * (self.prefill / self.output_tokens)

    def ttft(self, batch: Batches) -> Batches:
        """Time to first token at load: the running step ends, then the prompt passes every stage."""
        return self.step(batch) + (self.prefill * self.stages + self.idle)

    def output_tokens_per_s(self, batch: Batches) -> Batches:
        """B·o/(o·t_step + B·t_pf) = B/TPOT."""
        return batch / self.tpot(batch)


def _query_width(model: LanguageModel) -> float:
    heads = model.heads or 0
    return heads * (MLA_HEAD_DIM if model.attention == "mla" else float(model.head_dim or 0))


def _prompt_attention_tokens(model: LanguageModel, i: float) -> float:
    """Mean over layers of i²-equivalent/i: i under full attention, 2w − w²/i within a window w < i."""
    w = model.sliding_window
    if w is None or w >= i:
        return i
    share = min(1.0, model.sliding_layer_fraction)
    return (1 - share) * i + share * (2 * w - w * w / i)


def _memory_time(
    model: LanguageModel, a: Accelerator, form: Format, g: Group, shape: Shape, c: SizingConstants
) -> tuple[Affine, float]:
    """Reading weights and cache once per step; the second number is the time to read every expert."""
    bandwidth = a.memory_bandwidth_gb_per_s or math.nan
    weights = weights_of(model, form)
    cache = kv_gb_per_sequence(model, form, shape.mean_context) / kv_shards(model, g)
    experts = weights.expert_gb * g.pipeline / (g.size * c.e_we) / (bandwidth * c.e_bw)
    return Affine(weights.dense_gb / g.tensor / (bandwidth * c.e_bw), cache / (bandwidth * c.e_kv)), experts


def _compute_time(
    model: LanguageModel, a: Accelerator, form: Format, g: Group, shape: Shape, c: SizingConstants
) -> Affine:
    linear = 2 * model.active_parameters_b * GIGA / (form.tflops * TERA * form.quality)
    attention = 4 * (model.layers or 0) * _query_width(model) * attended(model, shape.mean_context)
    return Affine(0.0, (linear + attention / ((a.bf16_tflops or form.tflops) * TERA)) / (g.size * c.e_f))


def _communication_time(model: LanguageModel, a: Accelerator, g: Group, c: SizingConstants) -> Affine:
    """Two all-reduces per layer within the group; none for a group of one."""
    ranks = g.tensor * g.data
    if ranks == 1:
        return Affine(0.0, 0.0)
    hop = c.a_ar_us * US * (1 + (0.0 if a.has_nvlink_class_fabric else c.pcie))
    volume = 2 * (model.hidden or 0) * ACTIVATION_BYTES / GIGA
    spread = (model.experts_per_token or 1) / 2 if g.data > 1 else 1.0
    per_sequence = volume / (g.pipeline * g.data * a.link_gb_per_s * c.e_ln) * spread
    passes = 2 * (model.layers or 0)
    return Affine(passes * hop * math.log2(ranks), passes * per_sequence)


def _prefill_time(
    model: LanguageModel, a: Accelerator, form: Format, g: Group, shape: Shape, c: SizingConstants
) -> float:
    """t_pf per prompt."""
    i, layers = shape.input_tokens, model.layers or 0
    flop = 2 * model.active_parameters_b * GIGA * i
    flop += 2 * layers * _query_width(model) * i * _prompt_attention_tokens(model, i)
    seconds = flop / (g.size * form.tflops * TERA * c.e_pf * form.quality)
    if g.tensor * g.data > 1:
        volume = 2 * i * (model.hidden or 0) * ACTIVATION_BYTES / GIGA
        seconds += 2 * layers * volume / (a.link_gb_per_s * c.e_ln * g.data * g.pipeline)
    return c.f_engine * seconds


def speed_of(
    model: LanguageModel, a: Accelerator, form: Format, group: Group, shape: Shape, c: SizingConstants
) -> Speed:
    """The roofline of one group; the accelerator's figures must be known (admission checks that)."""
    memory, all_experts = _memory_time(model, a, form, group, shape, c)
    layers = model.layers or 0
    moe = model.is_mixture_of_experts
    per_layer = (c.t_l_us + (c.t_moe_us if moe else 0.0)) * US
    used = min(1.0, (model.experts_per_token or 1) / (model.experts or 1)) if moe else 1.0
    return Speed(
        memory=memory,
        compute=_compute_time(model, a, form, group, shape, c),
        communication=_communication_time(model, a, group, c),
        overhead=Affine(layers * per_layer + c.t_0_ms * MS, c.t_b_us * US),
        all_experts=all_experts,
        untouched=float((1 - used) ** (1 / group.pipeline)),
        engine=c.f_engine,
        prefill=_prefill_time(model, a, form, group, shape, c),
        idle=c.t_0_ms * MS + layers * c.t_l_us * US,
        stages=group.pipeline,
        output_tokens=shape.output_tokens,
    )
