"""Money of what is owned: running costs by site and kind, what assets are worth, and how much money it needs."""

from collections import defaultdict

from planner.domain.records import AssetRecord, ChargeRecord, Plan
from planner.market import CAPITAL_KINDS
from planner.report.document import (
    Block,
    Paragraph,
    Section,
    TableRow,
    amount,
    columns_of,
    count,
    from_to,
    listed,
    money,
    percent,
    section_of,
    stated_price,
    table_of,
)
from planner.report.plan.money import by_year, money_row, year_table
from planner.report.plan.owned.sources import figures_of, owned_charges

CAPITAL = frozenset({*CAPITAL_KINDS, "site"})
"""Kinds of cash that are capital: paid when something is ordered or opened."""
_CENT = 0.005
_EACH = {"buy": "server", "lease": "kW", "build": "module"}


def unit_of(plan: Plan, charge: ChargeRecord) -> str:
    """What a charge of what is owned is counted in."""
    if charge.kind in ("site", "team", "energy of work"):
        return {"site": "site", "team": "hour", "energy of work": "kWh"}[charge.kind]
    action = next((record.action for record in plan.inputs.options if record.option == charge.option), "buy")
    each = _EACH.get(action, "unit")
    return each if charge.kind == "sale" else f"{each}-hour"


def running_costs(plan: Plan) -> Section | None:
    """Charges of sites, servers and power by kind, with the figures they rest on; they are part of the cash above."""
    found: dict[tuple[str, str, str], list[ChargeRecord]] = defaultdict(list)
    for charge in owned_charges(plan):
        if charge.period < len(plan.horizon.periods):
            found[charge.provider, charge.kind, unit_of(plan, charge)].append(charge)
    if not found:
        return None
    rows = []
    for (site, kind, unit), charges in sorted(found.items()):
        years = by_year(plan, [(charge.period, charge.usd) for charge in charges])
        if any(abs(usd) >= _CENT for usd in years):
            rows.append(money_row(_label(site, kind, unit, charges), years)._replace(note=_rests_on(plan, charges[0])))
    whole = by_year(plan, [(charge.period, charge.usd) for charges in found.values() for charge in charges])
    rows.append(money_row("Total", whole)._replace(role="total"))
    said = Paragraph("They are part of the cash by plan-year and by provider; sales are income and stand below zero.")
    return section_of("Running what is owned (cash, USD)", year_table(plan, "What", rows), said)


def _label(site: str, kind: str, unit: str, charges: list[ChargeRecord]) -> str:
    quantity = amount(sum(charge.quantity for charge in charges))
    low = min((charge.unit_price_usd for charge in charges), key=abs)
    high = max((charge.unit_price_usd for charge in charges), key=abs)
    rising = f" to {stated_price(high)}" if abs(high - low) > 5e-7 else ""
    return f"{site}: {kind}, {quantity} × {stated_price(low)}{rising} per {unit}"


def _rests_on(plan: Plan, charge: ChargeRecord) -> str:
    found = figures_of(plan, charge.kind, charge.provider, charge.option)
    said = [f"{figure.name} {figure.value:,.10g} {figure.unit} ({figure.basis})" for figure in found if figure.value]
    return "rests on " + listed(said) if said else ""


def assets(plan: Plan) -> Section | None:
    """Every option bought: capital by kind, what it brings or is worth, and its straight-line book value at that time."""
    if not plan.assets:
        return None
    columns = columns_of(
        "What | Capital by kind | #Capital | #Worth | #Book value | #Worth less book | #Stranded | When"
    )
    options = dict.fromkeys(asset.option for asset in plan.assets)
    rows = [_bought(plan, [asset for asset in plan.assets if asset.option == option]) for option in options]
    capital = sum(_capital(asset) for asset in plan.assets)
    worth, book = sum(asset.sale_usd for asset in plan.assets), sum(asset.book_value_usd for asset in plan.assets)
    stranded = sum(_stranded(asset) for asset in plan.assets)
    share = percent(stranded / capital) if capital else ""
    total = ("All assets", "", money(capital), money(worth), money(book), money(worth - book), share, "")
    blocks: list[Block] = [table_of(columns, (*rows, TableRow(total, "total"))), Paragraph(_WORTH)]
    return section_of("Assets (capital, economic value and book value, USD)", *blocks)


_WORTH = (
    "Worth is what the sale brings, or the economic value of what is still there at the end of the horizon (not cash). Book"
    " value is straight-line over the book life. Stranded is what the book still holds beyond the worth, as a share of the"
    " capital. Land and set-up are counted as spent."
)


def _bought(plan: Plan, assets: list[AssetRecord]) -> TableRow:
    """All purchases under one option."""
    option = next((record for record in plan.inputs.options if record.option == assets[0].option), None)
    name = option.node_type if option is not None else assets[0].option
    kinds: dict[str, float] = defaultdict(float)
    for asset in assets:
        for kind, usd in asset.capital_by_kind.items():
            kinds[kind] += usd
    capital, stranded = sum(map(_capital, assets)), sum(map(_stranded, assets))
    worth, book = sum(asset.sale_usd for asset in assets), sum(asset.book_value_usd for asset in assets)
    cells = (
        (f"{count(sum(asset.units for asset in assets))} × {name}", assets[0].site),
        tuple(f"{kind} {money(usd)}" for kind, usd in kinds.items()),
        money(capital),
        money(worth),
        money(book),
        money(worth - book),
        percent(stranded / capital) if capital else "",
        _dates(plan, assets),
    )
    return TableRow(cells)


def _dates(plan: Plan, assets: list[AssetRecord]) -> tuple[str, ...]:
    """When they are ordered, and until when they are kept."""
    periods = plan.horizon.periods
    ordered = [periods[t].start for t in sorted({asset.signed_index for asset in assets})]
    sold = [periods[t].start for t in sorted({asset.end_index for asset in assets}) if t < len(periods)]
    kept = any(asset.end_index >= len(periods) for asset in assets)
    return (
        f"ordered {from_to(ordered[0], ordered[-1])}",
        f"sold {from_to(sold[0], sold[-1])}" if sold else "",
        "kept to the end" if kept else "",
    )


def _capital(asset: AssetRecord) -> float:
    return sum(asset.capital_by_kind.values())


def _stranded(asset: AssetRecord) -> float:
    return max(asset.book_value_usd - asset.sale_usd, 0.0)


def funding(plan: Plan) -> Section | None:
    """Capital beside running cash by plan-year, and the most money that is needed before any income."""
    if plan.funding is None or not plan.sites:
        return None
    capital, running = split(plan)
    rows = [money_row("Capital", capital), money_row("Running costs and rents", running)]
    rows.append(money_row("Total", list(plan.cost.by_plan_year), plan.total_usd)._replace(role="total"))
    return section_of("Capital and running cash (USD)", year_table(plan, "Kind", rows), peak(plan))


def split(plan: Plan) -> tuple[list[float], list[float]]:
    """Cash by plan-year: capital of what is owned, and all the rest."""
    found = [
        (period.index, usd) for period in plan.cost.by_period for kind, usd in period.by_kind.items() if kind in CAPITAL
    ]
    capital = by_year(plan, found)
    return capital, [whole - part for whole, part in zip(plan.cost.by_plan_year, capital, strict=True)]


def peak(plan: Plan) -> str:
    """The deepest point of cumulated spending."""
    found = plan.funding
    if found is None or found.peak_usd < _CENT:
        return ""
    at = plan.horizon.periods[found.peak_period].start
    return f"Peak funding need: {money(found.peak_usd)} by the end of {at} (spending so far, before any income)."
