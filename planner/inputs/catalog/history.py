"""The market as it was known on a day: prices that hold today, and those of `replaced.csv`, `replaced_hosted.csv` that held then.

A price is known from the day it was seen until the day from which it did not hold (`until`); of one offer the newest that was seen
holds; what contradicts the others of that day is out, by the rules of `relations.py`. Prices that never held have no `until`.
Only prices have a history: machine types, chips, models, owning and load are those of today.
"""

from calendar import monthrange
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from statistics import median
from typing import NamedTuple, TypeVar

from planner.domain.inputs import Catalog, InstancePrice, TokenPrice, earliest_day, months_between
from planner.domain.records import MonthOfPrices, PriceHistory, PriceObservation
from planner.errors import CatalogError
from planner.inputs.catalog.files import CatalogRow, is_date, read_rows
from planner.inputs.catalog.load import bundled_directory, load_catalog
from planner.inputs.catalog.prices import id_with_plan, price_of, short_id
from planner.inputs.catalog.relations import OLDEST_MONTHS, contradictions
from planner.inputs.catalog.tables import countries_of

REPLACED, REPLACED_HOSTED = "replaced.csv", "replaced_hosted.csv"
NEWER = "a newer observation of the same contract"
NEWER_HOSTED = "a newer price of the same model at the same seller"
REFUTED = ("wrong by its seller's own page", "a price that cannot be trusted")

Price = TypeVar("Price", InstancePrice, TokenPrice)


class PastPrice(NamedTuple):
    """A price that held for a time."""

    price: InstancePrice
    until: str
    """YYYY-MM-DD; empty: it still does."""


class PastTokens(NamedTuple):
    """Prices of a hosted model that held for a time."""

    price: TokenPrice
    until: str


@dataclass(frozen=True)
class History:
    """A catalog, and what its prices were before."""

    today: Catalog
    past: tuple[PastPrice, ...]
    past_tokens: tuple[PastTokens, ...]

    @cached_property
    def observations(self) -> tuple[PastPrice, ...]:
        """Every price of a node that holds or held, by offer and day."""
        rows = [*self.past, *(PastPrice(price, "") for price in self.today.prices)]
        return tuple(sorted(rows, key=lambda held: (*_offer(held.price), earliest_day(held.price.checked_on))))

    @cached_property
    def span(self) -> tuple[str, str]:
        """First and last day on which a price was read, YYYY-MM-DD; empty where there is none."""
        days = [held.price.checked_on for held in self.observations]
        days += [held.price.checked_on for held in self.past_tokens]
        days = [earliest_day(day) for day in (*days, *(price.checked_on for price in self.today.token_prices))]
        return min(days, default=""), max(days, default="")

    def on(self, day: str) -> Catalog:
        """The catalog with the prices as they were known on a day (YYYY-MM-DD)."""
        prices = _newest(((h.price, h.until) for h in self.observations), day, _offer)
        tokens = [*self.past_tokens, *(PastTokens(price, "") for price in self.today.token_prices)]
        hosted = _newest(((h.price, h.until) for h in tokens), day, lambda price: (price.id,))
        catalog = replace(self.today, prices=tuple(_named(prices)), token_prices=tuple(hosted), known_on=day)
        out = {found.row for found in contradictions(catalog, day) if not found.accepted}
        return replace(
            catalog,
            prices=tuple(price for price in catalog.prices if price.id not in out),
            token_prices=tuple(price for price in catalog.token_prices if price.id not in out),
        )


def load_history(directory: Path | None = None) -> History:
    """The catalog in `directory` (default: the bundled one) with its history.

    Raises:
        CatalogError: the catalog cannot be read, or a file of its history has another header.
    """
    root = directory or bundled_directory()
    today, log = load_catalog(root), list[str]()
    countries = countries_of(root, today.providers, log)
    past, tokens = tuple(_past(root, today, countries, log)), tuple(_past_tokens(root, today, log))
    if log:
        raise CatalogError(f"the catalog's history cannot be read\n{log[0]}", help="see `datasets/README.md`")
    return History(today, past, tokens)


def load_known_on(directory: Path | None, day: str | None) -> Catalog:
    """The catalog as it is, or with the prices as they were known on a day.

    Args:
        day: YYYY, YYYY-MM or YYYY-MM-DD; a part of a date counts as its last day.

    Raises:
        CatalogError: no such day, a day after the newest price, or no price was known then.
    """
    if day is None:
        return load_catalog(directory)
    if not is_date(day):
        raise CatalogError(f"`{day[:40]}` is no date of a catalog", help="write e.g. 2026-09 or 2026-09-15")
    history = load_history(directory)
    first, newest = history.span
    if earliest_day(day) > newest:
        raise CatalogError(f"{day} is after the newest price of the catalog, {newest}", help="leave the date out")
    catalog = history.on(last_day(day))
    if not catalog.prices:
        raise CatalogError(f"the catalog knows no price of {day}", help=f"its first one is of {first}")
    return catalog


def last_day(date: str) -> str:
    """The last day a partial date can mean.

    >>> last_day("2026"), last_day("2026-02"), last_day("2026-05-07")
    ('2026-12-31', '2026-02-28', '2026-05-07')
    """
    if len(date) == 4:
        return f"{date}-12-31"
    return date if len(date) == 10 else f"{date}-{monthrange(int(date[:4]), int(date[5:]))[1]}"


def _newest(rows: Iterable[tuple[Price, str]], day: str, offer: Callable[[Price], tuple[object, ...]]) -> list[Price]:
    """Of each offer the newest price seen by the day that still held on it."""
    best: dict[tuple[object, ...], Price] = {}
    for price, until in rows:
        seen = earliest_day(price.checked_on)
        if seen > day or (until and earliest_day(until) <= day) or months_between(seen, day) > OLDEST_MONTHS:
            continue
        held = best.get(offer(price))
        if held is None or earliest_day(held.checked_on) <= seen:
            best[offer(price)] = price
    return list(best.values())


def _offer(price: InstancePrice) -> tuple[str | float, ...]:
    """What makes two prices one offer; a capacity block is one product, whatever its longest duration was."""
    term = 0.0 if price.contract == "capacity_block" else price.term_months
    return price.provider, price.region, price.instance, price.contract, price.plan, term, price.upfront_fraction


def _named(prices: list[InstancePrice]) -> Iterator[InstancePrice]:
    """Ids as a catalog of that day would have made them."""
    shared = Counter(short_id(price) for price in prices)
    given: set[str] = set()
    for price in sorted(prices, key=lambda p: earliest_day(p.checked_on), reverse=True):
        name = short_id(price) if shared[short_id(price)] == 1 else id_with_plan(price)
        if name not in given:
            given.add(name)
            yield price._replace(id=name)


def _past(root: Path, today: Catalog, countries: dict[tuple[str, str], str], log: list[str]) -> Iterator[PastPrice]:
    """Prices that held once, of sellers, places and chips that the catalog still knows."""
    for row in _rows(root, REPLACED, log):
        seller = today.providers.get(row.cells["provider"])
        place = (row.cells["provider"], row.cells["region"])
        if seller is None or place not in countries or row.cells["accelerator"] not in today.accelerators:
            continue
        row.cells.update(note="", low_usd_per_hour="", high_usd_per_hour="", min_nodes=row.cells["min_nodes"] or "1")
        price = price_of(row, seller, today.accelerators, countries)
        if row.sound:
            yield PastPrice(price, row.cells["until"])


def _past_tokens(root: Path, today: Catalog, log: list[str]) -> Iterator[PastTokens]:
    weights = {price.id: price.language_model for price in today.token_prices}
    for row in _rows(root, REPLACED_HOSTED, log):
        usd = {name: row.at_least_zero(f"usd_per_mtok_{name}") or 0.0 for name in _SIDES}
        if row.sound and usd["input"] and usd["output"]:
            cells = row.cells
            name = cells["id"]
            yield PastTokens(
                TokenPrice(
                    id=name,
                    provider=cells["provider"],
                    model=cells["model"],
                    language_model=weights.get(name, ""),
                    **{f"usd_per_mtok_{side}": value for side, value in usd.items()},
                    max_context=row.whole("max_context") or 0,
                    withdrawn_on=cells["withdrawn_on"],
                    source=cells["source"],
                    checked_on=cells["checked_on"],
                ),
                cells["until"],
            )


_SIDES = ("input", "output", "cached", "input_batch", "output_batch")


def _rows(root: Path, name: str, log: list[str]) -> Iterator[CatalogRow]:
    """Rows with an end that can be read; none where the catalog has no such file."""
    if (root / name).is_file():
        for row in read_rows(root, name, log):
            if is_date(row.cells["until"]) and is_date(row.cells["checked_on"]):
                row.log = []  # a row of the past that cannot be read is left out
                yield row


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
