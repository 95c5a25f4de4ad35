"""Admission: every workload on every node type either fits, at a planned rate, or is rejected with the reason.

Inference and batch, per node and hour: Mtok (input + output) = out tok/s · (i + o)/o · 3600/1e6 ·
utilisation · derating / nodes per replica. Training and development: `admission_training`.
"""

from collections.abc import Iterable, Mapping

from planner.domain.accelerator import Accelerator
from planner.domain.findings import Rejection
from planner.domain.language_model import LanguageModel
from planner.domain.workload import Batch, Inference, Training
from planner.sizing.admission_training import size_reference_hours, size_training_tokens
from planner.sizing.constants import SizingConstants
from planner.sizing.derivation import inference_fit, latency_rejection, memory_rejection
from planner.sizing.formats import allowed_precisions
from planner.sizing.memory import Shape
from planner.sizing.refusal import AnyWorkload, Verdict, refuser
from planner.sizing.serving import Evaluate, Task, best, candidate, candidates, remembering


def size(
    workload: AnyWorkload,
    accelerator: Accelerator,
    count: int,
    *,
    model: LanguageModel | None = None,
    reference: Accelerator | None = None,
    constants: SizingConstants,
    derating: float = 1.0,
    evaluate: Evaluate = candidate,
) -> Verdict:
    """How a node of `count` accelerators serves a workload, or why it cannot.

    `model` is the workload's, looked up; `reference` is the accelerator in whose hours training and
    development are counted. `derating` is the scenario's; the workload's own takes its place.
    `evaluate` may be `remembering()`, to size many nodes quickly.
    """
    if isinstance(workload, Inference | Batch):
        rated = workload.derating if workload.derating is not None else derating
        return _size_inference(workload, accelerator, count, model, constants, rated, evaluate)
    if isinstance(workload, Training) and workload.tokens_per_month is not None and workload.unit is None:
        return size_training_tokens(workload, accelerator, count, model, constants)
    return size_reference_hours(workload, accelerator, count, reference, constants)


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
    evaluate, pairs = remembering(), tuple(nodes)
    verdicts: dict[tuple[str, str, int], Verdict] = {}
    for workload in workloads:
        named = getattr(workload, "model", None)
        model = models.get(named) if isinstance(named, str) else named
        reference = accelerators.get(getattr(workload, "reference_accelerator", None) or "")
        for accelerator, count in pairs:
            verdicts[workload.name, accelerator, count] = size(
                workload,
                accelerators[accelerator],
                count,
                model=model,
                reference=reference,
                constants=constants,
                derating=derating,
                evaluate=evaluate,
            )
    return verdicts


def _size_inference(
    workload: Inference | Batch,
    accelerator: Accelerator,
    count: int,
    model: LanguageModel | None,
    c: SizingConstants,
    derating: float,
    evaluate: Evaluate,
) -> Verdict:
    refuse = refuser(workload, accelerator)
    if model is None or workload.unit not in (None, "Mtok"):
        return refuse("throughput", "measured throughput", "none stated")
    shape = Shape(workload.input_tokens, workload.output_tokens)
    objection = _unfit_figures(workload, accelerator, model, shape)
    if objection is not None:
        return objection
    task = Task(model, allowed_precisions(workload.precisions, model), shape, workload.tier)
    found = candidates(task, accelerator, count, c, evaluate)
    if not found:
        return refuse("precision", " or ".join(task.precisions), f"no hardware for it on `{accelerator.id}`")
    chosen = best(found, count)
    if chosen is not None:
        return inference_fit(workload, accelerator, count, task, chosen, derating)
    if any(one.speed is not None for one in found):
        return latency_rejection(refuse, found, workload.tier)
    return memory_rejection(refuse, found, accelerator)


def _unfit_figures(
    workload: Inference | Batch, accelerator: Accelerator, model: LanguageModel, shape: Shape
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
        "memory": accelerator.memory_gb,
        "memory bandwidth": accelerator.memory_bandwidth_gb_per_s,
        "16-bit throughput": accelerator.bf16_tflops,
    }
    return ", ".join(name for name, value in figures.items() if value is None)
