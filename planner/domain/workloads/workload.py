"""What the company needs served: online and batch inference, training runs, continuous training, development."""

from typing import Annotated, Literal

from pydantic import Discriminator, Tag, model_validator

from planner.domain.fields import (
    Gigabytes,
    Magnitude,
    Milliseconds,
    PositiveFlop,
    PositiveHours,
    PositiveMilliseconds,
    PositiveShare,
    PositiveWhole,
    Share,
    Within,
)
from planner.domain.inputs import LanguageModel, Precision
from planner.domain.workloads.base import (
    TIERS,
    Amount,
    BaseWorkload,
    Fallback,
    GrowingWorkload,
    LatencyTier,
    Pick,
    Spike,
    Tier,
)
from planner.domain.workloads.training_run import TrainingRun
from planner.units import HOURS_PER_DAY, HOURS_PER_MONTH, TOKENS_PER_MTOK

Speedup = Annotated[float, Within("magnitude above 0", 10, above=True)]
"""A factor on throughput; above 10 it is a slip of the pen."""


class StackedWorkload(GrowingWorkload):
    """Inference, with what is known of its serving stack; the defaults change nothing."""

    derating: PositiveShare | None = None
    """Share of the sized throughput that the deployed stack reaches; default: the scenario's."""
    kv_precision: Precision | None = None
    """Number format of the KV cache; default fp8 where the weights are in fp8 or 4-bit floating point and the
    chip computes in fp8, else 16 bit. Smaller ones leave room for more sequences."""
    prefix_cache_hit_fraction: Share = 0.0
    """Share of the input tokens that need no prefill since an earlier request had them, as measured on your traffic."""
    speculative_speedup: Speedup = 1.0
    """Output tokens per step with speculative decoding, relative to none, as measured; at most 10."""
    disaggregation_speedup: Speedup = 1.0
    """Throughput with prefill and decode on accelerators of their own, relative to both together, as measured; at most 10."""
    flop_per_unit: PositiveFlop | None = None
    """Work of one `unit` of your own (an image, a minute of video), FLOP; default: the model's, where the catalog has it."""
    min_accelerator_memory_gb: Gigabytes | None = None
    """Smallest memory of an accelerator that may serve it."""

    @property
    def counts_tokens(self) -> bool:
        """Whether the work unit is the million tokens; else it is the user's own."""
        return self.unit in (None, "Mtok")


class _ServedWorkload(StackedWorkload):
    """Inference: tokens in and out of a language model, or units of one's own."""

    model: str | LanguageModel | None = None
    """Id of a model of the catalog, or its architecture. May be absent with measured throughput only."""
    own_weights: bool = False
    """True for fine-tuned or private weights: no hosted API has them."""
    tokens_per_day: Amount | None = None
    """Input + output tokens a day at the start; or a list, one for each period or for each plan-year."""
    requests_per_day: Amount | None = None
    """Requests a day at the start (or a list): of `input_tokens` and `output_tokens`, or of one `unit` of your own."""
    input_tokens: PositiveWhole = 1024
    output_tokens: PositiveWhole = 256
    precisions: tuple[Precision, ...] | None = None
    """Allowed number formats of the weights; default: 16 bit and the model's native one."""
    target_utilisation: PositiveShare = 0.7
    """Share of the batch-limited rate that is planned for."""
    hosted_apis: tuple[str, ...] | None = None
    """Hosted-API providers that may serve it; default: all of the scenario."""

    @model_validator(mode="after")
    def _one_demand(self) -> "_ServedWorkload":
        given = [d for d in (self.tokens_per_day, self.requests_per_day, self.demand_per_hour) if d is not None]
        if len(given) != 1:
            raise ValueError("give exactly one of tokens_per_day, requests_per_day, demand_per_hour")
        if self.model is None and self.demand_per_hour is None and self.counts_tokens:
            raise ValueError("give the `model` whose tokens are served")
        if self.tokens_per_day is not None and not self.counts_tokens:
            raise ValueError(
                "tokens_per_day counts tokens: leave out `unit`, or give requests_per_day or demand_per_hour"
            )
        if self.flop_per_unit is not None and self.counts_tokens:
            raise ValueError("flop_per_unit needs a `unit` of your own, such as image")
        return self

    @property
    def work_unit(self) -> str:
        return self.unit or "Mtok"

    def rate_of(self, pick: Pick) -> float:
        """From tokens or requests a day."""
        requests = pick(self.requests_per_day or 0.0)
        if not self.counts_tokens:
            return requests / HOURS_PER_DAY
        by_request = requests * (self.input_tokens + self.output_tokens)
        tokens = by_request if self.tokens_per_day is None else pick(self.tokens_per_day)
        return tokens / TOKENS_PER_MTOK / HOURS_PER_DAY


class Inference(_ServedWorkload):
    """Online inference: served in every slice, within its latency tier."""

    kind: Literal["inference"]
    latency: Tier = "interactive"
    ttft_ms: PositiveMilliseconds | None = None
    """Time to first token; overrides the tier."""
    tpot_ms: PositiveMilliseconds | None = None
    """Time per output token; overrides the tier."""
    profile: str | tuple[Magnitude, ...] | None = None
    """Load shape: name of a profile, or 24 or 168 hourly values (hour 0 = Monday 00:00); default flat."""
    spike: Spike | None = None
    fallback: Fallback | None = None
    """A lesser way to serve part of the demand when it spikes, or always."""
    survive: Share | None = None
    """Share of the demand to be served after the loss of a failure domain; default: that of `availability`."""
    round_trip_ms: Milliseconds | dict[str, Milliseconds] | None = None
    """Network round trip to the users, milliseconds: one number, or by region or country (`default` for the rest);
    counts into the time to the first token. Default: the scenario's `round_trips_ms`."""

    @property
    def tier(self) -> LatencyTier:
        limits = TIERS[self.latency]
        return LatencyTier(self.ttft_ms or limits.ttft_ms, self.tpot_ms or limits.tpot_ms)

    @property
    def online(self) -> bool:
        return True


class Batch(_ServedWorkload):
    """Batch inference: served at any time within its period."""

    kind: Literal["batch"]
    interruptible: bool = True

    @property
    def tier(self) -> LatencyTier:
        return TIERS["batch"]

    @property
    def online(self) -> bool:
        return False


class Training(GrowingWorkload):
    """Continuous training or fine-tuning: so many accelerator-hours, or tokens, every month."""

    kind: Literal["training"]
    accelerator_hours_per_month: Amount | None = None
    """At the start; or a list, one for each period or for each plan-year."""
    reference_accelerator: str | None = None
    """The accelerator in whose hours the work is counted."""
    model: str | LanguageModel | None = None
    tokens_per_month: Amount | None = None
    """At the start; or a list, one for each period or for each plan-year."""
    precision: Literal["bf16", "fp8"] = "bf16"
    mfu: PositiveShare | None = None
    """Model FLOP utilisation; default by precision from the sizing constants."""
    min_accelerator_memory_gb: Gigabytes | None = None
    """Smallest memory of an accelerator that may do the work; default: the reference accelerator's."""
    interruptible: bool = False
    """True if the work may run on capacity that is taken away at short notice."""
    checkpoint_interval_hours: PositiveHours = 1.0

    @model_validator(mode="after")
    def _one_demand(self) -> "Training":
        hours, tokens = self.accelerator_hours_per_month, self.tokens_per_month
        if sum(d is not None for d in (hours, tokens, self.demand_per_hour)) != 1:
            raise ValueError("give exactly one of accelerator_hours_per_month, tokens_per_month, demand_per_hour")
        if hours is not None and self.reference_accelerator is None:
            raise ValueError("accelerator_hours_per_month needs a `reference_accelerator`")
        if tokens is not None and self.model is None:
            raise ValueError("tokens_per_month needs a `model`")
        return self

    @property
    def work_unit(self) -> str:
        if self.unit is not None:
            return self.unit
        return "Mtok" if self.tokens_per_month is not None else f"{self.reference_accelerator}-hour"

    def rate_of(self, pick: Pick) -> float:
        """From tokens or accelerator-hours a month."""
        if self.tokens_per_month is not None:
            return pick(self.tokens_per_month) / TOKENS_PER_MTOK / HOURS_PER_MONTH
        return pick(self.accelerator_hours_per_month or 0.0) / HOURS_PER_MONTH

    @property
    def recovery_hours(self) -> float:
        """Half a checkpoint interval of work is lost, then the restart."""
        return self.checkpoint_interval_hours / 2 + self.restart_hours

    @property
    def online(self) -> bool:
        return False


class Development(GrowingWorkload):
    """Accelerators under people's hands: hours per head and month, in the shape of the working week."""

    kind: Literal["development"]
    headcount: Amount | None = None
    """Heads: one number, one per plan-year (the last goes on), or one per period."""
    accelerator_hours_per_head_per_month: Amount | None = None
    """One number, or one for each period or for each plan-year."""
    reference_accelerator: str | None = None
    min_accelerator_memory_gb: Gigabytes | None = None
    profile: str | tuple[Magnitude, ...] | None = "business_hours"
    spike: Spike | None = None

    @model_validator(mode="after")
    def _one_demand(self) -> "Development":
        by_head = self.headcount is not None and self.accelerator_hours_per_head_per_month is not None
        if by_head == (self.demand_per_hour is not None):
            raise ValueError("give headcount and accelerator_hours_per_head_per_month, or demand_per_hour")
        if by_head and self.reference_accelerator is None:
            raise ValueError("accelerator_hours_per_head_per_month needs a `reference_accelerator`")
        return self

    @property
    def work_unit(self) -> str:
        return self.unit or f"{self.reference_accelerator}-hour"

    def rate_of(self, pick: Pick) -> float:
        """Heads × hours of each."""
        heads, hours = self.headcount or 0.0, self.accelerator_hours_per_head_per_month or 0.0
        return pick(heads) * pick(hours) / HOURS_PER_MONTH

    @property
    def online(self) -> bool:
        return True


FALLBACK = "/fallback"
"""A workload's fallback is called like it with this appended, in measured `throughput` and in plans."""


def fallback_of(workload: BaseWorkload) -> Inference | None:
    """The lesser way to serve a workload as a workload of its own; None if it has none.

    The serving stack is the same; what was measured on the workload's model does not hold for another one.
    """
    if not isinstance(workload, Inference) or workload.fallback is None:
        return None
    way = workload.fallback
    own = {"speculative_speedup": 1.0, "flop_per_unit": None, "min_accelerator_memory_gb": None}
    return workload.model_copy(
        update={
            **(own if way.model is not None else {}),
            "name": workload.name + FALLBACK,
            "model": way.model if way.model is not None else workload.model,
            "latency": way.latency,
            "ttft_ms": None,
            "tpot_ms": None,
            "precisions": way.precisions if way.precisions is not None else workload.precisions,
            "own_weights": way.own_weights,
            "hosted_apis": way.hosted_apis,
        }
    )


def _kind_of(value: object) -> str | None:
    kind = value.get("kind") if isinstance(value, dict) else getattr(value, "kind", None)
    return kind if isinstance(kind, str) else None


Workload = Annotated[
    Annotated[Inference, Tag("inference")]
    | Annotated[Batch, Tag("batch")]
    | Annotated[Training, Tag("training")]
    | Annotated[Development, Tag("development")]
    | Annotated[TrainingRun, Tag("training_run")],
    Discriminator(_kind_of),
]
