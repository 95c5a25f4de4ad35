"""Mistakes as people read them, with the offending line, and as programs do."""

import re
from collections.abc import Mapping
from unicodedata import combining, east_asian_width

from planner.errors import InputErrors, Mistake, SourcePlace

WINDOW = 100
"""Columns of a source line that are shown."""
_LINE_BREAK = re.compile(r"\r\n|\r|\n")


def render_mistakes(error: InputErrors) -> str:
    """All mistakes, each with its line and a caret.

    >>> place = SourcePlace("startup.yaml", 2, 3, 6)
    >>> mistakes = [Mistake("unknown key `latncy`", place, "latncy", "did you mean `latency`?")]
    >>> print(render_mistakes(InputErrors(mistakes, "- name: a\\n  latncy: batch")))
    error: unknown key `latncy`
      --> startup.yaml:2:3
       |
     2 |   latncy: batch
       |   ^^^^^^
      help: did you mean `latency`?
    """
    sources = _sources(error)
    numbers = [m.place.line for m in error.mistakes if m.place is not None]
    lines = {name: _LINE_BREAK.split(text, max(numbers, default=0)) for name, text in sources.items()}
    gutter = max(2, len(str(max(numbers, default=0))))
    return "\n\n".join(_one(mistake, lines, gutter) for mistake in error.mistakes)


def mistakes_json(error: InputErrors) -> list[dict[str, str | int | None]]:
    """The same for programs; file, line and col are null for what came by `--set`."""
    return [
        {
            "file": m.place.file if m.place else None,
            "line": m.place.line if m.place else None,
            "col": m.place.column if m.place else None,
            "path": m.path,
            "code": m.code,
            "message": m.what,
            "suggestion": m.help,
        }
        for m in error.mistakes
    ]


def _sources(error: InputErrors) -> Mapping[str, str]:
    """Text by file name. A plain InputErrors has the text of one file: that of its only places."""
    several: Mapping[str, str] | None = getattr(error, "sources", None)
    if several is not None:
        return several
    files = {m.place.file for m in error.mistakes if m.place is not None}
    return {files.pop(): error.source} if len(files) == 1 and error.source is not None else {}


def _one(mistake: Mistake, lines: Mapping[str, list[str]], gutter: int) -> str:
    pad = " " * gutter
    rows = [f"error: {escaped(mistake.what)}"]
    place = mistake.place
    if place is not None:
        rows.append(f"{pad}--> {escaped(str(place))}")
        text = lines.get(place.file, [])
        if 1 <= place.line <= len(text):
            line, caret = _excerpt(text[place.line - 1], place)
            rows += [f"{pad} |", f"{place.line:>{gutter}} | {line}".rstrip(), f"{pad} | {caret}"]
    elif mistake.path:
        rows.append(f"{pad}--> --set {escaped(mistake.path)}")
    if mistake.help:
        rows.append(f"{pad}help: {escaped(mistake.help)}")
    return "\n".join(rows)


def escaped(text: str) -> str:
    """Text that cannot move the cursor, colour the terminal or turn its direction.

    >>> escaped("a\\x1b[31mb\\tc")
    'a\\\\x1b[31mb\\\\tc'
    """
    return "".join(_visible(char) for char in text)


def _visible(char: str) -> str:
    return char if char.isprintable() else char.encode("unicode_escape").decode("ascii")


def _cells(shown: str) -> int:
    """Terminal columns a text takes."""
    return sum(0 if combining(c) else 2 if east_asian_width(c) in "WF" else 1 for c in shown)


def _excerpt(line: str, place: SourcePlace) -> tuple[str, str]:
    """The line around the place, at most `WINDOW` characters of it, and the carets below."""
    start = min(place.column - 1, len(line))
    end = min(start + max(place.width, 1), max(len(line), start + 1))
    first, last = 0, len(line)
    if len(line) > WINDOW:
        first = max(0, min(start - WINDOW // 4, len(line) - WINDOW))
        last = first + WINDOW
        end = min(end, last)
    before = ("…" if first else "") + escaped(line[first:start])
    marked = escaped(line[start:end])
    after = escaped(line[end:last]) + ("…" if last < len(line) else "")
    return before + marked + after, " " * _cells(before) + "^" * max(_cells(marked), 1)
