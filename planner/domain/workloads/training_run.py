"""A training run: a fixed amount of work on one cluster, finished by a deadline."""

from typing import Annotated, Literal

from pydantic import Field, model_validator

from planner.domain.fields import (
    Frequency,
    Gigabytes,
    Hours,
    Month,
    Periods,
    PositiveFlop,
    PositiveHours,
    PositiveMagnitude,
    PositiveNodes,
    PositiveShare,
)
from planner.domain.inputs import LanguageModel
from planner.domain.workloads.base import BaseWorkload
from planner.units import TOKENS_PER_MTOK

ZETTA = 1e21
FAILURES_PER_ACCELERATOR_YEAR = 0.173
"""Unexpected interruptions per accelerator and year: 419 in 54 days on 16,384 H100 (The Llama 3 Herd of Models, 2024, 3.3.4)."""
CHECKPOINT_WRITE_MINUTES = 0.105
"""Minutes that training stands still for an asynchronous checkpoint: 6.3 s for a 7B model, where a synchronous one took 148.8 s
(pytorch.org/blog/reducing-checkpointing-times, IBM and Meta, 2024); every accelerator copies its own share, so size
matters little."""
RESTART_HOURS = 0.1
"""Hours to be back at work after a failure: half-way between what two reports imply with the two figures above. More
than 90% of effective
time on 16,384 accelerators (The Llama 3 Herd of Models, 2024, 3.3.4) leaves at most 0.20 h, 97% over three months on 9,600 (Robust
LLM Training Infrastructure at ByteDance, arXiv 2509.16293, 2025) 0.02 h."""


class TrainingRun(BaseWorkload):
    """So much work, once: on one pool, in contiguous periods, on a constant number of nodes (docs/model.md, "Training runs").

    An interruptible run may instead stop, move and run on spot: only its window counts.
    """

    kind: Literal["training_run"]
    model: str | LanguageModel | None = None
    tokens: PositiveMagnitude | None = None
    """Tokens to train on; needs `model`."""
    flop: PositiveFlop | None = None
    """Or: floating-point operations of the whole run."""
    accelerator_hours: PositiveMagnitude | None = None
    """Or: hours of the reference accelerator, failures not counted."""
    reference_accelerator: str | None = None
    """The accelerator in whose hours the work is counted."""
    work: PositiveMagnitude | None = None
    """Or: work units of your own `unit`, with measured throughput."""
    precision: Literal["bf16", "fp8"] = "bf16"
    mfu: PositiveShare | None = None
    """Model FLOP utilisation; default by precision from the sizing constants."""
    min_accelerator_memory_gb: Gigabytes | None = None
    """Smallest memory of an accelerator that may do the work."""

    earliest: Month | None = None
    """First month in which it may run; default: the start of the horizon."""
    earliest_period: Periods | None = None
    """The same as a number of a period, from 0."""
    deadline: Month | None = None
    """Last month in which it may run; default: the end of the horizon."""
    deadline_period: Periods | None = None
    """The same as a number of a period, from 0."""
    min_accelerators: PositiveNodes = 1
    """Smallest cluster."""
    max_accelerators: PositiveNodes | None = None
    """Largest cluster: beyond it the run does not get faster, or nobody could operate it."""
    cluster_sizes: Annotated[tuple[PositiveNodes, ...], Field(min_length=1)] | None = None
    """Cluster sizes to choose from, in accelerators; default: for each whole number of periods the smallest that is ready."""
    interconnect: Literal["any", "nvlink"] = "any"
    """`nvlink`: nodes of at least four accelerators joined faster than by PCIe (NVLink, Infinity Fabric ...)."""
    interruptible: bool = False
    """True: may stop and move between pools; no cluster is held together, and spot may be used."""
    checkpoint_interval_hours: PositiveHours | None = None
    """Default: the interval that wastes least (Young 1974)."""
    checkpoint_write_minutes: Hours = CHECKPOINT_WRITE_MINUTES
    """Time the cluster stands still for a checkpoint; default as measured for asynchronous ones. A synchronous one
    takes minutes."""
    restart_hours: Hours = RESTART_HOURS
    """Time to be back at work after a failure; default between what Llama 3 (2024) and ByteDance (2025) imply."""
    failures_per_accelerator_year: Frequency = FAILURES_PER_ACCELERATOR_YEAR
    """Unexpected stops per accelerator and year of running; default as measured on 16,384 H100 (Llama 3)."""

    @model_validator(mode="after")
    def _one_amount(self) -> "TrainingRun":
        given = [a for a in (self.tokens, self.flop, self.accelerator_hours, self.work) if a is not None]
        if len(given) != 1:
            raise ValueError("give exactly one of tokens, flop, accelerator_hours, work")
        if self.tokens is not None and self.model is None:
            raise ValueError("`tokens` needs a `model`")
        if self.accelerator_hours is not None and self.reference_accelerator is None:
            raise ValueError("accelerator_hours needs a `reference_accelerator`")
        if self.egress_gb_per_unit > 0:
            raise ValueError("a training run sends no data per unit: state `storage_gb`, or a workload that sends it")
        if self.unserved is not None:
            raise ValueError("a training run is done or not: leave out `unserved`, or the run")
        if (self.work is not None) != (self.unit is not None):
            raise ValueError("`work` goes with a `unit` of your own")
        return self

    @model_validator(mode="after")
    def _possible_window(self) -> "TrainingRun":
        if self.earliest is not None and self.earliest_period is not None:
            raise ValueError("give `earliest` or `earliest_period`")
        if self.deadline is not None and self.deadline_period is not None:
            raise ValueError("give `deadline` or `deadline_period`")
        if self.earliest is not None and self.deadline is not None and self.deadline < self.earliest:
            raise ValueError("the deadline is before the earliest month")
        if self.max_accelerators is not None and self.max_accelerators < self.min_accelerators:
            raise ValueError("max_accelerators is below min_accelerators")
        if self.max_spot_share and not self.interruptible:
            raise ValueError("a cluster never runs on spot; max_spot_share needs `interruptible: true`")
        return self

    @property
    def ends_at_any_time(self) -> bool:
        """Whether nothing but the horizon says by when it ends."""
        return self.deadline is None and self.deadline_period is None

    @property
    def work_unit(self) -> str:
        if self.unit is not None:
            return self.unit
        if self.tokens is not None:
            return "Mtok"
        return "ZFLOP" if self.flop is not None else f"{self.reference_accelerator}-hour"

    @property
    def total_work(self) -> float:
        """Work units of the whole run."""
        if self.tokens is not None:
            return self.tokens / TOKENS_PER_MTOK
        if self.flop is not None:
            return self.flop / ZETTA
        return self.accelerator_hours or self.work or 0.0

    @property
    def recovery_hours(self) -> float:
        """Half a checkpoint interval of work is lost, then the restart."""
        return (self.checkpoint_interval_hours or 1.0) / 2 + self.restart_hours

    @property
    def online(self) -> bool:
        return False
