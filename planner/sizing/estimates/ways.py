"""The ways a model could be served in an estimate: every precision and group of one accelerator, or the one asked for."""

from collections.abc import Iterator
from typing import NamedTuple

from planner.domain.answers import ServingRequest
from planner.domain.inputs import Accelerator, LanguageModel, Precision
from planner.sizing.constants import SizingConstants
from planner.sizing.estimates.market_price import MarketPrices
from planner.sizing.figures import SizingFigures, figures_of
from planner.sizing.formats import allowed_precisions, format_on, kv_bytes_of
from planner.sizing.layouts import data_groups, groups_within, why_impossible
from planner.sizing.memory import LayerGroup, MemoryNeed, ModelShape, memory_need
from planner.sizing.serving import PIPELINE_NODES

LARGEST_GROUP = 8


class ServingWay(NamedTuple):
    """One precision and group, and what it could do."""

    precision: Precision
    group: LayerGroup
    replicas: int
    need: MemoryNeed
    """Under the limits of "starts at all"."""
    reserve: MemoryNeed
    """Under the limits of plans."""
    figures: SizingFigures[float]
    running: float = 0.0
    """Of one copy; 0 if nothing fits or meets the limits."""
    tokens_per_s: float = 0.0
    """Output, of one copy."""

    idle: int = 0
    """Accelerators of those asked for that no copy fills."""

    @property
    def accelerators(self) -> int:
        """All that are paid for."""
        return self.group.size * self.replicas + self.idle


def ways_of(
    model: LanguageModel, a: Accelerator, request: ServingRequest, market: MarketPrices, c: SizingConstants
) -> Iterator[ServingWay]:
    shape = ModelShape(request.input_tokens, request.output_tokens)
    kv_bytes = kv_bytes_of(request.kv_precision)
    for precision in allowed_precisions(request.precisions, model):
        form = format_on(a, precision, model, kv_bytes)
        if form is None:
            continue
        for group, replicas in groups_for(model, a, request, market):
            where = (model, a, form, group, shape)
            yield ServingWay(
                precision,
                group,
                replicas,
                memory_need(*where, c.least()),
                memory_need(*where, c),
                figures_of(*where, c),
                idle=0 if request.count is None else request.count - replicas * group.size,
            )


def impossible_layout(model: LanguageModel, request: ServingRequest) -> str:
    """Why the layout asked for cannot be; empty if it can, or if none is asked for."""
    return why_impossible(model, LayerGroup(request.tensor or 1, request.pipeline or 1, request.data or 1))


def groups_for(
    model: LanguageModel, a: Accelerator, request: ServingRequest, market: MarketPrices
) -> Iterator[tuple[LayerGroup, int]]:
    """Groups, and copies of them: the one asked for, or those that make up the count, or any that nodes on sale form."""
    node = max(market.node_sizes(a.id))
    if request.tensor or request.pipeline or request.data:
        group = LayerGroup(request.tensor or 1, request.pipeline or 1, request.data or 1)
        apart = group.pipeline > 1 and group.size > max(node, LARGEST_GROUP)
        yield group._replace(spans_nodes=apart), max(1, (request.count or group.size) // group.size)
        return
    joined = max(node, LARGEST_GROUP, a.link_domain or 0)
    widest = 1 if a.link_gb_per_s <= 0 else min(request.count or max(node, 1), joined)
    within = (*groups_within(model, a, widest), *data_groups(model, a, widest))
    last = max((group.tensor for group in within if group.size == group.tensor), default=1)
    over = (LayerGroup(last, stages, spans_nodes=True) for stages in PIPELINE_NODES if last == widest)
    for group in (*within, *(wide for wide in over if not why_impossible(model, wide))):
        if request.count is None or group.size <= request.count:
            yield group, max(1, (request.count or group.size) // group.size)
