r"""Work beyond text, known by its FLOP per unit: images, minutes of video, documents embedded.

.. math:: rate = 3600 \cdot n \cdot F \cdot e / (\text{FLOP per unit}) \cdot derating

=========  ==========================================================================
symbol     meaning
=========  ==========================================================================
n, F       accelerators of the node, dense 16-bit peak, FLOP/s
e          share of the peak that such work reaches: that of prefill, which is limited by computing too
=========  ==========================================================================

Every accelerator is a replica of its own: it holds the 16-bit weights, activations and overhead. What such work reaches of the
peak is not calibrated: where a throughput was measured, state it, it replaces this. Source: planner sizing constants.
"""

from planner.domain.inputs import Accelerator, LanguageModel
from planner.domain.records import Fit
from planner.domain.workloads import Batch, Inference
from planner.sizing.constants import SizingConstants
from planner.sizing.derivation import Verdict, refuser
from planner.sizing.formats import BYTES
from planner.units import SECONDS_PER_HOUR

TERA = 1e12


def units_per_hour(accelerator: Accelerator, count: int, flop_per_unit: float, c: SizingConstants) -> float:
    """Units of work a node does in an hour.

    >>> a = Accelerator(id="x", vendor="v", name="n", bf16_tflops=1000, source="s", checked_on="2026")
    >>> round(units_per_hour(a, 8, 1e14, SizingConstants(e_pf=0.5)))        # 8·1e15·0.5/1e14 = 40 a second
    144000
    """
    maturity = c.software_of(accelerator).prefill
    peak = (accelerator.bf16_tflops or 0.0) * TERA
    return SECONDS_PER_HOUR * count * peak * c.e_pf * maturity / flop_per_unit


def memory_gb(model: LanguageModel, c: SizingConstants) -> float:
    """Memory that one accelerator needs for work beyond text: 16-bit weights, activations and overhead.

    >>> from planner.domain.inputs.language_model import LanguageModel
    >>> memory_gb(LanguageModel(id="x", parameters_b=3.5, active_parameters_b=3.5), SizingConstants())
    12.5
    """
    return model.parameters_b * BYTES["bf16"] + c.activation_gb_at_8k + c.overhead_gb


def size_units(
    workload: Inference | Batch,
    accelerator: Accelerator,
    count: int,
    flop_per_unit: float,
    c: SizingConstants,
    *,
    model: LanguageModel | None = None,
    derating: float = 1.0,
) -> Verdict:
    """A node's rate in units of the user's own; its memory must hold the model, and what the user says it must."""
    refuse = refuser(workload, accelerator)
    if accelerator.bf16_tflops is None or accelerator.memory_gb is None:
        return refuse("specification", f"memory and 16-bit throughput of `{accelerator.id}`", "not stated")
    need_gb = 0.0 if model is None else memory_gb(model, c)
    usable_gb = c.memory_use_fraction * (accelerator.total_memory_gb or 0.0)
    if need_gb > usable_gb:
        offered = f"{usable_gb:.1f} GB usable of {accelerator.total_memory_gb:g} GB"
        return refuse("memory", f"{need_gb:.1f} GB per accelerator", offered)
    maturity = c.software_of(accelerator).prefill
    rate = units_per_hour(accelerator, count, flop_per_unit, c) * derating * workload.target_utilisation
    late = (("share of usual throughput its software reached when measured", maturity, ""),) if maturity != 1 else ()
    return Fit(
        workload.name,
        accelerator.id,
        count,
        rate,
        1 / count if workload.online else 0.0,
        precision="bf16",
        memory_needed_gb=need_gb,
        derivation=(
            ("work per unit", flop_per_unit / TERA, "TFLOP"),
            ("peak 16-bit throughput", accelerator.bf16_tflops, "TFLOPS"),
            ("share of it that is reached", c.e_pf, ""),
            *late,
            ("memory needed per accelerator", need_gb, "GB"),
            ("accelerators per node", float(count), ""),
            ("target utilisation", workload.target_utilisation, ""),
            ("derating for an untuned stack", derating, ""),
            ("rate per node", rate, f"{workload.work_unit}/h"),
        ),
        rate_low=rate * c.serve_low,
        rate_high=rate * c.serve_high,
    )
