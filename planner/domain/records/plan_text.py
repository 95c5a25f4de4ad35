"""The JSON text of a plan, or an error that says what is wrong with it."""

import json
from typing import Any, NoReturn

from pydantic import ValidationError

from planner.errors import Exit, PlannerError

MOST_SHOWN = 20
HELP = "a plan is what `planner solve SCENARIO --format json` prints"


class PlanFileError(PlannerError):
    """What cannot be read as a plan, or as another answer."""

    exit_code = Exit.BAD_INPUT


def json_value(text: str | bytes, name: str) -> Any:
    """The JSON in a text, strictly: no key twice, no NaN."""
    try:
        text = text.decode("utf-8-sig") if isinstance(text, bytes) else text.removeprefix("\ufeff")
        return json.loads(text, object_pairs_hook=_object, parse_constant=_constant)
    except (ValueError, RecursionError) as error:
        said = "nested too deeply" if isinstance(error, RecursionError) else str(error)
        raise PlanFileError(f"`{name}` is not JSON: {said[:200]}", help=HELP) from None


def with_schema(value: Any, name: str) -> dict[str, Any]:
    """An object, as every answer is one."""
    if not isinstance(value, dict):
        raise PlanFileError(f"`{name}` is not a plan: expected an object at the top level", help=HELP)
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


def not_an_answer(error: ValidationError, what: str) -> PlanFileError:
    """What it is not, with the first complaints as `path: message`, the rest counted."""
    complaints = error.errors(include_url=False, include_input=False, include_context=False)
    rows = [what]
    for complaint in complaints[:MOST_SHOWN]:
        path = ".".join(str(part) for part in complaint["loc"]) or "the plan"
        message = str(complaint["msg"]).replace("\n", " ")
        rows.append(f"  {path}: {message[:1].lower()}{message[1:]}")
    if len(complaints) > MOST_SHOWN:
        rows.append(f"  … and {len(complaints) - MOST_SHOWN} more")
    return PlanFileError("\n".join(rows), help=HELP)
