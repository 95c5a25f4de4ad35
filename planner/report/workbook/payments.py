"""Sheets `Plan` and `Payments`: lines with a price that may be changed, and every payment as quantity × price × change."""

from dataclasses import dataclass

from planner.domain.records import Entry, Plan, Statement
from planner.report.document import kind_words
from planner.report.workbook.book import Book, Formula, Styled

PLAN_HEAD = (
    "Line",
    "Action",
    "Option",
    "Provider",
    "Region",
    "Node type",
    "Accelerator",
    "Contract",
    "Signed",
    "From",
    "To",
    "Term (periods)",
    "Nodes",
    "Accelerators",
    "Quantity",
    "Unit",
    "Unit price USD",
    "Change of price",
    "Total USD",
    "In the horizon USD",
    "Used",
    "Price as of",
    "Basis",
    "Source",
    "Why",
)
CHANGE = "R"
TOTAL, INSIDE, BASIS = "S", "T", "W"
PAYMENT_HEAD = (
    "Kind",
    "Provider",
    "Option",
    "Workload",
    "Cost centre",
    "Line",
    "Period",
    "Plan-year",
    "Years from start",
    "Quantity",
    "Unit price USD",
    "Amount USD",
    "Cash in the horizon (1 or 0)",
    "Share that counts",
    "Discount factor",
    "Present value USD",
    "Cash USD",
)
FIRST_LINE = FIRST_PAYMENT = 2
"""First row of figures, as spreadsheets count."""
NEAR = 1e-9


@dataclass(frozen=True)
class Span:
    """Ranges of the payments, for formulas of other sheets."""

    rows: int

    def column(self, letter: str) -> str:
        """One column of all payments."""
        return f"Payments!${letter}${FIRST_PAYMENT}:${letter}${max(FIRST_PAYMENT, FIRST_PAYMENT + self.rows - 1)}"

    @property
    def amount(self) -> str:
        return self.column("L")

    @property
    def cash(self) -> str:
        return self.column("Q")

    @property
    def present_value(self) -> str:
        return self.column("P")


def write_plan(book: Book, plan: Plan, statement: Statement) -> None:
    """One row a line; the change of price is an input."""
    sheet = book.sheet("Plan", (6, 12, 34, 14, 14, 20, 18, 22, 9, 9, 9, 9, *[11] * 13))
    sheet.head(*PLAN_HEAD)
    span = Span(len(statement.entries))
    for number, line in enumerate(plan.lines):
        mine = f"SUMIFS({span.amount},{span.column('F')},$A{sheet.row + 1})"
        inside = f"SUMIFS({span.cash},{span.column('F')},$A{sheet.row + 1})"
        own = [e for e in statement.entries if e.line == number]
        sheet.put(
            Styled(number + 1, "text"),
            line.action,
            line.option,
            line.provider,
            line.region,
            line.node_type,
            line.accelerator,
            line.contract,
            line.signed,
            line.start,
            line.end,
            line.term_periods,
            line.nodes,
            line.accelerators,
            line.quantity,
            line.unit,
            Styled(line.unit_price_usd, "price"),
            Styled(0.0, "input"),
            Formula(mine, sum(e.usd for e in own)),
            Formula(inside, sum(e.usd for e in own if e.cash)),
            Styled(line.utilisation, "share"),
            line.price_as_of,
            line.price_basis,
            line.price_source,
            line.why,
        )


def write_payments(book: Book, plan: Plan, statement: Statement) -> None:
    """One row a payment, in the order of the statement."""
    sheet = book.sheet("Payments", (20, 16, 34, 18, 30, 6, 10, 9, 9, 14, 12, 14, 9, 9, 10, 14, 14))
    sheet.head(*PAYMENT_HEAD)
    for entry in statement.entries:
        row = sheet.row + 1
        factor = statement.factor(entry)
        sheet.put(
            kind_words(entry.kind),
            entry.provider,
            entry.option,
            entry.workload,
            entry.centre,
            None if entry.line is None else Styled(entry.line + 1, "text"),
            *_when(plan, entry),
            Styled(entry.years, "years"),
            entry.quantity,
            Styled(entry.unit_price_usd, "price"),
            Formula(amount(entry, row), entry.usd),
            1 if entry.cash else 0,
            entry.counts,
            Formula(f"(1+discount_rate)^-I{row}", factor, "number"),
            Formula(f"L{row}*N{row}*O{row}", entry.usd * entry.counts * factor),
            Formula(f"L{row}*M{row}", entry.usd if entry.cash else 0.0),
        )


def _when(plan: Plan, entry: Entry) -> tuple[str, Styled]:
    periods = plan.horizon.periods
    if 0 <= entry.period < len(periods):
        period = periods[entry.period]
        return period.start or str(period.index + 1), Styled(period.plan_year + 1, "text")
    return "after the horizon", Styled(None, "text")


def amount(entry: Entry, row: int) -> str:
    """The amount as a formula: a share of another payment, quantity × price, or a sum that stands for itself; times the change."""
    if entry.share_of is not None:
        return f"L{FIRST_PAYMENT + entry.share_of}*K{row}"
    product = entry.quantity * entry.unit_price_usd
    base = f"J{row}*K{row}" if abs(product - entry.usd) <= NEAR * max(1.0, abs(entry.usd)) else repr(entry.usd)
    return base if entry.line is None else f"{base}*(1+Plan!${CHANGE}${FIRST_LINE + entry.line})"
