"""`planner audit`."""

from typing import Annotated

import typer

from planner.cli.options import DebugOption, FormatOption, OutputOption
from planner.cli.output import sink
from planner.errors import Exit

EXAMPLES = """
planner audit plan.json
planner audit plan.json --format json
planner solve scenario.yaml --format json | planner audit -
"""


def audit(
    plan: Annotated[str, typer.Argument(metavar="PLAN", help="A plan as JSON; `-` reads standard input.")],
    output_format: FormatOption = None,
    output: OutputOption = None,
    debug: DebugOption = False,
) -> None:
    """Recompute every number of a plan in a second way; exit code 5 if anything differs."""
    from planner.audit import audit as recompute
    from planner.inputs import read_plan
    from planner.report.answers import audit_report

    where = sink(output_format, output)
    claimed = read_plan(plan)
    record = recompute(claimed)
    where.show(audit_report(claimed, record))
    raise typer.Exit(Exit.ANSWERED if record.agrees else Exit.POLICY)
