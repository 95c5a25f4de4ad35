"""`planner catalog list / show / check / import / diff / history / refresh`."""

from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from planner.cli.commands.catalog import importing, refreshing
from planner.cli.helping import ExamplesFirst, GroupExamplesFirst
from planner.cli.options import CatalogDateOption, DatasetsOption, DebugOption, Format, FormatOption, OutputOption
from planner.cli.output import Sink, UsageError, sink
from planner.errors import CatalogError, Exit

if TYPE_CHECKING:  # at run time it is read only when a command needs it
    from planner.domain.inputs import Catalog

_EXAMPLES = """
planner catalog list --accelerator h100-sxm-80gb --sort price --limit 20
planner catalog list --provider aws --contract commitment --format csv -o prices.csv
planner catalog show h100-sxm-80gb
planner catalog check
planner catalog import quotes.xlsx -o checked.csv
planner catalog refresh my-catalog
"""
_LIST_EXAMPLES = """
planner catalog list --accelerator h100-sxm-80gb --sort price --limit 20
planner catalog list --kind hosted --model llama-3.1-70b --sort price
planner catalog list --provider aws --provider gcp --contract commitment --country US
planner catalog list --format csv -o prices.csv
planner catalog list models --match qwen          architectures; also accelerators, profiles, providers
planner catalog list accelerators --match nvidia --format csv
planner catalog list paths                        how rents moved, as factors by month
planner catalog list servers                      what owning costs; also server-power, owning …
"""
_SHOW_EXAMPLES = """
planner catalog show h100-sxm-80gb     an accelerator, with the prices that name it
planner catalog show llama-3.1-70b     a language model, with the APIs that host it
planner catalog show aws               a provider, with what it sells
planner catalog show replay-h100       a price path
planner catalog show US-TX             a place: electricity, carbon
"""
_CHECK_EXAMPLES = """
planner catalog check
planner catalog check --datasets my-datasets --format json
"""
_HISTORY_EXAMPLES = """
planner catalog history h100-sxm-80gb                  month by month, with a line of bars
planner catalog history h100-sxm-80gb --contract spot --provider aws
planner catalog history verda --format csv -o verda.csv     every observation of a seller
"""

app = typer.Typer(
    cls=GroupExamplesFirst,
    epilog=_EXAMPLES,
    rich_markup_mode=None,
    help="What is on the market, with source, date and age.",
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)


Rows = Literal[
    "prices", "models", "accelerators", "profiles", "providers", "paths", "successors", "carbon", "power", "servers",
    "server-power", "colocation", "electricity", "residuals", "owning", "caps",
]  # fmt: skip
"""What is listed."""


class Contract(StrEnum):
    """How it is paid. An enumeration, since typer takes several of one but not of a literal."""

    ON_DEMAND = "on_demand"
    SPOT = "spot"
    COMMITMENT = "commitment"
    CAPACITY_BLOCK = "capacity_block"
    HOSTED_API = "hosted_api"


_FIRST_LOOK = 40
"""Rows of a table that nobody narrowed."""


AsOfOption = Annotated[
    str | None, typer.Option("--as-of", metavar="DATE", help="Reckon ages at this day.  [default: today]")
]


def _names(flag: str, what: str) -> object:
    return typer.Option(flag, metavar="NAME", help=f"Only this {what}; may be repeated.")


@app.command("list", cls=ExamplesFirst, epilog=_LIST_EXAMPLES)
def list_(
    table: Annotated[Rows, typer.Argument(metavar="TABLE", help="What to list.")] = "prices",
    accelerator: Annotated[list[str] | None, _names("--accelerator", "accelerator")] = None,
    provider: Annotated[list[str] | None, _names("--provider", "provider")] = None,
    region: Annotated[list[str] | None, _names("--region", "region")] = None,
    country: Annotated[list[str] | None, _names("--country", "country (two letters)")] = None,
    contract: Annotated[list[Contract] | None, typer.Option(help="Only this contract; may be repeated.")] = None,
    model: Annotated[list[str] | None, _names("--model", "hosted language model")] = None,
    kind: Annotated[
        Literal["instance", "hosted"] | None, typer.Option(help="Only nodes, or only hosted models.")
    ] = None,
    max_price: Annotated[
        float | None,
        typer.Option(min=0, metavar="USD", help="Most USD per accelerator-hour; of hosted models, per Mtok of output."),
    ] = None,
    match: Annotated[
        str, typer.Option(metavar="TEXT", help="Of other tables than prices: only rows whose name holds this.")
    ] = "",
    sort: Annotated[
        Literal["price", "accelerator", "age", "provider"] | None,
        typer.Option(help="Order of the rows.  [default: as in the catalog]"),
    ] = None,
    limit: Annotated[int | None, typer.Option(min=1, metavar="N", help="Only the first N rows.")] = None,
    output_format: FormatOption = None,
    output: OutputOption = None,
    as_of: AsOfOption = None,
    datasets: DatasetsOption = None,
    catalog_date: CatalogDateOption = None,
    debug: DebugOption = False,
) -> None:
    """List the prices of nodes and of hosted models, or another table of the catalog."""
    from planner.cli.market import Filter, select
    from planner.report.catalog import fact_rows, facts_report, prices_report

    wanted = Filter(
        accelerators=tuple(accelerator or ()),
        providers=tuple(provider or ()),
        regions=tuple(region or ()),
        countries=tuple(name.upper() for name in country or ()),
        contracts=tuple(c.value for c in contract or ()),
        models=tuple(model or ()),
        kind=kind,
        max_price=max_price,
    )
    if table == "prices" and match:
        raise UsageError("`--match` is for other tables than prices", help="name what you look for, e.g. --accelerator")
    if table != "prices" and (sort or wanted != Filter()):
        raise UsageError(
            f"`{table}` are no prices: their filters and `--sort` do not apply",
            help="`--match`, `--limit` and `--format` do",
        )
    where, today, catalog = _opened(output_format, output, as_of, datasets, catalog_date)
    if table == "prices":
        rows = select(catalog, wanted, sort)
        short = limit is None and wanted == Filter() and where.format == "table"
        shown = rows[: _FIRST_LOOK if short else limit]
        where.show(prices_report(shown, today=today, left=len(rows) - len(shown) if short else 0))
    else:
        where.show(facts_report({table: fact_rows(catalog, table, match)[:limit]}, today=today))


@app.command("show", cls=ExamplesFirst, epilog=_SHOW_EXAMPLES)
def show(
    name: Annotated[
        str, typer.Argument(metavar="ID_OR_NAME", help="A price row, accelerator, model, provider, price path, place …")
    ],
    output_format: FormatOption = None,
    output: OutputOption = None,
    as_of: AsOfOption = None,
    datasets: DatasetsOption = None,
    catalog_date: CatalogDateOption = None,
    debug: DebugOption = False,
) -> None:
    """Show all facts about one thing, and the prices that name it."""
    from planner.cli.market import find
    from planner.report.catalog import facts_named, facts_report, subject_report

    where, today, catalog = _opened(output_format, output, as_of, datasets, catalog_date)
    if facts := facts_named(catalog, name):
        where.show(facts_report(facts, today=today))
    else:
        subject, offers = find(catalog, name)
        where.show(subject_report(subject, offers, today=today))


@app.command("check", cls=ExamplesFirst, epilog=_CHECK_EXAMPLES)
def check(
    output_format: FormatOption = None,
    output: OutputOption = None,
    as_of: AsOfOption = None,
    datasets: DatasetsOption = None,
    catalog_date: CatalogDateOption = None,
    debug: DebugOption = False,
) -> None:
    """Read the whole catalog: how much it knows, how old it is, what is wrong with it, which rows contradict others (exit 2).

    Rows are judged at the day of the newest price, so that a catalog that was right does not become wrong by lying there; what
    has ended or grown too old since is told apart. With --as-of they are judged at that day.
    """
    from planner.domain.inputs import Catalog
    from planner.inputs.catalog import RULES, contradictions, load_catalog
    from planner.report.catalog import check_report, summarise

    where, today = sink(output_format, output), _day(as_of)
    problems: list[str] = []
    try:
        catalog = load_catalog(datasets)
    except CatalogError as error:
        head, *rows = error.what.splitlines()
        catalog, problems = Catalog(), rows or [head]
    day = today if as_of is not None else min(today, catalog.newest_price_on or today)
    found = contradictions(catalog, day)
    since = [c for c in contradictions(catalog, today) if c not in found and not c.accepted] if day != today else []
    problems += [f"{c.rule}: `{c.row}` {c.said}" for c in found if not c.accepted]
    summary = summarise(catalog, today=today, found=found, since=since, rules=tuple(RULES))
    where.show(check_report(summary, problems=problems))
    raise typer.Exit(Exit.BAD_INPUT if problems else Exit.ANSWERED)


@app.command("history", cls=ExamplesFirst, epilog=_HISTORY_EXAMPLES)
def history(
    name: Annotated[str, typer.Argument(metavar="NAME", help="An accelerator, or a seller.")],
    provider: Annotated[list[str] | None, _names("--provider", "provider")] = None,
    contract: Annotated[list[Contract] | None, typer.Option(help="Only this contract; may be repeated.")] = None,
    output_format: FormatOption = None,
    output: OutputOption = None,
    datasets: DatasetsOption = None,
    debug: DebugOption = False,
) -> None:
    """What was asked for an accelerator, or by a seller, month by month, out of the catalog and its history."""
    from planner.cli.market import Filter, find, known
    from planner.domain.inputs import Accelerator, Provider
    from planner.inputs.catalog import load_history, price_history
    from planner.report.catalog import history_report

    where = sink(output_format, output)
    held = load_history(datasets)
    subject, _ = find(held.today, name)
    filters = known(held.today, Filter(providers=tuple(provider or ())))
    if isinstance(subject, Accelerator):
        chip, sellers = subject.id, filters.providers
    elif isinstance(subject, Provider):
        chip, sellers = "", (subject.id,)
    else:
        raise UsageError(f"`{name[:80]}` has no history of its own", help="name an accelerator or a seller")
    found = price_history(
        held,
        subject.id,
        accelerator=chip,
        providers=sellers,
        contracts=[c.value for c in contract or ()],
        today=_day(None),
    )
    where.show(history_report(found))


app.command("import", cls=ExamplesFirst, epilog=importing.EXAMPLES)(importing.import_)
app.command("diff", cls=ExamplesFirst, epilog=importing.DIFF_EXAMPLES)(importing.diff)
app.command("refresh", cls=ExamplesFirst, epilog=refreshing.EXAMPLES)(refreshing.refresh)


def _opened(
    output_format: Format | None,
    output: Path | None,
    as_of: str | None,
    datasets: Path | None,
    catalog_date: str | None,
) -> "tuple[Sink, str, Catalog]":
    """Where the answer goes, the day of ages, and the catalog; what is wrong with an option is said before reading."""
    from planner.inputs.catalog import load_known_on

    where, today = sink(output_format, output), _day(as_of)
    catalog = load_known_on(datasets, catalog_date)
    if as_of is None and catalog.known_on:
        today = catalog.known_on
    return where, today, catalog


def _day(text: str | None) -> str:
    """A day as YYYY-MM-DD; today if none is given."""
    if text is None:
        return datetime.now(tz=UTC).date().isoformat()
    try:
        return datetime.strptime(text, "%Y-%m-%d").replace(tzinfo=UTC).date().isoformat()
    except ValueError:
        raise UsageError(f"`--as-of` is `{text[:40]}`, which is no day", help="write e.g. 2027-01-31") from None
