"""The price at which each of the nearest options would enter, confirmed by solving on both sides of it."""

from collections.abc import Sequence

from planner.domain.answers import FlipPrice
from planner.domain.options import Option
from planner.formulation.parameters import THOUSAND
from planner.pipeline import Question
from planner.report.document import unit_price
from planner.sensitivity import Flip, Trials

TIE = 2e-6
"""Nearness of a flip price to the price at which an option is as good as what was taken."""


def flip_prices(
    question: Question, trials: Trials, places: dict[str, int], positions: Sequence[int]
) -> tuple[FlipPrice, ...]:
    """Flip prices of options of the market that the program has."""
    found = []
    for o in positions:
        option = question.market.options[o]
        if option.id not in places or trials.watch.over:
            continue
        flip = trials.flip(places[option.id])
        if flip is not None:
            found.append(record_of(option, flip, trials.whole))
    return tuple(found)


def record_of(option: Option, flip: Flip, whole: bool) -> FlipPrice:
    """A flip price in dollars and words."""
    hosted = option.action == "hosted_api"
    price = (hosted_price(option), 0.0) if hosted else (option.usd_per_hour, option.upfront_usd)
    factor = flip.factor

    def at(usd: float) -> float | None:
        return None if factor is None else round(usd * factor, 6)

    return FlipPrice(
        option=option.id,
        contract=option.contract,
        price_usd=price[0],
        upfront_usd=price[1],
        unit=(option.priced_unit or "million input tokens") if hosted else "node-hour",
        flip_fraction=None if factor is None else round(factor, 9),
        flip_price_usd=at(price[0]),
        flip_upfront_usd=None if hosted else at(price[1]),
        npv_without_usd=round(flip.without * THOUSAND, 4),
        below_fraction=flip.below.factor if flip.below else None,
        below_npv_usd=round(flip.below.npv * THOUSAND, 4) if flip.below else None,
        above_fraction=flip.above.factor if flip.above else None,
        above_npv_usd=round(flip.above.npv * THOUSAND, 4) if flip.above else None,
        confirmed=flip.confirmed,
        basis="whole" if whole else "fractional",
        sentence=_sentence(option, flip, whole),
    )


def hosted_price(option: Option) -> float:
    """Of a hosted API: per unit, or per million input tokens."""
    return option.usd_per_unit if option.priced_unit else option.usd_per_mtok_input


def _sentence(option: Option, flip: Flip, whole: bool) -> str:
    nodes = "" if whole else ", with fractional nodes"
    if flip.factor is None:
        return f"{option.id} ({option.contract}) would not enter even for free{nodes}"
    today, then = _price(option, 1.0), _price(option, flip.factor)
    if abs(flip.factor - 1) < TIE:
        return f"{option.id} ({option.contract}) at {today} would do as well: any rebate lets it in{nodes}"
    if flip.factor > 1:
        return f"{option.id} ({option.contract}) costs {today} and pays up to {then}{nodes}"
    return f"{option.id} ({option.contract}) enters below {then}, {1 - flip.factor:.1%} under its {today}{nodes}"


def _price(option: Option, factor: float) -> str:
    if option.priced_unit:
        return f"{unit_price(option.usd_per_unit * factor)} per {option.priced_unit}"
    if option.action == "hosted_api":
        prices = option.usd_per_mtok_input * factor, option.usd_per_mtok_output * factor
        return f"{unit_price(prices[0])} / {unit_price(prices[1])} per Mtok in / out"
    parts = []
    if option.usd_per_hour:
        parts.append(f"{unit_price(option.usd_per_hour * factor)} per node-hour")
    if option.upfront_usd:
        parts.append(f"${option.upfront_usd * factor:,.2f} upfront")
    return " and ".join(parts)
