"""The ways in which a workload may be served: its own, and the lesser one it states as its fallback."""

from planner.domain.workloads import Inference, Workload


def way_of(workload: Workload, mode: str) -> Workload | None:
    """The workload as it is served in a mode; None if it has no such mode.

    A fallback has another tier, another model and other precisions where it states them, and its own rules on weights and APIs.
    What is stated of the workload's own model (speculative decoding, FLOP per unit, memory) does not hold for another model.
    """
    if not mode:
        return workload
    if mode != "fallback" or not isinstance(workload, Inference) or workload.fallback is None:
        return None
    lesser = workload.fallback
    changes: dict[str, object] = {
        "latency": lesser.latency,
        "ttft_ms": None,
        "tpot_ms": None,
        "own_weights": lesser.own_weights,
        "hosted_apis": lesser.hosted_apis,
    }
    if lesser.model is not None:
        changes["model"] = lesser.model
        changes |= {"speculative_speedup": 1.0, "flop_per_unit": None, "min_accelerator_memory_gb": None}
    if lesser.precisions is not None:
        changes["precisions"] = lesser.precisions
    return workload.model_copy(update=changes)
