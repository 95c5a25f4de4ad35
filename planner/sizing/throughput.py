r"""Throughput of inference: an additive roofline, in closed form over the batch.

.. math::
    hit    &= 1-(1-k/E)^{B/PP} \\
    t_{mem} &= [W_d/TP + W_e\,hit\,PP/(n\,e_{we})]/(BW\,e_{bw}) + B\,c\,kv\,b_{kv}/(n_{kv}\,BW\,e_{kv}) \\
    t_{cmp} &= [2AB/(F q) + 4 L\,qdim\,c\,B/F_{16}]/(n\,e_f\,s_c) \\
    t_{com} &= 2L\,(a_{ar}(1+pcie)\log_2(TP\,DP) + 2 B d b/(PP\,DP\,BW_l\,e_{ln})\,[k/2]_{DP>1}) + t_{net} \\
    t_{net} &= PP\,a_{net} + B d b/BW_{net} \quad (\text{stages in different nodes}) \\
    t_{ovh} &= L(t_l + t_{moe})\,s_o + t_0 + t_b B \\
    t_{step} &= f\,(t_{mem} + t_{cmp} + t_{com} + t_{ovh}) \\
    t_{pf}  &= f\,[(2 A i + 2 L\,qdim\,i^2)/(n F e_{pf} q\,s_p) + 2L \cdot 2 i d b/(BW_l\,e_{ln}\,DP\,PP)] \\
    TTFT    &= t_{first} + n_{wait}\,t_{step} + t_{pf}\,(PP + w\,(B-1)) + (PP-1)\,i d b/BW_{net}

The terms are ADDED, not maximised: that is what measurements say. Output tokens/s = B·o/(o·t_step + B·t_pf),
TPOT = t_step + B·t_pf/o; both rise with B. A prompt waits for running steps and for a share w of the prompts
of the other sequences, since in measurements and in bursts they come together.

=========  ===========================================  =========  =================================
symbol     meaning                                      symbol     meaning
=========  ===========================================  =========  =================================
A          active parameters                            k, E       active experts, experts
B          concurrent sequences                         F, F16     peak of the format, of 16 bit
i, o, c    input, output, mean context i + o/2          BW, BW_l   memory, one-way link bandwidth
L, d       layers, hidden size                          n          TP·PP·DP accelerators
qdim       heads·head_dim (MLA: heads·160)              q          q8, q4, q_wo or 1, times c_moe
s_c s_p    maturity of the accelerator's software in    s_o        its overhead per layer
           decode and in prefill                        f          engine factor
=========  ===========================================  =========  =================================

Everything is affine in B except ``hit``, so a step is kept as a few numbers per term. What the user states of
prefix caching, speculative decoding and disaggregation multiplies in (`Stated`); none of it is guessed.
Source: planner sizing constants.
"""

from dataclasses import dataclass
from typing import Generic, NamedTuple

from planner.domain.inputs.accelerator import Accelerator
from planner.domain.inputs.language_model import LanguageModel
from planner.sizing.constants import SizingConstants
from planner.sizing.figures import Figures, N, figures_of
from planner.sizing.formats import ACTIVATION_BYTES, Format
from planner.sizing.memory import Group, Shape
from planner.units import GIGA

US, MS, TERA = 1e-6, 1e-3, 1e12


class Affine(NamedTuple, Generic[N]):
    """A time in seconds: fixed + per_sequence·B."""

    fixed: N
    per_sequence: N


class Stated(NamedTuple):
    """Factors that the user knows of the serving stack; the defaults change nothing."""

    prefix_cache_hit_fraction: float = 0.0
    """Share of input tokens whose prefill is saved, since an earlier request had them."""
    speculative_speedup: float = 1.0
    """Steps saved by speculative decoding: output tokens per sequence and step."""
    disaggregation_speedup: float = 1.0
    """Output tokens/s with prefill and decode on accelerators of their own, relative to both together."""


NOTHING_STATED = Stated()


@dataclass(frozen=True, slots=True)
class Speed(Generic[N]):
    """How fast one group serves one request shape; every time in seconds."""

    memory: Affine[N]
    compute: Affine[N]
    communication: Affine[N]
    overhead: Affine[N]
    all_experts: N
    """Time to read every expert once; a step reads the share `hit`."""
    untouched: N
    """(1 − k/E)^(1/PP): share of experts one sequence more leaves untouched."""
    engine: float
    """Time of a step relative to the sum of its terms."""
    prefill: N
    """Per prompt, at full load of the group."""
    idle: N
    """What a first token costs beyond prefill and waiting: t_first, and the way between nodes."""
    waits: float
    queued: float
    """w: share of the other sequences' prompts that a prompt waits for."""
    stages: N
    output_tokens: N
    speedup: float = 1.0

    def step(self, batch: N) -> N:
        """t_step: time in which every running sequence gains one token."""
        fixed = self.memory.fixed + self.compute.fixed + self.communication.fixed + self.overhead.fixed
        slope = (
            self.memory.per_sequence
            + self.compute.per_sequence
            + self.communication.per_sequence
            + self.overhead.per_sequence
        )
        unread: N = self.all_experts * self.untouched**batch
        return self.engine * (fixed + self.all_experts + slope * batch - unread)

    def tpot(self, batch: N) -> N:
        """Time per output token, prefills of other requests included."""
        return (self.step(batch) + batch * (self.prefill / self.output_tokens)) / self.speedup

    def ttft(self, batch: N) -> N:
        """Time to first token at load: waiting, then the prompt passes every stage."""
        waiting = self.idle + self.waits * self.step(batch)
        return waiting + self.prefill * (self.stages + self.queued * (batch - 1))

    def output_tokens_per_s(self, batch: N) -> N:
        """B·o/(o·t_step + B·t_pf) = B/TPOT."""
        return batch / self.tpot(batch)


def quality(f: Figures[N], c: SizingConstants) -> N:
    """q: throughput of the format relative to what its peak promises.

    Where software is immature, its dense products are no faster than those of experts, and c_moe is not applied.
    """
    experts = f.moe * (f.software_compute >= 1)
    q: N = (c.q8**f.eight_bit) * (c.q4**f.four_bit) * (c.q_wo**f.unpacked) * (c.c_moe**experts)
    return q


def _memory_time(f: Figures[N], c: SizingConstants) -> tuple[Affine[N], N]:
    """Reading weights and cache once per step; the second number is the time to read every expert."""
    experts = f.expert_gb * f.pipeline / (f.size * c.e_we * f.bandwidth * c.e_bw)
    weights = f.dense_gb / (f.tensor * f.bandwidth * c.e_bw)
    return Affine(weights, f.cache_gb / (f.kv_shards * f.data * f.bandwidth * c.e_kv)), experts


def _compute_time(f: Figures[N], c: SizingConstants, q: N) -> Affine[N]:
    linear = 2 * f.active_b * GIGA / (f.tflops * TERA * q)
    attention = 4 * f.query_width * f.attended / (f.tflops_16 * TERA)
    return Affine(0 * linear, (linear + attention) / (f.size * c.e_f * f.software_compute))


def _communication_time(f: Figures[N], c: SizingConstants) -> Affine[N]:
    """Two all-reduces per layer within the group, and the hops of a pipeline; none for a group of one."""
    hop = c.a_ar_us * US * (1 + c.pcie * f.slow_fabric)
    token_gb = f.hidden * (ACTIVATION_BYTES / GIGA)
    per_sequence = 2 * token_gb * f.exchange / (f.pipeline * f.data * f.link * c.e_ln)
    passes = 2 * f.layers
    network = f.over_network * (c.net_hop_us * US * f.pipeline)
    return Affine(passes * hop * f.hops + network, passes * per_sequence + f.over_network * token_gb / c.net_gb_per_s)


def _overhead_time(f: Figures[N], c: SizingConstants) -> Affine[N]:
    per_layer = (c.t_l_us + c.t_moe_us * f.moe) * US * f.software_overhead
    return Affine(f.layers * per_layer + c.t_0_ms * MS, 0 * f.layers + c.t_b_us * US / f.data)


def _prefill_time(f: Figures[N], c: SizingConstants, q: N) -> N:
    """t_pf per prompt."""
    i = f.input_tokens
    flop = 2 * f.prompt_active_b * GIGA * i + 2 * f.query_width * i * f.prompt_attended
    seconds = flop / (f.size * f.tflops * TERA * c.e_pf * f.software_prefill * q)
    volume = 2 * i * f.hidden * (ACTIVATION_BYTES / GIGA)
    together = (f.hops > 0) * (2 * f.layers * volume / (f.link * c.e_ln * f.data * f.pipeline))
    return c.f_engine * (seconds + together)


def speed_from(f: Figures[N], c: SizingConstants, stated: Stated = NOTHING_STATED) -> Speed[N]:
    """The roofline of one row, or of many at once."""
    q = quality(f, c)
    memory, all_experts = _memory_time(f, c)
    prompt_gb = f.input_tokens * f.hidden * (ACTIVATION_BYTES / GIGA)
    between = f.over_network * (f.pipeline - 1) * prompt_gb / c.net_gb_per_s
    return Speed(
        memory=memory,
        compute=_compute_time(f, c, q),
        communication=_communication_time(f, c),
        overhead=_overhead_time(f, c),
        all_experts=all_experts,
        untouched=f.experts_left ** (1 / f.pipeline),
        engine=c.f_engine / stated.speculative_speedup,
        prefill=_prefill_time(f, c, q) * (1 - stated.prefix_cache_hit_fraction),
        idle=c.t_first_ms * MS + between,
        waits=c.n_wait,
        queued=c.w_queue,
        stages=f.pipeline,
        output_tokens=f.output_tokens,
        speedup=stated.disaggregation_speedup,
    )


def speed_of(
    model: LanguageModel,
    a: Accelerator,
    form: Format,
    group: Group,
    shape: Shape,
    c: SizingConstants,
    stated: Stated = NOTHING_STATED,
) -> Speed[float]:
    """The roofline of one group; the accelerator's figures must be known (admission checks that)."""
    return speed_from(figures_of(model, a, form, group, shape, c), c, stated)
