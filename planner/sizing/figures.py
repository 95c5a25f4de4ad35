"""Everything the roofline takes from datasheets and requests, as plain numbers: one row, or columns of many.

A row describes one model in one format on one group of accelerators for one shape of request. Rows are
stacked into columns (arrays), on which the same formulas price a whole catalog, or every measured row, at once.
"""

import math
import re
from collections.abc import Sequence
from typing import Generic, NamedTuple, TypeVar

import numpy as np
import numpy.typing as npt

from planner.domain.inputs.accelerator import Accelerator
from planner.domain.inputs.language_model import LanguageModel
from planner.sizing.constants import MATURE, SizingConstants
from planner.sizing.formats import Format
from planner.sizing.memory import Group, Shape, attended, kv_gb_per_sequence, kv_shards, weights_of

Column = npt.NDArray[np.float64]
N = TypeVar("N", float, Column)
"""One number, or a column of them."""

MLA_HEAD_DIM = (192 + 128) / 2
"""Mean of query-key and value width under multi-head latent attention."""
_BRIDGE = re.compile(r"bridge \((?:\d+-)?(\d+) GPUs\)")


class Figures(NamedTuple, Generic[N]):
    """The symbols of `throughput`, in their units: GB, GB/s, TFLOPS, billions of parameters, tokens."""

    dense_gb: N
    expert_gb: N
    cache_gb: N
    """KV cache of one sequence of mean length, over the whole group."""
    active_b: N
    layers: N
    hidden: N
    query_width: N
    attended: N
    """Mean tokens attended to per layer in decode: c, or less under a sliding window."""
    prompt_attended: N
    """i²-equivalent/i in prefill."""
    input_tokens: N
    output_tokens: N
    tflops: N
    tflops_16: N
    bandwidth: N
    link: N
    """Between accelerators of a group, one way, GB/s."""
    eight_bit: N
    """1 or 0, as for the following flags."""
    four_bit: N
    unpacked: N
    moe: N
    experts_left: N
    """(1 − k/E): share of the experts that one token leaves untouched."""
    tensor: N
    pipeline: N
    data: N
    size: N
    kv_shards: N
    hops: N
    """log2 of the accelerators that reduce together."""
    exchange: N
    """Volume of an exchange relative to one all-reduce: 0 alone, 1, or k/2 under attention data parallelism."""
    slow_fabric: N
    """1 where accelerators of a group are joined by PCIe."""
    over_network: N
    """1 where the stages of a pipeline stand in different nodes."""
    software_compute: N
    software_prefill: N
    software_overhead: N


def prompt_attended(model: LanguageModel, i: float) -> float:
    """Mean over layers of i²-equivalent/i: i under full attention, 2w − w²/i within a window w < i."""
    w = model.sliding_window
    if w is None or w >= i:
        return i
    share = min(1.0, model.sliding_layer_fraction)
    return (1 - share) * i + share * (2 * w - w * w / i)


def query_width(model: LanguageModel) -> float:
    """qdim: heads·head_dim (MLA: heads·160)."""
    return (model.heads or 0) * (MLA_HEAD_DIM if model.attention == "mla" else float(model.head_dim or 0))


def bridged_count(accelerator: Accelerator) -> int | None:
    """Accelerators that a bridge joins; None where the whole node is joined alike.

    >>> card = Accelerator(id="x", vendor="v", name="n", source="s", checked_on="2026",
    ...                    interconnect="NVLink 3 bridge (2 GPUs)")
    >>> bridged_count(card)
    2
    """
    found = _BRIDGE.search(accelerator.interconnect)
    return int(found[1]) if found else None


def group_link(a: Accelerator, group: Group, c: SizingConstants) -> tuple[float, bool]:
    """GB/s one way within a group, and whether that is an NVLink-class fabric; beyond a bridge it is PCIe."""
    bridged = bridged_count(a)
    if bridged is not None and group.tensor * group.data > bridged:
        return min(c.pcie_gb_per_s, a.link_gb_per_s), False
    return a.link_gb_per_s, a.has_nvlink_class_fabric


def figures_of(
    model: LanguageModel, a: Accelerator, form: Format, group: Group, shape: Shape, c: SizingConstants
) -> Figures[float]:
    """One row; the accelerator's figures must be known (admission checks that)."""
    weights = weights_of(model, form)
    ranks = group.tensor * group.data
    link, fabric = group_link(a, group, c)
    moe = model.is_mixture_of_experts
    k = float(model.experts_per_token or 1)
    software = c.software.get(a.id, MATURE)
    return Figures(
        dense_gb=weights.dense_gb,
        expert_gb=weights.expert_gb,
        cache_gb=kv_gb_per_sequence(model, form, shape.mean_context),
        active_b=model.active_parameters_b,
        layers=float(model.layers or 0),
        hidden=float(model.hidden or 0),
        query_width=query_width(model),
        attended=attended(model, shape.mean_context),
        prompt_attended=prompt_attended(model, shape.input_tokens),
        input_tokens=shape.input_tokens,
        output_tokens=shape.output_tokens,
        tflops=form.tflops,
        tflops_16=a.bf16_tflops or form.tflops,
        bandwidth=a.memory_bandwidth_gb_per_s or math.nan,
        link=max(link, 1e-3),
        eight_bit=float(form.is_eight_bit),
        four_bit=float(form.computes_in_four_bit),
        unpacked=float(form.unpacked),
        moe=float(moe),
        experts_left=max(0.0, 1 - k / (model.experts or 1)) if moe else 0.0,
        tensor=float(group.tensor),
        pipeline=float(group.pipeline),
        data=float(group.data),
        size=float(group.size),
        kv_shards=float(kv_shards(model, group)),
        hops=math.log2(ranks),
        exchange=0.0 if ranks == 1 else k / 2 if group.data > 1 else 1.0,
        slow_fabric=float(not fabric),
        over_network=float(group.spans_nodes),
        software_compute=software.compute,
        software_prefill=software.prefill,
        software_overhead=software.overhead,
    )


def stack(rows: Sequence[Figures[float]]) -> Figures[Column]:
    """Rows as columns."""
    table = np.array(rows, dtype=np.float64).reshape(len(rows), len(Figures._fields))
    return Figures(*np.ascontiguousarray(table.T))


def pick(figures: Figures[Column], mask: npt.NDArray[np.bool_]) -> Figures[Column]:
    """Some rows of the columns."""
    return Figures(*(column[mask] for column in figures))
