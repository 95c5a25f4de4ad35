"""The list of commands, and how errors are told."""

import os
import traceback
from typing import Annotated, Any

import typer

from planner.cli.commands import (
    auditing,
    comparing,
    crossover,
    explaining,
    negotiating,
    serving,
    showing,
    solving,
    starting,
    validating,
    what_if,
)
from planner.cli.commands.catalog import app as catalog
from planner.cli.commands.estimate import command as estimate
from planner.cli.helping import ExamplesFirst, GroupExamplesFirst
from planner.cli.options import Session
from planner.cli.output import complain
from planner.errors import Exit, InputErrors, PlannerError

_EXAMPLES = """
planner init -o scenario.yaml         a commented scenario to start from
planner validate scenario.yaml        every mistake at once
planner solve scenario.yaml           what to sign, when, how many, for how much, and why
planner solve scenario.yaml --set years=2 -o plan.json
planner whatif scenario.yaml --set demand_scale=0.8,1,1.2
planner crossover scenario.yaml       from which yearly spend it pays to own
planner explain scenario.yaml         what binds, what it is worth, what comes next
planner negotiate scenario.yaml       for the call: walk-away prices, what a rebate is worth
planner compare before.json after.json
planner show plan.json --brief        a saved plan again, in any format
planner open plan.json                the plan as a page in the browser
planner serve scenario.yaml           sliders in the browser, live plans
planner audit plan.json               the second accountant
planner simulate plan.json            what is still served when regions fail
planner catalog list --accelerator h100-sxm-80gb --sort price --limit 20
"""

COMPLETION = "_PLANNER_COMPLETE"
"""Variable of the environment by which a shell asks what may follow."""

app = typer.Typer(
    name="planner",
    cls=GroupExamplesFirst,
    epilog=_EXAMPLES,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)


def _version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import PackageNotFoundError, version

        try:
            installed = version("planner")
        except PackageNotFoundError:
            installed = "(not installed)"
        typer.echo(f"planner {installed}")
        raise typer.Exit


@app.callback(invoke_without_command=True)
def _planner(
    ctx: typer.Context,
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """What compute to sign, buy and build: the plan of least cost."""
    if ctx.invoked_subcommand is None:
        complain(ctx.get_help())
        raise typer.Exit(Exit.BAD_INPUT)


app.command("solve", cls=ExamplesFirst, epilog=solving.EXAMPLES)(solving.solve)
app.command("whatif", cls=ExamplesFirst, epilog=what_if.EXAMPLES)(what_if.whatif)
app.command("validate", cls=ExamplesFirst, epilog=validating.EXAMPLES)(validating.validate)
app.command("init", cls=ExamplesFirst, epilog=starting.INIT_EXAMPLES)(starting.init)
app.command("schema", cls=ExamplesFirst, epilog=starting.SCHEMA_EXAMPLES)(starting.schema)
app.command("completion", cls=ExamplesFirst, epilog=starting.COMPLETION_EXAMPLES)(starting.completion)
app.add_typer(catalog, name="catalog")
app.command("compare", cls=ExamplesFirst, epilog=comparing.EXAMPLES)(comparing.compare)
app.command("crossover", cls=ExamplesFirst, epilog=crossover.EXAMPLES)(crossover.crossover)
app.command("explain", cls=ExamplesFirst, epilog=explaining.EXAMPLES)(explaining.explain)
app.command("negotiate", cls=ExamplesFirst, epilog=negotiating.EXAMPLES)(negotiating.negotiate)
app.command("estimate", cls=ExamplesFirst, epilog=estimate.EXAMPLES)(estimate.estimate)
app.command("show", cls=ExamplesFirst, epilog=showing.EXAMPLES)(showing.show)
app.command("open", cls=ExamplesFirst, epilog=showing.OPEN_EXAMPLES)(showing.open_plan)
app.command("serve", cls=ExamplesFirst, epilog=serving.EXAMPLES)(serving.serve)
app.command("audit", cls=ExamplesFirst, epilog=auditing.EXAMPLES)(auditing.audit)
app.command("simulate", cls=ExamplesFirst, epilog=auditing.SIMULATE_EXAMPLES)(auditing.simulate)


def run(arguments: list[str]) -> int:
    """Run one command and return its exit code; nothing escapes but what `--debug` lets out."""
    session = Session()
    if COMPLETION in os.environ:  # the shell asks, not a person
        from typer.completion import completion_init

        completion_init()
    try:
        return int(app(arguments, prog_name="planner", standalone_mode=False, obj=session) or 0)
    except InputErrors as error:
        from planner.report.answers import render_mistakes

        complain(render_mistakes(error))
        return error.exit_code
    except PlannerError as error:
        complain(f"error: {error.what}" + (f"\n  help: {error.help}" if error.help else ""))
        return error.exit_code
    except (KeyboardInterrupt, typer.Abort):
        return Exit.INTERRUPTED
    except Exception as error:
        if _interrupted(error):
            return Exit.INTERRUPTED
        usage = _usage(error)
        if usage is not None:
            complain(usage)
            return Exit.BAD_INPUT
        if session.debug:
            traceback.print_exc()
            return Exit.BUG
        said = " ".join(str(error).split())[:300]
        complain(f"error: internal error: {type(error).__name__}: {said}; run again with --debug")
        return Exit.BUG


def _interrupted(error: BaseException | None) -> bool:
    """Whether Ctrl-C lies behind an error: libraries turn what breaks their imports into errors of their own."""
    while error is not None and not isinstance(error, KeyboardInterrupt):
        error = error.__cause__ or error.__context__
    return error is not None


def _usage(error: Any) -> str | None:
    """A complaint of the option parser (whose own classes moved between versions), or None."""
    message = getattr(error, "format_message", None)
    if message is None or not isinstance(getattr(error, "exit_code", None), int):
        return None
    text = str(message()).replace("Value error, ", "").rstrip(".")
    path = getattr(getattr(error, "ctx", None), "command_path", "planner")
    return f"error: {text[:1].lower()}{text[1:]}\n  help: `{path} --help` shows what it takes"
