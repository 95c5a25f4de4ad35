"""What has to be served: kinds of workloads and what they have in common

In: the `workloads` of a scenario.
Out: `Workload`, a union by `kind`.
Start at `workload.py`.
"""

from planner.domain.workloads.base import (
    AMOUNTS,
    TIERS,
    BaseWorkload,
    GrowingWorkload,
    LatencyTier,
    Residency,
    Spike,
    Surge,
    Tier,
)
from planner.domain.workloads.training_run import (
    CHECKPOINT_WRITE_MINUTES,
    FAILURES_PER_ACCELERATOR_YEAR,
    RESTART_HOURS,
    ZETTA,
    TrainingRun,
)
from planner.domain.workloads.workload import FALLBACK, Batch, Development, Inference, Training, Workload, fallback_of
