"""Rules on the records of what is owned: sites by period and in money, servers and modules, the money that is needed."""

from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal

from planner.audit.books import CENT, ZERO, Check, exact, holds, same, same_number, same_usd
from planner.audit.estate import FIXED
from planner.audit.ledger import Ledger
from planner.audit.money import UPFRONT, sums_by
from planner.audit.owned.sites import in_service, live_kw
from planner.domain.records import AssetRecord, FundingRecord, SiteRecord

_RELATIVE = Decimal("1e-9")
_USE = ("live_kw", "racked_kw", "servers", "accelerators", "busy_accelerator_hours", "kwh")


def sites(ledger: Ledger) -> Iterator[Check]:
    """What stands at every opened site, what it uses and what it costs."""
    use = _use_of(ledger)
    for record in ledger.books.plan.sites:
        where, count = f"site {record.site}", ledger.books.calendar.count
        periods = [one.period for one in record.periods]
        yield same("site-record", f"{where}: periods", periods, list(range(record.first_power_index, count)))
        for one in record.periods:
            for name in _USE:
                claimed, own = getattr(one, name), use.get((record.site, one.period), {}).get(name, 0.0)
                yield same_number("site-record", f"{where}, period {one.period}: {name}", claimed, own, 1e-9, 1e-6)
        yield from _money(ledger, record)
    opened = {record.site for record in ledger.books.plan.sites}
    for site, t in sorted(use):
        yield holds("site-record", f"site {site}, period {t}", site in opened, "no record", "a record of the site")


def _use_of(ledger: Ledger) -> dict[tuple[str, int], dict[str, float]]:
    """Figures of a `SitePeriod` by (site, period)."""
    estate, calendar = ledger.estate, ledger.books.calendar
    found: dict[tuple[str, int], dict[str, float]] = defaultdict(lambda: defaultdict(float))
    for name, by_site in zip(("live_kw", "racked_kw"), live_kw(ledger), strict=True):
        for key, kw in by_site.items():
            found[key][name] += kw
    for signing in estate.signings:
        own = signing.own
        if own.server is None:
            continue
        count = estate.holdings.of_server(own.server, "accelerators_per_server")
        for t in in_service(ledger, signing):
            here = found[own.site.name, t]
            here["servers"] += float(signing.units)
            here["accelerators"] += float(signing.units) * count
            here["kwh"] += float(signing.units * calendar.hours(t) * estate.tariff(own).idle_kwh)
    for (option, t), hours in estate.worked.items():
        work = estate.holdings.of(option)
        if work is not None and work.server is not None:
            here = found[work.site.name, t]
            count = estate.holdings.of_server(work.server, "accelerators_per_server")
            here["busy_accelerator_hours"] += float(estate.busy[option, t]) * count
            here["kwh"] += float(hours * estate.tariff(work).extra_kwh)
    return found


def _money(ledger: Ledger, record: SiteRecord) -> Iterator[Check]:
    where, calendar = f"site {record.site}", ledger.books.calendar
    kinds: dict[str, Decimal] = defaultdict(Decimal)
    worth = npv = fixed = ZERO
    for flow in ledger.flows:
        if flow.provider != record.site or flow.kind == "credits":
            continue
        value = flow.amount_usd * flow.counts * ledger.discount_factor(flow.date_years)
        npv += value
        fixed += value if flow.kind in FIXED else ZERO
        if flow.period_index < calendar.count:
            kinds[flow.kind] += flow.amount_usd
        elif flow.kind == "sale":
            worth -= flow.amount_usd
    for kind in sorted(kinds.keys() | record.cash_by_kind.keys()):
        claimed = record.cash_by_kind.get(kind, 0.0)
        yield same_usd("site-money", f"{where}: {kind}", claimed, kinds.get(kind, ZERO))
    yield same_usd("site-money", f"{where}: value at the end", record.value_at_end_usd, worth)
    yield same_usd("site-money", f"{where}: NPV", record.npv_usd, npv, _RELATIVE)
    yield same_usd("site-money", f"{where}: fixed NPV", record.fixed_npv_usd, fixed, _RELATIVE)
    yield from _levelised(ledger, where, record, npv)


def _levelised(ledger: Ledger, where: str, record: SiteRecord, npv: Decimal) -> Iterator[Check]:
    """NPV over the present value of accelerator-hours worked, and of those in service."""
    calendar = ledger.books.calendar
    worked = served = ZERO
    for one in record.periods:
        if 0 <= one.period < calendar.count:
            factor = ledger.discount_factor(calendar.middle_years(one.period))
            worked += exact(one.busy_accelerator_hours) * factor
            served += exact(one.accelerators) * calendar.hours(one.period) * factor
    for name, claimed, hours in (
        ("worked", record.usd_per_accelerator_hour, worked),
        ("in service", record.usd_per_accelerator_hour_in_service, served),
    ):
        if hours <= 0 or claimed is None:
            yield same("site-money", f"{where}: per hour {name}", claimed, None if hours <= 0 else float(npv / hours))
        else:
            yield same_number("site-money", f"{where}: per hour {name}", claimed, float(npv / hours), 1e-9, 1e-9)


def assets(ledger: Ledger) -> Iterator[Check]:
    """Every purchase of servers and modules: when, how many, for what, what a sale brings and what the books say then."""
    due = {(s.option, s.signed): s for s in ledger.estate.signings if s.own.action != "lease"}
    records = ledger.books.plan.assets
    yield same("asset-record", "assets", sorted((a.option, a.signed_index) for a in records), sorted(due))
    for i, record in enumerate(records):
        if (record.option, record.signed_index) in due:
            yield from _asset(ledger, f"assets[{i}] {record.option}", record)


def _asset(ledger: Ledger, where: str, record: AssetRecord) -> Iterator[Check]:
    estate, v = ledger.estate, record.signed_index
    own = estate.holdings.options[record.option]
    units = next(s.units for s in estate.signings if (s.option, s.signed) == (record.option, v))
    yield same("asset-record", f"{where}: site", record.site, own.site.name)
    yield same_number("asset-record", f"{where}: units", record.units, float(units))
    span = (record.start_index, record.end_index)
    yield same("asset-record", f"{where}: span", span, (v + estate.lead(own), estate.end(own, v)))
    capital = {kind: units * price for kind, price in estate.capital(own, v).items()}
    for kind in sorted(capital.keys() | record.capital_by_kind.keys()):
        claimed = record.capital_by_kind.get(kind, 0.0)
        yield same_usd("asset-record", f"{where}: {kind}", claimed, capital.get(kind, ZERO))
    yield same_usd("asset-record", f"{where}: sale", record.sale_usd, units * estate.sale(own, v))
    left = max(ZERO, 1 - estate.age_months(own, v) / estate.tariff(own).book_life)
    book = sum(capital.values(), ZERO) * left
    yield same_usd("asset-record", f"{where}: book value", record.book_value_usd, book, _RELATIVE)


def funding(ledger: Ledger) -> Iterator[Check]:
    """The deepest point of cumulated cash, and what is paid upfront in each plan-year."""
    record, books = ledger.books.plan.funding, ledger.books
    if record is None:
        yield holds("funding", "funding", not ledger.estate.holdings.sites, "no record", "the money that is needed")
        return
    yield from _peak(ledger, record)
    calendar = books.calendar
    upfront = (f for f in ledger.inside if f.kind in UPFRONT)
    years = sums_by(upfront, lambda f: calendar.plan_year(f.period_index))
    count = calendar.plan_years
    yield same("funding", "funding: plan-years", len(record.capital_by_plan_year), count)
    for year, claimed in enumerate(record.capital_by_plan_year):
        yield same_usd("funding", f"funding: upfront, plan-year {year + 1}", claimed, years.get(year, ZERO))


def _peak(ledger: Ledger, record: FundingRecord) -> Iterator[Check]:
    """The first period at whose end most has been spent; the first of all if nothing ever is."""
    spent = sums_by(ledger.inside, lambda f: f.period_index)
    total, so_far = ZERO, []
    for t in range(ledger.books.calendar.count):
        total += spent.get(t, ZERO)
        so_far.append(total)
    peak = max([*so_far, ZERO])
    yield same_usd("funding", "funding: peak", record.peak_usd, peak, _RELATIVE)
    tied = [t for t, usd in enumerate(so_far) if peak - usd <= CENT + _RELATIVE * peak] if peak > 0 else [0]
    yield holds("funding", "funding: period", record.peak_period in tied, record.peak_period, tied)


RULES = (sites, assets, funding)
