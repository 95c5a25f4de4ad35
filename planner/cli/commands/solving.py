"""`planner solve`."""

from pathlib import Path
from typing import Annotated

import typer

from planner.cli.options import (
    PLAN_FORMATS,
    BriefOption,
    CatalogDateOption,
    DatasetsOption,
    DebugOption,
    FullOption,
    GapOption,
    OutputOption,
    PlanFormatOption,
    ProgressOption,
    ScenarioArgument,
    SetOption,
    ThreadsOption,
    TimeLimitOption,
)
from planner.cli.output import UsageError, complain, dressed, note, only_where_there_is_a_head, sink, warn
from planner.cli.progress import progress
from planner.cli.running import Opened, countdown, diagnosed, gap_of, opened, tell_infeasible
from planner.errors import Exit

EXAMPLES = """
planner solve scenario.yaml
planner solve scenario.yaml -o plan.json             the plan for programs, and for `planner audit`
planner solve scenario.yaml -o memo.md
planner solve scenario.yaml -o plan.html             one page to show
planner solve scenario.yaml -o plan.xlsx             live formulas for who checks every number
planner solve scenario.yaml --format focus -o forecast.csv     rows that FinOps tools read
planner solve scenario.yaml --set years=5 --set workloads.chat.growth_per_year=50%
planner solve scenario.yaml --gap 1% --time-limit 60
planner solve scenario.yaml --write-lp program.mps   the program itself, for any other solver
generate-scenario | planner solve - --format json | jq .npv_usd
"""


def solve(
    scenario: ScenarioArgument,
    output_format: PlanFormatOption = None,
    output: OutputOption = None,
    settings: SetOption = None,
    gap: GapOption = None,
    time_limit: TimeLimitOption = None,
    threads: ThreadsOption = 1,
    progress_style: ProgressOption = None,
    datasets: DatasetsOption = None,
    catalog_date: CatalogDateOption = None,
    brief: BriefOption = False,
    full: FullOption = False,
    no_baselines: Annotated[
        bool, typer.Option("--no-baselines", help="Leave out the comparison with the usual ways of buying.")
    ] = False,
    solver: Annotated[
        str | None,
        typer.Option(
            "--solver",
            metavar="NAME",
            help="Another solver that PuLP finds (cbc, scip, gurobi, ...), for the whole program at once.",
        ),
    ] = None,
    write_lp: Annotated[
        Path | None,
        typer.Option("--write-lp", metavar="FILE", help="Also write the program, as LP or MPS by the suffix of FILE."),
    ] = None,
    debug: DebugOption = False,
) -> None:
    """Find the plan of least cost: what to sign, when, how many, for how much, and why.

    Exit codes: 0 answered; 1 a bug; 2 bad input; 3 no plan exists; 4 a limit came first (the best plan so far is
    printed); 5 the audit disagrees; 130 or 143 interrupted (the best plan so far is printed).
    """
    left = countdown(time_limit)
    from planner.analysis import answer
    from planner.report.document import nearness
    from planner.solver import watching

    where = sink(output_format, output, PLAN_FORMATS)
    only_where_there_is_a_head(brief, where)
    wanted_gap = gap_of(gap)
    asked = opened(scenario, settings, datasets, catalog_date)
    if write_lp is not None:
        _write_program(asked, write_lp)
    with progress(f"solving {asked.name}", progress_style):
        found = answer(
            *asked,
            gap=wanted_gap,
            time_limit=left(),
            threads=threads,
            baselines=not no_baselines,
            solver=solver,
        )
    if found.stop == "infeasible":
        with progress("looking for ways out", progress_style), watching(left(), threads) as watch:
            watch.interrupted = found.interrupted
            diagnosis = diagnosed(asked, found.causes, watch)
        tell_infeasible(asked, diagnosis, where)
    plan = found.plan
    if plan is None:
        complain(f"error: {_WHY[found.stop]} before any plan was found\n  help: {_HELP}")
        raise typer.Exit(_CODES[found.stop])
    where.put(dressed(plan, where, brief=brief, full=full))
    if found.stop != "done":
        warn(f"{_WHY[found.stop]}: the plan is {nearness(plan.gap)}, asked were {plan.gap_target:.2%}")
    if not plan.audit.agrees:
        warn("the audit disagrees with this plan; do not rely on it")
        raise typer.Exit(Exit.POLICY)
    raise typer.Exit(_CODES[found.stop])


def _write_program(asked: Opened, file: Path) -> None:
    """The program of a scenario, whole or not at all."""
    from planner.pipeline import prepare
    from planner.report.document import write_whole
    from planner.search import FILE_FORMATS, program_text

    if file.suffix not in FILE_FORMATS:
        raise UsageError(f"no program has the suffix `{file.suffix}`", help=f"it has {' or '.join(FILE_FORMATS)}")
    write_whole(file, program_text(prepare(*asked).parameters, file.suffix))
    note(f"wrote {file}")


_WHY = {"limit": "a limit of the search was reached", "interrupted": "interrupted", "done": "the search ended"}
_HELP = "allow more time by `--time-limit`, or a larger `--gap`"
_CODES = {"done": Exit.ANSWERED, "limit": Exit.LIMIT, "interrupted": Exit.INTERRUPTED}
