"""Changes of a scenario by path: applied to the scenario itself, and written as what `--set` takes."""

import re
from collections.abc import Mapping
from itertools import pairwise
from typing import Any

from planner.domain.scenario import Scenario

Path = tuple[str | int, ...]
"""Keys and indices from the root of the scenario."""
Settings = dict[Path, Any]
"""Path → plain JSON value; None = as if nothing stood there."""

_PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*")
_MAPS = frozenset({"caps", "spot_caps", "reserved_caps"})
"""Maps of numbers: what is missing there may be made; blocks that are gone may not."""
_LISTS = frozenset({"workloads", "offers", "cap_groups", "held"})
"""Lists whose entries have names of their own."""


def changed(scenario: Scenario, settings: Settings) -> Scenario:
    """The scenario with every path set; what lies below something that is gone stays gone.

    >>> wide = changed(Scenario(workloads=[{"name": "a", "kind": "batch", "demand_per_hour": 1}]), {("years",): 2.0})
    >>> wide.years
    2.0
    """
    if not settings:
        return scenario
    value = scenario.model_dump(mode="json")
    for path in sorted(settings, key=len):
        _set(value, path, settings[path])
    return Scenario.model_validate(value)


def _set(value: Any, path: Path, to: Any) -> None:
    at: Any = value
    for key, following in pairwise(path):
        if isinstance(at, list) and not int(key) < len(at):
            return
        below: Any = at[int(key)] if isinstance(at, list) else at.get(key)
        if below is None:
            if to is None or isinstance(following, int) or path[0] not in _MAPS:
                return
            below = at[key] = {}
        if not isinstance(below, dict | list):
            return
        at = below
    if isinstance(at, list):
        if isinstance(path[-1], int) and path[-1] < len(at):
            at[path[-1]] = to
    else:
        at[path[-1]] = to


def merged(*parts: Settings) -> Settings:
    """All changes together; of two for one path the later one holds, of what is gone or listed anew nothing else is set."""
    together: Settings = {}
    for part in parts:
        together |= part
    gone = [path for path, value in together.items() if value is None or path == ("workloads",)]
    return {
        path: value
        for path, value in together.items()
        if not any(len(above) < len(path) and path[: len(above)] == above for above in gone)
    }


def written(scenario: Scenario, settings: Settings) -> dict[str, Any]:
    """The changes by dotted path, as `--set` understands them; entries of lists go by their names where they are plain.

    >>> chat = Scenario(workloads=[{"name": "chat", "kind": "batch", "demand_per_hour": 1}])
    >>> written(chat, {("workloads", 0, "unit"): "image"})
    {'workloads.chat.unit': 'image'}
    """
    after = changed(scenario, settings).model_dump(mode="json")
    found: dict[str, Any] = {}
    for path, value in settings.items():
        if all(isinstance(key, int) or _PLAIN.fullmatch(key) for key in path):
            found[dotted(scenario, path)] = value
        else:  # a name that `--set` could not tell apart: the whole block
            found[str(path[0])] = _without_nothing(after[str(path[0])])
    return found


def dotted(scenario: Scenario, path: Path) -> str:
    """The path as it is shown."""
    parts = [str(key) for key in path]
    if len(path) > 1 and path[0] in _LISTS and isinstance(path[1], int):
        name = getattr(scenario, path[0])[path[1]].name
        if _PLAIN.fullmatch(name):
            parts[1] = name
    return ".".join(parts)


def dotted_as_read(scenario: Scenario, shown: str) -> str:
    """A path as it is shown, with the numbers of list entries instead of their names.

    >>> chat = Scenario(workloads=[{"name": "chat", "kind": "batch", "demand_per_hour": 1}])
    >>> dotted_as_read(chat, "workloads.chat.unit")
    'workloads.0.unit'
    """
    block, _, rest = shown.partition(".")
    name, _, below = rest.partition(".")
    if block in _LISTS and rest:
        names = [entry.name for entry in getattr(scenario, block)]
        if name in names:
            return ".".join(filter(None, (block, str(names.index(name)), below)))
    return shown


def _without_nothing(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _without_nothing(item) for key, item in value.items() if item is not None}
    return value
