"""The runway: cash at hand from period to period, and when it is lowest."""

from itertools import groupby

from planner.domain.records import CashRecord
from planner.report.document import Block, Paragraph, Section, TableRow, columns_of, listed, money, section_of, table_of
from planner.report.plan.reading import Reading
from planner.units import HOURS_PER_MONTH, HOURS_PER_YEAR

_MOST_ROWS = 12
"""More quarters than that become plan-years, more explicit periods too."""


def runway(reading: Reading) -> Section | None:
    """Opening, income, raises, spending and closing, by quarter or plan-year."""
    records = [record for record in reading.plan.cash if record.period < len(reading.plan.horizon.periods)]
    if not records:
        return None
    columns = columns_of(
        "Cash | #Opening | #Income | #Raised | #Compute after credits | #Other costs | #Closing | #Lowest"
    )
    parts = _parts(reading, records)
    rows = [_row(reading, part) for part in parts]
    if len(rows) > 1:
        whole = _row(reading, records)
        rows.append(TableRow(("All", *whole.cells[1:]), "total"))
    said: list[Block] = [Paragraph(text) for text in (_lowest(reading, records), _missing(reading)) if text]
    return section_of("Cash and runway (USD)", table_of(columns, rows), *said)


def _parts(reading: Reading, records: list[CashRecord]) -> list[list[CashRecord]]:
    """Records by quarter of a plan-year, by plan-year where that is too long, or one by one where they are few."""
    starts, elapsed = [], 0.0
    for period in reading.plan.horizon.periods:
        starts.append(elapsed)
        elapsed += period.hours
    quarters = _grouped(records, starts, 3 * HOURS_PER_MONTH)
    return quarters if len(quarters) <= _MOST_ROWS else _grouped(records, starts, HOURS_PER_YEAR)


def _grouped(records: list[CashRecord], starts: list[float], hours: float) -> list[list[CashRecord]]:
    """Neighbours whose periods start in the same stretch of so many hours."""
    return [list(part) for _, part in groupby(records, lambda r: int((starts[r.period] + 1e-6) / hours))]


def _row(reading: Reading, part: list[CashRecord]) -> TableRow:
    first, last = reading.month(part[0].period), reading.month(part[-1].period)
    lowest = min(part, key=lambda record: record.closing_usd)
    when = reading.month(lowest.period) if len(part) > 1 else ""
    return TableRow(
        (
            (first, f"to {last}") if first != last else first,
            _usd(part[0].opening_usd),
            _usd(sum(record.income_usd for record in part)),
            _usd(sum(record.raised_usd for record in part)),
            _usd(sum(record.spent_usd for record in part)),
            _usd(sum(record.other_costs_usd for record in part)),
            _usd(part[-1].closing_usd),
            (_usd(lowest.closing_usd), when),
        )
    )


def _usd(usd: float) -> str:
    return money(usd) if abs(usd) >= 0.005 else "–"


def _lowest(reading: Reading, records: list[CashRecord]) -> str:
    lowest = min(records, key=lambda record: record.closing_usd)
    text = f"Cash is lowest at the end of {reading.month(lowest.period)} with {money(lowest.closing_usd)}"
    cash = reading.asked.cash if reading.asked is not None else None
    if cash is None or not cash.minimum_usd:
        return f"{text}."
    room = lowest.closing_usd - cash.minimum_usd
    where = "above" if room >= 0 else "below"
    return f"{text}, {money(abs(room))} {where} the least allowed of {money(cash.minimum_usd)}."


def _missing(reading: Reading) -> str:
    """Raises without which it would have run out."""
    records, low, raised, first = reading.plan.cash, 0.0, 0.0, ""
    cash = reading.asked.cash if reading.asked is not None else None
    for record in records:
        raised += record.raised_usd
        below = record.closing_usd - raised - (cash.minimum_usd if cash is not None else 0.0)
        if below < low - 0.005:
            first = first or reading.month(record.period)
            low = below
    if not raised or not first:
        return ""
    rounds = [f"{money(r.raised_usd)} in {reading.month(r.period)}" for r in records if r.raised_usd > 0]
    return f"Without what is raised ({listed(rounds)}) it would be short from {first} on, by up to {money(-low)}."
