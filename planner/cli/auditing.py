"""`planner audit`."""

import json
import sys
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer

from planner.cli.options import DebugOption, FormatOption, OutputOption
from planner.cli.output import sink
from planner.errors import Exit, PlannerError

EXAMPLES = """
planner audit plan.json
planner audit plan.json --format json
planner solve scenario.yaml --format json | planner audit -
"""

MOST_BYTES = 500_000_000
MOST_SHOWN = 20
SCHEMA = "planner/plan/1"
_HELP = "a plan is what `planner solve SCENARIO --format json` prints"


class PlanFileError(PlannerError):
    """A file that cannot be read as a plan."""

    exit_code = Exit.BAD_INPUT


def audit(
    plan: Annotated[str, typer.Argument(metavar="PLAN", help="A plan as JSON; `-` reads standard input.")],
    output_format: FormatOption = None,
    output: OutputOption = None,
    debug: DebugOption = False,
) -> None:
    """Recompute every number of a plan in a second way; exit code 5 if anything differs."""
    from pydantic import ValidationError

    from planner.audit import audit as recompute
    from planner.domain.plan import plan_from_json_value
    from planner.report.verdict import audit_report

    where = sink(output_format, output)
    name = "<stdin>" if plan == "-" else plan
    value = _read(plan, name)
    try:
        claimed = plan_from_json_value(value)
    except ValidationError as error:
        complaints = error.errors(include_url=False, include_input=False, include_context=False)
        raise _not_a_plan(name, complaints) from None
    record = recompute(claimed)
    where.put(audit_report(claimed, record, where.format, width=where.width, color=where.color))
    raise typer.Exit(Exit.ANSWERED if record.agrees else Exit.POLICY)


def _read(plan: str, name: str) -> dict[str, Any]:
    """The object in a JSON file, with the schema of a plan."""
    try:
        if plan == "-":
            data = sys.stdin.buffer.read(MOST_BYTES + 1)
        else:
            with Path(plan).open("rb") as stream:
                data = stream.read(MOST_BYTES + 1)
    except (OSError, ValueError) as error:
        reason = (getattr(error, "strerror", None) or str(error)).lower()
        _refuse(f"cannot read `{name}`: {reason}", None)
    if len(data) > MOST_BYTES:
        _refuse(f"`{name}` is larger than {MOST_BYTES // 1_000_000} MB", None)
    try:
        value = json.loads(data.decode("utf-8-sig"), object_pairs_hook=_object, parse_constant=_constant)
    except (ValueError, RecursionError) as error:
        said = "nested too deeply" if isinstance(error, RecursionError) else str(error)
        _refuse(f"`{name}` is not JSON: {said[:200]}", _HELP)
    if not isinstance(value, dict):
        _refuse(f"`{name}` is not a plan: expected an object at the top level", _HELP)
    if value.get("schema") != SCHEMA:
        given = json.dumps(value["schema"])[:60] if "schema" in value else "none"
        _refuse(f'`{name}` is not a plan: its `schema` is {given}, not "{SCHEMA}"', _HELP)
    return value


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    value = dict(pairs)
    if len(value) != len(pairs):
        names = [key for key, _ in pairs]
        twice = next(key for key in names if names.count(key) > 1)
        raise ValueError(f"key `{twice[:60]}` twice in one object")
    return value


def _constant(word: str) -> NoReturn:
    raise ValueError(f"{word} is not a number of JSON")


def _refuse(what: str, remedy: str | None) -> NoReturn:
    raise PlanFileError(what, help=remedy)


def _not_a_plan(name: str, complaints: list[Any]) -> PlanFileError:
    """The first complaints as `path: message`, the rest counted."""
    rows = [f"`{name}` is not a plan"]
    for complaint in complaints[:MOST_SHOWN]:
        path = ".".join(str(part) for part in complaint["loc"]) or "the plan"
        message = str(complaint["msg"]).replace("\n", " ")
        rows.append(f"  {path}: {message[:1].lower()}{message[1:]}")
    if len(complaints) > MOST_SHOWN:
        rows.append(f"  … and {len(complaints) - MOST_SHOWN} more")
    return PlanFileError("\n".join(rows), help=_HELP)
