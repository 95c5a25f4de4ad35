"""Charts of a plan, as figures of plotly.js in plain data, each with the table behind it."""

from itertools import accumulate

from planner.domain.records import Plan, PlanLine
from planner.report.document import (
    SIGNED,
    Chart,
    clean,
    columns_of,
    first_month,
    headline_money,
    kind_words,
    last_month,
    money,
    number_columns,
    percent,
    table_of,
)
from planner.report.page.capacity import capacity, work
from planner.report.page.stacked import COLORS, Bars, labels_of, stacked
from planner.report.plan import Reading, contracts, how_many

MOST_BARS = 24
LONGEST_NAME = 28
"""Characters beside a bar."""


def charts_of(plan: Plan) -> tuple[Chart, ...]:
    """All charts that a plan has something to show in."""
    reading = Reading(plan)
    capacities = (capacity(reading), *work(reading))
    found = (timeline(plan), *capacities, cost(plan), cumulative(plan), usual_ways(plan), used(plan))
    return tuple(chart for chart in found if chart is not None)


ROOM_FOR_WORTH = 1.25
"""Length of the axis of signings beside that of time: what the last one is worth stands behind its bar."""


def _name(line: PlanLine) -> str:
    return clean(f"{how_many(line)}, {line.provider}")


def _short(line: PlanLine) -> str:
    """What leaves room for the bars, the seller last; the table behind the chart has all of it."""
    name = _name(line)
    if len(name) <= LONGEST_NAME:
        return name
    seller = clean(line.provider)
    seller = seller if len(seller) <= LONGEST_NAME // 2 else f"{seller[: LONGEST_NAME // 2]}…"
    return f"{name[: LONGEST_NAME - len(seller) - 2].rstrip()}… {seller}"


DASHES = ("solid", "dash", "dot", "dashdot", "longdash", "longdashdot")
"""Of lines, so that they differ without colour."""


def timeline(plan: Plan) -> Chart | None:
    """When each signing is in service."""
    signed = contracts(line for line in plan.lines if line.action in SIGNED)
    signed = sorted(signed, key=lambda line: -line.total_usd)[:MOST_BARS]
    signed = sorted(signed, key=lambda line: (line.start_index, -line.total_usd))[::-1]
    if not signed:
        return None
    count = len(plan.horizon.periods)
    names = [f"{len(signed) - i}. {_short(line)}" for i, line in enumerate(signed)]
    bars = {
        "type": "bar",
        "orientation": "h",
        "y": names,
        "base": [line.start_index for line in signed],
        "x": [max(line.end_index - line.start_index, 0.2) for line in signed],
        "text": [headline_money(line.total_usd) for line in signed],
        "hovertext": [
            f"{line.start} to {last_month(plan.horizon, line.end_index)}, {money(line.total_usd)}" for line in signed
        ],
        "hoverinfo": "y+text",
        "marker": {"color": COLORS[0]},
        "cliponaxis": False,
    }
    most, every = max(count, *(line.end_index for line in signed)), max(1, count // 12)
    marked = list(range(0, most, every))
    words = [first_month(plan.horizon, i) for i in marked]
    ticks = {"tickvals": marked, "ticktext": words, "range": [0, ROOM_FOR_WORTH * most]}
    end = {
        "type": "line",
        "x0": count,
        "x1": count,
        "y0": 0,
        "y1": 1,
        "yref": "paper",
        "line": {"dash": "dot", "color": "#888"},
    }
    columns = columns_of("What | Signed | From | To | #Worth")
    rows = [
        (_name(line), line.signed, line.start, last_month(plan.horizon, line.end_index), money(line.total_usd))
        for line in reversed(signed)
    ]
    return Chart(
        "timeline",
        "Signings and purchases, when they are in service",
        "The dotted line is the end of the horizon: what lies beyond it is still owed.",
        (bars,),
        {"xaxis": ticks, "shapes": [end], "height": 120 + 26 * len(signed), "showlegend": False},
        table_of(columns, rows),
    )


def cost(plan: Plan) -> Chart | None:
    """Cash by period and kind."""
    kinds = [kind for kind, usd in plan.cost.by_kind.items() if abs(usd) >= 0.005]
    if not kinds:
        return None
    series = {kind_words(kind): [p.by_kind.get(kind, 0.0) for p in plan.cost.by_period] for kind in kinds}
    return stacked(
        plan, "cost", "Cash by period and kind", "Paid within the horizon, USD.", Bars(series), "USD", usd=True
    )


def cumulative(plan: Plan) -> Chart | None:
    """Cash paid so far, beside that of the usual ways."""
    ways = {"this plan": [period.cash_usd for period in plan.cost.by_period]}
    ways |= {clean(one.name): list(one.cash_by_period) for one in plan.baselines if one.cash_by_period}
    if len(plan.cost.by_period) < 2:
        return None
    labels, paid = labels_of(plan), {name: list(accumulate(cash)) for name, cash in ways.items()}
    lines = tuple(
        {
            "type": "scatter",
            "mode": "lines",
            "name": name,
            "x": labels,
            "y": sums,
            "line": {"color": COLORS[n % len(COLORS)], "width": 2 if n else 4, "dash": DASHES[n % len(DASHES)]},
        }
        for n, (name, sums) in enumerate(paid.items())
    )
    rows = [(label, *(money(sums[t]) for sums in paid.values())) for t, label in enumerate(labels)]
    table = table_of((*columns_of("Period"), *number_columns(*paid)), rows)
    layout = {"yaxis": {"title": {"text": "USD"}}, "xaxis": {"type": "category"}, "showlegend": len(paid) > 1}
    said = f"In all {money(paid['this plan'][-1])} within the horizon."
    said += " The usual ways are lower bounds: fractional nodes, no budgets." if len(paid) > 1 else ""
    return Chart("cumulative", "Cash paid so far", said, lines, layout, table)


def usual_ways(plan: Plan) -> Chart | None:
    """NPV of this plan beside the usual ways to buy."""
    known = [(b.name, b.npv_usd) for b in plan.baselines if b.npv_usd is not None]
    if not known:
        return None
    ways = [("this plan", plan.npv_usd), *known]
    names, values = [clean(name) for name, _ in ways], [usd for _, usd in ways]
    colors = [COLORS[2], *[COLORS[6]] * len(known)]
    bars = {"type": "bar", "orientation": "h", "y": names[::-1], "x": values[::-1], "marker": {"color": colors[::-1]}}
    columns = columns_of("Way | #NPV")
    table = table_of(columns, [(name, money(usd)) for name, usd in zip(names, values, strict=True)])
    layout = {
        "xaxis": {"title": {"text": "NPV, USD"}},
        "height": 110 + 34 * len(ways),
        "showlegend": False,
    }
    said = "Same demand, bought in the usual ways; those are lower bounds, with fractional nodes and no budgets."
    return Chart("usual-ways", "Against the usual ways", said, (bars,), layout, table)


def used(plan: Plan) -> Chart | None:
    """Share of the paid hours of each commitment that serve work."""
    lines = [line for line in plan.lines if line.action in SIGNED and line.utilisation is not None]
    lines = sorted(lines, key=lambda line: -line.total_usd)[:MOST_BARS][::-1]
    if not lines:
        return None
    names = [f"{len(lines) - i}. {_short(line)}" for i, line in enumerate(lines)]
    bars = {
        "type": "bar",
        "orientation": "h",
        "y": names,
        "x": [100.0 * (line.utilisation or 0.0) for line in lines],
        "marker": {"color": COLORS[4]},
    }
    columns = columns_of("What | #Used | #Worth")
    rows = [(_name(line), percent(line.utilisation or 0.0), money(line.total_usd)) for line in reversed(lines)]
    layout = {"xaxis": {"range": [0, 100], "ticksuffix": "%"}, "height": 110 + 26 * len(lines), "showlegend": False}
    said = "Share of the paid hours within the horizon in which the nodes serve work."
    return Chart("used", "Use of what is signed", said, (bars,), layout, table_of(columns, rows))
