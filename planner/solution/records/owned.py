"""Decisions → what a plan says of what is owned: its lines, its sites, its assets, the money it needs."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from decimal import Decimal

from planner.domain.finance import book_value_usd, discount_factor, peak_funding
from planner.domain.options import Asset, Option
from planner.domain.records import AssetRecord, FigureRecord, FundingRecord, PlanLine, SitePeriod, SiteRecord
from planner.formulation.parameters import Parameters, Site
from planner.market import Figure, SiteOffer, end_of, sale
from planner.solution.decisions import Decisions
from planner.solution.payments import Beside, Charge, Payment, exact
from planner.solution.records.lines import Busyness
from planner.solution.records.periods import dollars, label

ZERO = Decimal(0)
FIXED_KINDS = ("site", "team")
UNIT_OF = {"server": "server", "rent": "kW-hour", "building": "module"}


def owned_lines(
    p: Parameters, d: Decisions, paid: Iterable[Payment], busyness: Busyness, why: dict[int, str]
) -> list[PlanLine]:
    """One line per purchase of servers and of modules; one per rent contract and price of it, the first with its fit-out."""
    capital: dict[tuple[int, int], list[Payment]] = defaultdict(list)
    rents: dict[tuple[int, int], dict[Decimal, list[Payment]]] = defaultdict(lambda: defaultdict(list))
    for payment in paid:
        if payment.owned and payment.at_start:
            capital[payment.option, payment.signed].append(payment)
        elif payment.owned:
            rents[payment.option, payment.signed][payment.unit_price].append(payment)
    lines = []
    for key in sorted(d.signed):
        o, _ = key
        if p.options[o].option.asset is None:
            continue
        first = True
        for price, payments in rents.get(key, {}).items():
            fit_out = capital.get(key, []) if first else []
            lines.append(_rent(p, d, key, price, payments, fit_out, why))
            first = False
        if first:
            lines.append(_bought(p, d, key, capital.get(key, []), busyness, why))
    return lines


def _bought(
    p: Parameters, d: Decisions, key: tuple[int, int], capital: list[Payment], busyness: Busyness, why: dict[int, str]
) -> PlanLine:
    o, v = key
    member = p.options[o]
    units = exact(d.signed[key])
    price = sum((payment.unit_price for payment in capital), ZERO)
    used = (busyness.utilisation(o), busyness.held(o)) if member.option.count else (None, None)
    return _line(
        p, key, (v + member.terms.lead, end_of(member.terms, v, p.horizon)), units, price, ZERO, units, used, why
    )


def _rent(
    p: Parameters,
    d: Decisions,
    key: tuple[int, int],
    price: Decimal,
    rents: list[Payment],
    fit_out: list[Payment],
    why: dict[int, str],
) -> PlanLine:
    quantity = sum((payment.quantity for payment in rents), ZERO)
    span = min(payment.period for payment in rents), max(payment.period for payment in rents) + 1
    upfront = sum((payment.usd for payment in fit_out), ZERO)
    inside = sum((payment.usd for payment in rents if payment.period < len(p.horizon.periods)), upfront)
    line = _line(p, key, span, quantity, price, upfront, exact(d.signed[key]), (None, None), why)
    return line.model_copy(update={"in_horizon_usd": dollars(inside)})


def _line(
    p: Parameters,
    key: tuple[int, int],
    span: tuple[int, int],
    quantity: Decimal,
    price: Decimal,
    upfront: Decimal,
    units: Decimal,
    used: tuple[float | None, float | None],
    why: dict[int, str],
) -> PlanLine:
    o, v = key
    option, terms = p.options[o].option, p.options[o].terms
    asset = _asset(option)
    total = quantity * price + upfront
    nodes = float(units) if asset.role == "server" else 0.0
    return PlanLine(
        action=option.action,
        option=option.id,
        provider=option.provider,
        region=option.region,
        country=option.country,
        accelerator=option.accelerator,
        node_type=option.node_type,
        contract=option.contract,
        term_periods=terms.term,
        signed=label(p.horizon, v),
        signed_index=v,
        start=label(p.horizon, span[0]),
        start_index=span[0],
        end=label(p.horizon, span[1] - 1),
        end_index=span[1],
        nodes=nodes,
        units=float(units),
        accelerators=nodes * option.count,
        quantity=float(quantity),
        unit_price_usd=float(price),
        unit=UNIT_OF[asset.role],
        list_price_usd=_list_price(asset),
        upfront_usd=dollars(upfront),
        paid_upfront_usd=dollars(total if p.options[key[0]].option.action in ("buy", "build") else upfront),
        total_usd=dollars(total),
        in_horizon_usd=dollars(total),
        utilisation=used[0],
        held_fraction=used[1],
        why=why.get(o, "") or _purpose(p, o),
        price_source=option.provenance.source,
        price_as_of=option.provenance.as_of,
        price_basis=option.provenance.basis,
    )


def _list_price(asset: Asset) -> float:
    """At the start of the horizon: capital of a unit, or its rent per hour."""
    rent = next((part.usd_per_hour for part in asset.recurring if part.follows == "contract"), None)
    return rent if rent is not None else dollars(sum((exact(usd) for _, usd, _ in asset.capital), ZERO))


def _purpose(p: Parameters, o: int) -> str:
    asset = _asset(p.options[o].option)
    if asset.role == "server":
        return f"stands at {asset.site}"
    return f"power for the servers at {asset.site}"


def _asset(option: Option) -> Asset:
    assert option.asset is not None
    return option.asset


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
        worked, idle = worked_hours(p, d, o, t), idle_after_runs(p, d, o, t)
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


def worked_hours(p: Parameters, d: Decisions, o: int, t: int) -> float:
    """Node-hours of an option that work in a period, or are held by a run: energy is counted for whole periods of it."""
    total = 0.0
    for s, hours in enumerate(p.hours[t]):
        total += sum(part.nodes for part in d.busy.get((t, s), ()) if part.option == o) * hours
    for placed in d.runs:
        total += sum(part.nodes * part.hours for part in placed.parts if part.option == o and part.period == t)
    return total


def idle_after_runs(p: Parameters, d: Decisions, o: int, t: int) -> float:
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
