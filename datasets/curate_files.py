"""Writing the catalog's files without losing what a person wrote into them.

`curated.json` holds the hash of every file as the last run wrote it. A file that is another by now was edited by hand: it stays,
what this run would have written goes beside it (`NAME.curated`), and the run says so and fails. `--take NAME` takes its version.
"""

import csv
import hashlib
import io
import json
from collections.abc import Collection
from pathlib import Path

from curate_cells import Row, natural

MANIFEST = "curated.json"


class Files:
    """The files of one run."""

    def __init__(self, root: Path, take: Collection[str] = ()) -> None:
        self.root, self.take = root, set(take)
        manifest = root / MANIFEST
        self.known: dict[str, str] = json.loads(manifest.read_text(encoding="utf-8")) if manifest.is_file() else {}
        self.written: dict[str, str] = {}
        self.kept: list[str] = []

    def write(self, name: str, rows: list[Row], *sort_by: str) -> None:
        """Rows sorted by the named columns, numbers by value; the header is that of the first row."""
        rows.sort(key=lambda row: tuple(natural(row[column]) for column in sort_by))
        text = io.StringIO(newline="")
        writer = csv.DictWriter(text, fieldnames=list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
        data, path = text.getvalue().encode(), self.root / name
        path.parent.mkdir(exist_ok=True)
        beside = path.with_name(f"{path.name}.curated")
        if self.edited(name) and path.read_bytes() != data and not {name, "all"} & self.take:
            beside.write_bytes(data)
            self.written[name] = self.known[name]
            self.kept.append(name)
            print(f"{name:32} {len(rows):6,} rows  EDITED BY HAND: kept; {changes(path.read_bytes(), data)}")
            return
        path.write_bytes(data)
        beside.unlink(missing_ok=True)
        self.written[name] = digest(data)
        print(f"{name:32} {len(rows):6,} rows")

    def edited(self, name: str) -> bool:
        """Whether somebody changed a file since the last run wrote it; a file no run wrote is nobody's to overwrite either."""
        path = self.root / name
        if not path.is_file():
            return False
        self.known.setdefault(name, "")
        return digest(path.read_bytes()) != self.known[name]

    def close(self) -> int:
        """Take away files that no row goes into any more, unless they were edited; write the manifest; 1 if anything was kept."""
        for name in sorted(set(self.known) - set(self.written)):
            path = self.root / name
            if not path.is_file() or not self.known[name]:
                continue
            if self.edited(name) and not {name, "all"} & self.take:
                self.written[name] = self.known[name]
                self.kept.append(name)
                print(f"{name:32} EDITED BY HAND: kept, though no fact goes into it any more")
            else:
                path.unlink()
                print(f"{name:32} gone: no fact goes into it any more")
        manifest = json.dumps(dict(sorted(self.written.items())), indent=1) + "\n"
        (self.root / MANIFEST).write_text(manifest, encoding="utf-8")
        if self.kept:
            print(f"\nkept as edited: {', '.join(self.kept)}")
            print("read NAME.curated beside each; `--take NAME` takes it, `--take all` all of them")
        return 1 if self.kept else 0


def digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def changes(mine: bytes, theirs: bytes) -> str:
    """How the file as it is differs from what the facts say, in rows."""
    here, there = set(mine.splitlines()), set(theirs.splitlines())
    return f"{len(here - there):,} rows only here, {len(there - here):,} only from the facts"
