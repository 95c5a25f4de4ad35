"""Every way the planner says no.

PlannerError            exit 1 unless a child says otherwise
├── InputErrors         exit 2  one or more mistakes in what the user wrote, each with place and remedy
└── CatalogError        exit 2  a datasets row that must not be believed

That no plan exists, or that a limit came first, is an answer and not an error (`analysis/answer.py`).

*what* states the fact, *where* the place, *help* the remedy; lower case, no full stop.
"""

from dataclasses import dataclass
from difflib import get_close_matches
from enum import IntEnum


class Exit(IntEnum):
    """Exit codes of every command."""

    ANSWERED = 0
    BUG = 1
    BAD_INPUT = 2
    INFEASIBLE = 3
    LIMIT = 4
    POLICY = 5
    INTERRUPTED = 130


@dataclass(frozen=True, slots=True)
class SourcePlace:
    """Where in a file something stands; line and column count from 1."""

    file: str
    line: int
    column: int
    width: int = 1

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"


@dataclass(frozen=True, slots=True)
class Mistake:
    """One thing wrong with an input: what, where, and how to mend it."""

    what: str
    place: SourcePlace | None = None
    path: str = ""
    help: str | None = None
    code: str = "invalid"


class PlannerError(Exception):
    """Base of all errors that are told to the user without a traceback."""

    exit_code = Exit.BUG

    def __init__(self, what: str, *, help: str | None = None) -> None:  # noqa: A002
        super().__init__(what)
        self.what = what
        self.help = help


class InputErrors(PlannerError):  # noqa: N818
    """All mistakes of one input together, sorted by place."""

    exit_code = Exit.BAD_INPUT

    def __init__(self, mistakes: "list[Mistake] | tuple[Mistake, ...]", source: str | None = None) -> None:
        ordered = sorted(mistakes, key=lambda m: (m.place.line, m.place.column) if m.place else (0, 0))
        self.mistakes: tuple[Mistake, ...] = tuple(ordered)
        self.source = source
        """Text of the file, for showing the offending lines."""
        super().__init__("; ".join(m.what for m in self.mistakes), help=None)


class CatalogError(PlannerError):
    """A row of the datasets lacks its unit, source or date, or says something impossible."""

    exit_code = Exit.BAD_INPUT


def nearest(word: str, known: "list[str] | tuple[str, ...] | set[str]") -> str | None:
    """The known name closest to `word`, or None if nothing is close.

    >>> nearest("latncy", ["latency", "model"])
    'latency'
    """
    pool = sorted(known)
    match = get_close_matches(word, pool, n=1, cutoff=0.6)
    if not match:
        lowered = {name.lower(): name for name in pool}
        match = [lowered[m] for m in get_close_matches(word.lower(), list(lowered), n=1, cutoff=0.6)]
    return match[0] if match else None


def did_you_mean(word: str, known: "list[str] | tuple[str, ...] | set[str]") -> str | None:
    """Help text for an unknown name, or None.

    >>> did_you_mean("h100", ["h100-sxm-80gb", "l4"])
    'did you mean `h100-sxm-80gb`?'
    """
    match = nearest(word, known)
    if match is None:
        prefixed = sorted(name for name in known if name.lower().startswith(word.lower()))
        match = prefixed[0] if prefixed and len(word) > 1 else None
    return f"did you mean `{match}`?" if match else None
