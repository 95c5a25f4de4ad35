"""Facts about owning hardware: servers, power, colocation, electricity, resale value, and single figures.

Where several sources give a figure all rows are kept and at most one of them is the `default`: of the rows of the
newest year the median, of two in the middle the newer. What is not known is missing, never guessed.
"""

from collections.abc import Iterable
from typing import Literal, NamedTuple, TypeVar

PriceScope = Literal["accelerator", "baseboard", "server", "list", "cluster", "all_in"]
PowerMeasure = Literal["nameplate", "peak", "critical_it", "utility"]
SizeClass = Literal["cage", "suite", "hall", "build_to_suit", "high_density", "average"]
TariffSpan = Literal["year", "month"]
FigureKind = Literal["fraction", "rate", "ratio", "amount"]


class ServerPrice(NamedTuple):
    """What a server (or part of one, or more than one) was sold or offered for."""

    id: str
    accelerator: str
    accelerators: int
    """In the thing that is priced."""
    scope: PriceScope
    """accelerator or baseboard alone; server; list (before any discount); cluster (with its network); all_in."""
    usd_per_server: float
    low_usd_per_server: float | None
    high_usd_per_server: float | None
    default: bool
    """Of this accelerator; only a price of the scope `server` can be."""
    basis: str
    source: str
    checked_on: str
    note: str

    @property
    def usd_per_accelerator(self) -> float:
        return self.usd_per_server / self.accelerators


class ServerPower(NamedTuple):
    """What a server draws, by one measure."""

    id: str
    accelerator: str
    accelerators: int
    measure: PowerMeasure
    """nameplate (rated), peak (measured maximum), critical_it (with its share of network), utility (with cooling)."""
    kw: float
    basis: str
    source: str
    checked_on: str
    note: str

    @property
    def kw_per_accelerator(self) -> float:
        return self.kw / self.accelerators


class ColocationRent(NamedTuple):
    """Rent of critical IT power in somebody else's building, electricity not included."""

    id: str
    size_class: SizeClass
    market: str
    """Empty if not stated; ISO 3166 where it is a country, whose sites take this rent."""
    smallest_kw: float | None
    """Of a contract of this class; unknown for averages."""
    largest_kw: float | None
    usd_per_kw_month: float
    low_usd_per_kw_month: float | None
    high_usd_per_kw_month: float | None
    rise_per_year: float
    """Agreed yearly rise of the rent; 0 if none is stated."""
    default: bool
    """Of this size class, in this country where the market is one."""
    basis: str
    source: str
    checked_on: str
    note: str

    @property
    def country(self) -> str:
        """ISO 3166 of the market, or empty if it is none."""
        return self.market if len(self.market) == 2 and self.market.isupper() else ""


class ElectricityTariff(NamedTuple):
    """Price of electricity for industry in a country or a state."""

    place: str
    """ISO 3166: `DE`, or `US-TX`."""
    span: TariffSpan
    """Average of a year, or of one month."""
    usd_per_kwh: float
    default: bool
    """Of this place: a yearly average before a month."""
    basis: str
    source: str
    checked_on: str
    note: str


class ResidualCurve(NamedTuple):
    """Share of the price that hardware still fetches at an age; `finance.residual_fraction` reads it."""

    id: str
    points: tuple[tuple[float, float], ...]
    """(age in months, share of the price when new); the first is (0, 1), never rising."""
    default: bool
    basis: str
    source: str
    checked_on: str
    note: str


class OwningFigure(NamedTuple):
    """A single figure; its name ends in its unit, the context says of what or where."""

    name: str
    context: str
    value: float
    low: float | None
    high: float | None
    default: bool
    """Of this name and context."""
    basis: str
    source: str
    checked_on: str
    note: str


FIGURES: dict[str, FigureKind] = {
    "network_share_of_cluster_cost": "fraction",
    "network_share_of_datacenter_cost": "fraction",
    "network_usd_per_accelerator": "amount",
    "storage_share_of_datacenter_cost": "fraction",
    "cpu_share_of_datacenter_cost": "fraction",
    "accelerator_share_of_datacenter_cost": "fraction",
    "facility_share_of_datacenter_cost": "fraction",
    "server_cost_per_accelerator_cost": "ratio",
    "nameplate_kw_per_accelerator_kw": "ratio",
    "facility_capex_usd_per_mw": "amount",
    "construction_usd_per_mw": "amount",
    "construction_ai_premium_fraction": "fraction",
    "construction_inflation_per_year": "rate",
    "fit_out_usd_per_mw": "amount",
    "all_in_usd_per_mw": "amount",
    "pue": "ratio",
    "measured_draw_fraction": "fraction",
    "maintenance_fraction_per_year": "rate",
    "spare_fraction": "fraction",
    "servers_per_fte": "amount",
    "site_staff_fte": "amount",
    "staff_fte_per_server": "amount",
    "team_fte": "amount",
    "engineer_usd_per_year": "amount",
    "interruptions_per_accelerator_year": "rate",
    "interruptions_from_accelerators_fraction": "fraction",
    "interruptions_from_hardware_fraction": "fraction",
    "faulty_per_accelerator_year": "rate",
    "effective_training_time_fraction": "fraction",
    "book_life_months": "amount",
    "economic_life_months": "amount",
    "facility_life_months": "amount",
    "building_tax_life_months": "amount",
    "borrowing_rate_per_year": "rate",
    "capitalisation_rate_per_year": "rate",
    "lead_months": "amount",
    "software_usd_per_accelerator_year": "amount",
    "tax_and_insurance_fraction_per_year": "rate",
}
"""Every figure that is known by name. A fraction and a rate lie within 0 and 1, a ratio is at least 1."""


class OwnershipFacts(NamedTuple):
    """All of it, with the look-ups of what counts unless a scenario says otherwise."""

    server_prices: tuple[ServerPrice, ...] = ()
    server_power: tuple[ServerPower, ...] = ()
    colocation_rents: tuple[ColocationRent, ...] = ()
    electricity_tariffs: tuple[ElectricityTariff, ...] = ()
    residual_curves: tuple[ResidualCurve, ...] = ()
    figures: tuple[OwningFigure, ...] = ()

    def server_price(self, accelerator: str) -> ServerPrice | None:
        """The default price of a server with this accelerator."""
        return _first(p for p in self.server_prices if p.default and p.accelerator == accelerator)

    def power(self, accelerator: str, measure: PowerMeasure = "nameplate") -> ServerPower | None:
        """What a server with this accelerator draws, by that measure."""
        return _first(p for p in self.server_power if p.accelerator == accelerator and p.measure == measure)

    def rent(self, kw: float, country: str = "") -> ColocationRent | None:
        """The default rent of the largest size class that begins at or below `kw`; the smallest class for less."""
        sized = [r for r in self.colocation_rents if r.default and r.smallest_kw is not None]
        sized.sort(key=lambda r: r.smallest_kw or 0.0)
        found = _first(r for r in reversed(sized) if (r.smallest_kw or 0.0) <= kw) or _first(sized)
        return None if found is None else self.rent_of(found.size_class, country)

    def rent_of(self, size_class: SizeClass, country: str = "") -> ColocationRent | None:
        """The default rent of a size class: that of the country where one is known, else the one that is not of another country."""
        mine = [r for r in self.colocation_rents if r.default and r.size_class == size_class]
        elsewhere = [r for r in mine if r.country not in ("", "US", country)]
        return _first(r for r in mine if country and r.country == country) or _first(
            r for r in mine if r not in elsewhere
        )

    def tariff(self, place: str) -> ElectricityTariff | None:
        """The default tariff of a place, else of its country."""
        found = {tariff.place: tariff for tariff in self.electricity_tariffs if tariff.default}
        return found.get(place) or found.get(place[:2])

    def residual_curve(self, name: str = "") -> ResidualCurve | None:
        """The curve of that name, or the default one."""
        return _first(c for c in self.residual_curves if c.id == name or (not name and c.default))

    def figure(self, name: str, context: str = "") -> OwningFigure | None:
        """The default figure of that name in that very context."""
        return _first(f for f in self.figures if f.default and (f.name, f.context) == (name, context))


Found = TypeVar("Found")


def _first(rows: Iterable[Found]) -> Found | None:
    return next(iter(rows), None)
