"""What is on the market: the rows of `datasets/` as types. Reading them is `inputs/catalog/load.py`'s business."""

from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal, NamedTuple

from planner.domain.inputs.accelerator import Accelerator
from planner.domain.inputs.language_model import LanguageModel
from planner.domain.inputs.ownership_facts import OwnershipFacts

ContractKind = Literal["on_demand", "spot", "commitment", "capacity_block"]
ProviderClass = Literal["hyperscaler", "neocloud", "marketplace"]
Access = Literal["open", "reservation", "waitlist", "sold_out", "restricted"]
"""How a price can be had: at once by anybody, by a reservation that the seller agrees to, after a waitlist, not at all now,
or by special customers only (government regions)."""


class InstancePrice(NamedTuple):
    """One published price of one node type under one contract, with its provenance.

    `price_usd_per_hour` is per node and hour over the whole term, upfront included:
    upfront = upfront_fraction × price × 730 h × term_months, the rest is paid monthly.
    """

    id: str
    provider: str
    region: str
    country: str
    """ISO 3166 alpha-2, or empty if the provider does not say."""
    instance: str
    accelerator: str
    count: int  # type: ignore[assignment]  # shadows a method of tuple
    """Accelerators per node."""
    contract: ContractKind
    plan: str
    """The provider's own word for the contract, e.g. `convertible reserved instance`."""
    term_months: float
    """0 for on demand and spot."""
    upfront_fraction: float
    min_nodes: int
    price_usd_per_hour: float
    interruptions_per_month: float
    """Expected interruptions of one spot node a month; 0 for other contracts."""
    basis: str
    """listed | quoted | observed | derived | estimated."""
    source: str
    checked_on: str
    """YYYY, YYYY-MM or YYYY-MM-DD; a partial date counts as its earliest day."""
    note: str
    access: Access = "open"
    low_usd_per_hour: float | None = None
    high_usd_per_hour: float | None = None
    """Range of an estimate, per node and hour; None if not known."""


class TokenPrice(NamedTuple):
    """Published prices of one hosted model, USD per million tokens."""

    id: str
    provider: str
    model: str
    """The provider's own name of the model."""
    language_model: str
    """Our id of the weights behind it, from the curated alias table; empty if unknown."""
    usd_per_mtok_input: float
    usd_per_mtok_output: float
    usd_per_mtok_cached: float
    """Of input tokens that an earlier request had; 0 if not published: then they cost what others do."""
    max_context: int
    """0 if not published."""
    withdrawn_on: str
    """Announced end of the model at this provider, or empty."""
    source: str
    checked_on: str
    usd_per_mtok_input_batch: float = 0.0
    usd_per_mtok_output_batch: float = 0.0
    """Of work that may wait; 0 if not published."""

    @property
    def serves(self) -> str:
        """Id of the model: of its weights where they are known, else the provider's own name without its prefix.

        >>> TokenPrice("", "azure", "azure/gpt-4o", "", 2.5, 10.0, 0.0, 0, "", "", "").serves
        'gpt-4o'
        """
        return self.language_model or self.model.removeprefix(f"{self.provider}/")


class Provider(NamedTuple):
    """A seller and what is assumed of it where it publishes nothing."""

    id: str
    name: str
    kind: ProviderClass
    opt_in: bool
    """True for marketplaces of private hosts: used only if the scenario names them."""
    size_rank: int
    """1 = largest; used to name 'the largest cloud' of the baselines. 0 = not ranked."""
    on_demand_cap_accelerators: int
    """Assumed on-demand accelerators of one type that can be had at once, over all regions."""
    spot_cap_accelerators: int
    reserved_cap_accelerators: int
    """Of commitments and blocks together: more of one type no seller of its class is known to have sold to one customer."""
    spot_interruptions_per_month: float
    """Assumed where the provider publishes no interruption figure."""
    basis: str
    source: str
    checked_on: str


class LoadProfile(NamedTuple):
    """An hourly load shape, mean 1, hour 0 = Monday 00:00; 24 or 168 values."""

    id: str
    values: tuple[float, ...]
    source: str
    checked_on: str


class Constant(NamedTuple):
    """A fitted constant of the sizing model with the range it was seen in."""

    name: str
    value: float
    low: float
    high: float
    unit: str
    source: str
    checked_on: str


class PricePath(NamedTuple):
    """How prices may move from the start of a plan; `price_path.factor_at` reads it."""

    id: str
    points: tuple[tuple[float, float], ...]
    """(months from the start, price relative to the start); the first is (0, 1)."""
    source: str
    """Sources of its rows, joined by `; `."""
    checked_on: str
    """Of its newest row."""


class CarbonIntensity(NamedTuple):
    """Grams of CO2 equivalent behind one kWh of the grid, yearly average."""

    id: str
    """The country, or the provider's region name."""
    provider: str
    """Whose region it is; empty for a country."""
    region: str
    country: str
    grams_co2e_per_kwh: float
    basis: str
    """listed, or derived (a country: the median of its regions)."""
    source: str
    checked_on: str
    note: str


class Contradiction(NamedTuple):
    """A row that cannot be believed beside the others."""

    rule: str
    row: str
    """Id of the price row."""
    said: str
    accepted: bool


class SellerCap(NamedTuple):
    """The most that a customer holds at a seller at once, over all its places: of one contract, as the seller says, or reserved of
    one accelerator, as much as it is known to have."""

    provider: str
    contract: str
    """`commitment` or `capacity_block`; `reserved`: both together."""
    accelerator: str | None
    """The one that is counted; None = any one type."""
    max_nodes: int | None
    """Of what a seller says of a contract."""
    max_accelerators: int | None
    """Of what is reserved."""
    source: str
    checked_on: str
    note: str = ""
    """What the figure is of."""


class Announced(NamedTuple):
    """A generation of accelerators that its maker has announced, without prices."""

    name: str
    vendor: str
    replaces: tuple[str, ...]
    """Accelerators whose work it does."""
    month: str
    """From which it can be rented or ordered, as is assumed."""
    path: str
    """Price path that says what the same work costs by then."""
    source: str
    checked_on: str
    note: str


class Ended(NamedTuple):
    """A seller, a price list, a product or a model that cannot be bought any more."""

    kind: str
    """seller | price_list | product | model | hosted_seller."""
    provider: str
    what: str
    ended: str
    source: str
    checked_on: str


@dataclass(frozen=True, repr=False)
class Catalog:
    """The market, read-only. Every mapping is keyed by id; rows keep file order."""

    accelerators: dict[str, Accelerator] = field(default_factory=dict)
    language_models: dict[str, LanguageModel] = field(default_factory=dict)
    providers: dict[str, Provider] = field(default_factory=dict)
    prices: tuple[InstancePrice, ...] = ()
    token_prices: tuple[TokenPrice, ...] = ()
    profiles: dict[str, LoadProfile] = field(default_factory=dict)
    constants: dict[str, Constant] = field(default_factory=dict)
    aliases: dict[str, str] = field(default_factory=dict)
    """Other names of accelerators and language models → id, lower case."""
    power: dict[str, Constant] = field(default_factory=dict)
    """`node_power_ratio` and `pue`: from the accelerators' TDP to the electricity a node takes."""
    price_paths: dict[str, PricePath] = field(default_factory=dict)
    carbon_intensity: dict[str, CarbonIntensity] = field(default_factory=dict)
    """By country (two letters), and by region name; a region counts for its own provider only (`carbon_of`)."""
    ownership: OwnershipFacts = field(default_factory=OwnershipFacts)
    machine_types: dict[tuple[str, str], dict[str, frozenset[str]]] = field(default_factory=dict)
    """(seller, instance) → how it is sold → regions where it is known to be; what is not here is not known."""
    ended: tuple[Ended, ...] = ()
    caps: tuple[SellerCap, ...] = ()
    announced: tuple[Announced, ...] = ()
    known_on: str = ""
    """Day on which its prices were known (YYYY-MM-DD); empty: they are the newest."""

    def carbon_of(self, provider: str, region: str, country: str) -> CarbonIntensity | None:
        """The region's own figure if there is one, else that of its country, else none."""
        own = self.carbon_intensity.get(region)
        return own if own and own.provider == provider else self.carbon_intensity.get(country)

    @property
    def node_power_ratio(self) -> float:
        """kW of a node under load per kW of its accelerators' TDP; 1 if the catalog has no figure."""
        return self.power["node_power_ratio"].value if "node_power_ratio" in self.power else 1.0

    @property
    def pue(self) -> float:
        """Power of a rented building per power of its nodes; 1 if the catalog has no figure."""
        return self.power["pue"].value if "pue" in self.power else 1.0

    @cached_property
    def newest_price_on(self) -> str:
        """Latest `checked_on` of any price, YYYY-MM-DD; empty for a catalog without prices."""
        dates = [earliest_day(p.checked_on) for p in self.prices]
        dates += [earliest_day(p.checked_on) for p in self.token_prices]
        return max(dates, default="")

    def __repr__(self) -> str:
        newest = f", newest of {self.newest_price_on}" if self.newest_price_on else ""
        return f"<Catalog: {len(self.prices)} prices of {len(self.providers)} providers{newest}>"


def earliest_day(date: str) -> str:
    """The earliest day a partial date can mean.

    >>> earliest_day("2026"), earliest_day("2026-05"), earliest_day("2026-05-07")
    ('2026-01-01', '2026-05-01', '2026-05-07')
    """
    return (date + "-01-01")[:10] if len(date) == 4 else (date + "-01")[:10]


def months_between(earlier: str, later: str) -> float:
    """Months from one date to another (days as thirtieths).

    >>> months_between("2025-01-01", "2026-11-01")
    22.0
    """
    y0, m0, d0 = (int(part) for part in earliest_day(earlier).split("-"))
    y1, m1, d1 = (int(part) for part in earliest_day(later).split("-"))
    return (y1 - y0) * 12 + (m1 - m0) + (d1 - d0) / 30
