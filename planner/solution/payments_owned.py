"""Published money of what is owned, in exact decimals: capital and rents are payments; running costs, teams and sales charges."""

from collections import defaultdict
from collections.abc import Mapping
from decimal import Decimal

from planner.assembly import counted, energy_price, team_price
from planner.domain.options import Asset
from planner.domain.scenario import Scenario
from planner.formulation.parameters import Parameters
from planner.market import SIGNED_KINDS, AssetFlow, SiteOffer, flows
from planner.solution.decisions import Decisions
from planner.solution.payments import Charge, Payment, exact

ONE = Decimal(1)


def owned_payments(p: Parameters, d: Decisions, scenario: Scenario) -> list[Payment]:
    """Capital of every signing at its start, rents period by period."""
    found = []
    for (o, v), units, asset in _signed(p, d):
        terms, action = p.options[o].terms, p.options[o].option.action
        for flow in flows(asset, terms, v, p.horizon):
            if flow.kind in SIGNED_KINDS:
                share = exact(counted(flow, asset, terms, p.horizon, scenario.terminal))
                quantity, usd = _amount(flow, units)
                found.append(
                    Payment(
                        o,
                        flow.period,
                        usd,
                        flow.at_start,
                        action,
                        v,
                        -1,
                        quantity,
                        exact(flow.price_usd),
                        share,
                        flow.kind,
                    )
                )
    return found


def owned_charges(p: Parameters, d: Decisions, sites: Mapping[str, SiteOffer]) -> list[Charge]:
    """Running costs and sales of every signing, energy of work, what sites cost whatever their size."""
    found = []
    for (o, v), units, asset in _signed(p, d):
        for flow in flows(asset, p.options[o].terms, v, p.horizon):
            if flow.kind not in SIGNED_KINDS:
                quantity, usd = _amount(flow, units)
                price = exact(flow.price_usd)
                found.append(
                    Charge(flow.kind, asset.site, -1, flow.period, flow.at_start, quantity, price, usd, ONE, o, v)
                )
    found += _work(p, d)
    for k, v in d.opened.items():
        found += _site(p, sites[p.sites[k].name], v, p.options[p.sites[k].power].terms.lead)
    return found


def _signed(p: Parameters, d: Decisions) -> list[tuple[tuple[int, int], Decimal, Asset]]:
    return [
        (key, exact(units), asset)
        for key, units in sorted(d.signed.items())
        if (asset := p.options[key[0]].option.asset) is not None
    ]


def _amount(flow: AssetFlow, units: Decimal) -> tuple[Decimal, Decimal]:
    """(unit-hours, or units of capital and sales; USD)."""
    quantity = units * exact(flow.hours) if flow.hours else units
    return quantity, quantity * exact(flow.price_usd)


def _work(p: Parameters, d: Decisions) -> list[Charge]:
    """kWh that work takes beyond idling, by option and period."""
    hours: dict[tuple[int, int], Decimal] = defaultdict(Decimal)
    for (t, s), parts in d.busy.items():
        for part in parts:
            hours[part.option, t] += exact(part.nodes) * exact(p.hours[t][s])
    for placed in d.runs:
        for share in placed.parts:
            hours[share.option, share.period] += exact(share.nodes) * exact(share.hours)
    found = []
    for (o, t), busy in sorted(hours.items()):
        asset = p.options[o].option.asset
        if asset is not None and asset.extra_kwh_per_hour > 0:
            kwh, price = busy * exact(asset.extra_kwh_per_hour), exact(energy_price(asset, p.horizon, t))
            found.append(Charge("energy of work", asset.site, -1, t, False, kwh, price, kwh * price, ONE, o))
    return found


def _site(p: Parameters, offer: SiteOffer, v: int, lead: int) -> list[Charge]:
    """Land or set-up when the site is opened, its team from the first power on."""
    found = []
    if offer.once_usd:
        once = exact(offer.once_usd)
        found.append(Charge("site", offer.name, -1, v, True, ONE, once, once, ONE))
    for t in range(v + lead, len(p.horizon.periods)):
        price, hours = exact(team_price(offer, p.horizon, t)), exact(p.horizon.periods[t].hours)
        if price:
            found.append(Charge("team", offer.name, -1, t, False, hours, price, hours * price, ONE))
    return found
