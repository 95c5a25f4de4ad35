"""What a company may own, as a scenario states it: sites with power, and servers to stand in them.

Every figure that is not given is taken from the catalog, and the plan says which with its source and date. What no source
gives (the term of a rent, land, the size of a module, what a building is worth to others) has no default.
"""

from collections import Counter
from typing import Annotated, Literal

from pydantic import Discriminator, Field, Tag, model_validator

from planner.domain.fields import (
    Change,
    Days,
    Frequency,
    GramsPerKwh,
    Kilowatts,
    Magnitude,
    Month,
    Months,
    Name,
    PositiveKilowatts,
    PositiveMegawatts,
    PositiveMonths,
    PositiveNodes,
    PositivePerNode,
    PositiveUnitPrice,
    PositiveUsd,
    ProperShare,
    Rate,
    Share,
    Strict,
    UnitPrice,
    Usd,
    Within,
)
from planner.domain.fields import PositiveShare as Proportion
from planner.domain.inputs import SizeClass

Points = Annotated[tuple[tuple[Magnitude, Share], ...], Field(min_length=2, max_length=100)]


class BaseSite(Strict):
    """Where servers can stand."""

    name: Name
    country: str = ""
    """ISO 3166 alpha-2."""
    place: str = ""
    """Whose electricity tariff applies, such as `US-TX`; default: the country's."""
    region: str = ""
    """Where it lies, for rules on regions; default: the name."""
    usd_per_kwh: PositiveUnitPrice | None = None
    """Electricity; default: the catalog's tariff of the place."""
    usd_per_kwh_change_per_year: Change = 0.0
    pue: Annotated[float, Within("magnitude", 10, 1)] | None = None
    """Power of the building per power of the servers; default: the catalog's for this kind of site."""
    g_per_kwh: GramsPerKwh | None = None
    """Grams CO2e per kWh; default: the catalog's of the country."""
    team_usd_per_year: Usd | None = None
    """People who are there whatever the size, from the first power on; default: the catalog's team at an engineer's cost."""
    staff_usd_per_mw_year: Usd = 0.0
    """People per MW of power, beside the team and those per server."""
    wages_change_per_year: Change = 0.0
    sales_tax_fraction: Share = 0.0
    """Tax on what is bought for the site, as a share of its price."""
    tax_and_insurance_fraction_per_year: Share | None = None
    """Property tax and insurance as a share of what was paid for servers and building; default: the catalog's."""
    lead_months: Months | None = None
    """From signing to power; default: the catalog's for this kind of site."""
    max_mw: PositiveMegawatts | None = None
    """Most power of its servers (nameplate)."""
    available_from: Month | None = None
    """First month in which something can be signed."""
    required: bool = False
    """Whether it must hold power within the horizon: a contract, or a module."""
    source: str = "scenario"
    as_of: str = ""


class ColocationSite(BaseSite):
    """Power rented by the kW in somebody else's building; electricity is paid on top."""

    kind: Literal["colocation"]
    term_months: PositiveMonths
    """Of every contract; its rent is owed to the end."""
    size_class: SizeClass | None = None
    """Whose rent and PUE of the catalog apply if none are given; default: the class of the size that is stated (`max_mw`,
    `min_kw`), `suite` where none is."""
    rent_usd_per_kw_month: UnitPrice | None = None
    rent_rise_per_year: Change | None = None
    """Agreed rise of the rent after every full year of a contract; default: the catalog's of the size class."""
    rent_change_per_year: Change = 0.0
    """How the rent of new contracts moves."""
    min_kw: Kilowatts = 0.0
    """Least power of one contract."""
    fit_out_usd_per_kw: UnitPrice | None = None
    """Paid at signing; default: the catalog's."""
    setup_usd: Usd = 0.0
    """Paid once for the site, whatever the size."""


class DatacenterSite(BaseSite):
    """A building of one's own, in whole modules of power."""

    kind: Literal["datacenter"]
    land_and_development_usd: Usd
    """Paid once, when it is decided."""
    module_mw: PositiveMegawatts
    """Critical IT power of one module."""
    reuse_fraction: Share
    """What the building is worth at the end of the horizon, as a share of its straight-line book value; the rest is stranded."""
    capex_usd_per_mw: PositiveUsd | None = None
    """Of critical IT power, paid when a module is decided; default: the catalog's."""
    capex_change_per_year: Change = 0.0
    life_months: PositiveMonths | None = None
    """Default: the catalog's."""
    maintenance_fraction_per_year: Share = 0.0
    """Of the building, as a share of its price."""


Site = Annotated[
    Annotated[ColocationSite, Tag("colocation")] | Annotated[DatacenterSite, Tag("datacenter")],
    Discriminator("kind"),
]


class Server(Strict):
    """A server that may be bought, with its share of network and storage."""

    accelerator: str | None = None
    """Id of an accelerator of the catalog; may be absent if `name` and `throughput` say all."""
    name: Name | None = None
    """Default: the accelerator."""
    accelerators_per_server: PositivePerNode | None = None
    """Default: those of the catalog's server."""
    price_usd: PositiveUsd | None = None
    """One server; default: the catalog's street price."""
    price_change_per_year: Change = 0.0
    discount: ProperShare | None = None
    """Off the price."""
    network_fraction: Annotated[Share, Field(lt=0.9)] | None = None
    """Share of the network in what a cluster costs; default: the catalog's."""
    storage_fraction: Annotated[Share, Field(lt=0.1)] | None = None
    """The same of storage and head nodes."""
    nameplate_kw: PositiveKilowatts | None = None
    """Rated power, which racks and rents are sized on; default: the catalog's."""
    draw_fraction: Proportion | None = None
    """Measured draw under load as a share of the rated power; default: the catalog's."""
    idle_draw_fraction: Share = 1.0
    """Draw of an idle server as a share of that under load; default: as much (no source gives one)."""
    maintenance_fraction_per_year: Share | None = None
    """Of the price; default: the catalog's."""
    spare_fraction: Share | None = None
    """Servers kept as spares per server in use; default: the catalog's."""
    faults_per_accelerator_year: Frequency | None = None
    """Accelerators that must be replaced; default: the catalog's, used with `repair_days` only."""
    repair_days: Days = 0.0
    """If given, there are spares for at least what is under repair on average."""
    software_usd_per_accelerator_year: UnitPrice = 0.0
    """Licences."""
    staff_usd_per_server_year: UnitPrice | None = None
    """People per server; default: an engineer's cost over the servers that one looks after, by the catalog."""
    lead_months: Months | None = None
    """From order to service; default: the catalog's."""
    life_months: PositiveMonths | None = None
    """Economic life: nothing is kept longer; default: the catalog's."""
    book_life_months: PositiveMonths | None = None
    """Over which it is written off; default: the economic life."""
    keep_months: Annotated[tuple[PositiveMonths, ...], Field(min_length=1, max_length=12)] | None = None
    """Ages at which it may be sold; default: every full year from the second on, and the end of its life."""
    residual_curve: str | Points | None = None
    """Share of the price it still fetches: a curve of the catalog by name, or points [months, share]; default: the catalog's."""
    max_servers: PositiveNodes | None = None
    """Most in service at once at one site."""
    available_from: Month | None = None
    sites: Annotated[tuple[str, ...], Field(min_length=1)] | None = None
    """Where it may stand; default: everywhere."""
    throughput: dict[str, Rate] = {}
    """Measured work units an hour of one server, by workload name; workloads that are not named are sized."""
    source: str = "scenario"
    as_of: str = ""

    @property
    def label(self) -> str:
        return self.name or self.accelerator or ""

    @model_validator(mode="after")
    def _known_or_measured(self) -> "Server":
        if self.accelerator is None and (self.name is None or not self.throughput):
            raise ValueError("give an `accelerator`, or a `name` and measured `throughput` per workload")
        return self


class Own(Strict):
    """What may be owned. Capital is paid at the start of its period, the rest in the middle."""

    sites: Annotated[tuple[Site, ...], Field(min_length=1, max_length=50)]
    servers: Annotated[tuple[Server, ...], Field(min_length=1, max_length=50)]
    value_at_end: Literal["market", "book", "none"] = "market"
    """What servers count for at the end of the horizon: their resale value, their book value, nothing."""

    @model_validator(mode="after")
    def _unique_names(self) -> "Own":
        for what, names in (("site", [s.name for s in self.sites]), ("server", [s.label for s in self.servers])):
            twice = sorted(n for n, count in Counter(names).items() if count > 1)
            if twice:
                raise ValueError(f"two {what}s are called `{twice[0]}`")
        return self
