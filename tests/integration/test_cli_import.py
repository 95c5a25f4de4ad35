"""`planner catalog import`: checked quotes as CSV, mistakes at their cells, the same from a sheet as from a CSV file."""

import csv
import datetime
import io
import re
from pathlib import Path
from typing import Any

import pytest

from planner.cli.app import run

HEADER = ["provider", "instance", "accelerator", "count", "contract", "term_months", "price_usd_per_hour", "checked_on"]
ROW: list[Any] = ["acme, inc", "hgx", "h100-sxm-80gb", 8, "commitment", 12, 20.5, "2026-11-01"]


def a_csv(folder: Path, *rows: list[Any]) -> Path:
    path = folder / "in.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([HEADER, *rows])
    return path


def a_workbook(folder: Path, *rows: list[Any]) -> Path:
    openpyxl = pytest.importorskip("openpyxl")
    path, book = folder / "in.xlsx", openpyxl.Workbook()
    for row in [HEADER, *rows]:
        book.active.append(row)
    book.save(path)
    return path


def imported(capsys: pytest.CaptureFixture[str], path: Path, code: int = 0) -> tuple[list[dict[str, str]], str]:
    assert run(["catalog", "import", str(path)]) == code
    out, err = capsys.readouterr()
    return list(csv.DictReader(io.StringIO(out, newline=""))), err


def test_csv_and_sheet_say_the_same_and_can_be_imported_again(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    from_csv, _ = imported(capsys, a_csv(tmp_path, ROW))
    dated = [*ROW[:-1], datetime.date(2026, 11, 1)]
    from_sheet, _ = imported(capsys, a_workbook(tmp_path, [None] * 8, dated))
    assert from_csv == from_sheet
    assert (from_csv[0]["provider"], float(from_csv[0]["price_usd_per_hour"])) == ("acme, inc", 20.5)
    target = tmp_path / "checked.csv"
    assert run(["catalog", "import", str(tmp_path / "in.csv"), "-o", str(target)]) == 0
    assert imported(capsys, target)[0] == from_csv


def test_prices_far_from_the_market_are_taken_over_with_a_warning(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A price per accelerator in the place of one per node is an eighth of it; one digit too many is ten times it."""
    prices = (20.5, round(20.5 / 8, 4), 205.0)
    rows, err = imported(capsys, a_csv(tmp_path, *([*ROW[:6], usd, ROW[7]] for usd in prices)))
    assert [float(row["price_usd_per_hour"]) for row in rows] == list(prices)
    assert re.findall(r"warning: acme, inc, hgx, commitment at ([\d.]+) USD", err) == ["2.5625", "205"]
    assert "the market's median" in err


def test_a_table_without_quotes_says_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rows, err = imported(capsys, a_csv(tmp_path))
    assert rows == []
    assert "has no quote yet" in err


def test_a_table_without_a_row_of_names_is_one_mistake(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = a_csv(tmp_path, ROW)
    path.write_text(path.read_text(encoding="utf-8").partition("\n")[2], encoding="utf-8")
    _, err = imported(capsys, path, code=2)
    assert err.count("error:") == 1
    assert "the first row names no column" in err
    assert "price_usd_per_hour" in err


def test_every_mistake_is_told_at_its_cell(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    bad = [["acme", "hgx", "h100-sxm-80gb", 0, "commitment", 12, 20.5, "2026-11-01"], [*ROW[:6], "dear", ROW[7]]]
    rows, err = imported(capsys, a_csv(tmp_path, *bad), code=2)
    assert rows == []
    assert set(re.findall(r"in\.csv:(\d+):", err)) == {"2", "3"}
    rows, err = imported(capsys, a_workbook(tmp_path, *bad), code=2)
    assert rows == []
    assert set(re.findall(r"cell (\w+):", err)) == {"D2", "G3"}
    assert {"in.xlsx:2:4", "in.xlsx:3:7"} == set(re.findall(r"in\.xlsx:\d+:\d+", err))


def test_unknown_accelerators_and_columns_are_mistakes(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _, err = imported(capsys, a_workbook(tmp_path, [*ROW[:2], "h100-smx-80gb", *ROW[3:]]), code=2)
    assert "cell C2" in err
    assert "h100-sxm-80gb" in err
    path = a_csv(tmp_path, ROW)
    path.write_text(path.read_text(encoding="utf-8").replace("instance", "instnce"), encoding="utf-8")
    assert "instnce" in imported(capsys, path, code=2)[1]


@pytest.mark.parametrize("name", ["none.csv", "none.xlsx", "text.xlsx"])
def test_what_is_no_table_is_bad_input(name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "text.xlsx").write_text("no workbook", encoding="utf-8")
    imported(capsys, tmp_path / name, code=2)


def test_the_template_has_the_columns_of_a_quote(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    target = tmp_path / "quotes.csv"
    assert run(["init", "--template", "quotes", "-o", str(target)]) == 0
    assert imported(capsys, target)[0] == []
    with target.open("a", encoding="utf-8") as file:
        file.write("acme,any,US,hgx,h100-sxm-80gb,8,commitment,12,0,1,20.5,0,quote,2026-11-01\n")
    assert len(imported(capsys, target)[0]) == 1


def test_what_looks_like_a_formula_stays_text(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (row,), _ = imported(capsys, a_csv(tmp_path, ["=1+1", *ROW[1:]]))
    assert row["provider"] == "'=1+1"
