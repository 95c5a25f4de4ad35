"""Bars by period, one kind above the other, with what is asked for as a line; other hours of each period to choose."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from planner.domain.records import Plan
from planner.report.document import Chart, View, amount, clean, columns_of, first_month, money, number_columns, table_of

COLORS = ("#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9", "#D55E00", "#8C8C8C", "#B5A900", "#6A3D9A", "#1B7837")
"""Told apart by people who do not see all colours (Okabe and Ito 2008, extended)."""
OF_KIND = {
    "commitments": 0,
    "signed or owned": 0,
    "already held": 9,
    "on demand": 1,
    "spot": 2,
    "hosted APIs": 3,
    "hardware": 4,
}
"""Colours that stay the same from chart to chart."""
OF_LINE = 5
FREE = (6, 7, 8, 4, 9, 0, 1, 2, 3)
"""Colours of other kinds, the first ones first."""


class Line(NamedTuple):
    """What is asked for, beside the bars."""

    name: str
    values: tuple[float | None, ...]
    """None in periods that do not have these hours."""


class Bars(NamedTuple):
    """Kind → its number in every period; and the line."""

    series: dict[str, list[float]]
    line: Line | None = None


def labels_of(plan: Plan) -> list[str]:
    """Months in which the periods begin."""
    return [first_month(plan.horizon, t) for t in range(len(plan.horizon.periods))]


def stacked(
    plan: Plan,
    name: str,
    title: str,
    said: str,
    bars: Bars,
    unit: str,
    *,
    usd: bool = False,
    hours: Sequence[tuple[str, Bars]] = (),
) -> Chart:
    """A chart of bars by period.

    Args:
        hours: hours of each period to choose from, by their name, with the same kinds; the first ones are those of `bars`, chosen
            among the others, which the table has.
    """
    labels, series = labels_of(plan), bars.series
    shown_apart = _largest(series, series)
    colors = {kind: OF_KIND[kind.split(",")[0]] for kind in shown_apart if kind.split(",")[0] in OF_KIND}
    free = iter([n for n in FREE if n not in colors.values()])
    data: list[dict[str, Any]] = [
        {
            "type": "bar",
            "name": clean(kind),
            "x": labels,
            "y": values,
            "marker": {"color": COLORS[colors[kind] if kind in colors else next(free)]},
        }
        for kind, values in shown_apart.items()
    ]
    if bars.line is not None:
        data.append(
            {
                "type": "scatter",
                "mode": "lines+markers",
                "name": clean(bars.line.name),
                "x": labels,
                "y": list(bars.line.values),
                "line": {"color": COLORS[OF_LINE], "width": 3, "shape": "hvh"},
                "marker": {"size": 5},
            }
        )
    layout = {
        "barmode": "relative",
        "yaxis": {"title": {"text": clean(unit)}, "rangemode": "tozero"},
        "xaxis": {"type": "category"},
        "showlegend": True,
    }
    views = tuple(View(clean(word), _values(shown, series)) for word, shown in hours) if len(hours) > 1 else ()
    shown = money if usd else amount
    columns = columns_of("Period | Hours") if views else columns_of("Period")
    columns = (*columns, *number_columns(*([bars.line.name] if bars.line is not None else []), *series))
    rows = [
        (label, *([word.partition(",")[0]] if views else []), *(_cell(number, shown) for number in _row(one, t)))
        for t, label in enumerate(labels)
        for word, one in (hours[1:] if views else [("", bars)])
        if one.line is None or one.line.values[t] is not None
    ]
    return Chart(name, title, said, tuple(data), layout, table_of(columns, rows), views)


def _values(bars: Bars, sized: dict[str, list[float]]) -> tuple[tuple[float | None, ...], ...]:
    """Of every bar and of the line."""
    of_bars = tuple(tuple(values) for values in _largest(bars.series, sized).values())
    return (*of_bars, bars.line.values) if bars.line is not None else of_bars


def _row(bars: Bars, t: int) -> list[float | None]:
    kinds: list[float | None] = [values[t] for values in bars.series.values()]
    return kinds if bars.line is None else [bars.line.values[t], *kinds]


def _cell(number: float | None, shown: Any) -> str:
    return "" if number is None else str(shown(number))


def _largest(series: dict[str, list[float]], sized: dict[str, list[float]]) -> dict[str, list[float]]:
    """As many as there are colours beside the line's, the smallest as one.

    Args:
        sized: by which it is told which those are.
    """
    most = len(COLORS) - 1
    if len(series) <= most:
        return series
    size = {kind: sum(map(abs, values)) for kind, values in sized.items()}
    kept = set(sorted(size, key=lambda kind: -size[kind])[: most - 1])
    rest = [values for kind, values in series.items() if kind not in kept]
    return {kind: values for kind, values in series.items() if kind in kept} | {
        f"{len(rest)} smaller kinds": [sum(values) for values in zip(*rest, strict=True)]
    }
