"""The page and its pieces as HTML; every text that somebody wrote is escaped."""

import base64
import hashlib
import json
from collections.abc import Callable
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from planner.domain.records import Plan
from planner.report.answers import difference_money, in_words
from planner.report.document import SIGNED, clean, headline_money, nearness, percent, place_of
from planner.report.page import vendored
from planner.serve.desk import Desk, Try
from planner.serve.question import Control, shown_of

if TYPE_CHECKING:
    from jinja2 import Environment

HTMX = "htmx.min.js"
HTMX_SHA256 = "d6fdc75f204e6bdefa99b69bf1e6d4ac69b8a364f77929f45c13476b4000f717"
"""Of version 2.0.11 as its makers publish it, Zero-Clause BSD licence (`vendor/htmx-LICENSE.txt`)."""
CONFIG = {"allowEval": False, "includeIndicatorStyles": False, "selfRequestsOnly": True, "historyEnabled": False}
"""Of htmx: nothing is evaluated, nothing asked elsewhere, nothing kept in the browser."""
MOST_LINES = 12
WAYS = ("html", "xlsx", "csv", "json", "yaml")
"""Downloads of a try."""
_WITHOUT = {"infeasible": "no plan", "limit": "none found in time", "wrong": "cannot be set"}
STATES = {"waiting": "solving …", "refining": "refining …", "passed": "passed over"}


def whole(desk: Desk, shown: Try, controls: tuple[Control, ...], title: str, token: str, page: str) -> str:
    """The page."""
    return _render(
        "serve.html.j2",
        title=clean(title),
        token=token,
        page=page,
        headers=json.dumps({"X-Planner-Token": token}),
        config=json.dumps(CONFIG),
        scripts=_scripts(),
        style=_style(),
        bench=bench(desk, shown, controls, token),
    )


def policy() -> str:
    """The content-security policy of the page."""
    hashes = " ".join(_hash(script) for script in _scripts())
    return (
        f"default-src 'none'; script-src {hashes}; style-src 'unsafe-inline'; connect-src 'self'; img-src data:; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )


def bench(desk: Desk, shown: Try, controls: tuple[Control, ...], token: str) -> str:
    """Sliders as they stand for a try, and its answer."""
    values = shown_of(shown.settings, controls)
    rows = [{**control._asdict(), "now": values[control.path]} for control in controls]
    return _render("bench.html.j2", controls=rows, more=values["more"], answer=answer(desk, shown, token))


def answer(desk: Desk, shown: Try, token: str, said: str = "") -> str:
    """The answer to a try beside the plan as it is, and the history."""
    reply, base = shown.reply, desk.base()
    base_plan = base.reply.plan if base is not None and base.reply is not None else None
    plan = reply.plan if reply is not None else None
    settled = shown.state == "done" or (reply is not None and reply.status == "wrong")
    busy = shown.state in ("waiting", "refining") or (base is not None and base.reply is None)
    return _render(
        "answer.html.j2",
        number=shown.number,
        title=clean(shown.title),
        name=clean(shown.name),
        can_name=bool(shown.settings) and (reply is None or reply.status != "wrong"),
        busy=busy,
        state=_state(shown),
        said=clean(said),
        trouble=[[clean(line) for line in one.splitlines()] for one in reply.said]
        if reply is not None and settled
        else [],
        wrong=reply is not None and reply.status == "wrong",
        figures=[
            *_figures(base_plan, plan if shown.settings else None),
            *_served(base, shown if shown.settings else None),
        ],
        compared=bool(shown.settings),
        words=[clean(one) for one in in_words(reply.comparison)] if reply is not None and reply.comparison else [],
        lines=_lines(plan),
        ways=WAYS if plan is not None else (),
        token=token,
        history=[_entry(one, shown) for one in desk.history()],
        named=len(desk.named()),
    )


def _state(shown: Try) -> str:
    reply = shown.reply
    if reply is None or reply.plan is None:
        return STATES.get(shown.state, "")
    plan = reply.plan
    how = "proven to be" if plan.status == "optimal" else "so far"
    text = nearness(plan.gap) if plan.gap <= 0 else f"{how} {nearness(plan.gap)}"
    if reply.among is not None:
        stays = ", sites, agreements and savings plans as before" if reply.strategy_stays else ""
        text = (
            f"a first answer, within {percent(reply.among)} of the cheapest among a few options{stays}; what all others "
            "would give is not known yet"
        )
    if not plan.audit.agrees:
        text += "; THE AUDIT DISAGREES, do not rely on it"
    return f"{STATES['refining']} {text}" if shown.state == "refining" else text


def _entry(one: Try, shown: Try) -> dict[str, Any]:
    plan = one.reply.plan if one.reply is not None else None
    status = one.reply.status if one.reply is not None else one.state
    cost = headline_money(plan.npv_usd) if plan is not None else _WITHOUT.get(status, status)
    return {"number": one.number, "title": clean(one.title), "cost": cost, "here": one is shown}


def _figures(base: Plan | None, plan: Plan | None) -> list[tuple[str, ...]]:
    """Name, as it is, this try, difference."""
    rows: list[tuple[str, ...]] = []
    for name, usd in _AMOUNTS.items():
        a, b = (None if one is None else usd(one) for one in (base, plan))
        difference = "" if a is None or b is None else difference_money(b - a)
        rows.append((name, *("" if one is None else headline_money(one) for one in (a, b)), difference))
    return rows


def _served(base: Try | None, shown: Try | None) -> list[tuple[str, ...]]:
    """The same of the demand that is served, where the most is to be."""
    found = [None if one is None or one.reply is None else one.reply.served for one in (base, shown)]
    if found == [None, None]:
        return []
    a, b = found
    difference = "" if a is None or b is None else f"{b - a:+.4g}"
    return [("Demand served, of what is stated", *("" if one is None else f"{one:.4g} ×" for one in found), difference)]


def _signed(plan: Plan) -> float:
    return sum(line.total_usd for line in plan.lines if line.action in SIGNED)


def _first_year(plan: Plan) -> float:
    return plan.cost.by_plan_year[0] if plan.cost.by_plan_year else plan.total_usd


_AMOUNTS: dict[str, Callable[[Plan], float]] = {
    "Net present value": lambda plan: plan.npv_usd,
    "Cash in the horizon": lambda plan: plan.total_usd,
    "Cash of the first year": _first_year,
    "Worth of what is signed": _signed,
    "Owed after the horizon": lambda plan: plan.cost.outstanding_liability_usd,
}


def _lines(plan: Plan | None) -> list[tuple[str, ...]]:
    """What, where, how, from, to (nothing where it is one period), cost."""
    if plan is None:
        return []
    lines = sorted(plan.lines, key=lambda line: -line.total_usd)
    rows: list[tuple[str, ...]] = [
        (
            clean(f"{line.nodes:,.0f} × {line.node_type}" if line.nodes else line.node_type),
            clean(place_of(line.provider, line.region)),
            clean(line.contract.replace("_", " ")),
            clean(line.start),
            clean(line.end) if line.end != line.start else "",
            headline_money(line.total_usd),
        )
        for line in lines[:MOST_LINES]
    ]
    left = lines[MOST_LINES:]
    if left:
        rows.append((f"and {len(left)} more", "", "", "", "", headline_money(sum(line.total_usd for line in left))))
    return rows


def _render(template: str, /, **values: Any) -> str:
    return str(_environment().get_template(template).render(**values))


@cache
def _environment() -> "Environment":
    from jinja2 import Environment, PackageLoader, StrictUndefined
    from markupsafe import Markup

    loader = PackageLoader("planner.serve", "templates")
    found = Environment(loader=loader, autoescape=True, undefined=StrictUndefined)
    found.filters["made_here"] = Markup  # pieces that these templates rendered themselves, and files of the package
    return found


@cache
def _style() -> str:
    shared = (files("planner.report.document") / "templates" / "page.css").read_text(encoding="utf-8")
    return shared + (files("planner.serve") / "templates" / "serve.css").read_text(encoding="utf-8")


@cache
def _scripts() -> tuple[str, ...]:
    """htmx, and what the page does by itself."""
    here = "planner.serve"
    own = files(here) / "templates" / "serve.js"
    return vendored(here, HTMX, HTMX_SHA256), own.read_text(encoding="utf-8")


def _hash(script: str) -> str:
    digest = hashlib.sha256(script.encode("utf-8")).digest()
    return f"'sha256-{base64.b64encode(digest).decode('ascii')}'"
