"""`--set path=value`: changes of a document before it is validated.

A path is dotted; a list entry is named by its index or by its `name`: `workloads.chat.tokens_per_day=5B`.
"""

from collections.abc import Sequence as Listing
from dataclasses import replace

from planner.errors import Mistake, did_you_mean
from planner.inputs.source.document import Key, KeyPath, Mapping, Node, Scalar, Sequence, SourceDocument, SourceEntry
from planner.inputs.source.json_source import MAX_DEPTH
from planner.inputs.source.yaml import compose_node


def override(document: SourceDocument, settings: Listing[str]) -> tuple[SourceDocument, list[Mistake]]:
    """The document with every `path=value` applied in order, and what could not be."""
    mistakes: list[Mistake] = []
    for setting in settings:
        try:
            document = _apply(document, setting)
        except _CannotSetError as error:
            mistakes.append(error.mistake)
    return document, mistakes


class _CannotSetError(Exception):
    def __init__(self, what: str, path: str, remedy: str | None = None) -> None:
        super().__init__(what)
        self.mistake = Mistake(what, None, path[:200], remedy, "override")


def _apply(document: SourceDocument, setting: str) -> SourceDocument:
    written, equals, text = setting.partition("=")
    written = written.strip()
    if not equals or not written or "" in written.split("."):
        raise _CannotSetError(f"`{setting[:60]}` is not of the form path=value", written, "write e.g. `years=2`")
    tokens = written.split(".")
    if len(tokens) > MAX_DEPTH:
        raise _CannotSetError(f"nested deeper than {MAX_DEPTH} levels", written)
    value = _value(text, written)
    path: list[Key] = []
    root = _with(document.root, tokens, value, written, path)
    assert isinstance(root, Mapping)
    return replace(document, root=root, overrides={**document.overrides, tuple(path): written})


def _value(text: str, written: str) -> Node:
    """The value as YAML: a scalar, or a list or mapping in brackets."""
    node, mistakes = compose_node(text, "--set")
    if mistakes:
        raise _CannotSetError(mistakes[0].what, written, mistakes[0].help or "put the value in quotes")
    if node is None:
        return Scalar(None, None)
    if not isinstance(node, Scalar) and not text.lstrip().startswith(("[", "{")):
        raise _CannotSetError("the value is not a single one", written, "put it in quotes, or in [ ] or { }")
    return _without_places(node)


def _without_places(node: Node) -> Node:
    if isinstance(node, Mapping):
        return Mapping({k: SourceEntry(None, _without_places(e.node)) for k, e in node.entries.items()}, None)
    if isinstance(node, Sequence):
        return Sequence(tuple(_without_places(item) for item in node.items), None)
    return Scalar(node.value, None)


def _with(node: Node | None, tokens: list[str], value: Node, written: str, path: list[Key]) -> Node:
    """A copy of `node` in which `tokens` leads to `value`; `path` becomes the path with indices."""
    if not tokens:
        return value
    if isinstance(node, Sequence):
        index, rest = _entry_of(node, tokens, written, path)
        path.append(index)
        items = list(node.items)
        items[index] = _with(items[index], rest, value, written, path)
        return replace(node, items=tuple(items))
    if isinstance(node, Scalar) and node.value is not None:
        raise _CannotSetError(f"`{_upto(path)}` is a single value, nothing is below it", written)
    entries = dict(node.entries) if isinstance(node, Mapping) else {}
    key, rest = _longest(tokens, set(entries))
    path.append(key)
    old = entries.get(key)
    below = _with(old.node if old else None, rest, value, written, path)
    entries[key] = SourceEntry(old.key_place if old and rest else None, below)
    return replace(node, entries=entries) if isinstance(node, Mapping) else Mapping(entries, None)


def _longest(tokens: list[str], known: set[str]) -> tuple[str, list[str]]:
    """The longest known name at the head of the path (names may contain dots), and the rest."""
    for length in range(len(tokens), 0, -1):
        if (name := ".".join(tokens[:length])) in known:
            return name, tokens[length:]
    return tokens[0], tokens[1:]


def _entry_of(node: Sequence, tokens: list[str], written: str, path: list[Key]) -> tuple[int, list[str]]:
    """Index of the list entry a path names, and the rest of the path."""
    names: dict[str, int] = {}
    for index, item in enumerate(node.items):
        if isinstance(item, Mapping) and (entry := item.entries.get("name")) is not None:
            named = entry.node
            if isinstance(named, Scalar) and named.value is not None:
                names.setdefault(str(named.value), index)
    name, rest = _longest(tokens, set(names))
    if name in names:
        return names[name], rest
    if name.isascii() and name.isdigit() and len(name) < 9:
        if int(name) < len(node.items):
            return int(name), rest
        last = f"the last one is {len(node.items) - 1}" if node.items else "the list is empty"
        raise _CannotSetError(f"`{_upto(path)}` has no entry {name}", written, last)
    raise _CannotSetError(
        f"`{_upto(path)}` has no entry called `{name[:60]}`",
        written,
        did_you_mean(name[:60], set(names)) or "name an entry by its `name` or by its index from 0",
    )


def _upto(path: KeyPath | list[Key]) -> str:
    return ".".join(str(part) for part in path)
