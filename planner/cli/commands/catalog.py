"""`planner catalog list / show / check / import / diff / refresh`."""

from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypedDict

import typer

from planner.cli.commands import importing, refreshing
from planner.cli.helping import ExamplesFirst, GroupExamplesFirst
from planner.cli.options import DatasetsOption, DebugOption, Format, FormatOption, OutputOption
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

app = typer.Typer(
    cls=GroupExamplesFirst,
    epilog=_EXAMPLES,
    rich_markup_mode=None,
    help="What is on the market, with source, date and age.",
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)


class Kind(StrEnum):
    """What is sold."""

    INSTANCE = "instance"
    HOSTED = "hosted"


class Rows(StrEnum):
    """What is listed."""

    PRICES = "prices"
    MODELS = "models"
    ACCELERATORS = "accelerators"
    PROFILES = "profiles"
    PROVIDERS = "providers"
    PATHS = "paths"
    CARBON = "carbon"
    POWER = "power"
    SERVERS = "servers"
    SERVER_POWER = "server-power"
    COLOCATION = "colocation"
    ELECTRICITY = "electricity"
    RESIDUALS = "residuals"
    OWNING = "owning"


class ContractKind(StrEnum):
    """How it is paid."""

    ON_DEMAND = "on_demand"
    SPOT = "spot"
    COMMITMENT = "commitment"
    CAPACITY_BLOCK = "capacity_block"
    HOSTED_API = "hosted_api"


class Order(StrEnum):
    """What comes first."""

    PRICE = "price"
    ACCELERATOR = "accelerator"
    AGE = "age"
    PROVIDER = "provider"


AsOfOption = Annotated[
    str | None, typer.Option("--as-of", metavar="DATE", help="Reckon ages at this day.  [default: today]")
]


def _names(flag: str, what: str) -> object:
    return typer.Option(flag, metavar="NAME", help=f"Only this {what}; may be repeated.")


@app.command("list", cls=ExamplesFirst, epilog=_LIST_EXAMPLES)
def list_(
    table: Annotated[Rows, typer.Argument(metavar="TABLE", help="What to list.")] = Rows.PRICES,
    accelerator: Annotated[list[str] | None, _names("--accelerator", "accelerator")] = None,
    provider: Annotated[list[str] | None, _names("--provider", "provider")] = None,
    region: Annotated[list[str] | None, _names("--region", "region")] = None,
    country: Annotated[list[str] | None, _names("--country", "country (two letters)")] = None,
    contract: Annotated[list[ContractKind] | None, typer.Option(help="Only this contract; may be repeated.")] = None,
    model: Annotated[list[str] | None, _names("--model", "hosted language model")] = None,
    kind: Annotated[Kind | None, typer.Option(help="Only nodes, or only hosted models.")] = None,
    max_price: Annotated[
        float | None,
        typer.Option(min=0, metavar="USD", help="Most USD per accelerator-hour; of hosted models, per Mtok of output."),
    ] = None,
    match: Annotated[
        str, typer.Option(metavar="TEXT", help="Of other tables than prices: only rows whose name holds this.")
    ] = "",
    sort: Annotated[Order | None, typer.Option(help="Order of the rows.  [default: as in the catalog]")] = None,
    limit: Annotated[int | None, typer.Option(min=1, metavar="N", help="Only the first N rows.")] = None,
    output_format: FormatOption = None,
    output: OutputOption = None,
    as_of: AsOfOption = None,
    datasets: DatasetsOption = None,
    debug: DebugOption = False,
) -> None:
    """List the prices of nodes and of hosted models, or another table of the catalog."""
    from planner.cli.market import Filter, select
    from planner.report.catalog import fact_rows, render_catalog, render_facts

    wanted = Filter(
        accelerators=tuple(accelerator or ()),
        providers=tuple(provider or ()),
        regions=tuple(region or ()),
        countries=tuple(name.upper() for name in country or ()),
        contracts=tuple(c.value for c in contract or ()),
        models=tuple(model or ()),
        kind=kind.value if kind else None,
        max_price=max_price,
    )
    if table is Rows.PRICES and match:
        raise UsageError("`--match` is for other tables than prices", help="name what you look for, e.g. --accelerator")
    if table is not Rows.PRICES and (sort or wanted != Filter()):
        raise UsageError(
            f"`{table.value}` are no prices: their filters and `--sort` do not apply",
            help="`--match`, `--limit` and `--format` do",
        )
    where, dress, catalog = _opened(output_format, output, as_of, datasets)
    if table is Rows.PRICES:
        rows = select(catalog, wanted, sort.value if sort else None)[:limit]
        where.put(render_catalog(rows, where.format, **dress))
    else:
        where.put(render_facts({table.value: fact_rows(catalog, table.value, match)[:limit]}, where.format, **dress))


@app.command("show", cls=ExamplesFirst, epilog=_SHOW_EXAMPLES)
def show(
    name: Annotated[
        str, typer.Argument(metavar="ID_OR_NAME", help="A price row, accelerator, model, provider, price path, place …")
    ],
    output_format: FormatOption = None,
    output: OutputOption = None,
    as_of: AsOfOption = None,
    datasets: DatasetsOption = None,
    debug: DebugOption = False,
) -> None:
    """Show all facts about one thing, and the prices that name it."""
    from planner.cli.market import find
    from planner.report.catalog import facts_named, render_catalog_show, render_facts

    where, dress, catalog = _opened(output_format, output, as_of, datasets)
    if facts := facts_named(catalog, name):
        where.put(render_facts(facts, where.format, **dress))
    else:
        subject, offers = find(catalog, name)
        where.put(render_catalog_show(subject, offers, where.format, **dress))


@app.command("check", cls=ExamplesFirst, epilog=_CHECK_EXAMPLES)
def check(
    output_format: FormatOption = None,
    output: OutputOption = None,
    as_of: AsOfOption = None,
    datasets: DatasetsOption = None,
    debug: DebugOption = False,
) -> None:
    """Read the whole catalog: how much it knows, how old it is, what is wrong with it, which rows contradict others (exit 2)."""
    from planner.domain.inputs import Catalog
    from planner.inputs.catalog import RULES, contradictions, load_catalog
    from planner.report.catalog import render_catalog_check, summarise

    where, today = sink(output_format, output), _day(as_of)
    problems: list[str] = []
    try:
        catalog = load_catalog(datasets)
    except CatalogError as error:
        head, *rows = error.what.splitlines()
        catalog, problems = Catalog(), rows or [head]
    found = contradictions(catalog, today)
    problems += [f"{c.rule}: `{c.row}` {c.said}" for c in found if not c.accepted]
    summary = summarise(catalog, today=today, found=found, rules=tuple(RULES))
    where.put(render_catalog_check(summary, where.format, problems=problems, width=where.width, color=where.color))
    raise typer.Exit(Exit.BAD_INPUT if problems else Exit.ANSWERED)


app.command("import", cls=ExamplesFirst, epilog=importing.EXAMPLES)(importing.import_)
app.command("diff", cls=ExamplesFirst, epilog=importing.DIFF_EXAMPLES)(importing.diff)
app.command("refresh", cls=ExamplesFirst, epilog=refreshing.EXAMPLES)(refreshing.refresh)


class _Dress(TypedDict):
    """How every answer about the catalog is rendered."""

    today: str
    width: int
    color: bool


def _opened(
    output_format: Format | None, output: Path | None, as_of: str | None, datasets: Path | None
) -> "tuple[Sink, _Dress, Catalog]":
    """Where the answer goes, its dress, and the catalog; what is wrong with an option is said before reading."""
    from planner.inputs.catalog import load_catalog

    where = sink(output_format, output)
    dress = _Dress(today=_day(as_of), width=where.width, color=where.color)
    return where, dress, load_catalog(datasets)


def _day(text: str | None) -> str:
    """A day as YYYY-MM-DD; today if none is given."""
    if text is None:
        return datetime.now(tz=UTC).date().isoformat()
    try:
        return datetime.strptime(text, "%Y-%m-%d").replace(tzinfo=UTC).date().isoformat()
    except ValueError:
        raise UsageError(f"`--as-of` is `{text[:40]}`, which is no day", help="write e.g. 2027-01-31") from None
