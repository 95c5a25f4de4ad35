"""What was asked for an accelerator, or by a seller, month by month: out of a `History`."""

from collections import defaultdict
from collections.abc import Collection, Iterator
from dataclasses import replace
from statistics import median

from planner.domain.inputs import InstancePrice, earliest_day
from planner.domain.records import MonthOfPrices, PriceHistory, PriceObservation
from planner.inputs.catalog.history import History, PastPrice, last_day

CONTRACTS = ("on_demand", "spot", "commitment", "capacity_block")


def price_history(
    history: History,
    name: str,
    *,
    accelerator: str = "",
    providers: Collection[str] = (),
    contracts: Collection[str] = (),
    today: str,
) -> PriceHistory:
    """Every observation by day, and every month from the first one to `today` (YYYY-MM-DD); empty filters mean all."""

    def wanted(price: InstancePrice) -> bool:
        return (
            (not accelerator or price.accelerator == accelerator)
            and (not providers or price.provider in providers)
            and (not contracts or price.contract in contracts)
        )

    part = History(
        replace(history.today, prices=tuple(filter(wanted, history.today.prices)), token_prices=()),
        tuple(held for held in history.past if wanted(held.price)),
        (),
    )
    rows = sorted(part.observations, key=lambda held: earliest_day(held.price.checked_on))
    first = earliest_day(rows[0].price.checked_on) if rows else today
    months = (month for ym in _months(first[:7], today[:7]) for month in _month(part, ym, today))
    return PriceHistory(name, tuple(map(_observation, rows)), tuple(months))


def _months(first: str, last: str) -> Iterator[str]:
    """
    >>> list(_months("2025-11", "2026-02"))
    ['2025-11', '2025-12', '2026-01', '2026-02']
    """
    year, month = (int(part) for part in first.split("-"))
    while (text := f"{year}-{month:02}") <= last:
        yield text
        year, month = (year + 1, 1) if month == 12 else (year, month + 1)


def _month(part: History, month: str, today: str) -> Iterator[MonthOfPrices]:
    asked: dict[str, dict[str, list[float]]] = defaultdict(lambda: defaultdict(list))
    for price in part.on(min(last_day(month), today)).prices:
        if price.basis != "estimated":
            asked[price.contract][price.provider].append(price.price_usd_per_hour / price.count)
    for contract in (c for c in CONTRACTS if c in asked):
        sellers = asked[contract].values()
        middle = median(median(prices) for prices in sellers)
        lowest = min(min(prices) for prices in sellers)
        yield MonthOfPrices(month, contract, middle, lowest, len(sellers), sum(len(prices) for prices in sellers))


def _observation(held: PastPrice) -> PriceObservation:
    p = held.price
    each = p.price_usd_per_hour / p.count
    offer = (p.provider, p.region, p.instance, p.accelerator, p.count, p.contract, p.plan)
    terms = (p.term_months, p.upfront_fraction, p.price_usd_per_hour, each)
    return PriceObservation(*offer, *terms, p.checked_on, held.until, p.basis, p.source)
