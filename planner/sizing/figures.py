"""Everything the roofline takes from datasheets and requests, as plain numbers: one row, or columns of many.

A row describes one model in one format on one group of accelerators for one shape of request. Rows are
stacked into columns (arrays), on which the same formulas price a whole catalog, or every measured row, at once.
"""

import math
from collections.abc import Callable, Sequence
from typing import Generic, NamedTuple, TypeVar

import numpy as np
import numpy.typing as npt

from planner.domain.inputs import Accelerator, LanguageModel
from planner.sizing.constants import SizingConstants
from planner.sizing.formats import EIGHT_BIT, FOUR_BIT, NumberFormat
from planner.sizing.memory import LayerGroup, ModelShape, kv_shards, split_experts, weights_of
from planner.units import GIGA

Column = npt.NDArray[np.float64]
N = TypeVar("N", float, Column)
"""One number, or a column of them."""

BITS = 8
MLA_HEAD_DIM = (192 + 128) / 2
"""Mean of query-key and value width under multi-head latent attention."""
LEAST_STEEP = 500.0
"""TFLOPS below which the share of the peak that is reached rises no more."""
FULL_WIDTH = 512.0
"""Width of an expert on one accelerator from which it computes as well as it can."""
NODE_ACCELERATORS = 8
"""Accelerators of a usual server: what a fast link does not join is joined by PCIe up to here, by the network beyond."""


class SizingFigures(NamedTuple, Generic[N]):
    """The symbols of `throughput`, in their units: GB, GB/s, TFLOPS, billions of parameters, tokens."""

    dense_gb: N
    expert_gb: N
    cache_gb: N
    """Cache that a step reads of one sequence of mean length, over the whole group."""
    active_b: N
    linear_b: N
    """Active parameters without the table of embeddings, which is looked up."""
    prompt_linear_b: N
    """What a token of a prompt uses: without the output head too."""
    layers: N
    hidden: N
    query_width: N
    attended: N
    """Tokens attended to in decode, summed over layers: L·c, or less under windows and sparse attention."""
    prompt_attended: N
    """i²-equivalent/i in prefill, summed over layers."""
    input_tokens: N
    output_tokens: N
    tflops: N
    tflops_16: N
    steepness: N
    """Peak of the format in units of 1,000 TFLOPS, 0.5 at least: the share of it that is reached falls with it."""
    bandwidth: N
    link: N
    """Between accelerators of a group, one way, GB/s."""
    eight_bit: N
    """1 or 0, as for the following flags."""
    four_bit: N
    unpacked: N
    mxfp4: N
    """1 where products are computed in it."""
    read_8: N
    """1 where weights are in 8 bit."""
    read_4: N
    """1 where all weights but those kept in 16 bit are in 4 bit."""
    experts_4: N
    """1 where experts are in 4 bit."""
    moe: N
    mla: N
    coarse: N
    """Width of an expert on one accelerator over 512, at most 1; 1 for dense models."""
    indexed: N
    """Layers times thousands of tokens that an index of sparse attention looks through; 0 without."""
    experts_left: N
    """(1 − k/E): share of the experts that one token leaves untouched."""
    tensor: N
    pipeline: N
    data: N
    size: N
    kv_shards: N
    hops: N
    """Growth of an exchange's latency with the group: 0 alone, 1 for two, and so on by doublings."""
    moved: N
    """Share of what is exchanged that leaves an accelerator: (n − 1)/n."""
    exchange: N
    """Volume of an exchange relative to one all-reduce: 0 alone, 1, or k/2 under attention data parallelism."""
    slow_fabric: N
    """1 where accelerators of a group are joined by PCIe."""
    over_network: N
    """1 where the stages of a pipeline stand in different nodes."""
    wide: N
    """1 where accelerators that exchange in every layer stand in different nodes."""
    software_compute: N
    software_prefill: N
    software_overhead: N
    software_hop: N
    engine_time: N
    engine_overhead: N
    engine_sequence: N
    engine_prefill: N
    engine_mxfp4: N


def layer_tokens(model: LanguageModel, tokens: float, within: Callable[[float, float], float] = min) -> float:
    """Tokens attended to, summed over layers; `within(tokens, window)` is what a window leaves of them."""
    layers, share = float(model.layers or 0), min(1.0, model.sliding_layer_fraction)
    window, picked = model.sliding_window or math.inf, model.sparse_attention_tokens or math.inf
    if model.kv_values_per_token is None:
        return layers * ((1 - share) * within(tokens, picked) + share * within(tokens, window))
    full = model.kv_values_per_token / max(model.kv_width, 1.0)
    kept = 0.0 if model.sliding_window is None else (model.kv_values_fixed or 0.0) / (window * max(model.kv_width, 1.0))
    return min(full * within(tokens, math.inf), layers * within(tokens, picked)) + kept * within(tokens, window)


def prompt_within(i: float, window: float) -> float:
    """i²-equivalent/i: i under full attention, 2w − w²/i within a window w < i."""
    return i if window >= i else 2 * window - window * window / i


def read_gb(model: LanguageModel, form: NumberFormat, tokens: float) -> float:
    """Cache that one step reads of one sequence over the whole group, GB; state is read and written."""
    picked = layer_tokens(model, tokens) * model.kv_width * form.kv_bytes
    index = (model.index_values_per_token or 0.0) * tokens
    return (picked + index + 2 * (model.state_bytes_per_sequence or 0.0)) / GIGA


def expert_width(model: LanguageModel) -> float:
    """Width of an expert's inner layer, from its parameters: 3 matrices of hidden × width, in every layer.

    >>> mixtral = LanguageModel(id="m", parameters_b=46.7, active_parameters_b=12.9, layers=32, hidden=4096,
    ...                         experts=8, experts_per_token=2)
    >>> round(expert_width(mixtral), -2)
    14300.0
    """
    _, expert_b = split_experts(model)
    return expert_b * GIGA / ((model.layers or 1) * (model.experts or 1) * 3 * (model.hidden or 1))


def query_width(model: LanguageModel) -> float:
    """qdim: heads times the mean width of queries and values (MLA: 160, unless stated)."""
    usual = MLA_HEAD_DIM if model.attention == "mla" else float(model.head_dim or 0)
    return (model.heads or 0) * ((model.qk_head_dim or usual) + (model.value_head_dim or usual)) / 2


def over_network(a: Accelerator, ranks: int) -> bool:
    """Whether so many accelerators that exchange in every layer stand in several servers that no fast link joins.

    >>> rack = Accelerator(id="x", vendor="v", name="n", source="s", checked_on="2026", link_domain=72)
    >>> over_network(rack, 32), over_network(rack.model_copy(update={"link_domain": 8}), 16)
    (False, True)
    """
    return ranks > max(a.link_domain or 0, NODE_ACCELERATORS)


def group_link(a: Accelerator, group: LayerGroup, c: SizingConstants) -> tuple[float, bool]:
    """GB/s one way within a group, and whether that is an NVLink-class fabric; beyond a bridge it is PCIe."""
    ranks, bridged = group.tensor * group.data, a.link_domain
    if over_network(a, ranks):
        return min(a.network_gbit_per_s / BITS if a.network_gbit_per_s else c.net_gb_per_s, a.link_gb_per_s), False
    if bridged is not None and 1 < bridged < ranks:
        return min(c.pcie_gb_per_s, a.link_gb_per_s), False
    return a.link_gb_per_s, a.has_nvlink_class_fabric


def figures_of(
    model: LanguageModel, a: Accelerator, form: NumberFormat, group: LayerGroup, shape: ModelShape, c: SizingConstants
) -> SizingFigures[float]:
    """One row; the accelerator's figures must be known (admission checks that)."""
    weights = weights_of(model, form)
    ranks = group.tensor * group.data
    link, fabric = group_link(a, group, c)
    moe = model.is_mixture_of_experts
    k = float(model.experts_per_token or 1)
    software, engine = c.software_of(a), c.engine_in_use()
    table_b, four = model.embedding_parameters_b, form.precision in FOUR_BIT
    looked_up = 0.0 if model.tied_embeddings else table_b / 2
    return SizingFigures(
        dense_gb=weights.dense_gb,
        expert_gb=weights.expert_gb,
        cache_gb=read_gb(model, form, shape.mean_context),
        active_b=model.active_parameters_b,
        linear_b=max(model.active_parameters_b - looked_up, 0.0),
        prompt_linear_b=max((model.prefill_active_parameters_b or model.active_parameters_b) - table_b, 0.0),
        layers=float(model.layers or 0),
        hidden=float(model.hidden or 0),
        query_width=query_width(model),
        attended=layer_tokens(model, shape.mean_context),
        prompt_attended=layer_tokens(model, shape.input_tokens, prompt_within),
        input_tokens=shape.input_tokens,
        output_tokens=shape.output_tokens,
        tflops=form.tflops,
        tflops_16=a.bf16_tflops or form.tflops,
        steepness=max(form.tflops, LEAST_STEEP) / 1000,
        bandwidth=a.memory_bandwidth_gb_per_s or math.nan,
        link=max(link, 1e-3),
        eight_bit=float(form.is_eight_bit),
        four_bit=float(form.computes_in_four_bit),
        unpacked=float(form.unpacked),
        mxfp4=float(form.precision == "mxfp4" and not form.unpacked),
        read_8=float(form.precision in EIGHT_BIT),
        read_4=float(four and form.dense_bytes < 1),
        experts_4=float(four),
        moe=float(moe),
        mla=float(model.attention == "mla"),
        coarse=min(1.0, expert_width(model) / group.tensor / FULL_WIDTH) if moe else 1.0,
        indexed=float(model.layers or 0) * shape.mean_context / 1000 if model.index_values_per_token else 0.0,
        experts_left=max(0.0, 1 - k / (model.experts or 1)) if moe else 0.0,
        tensor=float(group.tensor),
        pipeline=float(group.pipeline),
        data=float(group.data),
        size=float(group.size),
        kv_shards=float(kv_shards(model, group)),
        hops=math.log2(ranks),
        moved=(ranks - 1) / ranks,
        exchange=0.0 if ranks == 1 else k / 2 if group.data > 1 else 1.0,
        slow_fabric=float(not fabric),
        over_network=float(group.spans_nodes),
        wide=float(over_network(a, ranks)),
        software_compute=software.compute,
        software_prefill=software.prefill,
        software_overhead=software.overhead,
        software_hop=software.hop,
        engine_time=engine.time * (engine.fp8 if form.precision == "fp8" else 1.0),
        engine_overhead=engine.overhead,
        engine_sequence=engine.sequence,
        engine_prefill=engine.prefill,
        engine_mxfp4=engine.mxfp4,
    )


def stack(rows: Sequence[SizingFigures[float]]) -> SizingFigures[Column]:
    """Rows as columns."""
    table = np.array(rows, dtype=np.float64).reshape(len(rows), len(SizingFigures._fields))
    return SizingFigures(*np.ascontiguousarray(table.T))


def pick(figures: SizingFigures[Column], mask: npt.NDArray[np.bool_]) -> SizingFigures[Column]:
    """Some rows of the columns."""
    return SizingFigures(*(column[mask] for column in figures))
