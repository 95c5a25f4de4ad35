"""The fitted constants of the sizing model: the seam at which it is calibrated.

Defaults are those of `datasets/sizing_constants.csv`, fitted by `make calibrate` on the measured rows of
`datasets/performance/`; rows of the catalog override them one by one. Times carry their unit in the name;
the rest are dimensionless unless the docstring says otherwise. Names with a dot belong to one accelerator:
`software_compute.mi300x` is how mature the software of that accelerator was when it was measured.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from math import inf
from typing import NamedTuple

from planner.domain.inputs.catalog import Constant
from planner.errors import CatalogError, did_you_mean


class Software(NamedTuple):
    """How mature the serving software of an accelerator is, relative to the best-tuned one; 1 = equal."""

    compute: float = 1.0
    """Share of the usual decode throughput of its matrix units that is reached."""
    prefill: float = 1.0
    """The same in prefill."""
    overhead: float = 1.0
    """Overheads per layer relative to the usual ones; above 1 is slower."""


MATURE = Software()


@dataclass(frozen=True, slots=True)
class SizingConstants:
    """Everything the sizing formulas do not take from a datasheet."""

    e_bw: float = 1.0
    """Share of memory bandwidth reached while reading weights."""
    e_kv: float = 0.8005
    """Share of memory bandwidth reached while reading the KV cache."""
    e_f: float = 0.4992
    """Share of peak throughput reached in decode."""
    e_pf: float = 0.6862
    """Share of peak throughput reached in prefill."""
    q8: float = 0.9494
    """Throughput of 8-bit formats relative to what their peak promises."""
    q4: float = 0.6536
    """The same for 4-bit formats that compute in 4 bit."""
    q_wo: float = 0.7216
    """The same for 4-bit weights that are unpacked to compute in 16 bit."""
    c_moe: float = 0.5413
    """Throughput of mixture-of-experts models relative to dense ones."""
    e_we: float = 1.0
    """Speed of reading expert weights relative to dense weights."""
    t_moe_us: float = 10.38
    """Overhead of routing per layer and step."""
    t_l_us: float = 50.58
    """Overhead per layer and step."""
    t_0_ms: float = 0.5805
    """Overhead per step."""
    t_b_us: float = 11.19
    """Overhead per sequence and step."""
    a_ar_us: float = 9.191
    """Latency of an all-reduce per doubling of the group."""
    e_ln: float = 1.0
    """Share of link bandwidth reached."""
    pcie: float = 2.313
    """Additional all-reduce latency without an NVLink-class fabric, relative to `a_ar_us`."""
    t_first_ms: float = 39.2
    """Time to first token that is neither prefill nor waiting: scheduling, tokenising, the network stack."""
    n_wait: float = 6.0
    """Running steps a new request waits for."""
    w_queue: float = 0.1043
    """Share of the prefills of the other running sequences a new request waits for."""
    net_gb_per_s: float = 12.5
    """Network between nodes of a pipeline, one way: 100 Gb/s, an assumption on the safe side."""
    net_hop_us: float = 30.0
    """Latency of one hop between nodes, an assumption."""
    pcie_gb_per_s: float = 32.0
    """PCIe 4 x16, one way: what joins accelerators beyond a bridged pair."""
    f_engine: float = 1.021
    """Time of the serving engine relative to the best one, where the engine is not stated."""
    serve_low: float = 0.7678
    """Measured over expected output tokens/s, 10th percentile over held-out rows."""
    serve_high: float = 1.252
    """The same, 90th percentile."""
    mfu_bf16: float = 0.48
    """Model FLOP utilisation of training, relative to the dense peak of its own format: the rule in one number."""
    mfu_fp8: float = 0.35
    mfu_fp4: float = 0.25
    mfu_moe_factor: float = 0.47
    """Training throughput of mixture-of-experts models relative to dense ones, in that rule."""
    train_bf16: float = 0.8483
    """Share of the dense peak that the matrix products of training reach, apart from the terms below."""
    train_fp8: float = 0.623
    train_fp4: float = 0.5225
    train_moe: float = 0.3499
    """The same of mixture-of-experts models, relative to dense ones."""
    train_attention: float = 0.2524
    """Share of the 16-bit peak that attention reaches in training."""
    train_layer: float = 0.6691
    """Kilobytes of memory traffic per token, layer and hidden unit in training."""
    train_scale: float = 0.04286
    """Time grows with (accelerators/8) to this power."""
    train_recompute: float = 0.3333
    """Additional time of full recomputation of activations: one more forward pass of three."""
    train_low: float = 0.7391
    """Measured over expected training tokens/s, 10th percentile over held-out rows."""
    train_high: float = 1.175
    memory_use_fraction: float = 0.9
    """Share of accelerator memory that is planned for."""
    reserved_fraction: float = 1.0
    """Share of the answer for which cache is reserved: all of it where engines do not evict."""
    overhead_gb: float = 3.5
    """Memory of context, graphs, communication buffers and fragmentation in production."""
    activation_gb_at_8k: float = 2.0
    """Activations while 8,192 tokens are batched."""
    interruptions_per_gpu_year: float = 0.173
    """Unexpected interruptions of training (Llama 3: 419 in 54 days on 16,384 accelerators)."""
    software: Mapping[str, Software] = field(default_factory=dict)
    """Accelerator id → maturity, where it was measured; all others count as mature."""
    engines: Mapping[str, float] = field(default_factory=dict)
    """Serving engine → its time relative to the best one."""

    def least(self) -> "SizingConstants":
        """The same with the memory limits of "starts at all" instead of production: 95% used, 1.5 GB overhead."""
        return replace(self, memory_use_fraction=0.95, overhead_gb=1.5)

    def with_engine(self, name: str | None) -> "SizingConstants":
        """The same for a stated serving engine; an unknown name is refused."""
        if name is None:
            return self
        if name not in self.engines:
            raise CatalogError(f"unknown serving engine `{name}`", help=did_you_mean(name, list(self.engines)))
        return replace(self, f_engine=self.engines[name])

    def matured(self) -> "SizingConstants":
        """The same, with the software of every accelerator taken to be as mature as the best."""
        return replace(self, software={})


MAY_BE_ZERO = {
    "t_moe_us", "t_l_us", "t_0_ms", "t_b_us", "a_ar_us", "pcie", "t_first_ms", "n_wait", "w_queue", "net_hop_us",
    "train_layer", "train_scale", "train_recompute", "overhead_gb", "activation_gb_at_8k",
    "interruptions_per_gpu_year",
}  # fmt: skip
"""Overheads; everything else is a factor that divides or multiplies."""
_KEYED = ("software_compute", "software_prefill", "software_overhead", "engine")


def constants_from(rows: Mapping[str, Constant]) -> SizingConstants:
    """The defaults, overridden by rows of the catalog; a name that no formula knows is refused.

    >>> row = Constant("software_compute.x", 0.5, 0.5, 0.5, "", "", "")
    >>> constants_from({row.name: row}).software["x"]
    Software(compute=0.5, prefill=1.0, overhead=1.0)
    """
    known = [f.name for f in fields(SizingConstants) if f.name not in ("software", "engines")]
    software: dict[str, Software] = {}
    engines: dict[str, float] = {}
    plain: dict[str, float] = {}
    for name, row in rows.items():
        kind, _, subject = name.partition(".")
        if not (name in known or (kind in _KEYED and subject)):
            raise CatalogError(f"unknown sizing constant `{name}`", help=did_you_mean(name, known))
        if not (0 < row.value < inf or (row.value == 0 and name in MAY_BE_ZERO)):
            raise CatalogError(f"sizing constant `{name}` is {row.value:g}, not a positive number")
        if kind == "engine":
            engines[subject] = float(row.value)
        elif subject:
            part = kind.removeprefix("software_")
            software[subject] = software.get(subject, MATURE)._replace(**{part: float(row.value)})
        else:
            plain[name] = float(row.value)
    return replace(replace(SizingConstants(), software=software, engines=engines), **plain)  # type: ignore[arg-type]
