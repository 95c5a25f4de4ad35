"""`planner whatif --commitments`: for each pool what to commit, under which term, from which discount, at which risk."""

from collections.abc import Iterator

from planner.domain.answers import CommitmentsAnswer, PoolAnswer, Recommendation
from planner.report.document import (
    NOTHING,
    Block,
    Bullets,
    Cell,
    Document,
    Report,
    Section,
    Table,
    TableRow,
    amount,
    columns_of,
    count,
    headline_money,
    money,
    number_columns,
    percent,
    section_of,
    table_of,
    unit_price,
)

SHOWN_DISCOUNTS = (0.2, 0.4, 0.6)
"""Discounts of the question that a person is shown; programs get all."""
NOT_OFFERED = "not offered"
_POOL = ("pool", "on_demand_usd_per_hour")
_FIELDS = tuple(name for name in Recommendation.model_fields if name != "ladder")


def commitments_report(answer: CommitmentsAnswer) -> Report:
    """What to commit, for any format."""
    return Report(
        json=answer.to_json_value,
        csv=lambda: ((*_POOL, *_FIELDS, "ladder"), _csv_rows(answer)),
        document=lambda: commitments_document(answer),
    )


def commitments_document(answer: CommitmentsAnswer) -> Document:
    """Pool by pool, the dearest first; then what is taken for granted."""
    sections = [section for pool in answer.pools for section in _pool(pool)]
    notes: list[Block] = [Bullets((*answer.assumptions, *(f"left out: {text}" for text in answer.left_out)))]
    sections.append(section_of("What this takes for granted", *notes))
    horizon = f"{answer.months:,.4g} months from {answer.start}"
    planned = answer.status in ("optimal", "feasible") or bool(answer.pools)
    load = f"at the load of a plan of {headline_money(answer.npv_usd)} NPV" if planned else "without a plan"
    title = f"{answer.name}: commitments over {horizon}, {load}"
    return Document(title, tuple(sections))


def _pool(pool: PoolAnswer) -> Iterator[Section]:
    dated = f" ({pool.price_as_of})" if pool.price_as_of else ""
    title = f"{pool.pool}: {unit_price(pool.on_demand_usd_per_hour)} an hour on demand{dated}"
    planned = [r for r in pool.recommendations if r.demand_change_fraction == 0]
    shown = [r for r in planned if r.basis != "question" or round(r.discount_fraction, 6) in SHOWN_DISCOUNTS]
    yield section_of(title, Bullets(tuple(_two_ways(pool))), _terms(shown))
    yield section_of("Nodes to sign now if demand is lower or higher than planned", _by_demand(pool))
    yield section_of("At which discount a term enters and leaves", _thresholds(pool))


def _two_ways(pool: PoolAnswer) -> Iterator[str]:
    load = (
        f"uses {amount(pool.average_number_of_instances_used_per_hour)} nodes on average, "
        f"{amount(pool.minimum_number_of_instances_used_per_hour)} at least, "
        f"{amount(pool.maximum_number_of_instances_used_per_hour)} at most"
    )
    yield load
    if pool.stable_monthly_savings_amount_usd is None:
        yield "no rate for a commitment to this node type is known here: every discount below is asked about, not offered"
        return
    yield (
        f"stable: {_never_idle(pool.stable_number_of_instances)} saves "
        f"{money(pool.stable_monthly_savings_amount_usd)} a month"
    )
    signed = ", ".join(
        f"{count(nodes)} for {months:g} months from {period}" for period, months, nodes in pool.optimal[:6]
    )
    more = f" and {len(pool.optimal) - 6} more" if len(pool.optimal) > 6 else ""
    what = f"sign {signed}{more}" if signed else "sign nothing"
    yield f"optimal at known rates: {what}; saves {money(pool.optimal_monthly_savings_amount_usd)} a month"


def _never_idle(nodes: float) -> str:
    return f"{count(nodes)} {'node is never idle; committing it' if nodes == 1 else 'nodes are never idle; committing them'}"


def _months(months: float) -> str:
    return f"{months:g} month" if months == 1 else f"{months:g} months"


def _terms(shown: list[Recommendation]) -> Table:
    columns = columns_of(
        "#Term | #Off | #Nodes now | #Utilised | #Pays from | #Even after | #Saves a month | "
        "#Ladder adds | #Regret at half | #at double | Rate"
    )
    rows = sorted(shown, key=lambda r: (r.term_months, r.basis == "question", r.discount_fraction))
    return table_of(columns, (TableRow(_cells(r)) for r in rows))


def _cells(r: Recommendation) -> tuple[Cell, ...]:
    even = r.estimated_break_even_in_months
    return (
        _months(r.term_months),
        percent(r.discount_fraction),
        count(r.recommended_number_of_instances_to_purchase),
        NOTHING if r.average_utilization_fraction is None else percent(r.average_utilization_fraction),
        percent(r.break_even_utilization_fraction),
        NOTHING if even is None else f"{even:.1f} months",
        money(r.estimated_monthly_savings_amount_usd),
        money(r.ladder_savings_usd),
        money(r.regret_if_lower_usd),
        money(r.regret_if_higher_usd),
        NOT_OFFERED if r.basis == "question" else r.basis,
    )


def _by_demand(pool: PoolAnswer) -> Table:
    changes = sorted({r.demand_change_fraction for r in pool.recommendations})
    columns = (*columns_of("Term and discount"), *number_columns(*(_signed(c) for c in changes)))
    cells: dict[tuple[float, float, bool], dict[float, str]] = {}
    for r in pool.recommendations:
        if r.basis == "question" and round(r.discount_fraction, 6) != SHOWN_DISCOUNTS[1]:
            continue
        key = r.term_months, r.discount_fraction, r.basis == "question"
        cells.setdefault(key, {})[r.demand_change_fraction] = count(r.recommended_number_of_instances_to_purchase)
    rows: list[tuple[Cell, ...]] = []
    for (months, discount, asked), by_change in sorted(cells.items()):
        name = f"{months:g} months, {percent(discount)} off" + (f" ({NOT_OFFERED})" if asked else "")
        rows.append((name, *(by_change.get(change, NOTHING) for change in changes)))
    return table_of(columns, rows)


def _signed(change: float) -> str:
    return "as planned" if change == 0 else ("+" if change > 0 else "") + percent(change)


def _thresholds(pool: PoolAnswer) -> Table:
    columns = columns_of("Term | #Enters at | #Best from | #Known rate | Reading")
    rows: list[tuple[Cell, ...]] = []
    for t in pool.thresholds:
        inside = t.known_discount_fraction is not None and t.best_from_discount_fraction is not None
        stays = inside and (t.known_discount_fraction or 0.0) >= (t.best_from_discount_fraction or 0.0)
        reading = NOT_OFFERED if t.known_discount_fraction is None else ("in the plan" if stays else "not worth it")
        rows.append(
            (
                _months(t.term_months),
                *(
                    NOTHING if value is None else percent(value)
                    for value in (
                        t.enters_at_discount_fraction,
                        t.best_from_discount_fraction,
                        t.known_discount_fraction,
                    )
                ),
                reading,
            )
        )
    return table_of(columns, rows)


def _csv_rows(answer: CommitmentsAnswer) -> Iterator[list[object]]:
    for pool in answer.pools:
        for r in pool.recommendations:
            ladder = "; ".join(f"{period}: {nodes:g}" for period, nodes in r.ladder)
            yield [pool.pool, pool.on_demand_usd_per_hour, *(getattr(r, name) for name in _FIELDS), ladder]
