"""How something is paid: on demand, spot, committed for a term, or as a block of fixed dates. Tagged by `kind`."""

from typing import Annotated, Literal

from pydantic import Field, model_validator

from planner.domain.fields import (
    SMALLEST_PRICE,
    Frequency,
    Month,
    Months,
    Nodes,
    Periods,
    PositiveDays,
    PositiveMonths,
    PositiveNodes,
    PositivePeriods,
    Price,
    Share,
    Strict,
    UnitPrice,
    Usd,
)


class OnDemand(Strict):
    """By the hour, as long as wanted."""

    kind: Literal["on_demand"]
    usd_per_hour: Price
    """Price of one node for one hour."""
    max_nodes: Nodes | None = None
    """Most nodes that can run at once under this contract."""
    exact_nodes: Nodes | None = None
    """If given, exactly so many nodes run in every slice."""

    @model_validator(mode="after")
    def _possible(self) -> "OnDemand":
        _refuse_exact_above_max(self.exact_nodes, self.max_nodes)
        return self


class Spot(Strict):
    """Cheap, and may be taken away; only hours that were delivered are paid."""

    kind: Literal["spot"]
    usd_per_hour: Price
    max_nodes: Nodes | None = None
    interruptions_per_month: Frequency = 0.0
    """Expected interruptions of one node a month."""


class Commitment(Strict):
    """Signed for a term, paid for all of it, used or not, at the price of the day of signing."""

    kind: Literal["commitment"]
    usd_per_hour: UnitPrice = 0.0
    """Recurring price of one node for one hour of the term; may be 0 only if something is paid upfront."""
    upfront_usd: Usd = 0.0
    """Paid once per node at signing."""
    upfront_fraction: Share = 0.0
    """Or: share of the price of the whole term that is paid at signing; `usd_per_hour` is then the price with it included, as on a
    price list."""
    term_months: PositiveMonths | None = None
    term_periods: PositivePeriods | Literal["horizon"] | None = None
    """Term in periods of the horizon; `horizon` = the whole horizon, signed at its start."""
    min_nodes: PositiveNodes = 1
    """Fewest nodes of one signing."""
    max_nodes: Nodes | None = None
    """Most nodes live at once under this contract."""
    exact_nodes: Nodes | None = None
    """If given, exactly so many nodes are signed at the start of the horizon."""
    lead_months: Months | None = None
    lead_periods: Periods = 0
    """Periods between signing and service."""

    @model_validator(mode="after")
    def _complete(self) -> "Commitment":
        if (self.term_months is None) == (self.term_periods is None):
            raise ValueError("give term_months or term_periods")
        if self.usd_per_hour == 0 and self.upfront_usd == 0:
            raise ValueError("a commitment without any price: give usd_per_hour or upfront_usd")
        if self.upfront_fraction and (self.upfront_usd or not self.usd_per_hour):
            raise ValueError("upfront_fraction is a share of usd_per_hour: give that, and no upfront_usd")
        if self.max_nodes is not None and self.min_nodes > max(self.max_nodes, 1):
            raise ValueError("min_nodes is above max_nodes")
        _refuse_exact_above_max(self.exact_nodes, self.max_nodes)
        if 0 < self.usd_per_hour < SMALLEST_PRICE or 0 < self.upfront_usd < SMALLEST_PRICE:
            raise ValueError("a price below a millionth of a dollar cannot be told from none")
        return self


class Block(Strict):
    """Nodes for fixed dates, paid when they start, for all of their days, and not to be cancelled."""

    kind: Literal["block"]
    usd_per_hour: Price
    """Price of one node for one hour; all of it is paid at the start."""
    days: PositiveDays
    """Length; how days become periods: docs/model.md, "Blocks"."""
    start: Month | None = None
    """Month in which it starts; default: any in which it is worth it."""
    start_period: Periods | None = None
    """The same as a number of a period, from 0."""
    min_nodes: PositiveNodes = 1
    """Fewest nodes of one block."""
    max_nodes: Nodes | None = None
    """Most nodes at once under this contract."""

    @model_validator(mode="after")
    def _possible(self) -> "Block":
        if self.start is not None and self.start_period is not None:
            raise ValueError("give `start` or `start_period`")
        if self.max_nodes is not None and self.min_nodes > max(self.max_nodes, 1):
            raise ValueError("min_nodes is above max_nodes")
        return self


def _refuse_exact_above_max(exact: int | None, most: int | None) -> None:
    if exact is not None and most is not None and exact > most:
        raise ValueError("exact_nodes is above max_nodes")


PaymentKind = Literal["on_demand", "spot", "commitment", "block", "savings_plan", "hosted_api"]
"""Kinds of contract, as filters and agreements name them."""
Contract = Annotated[OnDemand | Spot | Commitment | Block, Field(discriminator="kind")]
