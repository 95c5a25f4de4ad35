"""`planner show`."""

from typing import Annotated

import typer

from planner.cli.dressing import dressed, only_where_there_is_a_head
from planner.cli.options import BriefOption, DebugOption, OutputOption, PlanFormat, PlanFormatOption
from planner.cli.output import sink, warn
from planner.errors import Exit
from planner.inputs.plan_file import read_plan

EXAMPLES = """
planner show plan.json
planner show plan.json --brief
planner show plan.json -o memo.md
planner solve scenario.yaml --format json | planner show - --format csv
"""


def show(
    plan: Annotated[str, typer.Argument(metavar="PLAN", help="A plan as JSON; `-` reads standard input.")],
    output_format: PlanFormatOption = None,
    output: OutputOption = None,
    brief: BriefOption = False,
    debug: DebugOption = False,
) -> None:
    """A saved plan again, in any format; it is audited anew, exit code 5 if the audit disagrees."""
    from planner.audit import audit

    where = sink(output_format, output, PlanFormat)
    only_where_there_is_a_head(brief, where)
    saved = read_plan(plan)
    found = saved.model_copy(update={"audit": audit(saved)})
    where.put(dressed(found, where, brief=brief))
    if not found.audit.agrees:
        warn("the audit disagrees with this plan; do not rely on it")
        raise typer.Exit(Exit.POLICY)
