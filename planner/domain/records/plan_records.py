"""Records of a plan beside lines and serving: runs, failures, charges, credits, cash, margins, carbon, availability."""

from typing import Literal

from planner.domain.fields import Strict


class RunShare(Strict):
    """Nodes of one option that a training run holds in one period, and for how many hours of it."""

    option: str
    period: int
    nodes: float
    hours: float


class RunRecord(Strict):
    """A training run as it is planned: one pool, contiguous periods, a constant number of nodes."""

    workload: str
    pool: str
    start: str
    start_index: int
    end: str
    """Last period in which it runs."""
    end_index: int
    """Index of the period after the last one."""
    nodes: int
    accelerators: int
    hours: float
    """Wall-clock hours from start to finish."""
    last_period_hours: float
    """Hours of the last period that it takes."""
    work: float
    work_unit: str
    rate_per_node_hour: float
    """Before failures and checkpoints."""
    goodput: float
    """Share of the time that makes progress."""
    shares: tuple[RunShare, ...]


class FailurePart(Strict):
    """What one option does in an emergency."""

    option: str
    nodes: float
    """Nodes busy with it; 0 for hosted APIs."""
    standby_nodes: float = 0.0
    """Those of them that are started when it happens."""
    work_per_hour: float


class FailureRecord(Strict):
    """The second dispatch: how a protected workload is served when one failure domain is lost in a slice."""

    failed: str
    """The domain that fails; empty for the standing reserve, where nothing fails."""
    period: int
    slice: int
    workload: str
    needed_per_hour: float
    """Work units an hour."""
    parts: tuple[FailurePart, ...]


class ChargeRecord(Strict):
    """What is paid beside capacity: support plans, data that leaves or is kept, what is settled of agreements on spend, running
    costs of what is owned."""

    kind: Literal[
        "support",
        "egress",
        "storage",
        "rebate",
        "shortfall",
        "site",
        "team",
        "energy",
        "energy of work",
        "staff",
        "maintenance",
        "software",
        "tax and insurance",
        "sale",
    ]
    provider: str
    """Or the site."""
    workload: str = ""
    option: str = ""
    """Of what is owned."""
    signed_index: int = -1
    """Period of signing of what is owned; -1 otherwise."""
    period: int
    quantity: float
    """GB (egress, storage), USD (of spend: support, rebate; of what is missing: shortfall), unit-hours in service, kWh of
    work, hours of the team, units sold."""
    unit_price_usd: float
    """Per GB, per GB and month, per USD (below 0 for a rebate), per unit-hour, per kWh, per hour, per unit."""
    usd: float


class CreditRecord(Strict):
    """Use of one grant of free credits in one period."""

    provider: str
    credit: int
    """Number of the grant in the scenario, from 0."""
    period: int
    usd: float


class AgreementRecord(Strict):
    """An agreement on spend in one plan-year; settled in the middle of its last period."""

    agreement: int
    """Number in the scenario, from 0."""
    signed: bool = False
    """Signed already: its tier is not a decision."""
    provider: str
    plan_year: int
    level: int
    """Tier that is agreed on or reached, from 1; 0 for none."""
    threshold_usd: float
    """Covered spend from which the tier holds; pro rata in a plan-year cut short."""
    discount_fraction: float
    covered_spend_usd: float
    """Before the discount of the agreement and before credits, inside the horizon."""
    credited_usd: tuple[float, ...] = ()
    """What credits pay of it, by period of the horizon (none: empty): it earns no discount and counts towards no tier."""
    rebate_usd: float
    shortfall_usd: float
    """Paid for what is missing to the threshold."""
    why: str
    source: str
    as_of: str


class CoverRecord(Strict):
    """Running nodes of an option that a savings plan pays for in one slice."""

    option: str
    savings_plan: str
    """Option of the savings plan."""
    period: int
    slice: int
    nodes: float
    usd_per_hour: float
    """Dollars of the commitment that one of them takes up, an hour."""


class CashRecord(Strict):
    """Cash of one period under the scenario's `cash` block."""

    period: int
    opening_usd: float
    income_usd: float
    raised_usd: float
    other_costs_usd: float
    spent_usd: float
    """On compute, after credits."""
    closing_usd: float


class MarginRecord(Strict):
    """Revenue of a workload that is sold against what it costs to serve."""

    workload: str
    units: float
    revenue_usd: float
    cost_usd: float
    margin_fraction: float | None


class CarbonRecord(Strict):
    """Emissions from the electricity of all nodes that are paid for, tonnes CO2e."""

    tonnes: float
    by_plan_year: tuple[float, ...]
    by_region: dict[str, float]
    """By `provider/region`."""
    unknown_node_hours_fraction: float
    """Share of the node-hours whose place has no known intensity; they are not in the tonnes."""
    npv_usd: float = 0.0
    """Present value of the carbon price."""


class SimulatedAvailability(Strict):
    """Share of the demand of a workload that is served when domains fail at random."""

    workload: str
    availability: float
    """Mean over samples."""
    worst: float
    """Of the worst sample."""


class AvailabilityRecord(Strict):
    """What availability the plan buys: an independent simulation of outages on the plan file."""

    failure: str
    outages_per_year: float
    hours_per_outage: float
    assumed: bool
    """True if the scenario does not state the outages."""
    samples: int
    seed: int
    workloads: tuple[SimulatedAvailability, ...]


class SizedWorkload(Strict):
    """How far the sized rates of a workload may be off, and what the nodes of the plan do then."""

    workload: str
    sized_fraction: float
    """Share of its planned work that rests on sized rates; the rest is measured, or done by hosted APIs."""
    low_fraction: float
    """Low over expected rate of that share: the 10th percentile of measured over expected."""
    high_fraction: float
    """The same at the 90th percentile."""
    served_low_fraction: float
    """Share of its work that the nodes of the plan serve at the low rates with nothing more rented, at least."""
    worst_low_fraction: float
    """The same of the slice (flexible work: the period) where it is smallest."""
    worst_period: int
    worst_slice: int
    """-1 for what counts by the period."""
    busy_low_fraction: float | None = None
    """How busy the nodes would have to be to serve it all the same: target utilisation / low; None where there is no target."""


class SizingCase(Strict):
    """The same question with every sized rate at one end of its range, all at once and known from the start."""

    case: Literal["low", "high"]
    npv_usd: float | None
    """No plan serves the demand for less in this case; None if none serves it at all, or it was not computed."""
    change_fraction: float | None
    """Relative to the plan's NPV."""
    note: str
    """How it was reckoned, or why there is no figure."""


class SizingRecord(Strict):
    """What the uncertainty of sized throughput means for the plan; measured throughput has none."""

    workloads: tuple[SizedWorkload, ...]
    cases: tuple[SizingCase, ...] = ()


class IdleWorkload(Strict):
    """Online work whose whole replicas mostly wait."""

    workload: str
    replicas: float
    """Most that are held at once."""
    used_fraction: float
    """Work done over what the replicas held could do, over the horizon."""


class IdleRecord(Strict):
    """Replicas that idle, and the same question if nodes could be shared."""

    workloads: tuple[IdleWorkload, ...]
    nodes: float
    """Most nodes at once in the plan."""
    usd_per_month: float
    """Its cash in the horizon by month."""
    pooled_npv_usd: float | None = None
    """Least NPV with `replicas: pooled`; None if that was not solved."""
    pooled_nodes: float = 0.0
    pooled_usd_per_month: float = 0.0


class TerminalCase(Strict):
    """The cheapest plan of the same question under another rule for the end of the horizon."""

    rule: Literal["market"]
    npv_usd: float | None
    """Its cost under that rule; None if it was not found."""
    signed_first_year_usd: float = 0.0
    """All that it owes for what it signs in the first plan-year."""
    plan_signed_first_year_usd: float = 0.0
    """The same of the plan."""
    outstanding_liability_usd: float = 0.0
    """What it owes beyond the horizon, undiscounted."""
    largest_signing: str = ""
    """What it signs for most money in the first plan-year."""
    note: str = ""


class SimplicityRecord(Strict):
    """What the last pass left out, and what that cost."""

    lines_before: int
    """Signings, and options used without one, of the plan that the search found."""
    lines: int
    pools_before: int
    """Node types in a region of a provider, and providers of hosted models."""
    pools: int
    pool_months_before: float
    pool_months: float
    npv_before_usd: float
    cost_usd: float
    """NPV that this plan costs more."""
    share_of_gap: float
    """Share of the gap that this may cost."""
    disliked_before_usd: float = 0.0
    """Cash, of all terms, for what is `avoided`, or not `preferred`, in the plan that the search found."""
    disliked_usd: float = 0.0
    """The same in this plan."""
    avoided_before_usd: float = 0.0
    """Of it, for what is `avoided`."""
    avoided_usd: float = 0.0
    """The same in this plan."""
    preference_cost_usd: float = 0.0
    """NPV that the preference costs more; part of `cost_usd`, less what was made simpler after."""
    preference_least_usd: float | None = None
    """NPV that a plan with nothing that is avoided or not preferred costs more at least, where the preference is not followed
    to its end; None too where no plan does without."""
