"""Admission: every workload on every node type either fits, at a planned rate, or is rejected with the reason.

Inference and batch, per node and hour: Mtok (input + output) = out tok/s · (i + o)/o · 3600/1e6 ·
utilisation · derating / nodes per replica. Training and development: `admission_training`.
"""

from collections.abc import Iterable, Mapping, Sequence

from planner.domain.inputs import Accelerator, LanguageModel
from planner.domain.records import Rejection
from planner.domain.workloads import Batch, Inference, Training
from planner.sizing.constants import SizingConstants
from planner.sizing.derivation import AnyWorkload, Verdict, inference_fit, latency_rejection, memory_rejection, refuser
from planner.sizing.formats import allowed_precisions, kv_bytes_of
from planner.sizing.memory import ModelShape
from planner.sizing.serving import ServingCandidate, Task, best, candidates, places_of
from planner.sizing.throughput import Stated
from planner.sizing.training import MEMORY_TOLERANCE, size_reference_hours, size_training_tokens
from planner.sizing.units_of_work import size_units


def size(
    workload: AnyWorkload,
    accelerator: Accelerator,
    count: int,
    *,
    model: LanguageModel | None = None,
    reference: Accelerator | None = None,
    constants: SizingConstants,
    derating: float = 1.0,
) -> Verdict:
    """How a node of `count` accelerators serves a workload, or why it cannot.

    `model` is the workload's, looked up; `reference` is the accelerator in whose hours training and
    development are counted. `derating` is the scenario's; the workload's own takes its place.
    """
    nodes = ((accelerator, count),)
    return _sizes(workload, nodes, model, reference, constants, derating)[0]


def size_all(
    workloads: Iterable[AnyWorkload],
    nodes: Iterable[tuple[str, int]],
    *,
    accelerators: Mapping[str, Accelerator],
    models: Mapping[str, LanguageModel],
    constants: SizingConstants,
    derating: float = 1.0,
) -> dict[tuple[str, str, int], Verdict]:
    """Every workload on every (accelerator, count): {(workload, accelerator, count): verdict}."""
    named = tuple(nodes)
    pairs = tuple((accelerators[accelerator], count) for accelerator, count in named)
    verdicts: dict[tuple[str, str, int], Verdict] = {}
    for workload in workloads:
        stated = getattr(workload, "model", None)
        model = models.get(stated) if isinstance(stated, str) else stated
        reference = accelerators.get(getattr(workload, "reference_accelerator", None) or "")
        found = _sizes(workload, pairs, model, reference, constants, derating)
        verdicts |= {(workload.name, *node): verdict for node, verdict in zip(named, found, strict=True)}
    return verdicts


Nodes = Sequence[tuple[Accelerator, int]]


def _sizes(
    workload: AnyWorkload,
    nodes: Nodes,
    model: LanguageModel | None,
    reference: Accelerator | None,
    c: SizingConstants,
    derating: float,
) -> list[Verdict]:
    """The verdicts on many nodes, in their order."""
    if isinstance(workload, Inference | Batch):
        rated = workload.derating if workload.derating is not None else derating
        if workload.counts_tokens:
            return _size_inference(workload, nodes, model, c, rated)
        return _size_own_units(workload, nodes, model, c, rated)
    if isinstance(workload, Training) and workload.tokens_per_month is not None and workload.unit is None:
        return [size_training_tokens(workload, accelerator, count, model, c) for accelerator, count in nodes]
    return [size_reference_hours(workload, accelerator, count, reference, c) for accelerator, count in nodes]


def _size_own_units(
    workload: Inference | Batch, nodes: Nodes, model: LanguageModel | None, c: SizingConstants, derating: float
) -> list[Verdict]:
    """Work in units of the user's own, by the FLOP of one: the workload's, else the model's."""
    flop = workload.flop_per_unit or (None if model is None else model.flop_per_unit)
    if flop is None:
        wanted = "measured throughput or `flop_per_unit`"
        return [refuser(workload, a)("throughput", wanted, "none stated") for a, _ in nodes]
    return [
        _small(workload, a) or size_units(workload, a, count, flop, c, model=model, derating=derating)
        for a, count in nodes
    ]


def _small(workload: Inference | Batch, accelerator: Accelerator) -> Rejection | None:
    """Refusal of an accelerator with less memory than the user wants."""
    floor_gb, has_gb = workload.min_accelerator_memory_gb or 0.0, accelerator.memory_gb
    if has_gb is None or has_gb >= floor_gb * (1 - MEMORY_TOLERANCE):
        return None
    return refuser(workload, accelerator)("memory", f"{floor_gb:g} GB per accelerator", f"{has_gb:g} GB")


def stated_of(workload: Inference | Batch) -> Stated:
    """What the workload says of its serving stack."""
    return Stated(workload.prefix_cache_hit_fraction, workload.speculative_speedup, workload.disaggregation_speedup)


def task_of(workload: Inference | Batch, model: LanguageModel) -> Task:
    """What sizing must know of the workload."""
    return Task(
        model,
        allowed_precisions(workload.precisions, model),
        ModelShape(workload.input_tokens, workload.output_tokens),
        workload.tier,
        kv_bytes_of(workload.kv_precision),
        stated_of(workload),
    )


def _size_inference(
    workload: Inference | Batch, nodes: Nodes, model: LanguageModel | None, c: SizingConstants, derating: float
) -> list[Verdict]:
    if model is None:
        return [refuser(workload, a)("throughput", "measured throughput", "none stated") for a, _ in nodes]
    task = task_of(workload, model)
    objections = [_small(workload, a) or _unfit_figures(workload, a, model, task.shape) for a, _ in nodes]
    places = [
        [] if objection is not None else list(places_of(task, a, count))
        for (a, count), objection in zip(nodes, objections, strict=True)
    ]
    found = iter(candidates(task, [place for some in places for place in some], c))
    verdicts: list[Verdict] = []
    for (a, count), objection, own in zip(nodes, objections, places, strict=True):
        able = [one for one in (next(found) for _ in own) if one is not None]
        verdicts.append(objection or _verdict(workload, a, count, task, able, c, derating))
    return verdicts


def _verdict(
    workload: Inference | Batch,
    accelerator: Accelerator,
    count: int,
    task: Task,
    found: list[ServingCandidate],
    c: SizingConstants,
    derating: float,
) -> Verdict:
    refuse = refuser(workload, accelerator)
    if not found:
        return refuse("precision", " or ".join(task.precisions), f"no hardware for it on `{accelerator.id}`")
    chosen = best(found, count)
    if chosen is not None:
        return inference_fit(workload, accelerator, count, task, chosen, derating, c)
    if any(one.need.batch_limit > 0 for one in found):
        return latency_rejection(refuse, found, task, c)
    return memory_rejection(refuse, found, accelerator)


def _unfit_figures(
    workload: Inference | Batch, accelerator: Accelerator, model: LanguageModel, shape: ModelShape
) -> Rejection | None:
    """Refusals that need no sizing: a figure is unknown, or the request is longer than the model's context."""
    refuse = refuser(workload, accelerator)
    if model.attention == "none" or model.layers is None:
        return refuse("specification", "measured throughput", f"`{model.id}` states no layers to size from")
    unknown = _unknown_of_model(model)
    if unknown:
        return refuse("specification", f"{unknown} of `{model.id}`", "not stated")
    unknown = _unknown_of_accelerator(accelerator)
    if unknown:
        return refuse("specification", f"{unknown} of `{accelerator.id}`", "not stated")
    if model.max_context is not None and shape.full_context > model.max_context:
        return refuse(
            "context", f"{shape.full_context:.0f} tokens", f"{model.max_context} tokens of context of `{model.id}`"
        )
    return None


def _unknown_of_model(model: LanguageModel) -> str:
    figures: dict[str, float | None] = {"hidden": model.hidden, "heads": model.heads}
    if model.attention == "mla":
        figures["mla_latent_dim"] = model.mla_latent_dim
    else:
        figures |= {"kv_heads": model.kv_heads, "head_dim": model.head_dim}
    return ", ".join(name for name, value in figures.items() if value is None)


def _unknown_of_accelerator(accelerator: Accelerator) -> str:
    figures = {
        "memory": accelerator.total_memory_gb,
        "memory bandwidth": accelerator.memory_bandwidth_gb_per_s,
        "16-bit throughput": accelerator.bf16_tflops,
    }
    return ", ".join(name for name, value in figures.items() if value is None)
