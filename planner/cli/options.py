"""Options that several commands share."""

from pathlib import Path
from typing import Annotated, Literal, get_args

import typer

Format = Literal["table", "json", "csv", "markdown", "html"]
"""How an answer is dressed."""
PlanFormat = Literal["table", "json", "csv", "markdown", "html", "xlsx", "focus"]
"""How a plan is dressed: the formats of every answer, and those that only a plan has."""
ANSWER_FORMATS: tuple[str, ...] = get_args(Format)
PLAN_FORMATS: tuple[str, ...] = get_args(PlanFormat)

SUFFIXES = {
    ".json": "json",
    ".csv": "csv",
    ".md": "markdown",
    ".markdown": "markdown",
    ".txt": "table",
    ".xlsx": "xlsx",
    ".html": "html",
    ".htm": "html",
}
"""Suffix of a file that an answer is written to → the format it asks for."""


ProgressStyle = Literal["json"]
"""How a command tells its progress, if not by a line at a terminal."""


class Session:
    """What the error handling must know of a run."""

    def __init__(self) -> None:
        self.debug = False


def _debug(ctx: typer.Context, wanted: bool) -> bool:
    if wanted:
        ctx.ensure_object(Session).debug = True
    return wanted


ScenarioArgument = Annotated[
    str, typer.Argument(metavar="SCENARIO", help="A scenario file (YAML or JSON); `-` reads standard input.")
]
FormatOption = Annotated[
    Format | None,
    typer.Option("--format", help="Dress of the answer.  [default: by the suffix of -o, else table]"),
]
PlanFormatOption = Annotated[
    PlanFormat | None,
    typer.Option("--format", help="Dress of the plan.  [default: by the suffix of -o, else table]"),
]


def _named(output: Path | None) -> Path | None:
    """A file name: what looks like an option was meant as one."""
    if output is not None and str(output).startswith("-") and str(output) != "-":
        raise typer.BadParameter(f"a file name must stand after `-o`, not the option `{output}`")
    return output


OutputOption = Annotated[
    Path | None,
    typer.Option(
        "--output", "-o", metavar="FILE", callback=_named, help="Write the answer to FILE, whole or not at all."
    ),
]
SetOption = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="PATH=VALUE", help="Change a value of the scenario; may be repeated."),
]
GapOption = Annotated[
    str | None,
    typer.Option(
        "--gap",
        metavar="SHARE",
        help="Stop when proven to be within this share of the best: 0.1% or 0.001.",
        show_default="the scenario's, 0.1%",
    ),
]
TimeLimitOption = Annotated[
    float | None,
    typer.Option("--time-limit", metavar="SECONDS", help="Stop after this time with the best answer so far."),
]
ThreadsOption = Annotated[int, typer.Option("--threads", min=1, metavar="N", help="Threads of the solver.")]
ProgressOption = Annotated[
    ProgressStyle | None,
    typer.Option(
        "--progress",
        help="Tell phase, plan and bound as lines of JSON on standard error.  [default: a line at a terminal]",
    ),
]
ClusterOption = Annotated[
    str | None,
    typer.Option(
        "--cluster",
        metavar="WHERE",
        help="Work on several cores or machines: `local`, `local:4`, or `tcp://host:8786` of a Dask scheduler.",
    ),
]
ResultsOption = Annotated[
    Path | None,
    typer.Option("--results", metavar="FILE", help="Keep what is solved in FILE; take from it what is there."),
]
DatasetsOption = Annotated[
    Path | None,
    typer.Option("--datasets", metavar="DIR", help="Another catalog than the bundled one."),
]
CatalogDateOption = Annotated[
    str | None,
    typer.Option(
        "--catalog-date",
        metavar="DATE",
        help="Prices as they were known on a day: 2026-09 or 2026-09-15.  [default: the newest]",
    ),
]
BriefOption = Annotated[bool, typer.Option("--brief", help="The decision in five lines.")]
FullOption = Annotated[
    bool, typer.Option("--full", help="The whole report as text; every other format is whole anyway.")
]
DebugOption = Annotated[
    bool, typer.Option("--debug", callback=_debug, help="Show a traceback if something goes wrong inside.")
]
