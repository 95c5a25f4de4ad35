"""`planner crossover`."""

from math import isfinite
from typing import Annotated

import typer

from planner.cli.options import (
    CatalogDateOption,
    ClusterOption,
    DatasetsOption,
    DebugOption,
    FormatOption,
    OutputOption,
    ProgressOption,
    ResultsOption,
    ScenarioArgument,
    SetOption,
    ThreadsOption,
    TimeLimitOption,
)
from planner.cli.output import UsageError, complain, sink, warn
from planner.cli.progress import progress
from planner.cli.running import countdown, fraction, opened
from planner.errors import Exit

EXAMPLES = """
planner crossover scenario.yaml                       from which yearly spend it pays to own
planner crossover scenario.yaml --from 0.1 --to 100   sizes, as multiples of the scenario's demand
planner crossover scenario.yaml --set discount_rate=7% --no-sensitivities
planner crossover scenario.yaml -o crossover.csv      curves and tables for a spreadsheet
planner crossover scenario.yaml --format json | jq '.ways[].thresholds[].between'
"""


def crossover(
    scenario: ScenarioArgument,
    smallest: Annotated[
        float, typer.Option("--from", metavar="X", help="Smallest size, as a multiple of the scenario's demand.")
    ] = 0.03,
    largest: Annotated[float, typer.Option("--to", metavar="X", help="Largest size.")] = 30.0,
    precision: Annotated[
        str, typer.Option(metavar="SHARE", help="Width at which a threshold is not narrowed further: 1% or 0.01.")
    ] = "1%",
    no_sensitivities: Annotated[
        bool, typer.Option("--no-sensitivities", help="Only thresholds and curves, not what they depend on.")
    ] = False,
    output_format: FormatOption = None,
    output: OutputOption = None,
    settings: SetOption = None,
    time_limit: TimeLimitOption = None,
    threads: ThreadsOption = 1,
    progress_style: ProgressOption = None,
    cluster: ClusterOption = None,
    results: ResultsOption = None,
    datasets: DatasetsOption = None,
    catalog_date: CatalogDateOption = None,
    debug: DebugOption = False,
) -> None:
    """From which size it pays to own: colocation and a building of one's own apart, with what the answer rests on.

    Exit codes: 0 answered ("never" is an answer); 1 a bug; 2 bad input; 3 the demand cannot be served at any size;
    4 a limit of time came first (what is known is printed); 130 interrupted (the same).
    """
    left = countdown(time_limit)
    from planner.analysis.crossover import crossover as crossed
    from planner.report.answers import crossover_report

    where = sink(output_format, output)
    if not (isfinite(smallest) and isfinite(largest) and 0 < smallest < largest):
        raise UsageError(
            f"`--from` and `--to` must be above 0 and in this order, not {smallest:g} and {largest:g}",
            help="write e.g. `--from 0.1 --to 100`",
        )
    if largest > smallest * MOST_RANGE:
        raise UsageError(f"`--to` may be at most {MOST_RANGE:g} times `--from`", help="ask for two ranges")
    asked = opened(scenario, settings, datasets, catalog_date)
    with progress(f"crossing {asked.name}", progress_style):
        answer = crossed(
            *asked,
            smallest=smallest,
            largest=largest,
            precision=_precision(precision),
            sensitivities=not no_sensitivities,
            time_limit=left(),
            threads=threads,
            cluster=cluster,
            results=results,
        )
    if answer is None:
        complain("error: the demand can be served at no size, rented or owned\n  help: `planner solve` tells why")
        raise typer.Exit(Exit.INFEASIBLE)
    where.show(crossover_report(answer))
    if not answer.complete:
        warn("interrupted" if answer.interrupted else "the time was up: not everything was computed")
        raise typer.Exit(Exit.INTERRUPTED if answer.interrupted else Exit.LIMIT)


MOST_RANGE = 1e6
FINEST = 1e-6


def _precision(text: str) -> float:
    """The precision, from `1%` or `0.01`.

    >>> _precision("1%"), _precision("0.002")
    (0.01, 0.002)
    """
    rule = f"lie between {FINEST:.4%} and 100%"
    return fraction("--precision", text, FINEST, 1.0, rule, "1%")
