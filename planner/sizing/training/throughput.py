r"""Training: tokens per second of one accelerator, and the memory it needs.

.. math::
    t_{token} &= \Big[\frac{m A}{F e\,s\,x (F/PF)^{-\sigma}} + \frac{m\,qdim\,T}{F_{16} e_a (F_{16}/PF)^{-\sigma}}
                 + \frac{1000\,\kappa L d\,(1 + \mu k/8)}{BW} + \epsilon\,\frac{4 k' L\,2d}{BW_x}\Big]
                 (1 + r\,y) (n/8)^{\delta} \\
    tokens/s  &= 1/t_{token} \text{ per accelerator}; \qquad
    MFU = (m A + m\,qdim\,T) / (F\,t_{token})

=================  ===============================================================================================
symbol             meaning
=================  ===============================================================================================
F, F_16, BW        dense peak of the format and of 16 bit, FLOP/s; memory bandwidth, bytes/s
m                  FLOP per parameter and token: 6 (2 forward, 4 backward); 4 for LoRA, whose base stays as it is
A                  active parameters (matrix products: without the table of embeddings)
L, d, qdim, T      layers, hidden size, heads times their mean width, tokens attended to (i²-equivalent/i) over all layers:
                   attention costs m·qdim·T per token (causal half), windows and MLA as they are
e, s, x            train_bf16, train_fp8 or train_fp4; of the generation (`TrainingSoftware`); for mixtures of experts
                   train_moe·coarse^train_width (in fp8 and fp4 times train_moe_fp8, train_moe_fp4), coarse = width of an
                   expert over 2,048, at most 1; for at most 16 coarse experts train_coarse
e_a, kappa, mu     train_attention, train_layer, train_layer_moe: attention, and what is limited by memory bandwidth
epsilon, k', BW_x  train_exposed: share of the exchange of expert parallelism that is not hidden; copies of a token that
                   leave (one per server beyond the fast link); the link, or the network where a group is wider
y, r, delta        share of the layers recomputed; train_recompute; train_scale: grows with the cluster from 8 on
sigma              train_slope: the share of the peak that is reached falls with the peak
=================  ===============================================================================================

The terms are added, as in serving. Beside it stands the rule in one number, MFU by format (`utilisation`), for
work whose model or accelerator is not known. Memory is in `training_plan`. Source: planner sizing constants.
"""

from typing import Generic, Literal, NamedTuple

from planner.domain.inputs import Accelerator, LanguageModel
from planner.sizing.constants import SizingConstants
from planner.sizing.figures import (
    BITS,
    LEAST_STEEP,
    NODE_ACCELERATORS,
    N,
    expert_width,
    layer_tokens,
    over_network,
    prompt_within,
    query_width,
)
from planner.units import GIGA

SEQUENCE_TOKENS = 4096
ADAM_BYTES = 16.0
FLOP_PER_PARAMETER = 6.0
LORA_FLOP_PER_PARAMETER = 4.0
SMALLEST_CLUSTER = 8.0
MEASURED_OVER_FORMULA = 1.25
TERA = 1e12
COARSE_WIDTH = 2048.0
"""Width of an expert from which it trains as well as it can."""
FEW_EXPERTS = 16
"""So many are spread by tensor parallelism, not one by one."""
USUAL_NETWORK_GBIT_PER_S = 400.0

TrainingFormat = Literal["bf16", "fp8", "fp4"]


def training_peak_tflops(accelerator: Accelerator, precision: TrainingFormat) -> float | None:
    """Dense peak of a training format."""
    if precision == "fp8":
        return accelerator.fp8_tflops
    return accelerator.fp4_tflops if precision == "fp4" else accelerator.bf16_tflops


def utilisation(precision: TrainingFormat, model: LanguageModel | None, c: SizingConstants) -> float:
    """MFU of tuned runs in a format."""
    mfu = {"bf16": c.mfu_bf16, "fp8": c.mfu_fp8, "fp4": c.mfu_fp4}[precision]
    return mfu * (c.mfu_moe_factor if model is not None and model.is_mixture_of_experts else 1.0)


def flop_per_token(
    model: LanguageModel, sequence_tokens: float = SEQUENCE_TOKENS, per_parameter: float = FLOP_PER_PARAMETER
) -> float:
    """m·A + m·qdim·T: products, and attention by heads, windows and MLA as they are.

    >>> gpt3 = LanguageModel(id="g", parameters_b=175, active_parameters_b=175, layers=96, hidden=12288)
    >>> f"{flop_per_token(gpt3, 2048):.4g}"          # 6·175e9 + 6·96·12288·2048
    '1.064e+12'
    """
    return per_parameter * (model.active_parameters_b * GIGA + attention_work(model, sequence_tokens))


def attention_work(model: LanguageModel, sequence_tokens: float) -> float:
    """qdim·T: the hidden size stands for heads that are not stated."""
    width = query_width(model) or float(model.hidden or 0)
    return width * layer_tokens(model, sequence_tokens, prompt_within)


def expert_group(model: LanguageModel, count: float) -> float:
    """Accelerators over which experts are spread, where that is not stated: as many as a server has."""
    experts = model.experts or 1
    return 1.0 if experts <= FEW_EXPERTS else float(min(experts, NODE_ACCELERATORS, count))


def exchange_seconds(model: LanguageModel, a: Accelerator, group: float) -> float:
    """Of one token, forth and back in both passes, at the full bandwidth; 0 without expert parallelism."""
    if not model.is_mixture_of_experts or group <= 1:
        return 0.0
    wide = over_network(a, int(group))
    network = (a.network_gbit_per_s or USUAL_NETWORK_GBIT_PER_S) / BITS
    link = network if wide else max(a.link_gb_per_s, 1.0)
    copies = min(float(model.experts_per_token or 1), max(group / NODE_ACCELERATORS, 1.0) if wide else group)
    moved: float = 4 * copies * 2 * (model.layers or 0) * (model.hidden or 0) * (group - 1) / group
    return float(moved / (link * GIGA))


class TrainingFigures(NamedTuple, Generic[N]):
    """What the formula above takes from datasheets and the run: numbers, or columns of them."""

    active_b: N
    linear_b: N
    """Active parameters without the table of embeddings."""
    layers: N
    hidden: N
    attention: N
    """qdim·T."""
    tflops: N
    tflops_16: N
    steepness: N
    """Peak of the format in units of 1,000 TFLOPS, 0.5 at least; and of 16 bit."""
    steepness_16: N
    bandwidth: N
    """GB/s."""
    per_parameter: N
    eight_bit: N
    """1 or 0, as for the following flags."""
    four_bit: N
    moe: N
    """1 for mixtures of many experts."""
    few: N
    """1 for mixtures of few, coarse experts."""
    coarse: N
    """Width of an expert over 2,048, at most 1; 1 for dense models."""
    chosen: N
    """Experts per token; 0 for dense models."""
    exchange: N
    """Seconds that expert parallelism exchanges of one token, at the full bandwidth."""
    lora: N
    speed: N
    """Of the generation."""
    experts_speed: N
    recompute: N
    """Share of the layers whose activations are computed twice."""
    count: N  # type: ignore[assignment]  # shadows a method of tuple
    """Accelerators of the cluster, 8 at least."""


def training_figures(
    model: LanguageModel,
    a: Accelerator,
    precision: TrainingFormat,
    *,
    count: float = SMALLEST_CLUSTER,
    sequence_tokens: float = SEQUENCE_TOKENS,
    lora: bool = False,
    recompute: float = 0.0,
    expert_parallel: int | None = None,
    c: SizingConstants | None = None,
) -> TrainingFigures[float]:
    """One run; 0 TFLOPS where the accelerator lacks the format."""
    moe, peak = model.is_mixture_of_experts, training_peak_tflops(a, precision) or 0.0
    few = moe and (model.experts or 1) <= FEW_EXPERTS
    looked_up = 0.0 if model.tied_embeddings else model.embedding_parameters_b / 2
    group = expert_group(model, count) if expert_parallel is None else float(expert_parallel)
    software = (c or SizingConstants()).training_of(a)
    return TrainingFigures(
        active_b=model.active_parameters_b,
        linear_b=max(model.active_parameters_b - looked_up, 0.0),
        layers=float(model.layers or 0),
        hidden=float(model.hidden or 0),
        attention=attention_work(model, sequence_tokens),
        tflops=peak,
        steepness=max(peak, LEAST_STEEP) / 1000,
        steepness_16=max(a.bf16_tflops or 0.0, LEAST_STEEP) / 1000,
        tflops_16=a.bf16_tflops or 0.0,
        bandwidth=a.memory_bandwidth_gb_per_s or float("inf"),
        per_parameter=LORA_FLOP_PER_PARAMETER if lora else FLOP_PER_PARAMETER,
        eight_bit=float(precision == "fp8"),
        four_bit=float(precision == "fp4"),
        moe=float(moe and not few),
        few=float(few),
        coarse=min(1.0, expert_width(model) / COARSE_WIDTH) if moe else 1.0,
        chosen=float(model.experts_per_token or 1) if moe else 0.0,
        exchange=exchange_seconds(model, a, group),
        lora=float(lora),
        speed=software.speed,
        experts_speed=software.experts,
        recompute=float(recompute),
        count=max(count, SMALLEST_CLUSTER),
    )


def tokens_per_s(f: TrainingFigures[N], c: SizingConstants) -> N:
    """Tokens per second of one accelerator."""
    reached: N = c.train_bf16 * (c.train_fp8 / c.train_bf16) ** f.eight_bit * (c.train_fp4 / c.train_bf16) ** f.four_bit
    low: N = c.train_moe_fp8**f.eight_bit * c.train_moe_fp4**f.four_bit
    expert: N = (c.train_moe * low * f.experts_speed * f.coarse**c.train_width) ** f.moe * c.train_coarse**f.few
    share = reached * f.speed * f.steepness**-c.train_slope
    work = f.per_parameter * c.train_lora**f.lora
    products = work * f.linear_b * GIGA / (f.tflops * TERA * share * expert)
    attention = work * f.attention / (f.tflops_16 * TERA * c.train_attention * f.steepness_16**-c.train_slope)
    moved = 1000 * c.train_layer * f.layers * f.hidden * (1 + c.train_layer_moe * f.chosen / 8)
    spent = products + attention + moved / (f.bandwidth * GIGA) + c.train_exposed * f.exchange
    larger: N = (f.count / SMALLEST_CLUSTER) ** c.train_scale
    seconds: N = spent * (1 + c.train_recompute * f.recompute) * larger
    return 1 / seconds


def reached_utilisation(
    model: LanguageModel,
    a: Accelerator,
    precision: TrainingFormat,
    c: SizingConstants,
    *,
    count: float = SMALLEST_CLUSTER,
    sequence_tokens: float = SEQUENCE_TOKENS,
    lora: bool = False,
    recompute: float = 0.0,
) -> float:
    """MFU that the formula says of a known model on a known accelerator; 0 without the format."""
    peak = training_peak_tflops(a, precision)
    if not peak or not a.bf16_tflops or not model.layers:
        return 0.0 if not peak else utilisation(precision, model, c)
    f = training_figures(
        model, a, precision, count=count, sequence_tokens=sequence_tokens, lora=lora, recompute=recompute, c=c
    )
    per_token = flop_per_token(model, sequence_tokens, f.per_parameter)
    return tokens_per_s(f, c) * per_token / (peak * TERA)


def training_tokens_per_s(model: LanguageModel, peak_tflops: float, mfu: float, flop: float | None = None) -> float:
    """Tokens per second of one accelerator."""
    return mfu * peak_tflops * TERA / (flop_per_token(model) if flop is None else flop)


class TrainingMemory(NamedTuple):
    """Memory per accelerator at a number of nodes, GB."""

    nodes: int
    state_gb: float
    activation_gb: float
    overhead_gb: float

    @property
    def total_gb(self) -> float:
        return self.state_gb + self.activation_gb + self.overhead_gb


def training_memory(model: LanguageModel, count: int, nodes: int, c: SizingConstants) -> TrainingMemory:
    """Adam in mixed precision, ZeRO-3 over all accelerators of `nodes`, one sequence each, recomputation."""
    state = ADAM_BYTES * model.parameters_b / (count * nodes)
    width = SEQUENCE_TOKENS * (model.hidden or 0)
    layers = 2 * width * max((model.layers or 1) - 1, 0) + 34 * width
    logits = 6 * SEQUENCE_TOKENS * (model.vocabulary or 0)
    return TrainingMemory(nodes, state, MEASURED_OVER_FORMULA * (layers + logits) / GIGA, c.overhead_gb)
