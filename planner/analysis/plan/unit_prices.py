"""What an hour of an option costs and what a unit of work costs on it, by the prices, terms and rules that the
program reckons with.

Levelised: present value of all that is paid for one node (discounts, price paths, releases, support, carbon price,
and of what is owed after
the horizon as much as the terminal rule counts) over the present value of its hours inside the horizon. Without discounting that
is the price of an hour; of a contract that outlasts the horizon it holds the hours that nobody uses.
"""

from math import inf
from operator import mul
from typing import NamedTuple

from planner.analysis.plan.owned import owned_usd_per_node_hour
from planner.assembly import signing_cost_usd
from planner.domain.options import Option, Terms
from planner.domain.workloads import Batch, Inference
from planner.market import Pricing, intensity_of, pue_of, tonnes_per_node_hour
from planner.pipeline import Question


class Unit(NamedTuple):
    """Levelised price of one work unit of a workload on an option that is always busy, USD."""

    usd: float
    option: int
    """Position in the market."""


def unit_prices(question: Question) -> dict[int, list[Unit]]:
    """By workload: all options that fit, cheapest per work unit first."""
    prices: dict[int, list[Unit]] = {}
    hourly: dict[int, float] = {}
    pricing = question.pricing
    for (w, o), fit in question.screened.fits.items():
        option = question.market.options[o]
        if option.action == "hosted_api":
            usd = _hosted_usd(option, question, pricing, w)
        else:
            rate = fit.rate_per_node_hour * (1 - question.screened.lost_fraction.get((w, o), 0.0))
            if rate <= 0:
                continue
            if o not in hourly:
                hourly[o] = hourly_usd(option, question, pricing)
            usd = hourly[o] / rate
        if usd < inf:
            prices.setdefault(w, []).append(Unit(usd, o))
    for found in prices.values():
        found.sort()
    return prices


def cheapest_while(question: Question, pricing: Pricing, contract: Option, w: int, by_use: list[Unit]) -> float:
    """Levelised price of a work unit on the cheapest option that is paid by use, in the periods that a contract serves if it is
    signed as early as can be; infinite if none can be had then.

    Args:
        by_use: what is paid by use, with prices over the whole horizon, the cheapest first.
    """
    terms = pricing.terms(contract)
    if not terms.signing:
        return inf
    start, scenario = terms.signing[0] + terms.lead, question.scenario
    served, cheapest = range(start, start + terms.term), inf
    for unit in by_use:
        option = question.market.options[unit.option]
        found, prices = pricing.terms(option), _prices(option, question, pricing, w)
        ever, here = _mean(prices, found, pricing), _mean(prices, found, pricing, served)
        cheapest = min(cheapest, unit.usd * here / ever)
        if cheapest < inf and not (scenario.price_changes or scenario.releases):
            break
    return cheapest


def hourly_usd(option: Option, question: Question, pricing: Pricing) -> float:
    """Levelised price of a node-hour, signed as early as can be or run whenever it can be had; infinite where it never can.

    Args:
        pricing: of the question, made once for all options.
    """
    if option.asset is not None:
        return owned_usd_per_node_hour(option, question, pricing)
    scenario, horizon = question.scenario, question.parameters.horizon
    terms = pricing.terms(option)
    carbon = _carbon_usd(option, question)
    uplift = 1.0 + scenario.support.get(option.provider, 0.0)
    if not terms.term:
        return _mean(terms.usd_per_hour, terms, pricing) * uplift + carbon
    if not terms.signing:
        return inf
    v, count = terms.signing[0], len(horizon.periods)
    end = v + terms.lead + terms.term - 1
    served = range(v + terms.lead, min(end + 1, count))
    hours = sum(pricing.hours_today[t] * option.share_in(t, end) for t in served)
    times = pricing.clock(terms.term + terms.lead)
    cost = signing_cost_usd(terms, v, times, count, scenario.discount_rate, scenario.terminal)
    return cost * uplift / hours + carbon if hours > 0 else inf


def _mean(prices: tuple[float, ...], terms: Terms, pricing: Pricing, within: range | None = None) -> float:
    """Mean over the periods (of a range) in which it can be had, by present value."""
    weights = [hours if usable else 0.0 for hours, usable in zip(pricing.hours_today, terms.usable, strict=True)]
    if within is not None:
        weights = [weight if t in within else 0.0 for t, weight in enumerate(weights)]
    whole = sum(weights)
    return sum(map(mul, prices, weights)) / whole if whole > 0 else inf


def _hosted_usd(option: Option, question: Question, pricing: Pricing, w: int) -> float:
    uplift = 1.0 + question.scenario.support.get(option.provider, 0.0)
    return _mean(_prices(option, question, pricing, w), pricing.terms(option), pricing) * uplift


def _prices(option: Option, question: Question, pricing: Pricing, w: int) -> tuple[float, ...]:
    """By period, of what is paid by use: an hour of a node, or a work unit of a hosted API."""
    if option.action != "hosted_api":
        return pricing.terms(option).usd_per_hour
    workload = question.scenario.workloads[question.parameters.parent(w)]
    assert isinstance(workload, Inference | Batch)
    return pricing.per_work_unit(option, workload)


def _carbon_usd(option: Option, question: Question) -> float:
    """Price of the carbon of a node-hour."""
    scenario, catalog = question.scenario, question.catalog
    if scenario.carbon is None or not scenario.carbon.usd_per_tonne:
        return 0.0
    grams = intensity_of(option, scenario, catalog)
    tonnes = tonnes_per_node_hour(option.kw_per_node, grams, pue_of(option, catalog.pue))
    return (tonnes or 0.0) * scenario.carbon.usd_per_tonne
