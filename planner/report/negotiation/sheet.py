"""`planner negotiate`: one overview, then a page for each deal."""

from planner.domain.answers import Deal, Negotiation, Rebate
from planner.report.document import (
    Alert,
    Block,
    Bullets,
    Cell,
    Document,
    Paragraph,
    Report,
    Section,
    Table,
    amount,
    columns_of,
    count,
    key_values,
    money,
    nearness,
    percent,
    plural,
    section_of,
    table_of,
    unit_price,
)

_HEADER = (
    "section",
    "deal",
    "subject",
    "when",
    "nodes",
    "price_usd",
    "fraction",
    "usd",
    "confirmed",
    "source",
    "as_of",
    "basis",
    "sentence",
)
_BASIS = {
    "whole": "solved again over whole nodes, at gap 0",
    "fractional": "solved again over fractional nodes, at gap 0; whole nodes would take too long at this size",
}
_AUDIT = Alert("The audit disagrees", "The second accountant disagrees with this plan; do not rely on it.")


def negotiation_report(sheet: Negotiation) -> Report:
    """The sheet, for any format."""
    return Report(
        json=sheet.to_json_value,
        csv=lambda: (_HEADER, [row for deal in sheet.deals for row in _rows(deal)]),
        document=lambda: _document(sheet),
    )


def _rows(d: Deal) -> list[tuple[object, ...]]:
    """The deal, its walk-away price with both sides, signings, rebates, tiers, and whom else to ask."""

    def row(section: str, subject: str | None = None, **known: object) -> tuple[object, ...]:
        said = {"section": section, "deal": d.option, "subject": subject, **known}
        return tuple(said.get(name) for name in _HEADER)

    source = {"source": d.price_source, "as_of": d.price_as_of, "basis": d.price_basis}
    walk = {"fraction": d.walk_away_fraction, "usd": d.without_npv_usd, "confirmed": d.confirmed}
    rows = [
        row("deal", d.contract, price_usd=d.price_usd, usd=d.total_usd, sentence=d.sentence, **source),
        row("walk away", d.next_best, price_usd=d.walk_away_usd, sentence=d.sentence, **walk),
    ]
    sides = [(word, side) for word, side in (("below", d.below), ("above", d.above)) if side is not None]
    rows += [
        row("solved again", word, price_usd=at.price_usd, fraction=at.fraction, usd=at.npv_usd, confirmed=at.signed)
        for word, at in sides
    ]
    rows += [row("signing", s.signed, when=s.start, nodes=s.nodes, usd=s.total_usd) for s in d.signings]
    rows += [
        row("rebate", price_usd=d.price_usd * (1 - r.fraction), fraction=r.fraction, usd=r.saves_usd) for r in d.rebates
    ]
    rows += [
        row(
            "next tier",
            t.what,
            when=t.plan_year,
            price_usd=t.enters_at_usd,
            fraction=t.discount_fraction,
            usd=t.gains_usd,
            sentence=t.sentence,
        )
        for t in d.next_tiers
    ]
    rows += [
        row(
            "runner-up",
            r.option,
            price_usd=r.ask_usd,
            fraction=r.ask_fraction,
            confirmed=r.confirmed,
            source=r.price_source,
            as_of=r.price_as_of,
            basis=r.price_basis,
            sentence=r.sentence,
        )
        for r in d.runners_up
    ]
    return rows


def _document(sheet: Negotiation) -> Document:
    head = Paragraph(
        f"The plan signs {plural(len(sheet.deals), 'deal')}; its NPV is {money(sheet.npv_usd)}, {nearness(sheet.gap)}. "
        f"Prices were {_BASIS[sheet.basis]}, among {sheet.options:,} options. "
        "Prices are per node-hour in US dollars, upfront spread over the term; what a rebate saves is present value."
    )
    blocks: list[Block] = [head]
    if not sheet.complete:
        blocks.append(Alert("Not complete", "The time was over before every price was tried."))
    if sheet.deals:
        blocks.append(_overview(sheet.deals))
    else:
        blocks.append(Paragraph("There is nothing to negotiate: the plan signs nothing that has a price by the hour."))
    sections = [section_of("", *blocks), *(_deal(deal) for deal in sheet.deals)]
    if sheet.not_priced:
        items = tuple(f"{one.option}, {money(one.total_usd)}: {one.why}" for one in sheet.not_priced)
        sections.append(section_of("Signed without one price to negotiate", Bullets(items)))
    return Document(f"To negotiate: {sheet.scenario}", tuple(sections), None if sheet.agrees else _AUDIT)


def _overview(deals: tuple[Deal, ...]) -> Table:
    columns = columns_of(
        "Deal | #Times × nodes | #Months | #Owed | #Price | #5% saves | #Walk away above | #Change | Next best"
    )
    return table_of(columns, [_overview_row(deal) for deal in deals])


def _saved(rebate: Rebate) -> str:
    return money(rebate.saves_usd) if rebate.saves_usd else "nothing"


def _recurring(d: Deal) -> str:
    """The list price by the hour, where something is paid by the hour."""
    return f" (list, recurring: {unit_price(d.list_price_usd)})" if d.list_price_usd else ", all of it upfront"


def _overview_row(d: Deal) -> tuple[Cell, ...]:
    return (
        d.option,
        _nodes(d),
        amount(d.term_months),
        money(d.total_usd),
        unit_price(d.price_usd),
        _saved(d.rebates[0]) if d.rebates else "",
        "no price" if d.walk_away_usd is None else unit_price(d.walk_away_usd),
        "" if d.walk_away_fraction is None else percent(d.walk_away_fraction - 1),
        d.next_best or "",
    )


def _nodes(d: Deal) -> str:
    """How often it is signed, and for how many nodes each time."""
    sizes = sorted({s.nodes for s in d.signings})
    each = count(sizes[-1]) if len(sizes) == 1 else f"{count(sizes[0])} to {count(sizes[-1])}"
    return f"{len(d.signings)} × {each}"


def _deal(d: Deal) -> Section:
    what = f"{d.accelerator or d.node_type}, {d.region}, {d.contract}"
    solved = "solved again on both sides: yes" if d.confirmed else "solved again on both sides: not confirmed"
    table = key_values(
        [
            ("What", what),
            ("For", ", ".join(d.workloads) or "nothing by itself"),
            ("Term", "1 month" if d.term_months == 1 else f"{amount(d.term_months)} months"),
            ("Upfront", money(d.upfront_usd)),
            ("Owed in all", money(d.total_usd)),
            ("Price", f"{unit_price(d.price_usd)} per node-hour{_recurring(d)}"),
            ("It rests on", f"{d.price_basis}, {d.price_source}, {d.price_as_of or 'no date'}"),
            ("Walk away", f"{d.sentence} ({solved})" if d.walk_away_usd is not None else d.sentence),
        ]
    )
    blocks: list[Block] = [table, _signings(d)]
    if d.below is not None and d.above is not None:
        blocks.append(_sides(d))
    if d.rebates:
        each = ", ".join(f"{percent(r.fraction)} off saves {_saved(r)}" for r in d.rebates)
        blocks.append(Paragraph(f"A rebate on it: {each}."))
    tiers = tuple(tier.sentence for tier in d.next_tiers)
    nothing = "Of this seller no further tier, term or lot is known: ask for one."
    blocks.append(Bullets(tuple(f"Next tier: {said}" for said in tiers) or (nothing,)))
    asks = tuple(f"{r.sentence}; {r.price_basis}, {r.price_as_of or 'no date'}" for r in d.runners_up)
    alone = "No seller outside the plan comes in at any price."
    blocks.append(Bullets(tuple(f"Ask beside: {said}" for said in asks) or (alone,)))
    return section_of(d.option, *blocks)


def _signings(d: Deal) -> Table:
    columns = columns_of("Sign in | From | To | #Nodes | #Accelerators | #Upfront | #Owed")
    rows: list[tuple[Cell, ...]] = [
        (s.signed, s.start, s.end, count(s.nodes), count(s.accelerators), money(s.upfront_usd), money(s.total_usd))
        for s in d.signings
    ]
    return table_of(columns, rows)


def _sides(d: Deal) -> Table:
    columns = columns_of("Solved again | #Price | #NPV | Signed")
    rows: list[tuple[Cell, ...]] = [
        (word, unit_price(side.price_usd), money(side.npv_usd), "yes" if side.signed else "no")
        for word, side in (("just below", d.below), ("just above", d.above))
        if side is not None
    ]
    return table_of(columns, rows)
