"""Answers for programs: JSON with the same bytes for the same answer, CSV that no spreadsheet runs."""

import csv
import io
import json
import re
from collections.abc import Iterable, Mapping, Sequence

from planner.report.document.text import clean

_UNPRINTABLE = re.compile("[\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")
_FORMULA = re.compile(r"""^[\s'"]*[=+\-@\t\r\n＝＋－＠]""")


def json_text(value: Mapping[str, object] | Sequence[object]) -> str:
    """Indented JSON; characters that a terminal would obey are written as escapes."""
    text = json.dumps(value, indent=2, ensure_ascii=False, allow_nan=False)
    return _UNPRINTABLE.sub(lambda match: f"\\u{ord(match[0]):04x}", text) + "\n"


def csv_text(header: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """RFC 4180; numbers stay numbers, None is an empty cell, text cannot be a formula."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([_cell(name) for name in header])
    writer.writerows([_cell(value) for value in row] for row in rows)
    return out.getvalue()


def _cell(value: object) -> object:
    if value is None or isinstance(value, bool | int | float):
        return value
    text = clean(str(value))  # first: what is invisible may hide the beginning of a formula
    return f"'{text}" if _FORMULA.match(text) else text
