"""What a company may agree with a provider about everything it spends there: minimum spend in tiers, savings plans."""

from typing import Annotated, Literal, Protocol

from pydantic import Field, model_validator

from planner.domain.fields import (
    Month,
    Name,
    Periods,
    PositiveMonths,
    PositivePeriods,
    PositiveUsd,
    ProperShare,
    Share,
    Since,
    Strict,
)
from planner.domain.scenario.contract import PaymentKind

CoveredKind = Literal[PaymentKind, "held"]
"""Kinds of payments that an agreement may cover; `held`: what is owed for contracts held already."""


class SpendTier(Strict):
    """A step of an agreement."""

    spend_per_year_usd: PositiveUsd | Annotated[tuple[PositiveUsd, ...], Field(min_length=1)]
    """Covered spend of a plan-year from which the discount holds, or which is agreed on as the minimum: one number for all, or one
    for each plan-year (an agreement that rises)."""
    discount: Annotated[Share, Field(lt=1)]
    """Off all covered spend of the plan-year; 0 for a minimum that is signed and gives none."""

    def spend_in(self, plan_year: int) -> float:
        """Its threshold in a whole plan-year, USD; the last one stated goes on."""
        stated = self.spend_per_year_usd
        return stated[min(plan_year, len(stated) - 1)] if isinstance(stated, tuple) else stated


class SpendAgreement(Since):
    """Spend so much a plan-year, get a discount on all of it; settled at the end of each plan-year.

    What credits pay is no spend.
    """

    provider: str
    signed: bool = False
    """Signed already: its one tier holds while it is in force, and what is missing to its minimum is owed whatever is decided."""
    from_period: Periods | None = None
    """The same as a number of a period, from 0."""
    until: Month | None = None
    """First month in which it is over; default: it lasts beyond the horizon. A plan-year that it covers in part counts in part."""
    until_period: PositivePeriods | None = None
    """The same as a number of a period, from 0."""
    tiers: Annotated[tuple[SpendTier, ...], Field(min_length=1, max_length=20)]
    """In rising order of spend and discount."""
    covers: Annotated[tuple[CoveredKind, ...], Field(min_length=1)] = (
        "on_demand",
        "spot",
        "commitment",
        "savings_plan",
        "block",
    )
    """Kinds of payments that count and are discounted; default: all for nodes, but those for what is already held."""
    take_or_pay: bool = True
    """A minimum is agreed on: what is missing to it is paid. `false`: nothing is signed, the discount has to be reached."""
    spend_counts: Literal["before_discount", "after_discount"] = "before_discount"
    """Whether spend counts towards a tier at the prices before the agreement's discount, or as it is invoiced after it."""
    level: Literal["plan_year", "horizon"] = "plan_year"
    """`plan_year`: a tier for each plan-year; `horizon`: one tier is signed for all of them."""
    source: str = "scenario"
    as_of: str = ""

    @model_validator(mode="after")
    def _rising(self) -> "SpendAgreement":
        years = max(len(t.spend_per_year_usd) if isinstance(t.spend_per_year_usd, tuple) else 1 for t in self.tiers)
        for low, high in zip(self.tiers, self.tiers[1:], strict=False):
            more = all(high.spend_in(y) > low.spend_in(y) for y in range(years))
            if not more or high.discount <= low.discount:
                raise ValueError("tiers must rise in `spend_per_year_usd` and in `discount`")
        if self.signed and (len(self.tiers) > 1 or not self.take_or_pay):
            raise ValueError(
                "what is `signed` has one tier, and what is missing to it is paid: leave out `take_or_pay`"
            )
        if not self.signed and self.tiers[0].discount == 0:
            raise ValueError("a tier without a discount is worth nothing unless it is `signed` already")
        if len(set(self.covers)) < len(self.covers):
            raise ValueError("`covers` names a kind twice")
        return self

    @model_validator(mode="after")
    def _one_span(self) -> "SpendAgreement":
        if self.since is not None and self.from_period is not None:
            raise ValueError("give `from` or `from_period`")
        if self.until is not None and self.until_period is not None:
            raise ValueError("give `until` or `until_period`")
        months = self.since is not None and self.until is not None and self.until <= self.since
        if months or (self.until_period is not None and self.until_period <= (self.from_period or 0)):
            raise ValueError("`until` is the first month (or period) without it: it lies after `from`")
        return self


class PlanRate(Strict):
    """Discount of a savings plan on what it names; the most specific rate that matches is used, the last of equals."""

    discount: ProperShare
    """Off the on-demand price of the time of use."""
    accelerator: str | None = None
    region: str | None = None
    instance: str | None = None
    """Name of a node type."""


class SavingsPlan(Strict):
    """A commitment in dollars an hour: it may move between regions and node types of its scope; unused it is lost."""

    name: Name
    provider: str
    term_months: PositiveMonths | None = None
    term_periods: PositivePeriods | None = None
    upfront_fraction: Share = 0.0
    """Share of the whole commitment that is paid at signing: 0 none, 0.5 partial, 1 all."""
    rates: Annotated[tuple[PlanRate, ...], Field(min_length=1)]
    """What it covers: on-demand nodes of the provider that some rate matches."""
    max_usd_per_hour: PositiveUsd | None = None
    """Most in force at once."""
    source: str = "scenario"
    as_of: str = ""

    @model_validator(mode="after")
    def _one_term(self) -> "SavingsPlan":
        if (self.term_months is None) == (self.term_periods is None):
            raise ValueError("give term_months or term_periods")
        return self


class Rated(Protocol):
    """A savings plan, to be signed or signed already."""

    @property
    def provider(self) -> str: ...
    @property
    def rates(self) -> tuple[PlanRate, ...]: ...


def savings_rate(plan: Rated, provider: str, region: str, instance: str, accelerator: str | None) -> float:
    """Discount of a savings plan on nodes on demand of that kind; 0 if it does not cover them."""
    best, rank = 0.0, -1
    if provider != plan.provider:
        return 0.0
    for rate in plan.rates:
        named = ((rate.accelerator, accelerator), (rate.region, region), (rate.instance, instance))
        if any(wanted is not None and wanted != has for wanted, has in named):
            continue
        specific = sum(wanted is not None for wanted, _ in named)
        if specific >= rank:
            best, rank = rate.discount, specific
    return best
