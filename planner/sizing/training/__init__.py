"""Training: layouts, memory, throughput, runs with failures

In: a training workload and an accelerator.
Out: `Fit` or `Rejection`.
Start at `plan.py`.
"""

from planner.sizing.training.admission import MEMORY_TOLERANCE, size_reference_hours, size_training_tokens
from planner.sizing.training.failures import goodput, run_hours
from planner.sizing.training.plan import (
    LARGEST_CLUSTER,
    Need,
    ParallelLayout,
    Setup,
    best_layout,
    fabric_for,
    network_gb_per_s,
    recomputing,
    smallest_cluster,
)
from planner.sizing.training.run import cluster_grid, run_verdict, smallest_cluster_nodes
from planner.sizing.training.throughput import (
    LORA_FLOP_PER_PARAMETER,
    flop_per_token,
    reached_utilisation,
    training_peak_tflops,
    training_tokens_per_s,
)
