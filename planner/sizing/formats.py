"""Number formats: bytes per weight, and the peak throughput an accelerator offers for them.

========  ==================  ==========================================================
format    bytes per element   computes at
========  ==================  ==========================================================
fp32      4                   fp32 peak
bf16      2                   16-bit peak
fp8       1                   8-bit floating-point peak
int8      1                   8-bit integer peak
nvfp4     0.5625              4-bit peak where there is one, else 16-bit (0.5 + one 8-bit scale per 16)
mxfp4     0.531               4-bit peak where there is one, else 16-bit (0.5 + scale per 32)
int4      0.531               16-bit peak (weight-only: 0.5 + scale per 32)
========  ==================  ==========================================================

In mixture-of-experts models the 4-bit formats hold the experts only; attention and embeddings stay
16-bit, as such models are published. Source: planner sizing constants.
"""

from typing import NamedTuple

from planner.domain.inputs.accelerator import Accelerator
from planner.domain.inputs.language_model import LanguageModel, Precision

BYTES: dict[Precision, float] = {
    "fp32": 4.0,
    "bf16": 2.0,
    "fp8": 1.0,
    "int8": 1.0,
    "nvfp4": 0.5625,
    "mxfp4": 0.531,
    "int4": 0.531,
}
EIGHT_BIT: tuple[Precision, ...] = ("fp8", "int8")
FOUR_BIT: tuple[Precision, ...] = ("nvfp4", "mxfp4", "int4")
KV_BYTES = 2.0
"""The KV cache is kept in 16 bit, the default of serving engines, unless stated otherwise."""
ACTIVATION_BYTES = 2.0


class Format(NamedTuple):
    """A number format on one accelerator: what it stores and how fast it computes."""

    precision: Precision
    dense_bytes: float
    """Bytes per parameter outside the experts."""
    expert_bytes: float
    tflops: float
    """Peak dense throughput."""
    unpacked: bool = False
    """True for 4-bit weights that are unpacked to compute in 16 bit."""
    kv_bytes: float = KV_BYTES

    @property
    def is_eight_bit(self) -> bool:
        return self.precision in EIGHT_BIT

    @property
    def computes_in_four_bit(self) -> bool:
        return self.precision in FOUR_BIT and not self.unpacked


def peak_tflops(accelerator: Accelerator, precision: Precision) -> float | None:
    """Peak throughput of the units a format computes on; None if the accelerator cannot run it."""
    if precision == "fp32":
        return accelerator.fp32_tflops
    if precision == "fp8":
        return accelerator.fp8_tflops
    if precision == "int8":
        return accelerator.int8_tops
    if precision in ("nvfp4", "mxfp4"):
        return accelerator.fp4_tflops or accelerator.bf16_tflops
    return accelerator.bf16_tflops


def format_on(
    accelerator: Accelerator, precision: Precision, model: LanguageModel, kv_bytes: float = KV_BYTES
) -> Format | None:
    """The format of a model's weights on an accelerator; None if its hardware is missing."""
    tflops = peak_tflops(accelerator, precision)
    if tflops is None:
        return None
    four = precision in FOUR_BIT
    unpacked = precision == "int4" or (four and accelerator.fp4_tflops is None)
    dense_bytes = BYTES["bf16"] if model.is_mixture_of_experts and four else BYTES[precision]
    return Format(precision, dense_bytes, BYTES[precision], tflops, unpacked, kv_bytes)


def allowed_precisions(wanted: tuple[Precision, ...] | None, model: LanguageModel) -> tuple[Precision, ...]:
    """What the user allows; by default 16 bit and the model's native format."""
    if wanted is not None:
        return wanted
    return ("bf16",) if model.native_precision == "bf16" else ("bf16", model.native_precision)
