"""The money of a plan: by plan-year and kind, by provider, per unit, against the usual ways, after the horizon."""

from collections import defaultdict

from planner.domain.records import Baseline, Cost, Plan
from planner.report.document import (
    Block,
    Bullets,
    Paragraph,
    Section,
    TableRow,
    columns_of,
    headline_money,
    kind_words,
    listed,
    money,
    percent,
    section_of,
    signed_percent,
    table_of,
    unit_price,
)
from planner.report.plan.money import budgets
from planner.report.plan.money.years import by_year as sums_by_year
from planner.report.plan.money.years import money_row, year_table

_CENT = 0.005


def by_year(plan: Plan) -> Section:
    """Cash per plan-year and kind, with the budgets where there are some."""
    blocks: list[Block] = [year_table(plan, "Kind", _rows(plan))]
    if plan.cost.by_period:
        peak = max(plan.cost.by_period, key=lambda period: period.cash_usd)
        blocks.append(Paragraph(f"The most expensive period is {peak.period} with {money(peak.cash_usd)}."))
    blocks += budgets.of_periods(plan)
    return section_of("Cost by plan-year and kind (cash, USD)", *blocks)


def _rows(plan: Plan) -> list[TableRow]:
    """Kinds in the order of `cost.by_kind`; what is zero throughout is left out."""
    kinds = _kinds_by_year(plan)
    rows = [money_row(kind_words(kind), values) for kind, values in kinds.items() if any(values)]
    total = money_row("Total", list(plan.cost.by_plan_year), plan.total_usd)
    return [*rows, total._replace(role="total"), *budgets.of_years(plan)]


def _kinds_by_year(plan: Plan) -> dict[str, list[float]]:
    """Kind → cash of each plan-year; from the periods, by where they start, in a plan that does not say."""
    if plan.cost.by_plan_year_and_kind:
        return {kind: [year.get(kind, 0.0) for year in plan.cost.by_plan_year_and_kind] for kind in plan.cost.by_kind}
    amounts: dict[str, list[tuple[int, float]]] = {kind: [] for kind in plan.cost.by_kind}
    for period in plan.cost.by_period:
        for kind, usd in period.by_kind.items():
            amounts.setdefault(kind, []).append((period.index, usd))
    return {kind: sums_by_year(plan, found) for kind, found in amounts.items()}


def by_provider(plan: Plan) -> Section | None:
    shares = {name: usd for name, usd in plan.cost.by_provider.items() if abs(usd) >= 0.005}
    if not shares:
        return None
    whole = sum(shares.values())
    rows = [
        TableRow((name, money(usd), percent(usd / whole) if whole else ""))
        for name, usd in sorted(shares.items(), key=lambda item: (-item[1], item[0]))
    ]
    rows += [TableRow(("Total", money(whole), "100%"), "total")] if len(rows) > 1 else []
    return section_of("Cost by provider (cash in the horizon)", table_of(columns_of("Provider | #USD | #Share"), rows))


def per_unit(plan: Plan) -> Section | None:
    if not plan.unit_costs:
        return None
    hourly = any(cost.usd_per_accelerator_hour is not None for cost in plan.unit_costs)
    columns = columns_of("Workload | #Unit cost | per")
    rows = []
    for cost in plan.unit_costs:
        hour = "" if cost.usd_per_accelerator_hour is None else unit_price(cost.usd_per_accelerator_hour)
        base = (cost.workload, unit_price(cost.usd_per_unit), cost.unit)
        rows.append(TableRow((*base, hour) if hourly else base))
    shown = (*columns, *columns_of("#USD per accelerator-hour")) if hourly else columns
    beside = _beside_units(plan)
    return section_of("Unit costs", table_of(shown, rows), *([Paragraph(beside)] if beside else []))


OF_NO_WORKLOAD = {
    "credits": "what credits pay",
    "rebate": "discounts of agreements",
    "shortfall": "what is missing to a minimum",
}
"""Kinds of cash that belong to no workload, in words."""


def _beside_units(plan: Plan) -> str:
    """What the cost of a unit leaves out."""
    kinds = [
        (words, usd) for kind, words in OF_NO_WORKLOAD.items() if abs(usd := plan.cost.by_kind.get(kind, 0.0)) >= _CENT
    ]
    idle = sum(line.in_horizon_usd for line in plan.lines if line.utilisation == 0)
    kinds += [("what is paid for and never at work", idle)] if idle >= _CENT else []
    if not kinds:
        return ""
    return f"Not in these, as it belongs to no workload: {listed([f'{words} ({money(usd)})' for words, usd in kinds])}."


def against_the_usual_ways(plan: Plan, *, how: bool = True) -> Section | None:
    """The same demand bought in other ways.

    Args:
        how: with the way in which each was computed.
    """
    if not plan.baselines:
        return None
    columns = columns_of("Way | #NPV | #This plan saves | #Saving | How it was computed")
    rows = [
        TableRow(("This plan", money(plan.npv_usd), "", "", ""), "total"),
        *(TableRow(_baseline(baseline, plan.npv_usd)) for baseline in plan.baselines),
    ]
    last = len(columns) if how else len(columns) - 1
    rows = [row._replace(cells=row.cells[:last]) for row in rows]
    said = () if how else (Paragraph("`--full` says how each was computed, or why it cannot serve."),)
    return section_of("Against the usual ways (NPV)", table_of(columns[:last], rows), *said)


def _baseline(baseline: Baseline, npv_usd: float) -> tuple[str, ...]:
    if baseline.npv_usd is None:
        return (baseline.name, "cannot serve", "", "", baseline.note)
    if baseline.saving_fraction is None:
        return (baseline.name, money(baseline.npv_usd), "", "", baseline.note)
    saved = baseline.npv_usd - npv_usd
    if abs(saved) < _CENT:
        return (baseline.name, money(baseline.npv_usd), "–", "–", baseline.note)
    return (baseline.name, money(baseline.npv_usd), money(saved), percent(baseline.saving_fraction), baseline.note)


def after_the_horizon(plan: Plan) -> Section:
    """What is owed, valued and left when the plan ends."""
    cost = plan.cost
    owed = "Nothing is owed after the horizon."
    if cost.outstanding_liability_usd >= 0.005:
        owed = (
            f"{money(cost.outstanding_liability_usd)} is still owed after the horizon (undiscounted) under the lines"
            f" that end later{_terminal(cost)}"
        )
    blocks: list[Block] = [Paragraph(owed)]
    detail = _owed_by_line(plan)
    blocks += [detail] if detail else []
    if abs(cost.residual_usd) >= 0.005:
        blocks.append(Paragraph(_left(cost)))
    beside = (
        (cost.unserved_npv_usd, "demand left unserved"),
        (cost.fallback_npv_usd, "work that only a fallback serves"),
        (cost.carbon_npv_usd, "the price of carbon"),
    )
    counted = [f"{money(usd)} for {what}" for usd, what in beside if usd >= 0.005]
    if counted:
        blocks.append(Paragraph(f"The NPV holds {listed(counted)}; that is not cash."))
    return section_of("After the horizon", *blocks)


def _terminal(cost: Cost) -> str:
    """What the NPV counts for it; said below where it counts what is owned as well."""
    if abs(cost.residual_usd) >= 0.005:
        return "."
    if abs(cost.terminal_npv_usd) < 0.005:
        return "; the NPV counts nothing for it."
    return f"; the NPV counts {money(cost.terminal_npv_usd)} for it."


def _left(cost: Cost) -> str:
    said = f"What is owned is worth {headline_money(cost.residual_usd)} at the end (undiscounted)."
    moved = f"the NPV {money(abs(cost.terminal_npv_usd))} {'lower' if cost.terminal_npv_usd < 0 else 'higher'}"
    if cost.outstanding_liability_usd < 0.005:
        return f"{said} It makes {moved}."
    return f"{said} Together with what is owed it makes {moved}."


def _owed_by_line(plan: Plan) -> Bullets | None:
    """Who is owed what until when, summed over the lines that end together."""
    later: dict[tuple[str, str], float] = defaultdict(float)
    for line in plan.lines:
        later[line.end, line.provider] += line.total_usd - line.in_horizon_usd
    owed = [(end, name, usd) for (end, name), usd in sorted(later.items()) if usd >= 0.005]
    support = plan.cost.outstanding_liability_usd - sum(later.values())
    items = [f"{money(usd)} to {name} until {end}" for end, name, usd in owed]
    items += [f"{money(support)} for support of it"] if items and plan.charges and support >= 0.005 else []
    return Bullets(tuple(items)) if items else None


WORTH_SAYING = 0.02
"""Relative difference from which the other rule is told."""
_WAY = "`terminal: market`: what is left of a contract counts at the price it would then have"


def other_rule(plan: Plan) -> str:
    """Where the other rule would change the cost or what is signed in the first year by more than 2%, how; else nothing."""
    case = plan.other_rule
    if case is None or (case.npv_usd is None and not plan.cost.outstanding_liability_usd):
        return ""
    if case.npv_usd is None:
        return f"What would be signed if what outlives the horizon kept its market value ({_WAY}) was {case.note}."
    found = (
        plan.npv_usd if plan.simplicity is None else plan.simplicity.npv_before_usd
    )  # what simplicity costs is no matter of the rule
    change = (case.npv_usd - found) / abs(found) if found else 0.0
    mine, theirs = case.plan_signed_first_year_usd, case.signed_first_year_usd
    by, as_much = signed_percent(change), abs(theirs - mine) <= WORTH_SAYING * max(mine, theirs)
    if abs(change) <= WORTH_SAYING and as_much:
        return ""
    if as_much:
        return (
            "Whatever is signed is owed and counts in full, beyond the horizon too. If you are sure of the demand there, or can"
            f" sell the rest ({_WAY}), the cheapest plan costs {headline_money(case.npv_usd)} NPV ({by}); it signs"
            f" contracts worth as much in the first plan-year, {headline_money(theirs)}."
        )
    most = f", most of it for {case.largest_signing}" if case.largest_signing else ""
    owed = case.outstanding_liability_usd
    later = f" {headline_money(owed)} of it would be owed after the horizon." if owed >= 0.005 else ""
    return (
        "The end of the horizon decides: whatever is signed is owed and counts in full. If you are sure of the demand beyond it, or"
        f" can sell the rest ({_WAY}), the cheapest plan costs {headline_money(case.npv_usd)} NPV ({by}) and signs"
        f" contracts worth {headline_money(theirs)} in the first plan-year instead of {headline_money(mine)}{most}.{later}"
    )
