"""`planner catalog refresh`: per source what it said, and what was not believed."""

from collections.abc import Sequence

from planner.domain.records import HeldBack, Refresh, SourceRefresh
from planner.report.document import (
    Alert,
    Block,
    Cell,
    Document,
    Paragraph,
    Report,
    Table,
    columns_of,
    number_columns,
    plural,
    section_of,
    table_of,
    unit_price,
)

MOST_SHOWN = 40
"""Held-back prices that are spelt out; CSV and JSON have all."""


def refresh_report(done: Refresh) -> Report:
    """What a refresh did, for any format; CSV has the prices that were held back."""
    return Report(
        json=lambda: {
            "schema": "planner/catalog-refresh/1",
            **done._asdict(),
            "sources": [source._asdict() for source in done.sources],
            "held_back": [back._asdict() for back in done.held_back],
        },
        csv=lambda: (HeldBack._fields, done.held_back),
        document=lambda: _document(done),
    )


def _document(done: Refresh) -> Document:
    moved, new, confirmed = (sum(getattr(s, name) for s in done.sources) for name in ("moved", "new", "confirmed"))
    said = f"{moved:,} prices moved, {new:,} are new, {confirmed:,} were read again as they were."
    if done.overtaken:
        said += f" {plural(done.overtaken, 'older row')} no longer hold beside them."
    if done.estimated:
        said += f" {plural(done.estimated, 'estimated rate')} moved with the list prices."
    head: list[Block] = [Paragraph(said if done.written else "No source could be read; the catalog is as it was.")]
    failed = [source for source in done.sources if source.said]
    if failed:
        rows = [(source.source, source.said) for source in failed]
        text = "What could not be read is as it was."
        head.append(
            Alert(
                f"{plural(len(failed), 'source')} failed, in whole or in part",
                text,
                table_of(columns_of("Source | It"), rows),
            )
        )
    if done.held_back:
        text = "The catalog keeps what it had; `--accept NAME` believes one of them."
        if len(done.held_back) > MOST_SHOWN:
            text += f" {len(done.held_back) - MOST_SHOWN:,} more are in CSV and JSON."
        shown = _held_back(done.held_back[:MOST_SHOWN])
        head.append(Alert(f"{plural(len(done.held_back), 'price')} held back", text, shown))
    sections = (section_of("", *head), section_of("Sources", _sources(done.sources)))
    return Document("Catalog refreshed" if done.written else "Catalog not refreshed", sections)


def _sources(sources: tuple[SourceRefresh, ...]) -> Table:
    counts = ("moved", "confirmed", "new", "older", "held_back", "unknown", "unreadable")
    titles = ("Moved", "As before", "New", "Older", "Held back", "Unknown", "Unreadable")
    columns = (*columns_of("Source | Host"), *number_columns("MB", *titles))
    rows: list[tuple[Cell, ...]] = [
        (s.source, s.host, f"{s.size_bytes / 1e6:.1f}", *(f"{getattr(s, name):,}" for name in counts)) for s in sources
    ]
    return table_of(columns, rows)


def _held_back(found: tuple[HeldBack, ...]) -> Table:
    columns = columns_of("Name | Per | #Held | #Read | Why")
    rows: list[tuple[Cell, ...]] = [
        (b.row, b.unit, "" if b.old_usd is None else unit_price(b.old_usd), unit_price(b.new_usd), b.why) for b in found
    ]
    return table_of(columns, rows)


def sources_report(rows: Sequence[tuple[str, str, str, str]]) -> Report:
    """Name, content, hosts and terms of each source, for any format."""
    names = ("source", "what", "hosts", "terms")
    table = table_of(columns_of("Source | What | Hosts | Terms"), rows)
    return Report(
        json=lambda: {
            "schema": "planner/catalog-sources/1",
            "sources": [dict(zip(names, row, strict=True)) for row in rows],
        },
        csv=lambda: (names, rows),
        document=lambda: Document("Sources of a refresh", (section_of("", table),)),
    )
