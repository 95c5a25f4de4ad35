r"""Training: tokens per second of one accelerator, and the memory it needs.

.. math::
    t_{token} &= \Big[\frac{m A}{F e x} + \frac{m L d s}{F_{16} e_a} + \frac{1000\,\kappa L d}{BW}\Big]
                 (1 + r\,y) (n/8)^{\delta} \\
    tokens/s  &= 1/t_{token} \text{ per accelerator}; \qquad
    MFU = (m A + m L d s) / (F\,t_{token})

=================  ===============================================================================================
symbol             meaning
=================  ===============================================================================================
F, F_16, BW        dense peak of the format and of 16 bit, FLOP/s; memory bandwidth, bytes/s
m                  FLOP per parameter and token: 6 (2 forward, 4 backward); 4 for LoRA, whose base stays as it is
A, P               active and total parameters
L, d, s            layers, hidden size, sequence length: attention costs m·L·d·s per token (causal half)
e, x               train_bf16, train_fp8 or train_fp4; train_moe if mixture of experts
e_a, kappa         train_attention, train_layer: attention, and what is limited by memory bandwidth
y, r, delta        share of the layers recomputed; train_recompute; train_scale: grows with the cluster from 8 on
=================  ===============================================================================================

The terms are added, as in serving. Beside it stands the rule in one number, MFU by format (`utilisation`), for
work whose model or accelerator is not known. Memory is in `training_plan`. Source: planner sizing constants.
"""

from typing import Generic, Literal, NamedTuple

import numpy as np

from planner.domain.inputs.accelerator import Accelerator
from planner.domain.inputs.language_model import LanguageModel
from planner.sizing.constants import SizingConstants
from planner.sizing.figures import Column, N
from planner.units import GIGA

SEQUENCE_TOKENS = 4096
ADAM_BYTES = 16.0
FLOP_PER_PARAMETER = 6.0
LORA_FLOP_PER_PARAMETER = 4.0
SMALLEST_CLUSTER = 8.0
MEASURED_OVER_FORMULA = 1.25
TERA = 1e12

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
    """m·A + (m/2)·2·L·d·s.

    >>> gpt3 = LanguageModel(id="g", parameters_b=175, active_parameters_b=175, layers=96, hidden=12288)
    >>> f"{flop_per_token(gpt3, 2048):.4g}"          # 6·175e9 + 6·96·12288·2048
    '1.064e+12'
    """
    attention = per_parameter * (model.layers or 0) * (model.hidden or 0) * sequence_tokens
    return per_parameter * model.active_parameters_b * GIGA + attention


class TrainingFigures(NamedTuple, Generic[N]):
    """What the formula above takes from datasheets and the run: numbers, or columns of them."""

    active_b: N
    layers: N
    hidden: N
    sequence: N
    tflops: N
    tflops_16: N
    bandwidth: N
    """GB/s."""
    per_parameter: N
    eight_bit: N
    """1 or 0, as for the following flags."""
    four_bit: N
    moe: N
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
) -> TrainingFigures[float]:
    """One run; 0 TFLOPS where the accelerator lacks the format."""
    return TrainingFigures(
        active_b=model.active_parameters_b,
        layers=float(model.layers or 0),
        hidden=float(model.hidden or 0),
        sequence=sequence_tokens,
        tflops=training_peak_tflops(a, precision) or 0.0,
        tflops_16=a.bf16_tflops or 0.0,
        bandwidth=a.memory_bandwidth_gb_per_s or float("inf"),
        per_parameter=LORA_FLOP_PER_PARAMETER if lora else FLOP_PER_PARAMETER,
        eight_bit=float(precision == "fp8"),
        four_bit=float(precision == "fp4"),
        moe=float(model.is_mixture_of_experts),
        recompute=float(recompute),
        count=max(count, SMALLEST_CLUSTER),
    )


def stack_runs(rows: "list[TrainingFigures[float]]") -> TrainingFigures[Column]:
    """Runs as columns."""
    return TrainingFigures(*np.ascontiguousarray(np.array(rows, dtype=np.float64).T))


def tokens_per_s(f: TrainingFigures[N], c: SizingConstants) -> N:
    """Tokens per second of one accelerator."""
    reached: N = c.train_bf16 * (c.train_fp8 / c.train_bf16) ** f.eight_bit * (c.train_fp4 / c.train_bf16) ** f.four_bit
    expert: N = c.train_moe**f.moe
    products = f.per_parameter * f.active_b * GIGA / (f.tflops * TERA * reached * expert)
    attention = f.per_parameter * f.layers * f.hidden * f.sequence / (f.tflops_16 * TERA * c.train_attention)
    traffic = 1000 * c.train_layer * f.layers * f.hidden / (f.bandwidth * GIGA)
    larger: N = (f.count / SMALLEST_CLUSTER) ** c.train_scale
    return 1 / ((products + attention + traffic) * (1 + c.train_recompute * f.recompute) * larger)


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
        model, a, precision, count=count, sequence_tokens=sequence_tokens, lora=lora, recompute=recompute
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


def training_memory(
    model: LanguageModel, count: int, nodes: int, c: SizingConstants, sequence_tokens: int = SEQUENCE_TOKENS
) -> TrainingMemory:
    """Adam in mixed precision, ZeRO-3 over all accelerators of `nodes`, one sequence each, recomputation."""
    state = ADAM_BYTES * model.parameters_b / (count * nodes)
    width = sequence_tokens * (model.hidden or 0)
    layers = 2 * width * max((model.layers or 1) - 1, 0) + 34 * width
    logits = 6 * sequence_tokens * (model.vocabulary or 0)
    return TrainingMemory(nodes, state, MEASURED_OVER_FORMULA * (layers + logits) / GIGA, c.overhead_gb)
