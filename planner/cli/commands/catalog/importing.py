"""`planner catalog import` and `planner catalog diff`."""

from pathlib import Path
from typing import Annotated

import typer

from planner.cli.options import DatasetsOption, DebugOption, FormatOption, OutputOption
from planner.cli.output import Sink, note, sink, warn

EXAMPLES = """
planner init --template quotes -o quotes.csv           a table to fill in
planner catalog import quotes.xlsx -o checked.csv      every mistake at its cell, or the checked table
planner solve scenario.yaml                            with `quotes: checked.csv` in it
"""
DIFF_EXAMPLES = """
planner catalog diff before/ datasets/                 prices that are new, gone, dearer, cheaper
planner catalog diff before/ after/ -o moves.csv
"""


def import_(
    quotes: Annotated[
        Path, typer.Argument(metavar="QUOTES", help="A CSV file or a workbook (.xlsx; its first sheet).")
    ],
    output: OutputOption = None,
    datasets: DatasetsOption = None,
    debug: DebugOption = False,
) -> None:
    """Check quotes of sellers and write them as the CSV that a scenario's `quotes` takes; every mistake is told at its cell.

    A price below a quarter of what the market asks for the accelerator, or above four times of it, is taken over with a warning:
    prices are of a node and an hour.

    Exit codes: 0 written; 2 mistakes, and nothing is written.
    """
    from planner.domain.scenario import Quote
    from planner.inputs import read_quotes
    from planner.inputs.catalog import far_off, load_catalog
    from planner.report.document import csv_text

    catalog = load_catalog(datasets)
    found = read_quotes(quotes, catalog)
    names = list(Quote.model_fields)
    Sink("csv", output).put(csv_text(names, ([getattr(quote, name) for name in names] for quote in found)))
    for quote, said in far_off(catalog, found):
        warn(
            f"{quote.provider}, {quote.instance}, {quote.contract} at {quote.price_usd_per_hour:g} USD a node-hour: {said}"
        )
    if not found:
        warn(f"{quotes} has no quote yet")
    elif output is not None:
        note(f"{len(found):,} quotes; in the scenario: quotes: {output}")


def diff(
    old: Annotated[Path, typer.Argument(metavar="OLD", help="A catalog: a folder laid out like `datasets/`.")],
    new: Annotated[Path, typer.Argument(metavar="NEW", help="Another one.")],
    output_format: FormatOption = None,
    output: OutputOption = None,
    debug: DebugOption = False,
) -> None:
    """What changed from one catalog to another: far moves first, then prices that moved, are new, or are gone."""
    from planner.inputs.catalog import load_catalog
    from planner.report.catalog import changes_of, diff_report

    where = sink(output_format, output)
    changes = changes_of(load_catalog(old), load_catalog(new))
    where.show(diff_report(changes))
