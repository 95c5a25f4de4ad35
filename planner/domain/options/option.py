"""Everything a company can buy is one thing: an Option, an offer under a contract, with Terms.

The mathematics sees Terms only: it knows no cloud's name and no accelerator's name.
"""

from dataclasses import dataclass, fields
from decimal import Decimal
from operator import attrgetter
from typing import Any, Literal, NamedTuple

from planner.domain.scenario import FailureKind
from planner.domain.workloads import Batch, Inference
from planner.units import TOKENS_PER_MTOK

Action = Literal["commit", "on_demand", "spot", "hosted_api", "buy", "lease", "build"]

CONTRACT_OF_ACTION: dict[str, str] = {
    "commit": "commitment",
    "on_demand": "on_demand",
    "spot": "spot",
    "hosted_api": "hosted_api",
    "buy": "purchase",
    "lease": "lease",
    "build": "building",
}
OWNED: frozenset[Action] = frozenset({"buy", "build", "lease"})
"""Servers, buildings, and the power leased for servers."""
RENTED: frozenset[Action] = frozenset({"commit", "on_demand", "spot", "hosted_api"})
"""What has one price that can move; what is owned costs many things at once."""
BY_THE_HOUR: frozenset[Action] = frozenset({"on_demand", "spot"})
"""Nodes paid for the hours that they run."""
TERMED: frozenset[str] = frozenset({"commit", "buy"})
"""Actions that put nodes into service for a term, whether they are used or not."""


class Provenance(NamedTuple):
    """Where a price comes from."""

    row: str
    """Id of the catalog row, or `scenario`."""
    source: str
    as_of: str
    basis: str
    access: str = "open"
    """How a row of the catalog can be had."""


class Recurring(NamedTuple):
    """What a unit in service costs by the hour."""

    kind: str
    usd_per_hour: float
    """At the start of the horizon."""
    change_per_year: float
    follows: Literal["calendar", "purchase", "contract"]
    """calendar: moves with time; purchase: a share of the price that was paid; contract: as signed, rising after every full
    year of service, and owed beyond the horizon."""


class Asset(NamedTuple):
    """What makes an option something owned (`asset.py` reads it): a server at a site, or power of the site."""

    site: str
    role: Literal["server", "rent", "building"]
    kw: float
    """Nameplate kW that a server takes, or that a unit of power gives."""
    capital: tuple[tuple[str, float, float], ...]
    """(kind, USD per unit at the start of the horizon, change of that price a year) of what is paid at signing."""
    change_per_year: float
    """Of the price of what can be sold, and of the rents of new contracts."""
    recurring: tuple[Recurring, ...]
    worth_usd: float
    """Price when new of what can be sold."""
    worth: tuple[tuple[float, float], ...]
    """(age in months, share of it that a sale brings)."""
    worth_at_end: tuple[tuple[float, float], ...]
    """The same for what is still there at the end of the horizon."""
    book_life_months: float
    pue: float
    idle_kw: float
    """Draw of the server when idle, without the building's."""
    busy_kw: float
    """Draw under load."""
    usd_per_kwh: float
    usd_per_kwh_change_per_year: float
    g_per_kwh: float | None = None
    """Grams CO2e per kWh, if the scenario states it for the site."""
    shorter_hours: float = 0.0
    """Next lower age at which it may be sold: what is still there at the end of the horizon is the same for all ages that
    reach it, and only the lowest of them is offered."""

    @property
    def extra_kwh_per_hour(self) -> float:
        """kWh at the meter of the site that an hour of work adds to an idle hour."""
        more = Decimal(repr(self.busy_kw)) - Decimal(repr(self.idle_kw))
        return float(round(more * Decimal(repr(self.pue)), 9))


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
    max_nodes: int | float | None = None
    exact_nodes: int | None = None
    held: bool = False
    savings_plan: str = ""
    """Name of the savings plan it is: then a node of it is one dollar an hour committed."""
    block_hours: float = 0.0
    """Length of a block of fixed dates; 0 for what is none."""
    period_share: float = 1.0
    """Share of the last period of its term that a block is there: its first part."""
    signed_in: int | None = None
    """The only period in which it can be signed, or None."""
    interruptions_per_month: float = 0.0
    groups: tuple[str, ...] = ()
    """Cap groups its nodes count towards."""
    offer: str | None = None
    """The entry of the scenario whose measured throughput applies: `offer:<name>`, `held:<name>`, `own:<name>`."""
    language_model: str | None = None
    """Model behind a hosted API."""
    usd_per_mtok_input: float = 0.0
    usd_per_mtok_output: float = 0.0
    usd_per_mtok_cached: float = 0.0
    """Of input tokens that an earlier request had; 0 = as other input."""
    usd_per_mtok_input_batch: float = 0.0
    usd_per_mtok_output_batch: float = 0.0
    """Of work of kind `batch`; 0 = as other work."""
    usd_per_unit: float = 0.0
    """Of a hosted API that is not paid per token."""
    priced_unit: str = ""
    """What `usd_per_unit` pays for (`image`, `second`, `request`), or empty."""
    max_context: int = 0
    until: str = ""
    """Date from which it cannot be had any more, or empty."""
    available_from: str = ""
    """Month from which it can be had, or empty."""
    generation: str = ""
    """Name of the announced generation that does the work of this node type, or empty."""
    today_usd_per_hour: float = 0.0
    today_upfront_usd: float = 0.0
    """List prices of the contract that it succeeds."""
    zone: str = ""
    vendor: str = ""
    """Of the accelerator; empty if unknown."""
    delivery: Literal["node", "container", "batch"] = "node"
    kw_per_node: float | None = None
    """Electrical power of a node under load, without the building's."""
    asset: Asset | None = None
    """Given if it is owned."""

    @property
    def kind(self) -> str:
        """Kind of contract, as scenarios name it."""
        if self.held or self.savings_plan or self.block_hours:
            return "held" if self.held else "savings_plan" if self.savings_plan else "block"
        return CONTRACT_OF_ACTION[self.action]

    def usd_per_work_unit(self, workload: Inference | Batch) -> Decimal:
        """List price of a work unit behind a hosted API, exactly: per million tokens of a request's mix, or per unit.

        A request of a workload that counts tokens has `input_tokens` + `output_tokens` of them. Batch work takes the batch prices,
        the tokens of a prefix that is in the cache the cached price, where the seller has them; the two do not add.
        """
        tokens_in, tokens_out = Decimal(workload.input_tokens), Decimal(workload.output_tokens)
        if self.priced_unit:
            usd = Decimal(repr(self.usd_per_unit))
            return usd * int(TOKENS_PER_MTOK) / (tokens_in + tokens_out) if workload.counts_tokens else usd
        batch = isinstance(workload, Batch) and self.usd_per_mtok_input_batch > 0
        usd_in = self.usd_per_mtok_input_batch if batch else self.usd_per_mtok_input
        usd_out = self.usd_per_mtok_output_batch if batch else self.usd_per_mtok_output
        hits = (
            Decimal(0) if batch or not self.usd_per_mtok_cached else Decimal(repr(workload.prefix_cache_hit_fraction))
        )
        paid = Decimal(repr(usd_in)) * tokens_in * (1 - hits) + Decimal(repr(usd_out)) * tokens_out
        paid += Decimal(repr(self.usd_per_mtok_cached)) * tokens_in * hits
        return paid / (tokens_in + tokens_out)

    def share_in(self, t: int, end: int) -> float:
        """Share of period t that a node is there whose last period is `end`."""
        return self.period_share if t == end else 1.0

    def having(self, **changes: Any) -> "Option":
        """The same option with other values of some fields: `dataclasses.replace` in a third of its time, for whole markets."""
        other = object.__new__(Option)
        for put, value in zip(_PUTS, _values(self), strict=True):
            put(other, value)
        for name, value in changes.items():
            object.__setattr__(other, name, value)
        return other

    def at_price_times(self, factor: float) -> "Option":
        """The same option with all its prices multiplied."""
        return self.having(
            usd_per_hour=self.usd_per_hour * factor,
            upfront_usd=self.upfront_usd * factor,
            usd_per_mtok_input=self.usd_per_mtok_input * factor,
            usd_per_mtok_output=self.usd_per_mtok_output * factor,
            usd_per_mtok_cached=self.usd_per_mtok_cached * factor,
            usd_per_mtok_input_batch=self.usd_per_mtok_input_batch * factor,
            usd_per_mtok_output_batch=self.usd_per_mtok_output_batch * factor,
            usd_per_unit=self.usd_per_unit * factor,
        )

    @property
    def fixed_price(self) -> bool:
        """Whether discounts and price paths of rents leave its price alone: what is held or owned, and dollars."""
        return self.held or bool(self.savings_plan) or self.asset is not None

    @property
    def pool(self) -> str:
        """Nodes that substitute for each other completely."""
        return f"{self.provider}/{self.region}/{self.node_type}"

    def domain(self, kind: FailureKind) -> str:
        """The failure domain it belongs to: what is lost together with it. A site of one's own is a zone, region and provider."""
        if self.asset is not None and kind != "vendor":
            return self.provider
        match kind:
            case "provider":
                return self.provider
            case "vendor":
                return self.vendor or "unknown vendor"
            case "zone" if self.zone:
                return f"{self.provider}/{self.region}/{self.zone}"
            case _:
                return f"{self.provider}/{self.region}"


_NAMES = tuple(field.name for field in fields(Option))
_values = attrgetter(*_NAMES)
_PUTS = tuple(getattr(Option, name).__set__ for name in _NAMES)
