"""`planner init`, `planner schema` and `planner completion`."""

from pathlib import Path
from typing import Annotated, Literal

import typer

from planner.cli.options import DebugOption
from planner.cli.output import Sink, UsageError, note, sink
from planner.errors import Exit, PlannerError, did_you_mean

INIT_EXAMPLES = """
planner init -o scenario.yaml
planner init --template startup > scenario.yaml
planner init --template datacenter > scenario.yaml    own or rent: a hall, a building, servers
planner init --template quotes -o quotes.csv          a table of quotes to fill in
planner init -o scenario.yaml && planner schema -o planner.schema.json && planner solve scenario.yaml
"""
COMPLETION_EXAMPLES = """
planner completion bash > ~/.local/share/bash-completion/completions/planner
planner completion zsh > "${fpath[1]}/_planner"
planner completion fish > ~/.config/fish/completions/planner.fish
"""
SCHEMA_EXAMPLES = """
planner schema -o planner.schema.json    editors complete and check scenarios by it
planner schema | jq .properties.workloads
"""

SCHEMA_FILE = "planner.schema.json"
_SCHEMA_LINE = "# yaml-language-server: $schema="
TABLE = "quotes"
"""The template that is no scenario: a table of quotes to fill in."""
_NOT_TEMPLATES = ("infeasible",)


class ExistsError(PlannerError):
    """A file that is in the way."""

    exit_code = Exit.BAD_INPUT


def templates_directory() -> Path:
    """`planner/_examples` of an installed wheel, else `examples/` of the checkout."""
    package = Path(__file__).resolve().parents[2]
    installed = package / "_examples"
    return installed if installed.is_dir() else package.parent / "examples"


def templates() -> dict[str, Path]:
    """Templates by name: the examples, and what is only there to start from."""
    folder = templates_directory()
    found = {path.stem: path for path in sorted([*folder.glob("*.yaml"), *folder.glob("templates/*.yaml")])}
    return {name: path for name, path in found.items() if name not in _NOT_TEMPLATES}


def template_text(name: str) -> str:
    """A template; scenarios begin with the line by which editors find the schema."""
    known, table = templates(), templates_directory() / "templates" / f"{TABLE}.csv"
    if name == TABLE and table.is_file():
        return table.read_text(encoding="utf-8")
    if name not in known:
        named = ", ".join([*known, TABLE]) if known else "missing here"
        remedy = did_you_mean(name, {*known, TABLE}) or f"templates are {named}"
        raise UsageError(f"unknown template `{name}`", help=remedy)
    text = known[name].read_text(encoding="utf-8")
    lines = text.splitlines(keepends=True)
    body = "".join(line for line in lines if not line.startswith(_SCHEMA_LINE))
    return f"{_SCHEMA_LINE}{SCHEMA_FILE}\n# `planner schema -o {SCHEMA_FILE}` writes that file.\n{body}"


def init(
    template: Annotated[
        str, typer.Option(metavar="NAME", help="Which of the bundled scenarios, or `quotes`.")
    ] = "startup",
    output: Annotated[
        Path | None, typer.Option("--output", "-o", metavar="FILE", help="Write to FILE, whole or not at all.")
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace FILE if it exists.")] = False,
    debug: DebugOption = False,
) -> None:
    """Print a commented scenario to start from."""
    text = template_text(template)
    if output is not None and not force and output.exists():
        raise ExistsError(f"`{output}` exists", help="choose another name, or add `--force` to replace it")
    Sink("text", output).put(text)
    if output is not None:
        note(f"next: planner {'catalog import' if template == TABLE else 'solve'} {output}")


def schema(
    output: Annotated[
        Path | None, typer.Option("--output", "-o", metavar="FILE", help="Write to FILE, whole or not at all.")
    ] = None,
    debug: DebugOption = False,
) -> None:
    """Print the JSON Schema of scenarios."""
    from planner.inputs import schema_text

    Sink("json", output).put(schema_text())


def completion(
    shell: Annotated[
        Literal["bash", "zsh", "fish", "powershell"],
        typer.Argument(help="The shell that is to complete commands, options and their values."),
    ],
    debug: DebugOption = False,
) -> None:
    """Print what makes a shell complete `planner`."""
    from typer.completion import get_completion_script

    script = get_completion_script(prog_name="planner", complete_var="_PLANNER_COMPLETE", shell=shell)
    sink(None, None).put(f"{script.rstrip()}\n")
