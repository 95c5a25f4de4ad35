"""Whole folders or none: a new state of a catalog is made beside the old one and takes its place by a rename.

If the machine stops between the two renames, the old state stands under `.NAME.before` and the next refresh puts it back.
"""

import csv
import io
import os
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from planner.inputs.catalog import COLUMNS, OPTIONAL, REPLACED, REPLACED_HOSTED
from planner.inputs.refresh.fetch import RefreshError
from planner.inputs.refresh.seen import Cells, Key, Known

_LEAVE = ("*.py", "__pycache__", "curated.json", "*.curated")
"""What belongs to the making of the bundled catalog."""


@contextmanager
def workspace(target: Path) -> Iterator["Workspace"]:
    """Nobody else refreshes this folder meanwhile, and nothing but the folder is left behind.

    Raises:
        RefreshError: the place cannot be written to, or another refresh is at work there.
    """
    parent = target.parent
    if not parent.is_dir():
        raise RefreshError(f"there is no folder `{parent}`", help="create it first")
    if target.is_symlink() or (target.exists() and not target.is_dir()):
        raise RefreshError(f"`{target}` is no folder", help="name a folder for the catalog")
    if not os.access(parent, os.W_OK):
        raise RefreshError(f"cannot write beside `{target}`", help="name another place for the catalog")
    descriptor = os.open(parent, os.O_RDONLY) if os.name == "posix" else -1
    try:
        _lock(descriptor, parent)
        space = Workspace(target)
        space.recover()
        try:
            yield space
        finally:
            shutil.rmtree(space.scratch, ignore_errors=True)
    finally:
        if descriptor >= 0:
            os.close(descriptor)


def _lock(descriptor: int, parent: Path) -> None:
    try:
        import fcntl

        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except ImportError:
        return
    except BlockingIOError:
        raise RefreshError(f"another refresh is writing in `{parent}`", help="wait until it has ended") from None
    except OSError:  # no locks on this file system
        return


class Workspace:
    """A folder, and the place beside it where its next state is made."""

    def __init__(self, target: Path) -> None:
        self.target = target
        self.scratch = target.with_name(f".{target.name}.new")
        self.before = target.with_name(f".{target.name}.before")

    def recover(self) -> None:
        """Put right what a refresh left that was stopped."""
        shutil.rmtree(self.scratch, ignore_errors=True)
        if self.before.is_dir():
            if self.target.exists():
                shutil.rmtree(self.before)
            else:
                self.before.rename(self.target)

    def write(self, base: Path, files: dict[str, bytes]) -> Path:
        """The next state: what `base` holds, with these files in the place of its own; safe on the disk."""
        ignore = None if base == self.target else shutil.ignore_patterns(*_LEAVE)
        if not self.scratch.exists():
            shutil.copytree(base, self.scratch, ignore=ignore)
        for name, data in files.items():
            path = self.scratch / name
            path.parent.mkdir(exist_ok=True)
            with path.open("wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
        for path in (self.scratch / "providers").glob("*.csv"):
            if f"providers/{path.name}" not in files:
                path.unlink()  # no price of this seller holds any more
        return self.scratch

    def publish(self) -> None:
        """The next state takes the place of the old one."""
        if self.target.exists():
            self.target.rename(self.before)
        try:
            self.scratch.rename(self.target)
        except OSError:
            with suppress(OSError):
                self.before.rename(self.target)
            raise
        shutil.rmtree(self.before, ignore_errors=True)


PRICES, HOSTED = "providers/*.csv", "hosted_apis.csv"


class Tables:
    """The rows of a catalog folder that loads; changed in memory, handed out as files."""

    def __init__(self, root: Path) -> None:
        self.prices: dict[Key, Cells] = {}
        for path in sorted((root / "providers").glob("*.csv")):
            for row in _rows(path):
                self.prices[key_of(path.stem, row)] = row
        self.hosted = {row["id"]: row for row in _rows(root / HOSTED)}
        self.replaced = _rows(root / REPLACED)
        self.replaced_hosted = _rows(root / REPLACED_HOSTED)
        self._aliases = _rows(root / "aliases.csv")
        self._accelerators = {row["id"] for row in _rows(root / "accelerators.csv")}
        self._regions = frozenset((row["provider"], row["region"]) for row in _rows(root / "regions.csv"))
        self.weights = {row["alias"]: row["id"] for row in self._aliases if row["kind"] == "hosted_model"}

    def known(self, today: str) -> Known:
        """What adapters may know of it."""
        names = {row["alias"].lower(): row["id"] for row in self._aliases if row["kind"] == "accelerator"}
        aliases = names | {name: name for name in self._accelerators}
        return Known(dict(self.prices), dict(self.hosted), aliases, self._regions, today)

    def files(self) -> dict[str, bytes]:
        """Name of each file and its content."""
        columns = _columns(PRICES)
        sellers: dict[str, list[Cells]] = {}
        for key, row in self.prices.items():
            sellers.setdefault(key.provider, []).append(row)
        made = {f"providers/{seller}.csv": _text(columns, rows) for seller, rows in sellers.items()}
        made[HOSTED] = _text(_columns(HOSTED), self.hosted.values())
        for name, rows in ((REPLACED, self.replaced), (REPLACED_HOSTED, self.replaced_hosted)):
            made[name] = _text(_columns(name), rows)
        return made


def key_of(provider: str, row: Cells) -> Key:
    """The offer that a row prices; numbers spelt one way."""
    term, upfront = (f"{float(row[name]):g}" if row[name] else "" for name in ("term_months", "upfront_fraction"))
    return Key(provider, row["region"], row["instance"], row["contract"], row["plan"], term, upfront)


def _columns(name: str) -> tuple[str, ...]:
    """As in the bundled catalog: optional columns before the provenance."""
    fixed = COLUMNS[name]
    at = fixed.index("basis") if "basis" in fixed else fixed.index("source")
    return (*fixed[:at], *OPTIONAL[name], *fixed[at:])


def _rows(path: Path) -> list[Cells]:
    """Of a file that a catalog may be without: none."""
    if not path.is_file():
        return []
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def _text(columns: tuple[str, ...], rows: Iterable[Cells]) -> bytes:
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, columns, restval="", extrasaction="ignore", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode()
