"""`planner explain`."""

from math import isfinite
from typing import Annotated

import typer

from planner.cli.commands.solving import share
from planner.cli.options import (
    DatasetsOption,
    DebugOption,
    FormatOption,
    GapOption,
    OutputOption,
    ScenarioArgument,
    SetOption,
    ThreadsOption,
    TimeLimitOption,
)
from planner.cli.output import UsageError, complain, note, progress, sink, warn
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
    datasets: DatasetsOption = None,
    debug: DebugOption = False,
) -> None:
    """Tell why a plan is as it is: the reason of every line, what the limits are worth, at which prices others would enter.

    Of a scenario without a plan: why, and the ways out.

    Exit codes: 0 answered; 1 a bug; 2 bad input; 3 no plan exists (causes and ways out are printed); 4 a limit came
    before any plan; 130 interrupted.
    """
    from planner.analysis.explain import explain as explained
    from planner.analysis.infeasible import diagnose
    from planner.inputs import load_scenario
    from planner.inputs.catalog import load_catalog
    from planner.pipeline import scenario_hash, scenario_value
    from planner.report.answers import render_explanation, render_infeasible
    from planner.solver import watching

    where = sink(output_format, output)
    wanted = None if gap is None else share(gap)
    if time_limit is not None and not (isfinite(time_limit) and time_limit > 0):
        raise UsageError(f"`--time-limit` must be above 0 seconds, not {time_limit:g}")
    if why_not is not None and not why_not.strip():
        raise UsageError("`--why-not` names no offer", help="give the id of an option, or a part of it")
    catalog = load_catalog(datasets)
    loaded = load_scenario(scenario, overrides=settings or (), catalog=catalog)
    for said in loaded.document.notes:
        note(f"note: {said}")
    with progress(f"explaining {loaded.scenario.name}"), watching(time_limit, threads) as watch:
        found = explained(loaded.scenario, catalog, watch, gap=wanted, about=why_not)
        diagnosis = diagnose(loaded.scenario, catalog, found.causes, watch) if found.causes else None
    if diagnosis is not None:
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
    if found.explanation is None:
        complain(
            "error: a limit of the search came before any plan was found\n  help: allow more time by `--time-limit`"
        )
        raise typer.Exit(Exit.LIMIT)
    where.put(render_explanation(found.explanation, where.format, width=where.width, color=where.color))
    if watch.over:
        warn("the time was over before everything was solved again; some prices are missing")
        raise typer.Exit(Exit.INTERRUPTED if watch.interrupted else Exit.LIMIT)
