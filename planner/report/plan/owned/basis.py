"""What owning rests on: the conventions that move its answer, and every figure with its source."""

from planner.domain.records import FigureRecord, Plan
from planner.domain.scenario import DatacenterSite
from planner.report.document import (
    Bullets,
    Paragraph,
    Section,
    TableRow,
    columns_of,
    group,
    percent,
    section_of,
    table_of,
)
from planner.report.plan.owned.sources import RESALE, UNLISTED, rests
from planner.report.plan.reading import Reading
from planner.units import HOURS_PER_MONTH

_PAID = "capital is paid at the start of the period in which it is ordered, running costs and rents in the middle of every period"


def conventions(reading: Reading) -> Section | None:
    """Choices that can turn the answer round, as this plan makes them."""
    asked, plan = reading.asked, reading.plan
    own = asked.own if asked is not None else None
    if asked is None or own is None:
        return None
    worth = {
        "market": "at its resale value by the residual curve",
        "book": "at its straight-line book value",
        "none": "at nothing",
    }[own.value_at_end]
    items = [
        f"a month has {HOURS_PER_MONTH:g} hours (others reckon with 720: 1.4% less of everything paid by the hour)",
        f"{_PAID}; all of it is discounted at {percent(asked.discount_rate)} a year",
        *_lives(plan),
        f"what is still there at the end of the horizon counts {worth}",
        *(
            f"the building of {site.name} counts at {percent(site.reuse_fraction)} of its straight-line book value at the"
            " end; land and development at nothing"
            for site in own.sites
            if isinstance(site, DatacenterSite)
        ),
        "before corporate tax and debt: depreciation shields no income, and no interest but the discount rate is paid",
    ]
    return section_of("Conventions that move the answer", Bullets(tuple(items)), *_worth_of_figures(plan))


def _lives(plan: Plan) -> list[str]:
    said = []
    for thing, figures in sorted(plan.inputs.figures.items()):
        by_name = {figure.name: figure.value for figure in figures}
        if thing.startswith("server:") and "book_life_months" in by_name and "life_months" in by_name:
            name = thing.partition(":")[2]
            said.append(
                f"{name} is used for at most {by_name['life_months']:g} months (economic life) and written off over"
                f" {by_name['book_life_months']:g} (book life); decisions follow the former"
            )
    return said


def _worth_of_figures(plan: Plan) -> list[Paragraph]:
    text = weak_money(plan)
    return [Paragraph(text, strong=True)] if text and plan.sites else []


def weak_money(plan: Plan) -> str:
    """How much of the money rests on figures that nobody published as they are."""
    found = rests(plan)
    total, weak = sum(rest.usd for rest in found), [rest for rest in found if rest.weak]
    if not weak or total <= 0:
        return ""
    share, oldest = (
        sum(rest.usd for rest in weak) / total,
        min((rest.oldest for rest in weak if rest.oldest), default=""),
    )
    since = f", the oldest of {oldest}" if oldest else ""
    what = "prices and figures" if plan.sites else "prices"
    return f"{percent(share)} of the money rests on derived, estimated or assumed {what}{since}: get quotes for them."


def figures(plan: Plan) -> Section | None:
    """Every figure of the sites that are opened and of the servers that are bought, with its source."""
    opened = [f"site:{site.site}" for site in plan.sites]
    bought = dict.fromkeys(
        f"server:{record.node_type}" for record in plan.inputs.options if record.action == "buy" and record.node_type
    )
    things = [name for name in (*opened, *bought) if name in plan.inputs.figures]
    if not things:
        return None
    columns = columns_of("Figure | #Value | Unit | Basis | As of | Source")
    rows: list[TableRow] = []
    for thing in things:
        kind, _, name = thing.partition(":")
        rows += [group(f"{kind} {name}", len(columns)), *(_figure(figure) for figure in plan.inputs.figures[thing])]
    weak = sum(figure.basis in UNLISTED for thing in things for figure in plan.inputs.figures[thing])
    whole = sum(len(plan.inputs.figures[thing]) for thing in things)
    said = f"{weak} of {whole} figures are derived, estimated or assumed; the scenario overrides any of them."
    return section_of("Figures of what is owned", table_of(columns, rows), said)


def _figure(figure: FigureRecord) -> TableRow:
    name = figure.name.replace("_", " ") if figure.name.startswith(RESALE) else figure.name
    value = f"{figure.value:,.10g}"
    source = ("scenario",) if figure.basis == "scenario" and figure.source == "scenario" else (figure.source,)
    return TableRow((name, value, figure.unit, figure.basis, figure.as_of, source))
