"""Budgets beside what is spent of them: per plan-year, upfront, per period."""

from collections.abc import Sequence
from typing import Any

from planner.domain.records import Plan
from planner.report.document import Block, Paragraph, TableRow, money
from planner.report.plan.money.years import by_year

_CENT = 0.005


def of_years(plan: Plan) -> list[TableRow]:
    """Rows below the kinds of cash: what may be spent in each plan-year and in all, and what is left of it."""
    years, resolved = len(plan.cost.by_plan_year), plan.scenario.resolved
    yearly, total = _stated(resolved.get("budget_per_year_usd"), years), _number(resolved.get("budget_total_usd"))
    rows = []
    if any(b is not None for b in yearly) or total is not None:
        rows += _budget("Budget", yearly, total, plan.cost.by_plan_year, plan.total_usd)
    return [*rows, *_upfront(plan, _stated(resolved.get("budget_upfront_per_year_usd"), years))]


def _upfront(plan: Plan, yearly: list[float | None]) -> list[TableRow]:
    """What is paid at signing, which no credits pay."""
    if all(b is None for b in yearly):
        return []
    paid = by_year(plan, [(line.signed_index, line.upfront_usd) for line in plan.lines])
    row = TableRow(("Paid upfront", *(_or_zero(usd) for usd in paid), _or_zero(sum(paid))))
    return [row, *_budget("Budget for upfront", yearly, None, paid, sum(paid))]


def _budget(
    name: str, yearly: list[float | None], total: float | None, spent: Sequence[float], spent_in_all: float
) -> list[TableRow]:
    left = [None if b is None else b - s for b, s in zip(yearly, spent, strict=True)]
    if total is None and all(b is not None for b in yearly):
        total = sum(b for b in yearly if b is not None)
    total_left = None if total is None else total - spent_in_all
    return [
        TableRow((name, *(_or_zero(b) for b in yearly), _or_zero(total))),
        TableRow(("Left of it", *(_or_zero(value) for value in left), _or_zero(total_left))),
    ]


def of_periods(plan: Plan) -> list[Block]:
    """The period in which least is left of its budget."""
    periods = plan.cost.by_period
    stated = _stated(plan.scenario.resolved.get("budget_per_period_usd"), len(periods))
    left = [(b - p.cash_usd, p, b) for b, p in zip(stated, periods, strict=True) if b is not None]
    if not left:
        return []
    room, period, budget = min(left, key=lambda found: found[0])
    same = len({b for _, _, b in left}) == 1
    every = f"The budget of every period is {money(budget)}" if same else "Every period has a budget of its own"
    of_it = "" if same else f" of {money(budget)}"
    return [Paragraph(f"{every}; least is left in {period.period}: {_or_zero(room)}{of_it}.")]


def _or_zero(usd: float | None) -> str:
    return "" if usd is None else "$0" if abs(usd) < _CENT else money(usd)


def _stated(stated: Any, count: int) -> list[float | None]:
    """One number for all, or one each; beyond a list nothing is stated."""
    if isinstance(stated, list | tuple):
        return [_number(stated[i]) if i < len(stated) else None for i in range(count)]
    return [_number(stated)] * count


def _number(value: Any) -> float | None:
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None
