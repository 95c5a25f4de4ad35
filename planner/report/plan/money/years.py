"""Figures by plan-year: years side by side, or one below the other where there are many."""

from collections.abc import Iterable

from planner.domain.records import Plan
from planner.report.document import Column, Table, TableRow, columns_of, money, number_columns, table_of

YEARS_ACROSS = 5
"""Up to so many plan-years stand side by side; more stand one below the other."""


def by_year(plan: Plan, amounts: Iterable[tuple[int, float]]) -> list[float]:
    """Sums per plan-year of (period, amount); what lies beyond the horizon is left out."""
    year_of = {period.index: period.plan_year for period in plan.horizon.periods}
    years = [0.0] * len(plan.cost.by_plan_year)
    for period, value in amounts:
        if period in year_of and year_of[period] < len(years):
            years[year_of[period]] += value
    return years


def year_titles(plan: Plan) -> list[str]:
    """`Year 1 from 2027-01`, ..."""
    return [f"Year {n + 1} {_start_of_year(plan, n)}" for n in range(len(plan.cost.by_plan_year))]


def _start_of_year(plan: Plan, year: int) -> str:
    begins = next((period.start for period in plan.horizon.periods if period.plan_year == year), "")
    inside = [period.start for period in plan.horizon.periods if period.plan_year < year]
    return f"from {begins}" if begins else f"within {inside[-1]}" if inside else "–"


def money_row(label: str, values: list[float], total: float | None = None) -> TableRow:
    """A row of dollars with their sum."""
    return TableRow((label, *(money(value) for value in values), money(sum(values) if total is None else total)))


def year_table(plan: Plan, what: str, rows: list[TableRow]) -> Table:
    """Rows of a label, a figure for every plan-year and a total."""
    table = table_of((Column(what), *number_columns(*year_titles(plan), "Total")), rows)
    return transposed(table) if len(plan.cost.by_plan_year) > YEARS_ACROSS else table


def transposed(table: Table) -> Table:
    """Rows become columns: for horizons of many years."""
    labels = [str(row.cells[0]) for row in table.rows]
    rows = [
        TableRow(
            (column.title, *(row.cells[i] for row in table.rows)),
            "total" if column.title == "Total" else "plain",
        )
        for i, column in enumerate(table.columns)
        if i
    ]
    return table_of((*columns_of("Plan-year"), *number_columns(*labels)), rows)
