"""`datasets/README.md` says how many rows each table has; the tables say so too."""

import csv
import re
from pathlib import Path

import pytest

DATASETS = Path(__file__).parents[3] / "datasets"
_SECTION = re.compile(r"^## `([\w/]+\.csv)`\n(.*?)(?=^## |\Z)", re.MULTILINE | re.DOTALL)
_ROWS = re.compile(r"\b([\d,]+) rows\b")
STATED = {
    name: int(found[1].replace(",", ""))
    for name, text in _SECTION.findall((DATASETS / "README.md").read_text(encoding="utf-8"))
    if (found := _ROWS.search(text.split("\n|")[0])) is not None
}


def test_many_tables_say_how_many_rows_they_have() -> None:
    assert len(STATED) >= 10


@pytest.mark.parametrize("name", sorted(STATED))
def test_a_table_has_as_many_rows_as_the_page_says(name: str) -> None:
    (path,) = DATASETS.rglob(name)
    with path.open(encoding="utf-8", newline="") as file:
        assert sum(1 for _ in csv.DictReader(file)) == STATED[name]


def test_prices_are_counted_over_all_sellers() -> None:
    said = re.search(r"([\d,]+) rows of (\d+) sellers", (DATASETS / "README.md").read_text(encoding="utf-8"))
    assert said is not None
    files = sorted((DATASETS / "providers").glob("*.csv"))
    rows = 0
    for path in files:
        with path.open(encoding="utf-8", newline="") as file:
            rows += sum(1 for _ in csv.DictReader(file))
    assert (int(said[1].replace(",", "")), int(said[2])) == (rows, len(files))
