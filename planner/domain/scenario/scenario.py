"""The whole question: horizon, finance, workloads, what may be bought, limits.

Everything is optional except `workloads`; unknown keys are refused. After reading, a Scenario is
self-contained: file references (quotes, hourly profiles) have been replaced by what they said.
"""

from collections import Counter
from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from planner.domain.fields import (
    Change,
    Factor,
    Milliseconds,
    Month,
    Name,
    Nodes,
    PeriodHours,
    PositiveHours,
    PositiveMonths,
    PositivePeriods,
    PositiveShare,
    PositiveUsd,
    PositiveWhole,
    PositiveYears,
    ProperShare,
    Share,
    Shown,
    Strict,
    UnitPrice,
    Usd,
)
from planner.domain.inputs import Access
from planner.domain.scenario.agreement import SavingsPlan, SpendAgreement
from planner.domain.scenario.contract import PaymentKind
from planner.domain.scenario.held import Held, HeldSavingsPlan, Holding
from planner.domain.scenario.limits import Availability, Carbon, Cash, Credit
from planner.domain.scenario.market_rules import LeadTime, PriceChange, Release, Successor
from planner.domain.scenario.offer import AssumedDiscount, CapGroup, Offer, Quote
from planner.domain.scenario.own import Own
from planner.domain.workloads import Workload

POOL_USD_PER_MONTH = 120.0
"""An hour a month of a loaded infrastructure engineer at USD 250,000 a year in 2,080 hours: an assumption, published nowhere."""


class ExplicitSlice(Strict):
    """Hours of an explicit period."""

    name: Name = "all"
    hours: PositiveHours


class ExplicitPeriod(Strict):
    """A period of any length, optionally with its own slices."""

    hours: PeriodHours
    """At least a ten-thousandth."""
    name: Name | None = None
    slices: Annotated[tuple[ExplicitSlice, ...], Field(min_length=1)] | None = None

    @model_validator(mode="after")
    def _adds_up(self) -> "ExplicitPeriod":
        if self.slices is not None:
            total = sum(s.hours for s in self.slices)
            if abs(total - self.hours) > 1e-6 * self.hours:
                raise ValueError(f"the hours of the slices add up to {total:g}, not to {self.hours:g}")
        return self


class NamedVariant(Strict):
    """A question `planner whatif` answers without being told: other values for some fields."""

    name: Name
    set: Annotated[dict[str, Any], Field(min_length=1)]
    """Path of a field, as in `--set` → its value."""


class Scenario(Shown, Strict):
    """Everything the planner is asked."""

    name: Name = "unnamed"
    start: Month | None = None
    """First month; default: the month after the newest price of the catalog."""
    years: PositiveYears | None = None
    months: PositivePeriods | None = None
    quarters: PositivePeriods | None = None
    """Length of the horizon; one of years, months, quarters, periods. Default 3 years."""
    period: Literal["month", "quarter"] | None = None
    """Length of one period; default months (quarters if `quarters` is given)."""
    periods: Annotated[tuple[ExplicitPeriod, ...], Field(min_length=1, max_length=1000)] | None = None
    """Explicit periods instead of calendar ones."""
    slices: PositiveWhole | None = None
    """Load slices per period; default 8 for one load shape, 12 for two, 16 for more; 168 = every hour of the week."""

    discount_rate: Annotated[Change, Field(ge=0)] = 0.10
    """Cost of capital a year."""
    terminal: Literal["market", "annuity", "liability"] = "liability"
    """What counts of payments owed beyond the horizon: all (`liability`), what the rest of the contract is then not worth
    (`market`), or nothing (`annuity`); docs/model.md, "End of the horizon"."""
    budget_total_usd: PositiveUsd | None = None
    """Cash over the whole horizon."""
    budget_per_year_usd: PositiveUsd | tuple[PositiveUsd, ...] | None = None
    """Cash per plan-year: one number for all, or one per plan-year."""
    budget_per_period_usd: PositiveUsd | tuple[PositiveUsd, ...] | None = None
    """Cash in any one period: one number for all, or one per period."""
    budget_upfront_per_year_usd: Usd | tuple[Usd, ...] | None = None
    """Cash paid upfront (capital) per plan-year: one number for all, or one per plan-year."""
    cash: Cash | None = None
    """Cash at hand and coming in, which must last."""
    credits: tuple[Credit, ...] = ()
    objective: Literal["least_cost", "most_served"] = "least_cost"
    """`most_served`: the largest multiple of all demand that the budgets allow, then its least cost."""
    gap: ProperShare = 0.001
    """How near to the best the plan is proven to be: (NPV − bound) / NPV."""
    simplicity: Share = 0.5
    """Share of the gap that a simpler plan may cost more: fewer lines, pools, dates of signing. 0 = the first plan found."""
    pool_usd_per_month: Usd = POOL_USD_PER_MONTH
    """What a pool (a node type in a region, a provider of hosted models) costs the team a month: images, quotas, access, bills.
    Weighed against money when the plan is made simpler; no part of the NPV. Default: an hour of an engineer, an assumption."""
    demand_scale: Factor = 1.0
    """All demand is multiplied by this."""
    most_demand_scale: Factor = 10.0
    """Largest multiple that `most_served` tries."""

    workloads: Annotated[tuple[Workload, ...], Field(min_length=1, max_length=200)]

    catalog: Literal["bundled", "none"] = "bundled"
    """`none`: only the offers, quotes and holdings of the scenario."""
    clouds: tuple[str, ...] | None = None
    """Providers of instances; default: all but marketplaces of private hosts."""
    hosted_apis: tuple[str, ...] | Literal["none"] | None = None
    """Providers of hosted models; default: all."""
    regions: tuple[str, ...] | None = None
    countries: tuple[str, ...] | None = None
    vendors: tuple[str, ...] | None = ("NVIDIA",)
    """Accelerator vendors whose software your team can run; null = any."""
    accelerators: tuple[str, ...] | None = None
    contracts: tuple[PaymentKind, ...] | None = None
    """Kinds of contract allowed; default: all."""
    max_term_months: PositiveMonths | None = None
    """Longest commitment the company would sign."""
    max_price_age_months: PositiveMonths = 24.0
    """Older prices are left out, and counted."""
    allow_estimated_rates: bool = False
    """Sign also at rates that no seller publishes and the catalog estimates by rule (marked `estimated`, with a range)."""
    access: Annotated[tuple[Access, ...], Field(min_length=1)] = ("open",)
    """How what is used may be had: `open` to anybody at once; add `reservation` (the seller must agree), `waitlist`, `sold_out`
    or `restricted` (government regions) if you have that access."""
    discounts: dict[str, Annotated[Share, Field(lt=1)]] = {}
    """Negotiated discount on every list price of a provider."""
    assumed_discounts: tuple[AssumedDiscount, ...] = ()
    spend_agreements: tuple[SpendAgreement, ...] = ()
    """Minimum-spend agreements and volume discounts that can be had."""
    savings_plans: tuple[SavingsPlan, ...] = ()
    """Commitments in dollars an hour that can be had; rates are yours: nobody publishes them for accelerators."""
    caps: dict[str, Nodes | dict[str, Nodes]] = {}
    """On-demand accelerators of one type that a provider can deliver: {provider: n} or {provider: {accelerator: n}}."""
    spot_caps: dict[str, Nodes | dict[str, Nodes]] = {}
    reserved_caps: dict[str, Nodes | dict[str, Nodes]] = {}
    """Accelerators of one type that a provider can reserve for you: commitments and blocks of the catalog in service together."""
    price_changes: tuple[PriceChange, ...] = ()
    """Price paths; default flat."""
    releases: tuple[Release, ...] = ()
    """Coming generations of accelerators that are in the catalog."""
    successors: tuple[Successor, ...] | None = None
    """Announced generations without a price; default: those of the catalog that come a year or more before the end of the horizon
    (`planner catalog list successors`), none with `catalog: none`. `[]` leaves them out."""
    lead_times: tuple[LeadTime, ...] = ()
    """Delivery times of commitments of the catalog and of quotes; default: none."""
    support: dict[str, Share] = {}
    """Support plan of a provider, as a share of everything paid to it."""
    egress_usd_per_gb: dict[str, UnitPrice] = {}
    """By provider (`default` for the rest); needed where a workload states `egress_gb_per_unit`."""
    storage_usd_per_gb_month: dict[str, UnitPrice] = {}
    """By provider (`default` for the rest); needed where a workload states `storage_gb`."""
    round_trips_ms: dict[str, Milliseconds] = {}
    """Network round trip to the users by region or country (`default` for the rest), milliseconds."""
    maturity: dict[str, PositiveShare] = {}
    """Share of the sized throughput that the software of an accelerator vendor reaches today, by vendor."""
    availability: Availability | None = None
    standing_reserve: Share = 0.0
    """Capacity kept beyond the busiest demand of online inference, as a share of it (never spot)."""
    max_share_per_provider: PositiveShare | None = None
    """Largest share of the demand of any workload that depends on one provider (training runs are exempt)."""
    max_providers: Nodes | None = None
    """Most providers of which anything is signed or used; what is held already or owned does not count."""
    max_pools: Nodes | None = None
    """Most pools (a node type in a region; a provider of hosted models) that are signed or used; likewise."""
    max_signings_per_year: Nodes | None = None
    """Most contracts signed in a plan-year; what is fixed, held or owned and savings plans do not count."""
    min_line_usd: PositiveUsd | None = None
    """Smallest worth of a contract over its term, and of an option that is paid by use over the horizon, without support."""
    preferred: tuple[str, ...] = ()
    """Providers, regions or accelerators that are taken before others where the gap allows it (`simplicity` says how
    much of it)."""
    avoided: tuple[str, ...] = ()
    """Providers, regions or accelerators that are left out where the gap allows it. To forbid them use `clouds` and its like."""
    carbon: Carbon | None = None
    quotes: tuple[Quote, ...] = ()
    offers: tuple[Offer, ...] = ()
    cap_groups: tuple[CapGroup, ...] = ()
    held: tuple[Holding, ...] = ()
    """What is signed already: nodes, and savings plans."""
    own: Own | None = None
    """Hardware and buildings that may be owned (docs/ownership.md)."""
    what_if: tuple[NamedVariant, ...] = ()
    """Named variants that `planner whatif` compares with the scenario as it is."""

    derating: PositiveShare = 0.8
    """Share of the sized inference throughput that a stack reaches which is not tuned to the last."""
    integers: Literal["whole", "relaxed"] = "whole"
    """`whole`: what is signed and what online work holds; work that may wait is bought by the hour. `relaxed`: nodes and replicas
    may be fractional (for tests)."""
    replicas: Literal["whole", "pooled"] = "whole"
    """`whole`: every online workload holds whole replicas of its own; `pooled`: nodes are split fractionally."""

    @property
    def held_nodes(self) -> tuple[Held, ...]:
        """Nodes that are signed already."""
        return tuple(held for held in self.held if isinstance(held, Held))

    @property
    def held_savings_plans(self) -> tuple[HeldSavingsPlan, ...]:
        """Savings plans that are signed already."""
        return tuple(held for held in self.held if isinstance(held, HeldSavingsPlan))

    @model_validator(mode="after")
    def _one_horizon(self) -> "Scenario":
        given = [h for h in (self.years, self.months, self.quarters, self.periods) if h is not None]
        if len(given) > 1:
            raise ValueError("give only one of years, months, quarters, periods")
        if self.periods is not None and self.period is not None:
            raise ValueError("`period` does not go with explicit `periods`")
        if self.periods is not None and any(h.until is not None for h in self.held):
            raise ValueError("a holding's `until` needs calendar periods; give its `periods`")
        if self.periods is not None and any(h.since is not None for h in self.held):
            raise ValueError("a holding's `from` needs calendar periods; give its `from_period`")
        return self

    @model_validator(mode="after")
    def _unique_names(self) -> "Scenario":
        for what, names in (
            ("workload", [w.name for w in self.workloads]),
            ("offer", [o.name for o in self.offers]),
            ("cap group", [g.name for g in self.cap_groups]),
            ("holding", [h.name for h in self.held]),
            ("savings plan", [s.name for s in self.savings_plans]),
            ("variant", [v.name for v in self.what_if]),
            ("successor", [s.name for s in self.successors or ()]),
        ):
            twice = sorted(n for n, count in Counter(names).items() if count > 1)
            if twice:
                raise ValueError(f"two {what}s are called `{twice[0]}`")
        return self

    def __repr__(self) -> str:
        return f"<Scenario {self.name!r}: {', '.join(w.name for w in self.workloads)[:200]}>"

    __str__ = __repr__
