"""Everything a company can buy is one thing: an Option, an offer under a contract, with Terms.

The mathematics sees Terms only: it knows no cloud's name and no accelerator's name.
"""

from dataclasses import dataclass
from decimal import Decimal
from typing import Literal, NamedTuple

from planner.domain.finance import price_on_path
from planner.domain.horizon import Horizon
from planner.domain.market_rules import PriceChange
from planner.domain.scenario import Scenario

Action = Literal["commit", "on_demand", "spot", "hosted_api"]

CONTRACT_OF_ACTION: dict[str, str] = {
    "commit": "commitment",
    "on_demand": "on_demand",
    "spot": "spot",
    "hosted_api": "hosted_api",
}


class Provenance(NamedTuple):
    """Where a price comes from."""

    row: str
    """Id of the catalog row, or `scenario`."""
    source: str
    as_of: str
    basis: str


@dataclass(frozen=True, slots=True)
class Option:
    """A node type of a pool under one contract, or a hosted model. Prices are list prices."""

    id: str
    action: Action
    provider: str
    region: str
    country: str
    node_type: str
    accelerator: str | None
    count: int
    """Accelerators per node."""
    contract: str
    """The contract in the provider's words."""
    usd_per_hour: float
    """Recurring list price of a node-hour; 0 for hosted APIs."""
    provenance: Provenance
    upfront_usd: float = 0.0
    term_hours: float = 0.0
    term_periods: int | None = None
    """Given instead of term_hours; -1 = the whole horizon, signed at its start."""
    lead_hours: float = 0.0
    lead_periods: int = 0
    min_nodes: int = 1
    max_nodes: int | None = None
    exact_nodes: int | None = None
    held: bool = False
    interruptions_per_month: float = 0.0
    groups: tuple[str, ...] = ()
    """Cap groups its nodes count towards."""
    offer: str | None = None
    """Name of the inline offer or holding whose measured throughput applies."""
    language_model: str | None = None
    """Weights behind a hosted API."""
    usd_per_mtok_input: float = 0.0
    usd_per_mtok_output: float = 0.0
    max_context: int = 0
    until: str = ""
    """Date from which it cannot be had any more, or empty."""
    row_ids: tuple[str, ...] = ()

    @property
    def pool(self) -> str:
        """Nodes that substitute for each other completely."""
        return f"{self.provider}/{self.region}/{self.node_type}"


class Cap(NamedTuple):
    """A limit over all options that name it among their groups."""

    name: str
    max_nodes: float | None
    max_accelerators: float | None
    counts: Literal["running", "live"]
    """`running`: nodes paid by the hour; `live`: those and commitments in service."""
    assumed: bool


class Terms(NamedTuple):
    """The program's only view of commerce, per node; index v or t runs over the periods and the horizon's end.

    `usd_per_hour[T]` and `upfront_usd[T]` are the prices at the end of the horizon (terminal rule).
    """

    usd_per_hour: tuple[float, ...]
    upfront_usd: tuple[float, ...]
    term: int
    """Periods of a commitment; 0 for what is paid by use."""
    lead: int
    signing: tuple[int, ...]
    """Periods in which it can be signed."""
    usable: tuple[bool, ...]
    """Whether it can run, period by period (what is paid by use)."""


def change_of(changes: tuple[PriceChange, ...], option: Option) -> float:
    """Yearly price change that applies: the entry that names most of the option's traits, the last of equals."""
    best, rank = 0.0, -1
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
            best, rank = change.per_year, specific
    return best


def path(list_price: float | Decimal, change: float, discount: float, horizon: Horizon) -> tuple[float, ...]:
    """Unit price at the start of every period and at the end of the horizon."""
    if change == 0.0:
        flat = price_on_path(list_price, 0.0, 0.0, discount)
        return (flat,) * (len(horizon.periods) + 1)
    years = [p.start_years for p in horizon.periods] + [horizon.end_years]
    return tuple(price_on_path(list_price, change, y, discount) for y in years)


def term_in_periods(option: Option, horizon: Horizon) -> int | None:
    """Length of a commitment in periods, or None if its term is not a whole number of them."""
    if option.term_periods is not None:
        return len(horizon.periods) if option.term_periods == -1 else option.term_periods
    lengths = {p.hours for p in horizon.periods}
    if len(lengths) != 1:
        return None
    ratio = option.term_hours / lengths.pop()
    return round(ratio) if ratio > 0.5 and abs(ratio - round(ratio)) < 1e-6 else None


def terms_of(option: Option, scenario: Scenario, horizon: Horizon) -> Terms:
    """Terms of an option that has a term in whole periods (or none)."""
    discount = scenario.discounts.get(option.provider, 0.0) if not option.held else 0.0
    change = 0.0 if option.held else change_of(scenario.price_changes, option)
    count = len(horizon.periods)
    term = (term_in_periods(option, horizon) or 0) if option.action == "commit" else 0
    lead = option.lead_periods
    if option.lead_hours:
        lead = -int(-option.lead_hours // horizon.periods[0].hours)
    at_start = option.held or option.term_periods == -1 or option.exact_nodes is not None
    signing = tuple(range(count))[: 1 if at_start else max(count - lead, 0)] if term else ()
    return Terms(
        usd_per_hour=path(option.usd_per_hour, change, discount, horizon),
        upfront_usd=path(option.upfront_usd, change, discount, horizon),
        term=term,
        lead=lead,
        signing=signing,
        usable=tuple(_still_sold(option.until, p.start) for p in horizon.periods),
    )


def _still_sold(until: str, period_start: str) -> bool:
    """Whether something withdrawn on `until` can still be had in a period; periods without a calendar: yes."""
    return not until or not period_start[:1].isdigit() or period_start < until[:7]


def blended(
    option: Option, input_tokens: int, output_tokens: int, scenario: Scenario, horizon: Horizon
) -> tuple[float, ...]:
    """USD per million tokens (input + output) of a hosted API for requests of one shape, by period.

    The list prices are blended exactly; discount, path and rounding follow.
    """
    paid = Decimal(repr(option.usd_per_mtok_input)) * input_tokens
    paid += Decimal(repr(option.usd_per_mtok_output)) * output_tokens
    mixed = paid / (input_tokens + output_tokens)
    discount = scenario.discounts.get(option.provider, 0.0)
    return path(mixed, change_of(scenario.price_changes, option), discount, horizon)
