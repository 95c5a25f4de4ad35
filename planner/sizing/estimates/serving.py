"""`planner estimate --serve`: how each accelerator serves a model, what it costs per million tokens, or why it cannot.

With a layout given nothing is chosen. Else every precision and group is sized at once, and of those that fit and meet
the limits the one with most tokens per accelerator is taken: at one price per accelerator-hour that is the cheapest.
Requests under way are as stated, else as many as the latency tier allows in the memory that plans use, else as many as
memory holds. A layout that only starts at all (95% of memory, 1.5 GB of overhead) counts as fitting, and says so.
"""

from collections.abc import Iterator, Sequence

import numpy as np

from planner.domain.answers import Price, ServingLine, ServingRequest
from planner.domain.inputs import Accelerator, Catalog, LanguageModel
from planner.domain.workloads import TIERS, LatencyTier
from planner.sizing.constants import SizingConstants
from planner.sizing.estimates.market_price import MarketPrices, beyond_cap, cheapest, stated
from planner.sizing.estimates.ways import ServingWay, impossible_layout, ways_of
from planner.sizing.figures import stack
from planner.sizing.formats import allowed_precisions
from planner.sizing.serving import largest_batches, running_sequences
from planner.sizing.throughput import MS, Speed, Stated, speed_from
from planner.units import SECONDS_PER_HOUR, TOKENS_PER_MTOK

MOST_RUNNING = 4096
"""Sequences per copy where nothing but memory limits them."""
USUAL_RUNNING = 1024
"""Sequences per copy under a latency tier, as in plans."""
NO_LIMIT = LatencyTier(None, None)


def tier_of(request: ServingRequest) -> LatencyTier:
    """Limits asked for; none if neither a tier nor a limit is named."""
    limits = TIERS[request.latency] if request.latency else NO_LIMIT
    return LatencyTier(request.ttft_ms or limits.ttft_ms, request.tpot_ms or limits.tpot_ms)


def stated_of(request: ServingRequest) -> Stated:
    return Stated(request.prefix_cache_hit_fraction, request.speculative_speedup, request.disaggregation_speedup)


def serving_lines(
    model: LanguageModel, request: ServingRequest, catalog: Catalog, market: MarketPrices, constants: SizingConstants
) -> tuple[ServingLine, ...]:
    """One line an accelerator: what fits by cost, then what does not."""
    c = constants.with_engine(request.engine)
    c = c.matured() if request.mature_software else c
    names = request.accelerators or tuple(catalog.accelerators)
    lines = [_line(model, catalog.accelerators[name], request, catalog, market, c) for name in names]
    return tuple(
        sorted(lines, key=lambda line: (not line.fits or bool(line.why), line.cheapest_usd_per_mtok, line.accelerator))
    )


def _line(
    model: LanguageModel,
    a: Accelerator,
    request: ServingRequest,
    catalog: Catalog,
    market: MarketPrices,
    c: SizingConstants,
) -> ServingLine:
    unknown = unknown_figures(model, a)
    if unknown:
        return ServingLine(a.id, False, False, unknown, memory_gb=a.total_memory_gb or 0.0)
    impossible = impossible_layout(model, request)
    if impossible:
        return ServingLine(a.id, False, False, impossible, memory_gb=a.total_memory_gb or 0.0)
    ways = list(ways_of(model, a, request, market, c))
    if not ways:
        wanted = " or ".join(allowed_precisions(request.precisions, model))
        return ServingLine(a.id, False, False, f"no hardware for {wanted}", memory_gb=a.total_memory_gb or 0.0)
    sized = _sized(ways, request, c)
    able = [way for way in sized if way.running > 0]
    if able:
        best = max(able, key=lambda way: (_goodness(way, request), -way.group.size))
        return _told(best, a, request, catalog, market, c)
    starts = [way for way in sized if way.need.batch_limit > 0]
    if starts:
        least = min(starts, key=lambda way: _speed(way, request, c).tpot(1.0))
        running = 1.0 if request.concurrency is None else _sharing(least, request.concurrency)
        line = _told(least._replace(running=running), a, request, catalog, market, c)
        return line._replace(why=_too_slow(line, request))
    least = min(sized, key=lambda way: (way.need.smallest_gb, way.group.size))
    return _told(_as_if(least, request, c), a, request, catalog, market, c)._replace(
        why=f"needs {least.need.smallest_gb:.1f} GB per accelerator on {least.group.size} of {a.total_memory_gb:g} GB "
        f"in {least.precision}"
    )


def unknown_figures(model: LanguageModel, a: Accelerator) -> str:
    """What is not known of model or accelerator and needed, in words; empty if all is."""
    figures: dict[str, float | None] = {
        f"memory of `{a.id}`": a.memory_gb,
        f"memory bandwidth of `{a.id}`": a.memory_bandwidth_gb_per_s,
        f"16-bit throughput of `{a.id}`": a.bf16_tflops,
    }
    if model.attention == "none" or model.layers is None:
        return f"`{model.id}` does not generate token by token: state FLOP per unit"
    missing = [name for name, value in figures.items() if value is None]
    return f"not known: {', '.join(missing)} (state it by `--accelerator-file`)" if missing else ""


def _speed(way: ServingWay, request: ServingRequest, c: SizingConstants) -> Speed[float]:
    return speed_from(way.figures, c, stated_of(request))


def _sized(ways: Sequence[ServingWay], request: ServingRequest, c: SizingConstants) -> list[ServingWay]:
    """The ways with the requests that run at once, all at the same time."""
    speed, tier = speed_from(stack([way.figures for way in ways]), c, stated_of(request)), tier_of(request)
    if request.concurrency is not None:
        running = np.array([_sharing(way, request.concurrency) for way in ways])
    else:
        limits = np.array([_limit(way, tier) for way in ways], dtype=np.int64)
        running = largest_batches(speed, tier, limits).astype(np.float64)
    rates = speed.output_tokens_per_s(np.maximum(running, 1.0)) * (running > 0)
    sized = [
        way._replace(running=float(r), tokens_per_s=float(rate))
        for way, r, rate in zip(ways, running, rates, strict=True)
    ]
    if request.concurrency is None or tier == NO_LIMIT:
        return sized
    return [way if _meets(way, tier, request, c) else way._replace(running=0.0, tokens_per_s=0.0) for way in sized]


def _sharing(way: ServingWay, concurrency: float) -> float:
    """Requests that run at once in one copy when `concurrency` are spread over all; 0 if not one fits."""
    return 0.0 if way.need.batch_limit == 0 else running_sequences(way.need, concurrency / way.replicas)


def _limit(way: ServingWay, tier: LatencyTier) -> int:
    if tier != NO_LIMIT:
        return min(USUAL_RUNNING, way.reserve.batch_limit)
    return 0 if way.need.batch_limit == 0 else int(min(MOST_RUNNING * way.group.data, way.need.running_limit))


def _meets(way: ServingWay, tier: LatencyTier, request: ServingRequest, c: SizingConstants) -> bool:
    if way.running == 0:
        return False
    speed = _speed(way, request, c)
    slow_token = tier.tpot_ms is not None and speed.tpot(way.running) > tier.tpot_ms * MS
    slow_start = tier.ttft_ms is not None and _ttft(way, speed, request) > tier.ttft_ms * MS
    return not (slow_token or slow_start)


def _ttft(way: ServingWay, speed: Speed[float], request: ServingRequest) -> float:
    """Seconds, waiting for memory included."""
    asked = way.running if request.concurrency is None else request.concurrency / way.replicas
    waiting = max(0.0, asked - way.running) / way.running * request.output_tokens * speed.tpot(way.running)
    return speed.ttft(way.running) + waiting


def _goodness(way: ServingWay, request: ServingRequest) -> float:
    """What is to be largest: tokens of all copies where their number is given, else per accelerator."""
    return way.tokens_per_s * way.replicas if request.count is not None else way.tokens_per_s / way.group.size


def _as_if(way: ServingWay, request: ServingRequest, c: SizingConstants) -> ServingWay:
    """What a group that does not fit would do if it did, at the requests asked for."""
    running = max(1.0, (request.concurrency or 1.0) / way.replicas)
    return way._replace(running=running, tokens_per_s=_speed(way, request, c).output_tokens_per_s(running))


def _too_slow(line: ServingLine, request: ServingRequest) -> str:
    tier = tier_of(request)
    load = "one request" if request.concurrency is None else f"{request.concurrency:g} requests"
    misses = [
        (value / limit, f"{name} is {value:,.0f} ms with {load}, above {limit:g} ms")
        for name, limit, value in (("TTFT", tier.ttft_ms, line.ttft_ms), ("TPOT", tier.tpot_ms, line.tpot_ms))
        if limit is not None and value > limit
    ]
    return max(misses)[1] if misses else "starts, but not with the memory that plans keep in reserve"


# --- what is told ----------------------------------------------------------------------------------


def _told(
    way: ServingWay, a: Accelerator, request: ServingRequest, catalog: Catalog, market: MarketPrices, c: SizingConstants
) -> ServingLine:
    speed = _speed(way, request, c)
    rate = speed.output_tokens_per_s(way.running) * way.replicas * request.derating * request.utilisation
    share = (request.input_tokens + request.output_tokens) / request.output_tokens
    total = rate * share
    on_demand, committed = _prices(way, a, request, market)
    mtok_per_hour = total * SECONDS_PER_HOUR / TOKENS_PER_MTOK
    kw = None if a.tdp_watts is None else a.tdp_watts / 1000 * way.accelerators * catalog.node_power_ratio * catalog.pue

    def per_mtok(price: Price | None) -> float | None:
        return None if price is None else price.usd_per_accelerator_hour * way.accelerators / mtok_per_hour

    usd = per_mtok(on_demand)
    return ServingLine(
        accelerator=a.id,
        fits=way.need.batch_limit > 0,
        fits_in_production=way.reserve.batch_limit > 0,
        why="",
        precision=way.precision,
        tensor=way.group.tensor,
        pipeline=way.group.pipeline,
        data=way.group.data,
        replicas=way.replicas,
        accelerators=way.accelerators,
        running=way.running * way.replicas,
        output_tokens_per_s=rate,
        output_tokens_per_s_low=rate * c.serve_low,
        output_tokens_per_s_high=rate * c.serve_high,
        ttft_ms=_ttft(way, speed, request) / MS,
        tpot_ms=speed.tpot(way.running) / MS,
        prefill_ms=speed.prefill / MS,
        memory_needed_gb=max(way.need.smallest_gb, way.need.at(way.running)),
        memory_gb=a.total_memory_gb or 0.0,
        total_tokens_per_s=total,
        kwh_per_mtok=None if kw is None else kw / mtok_per_hour,
        on_demand=on_demand,
        committed=committed,
        usd_per_mtok=usd,
        usd_per_mtok_committed=per_mtok(committed),
        usd_per_mtok_output=None if usd is None else usd * share,
        remarks=(
            *_remarks(way, a, request, c),
            *filter(None, [beyond_cap(catalog, on_demand, a.id, way.accelerators)]),
        ),
    )


def _prices(
    way: ServingWay, a: Accelerator, request: ServingRequest, market: MarketPrices
) -> tuple[Price | None, Price | None]:
    if request.price_usd_per_accelerator_hour is not None:
        return stated(request.price_usd_per_accelerator_hour), None
    together = min(way.group.tensor * way.group.data, max(market.node_sizes(a.id)))
    return cheapest(market.on_demand, a.id, together), cheapest(market.committed, a.id, together)


def _remarks(way: ServingWay, a: Accelerator, request: ServingRequest, c: SizingConstants) -> Iterator[str]:
    if way.need.batch_limit > 0 and way.reserve.batch_limit == 0:
        yield "starts, but without the memory that plans keep in reserve"
    if request.concurrency is not None and 0 < way.running * way.replicas < request.concurrency - 0.5:
        yield f"memory holds {way.running * way.replicas:.0f} requests; the others wait"
    if way.idle > 0:
        yield f"{way.idle} of {way.accelerators} accelerators idle: they fill no copy, and are paid for"
    software = c.software_of(a)
    if software != software.matured():
        yield "software of the generation slower than the best; --mature-software takes it to be as good"
    if way.figures.wide:
        yield "the group is wider than a node: its exchanges go over the network"
    yield "time to first token without queueing: what waits before the engine comes on top"
    if a.spec_check == "no":
        yield "datasheet figures not verified"
