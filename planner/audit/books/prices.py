"""Unit prices, re-derived in exact decimal arithmetic.

p(t) = list × (1 − discount) × (1 + change)^(years to the start of t) × path(months to the start of t) × drops of the
releases that have come, rounded to a millionth of a dollar (half to even). Discounts, changes, paths and drops are those of
the scenario, not those the plan claims.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_HALF_EVEN, Decimal
from typing import NamedTuple

from planner.audit.books.check import exact
from planner.audit.books.origin import CONTRACT_OF_ACTION, SIGNED, Entry, origins
from planner.audit.books.plan_index import Books
from planner.domain.records import OptionRecord
from planner.domain.scenario import PriceChange, SavingsPlan, Successor
from planner.domain.workloads import Batch, Inference, Workload
from planner.units import MONEY_PLACES

OWN_ACTIONS = frozenset({"buy", "lease", "build"})
_QUANTUM = Decimal(1).scaleb(-MONEY_PLACES)


def rounded(value: Decimal) -> Decimal:
    """To a millionth of a dollar.

    >>> rounded(Decimal("1.0000005"))
    Decimal('1.000000')
    """
    return value.quantize(_QUANTUM, rounding=ROUND_HALF_EVEN)


def blended_list_price(record: OptionRecord, workload: Workload) -> Decimal:
    """(input tokens × input price + output tokens × output price) / all tokens, per million tokens; or the price of a unit.

    Batch work pays batch prices where there are any; else the share of the input that is in the cache pays the cached price.

    Where tokens are counted and requests are paid, a million tokens are 1e6 / (input + output tokens) requests.
    """
    if not isinstance(workload, Inference | Batch):
        raise LookupError(f"workload `{workload.name}` has no tokens")
    tokens_in, tokens_out = Decimal(workload.input_tokens), Decimal(workload.output_tokens)
    if record.priced_unit:
        each = exact(record.list_price_usd_per_unit)
        return each * 1_000_000 / (tokens_in + tokens_out) if workload.unit in {None, "Mtok"} else each
    if isinstance(workload, Batch) and record.list_price_input_batch_usd_per_mtok:
        halves = (record.list_price_input_batch_usd_per_mtok, record.list_price_output_batch_usd_per_mtok)
        return (tokens_in * exact(halves[0]) + tokens_out * exact(halves[1])) / (tokens_in + tokens_out)
    reused = exact(workload.prefix_cache_hit_fraction)
    fresh = exact(record.list_price_input_usd_per_mtok)
    again = exact(record.list_price_cached_usd_per_mtok) if record.list_price_cached_usd_per_mtok else fresh
    paid_out = tokens_out * exact(record.list_price_output_usd_per_mtok)
    return (tokens_in * (fresh + (again - fresh) * reused) + paid_out) / (tokens_in + tokens_out)


def list_price_per_hour(record: OptionRecord) -> float:
    """What a node-hour costs before discount and path: a commitment's recurring price, else the price."""
    return record.usd_per_hour if record.action == "commit" else record.list_price_usd


@dataclass(frozen=True)
class PlanPrices:
    """Every unit price of a plan, computed once each."""

    books: Books
    origins: dict[str, Entry | None]
    _known: dict[tuple[str, str, int], Decimal] = field(default_factory=dict)

    def recurring(self, record: OptionRecord, t: int) -> Decimal:
        """Per node-hour, in the period of use (by the hour) or of signing (commitments)."""
        return self._at(record, "hour", t, exact(list_price_per_hour(record)))

    def upfront(self, record: OptionRecord, t: int) -> Decimal:
        """Per node, signed in t."""
        return self._at(record, "upfront", t, exact(record.upfront_usd))

    def blended(self, record: OptionRecord, workload: Workload, t: int) -> Decimal:
        """Per work unit of a hosted API."""
        return self._at(record, f"work {workload.name}", t, blended_list_price(record, workload))

    def at_end_of_horizon(self, record: OptionRecord) -> Decimal:
        """Per node-hour of the same contract signed at the end, upfront spread over the hours of its term."""
        t = self.books.calendar.count
        price = self.recurring(record, t)
        if record.upfront_usd == 0 or record.term_periods <= 0:
            return price
        return price + self.upfront(record, t) / (record.term_periods * self.books.calendar.hours(t))

    def _at(self, record: OptionRecord, what: str, t: int, list_price: Decimal) -> Decimal:
        key = (record.option, what, t)
        if key not in self._known:
            factor = (1 - exact(self.discount(record))) * self._moved(record, t)
            price = list_price * factor
            self._known[key] = max(rounded(price), _QUANTUM) if price > 0 else rounded(price)
        return self._known[key]

    def _moved(self, record: OptionRecord, t: int) -> Decimal:
        """Price at the start of t relative to the list price: yearly change × path × drops."""
        years = self.books.calendar.start_years(t)
        change, path = exact(self.change(record)), self.path(record)
        moved = (1 + change) ** years if years and change else Decimal(1)
        if path:
            moved *= factor_on_path(self.books.plan.inputs.price_paths[path], years * 12)
        for drop in self._drops(record, t):
            moved *= 1 + exact(drop)
        return moved

    def _drops(self, record: OptionRecord, t: int) -> Iterator[float]:
        """Of the releases that have come by the start of t; what is owed for a holding is fixed, and so are dollars and the prices
        of announced generations."""
        if record.generation or isinstance(self.origins.get(record.option), SIGNED | SavingsPlan):
            return
        for release in self.books.asked.releases:
            if t < self.books.first_period_from(release.month, release.period, 0):
                continue
            for drop in release.price_drops:
                contract = CONTRACT_OF_ACTION.get(record.action)
                if drop.accelerator == record.accelerator and drop.contract in {None, contract}:
                    yield drop.by

    def _own(self, record: OptionRecord) -> bool:
        """Prices of what is owned or held, and dollars, are not those of the market of rents."""
        return isinstance(self.origins.get(record.option), SIGNED | SavingsPlan) or record.action in OWN_ACTIONS

    def discount(self, record: OptionRecord) -> float:
        """Negotiated with the provider; what is owed for a holding is net already."""
        return 0.0 if self._own(record) else self.books.asked.discounts.get(record.provider, 0.0)

    def change(self, record: OptionRecord) -> float:
        """The scenario's yearly change; what is owed for a holding is fixed, and so is the price of an announced generation."""
        return (
            0.0 if self._own(record) or record.generation else change_per_year(self.books.asked.price_changes, record)
        )

    def path(self, record: OptionRecord) -> str:
        """Name of the path that the scenario's entry for it names, or empty."""
        if self._own(record) or record.generation:
            return ""
        entry = price_change(self.books.asked.price_changes, record)
        return entry.path or "" if entry is not None else ""


def change_per_year(changes: tuple[PriceChange, ...], record: OptionRecord) -> float:
    """Of the entry that matches; else flat."""
    entry = price_change(changes, record)
    return 0.0 if entry is None else entry.per_year


def price_change(changes: tuple[PriceChange, ...], record: OptionRecord) -> PriceChange | None:
    """Of the entries that match: the one with most named fields, the later one of equals."""
    own = {
        "accelerator": record.accelerator,
        "provider": record.provider,
        "contract": CONTRACT_OF_ACTION.get(record.action),
    }
    best: PriceChange | None = None
    most = -1
    for change in changes:
        named = {k: v for k in own if (v := getattr(change, k)) is not None}
        if all(own[k] == v for k, v in named.items()) and len(named) >= most:
            best, most = change, len(named)
    return best


def prices_of(books: Books) -> PlanPrices:
    return PlanPrices(books, origins(books))


_NINE_PLACES = Decimal("1e-9")


def factor_on_path(points: Sequence[tuple[float, float]], months: Decimal) -> Decimal:
    """Factor after so many months.

    >>> factor_on_path(((0.0, 1.0), (10.0, 0.5)), Decimal(4))
    Decimal('0.800000000')
    >>> factor_on_path(((0.0, 1.0), (10.0, 0.5)), Decimal(99))
    Decimal('0.500000000')
    """
    before = [p for p in points if exact(p[0]) <= months]
    later = [p for p in points if exact(p[0]) > months]
    low, high = (before or later)[-1 if before else 0], (later or before)[0 if later else -1]
    start, end = exact(low[1]), exact(high[1])
    width = exact(high[0]) - exact(low[0])
    way = (months - exact(low[0])) / width if before and later and width > 0 else Decimal(0)
    return (start * (1 - way) + end * way).quantize(_NINE_PLACES, rounding=ROUND_HALF_EVEN)


class Generation(NamedTuple):
    """A generation that comes within the horizon."""

    stated: Successor
    first: int
    """Period from which it is there, never the first one."""
    part: Decimal

    def price(self, today_usd: float) -> float:
        """Of what costs so much today, to a millionth of a dollar."""
        return float(rounded(exact(today_usd) * self.part))


def generations(books: Books) -> dict[str, Generation]:
    """By name; those that are there at the start, or only after the horizon, are none."""
    found = {}
    for stated in books.asked.successors or ():
        first = books.first_period_from(stated.month, None, 0)
        if 0 < first < books.calendar.count:
            points = books.plan.inputs.price_paths[stated.path]
            found[stated.name] = Generation(
                stated, first, factor_on_path(points, books.calendar.start_years(first) * 12)
            )
    return found
