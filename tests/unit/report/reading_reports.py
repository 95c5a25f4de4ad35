"""What tests look for in a rendered report."""

from html import unescape

from planner.domain.records.plan import Plan
from planner.report.plan.render import render_plan


def joined(text: str) -> str:
    """Without wrapping and escapes, so that a sentence can be looked for."""
    return " ".join(unescape(text.replace("\\", "").replace("<br>", " ")).split())


def markdown(plan: Plan) -> str:
    return joined(render_plan(plan, "markdown"))


def row_of(text: str, start: str) -> str:
    """The first row of a Markdown table that starts so."""
    return next(joined(line) for line in text.splitlines() if line.startswith(f"| {start}"))
