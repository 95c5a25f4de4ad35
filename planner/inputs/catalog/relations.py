"""What must hold between the rows of a catalog: rows that are each in order may still contradict one another.

Each rule looks at the whole catalog and says which rows cannot be believed beside the others. `planner catalog check` fails on
any; a row whose note begins with `accepted:` was looked at by a person and is counted instead.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from statistics import median

from planner.domain.inputs import Catalog, Contradiction, InstancePrice, TokenPrice, earliest_day, months_between
from planner.domain.scenario import Quote

SAME = 0.01
"""Prices that differ by less are the same."""
FARTHEST = 4.0
"""A price may lie between a quarter and four times the market's median of its chip."""
FEWEST_SELLERS = 3
MANY_REGIONS = 5
"""A node type sold at one price in more regions, by a seller that says nothing about places, is a list printed for each of them."""
OLDEST_MONTHS = 24.0
ACCEPTED = "accepted:"


Finding = tuple[InstancePrice | TokenPrice, str]
Rule = Callable[[Catalog, str], Iterator[Finding]]


def contradictions(catalog: Catalog, today: str) -> tuple[Contradiction, ...]:
    """Of all rules, in the order of the rules; `today` (YYYY-MM-DD) is the day at which ages and ends are reckoned."""
    return tuple(
        Contradiction(name, row.id, said, getattr(row, "note", "").startswith(ACCEPTED))
        for name, rule in RULES.items()
        for row, said in rule(catalog, today)
    )


def _on_demand(catalog: Catalog) -> dict[tuple[str, str, str], InstancePrice]:
    """By (seller, region, instance)."""
    return {(p.provider, p.region, p.instance): p for p in catalog.prices if p.contract == "on_demand"}


def _above_on_demand(catalog: Catalog, _: str) -> Iterator[Finding]:
    twins = _on_demand(catalog)
    for price in catalog.prices:
        twin = twins.get((price.provider, price.region, price.instance))
        if twin is None or twin.basis == "estimated":
            continue
        usd, base = price.price_usd_per_hour, twin.price_usd_per_hour
        if price.contract == "commitment" and usd > base * (1 + SAME):
            yield price, f"committed at {usd:g} USD, above {base:g} on demand"
        elif price.contract == "spot" and usd >= base:
            yield price, f"spot at {usd:g} USD, not below {base:g} on demand"


def _off_the_market(catalog: Catalog, _: str) -> Iterator[Finding]:
    medians = market_medians(catalog)
    for price in catalog.prices:
        if said := _distance(catalog, medians, price):
            yield price, said


def far_off(catalog: Catalog, quotes: Iterable[Quote]) -> Iterator[tuple[Quote, str]]:
    """Which quotes lie far from the market of the catalog, and how far."""
    medians = market_medians(catalog)
    for quote in quotes:
        if said := _distance(catalog, medians, quote):
            yield quote, said


def _distance(catalog: Catalog, medians: Mapping[tuple[str, str, str], float], price: InstancePrice | Quote) -> str:
    """How far a price lies from the median of its chip; nothing where that is near, or unknown."""
    kind = catalog.providers[price.provider].kind if price.provider in catalog.providers else ""
    middle = medians.get((price.accelerator, price.contract, kind)) or medians.get(
        (price.accelerator, price.contract, "")
    )
    usd = price.price_usd_per_hour / price.count
    if middle is None or middle / FARTHEST <= usd <= middle * FARTHEST:
        return ""
    return f"{usd:.4g} USD per accelerator-hour, where the market's median is {middle:.4g}"


def market_medians(catalog: Catalog) -> dict[tuple[str, str, str], float]:
    """Median over the sellers of each seller's own median, USD per accelerator-hour, by (accelerator, contract, kind of seller).

    An empty kind stands for all sellers. Estimates make no market, nor do fewer than three sellers.
    """
    asked: dict[tuple[str, str, str], dict[str, list[float]]] = defaultdict(lambda: defaultdict(list))
    for price in catalog.prices:
        if price.basis == "estimated":
            continue
        kind = catalog.providers[price.provider].kind if price.provider in catalog.providers else ""
        for of in {"", kind}:
            asked[price.accelerator, price.contract, of][price.provider].append(price.price_usd_per_hour / price.count)
    return {
        key: median(median(prices) for prices in sellers.values())
        for key, sellers in asked.items()
        if len(sellers) >= FEWEST_SELLERS
    }


_SOLD_AS = {
    "on_demand": ("on_demand", "commitment", "waitlist"),
    "spot": ("spot",),
    "commitment": ("on_demand", "commitment", "waitlist"),
    "capacity_block": ("capacity_block",),
}
"""Ways of being sold that let a machine type carry a price under a contract."""


def _not_there(catalog: Catalog, _: str) -> Iterator[Finding]:
    for price in catalog.prices:
        known = catalog.machine_types.get((price.provider, price.instance))
        if known is None or price.region == "all":
            continue
        there = set().union(*(known.get(way, frozenset()) for way in _SOLD_AS[price.contract]))
        if price.contract in ("spot", "capacity_block") and not there:
            there = set(known.get("on_demand", frozenset()))
        if "all" not in there and price.region not in there:
            yield (
                price,
                f"sold as {price.contract.replace('_', ' ')} in {price.region}, where no such machine type is known",
            )


def _ended(catalog: Catalog, today: str) -> Iterator[Finding]:
    gone = {(end.kind, end.provider): end for end in catalog.ended if earliest_day(end.ended) <= today}
    for price in catalog.prices:
        end = gone.get(("seller", price.provider)) or gone.get(("price_list", price.provider))
        if end is not None:
            yield price, f"its seller's {end.what} ended on {end.ended}"
    for token in catalog.token_prices:
        if end := gone.get(("hosted_seller", token.provider)):
            yield token, f"its seller ended on {end.ended}"
        elif token.withdrawn_on and earliest_day(token.withdrawn_on) <= today:
            yield token, f"withdrawn on {token.withdrawn_on}"


def _repeated(catalog: Catalog, _: str) -> Iterator[Finding]:
    same: dict[tuple[str, str, float], list[InstancePrice]] = defaultdict(list)
    for price in catalog.prices:
        unplaced = (price.provider, price.instance) not in catalog.machine_types
        hyperscaler = price.provider in catalog.providers and catalog.providers[price.provider].kind == "hyperscaler"
        if price.contract == "on_demand" and unplaced and not hyperscaler:
            same[price.provider, price.instance, price.price_usd_per_hour].append(price)
    for rows in same.values():
        if len({row.region for row in rows}) > MANY_REGIONS:
            for row in rows:
                yield row, f"one price in {len(rows)} regions, none of them known to have it"


def _side_by_side(catalog: Catalog, _: str) -> Iterator[Finding]:
    """Of one seller, place, chip and size, an older and cheaper price beside a newer one."""
    groups: dict[tuple[str, str, str, int, str], list[InstancePrice]] = defaultdict(list)
    for price in catalog.prices:
        fixed = catalog.providers[price.provider].kind == "neocloud" if price.provider in catalog.providers else False
        if fixed and price.contract in ("on_demand", "spot") and price.basis != "estimated":
            groups[price.provider, price.region, price.accelerator, price.count, price.contract].append(price)
    for rows in groups.values():
        newest = max(rows, key=lambda row: earliest_day(row.checked_on))
        for row in rows:
            older = months_between(row.checked_on, newest.checked_on) > 1
            if older and row.price_usd_per_hour < newest.price_usd_per_hour * (1 - SAME):
                now = f"{newest.price_usd_per_hour:g} of {newest.checked_on}"
                yield row, f"{row.price_usd_per_hour:g} USD of {row.checked_on} beside {now}"


def _too_old(catalog: Catalog, today: str) -> Iterator[Finding]:
    rows: list[InstancePrice | TokenPrice] = [*catalog.prices, *catalog.token_prices]
    for price in rows:
        age = months_between(price.checked_on, today)
        if age > OLDEST_MONTHS:
            yield price, f"{age:.0f} months old"
        if isinstance(price, InstancePrice) and price.contract == "spot" and len(price.checked_on) == 4:
            yield price, "a spot price of an unknown day"


RULES: dict[str, Rule] = {
    "committed or spot above on demand": _above_on_demand,
    "far off the market": _off_the_market,
    "not sold there": _not_there,
    "ended": _ended,
    "one price for every region": _repeated,
    "older and cheaper beside newer": _side_by_side,
    "too old": _too_old,
}
