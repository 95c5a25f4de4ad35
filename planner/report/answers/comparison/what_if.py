"""`planner whatif`: a row for each variant, a map of costs where there are two axes, and what differs from the base."""

from collections.abc import Iterator, Sequence
from itertools import product

from planner.domain.answers import OTHER, Axis, Figures, Point, Shift, WhatIfAnswer
from planner.report.answers.answer_charts import what_if_charts
from planner.report.answers.differences import difference_money
from planner.report.document import (
    NOTHING,
    Block,
    Bullets,
    Cell,
    Chart,
    Column,
    Document,
    Report,
    Section,
    Table,
    TableRow,
    columns_of,
    headline_money,
    number_columns,
    percent,
    section_of,
    table_of,
)
from planner.report.page import charted

SHADES = "░▒▓█"
"""From the cheapest to the dearest quarter of a map."""
_WORDS = {
    "optimal": "",
    "feasible": "gap open",
    "infeasible": "no plan",
    "limit": "not solved",
    "interrupted": "stopped",
}
BESIDE = "rebates, charges, credits and what is held"
_FIELDS = tuple(Figures.model_fields)


def what_if_report(answer: WhatIfAnswer) -> Report:
    """The grid or the named variants, for any format."""
    return Report(
        json=answer.to_json_value,
        csv=lambda: _csv(answer),
        document=lambda: what_if_document(answer),
        page=lambda: charted(what_if_document(answer), charts_of_what_if(answer)),
    )


def charts_of_what_if(answer: WhatIfAnswer) -> tuple[Chart, ...]:
    """What its page draws."""
    return what_if_charts(answer, lambda point: _title(answer, point))


def what_if_document(answer: WhatIfAnswer) -> Document:
    """The table first, then the map, then what changed and why some variants have no plan."""
    sections = (
        section_of("", _base(answer), _table(answer)),
        *_map(answer),
        *_changes(answer),
        *_without_plan(answer),
        section_of("", _reading(answer)),
    )
    return Document(f"{answer.name}: what if", tuple(section for section in sections if section.blocks))


def _base(answer: WhatIfAnswer) -> str:
    figures = answer.base.figures
    if figures is None:
        return "As it is, the scenario has no plan; the variants stand alone."
    return (
        f"As it is: {headline_money(figures.npv_usd)} NPV, {headline_money(figures.first_year_usd)} in the first year."
    )


def _named(answer: WhatIfAnswer) -> bool:
    return not answer.axes


def _table(answer: WhatIfAnswer) -> Table:
    heads = ("Variant",) if _named(answer) else tuple(_short(answer.axes, axis) for axis in answer.axes)
    columns = (
        *(Column(head) for head in heads),
        *columns_of("#NPV | #vs base | #Year 1 | #Peak funding | #Committed | #Coverage | #Utilised"),
        *columns_of(""),
    )
    rows = [
        TableRow(_cells(answer, answer.base), "total"),
        *(TableRow(_cells(answer, point)) for point in answer.points),
    ]
    return table_of(columns, rows)


def _cells(answer: WhatIfAnswer, point: Point) -> tuple[Cell, ...]:
    if _named(answer) or point is answer.base:
        head: tuple[str, ...] = (point.name, *[""] * (max(len(answer.axes), 1) - 1))
    else:
        head = tuple(str(setting.value) for setting in point.settings)
    figures = point.figures
    if figures is None:
        return (*head, *[NOTHING] * 7, _WORDS[point.status])
    change = point.npv_difference_fraction
    return (
        *head,
        headline_money(figures.npv_usd),
        NOTHING if change is None else _signed(change),
        headline_money(figures.first_year_usd),
        headline_money(figures.peak_funding_usd),
        percent(figures.commitment_fraction),
        _share(figures.coverage_fraction),
        _share(figures.utilisation_fraction),
        _WORDS[point.status] + ("" if point.status == "optimal" else f" {percent(figures.gap)}"),
    )


def _share(fraction: float | None) -> str:
    return NOTHING if fraction is None else percent(fraction)


def _signed(fraction: float) -> str:
    return "same" if abs(fraction) < 5e-7 else ("+" if fraction > 0 else "") + percent(fraction)


def _short(axes: Sequence[Axis], axis: Axis) -> str:
    """The last parts of a path that tell it from the others."""
    parts = axis.path.split(".")
    for length in range(1, len(parts) + 1):
        tail = parts[-length:]
        if sum(other.path.split(".")[-length:] == tail for other in axes) == 1:
            return ".".join(tail)
    return axis.path


# --- map ------------------------------------------------------------------------------------------


def _map(answer: WhatIfAnswer) -> Iterator[Section]:
    """NPV over the two longest axes, shaded; one map for every combination of the others."""
    wide = sorted(
        (k for k, axis in enumerate(answer.axes) if len(axis.values) > 1), key=lambda k: -len(answer.axes[k].values)
    )
    if len(wide) < 2:
        return
    across, down = sorted(wide[:2], key=lambda k: (len(answer.axes[k].values), k))[0], 0
    down = next(k for k in wide[:2] if k != across)
    rest = [k for k in range(len(answer.axes)) if k not in (across, down)]
    costs = [p.figures.npv_usd for p in answer.points if p.figures is not None]
    if not costs:
        return
    low, high = min(costs), max(costs)
    by_place = {tuple(str(s.value) for s in p.settings): p for p in answer.points}
    for others in product(*(answer.axes[k].values for k in rest)):
        rows: list[tuple[Cell, ...]] = []
        for value in answer.axes[down].values:
            cells: list[Cell] = [value]
            for top in answer.axes[across].values:
                place = {across: top, down: value} | dict(zip(rest, others, strict=True))
                point = by_place[tuple(place[k] for k in range(len(answer.axes)))]
                cells.append(_shaded(point, low, high))
            rows.append(tuple(cells))
        names = [_short(answer.axes, answer.axes[k]) for k in (down, across)]
        title = f"NPV by {names[0]} (down) and {names[1]} (across)"
        title += "".join(f", {answer.axes[k].path} = {value}" for k, value in zip(rest, others, strict=True))
        columns = (*columns_of(""), *number_columns(*answer.axes[across].values))
        yield section_of(title, table_of(columns, rows))


def _shaded(point: Point, low: float, high: float) -> str:
    if point.figures is None:
        return _WORDS[point.status]
    share = (point.figures.npv_usd - low) / (high - low) if high > low else 0.0
    shade = SHADES[min(int(share * len(SHADES)), len(SHADES) - 1)]
    return f"{headline_money(point.figures.npv_usd)} {shade}{shade}"


# --- words ----------------------------------------------------------------------------------------


def _changes(answer: WhatIfAnswer) -> Iterator[Section]:
    told = [(point, "; ".join(map(_shift, point.changes))) for point in answer.points if point.changes]
    if told:
        items = tuple(f"{_title(answer, point)}: {text}" for point, text in told)
        yield section_of("What changes most (all of it in `--format json`)", Bullets(items))


def _shift(shift: Shift) -> str:
    """One change, e.g. `aws p5.48xlarge commit, 36 periods: +2 nodes, +$120,000`."""
    term = f", {shift.term_periods} periods" if shift.term_periods else ""
    action = BESIDE if shift.action == OTHER else shift.action.replace("_", " ")
    what = " ".join(part for part in (shift.provider, shift.node_type, action) if part)
    nodes = f"{shift.nodes_difference:+,.0f} nodes, " if abs(shift.nodes_difference) >= 0.5 else ""
    return f"{what}{term}: {nodes}{difference_money(shift.cash_difference_usd)}"


def _without_plan(answer: WhatIfAnswer) -> Iterator[Section]:
    blocks: list[Block] = []
    items = []
    for point in (answer.base, *answer.points):
        items += [f"{_title(answer, point)}: {cause.message}; {cause.fix}" for cause in point.causes]
    if items:
        blocks.append(Bullets(tuple(items)))
    yield section_of("Why some have no plan" if items else "", *blocks)


def _title(answer: WhatIfAnswer, point: Point) -> str:
    if _named(answer) or point is answer.base:
        return point.name
    return ", ".join(f"{_short(answer.axes, a)} {s.value}" for a, s in zip(answer.axes, point.settings, strict=True))


def _reading(answer: WhatIfAnswer) -> str:
    plans = [p for p in (answer.base, *answer.points) if p.figures is not None]
    proven = sum(p.status == "optimal" for p in plans)
    agree = sum(bool(p.audit_agrees) for p in plans)
    return (
        f"{len(plans)} plans, {proven} of them proven to be within {percent(answer.gap_target)} of the best, {agree} agreed by "
        "the audit. Committed: share of the cash; coverage: share of the accelerator-hours in use that commitments serve; "
        "utilised: share of the committed accelerator-hours that serve work; peak funding: most that is paid, less income, by "
        "the end of any period."
    )


def _csv(answer: WhatIfAnswer) -> tuple[tuple[str, ...], list[list[object]]]:
    paths = tuple(dict.fromkeys(s.path for p in answer.points for s in p.settings))
    header = ("name", *paths, "status", *_FIELDS, "npv_difference_usd", "npv_difference_fraction", "changes", "causes")
    rows: list[list[object]] = []
    for point in (answer.base, *answer.points):
        values = {s.path: s.value for s in point.settings}
        figures: list[object] = [None] * len(_FIELDS)
        if point.figures is not None:
            figures = [getattr(point.figures, name) for name in _FIELDS]
        settings = [values.get(path) for path in paths]
        words = ["; ".join(map(_shift, point.changes)), "; ".join(cause.message for cause in point.causes)]
        rows.append(
            [
                point.name,
                *settings,
                point.status,
                *figures,
                point.npv_difference_usd,
                point.npv_difference_fraction,
                *words,
            ]
        )
    return header, rows
