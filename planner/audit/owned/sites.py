"""Rules on what stands where: sites that are opened, power that is live, servers within it, and the limits that are stated."""

from collections import defaultdict
from collections.abc import Iterator
from math import ceil

from planner.audit.books import Check, at_least, at_most, holds, same, whole
from planner.audit.estate import OwnOption, OwnSigning, OwnSite
from planner.audit.ledger import Ledger
from planner.audit.rules import labels
from planner.domain.records import CapRecord, SiteRecord
from planner.domain.scenario import ColocationSite

_KW_PER_MW = 1000.0


def openings(ledger: Ledger) -> Iterator[Check]:
    """A site is opened once, when it can be had, and gives power after its lead time; those that are required hold power."""
    estate, books = ledger.estate, ledger.books
    names = [record.site for record in books.plan.sites]
    yield same("site-opened", "sites", len(names), len(set(names)))
    for record in books.plan.sites:
        site, where = estate.holdings.sites.get(record.site), f"site {record.site}"
        yield holds("site-opened", where, site is not None, record.site, "a site of the scenario")
        if site is not None:
            yield from _opening(ledger, site, record)
    live, _ = live_kw(ledger)
    for site in estate.holdings.sites.values():
        if site.required:
            yield holds("site-required", f"site {site.name}", site.name in names, "not opened", "opened")
            most = max((kw for (name, _), kw in live.items() if name == site.name), default=0.0)
            yield at_least("site-required", f"site {site.name}: kW", most, _unit_kw(site))


def _opening(ledger: Ledger, site: OwnSite, record: SiteRecord) -> Iterator[Check]:
    books, where = ledger.books, f"site {site.name}"
    first = _first(ledger, site.available_from)
    lead, count = ledger.estate.power_lead(site), books.calendar.count
    inside = max(first, 0) <= record.opened_index < count - lead
    yield holds("site-opened", where, inside, record.opened_index, f"period {first} to {count - lead - 1}")
    yield same("site-opened", f"{where}: power", record.first_power_index, record.opened_index + lead)
    for name, label, t in (
        ("opened", record.opened, record.opened_index),
        ("first power", record.first_power, record.first_power_index),
    ):
        known = labels(books, t) if 0 <= t < count else set()
        yield holds("site-label", f"{where}: {name}", label in known, label, sorted(known))
    facts = (record.kind, record.region, record.country)
    yield same("site-facts", where, facts, (site.kind, site.region or site.name, site.country))


def _unit_kw(site: OwnSite) -> float:
    """Least power that can be had: a kW under contract, or a module."""
    return 1.0 if isinstance(site, ColocationSite) else site.module_mw * _KW_PER_MW


def _first(ledger: Ledger, month: str | None) -> int:
    """First period from a month on; explicit periods have no months: their first."""
    if month is None or ledger.books.asked.periods is not None or ledger.books.asked.start is None:
        return 0
    return ledger.books.first_period_from(month, None, 0)


def dates(ledger: Ledger) -> Iterator[Check]:
    """Nothing is signed before it can be had, nor power before its site is opened."""
    opened = {record.site: record.opened_index for record in ledger.books.plan.sites}
    for option, own, v, units, _ in ledger.estate.signings:
        months = [own.site.available_from] + ([own.server.available_from] if own.server is not None else [])
        first = max(_first(ledger, month) for month in months)
        yield holds("owned-available", f"{option}, signed in {v}", v >= first, v, f"period {first} or later")
        if own.server is None and units > 0:
            when = opened.get(own.site.name)
            fine = when is not None and v >= when
            yield holds("site-opened", f"{option}, signed in {v}", fine, f"opened in {when}", "an opened site")


def in_service(ledger: Ledger, signing: OwnSigning) -> range:
    """Periods of the horizon in which a signing serves."""
    estate, own = ledger.estate, signing.own
    return range(signing.signed + estate.lead(own), estate.end(own, signing.signed))


def live_units(ledger: Ledger) -> dict[tuple[str, str, int], float]:
    """Units in service by (site, server or empty for power, period), ages of sale together."""
    live: dict[tuple[str, str, int], float] = defaultdict(float)
    for signing in ledger.estate.signings:
        for t in in_service(ledger, signing):
            live[signing.own.site.name, _label(signing.own), t] += float(signing.units)
    return live


def _label(own: OwnOption) -> str:
    return "" if own.server is None else own.server.label


def live_kw(ledger: Ledger) -> tuple[dict[tuple[str, int], float], dict[tuple[str, int], float]]:
    """Power that is live and nameplate power of the servers in service, by (site, period)."""
    estate, power, racked = (
        ledger.estate,
        defaultdict[tuple[str, int], float](float),
        defaultdict[tuple[str, int], float](float),
    )
    for signing in estate.signings:
        kw = float(estate.tariff(signing.own).kw) * float(signing.units)
        for t in in_service(ledger, signing):
            (power if signing.own.server is None else racked)[signing.own.site.name, t] += kw
    return power, racked


def power(ledger: Ledger) -> Iterator[Check]:
    """Servers in service stand on live power, by their nameplates; no site has more than its largest power."""
    live, racked = live_kw(ledger)
    for (name, t), kw in sorted(racked.items()):
        yield at_most("site-power", f"{name}, period {t}: racked kW", kw, live.get((name, t), 0.0))
    for (name, t), kw in sorted(live.items()):
        site = ledger.estate.holdings.sites[name]
        if site.max_mw is not None:
            yield at_most("site-max", f"{name}, period {t}: kW", kw, site.max_mw * _KW_PER_MW)


def amounts(ledger: Ledger) -> Iterator[Check]:
    """Whole servers and modules, contracts of at least the least power, servers up to their largest number at a site."""
    asked, holdings = ledger.books.asked, ledger.estate.holdings
    for option, own, v, units, _ in ledger.estate.signings:
        where = f"{option}, signed in {v}"
        if own.action != "lease" and asked.integers == "whole":
            yield whole("owned-whole", where, float(units))
        if isinstance(own.site, ColocationSite) and own.server is None and asked.integers == "whole":
            yield at_least("site-min", where, float(units), own.site.min_kw)
    for (site, label, t), servers in sorted(live_units(ledger).items()):
        most = holdings.servers[label].max_servers if label else None
        if most is not None:
            yield at_most("servers-max", f"{label} at {site}, period {t}", servers, most)


def limits(ledger: Ledger) -> Iterator[Check]:
    """Limits as the option records and the caps of the plan state them."""
    books, holdings = ledger.books, ledger.estate.holdings
    for record in books.plan.inputs.options:
        own = holdings.of(record.option)
        if own is None:
            continue
        where = record.option
        least, most = 1, None
        if own.server is None:
            least = max(1, ceil(own.site.min_kw)) if isinstance(own.site, ColocationSite) else 1
            if own.site.max_mw is not None:
                unit = float(ledger.estate.tariff(own).kw)
                most = int(own.site.max_mw * _KW_PER_MW / unit + 1e-9)
        yield same("owned-option", f"{where} least and most", (record.min_nodes, record.max_nodes), (least, most))
        caps = [cap for cap in books.plan.inputs.caps if cap.name in record.groups]
        wanted = [] if own.server is None or own.server.max_servers is None else [float(own.server.max_servers)]
        yield same(
            "owned-option", f"{where} caps", [_most(cap) for cap in caps], [(n, None, "live", False) for n in wanted]
        )
    told = {limit.key for limit in books.plan.binding}
    # a cap that keeps servers out of the plan is told, and limits none of its options
    for cap in books.plan.inputs.caps:
        if cap.kind == "servers" and cap.name not in told:
            members = sum(cap.name in record.groups for record in books.plan.inputs.options)
            yield holds("owned-option", cap.name, members > 0, f"{members} options", "options that it limits")


def _most(cap: CapRecord) -> tuple[float | None, float | None, str, bool]:
    return cap.max_nodes, cap.max_accelerators, cap.counts, cap.assumed


def used_hours(ledger: Ledger) -> Iterator[Check]:
    """Servers never work more hours than they are in service."""
    estate, calendar = ledger.estate, ledger.books.calendar
    live: dict[tuple[str, int], float] = defaultdict(float)
    for signing in estate.signings:
        for t in in_service(ledger, signing):
            live[signing.option, t] += float(signing.units * calendar.hours(t))
    for (option, t), hours in estate.worked.items():
        yield at_most("busy-nodes", f"{option}, period {t}: hours", float(hours), live.get((option, t), 0.0))


RULES = (openings, dates, power, amounts, limits, used_hours)
