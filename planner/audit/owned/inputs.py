"""Rules on the figures that owning rests on: each is there once, with its source, and is the scenario's where that states one."""

from collections.abc import Iterator

from planner.audit.books import Check, Generation, holds, rounded, same, same_number
from planner.audit.estate import Holdings, OwnOption, OwnSite, draw_kw, nine_places
from planner.audit.ledger import Ledger
from planner.domain.records import FigureRecord, OptionRecord
from planner.domain.scenario import ColocationSite, Server

Stated = dict[str, float | None]
"""Figures by name; None where the catalog's counts."""
_BASES = frozenset({"listed", "observed", "derived", "estimated", "assumed"})
_SITE = (
    "usd_per_kwh", "pue", "tax_and_insurance_fraction_per_year", "lead_months", "staff_usd_per_mw_year",
    "sales_tax_fraction",
)  # fmt: skip
_COLOCATION = ("rent_usd_per_kw_month", "fit_out_usd_per_kw", "term_months", "setup_usd")
_DATACENTER = ("capex_usd_per_mw", "life_months", "module_mw", "reuse_fraction", "land_and_development_usd")
_SERVER = (
    "price_usd", "network_fraction", "storage_fraction", "nameplate_kw", "draw_fraction", "idle_draw_fraction",
    "maintenance_fraction_per_year", "spare_fraction", "software_usd_per_accelerator_year", "life_months",
)  # fmt: skip
"""Figures that are called as in the scenario."""
_PRICE = {"buy": "price_usd", "lease": "rent_usd_per_kw_month", "build": "capex_usd_per_mw"}


def figures(ledger: Ledger) -> Iterator[Check]:
    """Those of every site and server, no more and no fewer; a word of the scenario counts before the catalog's."""
    holdings = ledger.estate.holdings
    wanted = {f"site:{s.name}": (_site(s), s.source, s.as_of) for s in holdings.sites.values()}
    wanted |= {f"server:{s.label}": (_server(holdings, s), s.source, s.as_of) for s in holdings.servers.values()}
    claimed = ledger.books.plan.inputs.figures
    yield same("figure", "inputs.figures", sorted(claimed), sorted(wanted))
    for thing, (stated, source, as_of) in wanted.items():
        names = [record.name for record in claimed.get(thing, ())]
        yield same("figure", thing, sorted(names), sorted(stated))
        later = holdings.succeeding.get(thing.removeprefix("server:"))
        for record in claimed.get(thing, ()):
            if later is not None and record.name == "price_usd":
                yield from _succeeding(holdings, record, *later[1:])
                continue
            yield from _figure(f"{record.name} of {thing}", record, stated.get(record.name), source, as_of)


def _figure(where: str, record: FigureRecord, stated: float | None, source: str, as_of: str) -> Iterator[Check]:
    yield holds("figure-source", where, bool(record.unit.strip()), record.unit, "a unit")
    if stated is not None:
        yield same("figure", where, record.value, stated)
        said = (source, as_of, "scenario")
        yield same("figure-source", where, (record.source, record.as_of, record.basis), said)
        return
    yield holds("figure-source", where, record.basis in _BASES, record.basis, sorted(_BASES))
    known = bool(record.source.strip()) and bool(record.as_of.strip())
    yield holds("figure-source", where, known, (record.source, record.as_of), "where and when")


def _succeeding(holdings: Holdings, record: FigureRecord, server: str, generation: Generation) -> Iterator[Check]:
    """The price of what an announced generation offers in place of a server: its part of that server's, an estimate."""
    where, base = (
        f"price_usd of {generation.stated.name} in place of {server}",
        holdings.figures[f"server:{server}"]["price_usd"],
    )
    yield same("figure", where, record.value, generation.price(base.value))
    said = (base.unit, base.source, base.as_of, "estimated")
    yield same("figure-source", where, (record.unit, record.source, record.as_of, record.basis), said)


def _of(thing: OwnSite | Server, names: tuple[str, ...]) -> Stated:
    return {name: getattr(thing, name) for name in names}


def _site(site: OwnSite) -> Stated:
    found = _of(site, _SITE)
    colocation = isinstance(site, ColocationSite)
    if site.team_usd_per_year is not None:
        found["team_usd_per_year"] = site.team_usd_per_year
    else:
        found |= {"team_fte" if colocation else "site_staff_fte": None, "engineer_usd_per_year": None}
    return found | (_colocation(site) if isinstance(site, ColocationSite) else _of(site, _DATACENTER))


def _colocation(site: ColocationSite) -> Stated:
    """A rent of one's own rises only as one says."""
    rise = site.rent_rise_per_year
    if rise is None and site.rent_usd_per_kw_month is not None:
        rise = 0.0
    return {**_of(site, _COLOCATION), "rent_rise_per_year": rise}


def _server(holdings: Holdings, server: Server) -> Stated:
    count = server.accelerators_per_server or (None if server.accelerator else 1)
    life = server.life_months
    if life is None:
        life = holdings.of_server(server, "life_months")
    found: Stated = {
        **_of(server, _SERVER),
        "accelerators_per_server": None if count is None else float(count),
        "server_lead_months": server.lead_months,
        "book_life_months": server.book_life_months or life,
    }
    if server.discount:
        found["discount"] = server.discount
    if server.repair_days:
        found |= _of(server, ("faults_per_accelerator_year", "repair_days"))
    if server.staff_usd_per_server_year is not None:
        found["staff_usd_per_server_year"] = server.staff_usd_per_server_year
    else:
        found |= {"servers_per_fte": None, "engineer_usd_per_year": None}
    return found | _resale(holdings, server)


def _resale(holdings: Holdings, server: Server) -> Stated:
    curve = server.residual_curve
    if curve is not None and not isinstance(curve, str):
        return {f"resale_at_{months:g}_months": share for months, share in curve}
    claimed = holdings.figures.get(f"server:{server.label}", {})
    return {name: None for name in claimed if name.startswith("resale_at_")}


def options(ledger: Ledger) -> Iterator[Check]:
    """What the records of options say of themselves is what the scenario and the figures say."""
    holdings, plan = ledger.estate.holdings, ledger.books.plan
    for record in plan.inputs.options:
        own = holdings.of(record.option)
        if own is None:
            continue
        yield from _facts(ledger, own, record)
        yield from _prices(ledger, own, record)


def _facts(ledger: Ledger, own: OwnOption, record: OptionRecord) -> Iterator[Check]:
    estate, site, server = ledger.estate, own.site, own.server
    where, region = record.option, site.region or site.name
    yield same("owned-option", f"{where} action", record.action, own.action)
    place = (record.provider, record.region, record.country, record.zone, record.delivery)
    yield same("owned-option", f"{where} place", place, (site.name, region, site.country, "", "node"))
    yield same("owned-option", f"{where} pool", record.pool, f"{site.name}/{region}/{record.node_type}")
    periods = (record.term_periods, record.lead_periods)
    yield same("owned-option", f"{where} periods", periods, (estate.term(own), estate.lead(own)))
    bare = (record.exact_nodes, record.interruptions_per_month)
    yield same("owned-option", f"{where} limits", bare, (None, 0.0))
    chip = None if server is None else server.accelerator
    count = 0 if server is None else int(estate.holdings.of_server(server, "accelerators_per_server"))
    yield same("owned-option", f"{where} server", (record.accelerator, record.accelerators_per_node), (chip, count))
    if server is None:
        yield same("owned-option", f"{where} power", (record.kw_per_node, record.vendor), (None, ""))
        return
    yield same("owned-option", f"{where} server type", record.node_type, server.label)
    draw = float(nine_places(draw_kw(estate.holdings, server)))
    yield same_number("owned-option", f"{where} power", record.kw_per_node or 0.0, draw)


def _prices(ledger: Ledger, own: OwnOption, record: OptionRecord) -> Iterator[Check]:
    """Running costs by the hour and capital of a server at the start of the horizon; power has its prices in its lines."""
    tariff, where = ledger.estate.tariff(own), record.option
    running = rounded(sum((p.usd for p in tariff.running), rounded(tariff.kw * 0)))
    capital = rounded(sum((p.usd for p in tariff.capital), rounded(tariff.kw * 0)))
    hourly, upfront = (float(running), float(capital)) if own.server is not None else (0.0, 0.0)
    yield same_number("owned-option", f"{where} by the hour", record.usd_per_hour, hourly, 1e-12, 1e-9)
    yield same_number("owned-option", f"{where} list price", record.list_price_usd, hourly, 1e-12, 1e-9)
    yield same_number("owned-option", f"{where} capital", record.upfront_usd, upfront, 1e-12, 1e-9)
    moved = (record.discount_fraction, record.change_per_year)
    yield same("owned-option", f"{where} discount and change", moved, (0.0, float(tariff.change)))
    tokens = (record.list_price_input_usd_per_mtok, record.list_price_output_usd_per_mtok)
    batch = (record.list_price_input_batch_usd_per_mtok, record.list_price_output_batch_usd_per_mtok)
    work = (*tokens, *batch, record.list_price_cached_usd_per_mtok, record.list_price_usd_per_unit, record.priced_unit)
    yield same("owned-option", f"{where} work", work, (*(0.0,) * 6, ""))
    thing = f"server:{own.server.label}" if own.server is not None else f"site:{own.site.name}"
    name = _PRICE[own.action]
    price = ledger.estate.holdings.figures.get(thing, {}).get(name)
    said = None
    if price is not None:
        row = "scenario" if price.basis == "scenario" else f"owning:{name}"
        said = (price.source, price.as_of, price.basis, row)
    claimed = (record.source, record.as_of, record.basis, record.price_row)
    yield same("owned-option", f"{where} source", claimed, said)


RULES = (figures, options)
