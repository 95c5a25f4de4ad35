"""What one unit of something owned costs, at the prices of the start of the horizon, worked out from the figures of the plan.

* a server of price P: network N and storage S are shares of the whole cluster P / (1 − N − S); spares are P times the larger of
  what is stated and what is under repair, faults × accelerators × days / 365; sales tax on all of it; an idle hour draws
  nameplate × draw × idle × PUE kWh; maintenance is a share of P, tax and insurance of all that was bought, before sales tax, both
  at the prices of the day of signing;
* a kW of rent: fit-out and its sales tax; rent per month / 730; staff per MW; tax and insurance on the fit-out;
* a module of a building: its price and sales tax; staff, maintenance, tax and insurance.

Amounts are rounded to a millionth of a dollar (half to even), kW and kWh to nine places.
"""

from collections.abc import Iterator
from decimal import ROUND_HALF_EVEN, Decimal
from typing import NamedTuple

from planner.audit.books import ZERO, exact, rounded
from planner.audit.estate.options import Holdings, OwnOption, OwnSite
from planner.domain.scenario import ColocationSite, DatacenterSite, Server

_YEAR, _MONTH, _MEGAWATT = Decimal(8760), Decimal(730), Decimal(1000)
_NINE_PLACES = Decimal("1e-9")
Curve = tuple[tuple[Decimal, Decimal], ...]
"""(age in months, share of the price)."""


class Part(NamedTuple):
    """One kind of cost of a unit: at signing, or by the hour."""

    kind: str
    usd: Decimal
    change: Decimal
    """Of the price, a year."""
    of_price_paid: bool = False
    """A share of what was paid at signing; otherwise it moves with time."""


class Tariff(NamedTuple):
    """All costs of a unit, and what it brings."""

    kw: Decimal
    """That it takes (servers) or gives (power)."""
    capital: tuple[Part, ...]
    running: tuple[Part, ...]
    rent: Part | None
    """Of new contracts."""
    rise: Decimal
    """Of an agreed rent, after every full year."""
    new_usd: Decimal
    """Price of what can be sold."""
    change: Decimal
    """Of that price."""
    sold: Curve
    left: Curve
    """The same for what is still there at the end of the horizon; empty if that is worth nothing."""
    book_life: Decimal
    idle_kwh: Decimal
    """An hour, at the meter of the site."""
    extra_kwh: Decimal
    """That an hour of work adds."""
    kwh: Part
    """Electricity."""


def tariff_of(holdings: Holdings, option: OwnOption) -> Tariff:
    """Costs of an option."""
    if option.server is not None:
        return _server(holdings, option.site, option.server)
    site = option.site
    return _rented(holdings, site) if isinstance(site, ColocationSite) else _built(holdings, site)


def nine_places(value: Decimal) -> Decimal:
    return value.quantize(_NINE_PLACES, rounding=ROUND_HALF_EVEN)


def _by_year(kind: str, usd_per_year: Decimal, change: float = 0.0, *, of_price_paid: bool = False) -> Part:
    return Part(kind, rounded(usd_per_year / _YEAR), exact(change), of_price_paid)


def _kwh(holdings: Holdings, site: OwnSite) -> Part:
    return Part("kWh", exact(holdings.of_site(site, "usd_per_kwh")), exact(site.usd_per_kwh_change_per_year))


def server_price(holdings: Holdings, server: Server) -> Decimal:
    """After the discount."""
    off = exact(holdings.of_server(server, "discount")) if server.discount else ZERO
    return rounded(exact(holdings.of_server(server, "price_usd")) * (1 - off))


def spares(holdings: Holdings, server: Server) -> Decimal:
    """Spare servers per server in use."""
    kept = exact(holdings.of_server(server, "spare_fraction"))
    if server.repair_days == 0:
        return kept
    faults = exact(holdings.of_server(server, "faults_per_accelerator_year")) * _count(holdings, server)
    return max(kept, faults * exact(holdings.of_server(server, "repair_days")) / 365)


def _count(holdings: Holdings, server: Server) -> Decimal:
    return Decimal(int(holdings.of_server(server, "accelerators_per_server")))


def draw_kw(holdings: Holdings, server: Server) -> Decimal:
    """Of a server under load."""
    return exact(holdings.of_server(server, "nameplate_kw")) * exact(holdings.of_server(server, "draw_fraction"))


def _server(holdings: Holdings, site: OwnSite, server: Server) -> Tariff:
    def figure(name: str) -> Decimal:
        return exact(holdings.of_server(server, name))

    price, kept = server_price(holdings, server), spares(holdings, server)
    whole = price / (1 - figure("network_fraction") - figure("storage_fraction"))
    bought = {
        "servers": price,
        "network": whole * figure("network_fraction"),
        "storage nodes": whole * figure("storage_fraction"),
        "spares": price * kept,
    }
    total = sum(bought.values(), ZERO)
    bought["sales tax"] = total * exact(holdings.of_site(site, "sales_tax_fraction"))
    moves = server.price_change_per_year
    change = exact(moves)
    pue, kwh = exact(holdings.of_site(site, "pue")), _kwh(holdings, site)
    busy = draw_kw(holdings, server)
    idle = busy * figure("idle_draw_fraction")
    taxed = exact(holdings.of_site(site, "tax_and_insurance_fraction_per_year"))
    running = (
        Part("energy", rounded(idle * pue * kwh.usd), kwh.change),
        _by_year("maintenance", price * figure("maintenance_fraction_per_year"), moves, of_price_paid=True),
        _by_year("software", _count(holdings, server) * figure("software_usd_per_accelerator_year")),
        _by_year("staff", _staff(holdings, server), site.wages_change_per_year),
        _by_year("tax and insurance", total * taxed, moves, of_price_paid=True),
    )
    curve = resale(holdings, server)
    return Tariff(
        kw=figure("nameplate_kw"),
        capital=tuple(Part(kind, rounded(usd), change) for kind, usd in bought.items() if usd),
        running=running,
        rent=None,
        rise=ZERO,
        new_usd=rounded(price * (1 + kept)),
        change=change,
        sold=curve,
        left=_left(holdings, server, curve),
        book_life=figure("book_life_months"),
        idle_kwh=nine_places(idle) * pue,
        extra_kwh=nine_places((nine_places(busy) - nine_places(idle)) * pue),
        kwh=kwh,
    )


def _staff(holdings: Holdings, server: Server) -> Decimal:
    """USD a year and server."""
    if server.staff_usd_per_server_year is not None:
        return exact(holdings.of_server(server, "staff_usd_per_server_year"))
    engineer = exact(holdings.of_server(server, "engineer_usd_per_year"))
    return engineer / exact(holdings.of_server(server, "servers_per_fte"))


def resale(holdings: Holdings, server: Server) -> Curve:
    """Share of the price that it fetches at an age: the scenario's points, or those that the figures name."""
    stated = server.residual_curve
    if stated is not None and not isinstance(stated, str):
        return tuple((exact(months), exact(share)) for months, share in stated)
    figures = holdings.figures.get(f"server:{server.label}", {})
    return tuple(sorted(_points({name: f.value for name, f in figures.items()})))


def _points(values: dict[str, float]) -> Iterator[tuple[Decimal, Decimal]]:
    for name, value in values.items():
        if name.startswith("resale_at_"):
            yield Decimal(name.removeprefix("resale_at_").removesuffix("_months")), exact(value)


def _left(holdings: Holdings, server: Server, curve: Curve) -> Curve:
    own = holdings.books.asked.own
    rule = own.value_at_end if own is not None else "none"
    if rule == "book":
        return ((ZERO, Decimal(1)), (exact(holdings.of_server(server, "book_life_months")), ZERO))
    return curve if rule == "market" else ()


def _power(holdings: Holdings, site: OwnSite, kw: Decimal, kind: str, price: Decimal, change: float) -> Tariff:
    """What rent and building have in common: `price` is paid for a unit at signing."""
    tax = price * exact(holdings.of_site(site, "sales_tax_fraction"))
    capital = [Part(kind, price, exact(change)), Part("sales tax", rounded(tax), exact(change))]
    taxed = exact(holdings.of_site(site, "tax_and_insurance_fraction_per_year"))
    running = (
        _by_year(
            "staff",
            exact(holdings.of_site(site, "staff_usd_per_mw_year")) * kw / _MEGAWATT,
            site.wages_change_per_year,
        ),
        _by_year("tax and insurance", price * taxed, change, of_price_paid=True),
    )
    return Tariff(
        kw=kw,
        capital=tuple(part for part in capital if part.usd),
        running=running,
        rent=None,
        rise=ZERO,
        new_usd=ZERO,
        change=ZERO,
        sold=(),
        left=(),
        book_life=Decimal(1),
        idle_kwh=ZERO,
        extra_kwh=ZERO,
        kwh=_kwh(holdings, site),
    )


def _rented(holdings: Holdings, site: ColocationSite) -> Tariff:
    common = _power(holdings, site, Decimal(1), "fit-out", exact(holdings.of_site(site, "fit_out_usd_per_kw")), 0.0)
    monthly = exact(holdings.of_site(site, "rent_usd_per_kw_month"))
    change = exact(site.rent_change_per_year)
    return common._replace(
        rent=Part("rent", rounded(monthly / _MONTH), change),
        rise=exact(holdings.of_site(site, "rent_rise_per_year")),
        change=change,
    )


def _built(holdings: Holdings, site: DatacenterSite) -> Tariff:
    module = exact(holdings.of_site(site, "module_mw"))
    price = rounded(exact(holdings.of_site(site, "capex_usd_per_mw")) * module)
    common = _power(holdings, site, module * _MEGAWATT, "building", price, site.capex_change_per_year)
    life = exact(holdings.of_site(site, "life_months"))
    worth = ((ZERO, exact(holdings.of_site(site, "reuse_fraction"))), (life, ZERO))
    upkeep = price * exact(site.maintenance_fraction_per_year)
    maintenance = _by_year("maintenance", upkeep, site.capex_change_per_year, of_price_paid=True)
    return common._replace(
        running=(*common.running, maintenance),
        new_usd=price,
        change=exact(site.capex_change_per_year),
        sold=worth,
        left=worth,
        book_life=life,
    )
