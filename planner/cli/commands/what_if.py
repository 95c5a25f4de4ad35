"""`planner whatif`."""

import json
from itertools import product
from typing import TYPE_CHECKING, Annotated

import typer

from planner.cli.options import (
    CatalogDateOption,
    ClusterOption,
    DatasetsOption,
    DebugOption,
    FormatOption,
    GapOption,
    OutputOption,
    ProgressOption,
    ResultsOption,
    ScenarioArgument,
    ThreadsOption,
    TimeLimitOption,
)
from planner.cli.output import Sink, UsageError, sink, warn
from planner.cli.progress import progress
from planner.cli.running import countdown, gap_of, tell_notes
from planner.cli.scenario_text import ScenarioText
from planner.errors import Exit

if TYPE_CHECKING:
    from planner.analysis.compare import Variant
    from planner.domain.answers import Axis, CommitmentsAnswer, WhatIfAnswer
    from planner.domain.inputs import Catalog
    from planner.domain.scenario import Scenario

EXAMPLES = """
planner whatif scenario.yaml                                          the scenario's own `what_if` block
planner whatif scenario.yaml --set discount_rate=8%,10%,15%
planner whatif scenario.yaml --set demand_scale=0.8,1,1.2 --set discounts.aws=0,5%,10%     a grid, with a map
planner whatif scenario.yaml --set years=2 --set workloads.chat.growth_per_year=20%,80%    one value: set in all
planner whatif scenario.yaml --set demand_scale=0.5,1,2 -o grid.csv
planner whatif scenario.yaml --commitments                            which terms, how many, at which discounts
"""

_CODES = {
    "optimal": Exit.ANSWERED,
    "feasible": Exit.LIMIT,
    "limit": Exit.LIMIT,
    "infeasible": Exit.INFEASIBLE,
    "interrupted": Exit.INTERRUPTED,
}
MOST_POINTS = 1000
"""Variants that one command solves."""


def whatif(
    scenario: ScenarioArgument,
    settings: Annotated[
        list[str] | None,
        typer.Option(
            "--set",
            metavar="PATH=V1,V2,...",
            help="Values of a field of the scenario; several make an axis, one is set in all. May be repeated.",
        ),
    ] = None,
    commitments: Annotated[
        bool,
        typer.Option("--commitments", help="Term x discount x demand for each pool that a commitment could serve."),
    ] = False,
    output_format: FormatOption = None,
    output: OutputOption = None,
    gap: GapOption = None,
    time_limit: TimeLimitOption = None,
    threads: ThreadsOption = 1,
    progress_style: ProgressOption = None,
    cluster: ClusterOption = None,
    results: ResultsOption = None,
    datasets: DatasetsOption = None,
    catalog_date: CatalogDateOption = None,
    debug: DebugOption = False,
) -> None:
    """Change fields of a scenario, solve again, and compare: a grid, the scenario's named variants, or commitment terms.

    Exit codes: 0 answered; 1 a bug; 2 bad input; 3 no variant has a plan; 4 a limit came first for some variant (the
    rest is printed); 5 an audit disagrees; 130 interrupted (what is solved is printed).
    """
    left = countdown(time_limit)
    from planner.inputs.catalog import load_known_on

    where = sink(output_format, output)
    wanted_gap = gap_of(gap)
    catalog = load_known_on(datasets, catalog_date)
    source = ScenarioText.read(scenario)
    chosen = [_values(setting) for setting in settings or ()]
    _each_once([path for path, values in chosen if len(values) > 1], [path for path, _ in chosen])
    fixed = [f"{path}={values[0]}" for path, values in chosen if len(values) == 1]
    axes = [(path, values) for path, values in chosen if len(values) > 1]
    base = source.load(fixed, catalog)
    tell_notes(base)
    if commitments:
        if axes:
            raise UsageError("`--commitments` has axes of its own", help="give `--set` one value each")
        if cluster or results:
            raise UsageError("`--commitments` is one plan: it needs no cluster and keeps no results")
        from planner.analysis.commitments import commitments_of

        with progress(f"terms for {base.scenario.name}", progress_style):
            terms = commitments_of(base.scenario, catalog, gap=wanted_gap, time_limit=left(), threads=threads)
        _terms(terms, where)
        return
    points, named_axes = _variants(source, base.scenario, fixed, axes, catalog)
    from planner.analysis.compare import what_if

    with progress(f"solving {base.scenario.name} and {len(points)} variants", progress_style):
        answer = what_if(
            base.scenario,
            points,
            named_axes,
            catalog,
            gap=wanted_gap,
            time_limit=left(),
            threads=threads,
            cluster=cluster,
            results=results,
        )
    from planner.report.answers import what_if_report

    where.show(what_if_report(answer))
    raise typer.Exit(_code(answer))


def _terms(answer: "CommitmentsAnswer", where: Sink) -> None:
    from planner.report.answers import commitments_report

    where.show(commitments_report(answer))
    if answer.status in ("limit", "feasible"):
        warn("a limit of the search was reached for the plan whose load this is")
    raise typer.Exit(_CODES[answer.status])


def _variants(
    source: ScenarioText, base: "Scenario", fixed: list[str], axes: list[tuple[str, list[str]]], catalog: "Catalog"
) -> "tuple[list[Variant], tuple[Axis, ...]]":
    from planner.analysis.compare import Variant
    from planner.domain.answers import Axis, Setting

    if axes:
        count = 1
        for _, values in axes:
            count *= len(values)
        if count > MOST_POINTS:
            raise UsageError(f"the grid has {count:,} points, more than {MOST_POINTS:,}", help="give fewer values")
        sets = [
            (" ".join(f"{path}={value}" for (path, _), value in zip(axes, point, strict=True)), point)
            for point in product(*(values for _, values in axes))
        ]
        paths = [path for path, _ in axes]
        found = [(name, list(zip(paths, point, strict=True))) for name, point in sets]
    elif base.what_if:
        found = [(v.name, [(path, _written(value)) for path, value in v.set.items()]) for v in base.what_if]
    else:
        raise UsageError(
            "nothing to change: no `--set` has several values, and the scenario has no `what_if` block",
            help="write e.g. `--set demand_scale=0.8,1,1.2`, or `--commitments`",
        )
    variants = []
    for name, pairs in found:
        overrides = [*fixed, *(f"{path}={value}" for path, value in pairs)]
        settings = tuple(Setting(path=path, value=value) for path, value in pairs)
        variants.append(Variant(name, settings, source.load(overrides, catalog).scenario))
    return variants, tuple(Axis(path=path, values=tuple(values)) for path, values in axes)


def _written(value: object) -> str:
    """A value of a `what_if` block as it would be written behind `--set`."""
    return value if isinstance(value, str) and value.strip() else json.dumps(value)


def _values(setting: str) -> tuple[str, list[str]]:
    """Path and values of `PATH=V1,V2`; commas inside brackets and quotes do not part values.

    >>> _values("regions=[a, b],[c]")
    ('regions', ['[a, b]', '[c]'])
    """
    path, equals, text = setting.partition("=")
    if not equals or not path.strip():
        raise UsageError(f"`--set {setting[:60]}` is not of the form PATH=VALUE", help="write e.g. `--set years=2,3`")
    values, depth, quote, current = [], 0, "", ""
    for letter in text:
        if quote:
            quote = "" if letter == quote else quote
        elif letter in "\"'":
            quote = letter
        elif letter in "[{":
            depth += 1
        elif letter in "]}":
            depth -= 1
        if letter == "," and depth <= 0 and not quote:
            values.append(current)
            current = ""
        else:
            current += letter
    values = [value.strip() for value in [*values, current]]
    if len(values) > 1 and "" in values:
        raise UsageError(f"`--set {setting[:60]}` has an empty value", help="write `null` for none")
    if len(set(values)) < len(values):
        raise UsageError(f"`--set {setting[:60]}` names a value twice")
    return path.strip(), values


def _each_once(axes: list[str], paths: list[str]) -> None:
    """A field that is varied is named once: of two values for one point the last would win unseen."""
    for path in axes:
        if paths.count(path) > 1:
            raise UsageError(
                f"`--set {path[:60]}=...` is given more than once", help="write all values behind one `--set`"
            )


def _code(answer: "WhatIfAnswer") -> Exit:
    """The exit code, and on standard error why it is not 0."""
    everything = (answer.base, *answer.points)
    if any(point.audit_agrees is False for point in everything):
        warn("the audit disagrees with a plan; do not rely on it")
        return Exit.POLICY
    if any(point.status == "interrupted" for point in everything):
        return Exit.INTERRUPTED
    if all(point.status == "infeasible" for point in everything):
        return Exit.INFEASIBLE
    left = [point.name for point in everything if point.status in ("limit", "feasible")]
    if left:
        warn(f"a limit of the search was reached for {len(left)} of {len(everything)}: {left[0]}")
        return Exit.LIMIT
    return Exit.ANSWERED
