"""`planner show` and `planner open`."""

import tempfile
import time
import webbrowser
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NamedTuple

import typer

from planner.cli.options import (
    ANSWER_FORMATS,
    PLAN_FORMATS,
    BriefOption,
    DebugOption,
    FullOption,
    OutputOption,
    PlanFormatOption,
)
from planner.cli.output import UsageError, dressed, note, only_where_there_is_a_head, sink, warn
from planner.errors import Exit

if TYPE_CHECKING:
    from planner.domain.records import Plan
    from planner.report.document import Report

PAGES, PAGE = "planner-page-", "plan.html"
"""Folders of `planner open`, and what is in each."""
PAGE_SECONDS = 86_400.0
EXAMPLES = """
planner show plan.json
planner show plan.json --full
planner show plan.json --brief
planner show plan.json -o memo.md
planner solve scenario.yaml --format json | planner show - --format csv
"""
OPEN_EXAMPLES = """
planner open plan.json
planner open plan.json --no-browser       only the page, and where it is
planner solve scenario.yaml --format json | planner open -
"""


AnswerArgument = Annotated[
    str, typer.Argument(metavar="PLAN", help="A plan or another answer as JSON; `-` reads standard input.")
]


def show(
    plan: AnswerArgument,
    output_format: PlanFormatOption = None,
    output: OutputOption = None,
    brief: BriefOption = False,
    full: FullOption = False,
    debug: DebugOption = False,
) -> None:
    """A saved plan again, in any format; it is audited anew, exit code 5 if the audit disagrees.

    What every other command saved as JSON too, and why no plan exists (exit code 3).
    """
    where = sink(output_format, output, PLAN_FORMATS)
    only_where_there_is_a_head(brief, where)
    saved = _saved(plan)
    if isinstance(saved, Other):
        if where.format not in ANSWER_FORMATS:
            raise UsageError(f"this answer has no format `{where.format}`", help=f"it has {', '.join(ANSWER_FORMATS)}")
        where.show(saved.report)
    else:
        where.put(dressed(saved, where, brief=brief, full=full))
    _end(saved)


def open_plan(
    plan: AnswerArgument,
    no_browser: Annotated[
        bool, typer.Option("--no-browser", help="Write the page, print its path, open nothing.")
    ] = False,
    debug: DebugOption = False,
) -> None:
    """A saved plan, or another answer, as a page in the browser; a plan is audited anew, exit code 5 if the audit disagrees.

    The page is a temporary file that only you can read; pages of more than a day ago are taken away. Its path is printed where
    no browser opens.
    """
    from planner.report.document import render, write_whole
    from planner.report.page import plan_page

    saved = _saved(plan)
    _clear_old_pages(Path(tempfile.gettempdir()))
    page = Path(tempfile.mkdtemp(prefix=PAGES)) / PAGE
    write_whole(page, render(saved.report, "html") if isinstance(saved, Other) else plan_page(saved))
    if not no_browser and webbrowser.open(page.as_uri()):
        note(f"opened {page}")
    else:
        sink(None, None).put(f"{page}\n")
    _end(saved)


def _clear_old_pages(folder: Path) -> None:
    """Take away the pages that this command left a day ago or earlier: no browser asks for them any more."""
    for old in folder.glob(f"{PAGES}*"):
        with suppress(OSError):  # somebody else's, or something else is in it
            if not old.is_symlink() and old.stat().st_mtime < time.time() - PAGE_SECONDS:
                (old / PAGE).unlink()
                old.rmdir()


class Other(NamedTuple):
    """A saved answer that is no plan."""

    report: "Report"
    exit: Exit
    """As of the command that saved it."""


def _saved(path: str) -> "Plan | Other":
    """What a file holds: a plan, audited anew, or another answer."""
    from pydantic import ValidationError

    from planner.audit import audit
    from planner.domain.records import not_an_answer, plan_of
    from planner.inputs import read_answer, shown_name
    from planner.report.answers import saved_report

    value, name = read_answer(path), shown_name(path)
    try:
        report = saved_report(value)
    except ValidationError as error:
        raise not_an_answer(error, f"`{name}` is not what its schema says") from None
    if report is not None:
        if value.get("status") == "infeasible":
            return Other(report, Exit.INFEASIBLE)
        return Other(report, Exit.POLICY if value.get("agrees") is False else Exit.ANSWERED)
    plan = plan_of(value, name)
    return plan.model_copy(update={"audit": audit(plan)})


def _end(saved: "Plan | Other") -> None:
    """Exit codes as of the command that saved the answer."""
    if isinstance(saved, Other):
        raise typer.Exit(saved.exit)
    if not saved.audit.agrees:
        warn("the audit disagrees with this plan; do not rely on it")
        raise typer.Exit(Exit.POLICY)
