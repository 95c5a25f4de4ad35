"""A plan in the format that was asked for."""

from typing import TYPE_CHECKING

from planner.cli.output import Sink

if TYPE_CHECKING:
    from planner.domain.records.plan import Plan


def dressed(plan: "Plan", where: Sink) -> str | bytes:
    """Text, or the bytes of a workbook."""
    if where.format == "xlsx":
        from planner.audit import statement
        from planner.report.workbook import plan_workbook

        return plan_workbook(plan, statement(plan))
    if where.format == "html":
        from planner.report.page import plan_page

        return plan_page(plan)
    from planner.report.plan.render import render_plan

    return render_plan(plan, where.format, width=where.width, color=where.color)
