"""From list prices to the prices of every period: discounts, price paths, releases, dates, delivery times.

price(t) = list price × (1 − discount) × (1 + change per year)^years × path(months) × Π (1 + drop of a release), computed in
decimal arithmetic and rounded once to a millionth of a dollar, so that everyone who works with a price has the same one.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import ROUND_HALF_EVEN, Decimal
from functools import lru_cache
from typing import NamedTuple

from planner.domain.finance import discount_factor, factor_at
from planner.domain.options import CONTRACT_OF_ACTION, Option, Terms, term_in_periods
from planner.domain.scenario import LeadTime, PriceChange, Release, Scenario
from planner.domain.time import Clock, Horizon, clock
from planner.domain.workloads import Batch, Inference
from planner.market.owned import owned_terms
from planner.units import HOURS_PER_MONTH, MONEY_PLACES, MONTHS_PER_YEAR

PathPoints = tuple[tuple[float, float], ...]
_QUANTUM = Decimal(1).scaleb(-MONEY_PLACES)
_ONE = Decimal(1)


def change_of(changes: tuple[PriceChange, ...], option: Option) -> PriceChange | None:
    """The price change that applies: the entry that names most of the option's traits, the last of equals."""
    best, rank = None, -1
    for change in changes:
        named = (
            (change.accelerator, option.accelerator),
            (change.provider, option.provider),
            (change.contract, CONTRACT_OF_ACTION[option.action]),
        )
        if any(wanted is not None and wanted != has for wanted, has in named):
            continue
        specific = sum(wanted is not None for wanted, _ in named)
        if specific >= rank:
            best, rank = change, specific
    return best


def lead_of(lead_times: tuple[LeadTime, ...], option: Option) -> float:
    """Months of delivery of a commitment of the catalog or of a quote: the most specific entry, the last of equals."""
    best, rank = 0.0, -1
    for entry in lead_times:
        named = ((entry.provider, option.provider), (entry.accelerator, option.accelerator))
        if any(wanted is not None and wanted != has for wanted, has in named) or option.count < entry.min_accelerators:
            continue
        specific = sum(wanted is not None for wanted, _ in named) + (entry.min_accelerators > 1)
        if specific >= rank:
            best, rank = entry.months, specific
    return best


@dataclass(slots=True)
class Pricing:
    """Prices and dates of options for one scenario and horizon."""

    scenario: Scenario
    horizon: Horizon
    paths: Mapping[str, PathPoints]
    hours_today: tuple[float, ...] = field(init=False)
    """Hours of each period, worth by its middle what an hour at the start is."""
    _known: "_Known" = field(init=False)
    _clocks: dict[int, Clock] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        s, h = self.scenario, self.horizon
        self.hours_today = tuple(t.hours * discount_factor(s.discount_rate, t.middle_years) for t in h.periods)
        dates = tuple((t.start, t.hours, t.start_years) for t in h.periods)
        asked = (s.price_changes, s.releases, s.lead_times, sorted(s.discounts.items()), dates, h.end_years)
        self._known = _known(repr(asked), tuple(self.paths.items()))

    def clock(self, beyond: int) -> Clock:
        """Times of the periods of the horizon and of so many after it."""
        found = self._clocks.get(beyond)
        if found is None:
            found = self._clocks[beyond] = clock(self.horizon, beyond)
        return found

    def change(self, option: Option) -> PriceChange | None:
        """The price change that applies to an option; none to what is held, to dollars, nor to what is owned or of an announced
        generation: these have their own."""
        return None if option.fixed_price or option.generation else change_of(self.scenario.price_changes, option)

    def discount(self, option: Option) -> float:
        """Negotiated discount on an option; none on what is held, nor on dollars; what is owned has its own."""
        return 0.0 if option.fixed_price else self.scenario.discounts.get(option.provider, 0.0)

    def path(self, list_price: float | Decimal, option: Option) -> tuple[float, ...]:
        """Unit price at the start of every period and at the end of the horizon, USD."""
        exact = list_price if isinstance(list_price, Decimal) else Decimal(repr(list_price))
        value = exact * (1 - Decimal(repr(self.discount(option))))
        factors = self._factors_of(option)
        if all(factor is _ONE for factor in factors):
            return (_rounded(value),) * len(factors)
        return tuple(_rounded(value * factor) for factor in factors)

    def _factors_of(self, option: Option) -> tuple[Decimal, ...]:
        change = self.change(option)
        drops = () if option.held or option.savings_plan or option.generation else self._drops(option)
        key = (change.per_year if change else 0.0, change.path if change else None, drops)
        factors = self._known.factors
        if key not in factors:
            factors[key] = self._computed(*key)
        return factors[key]

    def _drops(self, option: Option) -> tuple[tuple[int, float], ...]:
        """(period from which it holds, relative change) of every release that makes the option cheaper or dearer."""
        kind = CONTRACT_OF_ACTION[option.action]
        return tuple(
            (self.released(release), drop.by)
            for release in self.scenario.releases
            for drop in release.price_drops
            if drop.accelerator == option.accelerator and drop.contract in (None, kind)
        )

    def _computed(self, per_year: float, path: str | None, drops: tuple[tuple[int, float], ...]) -> tuple[Decimal, ...]:
        periods = self.horizon.periods
        factors = []
        for t, years in enumerate([*(p.start_years for p in periods), self.horizon.end_years]):
            factor = _ONE
            if per_year != 0.0 and years != 0.0:
                factor = (1 + Decimal(repr(per_year))) ** Decimal(repr(years))
            if path is not None:
                factor *= factor_at(self.paths[path], years * MONTHS_PER_YEAR)
            for since, by in drops:
                factor = factor * (1 + Decimal(repr(by))) if t >= since else factor
            factors.append(factor)
        return tuple(factors)

    def released(self, release: Release) -> int:
        """First period in which a coming generation is there."""
        if release.period is not None:
            return release.period
        return self.horizon.first_from(release.month or "")

    def first_usable(self, option: Option) -> int:
        """First period in which an option can be run or signed."""
        if option.held:
            return 0
        first = self.horizon.first_from(option.available_from) if option.available_from else 0
        mine = [self.released(r) for r in self.scenario.releases if r.accelerator == option.accelerator]
        return max([first, *mine])

    def terms(self, option: Option) -> Terms:
        """Terms of an option that has a term in whole periods (or none)."""
        known = self._known.terms.get(id(option))
        if known is None or known[0] is not option:
            known = self._known.terms[id(option)] = option, self._terms(option)
        return known[1]

    def _terms(self, option: Option) -> Terms:
        horizon = self.horizon
        if option.asset is not None:
            return owned_terms(option, horizon, self.first_usable(option))
        count = len(horizon.periods)
        term = (term_in_periods(option, horizon) or 0) if option.action == "commit" else 0
        lead = option.lead_periods
        months = option.lead_hours / HOURS_PER_MONTH
        if term and option.offer is None and not option.savings_plan and not option.block_hours:
            months = lead_of(self.scenario.lead_times, option)
        if months:
            lead = -int(-round(months * HOURS_PER_MONTH, 9) // horizon.periods[0].hours)
        first = self.first_usable(option)
        at_start = option.held or option.term_periods == -1 or option.exact_nodes is not None
        signing: tuple[int, ...] = ()
        if term:
            signing = tuple(range(first, 1 if at_start else max(count - lead, 0)))
            if option.signed_in is not None:
                signing = tuple(v for v in signing if v == option.signed_in)
        return Terms(
            usd_per_hour=self.path(option.usd_per_hour, option),
            upfront_usd=self.path(option.upfront_usd, option),
            term=term,
            lead=lead,
            signing=signing,
            usable=self._usable(first, option.until),
        )

    def _usable(self, first: int, until: str) -> tuple[bool, ...]:
        """By period, whether what is there from a period on and withdrawn on a day can be had."""
        known = self._known.usable.get((first, until))
        if known is None:
            periods = enumerate(self.horizon.periods)
            known = tuple(t >= first and _still_sold(until, p.start) for t, p in periods)
            self._known.usable[first, until] = known
        return known

    def per_work_unit(self, option: Option, workload: Inference | Batch) -> tuple[float, ...]:
        """USD per work unit of a hosted API, by period: the exact list price; discount, path and rounding follow."""
        return self.path(option.usd_per_work_unit(workload), option)


class _Known(NamedTuple):
    """What was computed under the same rules for the same periods: neighbouring questions price the same options."""

    factors: dict[tuple[float, str | None, tuple[tuple[int, float], ...]], tuple[Decimal, ...]]
    terms: dict[int, tuple[Option, Terms]]
    """By `id` of the option, which is kept so that no other one gets its id."""
    usable: dict[tuple[int, str], tuple[bool, ...]]


@lru_cache(maxsize=4)
def _known(_rules: str, _paths: tuple[tuple[str, PathPoints], ...]) -> _Known:
    return _Known({}, {}, {})


def _rounded(value: Decimal) -> float:
    """To a millionth of a dollar; what has a price keeps one."""
    return float(max(value.quantize(_QUANTUM, rounding=ROUND_HALF_EVEN), _QUANTUM)) if value > 0 else 0.0


def _still_sold(until: str, period_start: str) -> bool:
    """Whether something withdrawn on `until` can still be had in a period; periods without a calendar: yes."""
    return not until or not period_start[:1].isdigit() or period_start < until[:7]
