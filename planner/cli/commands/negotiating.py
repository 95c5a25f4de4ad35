"""`planner negotiate`."""

from math import isfinite

import typer

from planner.cli.commands.solving import share
from planner.cli.options import (
    DatasetsOption,
    DebugOption,
    GapOption,
    OutputOption,
    PageFormat,
    PageFormatOption,
    ScenarioArgument,
    SetOption,
    ThreadsOption,
    TimeLimitOption,
)
from planner.cli.output import UsageError, complain, note, progress, sink, warn
from planner.errors import Exit

EXAMPLES = """
planner negotiate scenario.yaml                      per deal: price, walk-away price, whom else to ask
planner negotiate scenario.yaml -o call.md           the page to take into the call; also .html, .csv, .json
planner negotiate scenario.yaml --format json | jq '.deals[] | {option, walk_away_usd}'
"""


def negotiate(
    scenario: ScenarioArgument,
    output_format: PageFormatOption = None,
    output: OutputOption = None,
    settings: SetOption = None,
    gap: GapOption = None,
    time_limit: TimeLimitOption = None,
    threads: ThreadsOption = 1,
    datasets: DatasetsOption = None,
    debug: DebugOption = False,
) -> None:
    """For the call with a seller: per deal of the plan what a rebate is worth, at which price to walk away, whom else to ask.

    Exit codes: 0 answered; 1 a bug; 2 bad input; 3 no plan exists (causes and ways out are printed); 4 a limit came
    first; 5 the audit disagrees; 130 interrupted.
    """
    from planner.analysis.deals import negotiate as negotiated
    from planner.analysis.infeasible import diagnose
    from planner.inputs import load_scenario
    from planner.inputs.catalog import load_catalog
    from planner.pipeline import scenario_hash, scenario_value
    from planner.report.answers import render_infeasible
    from planner.report.negotiation import render_negotiation
    from planner.solver import watching

    where = sink(output_format, output, PageFormat)
    wanted = None if gap is None else share(gap)
    if time_limit is not None and not (isfinite(time_limit) and time_limit > 0):
        raise UsageError(f"`--time-limit` must be above 0 seconds, not {time_limit:g}")
    catalog = load_catalog(datasets)
    loaded = load_scenario(scenario, overrides=settings or (), catalog=catalog)
    for said in loaded.document.notes:
        note(f"note: {said}")
    with progress(f"pricing the deals of {loaded.scenario.name}"), watching(time_limit, threads) as watch:
        found = negotiated(loaded.scenario, catalog, watch, gap=wanted)
        diagnosis = diagnose(loaded.scenario, catalog, found.causes, watch) if found.causes else None
    if diagnosis is not None:
        where = where.for_text()
        text = render_infeasible(
            loaded.scenario.name,
            diagnosis.causes,
            diagnosis.repairs,
            where.format,
            conflict=diagnosis.conflict,
            complete=diagnosis.complete,
            sha256=scenario_hash(scenario_value(loaded.scenario)),
            width=where.width,
            color=where.color,
        )
        where.put(text)
        raise typer.Exit(Exit.INFEASIBLE)
    sheet = found.negotiation
    if sheet is None:
        complain(
            "error: a limit of the search came before any plan was found\n  help: allow more time by `--time-limit`"
        )
        raise typer.Exit(Exit.LIMIT)
    where.put(render_negotiation(sheet, where.format, width=where.width, color=where.color))
    if not sheet.agrees:
        warn("the audit disagrees with this plan; do not rely on it")
        raise typer.Exit(Exit.POLICY)
    if not sheet.complete:
        warn("the time was over before everything was solved again; some deals or prices are missing")
        raise typer.Exit(Exit.INTERRUPTED if watch.interrupted else Exit.LIMIT)
