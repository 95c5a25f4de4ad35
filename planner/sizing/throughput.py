r"""Throughput of inference: an additive roofline, in closed form over the batch.

.. math::
    hit    &= 1-(1-k/E)^{B/PP} \\
    t_{mem} &= [W_d/(TP\,r_d) + W_e\,hit\,PP/(n\,e_{we}\,r_e)]/(BW\,e_{bw}) + B\,cache/(n_{kv}\,DP\,BW\,e_{kv}) \\
    t_{cmp} &= [2 A_d B/(F q\,m) + 4\,qdim\,T B/F_{16}]/(n\,e_f\,s_c) + B\,x\,t_x/DP \\
    t_{com} &= 2L\,[a\,(1+pcie)\,s_h\,(1+h(\log_2 n_x-1)) + 2 \tfrac{n_x-1}{n_x} B d b\,v/(PP\,DP\,BW_l\,e_{ln})] + t_{net} \\
    t_{net} &= PP\,a_{net} + B d b/BW_{net} \quad (\text{stages in different nodes}) \\
    t_{ovh} &= [L(t_l + t_{moe} + t_{mla}) + t_0]\,s_o\,g_o + t_b\,g_b\,B'/(1+B'/B_{1/2}), \quad B' = B/DP \\
    t_{step} &= f\,(t_{mem} + t_{cmp} + t_{com} + t_{ovh}) \\
    t_{pf}  &= f\,[(2 A_p i/(F q\,m) + 2\,qdim\,T_i i/F_{16})\,g_p/(n\,e_{pf}\,s_p) + t_p/DP
               + 2L \cdot 2 \tfrac{n_x-1}{n_x} i d b\,v/(BW_l\,e_{ln}\,DP\,PP)] \\
    TTFT    &= t_{first} + n_{wait}\,t_{step} + t_{pf}\,(PP + w\,(B-1)) + (PP-1)\,i d b/BW_{net}

The terms are ADDED, not maximised: that is what measurements say. Output tokens/s = B·o/(o·t_step + B·t_pf),
TPOT = t_step + B·t_pf/o; both rise with B. A prompt waits for running steps and for a share w of the prompts
of the other sequences, since in measurements and in bursts they come together.

==========  ==========================================  ==========  =================================
symbol      meaning                                     symbol      meaning
==========  ==========================================  ==========  =================================
A_d, A_p    active parameters of a token, of a prompt   k, E        active experts, experts
            (without embeddings, without the head)      F, F16      peak of the format, of 16 bit
i, o        input, output                               BW, BW_l    memory, one-way link bandwidth
L, d        layers, hidden size                         n, n_x      TP·PP·DP; TP·DP that exchange
T, T_i      tokens attended to, summed over layers      q           q8, q4, q_wo, mxfp4 · (F/PF)^-slope
qdim        heads times their mean width                m           c_moe · coarse^moe_width
v           1, or k/2 under attention data parallelism  r_d, r_e    read_8 or read_4 where weights are so
s_*         software of the generation (`Software`)     g_*, f      serving engine (`Engine`)
x, t_x      thousands of tokens an index looks through  B_{1/2}     b_half
==========  ==========================================  ==========  =================================

What the user states of prefix caching, speculative decoding and disaggregation multiplies in (`Stated`); none of it is
guessed. Where a group is wider than its node, a is net_hop_us, BW_l
the network, and net_exposed of the volume counts. Source: planner sizing constants.
"""

from dataclasses import dataclass
from typing import Generic, NamedTuple

from planner.domain.inputs import Accelerator, LanguageModel
from planner.sizing.constants import SizingConstants
from planner.sizing.figures import N, SizingFigures, figures_of
from planner.sizing.formats import ACTIVATION_BYTES, NumberFormat
from planner.sizing.memory import LayerGroup, ModelShape
from planner.units import GIGA

US, MS, TERA = 1e-6, 1e-3, 1e12


@dataclass(frozen=True, slots=True)
class Affine(Generic[N]):
    """A time in seconds: fixed + per_sequence·B."""

    fixed: N
    per_sequence: N

    def at(self, batch: N) -> N:
        return self.fixed + self.per_sequence * batch


@dataclass(frozen=True, slots=True)
class Levelling(Generic[N]):
    """A time in seconds that grows ever less with the batch: fixed + per_sequence·B/(1 + B/half)."""

    fixed: N
    per_sequence: N
    half: N

    def at(self, batch: N) -> N:
        return self.fixed + self.per_sequence * batch / (1 + batch / self.half)


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
    overhead: Levelling[N]
    all_experts: N
    """Time to read every expert once; a step reads the share `hit`."""
    untouched: N
    """(1 − k/E)^(1/PP): share of experts one sequence more leaves untouched."""
    engine: N
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
        terms = self.memory.at(batch) + self.compute.at(batch) + self.communication.at(batch) + self.overhead.at(batch)
        unread: N = self.all_experts * self.untouched**batch
        return self.engine * (terms + self.all_experts - unread)

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


def quality(f: SizingFigures[N], c: SizingConstants) -> N:
    """q: throughput of the format relative to what its peak promises."""
    q: N = (
        (c.q8**f.eight_bit)
        * (c.q4**f.four_bit)
        * (c.q_wo**f.unpacked)
        * (f.engine_mxfp4**f.mxfp4)
        * f.steepness**-c.peak_slope
    )
    return q


def _memory_time(f: SizingFigures[N], c: SizingConstants) -> tuple[Affine[N], N]:
    """Reading weights and cache once per step; the second number is the time to read every expert."""
    dense = c.read_8**f.read_8 * c.read_4**f.read_4
    expert = c.read_8**f.read_8 * c.read_4**f.experts_4
    experts = f.expert_gb * f.pipeline / (f.size * c.e_we * expert * f.bandwidth * c.e_bw)
    weights = f.dense_gb / (f.tensor * dense * f.bandwidth * c.e_bw)
    return Affine(weights, f.cache_gb / (f.kv_shards * f.data * f.bandwidth * c.e_kv)), experts


def _compute_time(f: SizingFigures[N], c: SizingConstants, q: N) -> Affine[N]:
    mixed: N = (c.c_moe * f.coarse**c.moe_width) ** f.moe
    linear = 2 * f.linear_b * GIGA / (f.tflops * TERA * q * mixed)
    attention = 4 * f.query_width * f.attended / (f.tflops_16 * TERA)
    index = f.indexed * c.t_index_us * US / f.data
    return Affine(0 * linear, (linear + attention) / (f.size * c.e_f * f.software_compute) + index)


def _communication_time(f: SizingFigures[N], c: SizingConstants) -> Affine[N]:
    """Two all-reduces per layer within the group, and the hops of a pipeline; none for a group of one."""
    near = c.a_ar_us * (1 + c.pcie * f.slow_fabric) * f.software_hop
    hop = US * (near + f.wide * (c.net_hop_us - near))
    token_gb = f.hidden * (ACTIVATION_BYTES / GIGA)
    exposed = 1 - f.wide * (1 - c.net_exposed)
    per_sequence = exposed * 2 * f.moved * token_gb * f.exchange / (f.pipeline * f.data * f.link * c.e_ln)
    passes = 2 * f.layers
    together = (f.hops > 0) * (1 + c.hop_growth * (f.hops - 1))
    network = f.over_network * (c.net_hop_us * US * f.pipeline)
    return Affine(passes * hop * together + network, passes * per_sequence + f.over_network * token_gb / c.net_gb_per_s)


def _overhead_time(f: SizingFigures[N], c: SizingConstants) -> Levelling[N]:
    per_layer = (c.t_l_us + c.t_moe_us * f.moe + c.t_mla_us * f.mla) * US
    fixed = (f.layers * per_layer + c.t_0_ms * MS) * f.software_overhead * f.engine_overhead
    return Levelling(fixed, c.t_b_us * US * f.engine_sequence / f.data, c.b_half * f.data)


def _prefill_time(f: SizingFigures[N], c: SizingConstants, q: N) -> N:
    """t_pf per prompt."""
    i = f.input_tokens
    mixed: N = (c.c_moe_prefill * f.coarse**c.moe_width) ** f.moe
    linear = 2 * f.prompt_linear_b * GIGA * i / (f.tflops * TERA * q * mixed)
    attention = 2 * f.query_width * i * f.prompt_attended / (f.tflops_16 * TERA)
    seconds = (linear + attention) * f.engine_prefill / (f.size * c.e_pf * f.software_prefill)
    volume = 2 * i * f.hidden * (ACTIVATION_BYTES / GIGA) * f.moved * f.exchange
    exposed = 1 - f.wide * (1 - c.net_exposed)
    together = exposed * 2 * f.layers * volume / (f.link * c.e_ln * f.data * f.pipeline)
    return f.engine_time * (seconds + c.t_prompt_ms * MS / f.data + together)


def speed_from(f: SizingFigures[N], c: SizingConstants, stated: Stated = NOTHING_STATED) -> Speed[N]:
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
        engine=f.engine_time / stated.speculative_speedup,
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
    form: NumberFormat,
    group: LayerGroup,
    shape: ModelShape,
    c: SizingConstants,
    stated: Stated = NOTHING_STATED,
) -> Speed[float]:
    """The roofline of one group; the accelerator's figures must be known (admission checks that)."""
    return speed_from(figures_of(model, a, form, group, shape, c), c, stated)
