r"""Training: tokens per second of one accelerator, and the memory it needs.

.. math::
    tokens/s &= MFU\,F\,(0.47\ \text{if MoE}) / (m A + \tfrac{m}{2} \cdot 2 L d s) \\
    need &= 16 P/N + 1.25\,[(2 s b h)(L-1) + 34 s b h + 6 s b V] + C \le u \cdot memory

=========  ==================================================================================
symbol     meaning
=========  ==================================================================================
F, MFU     dense peak of the format, FLOP/s, and the share of it that reaches the model
m          FLOP per parameter and token: 6 (2 forward, 4 backward); 4 for LoRA
A, P       active and total parameters
L, d = h   layers, hidden size
s, b, V    sequence length, sequences per accelerator (1), vocabulary
N          accelerators over which ZeRO-3 spreads weights, gradients and optimizer
16         bytes per parameter, Adam in mixed precision: 2 + 2 + 12 (Rajbhandari et al. 2020)
34, 2      bytes of activations per token, layer and hidden unit: with fused attention; with
           full recomputation, of which one layer at a time is unfolded (Korthikanti et al. 2022)
1.25       measured peaks of sharded training above the formula
C, u       overhead_gb, memory_use_fraction
=========  ==================================================================================

The memory check recomputes activations (the least that must fit); the MFU is that of tuned runs.
Source: planner sizing constants.
"""

from typing import Literal, NamedTuple

from planner.domain.accelerator import Accelerator
from planner.domain.language_model import LanguageModel
from planner.sizing.constants import SizingConstants
from planner.units import GIGA

SEQUENCE_TOKENS = 4096
ADAM_BYTES = 16.0
FLOP_PER_PARAMETER = 6.0
MEASURED_OVER_FORMULA = 1.25
NODE_GROUPS = (1, 2, 4)
"""Nodes over which the optimizer state may be spread."""
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


def smallest_training_group(
    model: LanguageModel, memory_gb: float, count: int, c: SizingConstants
) -> tuple[TrainingMemory, bool]:
    """The fewest nodes whose memory suffices and True, or the most nodes and False."""
    needs = [training_memory(model, count, nodes, c) for nodes in NODE_GROUPS]
    fitting = [need for need in needs if need.total_gb <= c.memory_use_fraction * memory_gb]
    return (fitting[0], True) if fitting else (needs[-1], False)
