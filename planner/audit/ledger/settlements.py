"""Agreements on spend, settled: what of the invoices counts in each plan-year, the discount on it, what is missing to the minimum.

The tier is the plan's decision; everything else follows from the invoices and from the scenario.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import NamedTuple, Protocol

from planner.audit.books import ZERO, Books, PlanPrices, exact, kind_of
from planner.domain.records import AgreementRecord
from planner.domain.scenario import SpendAgreement

_HOURS_PER_YEAR = Decimal(8760)


class Invoice(Protocol):
    """What is needed of an invoice."""

    @property
    def period_index(self) -> int: ...
    @property
    def date_years(self) -> Decimal: ...
    @property
    def amount_usd(self) -> Decimal: ...
    @property
    def option(self) -> str: ...


class SettlementDue(NamedTuple):
    """An agreement in one plan-year."""

    agreement: int
    plan_year: int
    provider: str
    period: int
    """Last one of the plan-year: the settlement falls due in its middle."""
    level: int
    threshold_usd: Decimal
    discount: Decimal
    spend_usd: Decimal
    by_period: dict[int, Decimal]
    """The same by period."""
    earning_usd: Decimal
    """What of it the discount is on: less what credits pay."""
    counted_usd: Decimal
    """What of the spend counts towards the threshold."""
    rebate_usd: Decimal
    shortfall_usd: Decimal


def settlements_due(books: Books, prices: PlanPrices, invoices: Iterable[Invoice]) -> Iterator[SettlementDue]:
    """Every agreement of the scenario in every plan-year."""
    agreements = books.asked.spend_agreements
    if not agreements:
        return
    spent = _spent(books, prices, invoices)
    claimed = {(r.agreement, r.plan_year): r for r in books.plan.agreements}
    calendar = books.calendar
    last = {year: t for t in range(calendar.count) for year in calendar.years_of(t)}
    for a, agreement in enumerate(agreements):
        for year, period in sorted(last.items()):
            hours = sum((calendar.hours_in(t, year) for t in in_force(books, agreement)), ZERO)
            share = min(hours / _HOURS_PER_YEAR, Decimal(1))
            yield _due(a, agreement, year, period, share, claimed.get((a, year)), spent[a, year])


def in_force(books: Books, agreement: SpendAgreement) -> range:
    """Periods of the horizon in which an agreement is in force."""
    first = books.first_period_from(agreement.since, agreement.from_period, 0)
    end = books.first_period_from(agreement.until, agreement.until_period, books.calendar.count)
    return range(max(first, 0), min(end, books.calendar.count))


def _due(
    a: int,
    agreement: SpendAgreement,
    year: int,
    period: int,
    share: Decimal,
    claimed: AgreementRecord | None,
    by_period: dict[int, Decimal],
) -> SettlementDue:
    level = claimed.level if claimed is not None else 0
    by_credits = sum(map(exact, claimed.credited_usd), ZERO) if claimed is not None else ZERO
    spend = sum(by_period.values(), ZERO)
    earning = spend - by_credits
    known = 1 <= level <= len(agreement.tiers)
    threshold = ZERO
    if known:
        stated = agreement.tiers[level - 1].spend_per_year_usd
        threshold = share * exact(stated[min(year, len(stated) - 1)] if isinstance(stated, tuple) else stated)
    discount = exact(agreement.tiers[level - 1].discount) if known else ZERO
    rebate = earning * discount
    counted = earning - rebate if agreement.spend_counts == "after_discount" else earning
    missing = max(threshold - counted, ZERO) if agreement.take_or_pay else ZERO
    return SettlementDue(
        agreement=a,
        plan_year=year,
        provider=agreement.provider,
        period=period,
        level=level,
        threshold_usd=threshold,
        discount=discount,
        spend_usd=spend,
        by_period=by_period,
        earning_usd=earning,
        counted_usd=counted,
        rebate_usd=rebate,
        shortfall_usd=missing,
    )


def _spent(books: Books, prices: PlanPrices, invoices: Iterable[Invoice]) -> dict[tuple[int, int], dict[int, Decimal]]:
    """Covered spend by (agreement, plan-year) and period, inside the horizon."""
    covers: dict[str, list[int]] = {}
    for record in books.plan.inputs.options:
        kind = kind_of(record, prices.origins.get(record.option))
        covers[record.option] = [
            a
            for a, agreement in enumerate(books.asked.spend_agreements)
            if agreement.provider == record.provider and kind in agreement.covers
        ]
    spent: dict[tuple[int, int], dict[int, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
    for flow in invoices:
        if 0 <= flow.period_index < books.calendar.count:
            parts = books.calendar.over_years(flow.period_index, flow.amount_usd, flow.date_years)
            for a in covers.get(flow.option, ()):
                if flow.period_index in in_force(books, books.asked.spend_agreements[a]):
                    for year, usd in parts.items():
                        spent[a, year][flow.period_index] += usd
    return spent
