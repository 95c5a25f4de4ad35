"""`planner catalog diff`: what is new, gone and dearer or cheaper from one catalog to another, row by row."""

from collections.abc import Mapping
from typing import Literal, NamedTuple

from planner.domain.inputs import Catalog
from planner.report.document import (
    Alert,
    Block,
    Cell,
    Document,
    Paragraph,
    Report,
    Table,
    columns_of,
    percent,
    plural,
    section_of,
    table_of,
    unit_price,
)

FAR = 3.0
"""A price that moves by more than this factor is shown apart: it is rather a mistake or another thing than a move."""


class Quoted(NamedTuple):
    """One figure of one row."""

    usd: float
    unit: str
    source: str
    checked_on: str


class CatalogChange(NamedTuple):
    """A price in one catalog or in both."""

    kind: Literal["new", "gone", "moved", "moved far"]
    id: str
    unit: str
    old_usd: float | None
    new_usd: float | None
    change_fraction: float | None
    """New over old, less one."""
    old_checked_on: str
    new_checked_on: str
    source: str
    """Of the new row; of what is gone, the old one."""


def changes_of(old: Catalog, new: Catalog) -> tuple[CatalogChange, ...]:
    """Every price that differs: far moves first, then moves by size, then what is new and gone, by id."""
    before, after = _quoted(old), _quoted(new)
    found = [_change(name, before.get(name), after.get(name)) for name in sorted({*before, *after})]
    return tuple(sorted((c for c in found if c is not None), key=_order))


def _order(change: CatalogChange) -> tuple[int, float, str]:
    kinds = ("moved far", "moved", "new", "gone")
    return kinds.index(change.kind), -abs(change.change_fraction or 0.0), change.id


def _quoted(catalog: Catalog) -> Mapping[tuple[str, str], Quoted]:
    """By id and unit: nodes by the hour, hosted models by million tokens of each kind."""
    found = {
        (row.id, "node-hour"): Quoted(row.price_usd_per_hour, "node-hour", row.source, row.checked_on)
        for row in catalog.prices
    }
    for row in catalog.token_prices:
        kinds = (
            ("Mtok input", row.usd_per_mtok_input),
            ("Mtok output", row.usd_per_mtok_output),
            ("Mtok cached", row.usd_per_mtok_cached),
            ("Mtok input, batch", row.usd_per_mtok_input_batch),
            ("Mtok output, batch", row.usd_per_mtok_output_batch),
        )
        found |= {(row.id, unit): Quoted(usd, unit, row.source, row.checked_on) for unit, usd in kinds if usd > 0}
    return found


def _change(name: tuple[str, str], old: Quoted | None, new: Quoted | None) -> CatalogChange | None:
    one = new or old
    if one is None or (old is not None and new is not None and old.usd == new.usd):
        return None
    fraction = None if old is None or new is None else new.usd / old.usd - 1.0
    far = fraction is not None and not 1 / FAR <= 1 + fraction <= FAR
    return CatalogChange(
        kind="new" if old is None else "gone" if new is None else "moved far" if far else "moved",
        id=name[0],
        unit=one.unit,
        old_usd=old.usd if old else None,
        new_usd=new.usd if new else None,
        change_fraction=fraction,
        old_checked_on=old.checked_on if old else "",
        new_checked_on=new.checked_on if new else "",
        source=one.source,
    )


def diff_report(changes: tuple[CatalogChange, ...]) -> Report:
    """The changes, for any format."""
    return Report(
        json=lambda: {"schema": "planner/catalog-diff/1", "changes": [change._asdict() for change in changes]},
        csv=lambda: (CatalogChange._fields, changes),
        document=lambda: _document(changes),
    )


def _document(changes: tuple[CatalogChange, ...]) -> Document:
    by_kind = {kind: [c for c in changes if c.kind == kind] for kind in ("moved far", "moved", "new", "gone")}
    counted = ", ".join(f"{len(found):,} {kind}" for kind, found in by_kind.items())
    head: list[Block] = [Paragraph(f"{plural(len(changes), 'price')} differ: {counted}.")]
    if not changes:
        head = [Paragraph("Every price is the same in both.")]
    if by_kind["moved far"]:
        said = f"These moved by more than a factor of {FAR:g}: rather a mistake or another thing than a move."
        head.append(Alert("Moved far", said, _moves(by_kind["moved far"])))
    sections = [section_of("", *head)]
    if by_kind["moved"]:
        sections.append(section_of("Moved", _moves(by_kind["moved"])))
    for kind, title in (("new", "New"), ("gone", "Gone")):
        if by_kind[kind]:
            sections.append(section_of(title, _single(by_kind[kind])))
    return Document("From one catalog to another", tuple(sections))


def _moves(changes: list[CatalogChange]) -> Table:
    columns = columns_of("Row | Per | #Old | #New | #Change | Checked on")
    rows: list[tuple[Cell, ...]] = [
        (
            c.id,
            c.unit,
            unit_price(c.old_usd or 0.0),
            unit_price(c.new_usd or 0.0),
            percent(c.change_fraction or 0.0),
            f"{c.old_checked_on} → {c.new_checked_on}",
        )
        for c in changes
    ]
    return table_of(columns, rows)


def _single(changes: list[CatalogChange]) -> Table:
    columns = columns_of("Row | Per | #Price | Checked on")
    rows: list[tuple[Cell, ...]] = [
        (c.id, c.unit, unit_price(c.new_usd or c.old_usd or 0.0), c.new_checked_on or c.old_checked_on) for c in changes
    ]
    return table_of(columns, rows)
