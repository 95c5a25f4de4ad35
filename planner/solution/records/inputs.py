"""The facts a plan rests on: its options with their prices, how they serve, the caps they were under."""

from typing import Any

from planner.assembly import Assembled
from planner.domain.options import Option
from planner.domain.records import CapRecord, FitRecord, OptionRecord
from planner.domain.scenario import PriceChange
from planner.formulation.parameters import Parameters
from planner.market import Market, Pricing
from planner.sizing import Screened

_OF_AN_OPTION = (
    "action", "pool", "provider", "region", "country", "node_type", "accelerator", "contract", "priced_unit",
    "generation", "today_usd_per_hour", "today_upfront_usd", "zone", "vendor", "delivery", "kw_per_node",
    "upfront_usd", "usd_per_hour", "max_nodes", "exact_nodes", "block_hours", "period_share", "groups",
    "interruptions_per_month",
)  # fmt: skip
_OF_A_FIT = (
    "rate_per_node_hour", "replica_nodes", "precision", "tensor_parallel", "pipeline_parallel", "batch", "ttft_ms",
    "tpot_ms", "basis", "derivation",
)  # fmt: skip
"""Fields of a record that are called as in what it is made of."""


def _same(source: object, names: tuple[str, ...]) -> dict[str, Any]:
    return {name: getattr(source, name) for name in names}


def option_records(
    p: Parameters, used: set[int], pricing: Pricing, intensity: dict[int, float | None]
) -> tuple[OptionRecord, ...]:
    """Options of the plan; `intensity` in grams CO2e per kWh by option."""
    records = []
    seen: set[str] = set()
    for o in sorted(used):
        option, terms = p.options[o].option, p.options[o].terms
        if option.id in seen:
            continue  # a hosted API that serves several workloads
        seen.add(option.id)
        change = pricing.change(option)
        records.append(
            OptionRecord(
                **_same(option, _OF_AN_OPTION),
                option=option.id,
                accelerators_per_node=option.count,
                list_price_usd=option.usd_per_hour,
                list_price_input_usd_per_mtok=option.usd_per_mtok_input,
                list_price_output_usd_per_mtok=option.usd_per_mtok_output,
                list_price_cached_usd_per_mtok=option.usd_per_mtok_cached,
                list_price_input_batch_usd_per_mtok=option.usd_per_mtok_input_batch,
                list_price_output_batch_usd_per_mtok=option.usd_per_mtok_output_batch,
                list_price_usd_per_unit=option.usd_per_unit,
                discount_fraction=pricing.discount(option),
                change_per_year=_change_per_year(option, change),
                price_path=(change.path or "") if change else "",
                g_per_kwh=intensity.get(o),
                term_periods=terms.term,
                lead_periods=terms.lead,
                min_nodes=option.min_nodes if terms.term else 0,
                source=option.provenance.source,
                as_of=option.provenance.as_of,
                basis=option.provenance.basis,
                price_row=option.provenance.row,
            )
        )
    return tuple(records)


def _change_per_year(option: Option, change: PriceChange | None) -> float:
    if option.asset is not None:
        return option.asset.change_per_year
    return change.per_year if change else 0.0


def fit_records(
    p: Parameters, pairs: set[tuple[int, int]], assembled: Assembled, screened: Screened, market: Market
) -> tuple[FitRecord, ...]:
    """How options serve workloads, for pairs (workload or fallback, option)."""
    found = []
    for w, o in sorted(pairs):
        position = assembled.sources[o]
        fit = screened.fits[w, position]
        found.append(
            FitRecord(
                workload=p.workloads[p.parent(w)],
                mode="fallback" if w >= len(p.workloads) else "",
                option=market.options[position].id,
                spot_lost_fraction=screened.lost_fraction.get((w, position), 0.0),
                **_same(fit, _OF_A_FIT),
                rate_low_per_node_hour=fit.rate_low,
                rate_high_per_node_hour=fit.rate_high,
            )
        )
    return tuple(found)


def cap_records(market: Market, p: Parameters, used: set[int], told: set[str]) -> tuple[CapRecord, ...]:
    """Caps over the options in use, and those that are told of by name."""
    names = told | {name for o in used for name in p.options[o].option.groups}
    return tuple(CapRecord(name=name, **cap._asdict()) for name, cap in market.caps.items() if name in names)
