"""The chain behind a verdict, written so that whoever signs the order can follow it."""

from collections.abc import Callable, Sequence

from planner.domain.inputs import Accelerator
from planner.domain.records import Bottleneck, Fit, Rejection
from planner.domain.workloads import Batch, Development, Inference, Training
from planner.sizing.constants import SizingConstants
from planner.sizing.memory import LayerGroup, weights_of
from planner.sizing.serving import ServingCandidate, Task, replica_nodes
from planner.sizing.throughput import Speed
from planner.units import SECONDS_PER_HOUR, TOKENS_PER_MTOK

AnyWorkload = Inference | Batch | Training | Development
Verdict = Fit | Rejection
Refuse = Callable[[Bottleneck, str, str], Rejection]
"""(bottleneck, needed, offered) → Rejection."""


def refuser(workload: AnyWorkload, accelerator: Accelerator) -> Refuse:
    """Rejections of one accelerator by one workload."""

    def refuse(bottleneck: Bottleneck, needed: str, offered: str) -> Rejection:
        return Rejection(workload.name, accelerator.id, bottleneck, needed, offered)

    return refuse


Step = tuple[str, float, str]
THOUSANDTHS = 1e3


def inference_fit(
    workload: Inference | Batch,
    accelerator: Accelerator,
    count: int,
    task: Task,
    chosen: ServingCandidate,
    derating: float,
    c: SizingConstants,
) -> Fit:
    """The verdict with its derivation; rate per replica = out tok/s·(i + o)/o·3600/1e6·utilisation·derating."""
    speed, batch, nodes = chosen.speed(task, c), float(chosen.batch), replica_nodes(chosen.group, count)
    tokens_per_s = chosen.tokens_per_s * task.shape.full_context / task.shape.output_tokens
    planned = workload.target_utilisation * derating
    per_replica = tokens_per_s * SECONDS_PER_HOUR / TOKENS_PER_MTOK * planned
    rate = per_replica / nodes
    steps: tuple[Step, ...] = (
        *_memory_steps(task, chosen),
        *_stated_steps(task),
        *_time_steps(speed, batch),
        ("output tokens per replica", chosen.tokens_per_s, "tok/s"),
        ("input and output tokens per replica", tokens_per_s, "tok/s"),
        *_software_steps(chosen),
        ("target utilisation", workload.target_utilisation, ""),
        ("derating for an untuned stack", derating, ""),
        ("planned rate per replica", per_replica, "Mtok/h"),
        ("nodes per replica", nodes, "nodes"),
        ("rate per node if as slow as the slowest tenth of measurements", rate * c.serve_low, "Mtok/h"),
        ("rate per node if as fast as the fastest tenth", rate * c.serve_high, "Mtok/h"),
        ("rate per node", rate, "Mtok/h"),
    )
    return Fit(
        workload=workload.name,
        accelerator=accelerator.id,
        count=count,
        rate_per_node_hour=rate,
        replica_nodes=nodes,
        precision=chosen.form.precision,
        tensor_parallel=chosen.group.tensor,
        pipeline_parallel=chosen.group.pipeline,
        batch=chosen.batch,
        ttft_ms=speed.ttft(batch) * THOUSANDTHS,
        tpot_ms=speed.tpot(batch) * THOUSANDTHS,
        memory_needed_gb=chosen.need.at(chosen.batch),
        derivation=steps,
        rate_low=rate * c.serve_low,
        rate_high=rate * c.serve_high,
    )


def _stated_steps(task: Task) -> tuple[Step, ...]:
    """What the user states of the serving stack, where it changes anything."""
    said = (
        ("share of input tokens already in the cache", task.stated.prefix_cache_hit_fraction, 0.0, ""),
        ("output tokens per step by speculative decoding", task.stated.speculative_speedup, 1.0, ""),
        ("throughput by disaggregation relative to without", task.stated.disaggregation_speedup, 1.0, ""),
    )
    return tuple((what, value, unit) for what, value, usual, unit in said if value != usual)


def _software_steps(chosen: ServingCandidate) -> tuple[Step, ...]:
    """Said only where the software of the generation was measured to differ."""
    f = chosen.figures
    if f.software_compute == f.software_prefill == f.software_overhead == f.software_hop == 1:
        return ()
    return (
        ("decode throughput of its software, relative to Hopper's", f.software_compute, ""),
        ("prefill throughput of its software, relative to Hopper's", f.software_prefill, ""),
        ("overhead per layer of its software, relative to Hopper's", f.software_overhead, ""),
        ("latency of its exchanges, relative to Hopper's", f.software_hop, ""),
    )


def _memory_steps(task: Task, chosen: ServingCandidate) -> tuple[Step, ...]:
    need = chosen.need
    return (
        ("weights of the model", weights_of(task.model, chosen.form).total_gb, "GB"),
        ("accelerators per replica", float(chosen.group.size), ""),
        ("weights per accelerator", need.weights_gb, "GB"),
        ("bytes per element of the KV cache", chosen.form.kv_bytes, "bytes"),
        ("activations and overhead per accelerator", need.fixed_gb - need.weights_gb, "GB"),
        ("KV cache per sequence and accelerator", need.sequence_gb, "GB"),
        ("usable memory per accelerator", need.usable_gb, "GB"),
        ("batch that memory allows", float(need.batch_limit), "sequences"),
        ("batch that latency allows too", float(chosen.batch), "sequences"),
        ("memory needed per accelerator", need.at(chosen.batch), "GB"),
    )


def _time_steps(speed: Speed[float], batch: float) -> tuple[Step, ...]:
    terms = (
        ("computing", speed.compute),
        ("communicating", speed.communication),
        ("overhead", speed.overhead),
    )
    spent = [(name, speed.engine * t.at(batch)) for name, t in terms]
    read = speed.step(batch) - sum(seconds for _, seconds in spent)
    return (
        ("step: reading weights and cache", read * THOUSANDTHS, "ms"),
        *((f"step: {name}", seconds * THOUSANDTHS, "ms") for name, seconds in spent),
        ("step", speed.step(batch) * THOUSANDTHS, "ms"),
        ("prefill per prompt", speed.prefill * THOUSANDTHS, "ms"),
        ("time per output token", speed.tpot(batch) * THOUSANDTHS, "ms"),
        ("time to first token", speed.ttft(batch) * THOUSANDTHS, "ms"),
    )


def latency_rejection(refuse: Refuse, found: Sequence[ServingCandidate], task: Task, c: SizingConstants) -> Rejection:
    """The candidate that comes closest with one sequence, and the limit it misses by most."""

    def excess(one: ServingCandidate) -> tuple[float, str, str]:
        speed, tier = one.speed(task, c), task.tier
        limits = (("TPOT", tier.tpot_ms, speed.tpot(1.0)), ("TTFT", tier.ttft_ms, speed.ttft(1.0)))
        return max(
            (seconds * THOUSANDTHS / limit, f"{name} <= {limit:g} ms", f"{seconds * THOUSANDTHS:.3g} ms at batch 1")
            for name, limit, seconds in limits
            if limit is not None
        )

    _, needed, offered = min(excess(one) for one in found if one.need.batch_limit > 0)
    return refuse("latency", needed, offered)


def memory_rejection(refuse: Refuse, found: Sequence[ServingCandidate], accelerator: Accelerator) -> Rejection:
    """The candidate that needs least."""
    least = min(found, key=lambda one: (one.need.smallest_gb, one.group.size))
    note = "" if accelerator.link_gb_per_s > 0 else ", link bandwidth not stated"
    return refuse(
        "memory",
        f"{least.need.smallest_gb:.1f} GB per accelerator at {_named(least.group)} in {least.form.precision}",
        f"{least.need.usable_gb:.1f} GB usable of {accelerator.total_memory_gb:g} GB{note}",
    )


def _named(group: LayerGroup) -> str:
    """`tensor parallel 8`, and over how many nodes."""
    name = f"tensor parallel {group.tensor}"
    return name if group.pipeline == 1 else f"{name}, {group.pipeline} nodes"
