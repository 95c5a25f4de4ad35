"""Records of what is owned: sites by period, servers bought, the money they need, the figures they rest on."""

from collections import defaultdict
from collections.abc import Mapping
from decimal import Decimal

from planner.domain.finance import book_value_usd, discount_factor, peak_funding
from planner.domain.records import AssetRecord, FigureRecord, FundingRecord, SitePeriod, SiteRecord
from planner.formulation.parameters import Parameters, Site
from planner.market import Figure, SiteOffer, end_of, sale
from planner.solution.decisions import Decisions
from planner.solution.payments import Beside, Charge, Payment, exact
from planner.solution.records.owned import ZERO, _asset, worked_hours
from planner.solution.records.periods import dollars, label

FIXED_KINDS = ("site", "team")


def site_records(
    p: Parameters, d: Decisions, paid: list[Payment], beside: Beside, offers: tuple[SiteOffer, ...], rate: float
) -> tuple[SiteRecord, ...]:
    """Every site that is opened, with its money and its use."""
    by_name = {offer.name: offer for offer in offers}
    return tuple(
        _site(p, d, p.sites[k], by_name[p.sites[k].name], v, _flows_of(p, p.sites[k].name, paid, beside), rate)
        for k, v in sorted(d.opened.items())
    )


def _flows_of(p: Parameters, site: str, paid: list[Payment], beside: Beside) -> list[Payment | Charge]:
    mine: list[Payment | Charge] = [
        payment for payment in paid if payment.owned and p.options[payment.option].option.provider == site
    ]
    return mine + [charge for charge in beside.charges if charge.provider == site]


def _site(
    p: Parameters, d: Decisions, site: Site, offer: SiteOffer, v: int, flows: list[Payment | Charge], rate: float
) -> SiteRecord:
    count = len(p.horizon.periods)
    first = v + p.options[site.power].terms.lead
    periods = tuple(_period(p, d, site, t) for t in range(first, count))
    kinds: dict[str, Decimal] = defaultdict(lambda: ZERO)
    worth, npv, fixed = ZERO, 0.0, 0.0
    for flow in flows:
        value = float(flow.usd * flow.counted) * _factor(p, flow.period, flow.at_start, rate)
        npv += value
        fixed += value if flow.kind in FIXED_KINDS else 0.0
        if flow.period < count:
            kinds[flow.kind] += flow.usd
        elif flow.kind == "sale":
            worth -= flow.usd
    busy = sum(one.busy_accelerator_hours * p.middle[one.period] for one in periods)
    served = sum(one.accelerators * p.horizon.periods[one.period].hours * p.middle[one.period] for one in periods)
    return SiteRecord(
        site=site.name,
        kind=offer.kind,
        region=offer.region,
        country=offer.country,
        opened=label(p.horizon, v),
        opened_index=v,
        first_power=label(p.horizon, first),
        first_power_index=first,
        periods=periods,
        cash_by_kind={kind: dollars(usd) for kind, usd in kinds.items()},
        value_at_end_usd=dollars(worth),
        npv_usd=round(npv, 6),
        fixed_npv_usd=round(fixed, 6),
        usd_per_accelerator_hour=npv / busy if busy > 0 else None,
        usd_per_accelerator_hour_in_service=npv / served if served > 0 else None,
    )


def _factor(p: Parameters, t: int, at_start: bool, rate: float) -> float:
    """Discount factor; periods beyond the horizon are as long as its last."""
    periods = p.horizon.periods
    if t < len(periods):
        return discount_factor(rate, periods[t].start_years if at_start else periods[t].middle_years)
    length = periods[-1].end_years - periods[-1].start_years
    return discount_factor(rate, p.horizon.end_years + (t - len(periods) + (0.0 if at_start else 0.5)) * length)


def _period(p: Parameters, d: Decisions, site: Site, t: int) -> SitePeriod:
    live = d.live(p, site.power, t, 0) * site.kw
    racked = servers = accelerators = busy = kwh = 0.0
    for o, kw in site.servers:
        option, nodes = p.options[o].option, d.live(p, o, t, 0)
        asset = _asset(option)
        racked, servers, accelerators = racked + nodes * kw, servers + nodes, accelerators + nodes * option.count
        worked, idle = worked_hours(p, d, o, t), _idle_after_runs(d, o, t)
        busy += (worked - idle) * option.count
        kwh += nodes * p.horizon.periods[t].hours * asset.idle_kw * asset.pue + worked * asset.extra_kwh_per_hour
    return SitePeriod(
        period=t,
        live_kw=live,
        racked_kw=racked,
        servers=servers,
        accelerators=accelerators,
        busy_accelerator_hours=busy,
        kwh=kwh,
    )


def _idle_after_runs(d: Decisions, o: int, t: int) -> float:
    """Node-hours of an option that are idle because the run that holds them is over before the period is."""
    return sum(
        part.nodes * (part.hours - placed.cast.last_hours)
        for placed in d.runs
        for part in placed.parts
        if part.option == o and part.period == t == placed.cast.end - 1
    )


def asset_records(p: Parameters, d: Decisions, paid: list[Payment]) -> tuple[AssetRecord, ...]:
    """Every signing of servers and of modules."""
    found = []
    for (o, v), units in sorted(d.signed.items()):
        option, terms = p.options[o].option, p.options[o].terms
        asset = option.asset
        if asset is None or asset.role == "rent":
            continue
        kinds: dict[str, Decimal] = defaultdict(lambda: ZERO)
        for payment in paid:
            if payment.option == o and payment.signed == v and payment.at_start:
                kinds[payment.kind] += payment.usd
        end, start = end_of(terms, v, p.horizon), v + terms.lead
        gone = sale(asset, terms, v, p.horizon)
        age = (_start(p, end) - _start(p, start)) * 12.0
        book = book_value_usd(float(sum(kinds.values(), ZERO)), max(round(age, 9), 0.0), asset.book_life_months)
        found.append(
            AssetRecord(
                option=option.id,
                site=asset.site,
                units=units,
                signed_index=v,
                start_index=start,
                end_index=end,
                capital_by_kind={kind: dollars(usd) for kind, usd in kinds.items()},
                sale_usd=0.0 if gone is None else dollars(-exact(gone.price_usd) * exact(units)),
                book_value_usd=book,
            )
        )
    return tuple(found)


def _start(p: Parameters, t: int) -> float:
    periods = p.horizon.periods
    return periods[t].start_years if t < len(periods) else p.horizon.end_years


def funding_of(p: Parameters, paid: list[Payment], beside: Beside, cash: tuple[float, ...]) -> FundingRecord:
    """The deepest point of cumulated cash, and what is paid upfront in each plan-year."""
    deepest = peak_funding([-usd for usd in cash])
    years = [ZERO] * p.horizon.plan_years
    flows: list[Payment | Charge] = [*paid, *beside.charges]
    for flow in flows:
        if flow.at_start and flow.usd > 0 and flow.period < len(p.horizon.periods) and flow.kind != "support":
            years[p.horizon.periods[flow.period].plan_year] += flow.usd
    return FundingRecord(
        peak_usd=round(deepest.usd, 6),
        peak_period=deepest.period,
        capital_by_plan_year=tuple(dollars(usd) for usd in years),
    )


def figure_records(
    offers: tuple[SiteOffer, ...], servers: Mapping[str, tuple[Figure, ...]]
) -> dict[str, tuple[FigureRecord, ...]]:
    """Figures of `site:NAME` and `server:LABEL`."""
    things = {f"site:{offer.name}": offer.figures for offer in offers}
    things |= {f"server:{name}": figures for name, figures in servers.items()}
    return {name: tuple(FigureRecord(**figure._asdict()) for figure in figures) for name, figures in things.items()}
