"""What is earned: revenue of the workloads that are sold against what it costs to serve them."""

from planner.domain.records import MarginRecord
from planner.report.document import (
    Cell,
    Section,
    TableRow,
    amount,
    columns_of,
    money,
    percent,
    section_of,
    stated_price,
    table_of,
)
from planner.report.plan.reading import Reading


def margins(reading: Reading) -> Section | None:
    """Revenue, cost and margin by workload (cash in the horizon, without credits)."""
    found = reading.plan.margins
    if not found:
        return None
    columns = columns_of("Workload | #Sold | #Revenue | #Cost | #Margin | #Share")
    rows = [TableRow(_cells(reading, margin)) for margin in found]
    if len(found) > 1:
        revenue, cost = sum(m.revenue_usd for m in found), sum(m.cost_usd for m in found)
        share = percent((revenue - cost) / revenue) if revenue else ""
        rows.append(TableRow(("Total", "", money(revenue), money(cost), money(revenue - cost), share), "total"))
    aside = " Credits belong to no workload." if reading.plan.credits else ""
    said = f"Cash in the horizon, given to workloads by the node-hours they keep busy.{aside}"
    return section_of("Margin of what is sold", table_of(columns, rows), said)


def _cells(reading: Reading, margin: MarginRecord) -> tuple[Cell, ...]:
    workload = reading.workloads.get(margin.workload)
    price = workload.price_usd_per_unit if workload is not None else None
    unit = workload.work_unit if workload is not None else "unit"
    return (
        margin.workload,
        (f"{amount(margin.units)} {unit}", f"at {stated_price(price)}" if price is not None else ""),
        money(margin.revenue_usd),
        money(margin.cost_usd),
        money(margin.revenue_usd - margin.cost_usd),
        "" if margin.margin_fraction is None else percent(margin.margin_fraction),
    )
