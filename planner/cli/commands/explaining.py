"""`planner explain`."""

from typing import Annotated

import typer

from planner.cli.options import (
    CatalogDateOption,
    DatasetsOption,
    DebugOption,
    FormatOption,
    GapOption,
    OutputOption,
    ProgressOption,
    ScenarioArgument,
    SetOption,
    ThreadsOption,
    TimeLimitOption,
)
from planner.cli.output import UsageError, sink, warn
from planner.cli.progress import progress
from planner.cli.running import countdown, diagnosed, gap_of, opened, tell_infeasible, tell_none_found
from planner.errors import Exit

EXAMPLES = """
planner explain scenario.yaml                        why each line, what binds, what comes next
planner explain scenario.yaml --why-not gcp/us-east4 what stands in the way of these offers
planner explain scenario.yaml -o why.md
planner explain scenario.yaml --set budget_total_usd=2M --format json | jq .shadow_prices
"""


def explain(
    scenario: ScenarioArgument,
    why_not: Annotated[
        str | None,
        typer.Option(metavar="OFFER", help="Also tell why an offer was not taken: its id, or a part of it."),
    ] = None,
    output_format: FormatOption = None,
    output: OutputOption = None,
    settings: SetOption = None,
    gap: GapOption = None,
    time_limit: TimeLimitOption = None,
    threads: ThreadsOption = 1,
    progress_style: ProgressOption = None,
    datasets: DatasetsOption = None,
    catalog_date: CatalogDateOption = None,
    debug: DebugOption = False,
) -> None:
    """Tell why a plan is as it is: the reason of every line, what the limits are worth, at which prices others would enter.

    Of a scenario without a plan: why, and the ways out.

    Exit codes: 0 answered; 1 a bug; 2 bad input; 3 no plan exists (causes and ways out are printed); 4 a limit came
    before any plan; 130 interrupted.
    """
    left = countdown(time_limit)
    from planner.analysis.explain import explain as explained
    from planner.report.answers import explanation_report
    from planner.solver import watching

    where = sink(output_format, output)
    wanted = gap_of(gap)
    if why_not is not None and not why_not.strip():
        raise UsageError("`--why-not` names no offer", help="give the id of an option, or a part of it")
    asked = opened(scenario, settings, datasets, catalog_date)
    with progress(f"explaining {asked.name}", progress_style), watching(left(), threads) as watch:
        found = explained(*asked, watch, gap=wanted, about=why_not)
        diagnosis = diagnosed(asked, found.causes, watch) if found.causes else None
    if diagnosis is not None:
        tell_infeasible(asked, diagnosis, where)
    if found.explanation is None:
        tell_none_found()
    where.show(explanation_report(found.explanation))
    if watch.over:
        warn("the time was over before everything was solved again; some prices are missing")
        raise typer.Exit(Exit.INTERRUPTED if watch.interrupted else Exit.LIMIT)
