"""Records of a plan about what is owned: sites, servers and modules, and the figures they rest on."""

from planner.domain.fields import Strict


class FigureRecord(Strict):
    """One number of a site or of a server, with its source."""

    name: str
    value: float
    unit: str
    source: str
    as_of: str
    basis: str
    """scenario | listed | observed | derived | estimated | assumed."""


class SitePeriod(Strict):
    """A site in one period."""

    period: int
    live_kw: float
    """Power under contract or built."""
    racked_kw: float
    """Nameplate power of the servers in service."""
    servers: float
    accelerators: float
    busy_accelerator_hours: float
    kwh: float
    """At the meter of the site: idling, work, and the building's share."""


class RivalRecord(Strict):
    """The cheapest rented way to do the work of a site under one kind of contract; said of the market, not of the plan."""

    site: str
    contract: str
    """`on_demand`, `spot` or `commitment`."""
    term_periods: int | None
    option: str
    usd_per_accelerator_hour: float
    """For what an accelerator of the site does in an hour, if the rented nodes are always busy; mean over the hours that
    the site works, discounted."""
    most_accelerators: float | None
    """Accelerators of it that can be had at once within the caps; None without a cap, and for what is not sold by the node."""
    enough: bool
    """Whether that is as many as stand at the site."""
    source: str
    as_of: str
    basis: str


class SiteRecord(Strict):
    """A site that is opened."""

    site: str
    kind: str
    region: str
    country: str
    opened: str
    opened_index: int
    """Period in which it is decided."""
    first_power: str
    first_power_index: int
    periods: tuple[SitePeriod, ...]
    cash_by_kind: dict[str, float]
    """Within the horizon; sales are negative."""
    value_at_end_usd: float
    """Of servers and building at the end of the horizon."""
    npv_usd: float
    """Present value of everything paid for the site, less what it is worth at the end."""
    fixed_npv_usd: float
    """The part of it that does not depend on size: land, set-up, the team."""
    usd_per_accelerator_hour: float | None
    """Levelised: the NPV over the present value of the hours worked; None if nothing ever works."""
    usd_per_accelerator_hour_in_service: float | None
    """The same over all hours in service, worked or idle."""


class AssetRecord(Strict):
    """Servers or modules of one signing."""

    option: str
    site: str
    units: float
    signed_index: int
    start_index: int
    end_index: int
    """Period at whose start they are sold; the number of periods if they are still there at the end of the horizon."""
    capital_by_kind: dict[str, float]
    sale_usd: float
    """What the sale brings, or what they are worth at the end of the horizon."""
    book_value_usd: float
    """Straight-line book value at that time."""


class FundingRecord(Strict):
    """How much money the plan needs at the most before the end of the horizon."""

    peak_usd: float
    """The deepest point of cumulated cash, income of the `cash` block not counted."""
    peak_period: int
    capital_by_plan_year: tuple[float, ...]
    """Paid upfront: capital, and upfront payments of commitments."""
