"""`planner estimate --train`: cluster, layout, days, money and energy of a training run on each accelerator.

The cluster is the count asked for; else the smallest that is ready by the deadline; else the smallest that holds the
training. Goodput (failures, checkpoints) is that of training runs in plans.
"""

from collections.abc import Iterator

from planner.domain.answers import Price, TrainingLine, TrainingRequest
from planner.domain.inputs import Accelerator, Catalog, LanguageModel
from planner.domain.workloads import TrainingRun
from planner.sizing.constants import SizingConstants
from planner.sizing.estimates.market_price import MarketPrices, beyond_cap, cheapest, stated
from planner.sizing.training import (
    LARGEST_CLUSTER,
    LORA_FLOP_PER_PARAMETER,
    Need,
    ParallelLayout,
    Setup,
    best_layout,
    fabric_for,
    flop_per_token,
    goodput,
    network_gb_per_s,
    reached_utilisation,
    recomputing,
    smallest_cluster,
    training_peak_tflops,
    training_tokens_per_s,
)
from planner.units import HOURS_PER_DAY, SECONDS_PER_HOUR


def training_lines(
    model: LanguageModel, request: TrainingRequest, catalog: Catalog, market: MarketPrices, c: SizingConstants
) -> tuple[TrainingLine, ...]:
    """One line an accelerator: what fits by cost, then what does not."""
    names = request.accelerators or tuple(catalog.accelerators)
    lines = [_line(model, catalog.accelerators[name], request, catalog, market, c) for name in names]
    return tuple(sorted(lines, key=lambda line: (bool(line.why), line.cheapest_usd, line.accelerator)))


def setup_of(model: LanguageModel, request: TrainingRequest) -> Setup:
    return Setup(
        model,
        request.method,
        request.optimizer,
        request.sequence_tokens,
        request.micro_batch,
        request.lora_fraction,
        request.lora_rank,
        request.lora_targets,
    )


def per_token(model: LanguageModel, request: TrainingRequest) -> float:
    """FLOP per token: 6 per parameter and attention, or 4 for LoRA."""
    if request.method == "full":
        return flop_per_token(model, request.sequence_tokens)
    return flop_per_token(model, request.sequence_tokens, LORA_FLOP_PER_PARAMETER)


def _line(
    model: LanguageModel,
    a: Accelerator,
    request: TrainingRequest,
    catalog: Catalog,
    market: MarketPrices,
    c: SizingConstants,
) -> TrainingLine:
    refused = TrainingLine(a.id, False, "", memory_gb=a.total_memory_gb or 0.0)
    if a.memory_gb is None or a.bf16_tflops is None:
        return refused._replace(
            why=f"not known: memory or 16-bit throughput of `{a.id}` (state it by `--accelerator-file`)"
        )
    if training_peak_tflops(a, request.precision) is None:
        return refused._replace(why=f"no hardware for {request.precision}")
    setup, node = setup_of(model, request), max(*market.node_sizes(a.id), 1)
    count = _count(setup, a, request, node, c)
    if count is None:
        return _too_small(setup, a, request, node, c, refused)
    need, fits = _need(setup, a, request, count, node, c)
    line = _told(setup, a, request, need, catalog, market, c)
    if fits and line.goodput <= 0:
        return line._replace(why=f"{count:,} accelerators fail before they get anywhere")
    if fits:
        return line
    why = f"needs {need.total_gb:.1f} GB per accelerator on {count:,} of {a.total_memory_gb:g} GB"
    return line._replace(fits=False, why=why)


def _count(setup: Setup, a: Accelerator, request: TrainingRequest, node: int, c: SizingConstants) -> int | None:
    """Accelerators of the cluster; None if none holds the training, or none is ready in time."""
    if request.count is not None:
        return request.count
    if request.data is not None:
        return (request.tensor or 1) * (request.pipeline or 1) * request.data
    least = smallest_cluster(setup, a, node, c.least(), _wanted(request))
    if least is None or request.deadline_days is None or request.tokens is None:
        return least

    def late(count: int) -> bool:
        return days_of(setup, a, request, count, node, c) > (request.deadline_days or 0.0)

    low, high = least, least
    while late(high):
        low, high = high, high * 2 if high * 2 <= node or high >= node else node
        if high > LARGEST_CLUSTER:
            return None
    unit = node * (8 if high > 64 * node else 1)  # large clusters divide by tensor and pipeline parallelism
    while high > node and high - low > unit:
        middle = (low + high) // 2 // unit * unit
        low, high = (middle, high) if late(middle) else (low, middle)
    return high


def _wanted(request: TrainingRequest) -> float | None:
    """Share of the layers to recompute; None if it is to be chosen."""
    return {"none": 0.0, "full": 1.0, None: None}[request.recompute]


def _need(
    setup: Setup, a: Accelerator, request: TrainingRequest, count: int, node: int, c: SizingConstants
) -> tuple[Need, bool]:
    """Memory of the layout asked for, else of the first that fits; limits are those of "starts at all"."""
    limits = c.least()
    if request.tensor is None and request.pipeline is None and request.data is None and request.zero is None:
        alone = reached_utilisation(setup.model, a, request.precision, c, sequence_tokens=setup.sequence_tokens)
        peak = training_peak_tflops(a, request.precision) or 0.0
        each = training_tokens_per_s(setup.model, peak, alone, per_token(setup.model, request))
        return best_layout(setup, a, count, node, limits, _wanted(request), each)
    tensor, pipeline = request.tensor or 1, request.pipeline or 1
    data = max(1, count // (tensor * pipeline))
    zero = 3 if request.zero is None else request.zero
    usable = limits.memory_use_fraction * (a.total_memory_gb or 0.0)
    need = recomputing(setup, ParallelLayout(tensor, pipeline, data, zero), usable, limits, _wanted(request))
    return need, need.total_gb <= usable


def _utilisation(
    setup: Setup, a: Accelerator, request: TrainingRequest, count: int, layout: ParallelLayout, c: SizingConstants
) -> float:
    if request.mfu is not None:
        return request.mfu
    return reached_utilisation(
        setup.model,
        a,
        request.precision,
        c,
        count=count,
        sequence_tokens=setup.sequence_tokens,
        lora=setup.method != "full",
        recompute=layout.recompute,
    )


def _progress(request: TrainingRequest, accelerators: int) -> float:
    """Share of the time in which the cluster moves on."""
    run = TrainingRun(
        name="estimate",
        kind="training_run",
        flop=1.0,
        failures_per_accelerator_year=request.failures_per_accelerator_year,
        checkpoint_write_minutes=request.checkpoint_write_minutes,
        restart_hours=request.restart_hours,
    )
    return goodput(run, accelerators)


def days_of(setup: Setup, a: Accelerator, request: TrainingRequest, count: int, node: int, c: SizingConstants) -> float:
    """Days of the run on a cluster, failures and checkpoints included."""
    need, _ = _need(setup, a, request, count, node, c)
    mfu = _utilisation(setup, a, request, count, need.layout, c)
    peak = training_peak_tflops(a, request.precision) or 0.0
    each = training_tokens_per_s(setup.model, peak, mfu, per_token(setup.model, request))
    speed = each * count * _progress(request, count)
    return float("inf") if speed <= 0 else (request.tokens or 0.0) / speed / SECONDS_PER_HOUR / HOURS_PER_DAY


def _too_small(
    setup: Setup, a: Accelerator, request: TrainingRequest, node: int, c: SizingConstants, refused: TrainingLine
) -> TrainingLine:
    """No cluster does it: none holds the training, or none is ready in time."""
    if smallest_cluster(setup, a, node, c.least(), _wanted(request)) is not None:
        return refused._replace(why=f"no cluster up to {LARGEST_CLUSTER:,} is ready in {request.deadline_days:g} days")
    need, _ = _need(setup, a, request, LARGEST_CLUSTER, node, c)
    why = f"needs {need.total_gb:.1f} GB per accelerator even on {LARGEST_CLUSTER:,} of {a.total_memory_gb:g} GB"
    return refused._replace(why=why, accelerators=LARGEST_CLUSTER, memory_needed_gb=need.total_gb)


def _told(
    setup: Setup,
    a: Accelerator,
    request: TrainingRequest,
    need: Need,
    catalog: Catalog,
    market: MarketPrices,
    c: SizingConstants,
) -> TrainingLine:
    layout, count = need.layout, need.layout.accelerators
    mfu = _utilisation(setup, a, request, count, layout, c)
    peak = training_peak_tflops(a, request.precision) or 0.0
    each = training_tokens_per_s(setup.model, peak, mfu, per_token(setup.model, request))
    progress = _progress(request, count)
    speed = each * count * progress
    hours = None if request.tokens is None or speed <= 0 else request.tokens / speed / SECONDS_PER_HOUR
    on_demand, committed = _prices(a, count, request, market)
    kw = None if a.tdp_watts is None else a.tdp_watts / 1000 * count * catalog.node_power_ratio * catalog.pue
    network = network_gb_per_s(setup, layout, each)
    within = count <= max(*market.node_sizes(a.id), 1)

    def cost(price: Price | None) -> float | None:
        return None if price is None or hours is None else price.usd_per_accelerator_hour * count * hours

    return TrainingLine(
        accelerator=a.id,
        fits=True,
        why="",
        accelerators=count,
        tensor=layout.tensor,
        pipeline=layout.pipeline,
        data=layout.data,
        zero=layout.zero,
        recompute=layout.recompute,
        memory_needed_gb=need.total_gb,
        memory_gb=a.total_memory_gb or 0.0,
        tokens_per_s=each * count,
        tokens_per_s_per_accelerator=each,
        tokens_per_s_low=each * count * (c.train_low if request.mfu is None else 1.0),
        tokens_per_s_high=each * count * (c.train_high if request.mfu is None else 1.0),
        mfu=mfu,
        goodput=progress,
        network="within a node" if within else fabric_for(network),
        days=None if hours is None else hours / HOURS_PER_DAY,
        accelerator_hours=None if hours is None else hours * count,
        energy_mwh=None if hours is None or kw is None else kw * hours / 1000,
        on_demand=on_demand,
        committed=committed,
        usd=cost(on_demand),
        usd_committed=cost(committed),
        remarks=(*_remarks(a, need, c), *filter(None, [beyond_cap(catalog, on_demand, a.id, count)])),
    )


def _prices(
    a: Accelerator, count: int, request: TrainingRequest, market: MarketPrices
) -> tuple[Price | None, Price | None]:
    if request.price_usd_per_accelerator_hour is not None:
        return stated(request.price_usd_per_accelerator_hour), None
    together = min(count, max(market.node_sizes(a.id)))
    return cheapest(market.on_demand, a.id, together), cheapest(market.committed, a.id, together)


def _remarks(a: Accelerator, need: Need, c: SizingConstants) -> Iterator[str]:
    reserve = need.total_gb + c.overhead_gb - c.least().overhead_gb
    if reserve > c.memory_use_fraction * (a.total_memory_gb or 0.0):
        yield "starts, but without the memory that plans keep in reserve"
    if a.spec_check == "no":
        yield "datasheet figures not verified"


def total_flop(model: LanguageModel, request: TrainingRequest) -> float | None:
    """FLOP of the whole run, attention included."""
    return None if request.tokens is None else per_token(model, request) * request.tokens
