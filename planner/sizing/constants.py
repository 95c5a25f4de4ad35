"""The fitted constants of the sizing model: the seam at which it is calibrated.

Defaults are those of `datasets/sizing_constants.csv`, fitted by `make calibrate` on the measured rows of
`datasets/performance/`; rows of the catalog override them one by one. Times carry their unit in the name;
the rest are dimensionless unless the docstring says otherwise. Names with a dot belong to one generation of accelerators
(`software_overhead.blackwell`; with an engine, `software_overhead.cdna3@vllm-2024`) or to one engine (`engine.vllm`).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from math import inf
from typing import NamedTuple

from planner.domain.inputs import Accelerator, Constant
from planner.errors import CatalogError, did_you_mean


class Software(NamedTuple):
    """How the serving software of a generation does relative to that of the reference, Hopper; 1 = equal."""

    compute: float = 1.0
    """Share of the usual decode throughput of its matrix units that is reached."""
    prefill: float = 1.0
    """The same in prefill."""
    overhead: float = 1.0
    """Overheads per layer and step relative to the usual ones; above 1 is slower."""
    hop: float = 1.0
    """Latency of an exchange between accelerators, likewise."""

    def matured(self) -> "Software":
        """At least as good as the reference in everything."""
        return Software(max(self.compute, 1.0), max(self.prefill, 1.0), min(self.overhead, 1.0), min(self.hop, 1.0))


class ServingEngine(NamedTuple):
    """A serving engine relative to the reference, TensorRT-LLM of 2025: times, so that above 1 is slower."""

    time: float = 1.0
    """Of everything."""
    overhead: float = 1.0
    """Of overheads per layer and step."""
    sequence: float = 1.0
    """Of overhead per sequence."""
    prefill: float = 1.0
    """Of the matrix products of prefill."""
    fp8: float = 1.0
    """Of everything where weights are in fp8."""
    mxfp4: float = 1.0
    """Throughput of matrix products in mxfp4: below 1 is slower."""
    reserved: float = 1.0
    """Share of the answer for which cache is reserved: all of it where the engine does not evict."""


class TrainingSoftware(NamedTuple):
    """How training on a generation does relative to that on the reference, Hopper; 1 = equal."""

    speed: float = 1.0
    """Share of the peak that matrix products reach."""
    experts: float = 1.0
    """The same of experts, relative to dense products."""


MATURE = Software()
REFERENCE_ENGINE = "tensorrt-llm"
"""The engine whose factors are 1."""


@dataclass(frozen=True, slots=True)
class SizingConstants:
    """Everything the sizing formulas do not take from a datasheet."""

    e_bw: float = 1.0
    """Share of memory bandwidth reached while reading weights in 16 bit."""
    read_8: float = 1.0
    """The same of 8-bit weights, relative to 16 bit."""
    read_4: float = 1.0
    """The same of 4-bit weights."""
    e_kv: float = 0.8225
    """Share of memory bandwidth reached while reading the KV cache."""
    e_f: float = 0.7214
    """Share of peak throughput reached in decode, of a peak of 1,000 TFLOPS."""
    e_pf: float = 0.5049
    """The same in prefill."""
    peak_slope: float = 0.07778
    """The share falls with the peak to this power."""
    q8: float = 1.0
    """Throughput of 8-bit formats relative to what their peak promises."""
    q4: float = 0.7747
    """The same for 4-bit formats that compute in 4 bit."""
    q_wo: float = 0.398
    """The same for weights that are unpacked to compute in 16 bit."""
    c_moe: float = 1.0
    """Throughput of experts in decode relative to dense products."""
    c_moe_prefill: float = 0.6463
    """The same in prefill."""
    moe_width: float = 0.9948
    """Both fall with the width of an expert on one accelerator below 512 to this power: fine experts are slower."""
    e_we: float = 1.0
    """Speed of reading expert weights relative to dense weights."""
    t_moe_us: float = 15.94
    """Overhead of routing per layer and step."""
    t_mla_us: float = 43.06
    """Overhead of multi-head latent attention per layer and step."""
    t_l_us: float = 36.17
    """Overhead per layer and step."""
    t_0_ms: float = 0.4111
    """Overhead per step."""
    t_b_us: float = 52.25
    """Overhead per sequence of a rank and step, as long as they are few."""
    b_half: float = 585.5
    """Sequences of a rank at which the overhead per sequence is half of that."""
    t_index_us: float = 0.3681
    """Index of sparse attention, per layer, sequence and 1,000 tokens of context."""
    t_prompt_ms: float = 0.3314
    """Overhead per prompt."""
    a_ar_us: float = 10.83
    """Latency of an exchange between two accelerators of a group."""
    hop_growth: float = 0.4117
    """What each doubling of the group adds to it, relative."""
    e_ln: float = 0.8084
    """Share of link bandwidth reached."""
    pcie: float = 1.894
    """Additional latency of an exchange without an NVLink-class fabric, relative to `a_ar_us`."""
    t_first_ms: float = 48.24
    """Time to first token that is neither prefill nor waiting: scheduling, tokenising, the network stack."""
    n_wait: float = 6.0
    """Running steps a new request waits for."""
    w_queue: float = 0.07917
    """Share of the prefills of the other running sequences a new request waits for."""
    net_gb_per_s: float = 12.5
    """Network between nodes of a pipeline, one way: 100 Gb/s, an assumption on the safe side."""
    net_hop_us: float = 55.0
    """Latency of an exchange between nodes: that of `a_ar_us` where a group is wider than a node."""
    net_exposed: float = 0.5
    """Share of what a group wider than a node exchanges over the network that computing does not hide."""
    pcie_gb_per_s: float = 32.0
    """PCIe 4 x16, one way: what joins accelerators beyond a bridged pair."""
    f_engine: float = 1.008
    """Time of the serving engine relative to the best one, where the engine is not stated."""
    serve_low: float = 0.8134
    """Measured over expected output tokens/s, 10th percentile over held-out rows."""
    serve_high: float = 1.252
    """The same, 90th percentile."""
    mfu_bf16: float = 0.48
    """Model FLOP utilisation of training, relative to the dense peak of its own format: the rule in one number."""
    mfu_fp8: float = 0.35
    mfu_fp4: float = 0.25
    mfu_moe_factor: float = 0.47
    """Training throughput of mixture-of-experts models relative to dense ones, in that rule."""
    train_bf16: float = 0.7807
    """Share of the dense peak that the matrix products of training reach, apart from the terms below."""
    train_fp8: float = 0.7867
    train_fp4: float = 0.7841
    train_moe: float = 0.2469
    """The same of mixture-of-experts models, relative to dense ones."""
    train_coarse: float = 0.9
    """The same of mixtures of few, coarse experts."""
    train_moe_fp8: float = 1.5
    """What of it arrives in fp8: experts are limited by more than their products."""
    train_moe_fp4: float = 0.7216
    train_width: float = 0.07412
    """It falls with the width of an expert below 2,048 to this power."""
    train_slope: float = 0.2006
    """The share of the peak falls with the peak to this power."""
    train_lora: float = 1.062
    """Time of LoRA per FLOP, relative to full training."""
    train_layer_moe: float = 0.3902
    """What eight experts per token add to the memory traffic, relative."""
    train_exposed: float = 0.06265
    """Share of the exchange of expert parallelism that computing does not hide."""
    train_attention: float = 0.2271
    """Share of the 16-bit peak that attention reaches in training."""
    train_layer: float = 0.579
    """Kilobytes of memory traffic per token, layer and hidden unit in training."""
    train_scale: float = 0.06121
    """Time grows with (accelerators/8) to this power."""
    train_recompute: float = 0.3333
    """Additional time of full recomputation of activations: one more forward pass of three."""
    train_low: float = 0.7464
    """Measured over expected training tokens/s, 10th percentile over held-out rows."""
    train_high: float = 1.23
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
    """Generation, generation@engine (nothing after the @: no engine stated) or accelerator → its software, as measured."""
    engines: Mapping[str, ServingEngine] = field(default_factory=dict)
    """Serving engine → how it does."""
    training: Mapping[str, TrainingSoftware] = field(default_factory=dict)
    """Generation → how training on it does, where it was measured."""
    engine: str = ""
    """The engine that is stated; empty: none."""

    def least(self) -> "SizingConstants":
        """The same with the memory limits of "starts at all" instead of production: 95% used, 1.5 GB overhead."""
        return replace(self, memory_use_fraction=0.95, overhead_gb=1.5)

    def with_engine(self, name: str | None) -> "SizingConstants":
        """The same for a stated serving engine; an unknown name is refused."""
        if name is None:
            return self
        if name not in self.engines:
            raise CatalogError(f"unknown serving engine `{name}`", help=did_you_mean(name, list(self.engines)))
        return replace(self, engine=name, reserved_fraction=self.engines[name].reserved)

    def matured(self) -> "SizingConstants":
        """The same, with the software of every generation taken to be at least as good as the reference."""
        return replace(self, software={name: software.matured() for name, software in self.software.items()})

    def software_of(self, accelerator: Accelerator) -> Software:
        """What is known of an accelerator's software under the engine that is stated."""
        own = f"{accelerator.generation}@{self.engine}"
        names = (accelerator.id, own, accelerator.generation)
        return next((self.software[name] for name in names if name in self.software), MATURE)

    def training_of(self, accelerator: Accelerator) -> TrainingSoftware:
        return self.training.get(accelerator.generation, TrainingSoftware())

    def engine_in_use(self) -> ServingEngine:
        """The engine that is stated; else the reference, in the time that errs least over all engines."""
        return self.engines.get(self.engine, ServingEngine()) if self.engine else ServingEngine(time=self.f_engine)


MAY_BE_ZERO = {
    "t_moe_us", "t_mla_us", "t_l_us", "t_0_ms", "t_b_us", "t_index_us", "t_prompt_ms", "a_ar_us", "hop_growth", "pcie",
    "peak_slope", "moe_width", "t_first_ms", "n_wait", "w_queue", "net_hop_us", "train_width", "train_slope",
    "train_layer", "train_layer_moe", "train_exposed", "train_scale", "train_recompute", "overhead_gb",
    "activation_gb_at_8k", "interruptions_per_gpu_year",
}  # fmt: skip
"""Overheads and exponents; everything else is a factor that divides or multiplies."""
_KEYED: dict[str, tuple[str, str]] = {
    **{f"software_{part}": ("software", part) for part in Software._fields},
    "train_speed": ("training", "speed"),
    "train_experts": ("training", "experts"),
    "engine": ("engines", "time"),
    **{f"engine_{part}": ("engines", part) for part in ServingEngine._fields if part != "time"},
}
"""Kinds of names with a dot → the table they belong to, and their part of its entry."""
_TABLES = ("software", "engines", "training", "engine")


def constants_from(rows: Mapping[str, Constant]) -> SizingConstants:
    """The defaults, overridden by rows of the catalog; a name that no formula knows is refused.

    >>> row = Constant("software_compute.x", 0.5, 0.5, 0.5, "", "", "")
    >>> constants_from({row.name: row}).software["x"]
    Software(compute=0.5, prefill=1.0, overhead=1.0, hop=1.0)
    """
    known = [f.name for f in fields(SizingConstants) if f.name not in _TABLES]
    tables: dict[str, dict[str, dict[str, float]]] = {"software": {}, "engines": {}, "training": {}}
    plain: dict[str, float] = {}
    for name, row in rows.items():
        kind, _, subject = name.partition(".")
        if not (name in known or (kind in _KEYED and subject)):
            raise CatalogError(f"unknown sizing constant `{name}`", help=did_you_mean(name, known))
        if not (0 < row.value < inf or (row.value == 0 and name in MAY_BE_ZERO)):
            raise CatalogError(f"sizing constant `{name}` is {row.value:g}, not a positive number")
        if subject:
            table, part = _KEYED[kind]
            tables[table].setdefault(subject, {})[part] = float(row.value)
        else:
            plain[name] = float(row.value)
    stated = tables["software"]
    software = {name: Software(**(stated.get(name.partition("@")[0], {}) | stated[name])) for name in stated}
    engines = {name: ServingEngine(**parts) for name, parts in tables["engines"].items()}
    training = {name: TrainingSoftware(**parts) for name, parts in tables["training"].items()}
    known_tables = replace(SizingConstants(), software=software, engines=engines, training=training)
    return replace(known_tables, **plain)  # type: ignore[arg-type]
