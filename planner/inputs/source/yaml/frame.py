"""A list or mapping while it is read, and what ends the reading."""

from dataclasses import dataclass, field

from planner.errors import Mistake, SourcePlace
from planner.inputs.source.document import Node, SourceEntry
from planner.inputs.source.text import MAX_YAML_BYTES


class StopReadingError(Exception):
    """The rest of the file cannot be read, or must not be."""


@dataclass(slots=True)
class Frame:
    """A list or mapping whose end has not been seen yet."""

    place: SourcePlace
    anchor: str | None
    is_mapping: bool
    entries: dict[str, SourceEntry] = field(default_factory=dict)
    items: list[Node] = field(default_factory=list)
    merged: list[Node] = field(default_factory=list)
    key: str | None = None
    key_place: SourcePlace | None = None
    expects_value: bool = False
    discard: bool = False
    size: int = 1
    depth: int = 1


def too_much_yaml(file: str) -> Mistake:
    return Mistake(
        f"`{file}` is larger than {MAX_YAML_BYTES // 1_000_000} MB",
        help="YAML takes long to read: write it as JSON, or move quotes to a CSV file",
        code="too_large",
    )


def place_index(starts: list[int], place: SourcePlace) -> int:
    """Offset of a place in the text whose lines start at `starts`."""
    return starts[place.line - 1] + place.column - 1
