"""`planner show` and `planner open`."""

import tempfile
import webbrowser
from pathlib import Path
from typing import Annotated

import typer

from planner.cli.options import PLAN_FORMATS, BriefOption, DebugOption, FullOption, OutputOption, PlanFormatOption
from planner.cli.output import dressed, note, only_where_there_is_a_head, sink, warn
from planner.errors import Exit

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


def show(
    plan: Annotated[str, typer.Argument(metavar="PLAN", help="A plan as JSON; `-` reads standard input.")],
    output_format: PlanFormatOption = None,
    output: OutputOption = None,
    brief: BriefOption = False,
    full: FullOption = False,
    debug: DebugOption = False,
) -> None:
    """A saved plan again, in any format; it is audited anew, exit code 5 if the audit disagrees."""
    from planner.audit import audit
    from planner.inputs import read_plan

    where = sink(output_format, output, PLAN_FORMATS)
    only_where_there_is_a_head(brief, where)
    saved = read_plan(plan)
    found = saved.model_copy(update={"audit": audit(saved)})
    where.put(dressed(found, where, brief=brief, full=full))
    if not found.audit.agrees:
        warn("the audit disagrees with this plan; do not rely on it")
        raise typer.Exit(Exit.POLICY)


def open_plan(
    plan: Annotated[str, typer.Argument(metavar="PLAN", help="A plan as JSON; `-` reads standard input.")],
    no_browser: Annotated[
        bool, typer.Option("--no-browser", help="Write the page, print its path, open nothing.")
    ] = False,
    debug: DebugOption = False,
) -> None:
    """A saved plan as a page in the browser; it is audited anew, exit code 5 if the audit disagrees.

    The page is a temporary file that only you can read. Its path is printed where no browser opens.
    """
    from planner.audit import audit
    from planner.inputs import read_plan
    from planner.report.document import write_whole
    from planner.report.page import plan_page

    saved = read_plan(plan)
    found = saved.model_copy(update={"audit": audit(saved)})
    page = Path(tempfile.mkdtemp(prefix="planner-")) / "plan.html"
    write_whole(page, plan_page(found))
    if not no_browser and webbrowser.open(page.as_uri()):
        note(f"opened {page}")
    else:
        sink(None, None).put(f"{page}\n")
    if not found.audit.agrees:
        warn("the audit disagrees with this plan; do not rely on it")
        raise typer.Exit(Exit.POLICY)
