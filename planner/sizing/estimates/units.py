"""`planner estimate` for work beyond text: images, minutes of sound or video, by FLOP per unit."""

from planner.domain.answers import Price, ServingRequest, UnitLine
from planner.domain.inputs import Accelerator, Catalog, LanguageModel
from planner.sizing.constants import SizingConstants
from planner.sizing.estimates.market_price import MarketPrices, cheapest, stated
from planner.sizing.units_of_work import memory_gb, units_per_hour
from planner.units import SECONDS_PER_HOUR

THOUSAND = 1000.0


def unit_lines(
    model: LanguageModel,
    flop_per_unit: float,
    request: ServingRequest,
    catalog: Catalog,
    market: MarketPrices,
    constants: SizingConstants,
) -> tuple[UnitLine, ...]:
    """One line an accelerator: what fits by cost, then what does not."""
    c = constants.matured() if request.mature_software else constants
    names = request.accelerators or tuple(catalog.accelerators)
    lines = [_line(model, flop_per_unit, catalog.accelerators[name], request, catalog, market, c) for name in names]
    return tuple(sorted(lines, key=lambda line: (bool(line.why), line.cheapest_usd, line.accelerator)))


def _line(
    model: LanguageModel,
    flop_per_unit: float,
    a: Accelerator,
    request: ServingRequest,
    catalog: Catalog,
    market: MarketPrices,
    c: SizingConstants,
) -> UnitLine:
    limits = c.least()
    need = memory_gb(model, limits)
    refused = UnitLine(a.id, False, "", memory_needed_gb=need, memory_gb=a.total_memory_gb or 0.0)
    if a.memory_gb is None or a.bf16_tflops is None:
        return refused._replace(why=f"not known: memory or 16-bit throughput of `{a.id}`")
    if need > limits.memory_use_fraction * (a.total_memory_gb or 0.0):
        return refused._replace(why=f"needs {need:.1f} GB of {a.total_memory_gb:g} GB")
    per_hour = units_per_hour(a, 1, flop_per_unit, c) * request.derating * request.utilisation
    on_demand, committed = cheapest(market.on_demand, a.id, 1), cheapest(market.committed, a.id, 1)
    if request.price_usd_per_accelerator_hour is not None:
        on_demand, committed = stated(request.price_usd_per_accelerator_hour), None
    kw = None if a.tdp_watts is None else a.tdp_watts / THOUSAND * catalog.node_power_ratio * catalog.pue

    def per_thousand(price: Price | None) -> float | None:
        return None if price is None else price.usd_per_accelerator_hour / per_hour * THOUSAND

    each = per_hour / SECONDS_PER_HOUR
    return refused._replace(
        fits=True,
        units_per_s=each,
        units_per_s_low=each * c.serve_low,
        units_per_s_high=each * c.serve_high,
        kwh_per_thousand=None if kw is None else kw / per_hour * THOUSAND,
        on_demand=on_demand,
        committed=committed,
        usd_per_thousand=per_thousand(on_demand),
        usd_per_thousand_committed=per_thousand(committed),
        remarks=("software of the generation slower than the best",) if c.software_of(a).prefill < 1 else (),
    )
