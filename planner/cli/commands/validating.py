"""`planner validate`."""

import json
from typing import TYPE_CHECKING, Annotated, Any

import typer

from planner.cli.options import DatasetsOption, DebugOption, FormatOption, OutputOption, ScenarioArgument, SetOption
from planner.cli.output import Sink, note, sink
from planner.errors import Exit, InputErrors
from planner.units import plural

if TYPE_CHECKING:
    from planner.report.document import Report

EXAMPLES = """
planner validate scenario.yaml
planner validate scenario.yaml --resolved       every value, and where it came from
planner validate scenario.yaml --set years=5
planner validate scenario.yaml --format json    the mistakes for programs; [] if there are none
generate-scenario | planner validate -
"""


def validate(
    scenario: ScenarioArgument,
    resolved: Annotated[
        bool, typer.Option("--resolved", help="Print every value, defaults included, with its origin.")
    ] = False,
    settings: SetOption = None,
    output_format: FormatOption = None,
    output: OutputOption = None,
    datasets: DatasetsOption = None,
    debug: DebugOption = False,
) -> None:
    """Find every mistake of a scenario at once, with its place and remedy."""
    from planner.inputs import load_scenario
    from planner.inputs.catalog import load_catalog

    where = sink(output_format, output)
    try:
        catalog = load_catalog(datasets)
        loaded = load_scenario(scenario, overrides=settings or (), catalog=catalog)
    except InputErrors as error:
        if where.format in ("json", "csv"):
            where.put(_mistakes(error, where.format))
            raise typer.Exit(Exit.BAD_INPUT) from None
        raise
    for said in loaded.document.notes:
        note(f"note: {said}")
    if resolved:
        from planner.inputs import resolved as resolve

        where.show(_resolved(loaded.scenario.name, resolve(loaded.scenario, loaded.document, catalog)))
    elif where.format == "json":
        where.put("[]\n")
    elif where.format == "csv":
        where.put(_mistakes(InputErrors([]), where.format))
    else:
        works = plural(len(loaded.scenario.workloads), "workload")
        said = f"{scenario}: no mistakes; `{loaded.scenario.name}` has {works}"
        where.put(_sound(said, where))


def _sound(said: str, where: Sink) -> str:
    if where.format != "html":
        return f"{said}\n"
    from planner.report.document import Document, html

    return html(Document(said, ()))


def _mistakes(error: InputErrors, form: str) -> str:
    from planner.report.answers import mistakes_json
    from planner.report.document import csv_text

    rows = mistakes_json(error)
    if form == "json":
        return json.dumps(rows, indent=2) + "\n"
    header = ("file", "line", "col", "path", "code", "message", "suggestion")
    return csv_text(header, ([row[name] for name in header] for row in rows))


def _resolved(name: str, values: list[Any]) -> "Report":
    """Every value of the scenario with where it comes from."""
    from planner.report.document import Document, Report, columns_of, section_of, table_of

    rows = [(value.path, _shown(value.value), value.origin) for value in values]
    table = table_of(columns_of("Path | Value | From"), rows)
    return Report(
        json=lambda: [value._asdict() for value in values],
        csv=lambda: (("path", "value", "origin"), rows),
        document=lambda: Document(f"{name}: every value of the scenario", (section_of("", table),)),
    )


def _shown(value: object) -> str:
    """A value as one would write it in YAML."""
    return value if isinstance(value, str) and value else json.dumps(value, ensure_ascii=False)
