"""Sites and what is owned → costs, power, energy: the program's view of colocation and of buildings."""

from planner.assembly.generations import generations, most_units, renewed
from planner.assembly.present_value import Terminal, counted_rent
from planner.domain.finance import discount_factor, price_on_path
from planner.domain.options import Asset, Option, Terms
from planner.domain.scenario import Scenario
from planner.domain.time import Horizon
from planner.formulation.parameters import THOUSAND, Energy, ProgramOption, Site, SubstitutionClass
from planner.market import AssetFlow, Market, Pricing, SiteOffer, flows


def owned_costs(
    option: Option, terms: Terms, horizon: Horizon, rate: float, terminal: Terminal
) -> tuple[list[float], list[dict[int, float]], list[float]]:
    """Present value, cash by period, and capital of one unit by period of signing, thousands of dollars.

    They are 0 where none can be signed. Cash beyond the horizon, and the value of what is still there at its end, count in
    the present value only.
    """
    asset = option.asset
    assert asset is not None
    count = len(horizon.periods)
    cost, cash, capital = [0.0] * count, [dict[int, float]() for _ in range(count)], [0.0] * count
    for v in terms.signing:
        for flow in flows(asset, terms, v, horizon):
            usd = float(flow.usd) / THOUSAND
            cost[v] += usd * discounted(flow, horizon, rate) * counted(flow, asset, terms, horizon, terminal)
            if flow.period < count:
                cash[v][flow.period] = cash[v].get(flow.period, 0.0) + usd
            if flow.at_start and flow.period == v and usd > 0:
                capital[v] += usd
    return cost, cash, capital


def discounted(flow: AssetFlow, horizon: Horizon, rate: float) -> float:
    """Discount factor of a flow; periods beyond the horizon are as long as its last."""
    periods = horizon.periods
    last = periods[-1]
    length = last.end_years - last.start_years
    ahead = max(flow.period - len(periods), 0)
    if flow.period < len(periods):
        start, middle = periods[flow.period].start_years, periods[flow.period].middle_years
    else:
        start = horizon.end_years + ahead * length
        middle = start + length / 2
    return discount_factor(rate, start if flow.at_start else middle)


def counted(flow: AssetFlow, asset: Asset, terms: Terms, horizon: Horizon, terminal: Terminal) -> float:
    """Share of a flow that counts: all inside the horizon and of a value at its end; of rents beyond it by the terminal rule."""
    if flow.period < len(horizon.periods) or flow.at_start:
        return 1.0
    rent = next(part for part in asset.recurring if part.follows == "contract")
    new = price_on_path(rent.usd_per_hour, asset.change_per_year, horizon.end_years)
    return counted_rent(flow.price_usd, new, terminal)


def power_option(site: SiteOffer, pricing: Pricing, scenario: Scenario) -> ProgramOption:
    """The power of a site as an option: kW under contract, or modules."""
    terms = pricing.terms(site.power)
    cost, cash, capital = owned_costs(site.power, terms, pricing.horizon, scenario.discount_rate, scenario.terminal)
    return ProgramOption(site.power, terms, tuple(cost), tuple(cash), tuple(capital))


def site_of(
    offer: SiteOffer,
    power: int,
    options: tuple[ProgramOption, ...],
    classes: tuple[SubstitutionClass, ...],
    pricing: Pricing,
    rate: float,
) -> Site:
    """A site with its costs and its largest useful power.

    Args:
        power: option of its power.
    """
    horizon = pricing.horizon
    servers: list[tuple[int, float]] = []
    useful_kw = 0.0
    for group in classes:
        mine = [
            (o, a.kw) for o in group.committed if (a := options[o].option.asset) is not None and a.site == offer.name
        ]
        servers += mine
        useful_kw += group.most_useful_nodes * max((kw for _, kw in mine), default=0.0)
    asset = options[power].option.asset
    assert asset is not None
    members = [options[power], *(options[o] for o, _ in servers)]
    times = generations(members, pricing.scenario, horizon)
    useful = float(-(-useful_kw * times // asset.kw))
    most = most_units(useful, options[power].option.min_nodes, times, renewed(members[:1], horizon))
    if offer.required:
        most = max(most, 1.0)
    if offer.max_kw is not None:
        most = min(most, offer.max_kw / asset.kw + 1e-9 if asset.role == "rent" else offer.max_kw // asset.kw)
    lead = options[power].terms.lead
    cost, cash = [], []
    count = len(horizon.periods)
    for v in range(max(count - lead, 0)):
        paid = {v: offer.once_usd / THOUSAND} if offer.once_usd else {}
        value = offer.once_usd / THOUSAND * discount_factor(rate, horizon.periods[v].start_years)
        for t in range(v + lead, count):
            usd = team_usd(offer, horizon, t) / THOUSAND
            paid[t] = paid.get(t, 0.0) + usd
            value += usd * discount_factor(rate, horizon.periods[t].middle_years)
        cost.append(value)
        cash.append(paid)
    return Site(
        offer.name,
        tuple(servers),
        power,
        asset.kw,
        most,
        tuple(cost),
        tuple(cash),
        offer.once_usd / THOUSAND,
        offer.required,
        times,
    )


def team_price(offer: SiteOffer, horizon: Horizon, t: int) -> float:
    """USD an hour of a site's team in a period."""
    return price_on_path(offer.team_usd_per_hour, offer.wages_change_per_year, horizon.periods[t].start_years)


def team_usd(offer: SiteOffer, horizon: Horizon, t: int) -> float:
    return team_price(offer, horizon, t) * horizon.periods[t].hours


def energy_price(asset: Asset, horizon: Horizon, t: int) -> float:
    """USD per kWh in a period."""
    return price_on_path(asset.usd_per_kwh, asset.usd_per_kwh_change_per_year, horizon.periods[t].start_years)


def energy_of(
    classes: tuple[SubstitutionClass, ...], options: tuple[ProgramOption, ...], horizon: Horizon, rate: float
) -> dict[int, Energy]:
    """What the work of owned servers adds to their idling, by class."""
    found = {}
    for c, group in enumerate(classes):
        asset = next((a for o in group.committed if (a := options[o].option.asset) is not None), None)
        if asset is None or asset.extra_kwh_per_hour <= 0:
            continue
        cash = tuple(
            energy_price(asset, horizon, t) * asset.extra_kwh_per_hour / THOUSAND for t in range(len(horizon.periods))
        )
        cost = tuple(usd * discount_factor(rate, p.middle_years) for usd, p in zip(cash, horizon.periods, strict=True))
        found[c] = Energy(asset.site, cost, cash)
    return found


def sites_of(
    market: Market,
    options: tuple[ProgramOption, ...],
    first_power: int,
    classes: tuple[SubstitutionClass, ...],
    pricing: Pricing,
    rate: float,
) -> tuple[Site, ...]:
    """All sites; their power options stand in order from `first_power` on."""
    return tuple(
        site_of(offer, first_power + k, options, classes, pricing, rate) for k, offer in enumerate(market.sites)
    )
