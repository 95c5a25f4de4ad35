"""The facts a plan rests on: its options with their prices, how they serve, the caps they were under."""

from planner.assembly import Assembled
from planner.domain.options import Option
from planner.domain.records import CapRecord, FitRecord, OptionRecord
from planner.domain.scenario import PriceChange
from planner.formulation.parameters import Parameters
from planner.market import Market, Pricing
from planner.sizing import Screened


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
                option=option.id,
                action=option.action,
                pool=option.pool,
                provider=option.provider,
                region=option.region,
                country=option.country,
                node_type=option.node_type,
                accelerator=option.accelerator,
                accelerators_per_node=option.count,
                contract=option.contract,
                list_price_usd=option.usd_per_hour,
                list_price_input_usd_per_mtok=option.usd_per_mtok_input,
                list_price_output_usd_per_mtok=option.usd_per_mtok_output,
                list_price_cached_usd_per_mtok=option.usd_per_mtok_cached,
                list_price_input_batch_usd_per_mtok=option.usd_per_mtok_input_batch,
                list_price_output_batch_usd_per_mtok=option.usd_per_mtok_output_batch,
                list_price_usd_per_unit=option.usd_per_unit,
                priced_unit=option.priced_unit,
                discount_fraction=pricing.discount(option),
                change_per_year=_change_per_year(option, change),
                price_path=(change.path or "") if change else "",
                generation=option.generation,
                today_usd_per_hour=option.today_usd_per_hour,
                today_upfront_usd=option.today_upfront_usd,
                zone=option.zone,
                vendor=option.vendor,
                delivery=option.delivery,
                kw_per_node=option.kw_per_node,
                g_per_kwh=intensity.get(o),
                upfront_usd=option.upfront_usd,
                usd_per_hour=option.usd_per_hour,
                term_periods=terms.term,
                lead_periods=terms.lead,
                min_nodes=option.min_nodes if terms.term else 0,
                max_nodes=option.max_nodes,
                exact_nodes=option.exact_nodes,
                block_hours=option.block_hours,
                period_share=option.period_share,
                groups=option.groups,
                interruptions_per_month=option.interruptions_per_month,
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
                rate_per_node_hour=fit.rate_per_node_hour,
                replica_nodes=fit.replica_nodes,
                spot_lost_fraction=screened.lost_fraction.get((w, position), 0.0),
                precision=fit.precision,
                tensor_parallel=fit.tensor_parallel,
                pipeline_parallel=fit.pipeline_parallel,
                batch=fit.batch,
                ttft_ms=fit.ttft_ms,
                tpot_ms=fit.tpot_ms,
                basis=fit.basis,
                derivation=fit.derivation,
                rate_low_per_node_hour=fit.rate_low,
                rate_high_per_node_hour=fit.rate_high,
            )
        )
    return tuple(found)


def cap_records(market: Market, p: Parameters, used: set[int], told: set[str]) -> tuple[CapRecord, ...]:
    """Caps over the options in use, and those that are told of by name."""
    names = told | {name for o in used for name in p.options[o].option.groups}
    return tuple(
        CapRecord(
            name=name,
            max_nodes=cap.max_nodes,
            max_accelerators=cap.max_accelerators,
            counts=cap.counts,
            assumed=cap.assumed,
            kind=cap.kind,
            of=cap.of,
            accelerator=cap.accelerator,
            contract=cap.contract,
        )
        for name, cap in market.caps.items()
        if name in names
    )
