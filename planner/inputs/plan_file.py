"""A plan in a file: its bytes, its JSON, its records, or an error that says what is wrong with it."""

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from planner.errors import Exit, PlannerError

if TYPE_CHECKING:
    from pydantic import ValidationError

    from planner.domain.records import Plan

MOST_BYTES = 500_000_000
MOST_SHOWN = 20
SCHEMA = "planner/plan/1"
STDIN = "<stdin>"
_HELP = "a plan is what `planner solve SCENARIO --format json` prints"


class PlanFileError(PlannerError):
    """A file that cannot be read as a plan."""

    exit_code = Exit.BAD_INPUT


def read_plan(path: str | Path) -> "Plan":
    """The plan in a JSON file, or on standard input if the path is `-`; PlanFileError says what is wrong with it."""
    name = shown_name(str(path))
    return plan_of(json_value(read_bytes(str(path)), name), name)


def read_answer(path: str) -> dict[str, Any]:
    """The JSON of any saved answer."""
    name = shown_name(path)
    return _with_schema(json_value(read_bytes(path), name), name)


def shown_name(path: str) -> str:
    return STDIN if path == "-" else path


def read_bytes(path: str) -> bytes:
    """All of a file, or of standard input if the path is `-`."""
    name = shown_name(path)
    try:
        if path == "-":
            data = sys.stdin.buffer.read(MOST_BYTES + 1)
        else:
            with Path(path).open("rb") as stream:
                data = stream.read(MOST_BYTES + 1)
    except (OSError, ValueError) as error:
        reason = (getattr(error, "strerror", None) or str(error)).lower()
        _refuse(f"cannot read `{name}`: {reason}", None)
    if len(data) > MOST_BYTES:
        _refuse(f"`{name}` is larger than {MOST_BYTES // 1_000_000} MB", None)
    return data


def json_value(data: bytes, name: str) -> Any:
    """The JSON in a file, strictly: no key twice, no NaN."""
    try:
        return json.loads(data.decode("utf-8-sig"), object_pairs_hook=_object, parse_constant=_constant)
    except (ValueError, RecursionError) as error:
        said = "nested too deeply" if isinstance(error, RecursionError) else str(error)
        _refuse(f"`{name}` is not JSON: {said[:200]}", _HELP)


def plan_of(value: Any, name: str) -> "Plan":
    """The plan that a JSON value holds."""
    from pydantic import ValidationError

    from planner.domain.records import plan_from_json_value

    value = _with_schema(value, name)
    if value.get("schema") != SCHEMA:
        given = json.dumps(value["schema"])[:60] if "schema" in value else "none"
        _refuse(f'`{name}` is not a plan: its `schema` is {given}, not "{SCHEMA}"', _HELP)
    try:
        return plan_from_json_value(value)
    except ValidationError as error:
        raise not_an_answer(error, f"`{name}` is not a plan") from None


def _with_schema(value: Any, name: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        _refuse(f"`{name}` is not a plan: expected an object at the top level", _HELP)
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


def not_an_answer(error: "ValidationError", what: str) -> PlanFileError:
    """What it is not, with the first complaints as `path: message`, the rest counted."""
    complaints = error.errors(include_url=False, include_input=False, include_context=False)
    rows = [what]
    for complaint in complaints[:MOST_SHOWN]:
        path = ".".join(str(part) for part in complaint["loc"]) or "the plan"
        message = str(complaint["msg"]).replace("\n", " ")
        rows.append(f"  {path}: {message[:1].lower()}{message[1:]}")
    if len(complaints) > MOST_SHOWN:
        rows.append(f"  … and {len(complaints) - MOST_SHOWN} more")
    return PlanFileError("\n".join(rows), help=_HELP)
