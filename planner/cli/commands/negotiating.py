"""`planner negotiate`."""

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
from planner.cli.output import sink, warn
from planner.cli.progress import progress
from planner.cli.running import countdown, diagnosed, gap_of, opened, tell_infeasible, tell_none_found
from planner.errors import Exit

EXAMPLES = """
planner negotiate scenario.yaml                      per deal: price, walk-away price, whom else to ask
planner negotiate scenario.yaml -o call.md           the page to take into the call; also .html, .csv, .json
planner negotiate scenario.yaml --format json | jq '.deals[] | {option, walk_away_usd}'
"""


def negotiate(
    scenario: ScenarioArgument,
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
    """For the call with a seller: per deal of the plan what a rebate is worth, at which price to walk away, whom else to ask.

    Exit codes: 0 answered; 1 a bug; 2 bad input; 3 no plan exists (causes and ways out are printed); 4 a limit came
    first; 5 the audit disagrees; 130 interrupted.
    """
    left = countdown(time_limit)
    from planner.analysis.deals import negotiate as negotiated
    from planner.report.negotiation import negotiation_report
    from planner.solver import watching

    where = sink(output_format, output)
    wanted = gap_of(gap)
    asked = opened(scenario, settings, datasets, catalog_date)
    with progress(f"pricing the deals of {asked.name}", progress_style), watching(left(), threads) as watch:
        found = negotiated(*asked, watch, gap=wanted)
        diagnosis = diagnosed(asked, found.causes, watch) if found.causes else None
    if diagnosis is not None:
        tell_infeasible(asked, diagnosis, where)
    sheet = found.negotiation
    if sheet is None:
        tell_none_found()
    where.show(negotiation_report(sheet))
    if not sheet.agrees:
        warn("the audit disagrees with this plan; do not rely on it")
        raise typer.Exit(Exit.POLICY)
    if not sheet.complete:
        warn("the time was over before everything was solved again; some deals or prices are missing")
        raise typer.Exit(Exit.INTERRUPTED if watch.interrupted else Exit.LIMIT)
