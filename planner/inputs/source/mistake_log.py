"""Mistakes as they are found, each once and at its place in the file."""

from dataclasses import dataclass, field

from planner.errors import Mistake
from planner.inputs.source.document import KeyPath, SourceDocument
from planner.inputs.source.yaml_source import MAX_MISTAKES


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


def counted(number: int, one: str, many: str | None = None) -> str:
    """A number with its noun.

    >>> counted(1, "period"), counted(3, "entry", "entries")
    ('1 period', '3 entries')
    """
    return f"{number} {one if number == 1 else many or one + 's'}"
