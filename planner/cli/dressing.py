"""A plan in the format that was asked for."""

from typing import TYPE_CHECKING

from planner.cli.output import Sink, UsageError

if TYPE_CHECKING:
    from planner.domain.records import Plan


BRIEF = ("table", "markdown", "html")
"""Formats that have a head."""


def dressed(plan: "Plan", where: Sink, *, brief: bool = False, full: bool = False) -> str | bytes:
    """Text, or the bytes of a workbook.

    Args:
        brief: only the head, in the formats of `BRIEF`.
        full: all of it on a terminal, which otherwise gets the first screen.
    """
    if where.at_terminal and where.format == "table" and not brief and not full:
        from planner.report.plan import first_screen_report

        return where.text_of(first_screen_report(plan))
    if brief:
        from planner.report.plan import brief_report

        return where.text_of(brief_report(plan))
    if where.format == "xlsx":
        from planner.audit import statement
        from planner.report.workbook import plan_workbook

        return plan_workbook(plan, statement(plan))
    if where.format == "focus":
        from planner.audit import statement
        from planner.report.focus import focus_csv

        return focus_csv(plan, statement(plan))
    if where.format == "html":
        from planner.report.page import plan_page

        return plan_page(plan)
    from planner.report.plan import plan_report

    return where.text_of(plan_report(plan))


def only_where_there_is_a_head(brief: bool, where: Sink) -> None:
    """Refuse `--brief` for formats that have no head."""
    if brief and where.format not in BRIEF:
        raise UsageError(f"`--brief` is the head of a report, and {where.format} has none", help="drop one of the two")
