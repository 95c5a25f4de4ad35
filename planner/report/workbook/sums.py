"""Sheets `Cash flow`, `Unit costs` and `Checks`: sums over the payments, and how they compare with the plan."""

from planner.domain.records import Plan, Statement
from planner.report.document import kind_words
from planner.report.workbook.book import Book, Cell, Formula, Styled, WorkbookSheet, column, total_of
from planner.report.workbook.payments import INSIDE, Span


def write_cash_flow(book: Book, plan: Plan, statement: Statement, span: Span) -> None:
    """Cash by period and kind; the last columns are the sum, what has been paid so far, and the plan-year."""
    kinds = _kinds(plan, statement)
    sheet = book.sheet("Cash flow", (12, *[15] * (len(kinds) + 3)))
    sheet.head("Period", *(kind_words(kind) for kind in kinds), "Total USD", "Paid so far USD", "Plan-year")
    last, so_far = column(len(kinds)), 0.0
    for period in plan.horizon.periods:
        row = sheet.row + 1
        values = [
            sum(e.usd for e in statement.entries if e.cash and e.kind == k and e.period == period.index) for k in kinds
        ]
        so_far += sum(values)
        sums: list[Cell] = [
            Formula(f"SUMIFS({span.cash},{span.column('A')},{column(i + 1)}$1,{span.column('G')},$A{row})", value)
            for i, value in enumerate(values)
        ]
        above = f"{column(len(kinds) + 2)}{row - 1}+" if row > 2 else ""
        sheet.put(
            period.start or str(period.index + 1),
            *sums,
            Formula(f"SUM(B{row}:{last}{row})", sum(values)),
            Formula(f"{above}{column(len(kinds) + 1)}{row}", so_far),
            Styled(period.plan_year + 1, "text"),
        )
    count, by_kind = sheet.row, [sum(e.usd for e in statement.entries if e.cash and e.kind == k) for k in kinds]
    totals = (
        total_of(f"SUM({column(i + 1)}2:{column(i + 1)}{count})", [usd]) for i, usd in enumerate([*by_kind, so_far])
    )
    sheet.put(Styled("Total", "head"), *totals)


def _kinds(plan: Plan, statement: Statement) -> list[str]:
    """Kinds of cash in the order of the plan."""
    found = {e.kind for e in statement.entries if e.cash}
    known = [kind for kind in plan.cost.by_kind if kind in found]
    return [*known, *sorted(found - set(known))]


def _centres(statement: Statement) -> list[str]:
    return sorted({e.centre for e in statement.entries if e.centre})


def unit_cost_cells(plan: Plan, statement: Statement) -> dict[str, str]:
    """Where the cost by unit of each workload stands."""
    first = len(_centres(statement)) + 4  # below a heading, the centres, an empty row and a second heading
    named = [cost.workload for cost in plan.unit_costs if cost.workload in statement.units]
    return {name: f"'Unit costs'!$D${first + i}" for i, name in enumerate(named)}


def write_unit_costs(book: Book, plan: Plan, statement: Statement, span: Span, cells: dict[str, str]) -> None:
    """Cost centres with their cash and the shares that workloads bear; below, cost by unit."""
    names, centres = list(statement.units), _centres(statement)
    sheet = book.sheet("Unit costs", (40, *[16] * (len(names) + 2)))
    sheet.head("Cost centre", "Cash USD", *names)
    cash = {c: sum(e.usd for e in statement.entries if e.centre == c) for c in centres}
    for centre in centres:
        shares = statement.shares.get(centre, {})
        total = Formula(f"SUMIFS({span.amount},{span.column('E')},$A{sheet.row + 1})", cash[centre])
        sheet.put(centre, total, *(Styled(shares.get(name, 0.0), "share") for name in names))
    last = len(centres) + 1
    sheet.skip()
    sheet.put("Workload", "Cost USD", "Units", "USD per unit", "Unit", look="head")
    for cost in (cost for cost in plan.unit_costs if cost.workload in cells):
        row, letter = sheet.row + 1, column(names.index(cost.workload) + 2)
        usd = sum(cash[c] * statement.shares.get(c, {}).get(cost.workload, 0.0) for c in centres)
        units = statement.units[cost.workload]
        product = f"SUMPRODUCT($B$2:$B${last},{letter}$2:{letter}${last})" if centres else "0"
        each = Formula(f"B{row}/C{row}", usd / units, "price")
        sheet.put(cost.workload, Formula(product, usd), units, each, cost.unit)


def write_checks(book: Book, plan: Plan, statement: Statement, span: Span, unit_costs: dict[str, str]) -> None:
    """What this workbook computes beside what the plan says: equal until somebody changes a price or the discount rate."""
    sheet = book.sheet("Checks", (44, 20, 20, 16, 12))
    sheet.head("What", "This workbook", "The plan", "Difference", "Equal?")
    cash = sum(e.usd for e in statement.entries if e.cash)
    _check(sheet, "Net present value USD", "npv", statement.npv_usd, plan.npv_usd)
    _check(sheet, "Cash in the horizon USD", f"SUM({span.cash})", cash, plan.total_usd)
    for year, usd in enumerate(plan.cost.by_plan_year):
        found = sum(e.usd for e in statement.entries if e.cash and _year(plan, e.period) == year)
        _check(
            sheet, f"Cash of plan-year {year + 1} USD", f"SUMIFS({span.cash},{span.column('H')},{year + 1})", found, usd
        )
    for name, usd in plan.cost.by_provider.items():
        found = sum(e.usd for e in statement.entries if e.cash and e.provider == name)
        row = sheet.row + 1
        _check(sheet, name, f"SUMIFS({span.cash},{span.column('B')},$A{row})", found, usd)
    lines = sum(line.in_horizon_usd for line in plan.lines)
    mine = sum(e.usd for e in statement.entries if e.cash and e.line is not None)
    end = max(2, len(plan.lines) + 1)
    _check(sheet, "Lines of the plan, in the horizon USD", f"SUM(Plan!${INSIDE}$2:${INSIDE}${end})", mine, lines)
    for cost in plan.unit_costs:
        if cost.workload in unit_costs:
            value = cost.usd_per_unit
            _check(sheet, f"USD per {cost.unit} of {cost.workload}", unit_costs[cost.workload], value, value, "price")
    sheet.skip()
    sheet.put(
        "Changes of price move payments, support, totals, unit costs and the present value. Discounts of agreements on spend and "
        "credits stay as planned. What would be bought at other prices is another plan: solve again.",
        look="note",
    )


def _check(sheet: WorkbookSheet, what: str, formula: str, found: float, claimed: float, look: str = "usd") -> None:
    row = sheet.row + 1
    near = 0.005 if look == "usd" else 1e-6 * abs(claimed)
    equal = Formula(f'IF(ABS(D{row})<={max(near, 1e-9)!r},"yes","changed")', "yes")
    shown = Styled(claimed, "price" if look == "price" else "usd")
    difference = Formula(f"B{row}-C{row}", found - claimed, "price" if look == "price" else "usd")
    sheet.put(what, Formula(formula, found, "price" if look == "price" else "usd"), shown, difference, equal)


def _year(plan: Plan, period: int) -> int:
    return plan.horizon.periods[period].plan_year if 0 <= period < len(plan.horizon.periods) else -1
