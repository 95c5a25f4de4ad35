"""The fitted constants of the sizing model: the seam at which it is calibrated.

Defaults are those of sizing.md ("planner sizing constants"), fitted on measured serving and training
rows; rows of the catalog override them one by one. Times carry their unit in the name; the rest are
dimensionless unless the docstring says otherwise.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from math import inf

from planner.domain.catalog import Constant
from planner.errors import CatalogError, did_you_mean


@dataclass(frozen=True, slots=True)
class SizingConstants:
    """Everything the sizing formulas do not take from a datasheet."""

    e_bw: float = 1.00
    """Share of memory bandwidth reached while reading weights."""
    e_kv: float = 0.95
    """Share of memory bandwidth reached while reading the KV cache."""
    e_f: float = 0.39
    """Share of peak throughput reached in decode."""
    e_pf: float = 0.50
    """Share of peak throughput reached in prefill."""
    q8: float = 1.19
    """Throughput of 8-bit formats relative to what their peak promises."""
    q4: float = 0.94
    """The same for 4-bit formats."""
    c_moe: float = 0.65
    """Throughput of mixture-of-experts models relative to dense ones."""
    e_we: float = 1.2
    """Speed of reading expert weights relative to dense weights."""
    t_moe_us: float = 25.0
    """Overhead of routing per layer and step."""
    t_l_us: float = 37.0
    """Overhead per layer and step."""
    t_0_ms: float = 0.57
    """Overhead per step."""
    t_b_us: float = 16.0
    """Overhead per sequence and step."""
    a_ar_us: float = 9.4
    """Latency of an all-reduce per doubling of the group."""
    e_ln: float = 0.97
    """Share of link bandwidth reached."""
    pcie: float = 2.3
    """Additional all-reduce latency without an NVLink-class fabric, relative to `a_ar_us`."""
    f_engine: float = 1.0
    """Time of the serving engine relative to the best one."""
    mfu_bf16: float = 0.48
    """Model FLOP utilisation of training, relative to the dense peak of its own format."""
    mfu_fp8: float = 0.35
    mfu_fp4: float = 0.25
    mfu_moe_factor: float = 0.47
    """Training throughput of mixture-of-experts models relative to dense ones."""
    memory_use_fraction: float = 0.90
    """Share of accelerator memory that is planned for."""
    overhead_gb: float = 3.5
    """Memory of context, graphs, communication buffers and fragmentation in production."""
    activation_gb_at_8k: float = 2.0
    """Activations while 8,192 tokens are batched."""
    interruptions_per_gpu_year: float = 0.173
    """Unexpected interruptions of training (Llama 3: 419 in 54 days on 16,384 accelerators)."""

    def least(self) -> "SizingConstants":
        """The same with the memory limits of "starts at all" instead of production: 95% used, 1.5 GB overhead."""
        return replace(self, memory_use_fraction=0.95, overhead_gb=1.5)


MAY_BE_ZERO = {"t_moe_us", "t_l_us", "t_0_ms", "t_b_us", "a_ar_us", "pcie", "overhead_gb", "activation_gb_at_8k"}
"""Overheads; everything else is a factor that divides or multiplies."""


def constants_from(rows: Mapping[str, Constant]) -> SizingConstants:
    """The defaults, overridden by rows of the catalog; a name that no formula knows is refused.

    >>> constants_from({}).t_l_us
    37.0
    """
    known = [f.name for f in fields(SizingConstants)]
    for name, row in rows.items():
        if name not in known:
            raise CatalogError(f"unknown sizing constant `{name}`", help=did_you_mean(name, known))
        if not (0 < row.value < inf or (row.value == 0 and name in MAY_BE_ZERO)):
            raise CatalogError(f"sizing constant `{name}` is {row.value:g}, not a positive number")
    return replace(SizingConstants(), **{name: float(row.value) for name, row in rows.items()})
