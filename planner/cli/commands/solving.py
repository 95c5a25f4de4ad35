"""`planner solve`."""

from math import isfinite
from time import monotonic
from typing import Annotated

import typer

from planner.cli.dressing import dressed, only_where_there_is_a_head
from planner.cli.options import (
    BriefOption,
    DatasetsOption,
    DebugOption,
    GapOption,
    OutputOption,
    PlanFormat,
    PlanFormatOption,
    ScenarioArgument,
    SetOption,
    ThreadsOption,
    TimeLimitOption,
)
from planner.cli.output import UsageError, complain, note, progress, sink, warn
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
    datasets: DatasetsOption = None,
    brief: BriefOption = False,
    no_baselines: Annotated[
        bool, typer.Option("--no-baselines", help="Leave out the comparison with the usual ways of buying.")
    ] = False,
    debug: DebugOption = False,
) -> None:
    """Find the plan of least cost: what to sign, when, how many, for how much, and why.

    Exit codes: 0 answered; 1 a bug; 2 bad input; 3 no plan exists; 4 a limit came first (the best plan so far is
    printed); 5 the audit disagrees; 130 or 143 interrupted (the best plan so far is printed).
    """
    began = monotonic()
    from planner.analysis import answer
    from planner.analysis.infeasible import diagnose
    from planner.inputs import load_scenario
    from planner.inputs.catalog import load_catalog
    from planner.pipeline import scenario_hash, scenario_value
    from planner.report.answers import render_infeasible
    from planner.solver import watching

    where = sink(output_format, output, PlanFormat)
    only_where_there_is_a_head(brief, where)
    wanted_gap = None if gap is None else share(gap)
    if time_limit is not None and not (isfinite(time_limit) and time_limit > 0):
        raise UsageError(f"`--time-limit` must be above 0 seconds, not {time_limit:g}")
    catalog = load_catalog(datasets)
    loaded = load_scenario(scenario, overrides=settings or (), catalog=catalog)
    for said in loaded.document.notes:
        note(f"note: {said}")
    with progress(f"solving {loaded.scenario.name}"):
        found = answer(
            loaded.scenario,
            catalog,
            gap=wanted_gap,
            time_limit=_left(time_limit, began),
            threads=threads,
            baselines=not no_baselines,
        )
    if found.stop == "infeasible":
        with progress("looking for ways out"), watching(_left(time_limit, began), threads) as watch:
            diagnosis = diagnose(loaded.scenario, catalog, found.causes, watch)
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
    plan = found.plan
    if plan is None:
        complain(f"error: {_WHY[found.stop]} before any plan was found\n  help: {_HELP}")
        raise typer.Exit(_CODES[found.stop])
    where.put(dressed(plan, where, brief=brief))
    if found.stop != "done":
        warn(f"{_WHY[found.stop]}: the plan is within {plan.gap:.2%} of the best, asked were {plan.gap_target:.2%}")
    if not plan.audit.agrees:
        warn("the audit disagrees with this plan; do not rely on it")
        raise typer.Exit(Exit.POLICY)
    raise typer.Exit(_CODES[found.stop])


def _left(time_limit: float | None, began: float) -> float | None:
    """Seconds of a time limit that are left; reading and loading count."""
    return None if time_limit is None else max(time_limit - (monotonic() - began), 0.0)


_WHY = {"limit": "a limit of the search was reached", "interrupted": "interrupted", "done": "the search ended"}
_HELP = "allow more time by `--time-limit`, or a larger `--gap`"
_CODES = {"done": Exit.ANSWERED, "limit": Exit.LIMIT, "interrupted": Exit.INTERRUPTED}


def share(text: str) -> float:
    """The gap, from `0.1%` or `0.001`.

    >>> share("0.1%"), share("0.02")
    (0.001, 0.02)
    """
    from pydantic_core import PydanticCustomError

    from planner.domain.fields import parse_fraction

    try:
        value = parse_fraction(text)
    except PydanticCustomError as error:
        raise UsageError(f"`--gap`: {error.message()}", help="write e.g. `--gap 0.1%`") from None
    if not isinstance(value, float) or not 0 <= value <= 1:
        raise UsageError(f"`--gap` must lie between 0% and 100%, not {text}", help="write e.g. `--gap 0.1%`")
    return value
