r"""How fast a node is in a training run: work units per hour, before failures and checkpoints.

==========================  ==================================================================================
work counted in             rate of a node of a accelerators, per hour
==========================  ==================================================================================
tokens                      Mtok = 3600·a·MFU·F/(6·A + 6·L·d·s)/1e6
floating-point operations   ZFLOP = 3600·a·MFU·F/1e21
hours of a reference        a·F/F_ref with 16-bit peaks; in fp8 a·(F8·MFU8)/(F_ref·MFU16)
==========================  ==================================================================================

MFU is as stated, else by the formula of `training` where the model is known, else its rule in one number. A node
is slower in a larger cluster: the rate is that in a cluster which takes a quarter for the run, within its limits (a
factor of 3 in size changes it by 5%). Source: planner sizing constants.
"""

from math import inf

from planner.domain.inputs import Accelerator, LanguageModel
from planner.domain.workloads import ZETTA, TrainingRun
from planner.sizing.constants import SizingConstants
from planner.sizing.training.throughput import (
    SMALLEST_CLUSTER,
    TERA,
    flop_per_token,
    reached_utilisation,
    training_peak_tflops,
    training_tokens_per_s,
    utilisation,
)
from planner.units import SECONDS_PER_HOUR, TOKENS_PER_MTOK

TYPICAL_HOURS = 2190.0
"""How long a run is taken to last when the utilisation of its cluster is reckoned: a quarter."""

Step = tuple[str, float, str]


def node_rate(
    run: TrainingRun,
    accelerator: Accelerator,
    count: int,
    smallest: int,
    model: LanguageModel | None,
    reference: Accelerator | None,
    c: SizingConstants,
) -> tuple[float, tuple[Step, ...]]:
    """Work units of a node per hour, and the steps that lead there; `smallest` nodes hold the run."""
    peak = training_peak_tflops(accelerator, run.precision) or 0.0
    if run.accelerator_hours is not None and reference is not None:
        own = peak * utilisation(run.precision, None, c)
        theirs = (reference.bf16_tflops or 0.0) * utilisation("bf16", None, c)
        return count * own / theirs, (
            (f"{run.precision} throughput reached", own, "TFLOPS"),
            (f"16-bit throughput reached by `{reference.id}`", theirs, "TFLOPS"),
            ("one accelerator in reference accelerators", own / theirs, ""),
        )
    mfu, reckoned = _mfu(run, accelerator, count, smallest, model, c)
    reached: tuple[Step, ...] = (
        (f"peak {run.precision} throughput", peak, "TFLOPS"),
        *reckoned,
        ("model FLOP utilisation", mfu, ""),
    )
    if run.tokens is not None and model is not None:
        tokens = training_tokens_per_s(model, peak, mfu)
        return count * tokens * SECONDS_PER_HOUR / TOKENS_PER_MTOK, (
            ("work per token", flop_per_token(model) / TERA, "TFLOP"),
            *reached,
            ("tokens per accelerator", tokens, "tok/s"),
        )
    return SECONDS_PER_HOUR * count * mfu * peak * TERA / ZETTA, reached


def _mfu(
    run: TrainingRun,
    accelerator: Accelerator,
    count: int,
    smallest: int,
    model: LanguageModel | None,
    c: SizingConstants,
) -> tuple[float, tuple[Step, ...]]:
    """Model FLOP utilisation, and the cluster in which it is reached where that is reckoned."""
    if run.mfu is not None:
        return run.mfu, ()
    if model is None or model.layers is None or model.hidden is None:
        return utilisation(run.precision, model, c), ()
    flop = (run.flop or 0.0) if run.tokens is None else run.tokens * flop_per_token(model)
    peak = (training_peak_tflops(accelerator, run.precision) or 0.0) * TERA
    small = reached_utilisation(model, accelerator, run.precision, c)
    wanted = flop / (peak * small * TYPICAL_HOURS * SECONDS_PER_HOUR)
    cluster = _within_limits(run, max(wanted, float(smallest * count), SMALLEST_CLUSTER))
    mfu = reached_utilisation(model, accelerator, run.precision, c, count=cluster)
    return mfu, (("cluster in which it is reached", cluster, "accelerators"),)


def _within_limits(run: TrainingRun, accelerators: float) -> float:
    """The allowed cluster size next to a wanted one."""
    sizes = run.cluster_sizes or ()
    least, most = (
        max(run.min_accelerators, min(sizes, default=1)),
        min(run.max_accelerators or inf, max(sizes, default=inf)),
    )
    return min(max(accelerators, float(least)), float(most))
