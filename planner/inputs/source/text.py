"""Text of the files of a scenario, as far as it fits in memory, and what stands where in it."""

import os
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import BinaryIO

from planner.errors import InputErrors, Mistake, SourcePlace

MAX_YAML_BYTES = 2_000_000
"""A YAML reader takes about 20 s of CPU and 1 GB for so much."""
MAX_MISTAKES = 200
"""So many are told of one file."""
MAX_GIGABYTES = 2.0
"""Memory that reading a scenario may take, the program and its catalog included."""
PROGRAM_GIGABYTES = 0.4
"""Of it, the program with the bundled catalog."""
BYTES_PER_CHARACTER = 2.5
"""The bytes of the file and their text side by side, and what is kept of it as values."""
UNREADABLE_BYTES = int((MAX_GIGABYTES - PROGRAM_GIGABYTES) * 1e9 / BYTES_PER_CHARACTER)
"""No file of this size fits, whatever is in it."""

_LINE_BREAK = re.compile(r"\r\n|\r|\n")


def read_text(path: Path, *, shown: str | None = None) -> str:
    """Text of a file; InputErrors says why not."""
    name = shown or str(path)
    try:
        with path.open("rb") as stream:
            size = os.fstat(stream.fileno()).st_size
            if size > UNREADABLE_BYTES:
                raise InputErrors([too_large(name, size * BYTES_PER_CHARACTER)])
            data = read_bytes(stream)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise InputErrors([Mistake(f"cannot read `{name}`: {reason.lower()}", code="unreadable")]) from None
    return decode(data, name)


def read_bytes(stream: BinaryIO) -> bytes:
    """What a stream holds, or one byte more than can be read."""
    return stream.read(UNREADABLE_BYTES + 1)


def decode(data: bytes, file: str) -> str:
    """Bytes as text: UTF-8, a byte-order mark dropped; YAML of at most 2 MB."""
    if len(data) > UNREADABLE_BYTES:
        raise InputErrors([too_large(file, len(data) * BYTES_PER_CHARACTER)])
    try:
        return data.decode("utf-8").removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        before = data[: error.start].decode("utf-8")
        lines = split_lines(before)
        place = SourcePlace(file, len(lines), len(lines[-1]) + 1)
        mistake = Mistake(
            f"byte 0x{data[error.start]:02x} is not UTF-8", place, help="save the file as UTF-8", code="encoding"
        )
        raise InputErrors([mistake], data.decode("utf-8", errors="replace")) from None


def too_large(file: str, needed_bytes: float) -> Mistake:
    """What is said of a file that would take more memory than a scenario may."""
    needed = PROGRAM_GIGABYTES + needed_bytes / 1e9
    return Mistake(
        f"reading `{file}` would take about {needed:.1f} GB of memory, at most {MAX_GIGABYTES:g} GB are allowed",
        help="leave out what the question does not need, or join what is alike",
        code="too_large",
    )


def refuse_too_large(file: str, needed_bytes: float) -> None:
    """InputErrors, with a figure, where the values of a file would not fit in memory."""
    if needed_bytes > (MAX_GIGABYTES - PROGRAM_GIGABYTES) * 1e9:
        raise InputErrors([too_large(file, needed_bytes)])


def split_lines(text: str) -> list[str]:
    """Lines as an editor counts them.

    >>> split_lines("a\\r\\nb")
    ['a', 'b']
    """
    return _LINE_BREAK.split(text)


def places(text: str, file: str, spans: Iterable[tuple[int, int]]) -> Iterator[SourcePlace]:
    """Places of stretches of a text, each from an offset up to another one, in the order of their beginnings.

    Lines are counted from one stretch to the next, not from the top: 100,000 of them cost one pass.

    >>> [(p.line, p.column, p.width) for p in places("a:\\n  bc", "f", [(0, 1), (5, 7)])]
    [(1, 1, 1), (2, 3, 2)]
    """
    line, line_start, seen = 1, 0, 0
    for start, end in spans:
        for found in _LINE_BREAK.finditer(text, seen, start):
            if found.end() < len(text) and found[0] == "\r" and text[found.end()] == "\n":
                continue  # the pair is cut in two by `start`
            line, line_start = line + 1, found.end()
        seen = start
        upto = _LINE_BREAK.search(text, start, end)
        width = len(text[start : upto.start() if upto else end].rstrip()) or 1
        yield SourcePlace(file, line, start - line_start + 1, width)
