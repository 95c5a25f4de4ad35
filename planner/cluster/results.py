"""Answers by key in one SQLite file: each is there whole or not at all, whatever ends the command that wrote it."""

import dataclasses
import hashlib
import json
import sqlite3
from collections.abc import Iterable
from pathlib import Path
from types import TracebackType
from typing import Any

from pydantic import BaseModel

from planner.errors import InputErrors, Mistake

APPLICATION_ID = 0x706C616E
"""What tells our files from other databases of SQLite: the letters `plan`."""
_TABLE = "CREATE TABLE answers (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID"


class Results:
    """Answers as JSON values by key.

    Raises:
        InputErrors: the file is something else, or cannot be read or written.
    """

    def __init__(self, file: Path | None) -> None:
        """Args:
        file: where they are kept; None: in memory.
        """
        self.file = file
        try:
            self.database = sqlite3.connect(file or ":memory:", isolation_level=None)
            found = self.database.execute("PRAGMA application_id").fetchone()[0]
            empty = not self.database.execute("SELECT count(*) FROM sqlite_schema").fetchone()[0]
            if found != APPLICATION_ID and not (empty and found == 0):
                raise self._refused("it is a database of another program")
            if empty:
                self.database.execute(f"PRAGMA application_id = {APPLICATION_ID}")
                self.database.execute(_TABLE)
        except sqlite3.Error as error:
            raise self._refused(str(error)) from None

    def __enter__(self) -> "Results":
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self.database.close()

    def get(self, key: str) -> dict[str, Any] | None:
        """The answer to a question; None if it is not known."""
        try:
            row = self.database.execute("SELECT value FROM answers WHERE key = ?", (key,)).fetchone()
            value = None if row is None else json.loads(row[0])
        except (sqlite3.Error, ValueError) as error:
            raise self._refused(str(error)) from None
        if value is not None and not isinstance(value, dict):
            raise self._refused("an answer in it is no JSON object")
        return value

    def put(self, key: str, value: dict[str, Any]) -> None:
        """Keep an answer; a later one to the same question replaces it."""
        try:
            self.database.execute("INSERT OR REPLACE INTO answers VALUES (?, ?)", (key, json.dumps(value)))
        except sqlite3.Error as error:
            raise self._refused(str(error)) from None

    def _refused(self, why: str) -> InputErrors:
        said = f"cannot keep results in `{self.file}`: {why}"
        return InputErrors([Mistake(said, help="name another file by `--results`", code="results")])


def fingerprint(*facts: object) -> str:
    """SHA-256 of facts: dataclasses, models, tuples, mappings and sets of plain values; the same in every process.

    >>> fingerprint({"b": {2, 1}, "a": (1.5, None)}) == fingerprint({"a": [1.5, None], "b": {1, 2}})
    True
    """
    digest = hashlib.sha256()
    for part in _parts(facts):
        digest.update(part.encode("utf-8", "surrogatepass") + b"\0")
    return digest.hexdigest()


def _parts(fact: object) -> Iterable[str]:
    if isinstance(fact, BaseModel):
        yield fact.model_dump_json()
    elif dataclasses.is_dataclass(fact) and not isinstance(fact, type):
        yield from _parts({field.name: getattr(fact, field.name) for field in dataclasses.fields(fact)})
    elif isinstance(fact, dict):
        yield f"{len(fact)} pairs"
        for key in sorted(fact, key=repr):
            yield repr(key)
            yield from _parts(fact[key])
    elif isinstance(fact, set | frozenset):
        yield from _parts(sorted(fact, key=repr))
    elif isinstance(fact, list | tuple):
        yield f"{len(fact)} items"
        for item in fact:
            yield from _parts(item)
    else:
        yield repr(fact)
