"""If the sizing errs: what the nodes of the plan still do at low rates, and what the demand would cost at low and at high ones."""

from planner.domain.records import Plan, SizedWorkload, SizingCase
from planner.report.document import (
    Block,
    Paragraph,
    Section,
    Table,
    TableRow,
    columns_of,
    headline_money,
    money,
    percent,
    section_of,
    table_of,
)
from planner.report.plan.reading import Reading

RANGE = (
    "Throughput that nobody measured is sized. Four of five measurements lie between the low and the high rate; that all of"
    " them are low at once is the worst case. The nodes' shares are computed at the planned utilisation; busier than planned they"
    " may serve it all the same, at longer waits. State a measured `throughput` where you have one: it has no range."
)


def if_sizing_errs(reading: Reading) -> Section | None:
    """By workload, then the two cases."""
    record = reading.plan.sizing
    if record is None or not record.workloads:
        return None
    columns = columns_of(
        "Workload | #Work that is sized | #Rate, low to high | #The plan's nodes serve at least | "
        "#worst | in | #Busy if all is served"
    )
    rows = tuple(_row(reading, one) for one in record.workloads)
    blocks: list[Block] = [Paragraph(RANGE), Table(columns, rows)]
    if record.cases:
        cases = columns_of("Planned anew | #NPV | #Change | How it was computed")
        planned = TableRow(("expected rates: this plan", money(reading.plan.npv_usd), "", ""), "total")
        blocks.append(table_of(cases, (planned, *(_case(case) for case in record.cases))))
    return section_of("If the sizing errs", *blocks)


def _row(reading: Reading, one: SizedWorkload) -> TableRow:
    where = reading.month(one.worst_period)
    if one.worst_slice >= 0:
        where = reading.slice_words(one.worst_period, one.worst_slice)
    return TableRow(
        (
            one.workload,
            percent(one.sized_fraction),
            f"{percent(one.low_fraction)} to {percent(one.high_fraction)}",
            percent(one.served_low_fraction),
            percent(one.worst_low_fraction),
            where,
            "" if one.busy_low_fraction is None else percent(one.busy_low_fraction),
        )
    )


def _case(case: SizingCase) -> TableRow:
    name = f"all sized rates {case.case}"
    if case.npv_usd is None or case.change_fraction is None:
        return TableRow((name, "", "", case.note))
    return TableRow((name, money(case.npv_usd), _signed(case.change_fraction), case.note))


def _signed(change: float) -> str:
    return f"+{percent(change)}" if change > 0 else percent(change)


def in_short(plan: Plan) -> str:
    """The low case in one sentence; empty if it was not computed or changes nothing."""
    low = [case for case in plan.sizing.cases if case.case == "low"] if plan.sizing is not None else []
    if not low or low[0].npv_usd is None or low[0].change_fraction is None or low[0].change_fraction < 0.0005:
        return ""
    beyond = ", beyond the limits on money" if low[0].note.startswith("not within") else ""
    return (
        "If every sized rate came out as in the worst tenth of measurements, the same demand would cost at least"
        f" {headline_money(low[0].npv_usd)} ({_signed(low[0].change_fraction)}){beyond}."
    )
