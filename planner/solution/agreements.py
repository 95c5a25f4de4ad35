"""Agreements on spend settled: discount on what was spent, and what is missing to the minimum, in exact decimals."""

from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal

from planner.domain.scenario import Scenario
from planner.formulation.parameters import Parameters
from planner.solution.decisions import Decisions
from planner.solution.payments import Charge, Payment, Settled, exact, hours_by_year, over_years
from planner.units import HOURS_PER_YEAR


def settlements_of(p: Parameters, d: Decisions, paid: list[Payment], scenario: Scenario) -> tuple[Settled, ...]:
    """Every agreement in every plan-year of the horizon, with or without a tier."""
    hours: dict[tuple[int, int], Decimal] = defaultdict(Decimal)
    spent: dict[tuple[int, int], Decimal] = defaultdict(Decimal)
    for a, agreement in enumerate(p.agreements):
        for t in agreement.periods:
            for y, part in hours_by_year(p.horizon, t):
                hours[a, y] += part
        for payment in paid:
            if payment.period in agreement.periods and payment.option in agreement.options:
                for y, usd in over_years(p.horizon, payment.period, payment.usd, payment.at_start):
                    spent[a, y] += usd
    found = []
    for (a, y), level in sorted(d.levels.items()):
        stated, spend = scenario.spend_agreements[a], spent[a, y]
        tier = stated.tiers[level - 1] if level else None
        share = min(hours[a, y] / exact(HOURS_PER_YEAR), Decimal(1))
        threshold = exact(tier.spend_in(y)) * share if tier else Decimal(0)
        discount = exact(tier.discount) if tier else Decimal(0)
        counted = spend * (1 - discount) if stated.spend_counts == "after_discount" else spend
        shortfall = max(threshold - counted, Decimal(0)) if stated.take_or_pay else Decimal(0)
        found.append(Settled(a, y, level, threshold, discount, spend, spend * discount, shortfall))
    return tuple(found)


def charges_of(p: Parameters, one: Settled) -> Iterator[Charge]:
    """What is settled in the last period of the plan-year."""
    t, provider = p.last_of_year(one.plan_year), p.agreements[one.agreement].provider
    if one.rebate:
        rebate = Charge("rebate", provider, -1, t, False, one.spend, -one.discount, -one.rebate, Decimal(1))
        yield rebate._replace(plan_year=one.plan_year)
    if one.shortfall:
        missing = Charge("shortfall", provider, -1, t, False, one.shortfall, Decimal(1), one.shortfall, Decimal(1))
        yield missing._replace(plan_year=one.plan_year)
