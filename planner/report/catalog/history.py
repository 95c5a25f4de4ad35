"""`planner catalog history`: the market of a thing month by month, with a line of bars; every observation as CSV and JSON."""

from collections.abc import Sequence

from planner.domain.records import MonthOfPrices, PriceHistory, PriceObservation
from planner.report.document import (
    Block,
    Cell,
    Document,
    Paragraph,
    Report,
    Section,
    columns_of,
    percent,
    plural,
    section_of,
    table_of,
    unit_price,
    words,
)

_BARS = "▁▂▃▄▅▆▇█"


def history_report(found: PriceHistory) -> Report:
    """Months as a table, for any format; CSV has the observations, JSON both."""
    return Report(
        json=lambda: {
            "schema": "planner/price-history/1",
            "name": found.name,
            "months": [month._asdict() for month in found.months],
            "observations": [row._asdict() for row in found.observations],
        },
        csv=lambda: (PriceObservation._fields, found.observations),
        document=lambda: _document(found),
    )


def _document(found: PriceHistory) -> Document:
    count = plural(len(found.observations), "observation")
    said = (
        f"{count}. USD per accelerator-hour, as it was known at the end of each month: median over sellers of each seller's own "
        "median, without estimates. A seller enters when its prices were first read, so a step may be a new seller."
    )
    sections = [section_of("", said)]
    by_contract: dict[str, list[MonthOfPrices]] = {}
    for month in found.months:
        by_contract.setdefault(month.contract, []).append(month)
    for contract, months in by_contract.items():
        sections.append(Section(words(contract).capitalize(), _contract(months)))
    return Document(f"Prices of {found.name}", tuple(sections))


def _contract(months: Sequence[MonthOfPrices]) -> tuple[Block, ...]:
    first, last = months[0], months[-1]
    line = bars([month.median_usd for month in months])
    change = last.median_usd / first.median_usd - 1.0
    ends = f"{unit_price(first.median_usd)} in {first.month}, {unit_price(last.median_usd)} in {last.month}"
    columns = columns_of("Month | #Median | #Lowest | #Sellers | #Offers")
    rows: list[tuple[Cell, ...]] = [
        (m.month, unit_price(m.median_usd), unit_price(m.lowest_usd), f"{m.sellers:,}", f"{m.offers:,}")
        for m in _changes(months)
    ]
    return Paragraph(f"{line}  {ends} ({percent(change)})"), table_of(columns, rows)


def _changes(months: Sequence[MonthOfPrices]) -> list[MonthOfPrices]:
    """The first and the last month, and those in which anything is another than in the month before."""
    kept = [m for before, m in zip([None, *months], months, strict=False) if before is None or before[2:] != m[2:]]
    return kept if kept[-1] is months[-1] else [*kept, months[-1]]


def bars(values: Sequence[float]) -> str:
    """One bar a value, from the least to the most; of equal values the lowest.

    >>> bars([1.0, 3.0, 2.0]), bars([2.0, 2.0]), bars([])
    ('▁█▅', '▁▁', '')
    """
    if not values:
        return ""
    low, span = min(values), max(values) - min(values)
    return "".join(_BARS[round((value - low) / span * (len(_BARS) - 1)) if span else 0] for value in values)
