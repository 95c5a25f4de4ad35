"""Where every value of a scenario came from: `planner validate --resolved`."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from planner.domain.inputs import Catalog
from planner.domain.scenario import Scenario
from planner.inputs.resolved_own import filled_in
from planner.inputs.source import KEYED, Key, KeyPath, SourceDocument


class ResolvedScenario(NamedTuple):
    """One value of the scenario as it will be solved."""

    path: str
    value: Any
    origin: str
    """`file:line`, `default`, `--set`, or `catalog: …` with the source and date of what may be owned."""


def resolved(scenario: Scenario, document: SourceDocument, catalog: Catalog | None = None) -> list[ResolvedScenario]:
    """Every value in the order of the reference, lists of plain values as one; open figures of `own` by the catalog."""
    filled = {} if catalog is None else filled_in(scenario, catalog)
    values = scenario.model_dump(mode="json")
    found = []
    for path, value in _leaves(values, ()):
        origin = _origin(path, document)
        if value is None and path in filled:
            value, origin = filled[path]
        found.append(ResolvedScenario(_readable(path, values), value, origin))
    return found


def _leaves(value: Any, path: KeyPath) -> Iterator[tuple[KeyPath, Any]]:
    if isinstance(value, dict) and value:
        for key, below in value.items():
            yield from _leaves(below, (*path, key))
    elif isinstance(value, list) and any(isinstance(item, dict) for item in value):
        for index, below in enumerate(value):
            yield from _leaves(below, (*path, index))
    else:
        yield path, value


def _origin(path: KeyPath, document: SourceDocument) -> str:
    if document.node_at(path) is None:
        return _origin(path[:-1], document) if not KEYED.keys().isdisjoint(path[:-1]) else "default"
    place = document.place_of(path)
    return "--set" if place is None else f"{place.file}:{place.line}"


def _readable(path: KeyPath, value: Any) -> str:
    """The path with list entries by name, as `--set` takes it."""
    parts: list[str] = []
    for part in path:
        value = value[part]
        parts.append(_label(part, value))
    return ".".join(parts)


def _label(part: Key, value: Any) -> str:
    name = value.get("name") if isinstance(part, int) and isinstance(value, dict) else None
    return name if isinstance(name, str) and name else str(part)
