"""`planner catalog refresh`."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from planner.cli.options import DatasetsOption, DebugOption, FormatOption, OutputOption
from planner.cli.output import UsageError, sink, warn
from planner.cli.progress import progress
from planner.errors import Exit, did_you_mean

EXAMPLES = """
planner catalog refresh my-catalog                     read every source, over the network
planner catalog refresh my-catalog --source azure --source litellm
planner catalog refresh --list                         sources, hosts and terms; asks nobody
planner solve scenario.yaml --datasets my-catalog
"""


def refresh(
    folder: Annotated[
        Path | None, typer.Argument(metavar="FOLDER", help="Your own catalog; made if it is not there.")
    ] = None,
    source: Annotated[
        list[str] | None, typer.Option("--source", metavar="NAME", help="Only this source; may be repeated.")
    ] = None,
    accept: Annotated[
        list[str] | None,
        typer.Option("--accept", metavar="NAME", help="Believe this price, however far it moved; may be repeated."),
    ] = None,
    list_sources: Annotated[bool, typer.Option("--list", help="Show the sources with their terms, and stop.")] = False,
    output_format: FormatOption = None,
    output: OutputOption = None,
    datasets: DatasetsOption = None,
    debug: DebugOption = False,
) -> None:
    """Read public price lists over the network into a catalog of your own.

    Needs `planner[refresh]`. Only listed hosts are asked, over HTTPS. FOLDER changes whole or not at all; a source that fails
    loses nothing else; prices that moved by more than a factor of three, or contradict others, are shown and held back.

    Exit codes: 0 refreshed; 2 bad input, or no source could be read: nothing is changed.
    """
    from planner.inputs.refresh import SOURCES, refresh_catalog
    from planner.report.catalog import refresh_report, sources_report

    where = sink(output_format, output)
    if list_sources:
        rows = [(s.name, s.what, ", ".join(sorted(s.hosts)), s.terms) for s in SOURCES.values()]
        where.show(sources_report(rows))
        return
    if folder is None:
        raise UsageError("name the folder of your catalog", help="e.g. `planner catalog refresh my-catalog`")
    for name in source or ():
        if name not in SOURCES:
            known = f"there are {', '.join(SOURCES)}"
            raise UsageError(f"unknown source `{name[:80]}`", help=did_you_mean(name, set(SOURCES)) or known)
    wanted = [one for one in SOURCES.values() if not source or one.name in source]
    with progress("reading price lists"):
        done = refresh_catalog(
            folder,
            wanted,
            today=today(),
            base=datasets,
            accepted=accept or (),
        )
    where.show(refresh_report(done))
    for said in done.sources:
        if said.said:
            warn(f"{said.source} {said.said}")
    raise typer.Exit(Exit.ANSWERED if done.written else Exit.BAD_INPUT)


def today() -> str:
    return datetime.now(tz=UTC).date().isoformat()
