"""The money of a plan: by plan-year and kind, by provider, per unit, against the usual ways, after the horizon."""

from collections import defaultdict
from typing import Any

from planner.domain.plan import Baseline, Plan
from planner.report.figures import headline_money, money, percent, unit_price
from planner.report.table import (
    Block,
    Bullets,
    Column,
    Paragraph,
    Row,
    Section,
    Table,
    number_columns,
    plain_rows,
    text_columns,
)
from planner.report.vocabulary import kind_words

_YEARS_ACROSS = 5
"""Up to so many plan-years stand side by side; more stand one below the other."""


def by_year(plan: Plan) -> Section:
    """Cash per plan-year and kind, with the budget where there is one."""
    years = len(plan.cost.by_plan_year)
    grid = _grid(plan, years)
    table = _transposed(grid) if years > _YEARS_ACROSS else grid
    blocks: list[Block] = [table]
    if plan.cost.by_period:
        peak = max(plan.cost.by_period, key=lambda period: period.cash_usd)
        blocks.append(Paragraph(f"The dearest period is {peak.period} with {money(peak.cash_usd)}."))
    return Section("Cost by plan-year and kind (cash, USD)", tuple(blocks))


def _grid(plan: Plan, years: int) -> Table:
    kinds = _kinds_by_year(plan, years)
    rows = [Row((kind_words(kind), *_figures(values, sum(values)))) for kind, values in kinds.items()]
    rows.append(Row(("Total", *_figures(list(plan.cost.by_plan_year), plan.total_usd)), "total"))
    rows += _budget_rows(plan, years)
    titles = [f"Year {number + 1} from {_start_of_year(plan, number)}" for number in range(years)]
    return Table((Column("Kind"), *number_columns(*titles, "Total")), tuple(rows))


def _figures(values: list[float], total: float) -> tuple[str, ...]:
    return (*(money(value) for value in values), money(total))


def _kinds_by_year(plan: Plan, years: int) -> dict[str, list[float]]:
    """Kinds in the order of `cost.by_kind`; what is zero throughout is left out."""
    year_of = {period.index: period.plan_year for period in plan.horizon.periods}
    kinds: dict[str, list[float]] = {kind: [0.0] * years for kind in plan.cost.by_kind}
    for period in plan.cost.by_period:
        for kind, usd in period.by_kind.items():
            kinds.setdefault(kind, [0.0] * years)[year_of[period.index]] += usd
    return {kind: values for kind, values in kinds.items() if any(values)}


def _start_of_year(plan: Plan, year: int) -> str:
    return next((period.start for period in plan.horizon.periods if period.plan_year == year), "–")


def _budget_rows(plan: Plan, years: int) -> list[Row]:
    yearly = _budgets(plan.scenario.resolved.get("budget_per_year_usd"), years)
    total = _number(plan.scenario.resolved.get("budget_total_usd"))
    if not any(b is not None for b in yearly) and total is None:
        return []
    spent = plan.cost.by_plan_year
    left = [None if b is None else b - s for b, s in zip(yearly, spent, strict=True)]
    if total is None and all(b is not None for b in yearly):
        total = sum(b for b in yearly if b is not None)
    total_left = None if total is None else total - plan.total_usd
    return [
        Row(("Budget", *(_optional(b) for b in yearly), _optional(total))),
        Row(("Left of it", *(_optional(value) for value in left), _optional(total_left))),
    ]


def _optional(usd: float | None) -> str:
    return "" if usd is None else "$0" if abs(usd) < 0.005 else money(usd)


def _budgets(stated: Any, years: int) -> list[float | None]:
    if isinstance(stated, list | tuple):
        return [_number(stated[year]) if year < len(stated) else None for year in range(years)]
    return [_number(stated)] * years


def _number(value: Any) -> float | None:
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def _transposed(table: Table) -> Table:
    """Rows become columns: for horizons of many years."""
    labels = [str(row.cells[0]) for row in table.rows]
    rows = [
        Row(
            (column.title, *(row.cells[i] for row in table.rows)),
            "total" if column.title == "Total" else "plain",
        )
        for i, column in enumerate(table.columns)
        if i
    ]
    return Table((Column("Plan-year"), *number_columns(*labels)), tuple(rows))


def by_provider(plan: Plan) -> Section | None:
    shares = {name: usd for name, usd in plan.cost.by_provider.items() if abs(usd) >= 0.005}
    if not shares:
        return None
    whole = sum(shares.values())
    rows = [
        Row((name, money(usd), percent(usd / whole) if whole else ""))
        for name, usd in sorted(shares.items(), key=lambda item: (-item[1], item[0]))
    ]
    rows += [Row(("Total", money(whole), "100%"), "total")] if len(rows) > 1 else []
    return Section(
        "Cost by provider (cash in the horizon)",
        (Table((Column("Provider"), *number_columns("USD", "Share")), tuple(rows)),),
    )


def per_unit(plan: Plan) -> Section | None:
    if not plan.unit_costs:
        return None
    hourly = any(cost.usd_per_accelerator_hour is not None for cost in plan.unit_costs)
    columns = (*text_columns("Workload"), Column("Unit cost", number=True), *text_columns("per"))
    rows = []
    for cost in plan.unit_costs:
        hour = "" if cost.usd_per_accelerator_hour is None else unit_price(cost.usd_per_accelerator_hour)
        base = (cost.workload, unit_price(cost.usd_per_unit), cost.unit)
        rows.append(Row((*base, hour) if hourly else base))
    shown = (*columns, *number_columns("USD per accelerator-hour")) if hourly else columns
    return Section("Unit costs", (Table(shown, tuple(rows)),))


def against_the_usual_ways(plan: Plan) -> Section | None:
    if not plan.baselines:
        return None
    columns = (
        Column("Way"),
        *number_columns("NPV", "This plan saves", "Saving"),
        Column("How it was reckoned"),
    )
    rows = [
        Row(("This plan", money(plan.npv_usd), "", "", ""), "total"),
        *plain_rows([_baseline(baseline, plan.npv_usd) for baseline in plan.baselines]),
    ]
    return Section("Against the usual ways (NPV)", (Table(columns, tuple(rows)),))


def _baseline(baseline: Baseline, npv_usd: float) -> tuple[str, ...]:
    if baseline.npv_usd is None:
        return (baseline.name, "cannot serve", "", "", baseline.note)
    saving = "" if baseline.saving_fraction is None else percent(baseline.saving_fraction)
    return (baseline.name, money(baseline.npv_usd), money(baseline.npv_usd - npv_usd), saving, baseline.note)


def after_the_horizon(plan: Plan) -> Section:
    """What is owed, valued and left when the plan ends."""
    cost = plan.cost
    owed = "Nothing is owed after the horizon."
    if cost.outstanding_liability_usd >= 0.005:
        owed = (
            f"{money(cost.outstanding_liability_usd)} is still owed after the horizon (undiscounted) under the lines"
            f" that end later; {_terminal(cost.terminal_npv_usd)}"
        )
    blocks: list[Block] = [Paragraph(owed)]
    detail = _owed_by_line(plan)
    blocks += [detail] if detail else []
    if abs(cost.residual_usd) >= 0.005:
        blocks.append(Paragraph(f"What is owned is worth {headline_money(cost.residual_usd)} at the end."))
    if cost.unserved_npv_usd >= 0.005:
        blocks.append(
            Paragraph(f"The NPV holds {money(cost.unserved_npv_usd)} for demand left unserved; that is not cash.")
        )
    return Section("After the horizon", tuple(blocks))


def _terminal(usd: float) -> str:
    if abs(usd) < 0.005:
        return "the NPV counts nothing for it."
    return f"the NPV counts {money(usd)} for it."


def _owed_by_line(plan: Plan) -> Bullets | None:
    """Who is owed what until when, summed over the lines that end together."""
    later: dict[tuple[str, str], float] = defaultdict(float)
    for line in plan.lines:
        later[line.end, line.provider] += line.total_usd - line.in_horizon_usd
    owed = [(end, name, usd) for (end, name), usd in sorted(later.items()) if usd >= 0.005]
    return Bullets(tuple(f"{money(usd)} to {name} until {end}" for end, name, usd in owed)) if owed else None
