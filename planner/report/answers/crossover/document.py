"""`planner crossover SCENARIO`: from which size owning pays, what that rests on, and what moves it."""

from collections.abc import Iterator

from planner.domain.answers import (
    Crossover,
    CrossoverFound,
    CrossoverThreshold,
    CurvePoint,
    OwnedFleet,
    SizeRange,
    WayAnswer,
)
from planner.report.answers.answer_charts import crossover_charts
from planner.report.document import (
    Block,
    Bullets,
    Document,
    Paragraph,
    Report,
    Section,
    Table,
    TableRow,
    columns_of,
    count,
    headline_money,
    number_columns,
    percent,
    section_of,
    table_of,
)
from planner.report.page import charted

SCHEMA = "planner/crossover/1"
_WITHOUT = "–"


def crossover_report(answer: Crossover) -> Report:
    """The thresholds, for any format."""
    return Report(
        json=lambda: crossover_value(answer),
        csv=lambda: (CSV, ([row.get(name) for name in CSV] for row in csv_rows(answer))),
        document=lambda: crossover_document(answer),
        page=lambda: charted(crossover_document(answer), crossover_charts(answer)),
    )


def crossover_value(answer: Crossover) -> dict[str, object]:
    """The answer as plain JSON values."""
    value = answer.model_dump(mode="json")
    name, sha256 = value.pop("name"), value.pop("sha256")
    return {"schema": SCHEMA, "scenario": {"name": name, "sha256": sha256}, **value}


def crossover_document(answer: Crossover) -> Document:
    """The thresholds first, then what they are made of, what moves them, the curves."""
    sections = (
        Section("", tuple(_headline(answer))),
        *(section for section in (_terms(answer), _alternatives(answer), _swings(answer)) if section is not None),
        _curve(answer),
        section_of("Conventions", Bullets(answer.conventions)),
    )
    return Document(f"{answer.name}: from which size does it pay to own?", sections)


# --- thresholds ---------------------------------------------------------------------------------------------------


def _headline(answer: Crossover) -> Iterator[Block]:
    for way in answer.ways:
        yield Paragraph(_sentence(way), strong=True)
        yield from (Paragraph(_details(threshold)) for threshold in way.thresholds)
        if way.undecided:
            yield Paragraph(_undecided(way.undecided, len(answer.curve)))
    sizes = f"{answer.smallest_multiple:g} to {answer.largest_multiple:g} times the scenario's demand"
    yield Paragraph(
        f"Sizes from {sizes}. The sums are first-year rents of the plan without anything owned. At both ends of a range the"
        f" contrary is proven by bounds; ranges are narrowed to {percent(answer.precision)}."
    )
    if not answer.complete:
        yield Paragraph("The time was up before all was computed.", strong=True)


def _undecided(sizes: tuple[float, ...], examined: int) -> str:
    between = f"{sizes[0]:.4g}" if len(sizes) == 1 else f"from {sizes[0]:.4g} to {sizes[-1]:.4g}"
    return (
        f"At {len(sizes)} of the {examined} sizes, {between} times the demand, there is no answer: no plan serves it with it or"
        " without, or the bounds do not tell."
    )


def _sentence(way: WayAnswer) -> str:
    name = way.way[:1].upper() + way.way[1:]
    if way.never is not None:
        return f"{name} never pays against {way.against}: {way.never}."
    if not way.thresholds:
        if way.owns_at_smallest and way.owns_at_largest:
            return f"{name} pays against {way.against} at every size examined."
        return f"{name} against {way.against}: nothing is proven in the time."
    parts = [
        f"{'pays from' if t.change == 'owning begins' else 'ceases to pay from'} {_spend(t)}" for t in way.thresholds
    ]
    start = "pays at the smallest size, " if way.owns_at_smallest else ""
    return f"{name} {start}{', '.join(parts)} against {way.against}."


def _spend(threshold: CrossoverThreshold) -> str:
    between = threshold.between
    if between.low_usd_per_year is None or between.high_usd_per_year is None:
        return f"{between.high_multiple:.4g} times the demand on (renting alone cannot serve it)"
    return f"{_range(between)} a year"


def _range(between: SizeRange) -> str:
    if between.low_usd_per_year is None or between.high_usd_per_year is None:
        return f"{between.low_multiple:.4g} – {between.high_multiple:.4g} x"
    low, high = headline_money(between.low_usd_per_year), headline_money(between.high_usd_per_year)
    return low if low == high else f"{low} – {high}"


def _details(threshold: CrossoverThreshold) -> str:
    owned = threshold.owned
    terms = threshold.breakeven
    there = (
        f"There it owns {_fleet(owned)}, decided {owned.decided}, with power from {owned.first_power or 'never'},"
        f" in the place of {percent(terms.replaced_fraction)} of the rents."
    )
    formula = f"F = {headline_money(terms.fixed_usd_per_year)} a year, r = {terms.variable_ratio:.3f}"
    if terms.threshold_usd_per_year is None:
        return f"{there} {formula}."
    return f"{there} {formula}: F / (1 − r) over that share is {headline_money(terms.threshold_usd_per_year)} a year."


def _fleet(owned: OwnedFleet) -> str:
    return f"{count(round(owned.accelerators))} accelerators on {owned.power_mw:,.2f} MW"


# --- what they are made of ----------------------------------------------------------------------------------------


def _terms(answer: Crossover) -> Section | None:
    """F and r of the first threshold of each way, kind by kind."""
    first = [(way.way, way.thresholds[0].breakeven) for way in answer.ways if way.thresholds]
    if not first:
        return None
    columns = (*columns_of("Cost"), *number_columns(*(name[:1].upper() + name[1:] for name, _ in first)))
    rows: list[TableRow] = []
    for title, part in (("F, a year", "fixed"), ("r, of the rent that is replaced", "variable")):
        found = [{item.kind: item for item in getattr(terms, part)} for _, terms in first]
        kinds = list(dict.fromkeys(kind for items in found for kind in items))
        rows.append(TableRow((title, *[""] * len(first)), "group"))
        for kind in kinds:
            cells = []
            for items in found:
                item = items.get(kind)
                shown = _WITHOUT if item is None else ""
                if item is not None:
                    shown = headline_money(item.usd_per_year) if part == "fixed" else f"{item.ratio:.3f}"
                cells.append(shown)
            rows.append(TableRow((kind, *cells)))
        sums = [
            headline_money(terms.fixed_usd_per_year) if part == "fixed" else f"{terms.variable_ratio:.3f}"
            for _, terms in first
        ]
        rows.append(TableRow(("F" if part == "fixed" else "r", *sums), "total"))
    note = "In present value: F spread over the years as the rents are, r over the rent that owning replaces."
    return section_of("What the threshold is made of", table_of(columns, rows), note)


def _alternatives(answer: Crossover) -> Section | None:
    ways = _plain_ways(answer)
    if not answer.alternatives:
        return None
    columns = (*columns_of("Rented alternative"), *number_columns(*ways))
    rows = [
        TableRow((alternative.name, *(_at(found) for found in alternative.found)))
        if alternative.options
        else TableRow((alternative.name, *["none on offer"] * len(ways)))
        for alternative in answer.alternatives
    ]
    note = "First-year rent from which owning pays if this is all there is to rent, in any quantity and whatever term is allowed."
    return section_of("Against each way of renting", table_of(columns, rows), note)


def _swings(answer: Crossover) -> Section | None:
    """One assumption at a time."""
    if not answer.swings:
        return None
    ways = _plain_ways(answer)
    columns = (
        *columns_of("Assumption | Changed to"),
        *number_columns(*ways, "Leverage"),
    )
    rows: list[TableRow] = []
    for swing in answer.swings:
        leverage = "on or off" if swing.leverage is None else f"{swing.leverage:.2f} x"
        rows.append(TableRow((swing.factor, swing.low, *(_at(found) for found in swing.at_low), leverage)))
        rows.append(TableRow(("", swing.high, *(_at(found) for found in swing.at_high), "")))
    note = (
        "First-year rent from which owning pays, at the changed rents. Leverage: the larger over the smaller of the two, of the way"
        " that moves most."
    )
    return section_of("What moves it", table_of(columns, rows), note)


def _plain_ways(answer: Crossover) -> tuple[str, ...]:
    names = [way.way for way in answer.ways if way.way != "own building beside colocation"]
    return tuple(name[:1].upper() + name[1:] for name in names)


def _at(found: CrossoverFound) -> str:
    if found.between is not None:
        return headline_money(found.usd_per_year) if found.usd_per_year is not None else _range(found.between)
    return {"at every size": "every size", "not computed": "not computed"}.get(found.state, "never")


# --- curves -------------------------------------------------------------------------------------------------------


def _curve(answer: Crossover) -> Section:
    columns = columns_of("#Demand | #Rent a year | #Rent only | #Colocation | #Building | #All | Owns")
    rows = tuple(TableRow(_point(point)) for point in answer.curve)
    note = "Net present values of the best plans: with nothing owned, with colocation, with a building, with everything allowed."
    return section_of("Cost by size", Table(columns, rows), note)


def _point(point: CurvePoint) -> tuple[str, ...]:
    costs = (point.rent_usd_per_year, point.rent_only_usd, point.colocation_usd, point.building_usd, point.all_usd)
    shown = [_WITHOUT if usd is None else headline_money(usd) for usd in costs]
    owns = "" if point.owned is None else f"{', '.join(point.sites)}: {_fleet(point.owned)}, {point.owned.decided}"
    return (f"{point.multiple:.4g} x", *shown, owns)


CSV = (
    "what",
    "way",
    "name",
    "setting",
    "state",
    "low_multiple",
    "high_multiple",
    "low_usd_per_year",
    "high_usd_per_year",
    "rent_only_usd",
    "colocation_usd",
    "building_usd",
    "all_usd",
    "accelerators",
    "power_mw",
    "decided",
    "first_power",
    "fixed_usd_per_year",
    "variable_ratio",
    "replaced_fraction",
)


def csv_rows(answer: Crossover) -> Iterator[dict[str, object]]:
    """One row per threshold, point of the curves, alternative and changed assumption."""
    for way in answer.ways:
        if not way.thresholds:
            state = "never" if way.never is not None else "every size" if way.owns_at_largest else "open"
            yield {"what": "threshold", "way": way.way, "name": way.never or "", "state": state}
        for t in way.thresholds:
            terms = t.breakeven
            yield {
                **_between(t.between),
                **_owned(t.owned),
                "what": "threshold",
                "way": way.way,
                "state": t.change,
                "fixed_usd_per_year": terms.fixed_usd_per_year,
                "variable_ratio": terms.variable_ratio,
                "replaced_fraction": terms.replaced_fraction,
            }
    for point in answer.curve:
        size = {"low_multiple": point.multiple, "high_multiple": point.multiple}
        rent = {"low_usd_per_year": point.rent_usd_per_year, "high_usd_per_year": point.rent_usd_per_year}
        costs = {name: getattr(point, name) for name in ("rent_only_usd", "colocation_usd", "building_usd", "all_usd")}
        yield {"what": "curve", "name": " ".join(point.sites), **size, **rent, **costs, **_owned(point.owned)}
    for alternative in answer.alternatives:
        for found in alternative.found:
            yield {"what": "alternative", "name": alternative.name, **_found(found)}
    for swing in answer.swings:
        for label, side in ((swing.low, swing.at_low), (swing.high, swing.at_high)):
            for found in side:
                yield {"what": "sensitivity", "name": swing.factor, "setting": label, **_found(found)}


def _found(found: CrossoverFound) -> dict[str, object]:
    between = {} if found.between is None else _between(found.between)
    return {"way": found.way, "state": found.state, **between}


def _between(between: SizeRange) -> dict[str, object]:
    return between.model_dump()


def _owned(owned: OwnedFleet | None) -> dict[str, object]:
    if owned is None:
        return {}
    return {name: getattr(owned, name) for name in ("accelerators", "power_mw", "decided", "first_power")}
