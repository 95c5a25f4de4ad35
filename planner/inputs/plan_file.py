"""A plan, or another answer, in a file: its bytes, its JSON, its records, or an error that says what is wrong with it."""

import sys
from pathlib import Path
from typing import Any

from planner.domain.records import Plan, PlanFileError, json_value, plan_of, with_schema

MOST_BYTES = 500_000_000
STDIN = "<stdin>"


def read_plan(path: str | Path) -> Plan:
    """The plan in a JSON file, or on standard input if the path is `-`; PlanFileError says what is wrong with it."""
    name = shown_name(str(path))
    return plan_of(json_value(read_bytes(str(path)), name), name)


def read_answer(path: str) -> dict[str, Any]:
    """The JSON of any saved answer."""
    name = shown_name(path)
    return with_schema(json_value(read_bytes(path), name), name)


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
        raise PlanFileError(f"cannot read `{name}`: {reason}") from None
    if len(data) > MOST_BYTES:
        raise PlanFileError(f"`{name}` is larger than {MOST_BYTES // 1_000_000} MB")
    return data
