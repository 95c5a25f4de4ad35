"""A document as a tree of nodes, each with its place in the file it came from."""

import collections.abc as abc
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, overload

from planner.errors import SourcePlace

Key = str | int
KeyPath = tuple[Key, ...]
Plain = Any
"""A value of str, int, float, bool, None, list and dict only."""


@dataclass(frozen=True, slots=True)
class Scalar:
    """Text, number, true/false or null; `place` is None if the value came by `--set`."""

    value: str | int | float | bool | None
    place: SourcePlace | None
    size: int = 1
    depth: int = 0


@dataclass(frozen=True, slots=True)
class Sequence:
    """A list."""

    items: "abc.Sequence[Node]"
    place: SourcePlace | None
    size: int = 1
    depth: int = 1


@dataclass(frozen=True, slots=True)
class SourceEntry:
    """One key of a mapping with its value."""

    key_place: SourcePlace | None
    node: "Node"


@dataclass(frozen=True, slots=True)
class Mapping:
    """Keys and values in the order of the file."""

    entries: abc.Mapping[str, SourceEntry]
    place: SourcePlace | None
    size: int = 1
    depth: int = 1


Node = Scalar | Sequence | Mapping


class LazyEntries(abc.Mapping[str, SourceEntry]):
    """Keys and values that are ordinary Python values until something asks where they stand."""

    __slots__ = ("_made", "_make", "plain")

    def __init__(self, values: dict[str, Plain], make: Callable[[], dict[str, SourceEntry]]) -> None:
        self.plain = values
        self._make = make
        self._made: dict[str, SourceEntry] | None = None

    def _all(self) -> dict[str, SourceEntry]:
        if self._made is None:
            self._made = self._make()
        return self._made

    def __getitem__(self, key: str) -> SourceEntry:
        return self._all()[key]

    def __contains__(self, key: object) -> bool:
        return key in self.plain

    def __iter__(self) -> Iterator[str]:
        return iter(self.plain)

    def __len__(self) -> int:
        return len(self.plain)


class LazyItems(abc.Sequence["Node"]):
    """A list that is an ordinary Python list until something asks where its items stand."""

    __slots__ = ("_made", "_make", "plain")

    def __init__(self, values: list[Plain], make: Callable[[], tuple["Node", ...]]) -> None:
        self.plain = values
        self._make = make
        self._made: tuple[Node, ...] | None = None

    @overload
    def __getitem__(self, index: int) -> "Node": ...
    @overload
    def __getitem__(self, index: slice) -> "tuple[Node, ...]": ...
    def __getitem__(self, index: int | slice) -> "Node | tuple[Node, ...]":
        if self._made is None:
            self._made = self._make()
        return self._made[index]

    def __len__(self) -> int:
        return len(self.plain)


def plain(node: Node) -> Plain:
    """The node as ordinary Python values; not to be changed."""
    if isinstance(node, Scalar):
        return node.value
    if isinstance(node, Sequence):
        return node.items.plain if isinstance(node.items, LazyItems) else [plain(item) for item in node.items]
    if isinstance(node.entries, LazyEntries):
        return node.entries.plain
    return {key: plain(entry.node) for key, entry in node.entries.items()}


def child(node: Node | None, key: Key) -> Node | None:
    """The node under a key or index, if there is one."""
    if isinstance(node, Mapping) and isinstance(key, str) and key in node.entries:
        return node.entries[key].node
    if isinstance(node, Sequence) and isinstance(key, int) and 0 <= key < len(node.items):
        return node.items[key]
    return None


def dotted(path: KeyPath) -> str:
    """A path as it is shown, and as `--set` takes it.

    >>> dotted(("workloads", 0, "latency"))
    'workloads.0.latency'
    """
    return ".".join(str(part) for part in path)


@dataclass(frozen=True, slots=True)
class SourceDocument:
    """A mapping read from a file, with the place of everything in it."""

    root: Mapping
    text: str
    file: str
    sources: dict[str, str] = field(default_factory=dict)
    """Text of other files the document refers to, by file name."""
    overrides: dict[KeyPath, str] = field(default_factory=dict)
    """Paths set by `--set`, and how they were written."""
    notes: tuple[str, ...] = ()
    """What was done to referenced files, in words (an hourly year folded to a week)."""

    @property
    def value(self) -> dict[str, Plain]:
        """The document as ordinary Python values."""
        return {key: plain(entry.node) for key, entry in self.root.entries.items()}

    def node_at(self, path: KeyPath) -> Node | None:
        node: Node | None = self.root
        for part in path:
            node = child(node, part)
        return node

    def place_of(self, path: KeyPath, *, key: bool = False) -> SourcePlace | None:
        """Place of the value (or key) at `path`, or of its nearest parent; None if it was set by `--set`."""
        node: Node = self.root
        key_place: SourcePlace | None = self.root.place
        for part in path:
            below = child(node, part)
            if below is None:
                return key_place
            key_place = node.entries[str(part)].key_place if isinstance(node, Mapping) else below.place
            node = below
        return key_place if key else node.place

    def path_text(self, path: KeyPath) -> str:
        """The path as shown; of what an override made or is below, as the user wrote it."""
        for length in range(len(path), 0, -1):
            if path[:length] in self.overrides:
                return ".".join([self.overrides[path[:length]], *(str(p) for p in path[length:])])
        made = [written for below, written in self.overrides.items() if below[: len(path)] == path]
        return made[0] if made and self.place_of(path) is None else dotted(path)
