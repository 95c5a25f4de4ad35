"""What is wrong with a value, in plain English: what was expected, what stands there, what to write."""

from dataclasses import dataclass, field
from typing import Any, Literal, get_args, get_origin

from planner.domain.fields import MOST
from planner.errors import Mistake, did_you_mean
from planner.inputs.source.document import KeyPath, Plain, SourceDocument
from planner.inputs.source.text import MAX_MISTAKES
from planner.inputs.source.typewalk import TypePlace, is_model, unwrap

_A_MULTIPLE = 10
"""Up to here a bare number of growth may well be meant as a multiple."""
_MONTH_PATTERN = r"\d{4}-(0[1-9]|1[0-2])"
_MONTH = "expected a month like `2027-01`"


def shown(value: object, width: int = 40) -> str:
    """A value as it may stand in a message.

    >>> shown("fast"), shown(True), shown([1, 2])
    ('fast', 'true', 'a list')
    """
    if isinstance(value, dict):
        return "a mapping"
    if isinstance(value, list):
        return "a list"
    text = "nothing" if value is None else str(value).lower() if isinstance(value, bool) else str(value)
    return text if len(text) <= width else text[: width - 1] + "…"


def either(words: tuple[Any, ...] | list[str]) -> str:
    """Words to choose from.

    >>> either(["a", "b", "c"])
    '`a`, `b` or `c`'
    """
    quoted = [f"`{word}`" for word in words]
    return quoted[0] if len(quoted) == 1 else ", ".join(quoted[:-1]) + " or " + quoted[-1]


def quoted(value: object) -> str:
    plain_words = value is None or isinstance(value, dict | list)
    return shown(value) if plain_words else f"`{shown(value)}`"


def shape(annotation: Any) -> str:
    inner, _ = unwrap(annotation)
    if is_model(inner) or get_origin(inner) is dict:
        return "mapping"
    if get_origin(inner) in (tuple, list):
        return "list"
    return "word" if get_origin(inner) is Literal else "text" if inner is str else "number"


def phrase(annotation: Any) -> str:
    inner, _ = unwrap(annotation)
    kind = shape(annotation)
    if kind == "word":
        return either(get_args(inner))
    if kind == "number":
        return "a whole number" if inner is int else "a number"
    return {"mapping": "a mapping", "list": "a list", "text": "a name"}[kind]


def _number(limit: Any) -> str:
    """A limit as people read it: 1,000,000 and 0.000001."""
    whole = isinstance(limit, int) or (isinstance(limit, float) and limit.is_integer())
    return f"{limit:,.0f}" if whole and abs(limit) <= MOST else f"{limit:g}"


def is_month(metadata: tuple[Any, ...]) -> bool:
    return any(_MONTH_PATTERN in str(getattr(m, "pattern", None) or m) for m in metadata)


def value_mistake(complaint: dict[str, Any], spot: TypePlace, value: Plain) -> tuple[str, str | None, str]:
    """What, help and code for a value that is not of the right kind."""
    kind, context = str(complaint["type"]), complaint.get("ctx", {})
    if value is None and kind.endswith(("_type", "number")) and spot.path:
        return f"`{spot.path[-1]}` has no value", "write it after the colon, or remove the key", "missing_value"
    match kind:
        case "literal_error":
            words = [str(w) for w in get_args(spot.annotation)]
            remedy = did_you_mean(value[:60], words) if isinstance(value, str) else None
            return f"{quoted(value)} is not allowed here; expected {either(words)}", remedy, "not_allowed"
        case "string_pattern_mismatch" | "string_type" if is_month(spot.metadata):
            return f"{_MONTH}, not {quoted(value)}", None, "month"
        case "string_pattern_mismatch":
            return "a name must not contain control characters", None, "invalid"
        case "string_type" if isinstance(value, dict | list):
            return f"expected text, not {quoted(value)}", None, "wrong_type"
        case "string_type":
            return f"expected text, not {quoted(value)}", f'put it in quotes: `"{shown(value)}"`', "wrong_type"
        case "string_too_short":
            return "must not be empty", None, "invalid"
        case "string_too_long":
            return f"longer than {context.get('max_length')} characters", None, "invalid"
        case "too_short":
            return f"needs at least {_entries(context.get('min_length'))}", None, "invalid"
        case "too_long":
            return f"takes at most {_entries(context.get('max_length'))}", None, "invalid"
        case "tuple_type" | "list_type":
            scalar = isinstance(value, str | int | float)
            remedy = f"write `[{shown(value)}]` for a list of one" if scalar else "begin every entry with `- `"
            return f"expected a list, not {quoted(value)}", remedy, "wrong_type"
        case "dict_type" | "model_type" | "model_attributes_type":
            return f"expected a mapping, not {quoted(value)}", "write `key: value` pairs", "wrong_type"
        case "bool_type" | "bool_parsing":
            return f"expected true or false, not {quoted(value)}", None, "wrong_type"
        case "int_from_float":
            return f"expected a whole number, not {quoted(value)}", None, "number"
        case "int_parsing" | "float_parsing" | "float_type" | "int_type" | "int_parsing_size":
            return f"expected a number, not {quoted(value)}", None, "number"
        case "greater_than" | "greater_than_equal" | "less_than" | "less_than_equal":
            return _range_mistake(kind, context, value)
        case "finite_number" | "finite":
            return "expected a finite number", None, "number"
        case "change" if isinstance(value, int | float) and 1 < value <= _A_MULTIPLE:
            meant = f"write `{value:g}%` for {value:g} percent, or `{value * 100:g}%` if it becomes {value + 1:g} times as much"
            return str(complaint["msg"]), meant, "fraction"
        case "fraction" | "change":
            given = f"{value:g}" if isinstance(value, int | float) else shown(value)
            return str(complaint["msg"]), f"write `{given}%` for {given} percent", "fraction"
        case "number" | "whole":
            return str(complaint["msg"]), None, "number"
    message = str(complaint["msg"]).rstrip(".")
    return message[:1].lower() + message[1:], None, "invalid"


def _range_mistake(kind: str, context: dict[str, Any], value: Plain) -> tuple[str, str | None, str]:
    name, words = {
        "greater_than": ("gt", "above"),
        "greater_than_equal": ("ge", "at least"),
        "less_than": ("lt", "below"),
        "less_than_equal": ("le", "at most"),
    }[kind]
    return f"must be {words} {_number(context.get(name))}, not {quoted(value)}", None, "out_of_range"


def _entries(count: Any) -> str:
    return "1 entry" if count == 1 else f"{count} entries"


@dataclass(slots=True)
class MistakeLog:
    """Collects what does not fit together in a document."""

    document: SourceDocument
    mistakes: list[Mistake] = field(default_factory=list)

    def say(self, what: str, path: KeyPath, remedy: str | None, code: str, *, key: bool = False) -> None:
        """Note a mistake at the value (or key) of `path`; the same words at the same place count once."""
        if len(self.mistakes) >= MAX_MISTAKES:
            return
        place = self.document.place_of(path, key=key)
        mistake = Mistake(what, place, self.document.path_text(path), remedy, code)
        if place is None or all((m.what, m.place) != (what, place) for m in self.mistakes):
            self.mistakes.append(mistake)
