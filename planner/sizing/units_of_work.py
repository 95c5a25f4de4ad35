r"""Work beyond text, known by its FLOP per unit: images, minutes of video, documents embedded.

.. math:: rate = 3600 \cdot n \cdot F \cdot e / (\text{FLOP per unit}) \cdot derating

=========  ==========================================================================
symbol     meaning
=========  ==========================================================================
n, F       accelerators of the node, dense 16-bit peak, FLOP/s
e          share of the peak that such work reaches: that of prefill, which is limited by computing too
=========  ==========================================================================

Where a throughput was measured, state it: it replaces this. Source: planner sizing constants.
"""

from planner.domain.accelerator import Accelerator
from planner.domain.findings import Fit
from planner.sizing.constants import MATURE, SizingConstants
from planner.sizing.refusal import AnyWorkload, Verdict, refuser
from planner.units import SECONDS_PER_HOUR

TERA = 1e12


def units_per_hour(accelerator: Accelerator, count: int, flop_per_unit: float, c: SizingConstants) -> float:
    """Units of work a node does in an hour.

    >>> a = Accelerator(id="x", vendor="v", name="n", bf16_tflops=1000, source="s", checked_on="2026")
    >>> round(units_per_hour(a, 8, 1e14, SizingConstants(e_pf=0.5)))        # 8·1e15·0.5/1e14 = 40 a second
    144000
    """
    maturity = c.software.get(accelerator.id, MATURE).prefill
    peak = (accelerator.bf16_tflops or 0.0) * TERA
    return SECONDS_PER_HOUR * count * peak * c.e_pf * maturity / flop_per_unit


def size_units(
    workload: AnyWorkload,
    accelerator: Accelerator,
    count: int,
    flop_per_unit: float,
    c: SizingConstants,
    derating: float = 1.0,
) -> Verdict:
    """A node's rate in units of the user's own; its memory must hold what the user says it must."""
    refuse = refuser(workload, accelerator)
    if accelerator.bf16_tflops is None:
        return refuse("specification", f"16-bit throughput of `{accelerator.id}`", "not stated")
    floor_gb = getattr(workload, "min_accelerator_memory_gb", None) or 0.0
    if floor_gb > (accelerator.memory_gb or 0.0):
        offered = "not stated" if accelerator.memory_gb is None else f"{accelerator.memory_gb:g} GB"
        return refuse("memory", f"{floor_gb:g} GB per accelerator", offered)
    unit = workload.work_unit
    utilisation = float(getattr(workload, "target_utilisation", 1.0))
    rate = units_per_hour(accelerator, count, flop_per_unit, c) * derating * utilisation
    return Fit(
        workload.name,
        accelerator.id,
        count,
        rate,
        1 / count if workload.online else 0.0,
        precision="bf16",
        memory_needed_gb=floor_gb,
        derivation=(
            ("work per unit", flop_per_unit / TERA, "TFLOP"),
            ("peak 16-bit throughput", accelerator.bf16_tflops, "TFLOPS"),
            ("share of it that is reached", c.e_pf, ""),
            ("accelerators per node", float(count), ""),
            ("target utilisation", utilisation, ""),
            ("derating for an untuned stack", derating, ""),
            ("rate per node", rate, f"{unit}/h"),
        ),
        rate_low=rate * c.serve_low,
        rate_high=rate * c.serve_high,
    )
