"""`planner audit` and `planner simulate`: what a plan file says, computed a second time."""

from typing import Annotated, Literal

import typer

from planner.cli.options import DebugOption, FormatOption, OutputOption
from planner.cli.output import complain, sink
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


SIMULATE_EXAMPLES = """
planner simulate plan.json                     the availability that the plan states, once more
planner simulate plan.json --samples 2000 --seed 1
planner simulate plan.json --failure provider  what if whole providers fail
planner solve scenario.yaml --format json | planner simulate - --format json
"""


def simulate(
    plan: Annotated[str, typer.Argument(metavar="PLAN", help="A plan as JSON; `-` reads standard input.")],
    samples: Annotated[
        int | None,
        typer.Option(min=1, max=100_000, metavar="N", help="Horizons to draw.  [default: as the plan states, or 200]"),
    ] = None,
    seed: Annotated[
        int | None, typer.Option(min=0, metavar="S", help="Of the random numbers.  [default: as the plan states, or 7]")
    ] = None,
    failure: Annotated[
        Literal["zone", "region", "provider", "vendor"] | None,
        typer.Option(help="What fails.  [default: as the scenario states, or region]"),
    ] = None,
    output_format: FormatOption = None,
    output: OutputOption = None,
    debug: DebugOption = False,
) -> None:
    """Let regions, zones, providers or vendors fail at random: which share of the demand does the plan still serve?

    Reads the plan file only. Exit code 5 if the plan states other figures for the same outages, samples and seed.
    """
    from planner.audit.availability import SAMPLES, SEED
    from planner.audit.availability import simulate as simulated
    from planner.audit.books import Books
    from planner.domain.records import PlanFileError
    from planner.inputs import read_plan, shown_name
    from planner.report.answers import agrees, simulation_report

    where = sink(output_format, output)
    name = shown_name(plan)
    read = read_plan(plan)
    if Books(read).scenario is None:
        raise PlanFileError(f"the scenario in `{name}` cannot be read", help="`planner audit` tells more")
    stated = read.availability
    if samples is None:
        samples = SAMPLES if stated is None else stated.samples
    if seed is None:
        seed = SEED if stated is None else stated.seed
    record = simulated(read, samples, seed, failure)
    where.show(simulation_report(read, record))
    if agrees(read, record) is False:
        complain(f"error: `{name}` states another availability than the simulation finds")
        raise typer.Exit(Exit.POLICY)
