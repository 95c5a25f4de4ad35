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

fp8 on a chip without 8-bit floating point computes at its 16-bit peak where its kernels unpack such weights.

Quantised checkpoints keep embeddings and output head in 16 bit, some more (`LanguageModel.kept_parameters_b`). In
mixture-of-experts models nvfp4 and mxfp4 hold the experts only, and int4 where models are published so; int4 made
afterwards holds all matrices. The KV cache is kept in 8 bit where the weights are in fp8 or a 4-bit floating-point
format and the chip computes in fp8, else in 16 bit. Source: planner sizing constants; published checkpoints.
"""

from typing import NamedTuple

from planner.domain.inputs import Accelerator, LanguageModel, Precision

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
FLOATING: tuple[Precision, ...] = ("fp8", "nvfp4", "mxfp4")
"""Formats whose checkpoints are served with a cache in fp8."""
KV_BYTES = 2.0
"""A cache in 16 bit."""
ACTIVATION_BYTES = 2.0


class NumberFormat(NamedTuple):
    """A number format on one accelerator: what it stores and how fast it computes."""

    precision: Precision
    dense_bytes: float
    """Bytes per parameter outside the experts."""
    expert_bytes: float
    tflops: float
    """Peak dense throughput."""
    unpacked: bool = False
    """True for weights that are unpacked to compute in 16 bit."""
    kv_bytes: float = KV_BYTES
    kept_b: float = 0.0
    """Parameters outside the experts that stay in 16 bit, 1e9."""

    @property
    def is_eight_bit(self) -> bool:
        return self.precision in EIGHT_BIT and not self.unpacked

    @property
    def computes_in_four_bit(self) -> bool:
        return self.precision in FOUR_BIT and not self.unpacked


def peak_tflops(accelerator: Accelerator, precision: Precision) -> float | None:
    """Peak throughput of the units a format computes on; None if the accelerator cannot run it."""
    if precision == "fp32":
        return accelerator.fp32_tflops
    if precision == "fp8" and accelerator.fp8_tflops is None and "fp8" in accelerator.weight_only_formats:
        return accelerator.bf16_tflops
    if precision == "fp8":
        return accelerator.fp8_tflops
    if precision == "int8":
        return accelerator.int8_tops
    if precision in ("nvfp4", "mxfp4"):
        return accelerator.fp4_tflops or accelerator.bf16_tflops
    return accelerator.bf16_tflops


def format_on(
    accelerator: Accelerator, precision: Precision, model: LanguageModel, kv_bytes: float | None = None
) -> NumberFormat | None:
    """The format of a model's weights on an accelerator; None if its hardware is missing. `kv_bytes` as stated."""
    tflops = peak_tflops(accelerator, precision)
    if tflops is None:
        return None
    four, eight = precision in FOUR_BIT, precision in EIGHT_BIT
    unpacked = (
        precision == "int4"
        or (four and accelerator.fp4_tflops is None)
        or (precision == "fp8" and accelerator.fp8_tflops is None)
    )
    if kv_bytes is None:
        kv_bytes = 1.0 if precision in FLOATING and accelerator.fp8_tflops is not None else KV_BYTES
    dense_bytes = _dense_bytes(precision, model)
    stated = model.kept_parameters_b if eight else None
    kept = (model.embedding_parameters_b if stated is None else stated) if four or eight else 0.0
    return NumberFormat(precision, dense_bytes, BYTES[precision], tflops, unpacked, kv_bytes, kept)


def _dense_bytes(precision: Precision, model: LanguageModel) -> float:
    """Bytes per parameter outside the experts, apart from those that are kept in 16 bit."""
    if not (model.is_mixture_of_experts and precision in FOUR_BIT):
        return BYTES[precision]
    if model.dense_precision is not None:
        return BYTES[model.dense_precision]
    return BYTES["int4" if precision == "int4" and model.native_precision != "int4" else "bf16"]


def kv_bytes_of(precision: Precision | None) -> float | None:
    """Bytes per element of a cache whose format is stated; None if it is not."""
    return None if precision is None else BYTES[precision]


def allowed_precisions(wanted: tuple[Precision, ...] | None, model: LanguageModel) -> tuple[Precision, ...]:
    """What the user allows; by default 16 bit and the model's native format."""
    if wanted is not None:
        return wanted
    return ("bf16",) if model.native_precision == "bf16" else ("bf16", model.native_precision)
