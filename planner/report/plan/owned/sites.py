"""Sites: power, servers and use year by year, what an hour costs there, and what it would cost rented."""

from collections.abc import Callable, Iterator

from planner.domain.records import FigureRecord, Plan, RivalRecord, SitePeriod, SiteRecord
from planner.report.document import (
    NOTHING,
    Block,
    Paragraph,
    Section,
    Table,
    TableRow,
    amount,
    columns_of,
    money,
    number_columns,
    percent,
    section_of,
    stated_price,
    table_of,
    term_words,
    unit_price,
    words,
)
from planner.report.plan.money import YEARS_ACROSS, transposed, year_titles


def sites(plan: Plan) -> Section | None:
    """One table and one paragraph for each site that is opened, then owned hours beside rented ones."""
    if not plan.sites:
        return None
    blocks: list[Block] = []
    for site in plan.sites:
        blocks += [Paragraph(_about(site), strong=True), _years(plan, site), Paragraph(_terms(plan, site))]
    beside = _beside_rented(plan)
    return section_of("Sites", *blocks, *beside)


def _about(site: SiteRecord) -> str:
    where = f"in {site.country}" if site.country else f"in region {site.region}"
    decided = "signed" if site.kind == "colocation" else "decided"
    return f"{site.site} ({site.kind}, {where}): {decided} {site.opened}, first power {site.first_power}"


def _terms(plan: Plan, site: SiteRecord) -> str:
    """PUE and tariff with their sources, fixed cost, cost of an hour."""
    figures = {figure.name: figure for figure in plan.inputs.figures.get(f"site:{site.site}", ())}
    said = []
    if "pue" in figures:
        said.append(f"PUE {figures['pue'].value:g} {_origin(figures['pue'])}")
    if "usd_per_kwh" in figures:
        said.append(
            f"electricity {stated_price(figures['usd_per_kwh'].value)} per kWh {_origin(figures['usd_per_kwh'])}"
        )
    share = f" ({percent(site.fixed_npv_usd / site.npv_usd)})" if site.npv_usd > 0 else ""
    said.append(
        f"present value of everything paid there, less what is left at the end {money(site.npv_usd)},"
        f" of which {money(site.fixed_npv_usd)}{share} whatever the size"
    )
    if site.usd_per_accelerator_hour is not None and site.usd_per_accelerator_hour_in_service is not None:
        said.append(
            f"levelised {unit_price(site.usd_per_accelerator_hour)} per accelerator-hour worked,"
            f" {unit_price(site.usd_per_accelerator_hour_in_service)} in service"
        )
    else:
        said.append("nothing ever works there")
    text = "; ".join(said)
    return f"{text[0].upper()}{text[1:]}."


def _origin(figure: FigureRecord) -> str:
    return "(scenario)" if figure.basis == "scenario" else f"({figure.basis}, {figure.as_of}, {figure.source})"


def _years(plan: Plan, site: SiteRecord) -> Table:
    """Use by plan-year. Power, servers and accelerators are the most in the year."""

    def most(of: Callable[[SitePeriod], float]) -> list[str]:
        return [amount(max((of(period) for period in year), default=0.0)) for year in _by_year(plan, site)]

    def share(part: Callable[[SitePeriod], float], whole: Callable[[SitePeriod], float]) -> list[str]:
        found = []
        for year in _by_year(plan, site):
            under, over = sum(whole(period) for period in year), sum(part(period) for period in year)
            found.append(percent(min(over / under, 1.0)) if under else NOTHING)
        return found

    def hours(period: SitePeriod) -> float:
        return period.accelerators * plan.horizon.periods[period.period].hours

    used = [sum(period.kwh for period in year) / 1000 for year in _by_year(plan, site)]
    rows = [
        ("power live, kW", [*most(lambda period: period.live_kw), ""]),
        ("rated power of servers, kW", [*most(lambda period: period.racked_kw), ""]),
        ("servers in service", [*most(lambda period: period.servers), ""]),
        ("accelerators", [*most(lambda period: period.accelerators), ""]),
        ("hours that work", [*share(lambda period: period.busy_accelerator_hours, hours), ""]),
        ("electricity, MWh", [*(amount(mwh) for mwh in used), amount(sum(used))]),
    ]
    columns = (*columns_of("Most in the year"), *number_columns(*year_titles(plan), "Total"))
    table = table_of(columns, (TableRow((label, *cells)) for label, cells in rows))
    return transposed(table) if len(plan.cost.by_plan_year) > YEARS_ACROSS else table


def _by_year(plan: Plan, site: SiteRecord) -> Iterator[list[SitePeriod]]:
    for year in range(len(plan.cost.by_plan_year)):
        yield [period for period in site.periods if plan.horizon.periods[period.period].plan_year == year]


def _beside_rented(plan: Plan) -> list[Block]:
    """An hour of each site beside the cheapest rented hours that do the same work."""
    if not plan.rivals:
        return []
    columns = columns_of(
        "An accelerator-hour of the same work | #USD worked | #USD in service | #Owned is cheaper by | "
        "#At most | Price of"
    )
    rows: list[TableRow] = []
    for site in plan.sites:
        worked, service = site.usd_per_accelerator_hour, site.usd_per_accelerator_hour_in_service
        if worked is None or service is None:
            continue
        mine = (f"owned at {site.site}", unit_price(worked), unit_price(service), "", "", "")
        rows.append(TableRow(mine, "total"))
        rows += [_rival(plan, rival, worked, service) for rival in plan.rivals if rival.site == site.site]
    said = (
        "What is paid by use is set against the hours that work, a commitment against all hours in service. Prices are those of"
        " the periods in which the site works, discounted as its own hours are. At most so many accelerators of it can be"
        " had at once; what cannot be had in the numbers of the site stands last."
    )
    return [table_of(columns, rows), Paragraph(said)]


def _rival(plan: Plan, rival: RivalRecord, worked: float, service: float) -> TableRow:
    usd, termed = rival.usd_per_accelerator_hour, rival.term_periods is not None
    own = service if termed else worked
    term = f", {term_words(plan.horizon, rival.term_periods)}" if rival.term_periods is not None else ""
    price = unit_price(usd)
    return TableRow(
        (
            (f"{words(rival.contract)}{term}", rival.option),
            "" if termed else price,
            price if termed else "",
            percent(1 - own / usd) if usd > 0 else "",
            "" if rival.most_accelerators is None else amount(rival.most_accelerators),
            (rival.as_of, rival.basis),
        )
    )
