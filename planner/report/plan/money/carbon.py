"""Emissions: tonnes by plan-year and region, what is unknown, the price and the cap."""

from planner.domain.records import CarbonRecord, Plan
from planner.domain.scenario import Carbon
from planner.report.document import (
    NOTHING,
    Block,
    Paragraph,
    Section,
    Table,
    TableRow,
    columns_of,
    money,
    number_columns,
    percent,
    section_of,
    table_of,
)
from planner.report.plan.money.years import year_titles
from planner.report.plan.reading import Reading

_DUST = 1e-9


def emissions(reading: Reading) -> Section | None:
    """Shown where the scenario asks for them, and where some are known."""
    record = reading.plan.carbon
    asked = reading.asked.carbon if reading.asked is not None else None
    if record is None or (asked is None and record.tonnes <= _DUST):
        return None
    blocks: list[Block] = [_by_year(reading.plan, record, asked)]
    blocks += [_by_region(record)] if record.by_region else []
    hosted = any(line.action == "hosted_api" for line in reading.plan.lines)
    blocks += [Paragraph(text) for text in _said(record, asked, hosted) if text]
    return section_of("Emissions from electricity (tonnes CO2e)", *blocks)


def _by_year(plan: Plan, record: CarbonRecord, asked: Carbon | None) -> Table:
    """Plan-years one below the other, with their cap."""
    caps = _caps(asked, len(record.by_plan_year))
    capped = any(cap is not None for cap in caps)
    columns = (*columns_of("Plan-year"), *number_columns("Tonnes", *(("Cap", "Left of it") if capped else ())))
    rows = [
        TableRow((title, _tonnes(value), *(("" if cap is None else _tonnes(cap), _left(cap, value)) if capped else ())))
        for title, value, cap in zip(year_titles(plan), record.by_plan_year, caps, strict=False)
    ]
    rows.append(TableRow(("Total", _tonnes(record.tonnes), *(("", "") if capped else ())), "total"))
    return table_of(columns, rows)


def _caps(asked: Carbon | None, years: int) -> list[float | None]:
    stated = asked.max_tonnes_per_year if asked is not None else None
    if isinstance(stated, tuple):
        return [stated[year] if year < len(stated) else None for year in range(years)]
    return [stated] * years


def _tonnes(value: float) -> str:
    return NOTHING if not value else f"{value:,.2f}" if abs(value) >= 0.005 else "<0.01"


def _left(cap: float | None, value: float) -> str:
    if cap is None:
        return ""
    return _tonnes(cap - value) if abs(cap - value) > _DUST * max(cap, 1.0) else "0"


def _by_region(record: CarbonRecord) -> Table:
    ordered = sorted(record.by_region.items(), key=lambda item: (-item[1], item[0]))
    rows = [
        TableRow((_place(name), _tonnes(value), percent(value / record.tonnes) if record.tonnes else ""))
        for name, value in ordered
    ]
    return table_of(columns_of("Region | #Tonnes | #Share"), rows)


def _place(name: str) -> str:
    """A region; a site stands in one of its own name."""
    provider, _, region = name.partition("/")
    return provider if provider == region else name


def _said(record: CarbonRecord, asked: Carbon | None, hosted: bool) -> tuple[str, ...]:
    unknown = record.unknown_node_hours_fraction
    price = asked.usd_per_tonne if asked is not None else 0.0
    return (
        f"{percent(unknown)} of the node-hours stand where power or carbon intensity is not known; they are not in the tonnes."
        if unknown > 0
        else "",
        "Hosted APIs are not in the tonnes: their electricity is not known." if hosted else "",
        f"At {money(price)} a tonne they add {money(record.npv_usd)} to the NPV; that is not cash." if price else "",
    )
