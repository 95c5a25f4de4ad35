"""`planner compare`."""

from sys import float_info
from typing import TYPE_CHECKING, Annotated

import typer

from planner.cli.options import DatasetsOption, DebugOption, FormatOption, OutputOption, ProgressOption, SetOption
from planner.cli.output import UsageError, complain, sink, warn
from planner.cli.running import fraction, seconds, share
from planner.errors import Exit

if TYPE_CHECKING:
    from planner.domain.answers import Comparison

EXAMPLES = """
planner compare before.json after.json               two plans: what differs, line by line
planner compare plan.json scenario.yaml              a plan against what would be planned now
planner compare a.yaml b.yaml --format markdown      both solved here; to be pasted into a review
planner compare main.json branch.yaml --fail-above 5%
planner compare plan.json scenario.yaml --set years=5 --set discount_rate=8%
planner solve scenario.yaml --format json | planner compare plan.json - --format json | jq .totals.npv_usd
"""


def _side(letter: str) -> typer.models.ArgumentInfo:
    what = "A plan (JSON of `planner solve`) or a scenario; `-` reads standard input."
    found: typer.models.ArgumentInfo = typer.Argument(metavar=letter, help=what)
    return found


def compare(
    a: Annotated[str, _side("A")],
    b: Annotated[str, _side("B")],
    output_format: FormatOption = None,
    output: OutputOption = None,
    fail_above: Annotated[
        str | None,
        typer.Option(metavar="SHARE", help="Exit code 5 if B's NPV is above A's by more than that: 5% or 0.05."),
    ] = None,
    settings: SetOption = None,
    gap: Annotated[
        str, typer.Option(metavar="SHARE", help="How closely scenarios are solved: 0.1% or 0.001.")
    ] = "0.1%",
    time_limit: Annotated[
        float | None, typer.Option(metavar="SECONDS", help="Solve each scenario for at most this time.")
    ] = None,
    threads: Annotated[int, typer.Option(min=1, metavar="N", help="Threads of the solver.")] = 1,
    progress_style: ProgressOption = None,
    datasets: DatasetsOption = None,
    debug: DebugOption = False,
) -> None:
    """Tell what differs between two plans: lines, money, and what in the question explains it.

    Every difference is B - A. Plans are audited again, scenarios are solved here; `--set` changes the scenarios.

    Exit codes: 0 answered; 1 a bug; 2 bad input; 3 a scenario has no plan; 4 a limit of the search came first (the
    comparison is printed); 5 an audit disagrees, or `--fail-above` (the comparison is printed); 130 interrupted.
    """
    from planner.analysis.compare import compare as compared
    from planner.analysis.compare import judged
    from planner.cli.compared import InfeasibleError, SearchLimits, read_sides
    from planner.report.answers import comparison_report, infeasible_report

    where = sink(output_format, output)
    allowed = None if fail_above is None else _allowed(fail_above)
    search = SearchLimits(share(gap), seconds(time_limit), threads, progress_style)
    if a == b == "-":
        raise UsageError("only one of A and B can be `-`", help="write the other one to a file first")
    try:
        sides = read_sides((a, b), settings or [], datasets, search)
    except InfeasibleError as error:
        where.show(infeasible_report(error.name, error.causes))
        raise
    comparison = compared(*sides)
    if allowed is not None:
        comparison = judged(comparison, allowed)
    where.show(comparison_report(comparison))
    raise typer.Exit(_code(comparison))


def _code(comparison: "Comparison") -> Exit:
    """The exit code, and on standard error why it is not 0."""
    from planner.report.document import nearness

    unproven = [s for s in (comparison.a, comparison.b) if s.kind == "scenario" and s.status != "optimal"]
    for side in unproven:
        warn(f"a limit of the search was reached: the plan of `{side.source}` is {nearness(side.gap)}")
    policy = comparison.policy
    if policy is None or policy.passed:
        return Exit.LIMIT if unproven else Exit.ANSWERED
    npv = comparison.totals.npv_usd
    by = "" if npv.change_fraction is None else f" by {npv.change_fraction:.2%}"
    limit = f"more than the {policy.fail_above_fraction * 100:.6g}% of `--fail-above`"
    complain(f"error: the NPV of `{comparison.b.source}` is above that of `{comparison.a.source}`{by}, {limit}")
    return Exit.POLICY


def _allowed(text: str) -> float:
    """The largest rise that passes, from `5%` or `0.05`."""
    return fraction("--fail-above", text, 0.0, float_info.max, "not be below 0%", "5%")
