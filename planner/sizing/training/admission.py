"""Admission of training and development: accelerator-hours of a reference, or tokens of a known model.

========================  ==================================================================================
counted in                rate of a node of n accelerators, per hour
========================  ==================================================================================
hours of a reference      n·F/F_ref with 16-bit peaks; in fp8 n·(F8·MFU8)/(F_ref·MFU16)
tokens                    Mtok = 3600·n·MFU·F/(6·A + 6·L·d·s)/1e6, MFU as stated, else by the formula of `training`
========================  ==================================================================================

Memory: hours need an accelerator with at least the stated, else the reference's memory; tokens need Adam's state in
the best layout over the fewest nodes, at most 64 (`training_plan`), whose recomputation and size enter the rate.
Derating is for serving stacks and does not apply: MFU says what training reaches; a stated one has no range, nor have hours of an
accelerator on that accelerator.
Source: planner sizing constants.
"""

from planner.domain.inputs import Accelerator, LanguageModel
from planner.domain.records import Fit, Rejection
from planner.domain.workloads import Development, Training
from planner.sizing.constants import SizingConstants
from planner.sizing.derivation import Refuse, Verdict, refuser
from planner.sizing.training.plan import Need, Setup, best_layout
from planner.sizing.training.throughput import (
    flop_per_token,
    reached_utilisation,
    training_peak_tflops,
    training_tokens_per_s,
    utilisation,
)
from planner.units import SECONDS_PER_HOUR, TOKENS_PER_MTOK

MEMORY_TOLERANCE = 0.01
"""A memory figure this much below the wanted one still counts: datasheets round."""
CLUSTERS = (1, 2, 4, 8, 16, 32, 64)
"""Nodes over which continuous training may be spread."""
TERA = 1e12


def size_reference_hours(
    workload: Training | Development,
    accelerator: Accelerator,
    count: int,
    reference: Accelerator | None,
    c: SizingConstants,
) -> Verdict:
    """Work counted in hours of a reference accelerator at 16 bit."""
    refuse = refuser(workload, accelerator)
    if reference is None or workload.unit is not None:
        return refuse("throughput", "measured throughput", "none stated")
    stated = workload.min_accelerator_memory_gb
    floor = stated if stated is not None else reference.memory_gb
    if floor is None or reference.bf16_tflops is None:
        return refuse("specification", f"memory and 16-bit throughput of `{reference.id}`", "not stated")
    precision = workload.precision if isinstance(workload, Training) else "bf16"
    objection = _unfit(refuse, accelerator, precision, floor)
    if objection is not None:
        return objection
    own = (training_peak_tflops(accelerator, precision) or 0.0) * utilisation(precision, None, c)
    theirs = reference.bf16_tflops * utilisation("bf16", None, c)
    rate = count * own / theirs
    return Fit(
        workload.name,
        accelerator.id,
        count,
        rate,
        0.0,
        precision=precision,
        memory_needed_gb=floor,
        derivation=(
            (f"{precision} throughput reached", own, "TFLOPS"),
            (f"16-bit throughput reached by `{reference.id}`", theirs, "TFLOPS"),
            ("one accelerator in reference accelerators", own / theirs, ""),
            ("accelerators per node", float(count), ""),
            ("rate per node", rate, f"{workload.work_unit}/h"),
        ),
        rate_low=rate * (1.0 if counted_on_itself(accelerator, reference, precision) else c.train_low),
        rate_high=rate * (1.0 if counted_on_itself(accelerator, reference, precision) else c.train_high),
    )


def counted_on_itself(accelerator: Accelerator, reference: Accelerator | None, precision: str) -> bool:
    """Whether an hour of the work is an hour of this accelerator by definition: nothing is sized, and nothing can err."""
    return reference is not None and accelerator.id == reference.id and precision == "bf16"


def _unfit(refuse: Refuse, accelerator: Accelerator, precision: str, floor_gb: float) -> Rejection | None:
    """Refusals that need no sizing: unknown figures, too little memory, no hardware for the format."""
    if accelerator.memory_gb is None or accelerator.bf16_tflops is None:
        return refuse("specification", f"memory and 16-bit throughput of `{accelerator.id}`", "not stated")
    if accelerator.memory_gb < floor_gb * (1 - MEMORY_TOLERANCE):
        return refuse("memory", f"{floor_gb:g} GB per accelerator", f"{accelerator.memory_gb:g} GB")
    if precision == "fp8" and accelerator.fp8_tflops is None:
        return refuse("precision", precision, f"no hardware for it on `{accelerator.id}`")
    return None


def size_training_tokens(
    workload: Training, accelerator: Accelerator, count: int, model: LanguageModel | None, c: SizingConstants
) -> Verdict:
    """Work counted in tokens of a model whose architecture is known."""
    refuse = refuser(workload, accelerator)
    if model is None:
        return refuse("throughput", "measured throughput", "none stated")
    if model.attention == "none" or model.layers is None or model.hidden is None:
        return refuse("specification", "measured throughput", f"`{model.id}` states no layers to size from")
    objection = _unfit(refuse, accelerator, workload.precision, workload.min_accelerator_memory_gb or 0.0)
    if objection is not None:
        return objection
    memory_gb = accelerator.total_memory_gb or 0.0
    nodes, need, fits = _smallest_cluster(model, accelerator, count, c)
    if not fits:
        return refuse(
            "memory",
            f"{need.total_gb:.1f} GB per accelerator over {nodes} nodes",
            f"{c.memory_use_fraction * memory_gb:.1f} GB usable of {memory_gb:g} GB",
        )
    peak = training_peak_tflops(accelerator, workload.precision) or 0.0
    mfu, cluster = workload.mfu, need.layout
    if mfu is None:
        mfu = reached_utilisation(
            model, accelerator, workload.precision, c, count=cluster.accelerators, recompute=cluster.recompute
        )
    tokens = training_tokens_per_s(model, peak, mfu)
    rate = count * tokens * SECONDS_PER_HOUR / TOKENS_PER_MTOK
    return Fit(
        workload.name,
        accelerator.id,
        count,
        rate,
        0.0,
        precision=workload.precision,
        memory_needed_gb=need.total_gb,
        derivation=(
            ("work per token", flop_per_token(model) / TERA, "TFLOP"),
            (f"peak {workload.precision} throughput", peak, "TFLOPS"),
            ("model FLOP utilisation", mfu, ""),
            ("tokens per accelerator", tokens, "tok/s"),
            ("accelerators per node", float(count), ""),
            *_memory_steps(nodes, need, c.memory_use_fraction * memory_gb),
            ("rate per node", rate, f"{workload.work_unit}/h"),
        ),
        rate_low=rate * (c.train_low if workload.mfu is None else 1.0),
        rate_high=rate * (c.train_high if workload.mfu is None else 1.0),
    )


def _smallest_cluster(
    model: LanguageModel, accelerator: Accelerator, count: int, c: SizingConstants
) -> tuple[int, Need, bool]:
    """Nodes, memory and layout of the smallest cluster that holds the training; of the largest tried if none does."""
    setup = Setup(model)
    for nodes in CLUSTERS:
        need, fits = best_layout(setup, accelerator, count * nodes, count, c)
        if fits:
            return nodes, need, True
    return CLUSTERS[-1], need, False


def _memory_steps(nodes: int, need: Need, usable_gb: float) -> tuple[tuple[str, float, str], ...]:
    layout = need.layout
    return (
        ("nodes of the smallest cluster that holds it", float(nodes), "nodes"),
        ("tensor parallelism", float(layout.tensor), ""),
        ("pipeline stages", float(layout.pipeline), ""),
        ("ZeRO stage", float(layout.zero), ""),
        ("share of the layers recomputed", layout.recompute, ""),
        ("weights, gradients and optimizer per accelerator", need.state_gb, "GB"),
        ("activations per accelerator", need.activation_gb, "GB"),
        ("overhead per accelerator", need.overhead_gb, "GB"),
        ("usable memory per accelerator", usable_gb, "GB"),
    )
