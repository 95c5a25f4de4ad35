"""The tables of a catalog that a refresh rewrites, as rows of text: prices of nodes, of hosted models, and their histories."""

import csv
import io
from collections.abc import Iterable
from pathlib import Path

from planner.inputs.catalog import COLUMNS, OPTIONAL, REPLACED, REPLACED_HOSTED
from planner.inputs.refresh.seen import Cells, Key, Known

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
