"""Small helpers of the scripts that write the catalog: reading CSV, cells, dates."""

import csv
import re
from collections.abc import Iterator
from pathlib import Path

import curate_tables as tables

Row = dict[str, str]

DECIDED = "curated by hand (datasets/curate_tables.py)"


def read(path: Path) -> list[Row]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def natural(text: str) -> tuple[tuple[int, str], ...]:
    """Sort key that puts `p5.4xlarge` before `p5.48xlarge` and 6 before 12."""
    return tuple((int(part), "") if part.isdigit() else (-1, part) for part in re.split(r"(\d+)", text))


def entries(block: str, separator: str = "|") -> Iterator[list[str]]:
    for line in block.strip().splitlines():
        yield [cell.strip() for cell in line.split(separator)]


def number(value: float | str) -> str:
    """Shortest decimal text with at most six places.

    >>> number(10.285680000000001), number("8.0"), number(28)
    ('10.28568', '8', '28')
    """
    return f"{float(value):.6f}".rstrip("0").rstrip(".")


def first_date(*texts: str) -> str:
    """The first YYYY-MM-DD, YYYY-MM or whole-cell YYYY that can be read in the texts, or empty."""
    for text in texts:
        if found := re.search(r"\b(?:19|20)\d\d-(?:0[1-9]|1[0-2])(?:-(?:0[1-9]|[12]\d|3[01]))?\b", text):
            return found[0]
        if re.fullmatch(r"(?:19|20)\d\d", text):
            return text
    return ""


def day(date: str) -> str:
    """The earliest day a partial date can mean.

    >>> day("2026"), day("2026-05")
    ('2026-01-01', '2026-05-01')
    """
    return (date + "-01-01")[:10] if len(date) == 4 else (date + "-01")[:10]


def source_of(text: str) -> str:
    """A source that is but a page without an address says so.

    >>> source_of("stored page; April 2026"), source_of("stored page quoting aimultiple.com")
    ('a web page whose address was not kept; April 2026', 'aimultiple.com, as quoted by a web page')
    """
    text = re.sub(r"; same value in file id \d+", "", text)
    if text.startswith("stored page quoting "):
        return f"{text.removeprefix('stored page quoting ')}, as quoted by a web page"
    return text.replace("stored page", "a web page whose address was not kept")


def joined(*parts: str) -> str:
    return "; ".join(part for part in parts if part)


def decided(row: Row, source: str = DECIDED) -> Row:
    return {**row, "source": source, "checked_on": tables.DECIDED_ON}
