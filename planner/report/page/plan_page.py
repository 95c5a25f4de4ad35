"""The page of a plan: first screen, charts, and the document that terminal and Markdown show too."""

import hashlib
import json
from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from typing import Any

from planner.domain.options import OWNED
from planner.domain.records import Plan
from planner.errors import PlannerError
from planner.report.document import (
    Card,
    Chart,
    Document,
    Front,
    Section,
    columns_of,
    html,
    last_month,
    money,
    place_of,
    section_of,
    table_of,
)
from planner.report.page.charts import charts_of
from planner.report.plan import (
    OVER_TIME,
    Bundle,
    chips,
    five_numbers,
    how_many,
    in_turn,
    plan_document,
    recommendation,
)

PLOTLY = "plotly-basic.min.js"
PLOTLY_SHA256 = "99784e3abfb07b142a15e521a439e6d9addceadb3f79553fd24c72774f0649ba"
"""Of version 4.1.1 as its makers publish it, MIT licence (`vendor/plotly-LICENSE.txt`)."""
MOST_SIGNED = 8
"""Signings on the first screen; all of them stand below."""


def plan_page(plan: Plan) -> str:
    """The page, with nothing left to fetch; the same plan gives the same bytes."""
    charts = charts_of(plan)
    front = Front(
        decision=recommendation(plan).blocks,
        cards=tuple(Card(*number) for number in five_numbers(plan)),
        first=tuple(section for section in (_to_sign(plan),) if section is not None),
        charts=charts,
        chart_data=_data(charts),
        scripts=_scripts() if charts else (),
        footer=f"Scenario {plan.scenario.sha256}. {plan.facts.solver} {plan.facts.version}.",
    )
    document = plan_document(plan)
    sections = tuple(section for section in document.sections if section.title != OVER_TIME)  # the charts show it
    return html(document._replace(sections=sections), front)


def charted(document: Document, charts: tuple[Chart, ...]) -> str:
    """The page of another answer, with charts above its sections."""
    return html(document, Front(charts=charts, chart_data=_data(charts), scripts=_scripts() if charts else ()))


def _to_sign(plan: Plan) -> Section | None:
    """What is to be signed, the earliest first; renewals beside the first of them."""
    signed = in_turn(plan, signed=True)
    if not signed:
        return None
    columns = columns_of("Sign | What | #Worth | In service | Contract | Where | Price of")
    rows = [_signing(one, plan) for one in signed[:MOST_SIGNED]]
    left = signed[MOST_SIGNED:]
    if left:
        rest = sum(one.line.total_usd for one in left)
        rows.append(("", f"and {len(left)} more", money(rest), "", "", "", ""))
    title = "What to sign and order" if any(one.line.action in OWNED for one in signed) else "What to sign"
    return section_of(title, table_of(columns, rows))


def _signing(one: Bundle, plan: Plan) -> tuple[str | tuple[str, ...], ...]:
    line = one.line
    again = f"{len(one.again) + 1} in a row, last {one.again[-1]}" if one.again else ""
    place = place_of(line.provider, line.region)
    last = last_month(plan.horizon, line.end_index)
    service = f"{line.start} only" if last == line.start else f"{line.start} to {last}"
    worth = money(line.total_usd)
    return (
        line.signed,
        (how_many(line), chips(line, plan)),
        worth,
        service,
        (line.contract.replace("_", " "), again),
        place,
        (line.price_as_of, line.price_basis),
    )


def _data(charts: Sequence[Chart]) -> str:
    """Figures as JSON that cannot end the element it stands in."""
    value = [
        {
            "name": chart.name,
            "data": _as_text(chart.data),
            "layout": _as_text(chart.layout),
            "views": _as_text([view.y for view in chart.views]),
        }
        for chart in charts
    ]
    text = json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return (
        text.replace("&", "\\u0026")
        .replace("<", "\\u003c")
        .replace(">", "\\u003e")
        .replace("\u2028", "\\u2028")
        .replace("\u2029", "\\u2029")
    )


def _as_text(value: Any) -> Any:
    """The same with every string as text for the chart library, which reads tags, and formulas between dollar signs."""
    match value:
        case dict():
            return {key: _as_text(part) for key, part in value.items()}
        case list() | tuple():
            return [_as_text(part) for part in value]
        case str():
            return value.translate(_ENTITIES)
        case float():
            return float(f"{value:.7g}")  # finer than anybody sees
        case _:
            return value


_ENTITIES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", "$": "&#36;"})


@cache
def _scripts() -> tuple[str, ...]:
    """The chart library and what draws with it."""
    here = "planner.report.page"
    return vendored(here, PLOTLY, PLOTLY_SHA256), (files(here) / "page.js").read_text(encoding="utf-8")


def vendored(package: str, name: str, sha256: str) -> str:
    """A script of others that comes with a package, if it is the file that was chosen.

    Raises:
        PlannerError: the file in this installation has been changed.
    """
    library = (files(package) / "vendor" / name).read_bytes()
    if hashlib.sha256(library).hexdigest() != sha256:
        raise PlannerError(f"`{name}` is not the file that came with planner", help="install planner again")
    return library.decode("utf-8")
