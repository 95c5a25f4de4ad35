"""Charts of a grid of variants and of the question from which size owning pays, each with the table behind it."""

from collections.abc import Callable, Iterator
from typing import Any

from planner.domain.answers import Crossover, Figures, Point, WhatIfAnswer
from planner.report.document import NOTHING, Chart, Table, clean, columns_of, headline_money, number_columns, table_of
from planner.report.page import COLORS

MOST_LINES = 8
"""Lines of one chart."""
GREY = COLORS[6]
DASHES = ("solid", "dot", "dash")
"""Of the ways to own, the last one on top: lines that coincide are seen."""
WAYS = {"colocation_usd": "colocation allowed", "building_usd": "own building allowed", "all_usd": "everything allowed"}
Title = Callable[[Point], str]


def what_if_charts(answer: WhatIfAnswer, title: Title) -> tuple[Chart, ...]:
    """Cost and funding over the variants: lines where values make an axis, bars where variants have names.

    Args:
        title: a variant in words.
    """
    if not any(point.figures is not None for point in answer.points):
        return ()
    whats: tuple[tuple[str, str, Callable[[Figures], float]], ...] = (
        ("npv", "Net present value", lambda figures: figures.npv_usd),
        ("first-year", "Cash of the first year", lambda figures: figures.first_year_usd),
        ("funding", "Most that must be funded", lambda figures: figures.peak_funding_usd),
    )
    draw = _lines if len(answer.axes) in (1, 2) else _bars
    return tuple(draw(answer, title, name, words, of) for name, words, of in whats)


def _table(answer: WhatIfAnswer, title: Title, words: str, of: Callable[[Figures], float]) -> Table:
    rows = [
        (clean(title(point)), NOTHING if point.figures is None else headline_money(of(point.figures)))
        for point in (answer.base, *answer.points)
    ]
    return table_of((*columns_of("Variant"), *number_columns(words)), rows)


def _bars(answer: WhatIfAnswer, title: Title, name: str, words: str, of: Callable[[Figures], float]) -> Chart:
    shown = [
        (title(p), of(p.figures), p is answer.base) for p in (answer.base, *answer.points) if p.figures is not None
    ]
    names = [f"{i + 1}. {clean(text)[:40]}" for i, (text, _, _) in enumerate(shown)]
    bars = {
        "type": "bar",
        "orientation": "h",
        "y": names[::-1],
        "x": [usd for _, usd, _ in shown][::-1],
        "marker": {"color": [GREY if base else COLORS[0] for _, _, base in shown][::-1]},
    }
    layout = {"xaxis": {"title": {"text": "USD"}}, "height": 110 + 26 * len(shown), "showlegend": False}
    said = "The grey bar is the scenario as it is; variants without a plan are left out."
    return Chart(name, words, said, (bars,), layout, _table(answer, title, words, of))


def _lines(answer: WhatIfAnswer, title: Title, name: str, words: str, of: Callable[[Figures], float]) -> Chart:
    across = answer.axes[-1]
    by_line: dict[str, dict[str, float | None]] = {}
    for point in answer.points:
        values = [str(setting.value) for setting in point.settings]
        head = values[0] if len(answer.axes) == 2 else words
        by_line.setdefault(head, {})[values[-1]] = None if point.figures is None else of(point.figures)
    data = tuple(
        {
            "type": "scatter",
            "mode": "lines+markers",
            "name": clean(head) if len(answer.axes) == 1 else clean(f"{answer.axes[0].path} = {head}")[:60],
            "x": [clean(value) for value in across.values],
            "y": [costs.get(value) for value in across.values],
            "line": {"color": COLORS[i % len(COLORS)]},
        }
        for i, (head, costs) in enumerate(list(by_line.items())[:MOST_LINES])
    )
    layout = {
        "xaxis": {"type": "category", "title": {"text": clean(across.path)}},
        "yaxis": {"title": {"text": "USD"}},
        "showlegend": len(answer.axes) == 2,
    }
    more = f" The first {MOST_LINES} of {len(by_line)} lines." if len(by_line) > MOST_LINES else ""
    return Chart(
        name, words, f"A gap is a variant without a plan.{more}", data, layout, _table(answer, title, words, of)
    )


def crossover_charts(answer: Crossover) -> tuple[Chart, ...]:
    """The cost of owning against renting over size, and what moves the threshold."""
    return tuple(chart for chart in (_curve(answer), _tornado(answer)) if chart is not None)


def _curve(answer: Crossover) -> Chart | None:
    points = [p for p in answer.curve if p.rent_usd_per_year and p.rent_only_usd]
    lines = [(words, _against(points, field)) for field, words in WAYS.items()]
    lines = [(words, y) for words, y in lines if any(value is not None for value in y)]
    if len(points) < 2 or not lines:
        return None
    x = [p.rent_usd_per_year for p in points]
    data = tuple(
        {
            "type": "scatter",
            "mode": "lines+markers",
            "name": words,
            "x": x,
            "y": y,
            "line": {"color": COLORS[i], "dash": DASHES[i]},
        }
        for i, (words, y) in enumerate(lines)
    )
    level = {
        "type": "line",
        "xref": "paper",
        "x0": 0,
        "x1": 1,
        "y0": 100,
        "y1": 100,
        "line": {"color": GREY, "dash": "dot"},
    }
    layout = {
        "xaxis": {"type": "log", "title": {"text": "first-year rent without owning, USD"}},
        "yaxis": {"title": {"text": "NPV, % of renting alone"}},
        "shapes": [level, *_ranges(answer)],
        "showlegend": True,
    }
    rows = [
        (headline_money(p.rent_usd_per_year or 0.0), *(NOTHING if y[i] is None else f"{y[i]:.2f}%" for _, y in lines))
        for i, p in enumerate(points)
    ]
    table = table_of(number_columns("Rent a year", *(words for words, _ in lines)), rows)
    said = "Below the dotted line owning is part of the cheapest plan. A shaded band holds a threshold."
    return Chart("curve", "The cost of owning, by size", said, data, layout, table)


def _against(points: list[Any], field: str) -> list[float | None]:
    """Cost as a percentage of renting alone."""
    costs = [getattr(point, field) for point in points]
    return [None if usd is None else 100 * usd / p.rent_only_usd for usd, p in zip(costs, points, strict=True)]


def _ranges(answer: Crossover) -> Iterator[dict[str, Any]]:
    for i, way in enumerate(answer.ways):
        for threshold in way.thresholds:
            low, high = threshold.between.low_usd_per_year, threshold.between.high_usd_per_year
            if low and high:
                yield {
                    "type": "rect", "yref": "paper", "x0": low, "x1": high, "y0": 0, "y1": 1, "opacity": 0.25,
                    "line": {"width": 1, "color": COLORS[i]}, "fillcolor": COLORS[i],
                }  # fmt: skip


def _tornado(answer: Crossover) -> Chart | None:
    """Thresholds of the first way with assumptions at two values, the strongest first."""
    rows = []
    for swing in answer.swings:
        pairs = [(a.usd_per_year, b.usd_per_year) for a in swing.at_low for b in swing.at_high if a.way == b.way]
        both = next(((a, b) for a, b in pairs if a is not None and b is not None), None)
        if both is not None:
            rows.append((swing, *both))
    if not rows:
        return None
    rows.sort(key=lambda row: abs(row[1] - row[2]))
    bars = {
        "type": "bar",
        "orientation": "h",
        "y": [clean(swing.factor)[:40] for swing, _, _ in rows],
        "base": [min(a, b) for _, a, b in rows],
        "x": [abs(a - b) for _, a, b in rows],
        "marker": {"color": COLORS[4]},
    }
    columns = columns_of("Assumption | Low | High | #Pays from, at low | #at high")
    table = table_of(
        columns,
        [
            (clean(s.factor), clean(s.low), clean(s.high), headline_money(a), headline_money(b))
            for s, a, b in reversed(rows)
        ],
    )
    layout = {
        "xaxis": {"title": {"text": "owning pays from, USD a year"}},
        "height": 110 + 26 * len(rows),
        "showlegend": False,
    }
    said = "From which first-year rent owning pays if one assumption alone takes one value or the other."
    return Chart("tornado", "What moves the threshold", said, (bars,), layout, table)
