"""What `planner estimate` is asked and what it answers."""

from typing import Literal, NamedTuple

from pydantic import model_validator

from planner.domain.fields import PositiveMagnitude, PositiveShare, PositiveWhole, Share, Strict
from planner.domain.inputs import LanguageModel, Precision
from planner.domain.workloads import CHECKPOINT_WRITE_MINUTES, FAILURES_PER_ACCELERATOR_YEAR, RESTART_HOURS, Tier
from planner.units import NonNegative, Positive, PositiveCount

Method = Literal["full", "lora", "lora_8bit", "qlora"]
Optimizer = Literal[
    "adam",
    "adam_amp",
    "adam_8bit",
    "adam_8bit_bf16",
    "adam_8bit_paged",
    "adam_bf16",
    "adam_offloaded",
    "adafactor",
    "muon",
]
LoraTargets = Literal["attention", "all"]


class ServingRequest(Strict):
    """Serve a model: on one accelerator, or on each of the catalog."""

    input_tokens: PositiveWhole = 1024
    output_tokens: PositiveWhole = 256
    concurrency: PositiveMagnitude | None = None
    """Requests under way; default: as many as the latency tier, else memory, allow."""
    latency: Tier | None = None
    ttft_ms: PositiveMagnitude | None = None
    tpot_ms: PositiveMagnitude | None = None
    accelerators: tuple[str, ...] = ()
    count: PositiveCount | None = None
    """Accelerators in all; default: the cheapest group."""
    tensor: PositiveCount | None = None
    pipeline: PositiveCount | None = None
    data: PositiveCount | None = None
    """Attention data parallelism; with any of the three given, the others are 1 and nothing is chosen."""
    precisions: tuple[Precision, ...] | None = None
    kv_precision: Precision | None = None
    engine: str | None = None
    mature_software: bool = False
    derating: PositiveShare = 1.0
    utilisation: PositiveShare = 1.0
    prefix_cache_hit_fraction: Share = 0.0
    speculative_speedup: Positive = 1.0
    disaggregation_speedup: Positive = 1.0
    price_usd_per_accelerator_hour: NonNegative | None = None

    @model_validator(mode="after")
    def _layout_has_room(self) -> "ServingRequest":
        each = (self.tensor or 1) * (self.pipeline or 1) * (self.data or 1)
        if self.count is not None and self.count < each:
            raise ValueError(f"tensor x pipeline x data is {each}, more than the count of {self.count}")
        return self


class TrainingRequest(Strict):
    """Train a model: on one cluster, or on the smallest or one in time of each accelerator."""

    tokens: PositiveMagnitude | None = None
    method: Method = "full"
    lora_fraction: PositiveShare | None = None
    """Share of the parameters that LoRA trains; default: by rank and targets."""
    lora_rank: PositiveCount = 16
    lora_targets: LoraTargets = "all"
    """Matrices that LoRA adapts: those of attention, or those of the MLP too."""
    optimizer: Optimizer | None = None
    """Default: Adam in mixed precision; for QLoRA 8-bit Adam paged to the host."""
    precision: Literal["bf16", "fp8", "fp4"] = "bf16"
    sequence_tokens: PositiveWhole = 4096
    micro_batch: PositiveMagnitude = 1.0
    recompute: Literal["none", "full"] | None = None
    zero: Literal[0, 1, 2, 3] | None = None
    tensor: PositiveCount | None = None
    pipeline: PositiveCount | None = None
    data: PositiveCount | None = None
    """Copies that share a batch; with any of the three given, the others are 1, or what is left of the count."""
    accelerators: tuple[str, ...] = ()
    count: PositiveCount | None = None
    deadline_days: PositiveMagnitude | None = None
    mfu: PositiveShare | None = None
    failures_per_accelerator_year: NonNegative = FAILURES_PER_ACCELERATOR_YEAR
    checkpoint_write_minutes: NonNegative = CHECKPOINT_WRITE_MINUTES
    restart_hours: NonNegative = RESTART_HOURS
    price_usd_per_accelerator_hour: NonNegative | None = None

    @model_validator(mode="after")
    def _layout_fills_the_cluster(self) -> "TrainingRequest":
        each = (self.tensor or 1) * (self.pipeline or 1) * (self.data or 1)
        if self.data is not None and self.count not in (None, each):
            raise ValueError(f"tensor x pipeline x data is {each}, count {self.count}: leave one of them out")
        if self.count is not None and self.count % each:
            raise ValueError(f"a cluster of {self.count} does not divide into tensor x pipeline = {each}")
        return self


class Price(NamedTuple):
    """The cheapest published price of an accelerator under one kind of contract."""

    usd_per_accelerator_hour: float
    where: str
    """Provider, region and node type; or that the user stated it."""
    contract: str
    checked_on: str


class ServingLine(NamedTuple):
    """How one accelerator serves the model."""

    accelerator: str
    fits: bool
    """It starts at all: at least one request of full length in 95% of memory."""
    fits_in_production: bool
    """The same with the reserve that plans keep."""
    why: str
    """What stands in the way; empty where nothing does."""
    precision: str = ""
    tensor: int = 0
    pipeline: int = 0
    data: int = 0
    replicas: int = 0
    """Copies of the model on the accelerators asked for."""
    accelerators: int = 0
    running: float = 0.0
    """Requests that run at once, over all copies."""
    output_tokens_per_s: float = 0.0
    output_tokens_per_s_low: float = 0.0
    output_tokens_per_s_high: float = 0.0
    ttft_ms: float = 0.0
    tpot_ms: float = 0.0
    prefill_ms: float = 0.0
    memory_needed_gb: float = 0.0
    """Per accelerator."""
    memory_gb: float = 0.0
    total_tokens_per_s: float = 0.0
    """Input and output."""
    kwh_per_mtok: float | None = None
    on_demand: Price | None = None
    committed: Price | None = None
    usd_per_mtok: float | None = None
    """Per million tokens of input and output, cheapest on demand."""
    usd_per_mtok_committed: float | None = None
    usd_per_mtok_output: float | None = None
    asked: float | None = None
    """Requests under way, where several numbers were asked for."""
    remarks: tuple[str, ...] = ()

    @property
    def cheapest_usd_per_mtok(self) -> float:
        known = [usd for usd in (self.usd_per_mtok, self.usd_per_mtok_committed) if usd is not None]
        return min(known, default=float("inf"))


class UnitLine(NamedTuple):
    """How one accelerator does work that is not text."""

    accelerator: str
    fits: bool
    why: str
    units_per_s: float = 0.0
    """Of one accelerator."""
    units_per_s_low: float = 0.0
    units_per_s_high: float = 0.0
    memory_needed_gb: float = 0.0
    memory_gb: float = 0.0
    kwh_per_thousand: float | None = None
    on_demand: Price | None = None
    committed: Price | None = None
    usd_per_thousand: float | None = None
    """Per thousand units, cheapest on demand."""
    usd_per_thousand_committed: float | None = None
    remarks: tuple[str, ...] = ()

    @property
    def cheapest_usd(self) -> float:
        known = [usd for usd in (self.usd_per_thousand, self.usd_per_thousand_committed) if usd is not None]
        return min(known, default=float("inf"))


class TrainingLine(NamedTuple):
    """How one accelerator trains the model."""

    accelerator: str
    fits: bool
    why: str
    accelerators: int = 0
    tensor: int = 0
    pipeline: int = 0
    data: int = 0
    zero: int = 0
    recompute: float = 0.0
    """Share of the layers whose activations are computed twice."""
    memory_needed_gb: float = 0.0
    memory_gb: float = 0.0
    tokens_per_s: float = 0.0
    """Of the whole cluster, failures not counted."""
    tokens_per_s_per_accelerator: float = 0.0
    tokens_per_s_low: float = 0.0
    tokens_per_s_high: float = 0.0
    mfu: float = 0.0
    goodput: float = 1.0
    network: str = ""
    days: float | None = None
    accelerator_hours: float | None = None
    energy_mwh: float | None = None
    on_demand: Price | None = None
    committed: Price | None = None
    usd: float | None = None
    usd_committed: float | None = None
    remarks: tuple[str, ...] = ()

    @property
    def cheapest_usd(self) -> float:
        known = [usd for usd in (self.usd, self.usd_committed) if usd is not None]
        return min(known, default=float("inf"))


class Rule(NamedTuple):
    """One step of the back-of-envelope mode."""

    what: str
    value: float
    unit: str
    how: str


class Estimate(NamedTuple):
    """The whole answer."""

    mode: Literal["serve", "train", "units", "rule_of_thumb"]
    model: LanguageModel
    request: ServingRequest | TrainingRequest
    serving: tuple[ServingLine, ...] = ()
    training: tuple[TrainingLine, ...] = ()
    units: tuple[UnitLine, ...] = ()
    rules: tuple[Rule, ...] = ()
    total_flop: float | None = None
    """Of the run, or of one unit of work."""
    unit: str = ""
    remarks: tuple[str, ...] = ()
