"""What a user knows of the stack that serves a workload, and of work that is not counted in tokens. Nothing here is guessed."""

from typing import Annotated

from planner.domain.fields import (
    Gigabytes,
    PositiveFlop,
    PositiveShare,
    Share,
    Within,
)
from planner.domain.inputs import Precision
from planner.domain.workloads.base import GrowingWorkload

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
