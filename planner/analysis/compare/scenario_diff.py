"""Two resolved scenarios → the fields in which they differ, as dotted paths that `--set` understands.

Entries of a list go by their `name` where all have one, else by their index. A list of plain values is one value.
What is absent is the same as null or empty, so that an older plan can be compared with a newer one.
"""

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from planner.domain.answers import Change, ScenarioChange

_MISSING: Any = object()


def scenario_changes(a: Mapping[str, Any], b: Mapping[str, Any]) -> tuple[ScenarioChange, ...]:
    """What differs, in the order of the scenario.

    >>> a = {"years": 2, "workloads": [{"name": "chat", "growth": 0.5}]}
    >>> b = {"years": 3, "workloads": [{"name": "chat", "growth": 0.8}]}
    >>> [(change.path, change.a, change.b) for change in scenario_changes(a, b)]
    [('years', 2, 3), ('workloads.chat.growth', 0.5, 0.8)]
    """
    return tuple(_differences(dict(a), dict(b), ""))


def _differences(a: Any, b: Any, path: str) -> Iterator[ScenarioChange]:
    if a is not _MISSING and b is not _MISSING and _same(a, b):
        return
    if isinstance(a, dict) and isinstance(b, dict):
        yield from _keys(a, b, path)
    elif _records(a) and _records(b):
        yield from _entries(a, b, path)
    else:
        yield _change(a, b, path)


def _same(a: Any, b: Any) -> bool:
    """Equal as JSON, where 1 and 1.0 are the same and true is not 1; nothing is nothing, however it is written."""
    return (_is_nothing(a) and _is_nothing(b)) or _canonical(a) == _canonical(b)


def _is_nothing(value: Any) -> bool:
    return value is None or (isinstance(value, dict | list | tuple) and not value)


def _canonical(value: Any) -> str:
    return json.dumps(_plain(value), sort_keys=True, ensure_ascii=False)


def _plain(value: Any) -> Any:
    """Whole floats as integers, keys of nothing left out."""
    if isinstance(value, dict):
        items = {key: _plain(item) for key, item in value.items()}
        return {key: item for key, item in items.items() if not _is_nothing(item)}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _records(value: Any) -> bool:
    return isinstance(value, list | tuple) and all(isinstance(item, dict) for item in value)


def _keys(a: dict[str, Any], b: dict[str, Any], path: str) -> Iterator[ScenarioChange]:
    for key in dict.fromkeys((*a, *b)):
        yield from _differences(a.get(key), b.get(key), f"{path}.{key}" if path else key)


def _entries(a: list[Any], b: list[Any], path: str) -> Iterator[ScenarioChange]:
    """Entries by name; without names by index if there are as many, else those that only one of the lists has."""
    ours, theirs = _by_name(a), _by_name(b)
    if ours is not None and theirs is not None:
        for name in dict.fromkeys((*ours, *theirs)):
            yield from _differences(ours.get(name, _MISSING), theirs.get(name, _MISSING), f"{path}.{name}")
    elif len(a) == len(b):
        for index, (before, after) in enumerate(zip(a, b, strict=True)):
            yield from _differences(before, after, f"{path}.{index}")
    else:
        yield from (_change(item, _MISSING, f"{path}.{index}") for index, item in _only_in(a, b))
        yield from (_change(_MISSING, item, f"{path}.{index}") for index, item in _only_in(b, a))


def _by_name(entries: list[Any]) -> dict[str, Any] | None:
    names = [entry.get("name") for entry in entries]
    if len(set(map(str, names))) < len(names) or not all(isinstance(name, str) for name in names):
        return None
    return {str(entry["name"]): entry for entry in entries}


def _only_in(a: list[Any], b: list[Any]) -> Iterator[tuple[int, Any]]:
    """Index and entry of what stands in `a` more often than in `b`."""
    left = Counter(_canonical(item) for item in b)
    for index, item in enumerate(a):
        text = _canonical(item)
        if left[text] > 0:
            left[text] -= 1
        else:
            yield index, item


def _change(a: Any, b: Any, path: str) -> ScenarioChange:
    before, after = (None if value is _MISSING else value for value in (a, b))
    change: Change = "~"
    if _is_nothing(before):
        change = "+"
    elif _is_nothing(after):
        change = "-"
    return ScenarioChange(change=change, path=path, a=before, b=after)
