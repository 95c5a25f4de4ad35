"""The workbook, sheet by sheet.

`Summary` and `Checks` speak; `Payments` holds every payment once; all other sums are formulas over it. The discount rate and a
change of price a line are inputs: totals, unit costs and the present value follow in any spreadsheet.
"""

from planner.domain.records import Plan, Statement
from planner.report.workbook.book import Book
from planner.report.workbook.facts import write_assumptions, write_demand, write_prices, write_summary
from planner.report.workbook.payments import Span, write_payments, write_plan
from planner.report.workbook.sums import unit_cost_cells, write_cash_flow, write_checks, write_unit_costs


def plan_workbook(plan: Plan, statement: Statement) -> bytes:
    """The XLSX file of a plan; the same plan gives the same bytes.

    Args:
        statement: of the same plan (`planner.audit.statement`).
    """
    book, span = Book(plan.scenario.name), Span(len(statement.entries))
    cells = unit_cost_cells(plan, statement)
    write_summary(book, plan, statement, cells)
    write_cash_flow(book, plan, statement, span)
    write_plan(book, plan, statement)
    write_demand(book, plan)
    write_prices(book, plan)
    write_assumptions(book, plan)
    write_checks(book, plan, statement, span, cells)
    write_unit_costs(book, plan, statement, span, cells)
    write_payments(book, plan, statement)
    return book.close()
