"""`planner explain`: reasons, what limits are worth, prices at which options enter, verdicts on offers."""

from planner.domain.answers import Explanation, FlipPrice
from planner.report.document import (
    Block,
    Bullets,
    Cell,
    Document,
    Paragraph,
    Report,
    Table,
    columns_of,
    money,
    nearness,
    percent,
    section_of,
    table_of,
    unit_price,
)

_HEADER = (
    "section",
    "subject",
    "detail",
    "usd",
    "usd_per_unit",
    "unit",
    "fraction",
    "confirmed",
    "sentence",
)
_BASIS = {
    "whole": "All of it was solved again over whole nodes, at gap 0.",
    "fractional": "Extra costs and entry prices were solved again over fractional nodes (gap 0), among the options of the plan "
    "and the nearest ones; whole nodes would take too long at this size.",
}


def explanation_report(explanation: Explanation) -> Report:
    """The explanation, for any format."""
    return Report(
        json=explanation.to_json_value,
        csv=lambda: (_HEADER, _rows(explanation)),
        document=lambda: _document(explanation),
    )


def _rows(e: Explanation) -> "list[tuple[object, ...]]":
    """One row per sentence."""
    rows: list[tuple[object, ...]] = [
        ("reason", r.option, r.constraint, r.extra_usd, None, r.unit, r.extra_fraction, None, r.sentence)
        for r in e.reasons
    ]
    rows += [
        ("shadow price", r.limit, r.key, r.whole_up_usd, r.usd_per_unit, r.unit, None, None, r.sentence)
        for r in e.shadow_prices
    ]
    rows += [
        (
            "flip price",
            r.option,
            r.contract,
            r.npv_without_usd,
            r.flip_price_usd,
            r.unit,
            r.flip_fraction,
            r.confirmed,
            r.sentence,
        )
        for r in e.flip_prices
    ]
    rows += [("why not", r.option, r.workload, None, r.usd_per_unit, r.unit, None, None, r.sentence) for r in e.why_not]
    return rows


def _document(e: Explanation) -> Document:
    head = Paragraph(f"NPV {money(e.npv_usd)}, {nearness(e.gap)}. {_BASIS[e.basis]}")
    sections = [section_of("", head)]
    if e.why_not:
        sections.append(section_of("Why not", Bullets(tuple(r.sentence for r in e.why_not))))
    if e.reasons:
        sections.append(section_of("Why each of them", Bullets(tuple(r.sentence for r in e.reasons))))
    limits: Block = Paragraph("No limit of the scenario binds: a little more of any saves nothing.")
    if e.shadow_prices:
        limits = Bullets(tuple(r.sentence for r in e.shadow_prices))
    sections.append(section_of("What the limits are worth", limits))
    if e.flip_prices:
        sections.append(section_of("Prices at which the nearest others would enter", _flips(e.flip_prices)))
    return Document(f"Why: {e.scenario}", tuple(sections))


def _flips(flips: tuple[FlipPrice, ...]) -> Table:
    columns = columns_of("Option | Contract | #Price | #Enters below | #Change | Per | Solved on both sides")
    return table_of(columns, [_flip(flip) for flip in flips])


def _flip(flip: FlipPrice) -> tuple[Cell, ...]:
    upfront = flip.price_usd == 0 and flip.upfront_usd > 0
    price = flip.upfront_usd if upfront else flip.price_usd
    then = flip.flip_upfront_usd if upfront else flip.flip_price_usd
    return (
        flip.option,
        flip.contract,
        unit_price(price),
        "not for free" if then is None else unit_price(then),
        "" if flip.flip_fraction is None else percent(flip.flip_fraction - 1),
        "node upfront" if upfront else flip.unit,
        "yes" if flip.confirmed else "no",
    )
