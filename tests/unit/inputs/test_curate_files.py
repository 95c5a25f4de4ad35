"""What a person wrote into the catalog survives the next curation, or is given up by name."""

import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

DATASETS = Path(__file__).resolve().parents[3] / "datasets"
ROWS = [{"id": "b", "usd": "10"}, {"id": "a", "usd": "9"}]
NEWER = [{"id": "a", "usd": "8"}, {"id": "b", "usd": "10"}]


@pytest.fixture(scope="module")
def curate() -> Iterator[ModuleType]:
    sys.path.insert(0, str(DATASETS))
    import curate_files

    yield curate_files
    sys.path.remove(str(DATASETS))


def run(curate: ModuleType, root: Path, rows: list[dict[str, str]], *take: str, name: str = "prices.csv") -> int:
    files = curate.Files(root, take)
    if rows:
        files.write(name, [dict(row) for row in rows], "id")
    code: int = files.close()
    return code


def test_what_nobody_edited_is_written_anew(curate: ModuleType, tmp_path: Path) -> None:
    assert run(curate, tmp_path, ROWS) == 0
    assert (tmp_path / "prices.csv").read_text() == "id,usd\na,9\nb,10\n"
    assert run(curate, tmp_path, NEWER) == 0
    assert (tmp_path / "prices.csv").read_text() == "id,usd\na,8\nb,10\n"


def test_an_edit_stays_and_the_run_says_so(
    curate: ModuleType, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run(curate, tmp_path, ROWS)
    path = tmp_path / "prices.csv"
    path.write_text(edited := path.read_text() + "c,7\n")
    for _ in range(2):  # the second run still knows
        assert run(curate, tmp_path, NEWER) == 1
        assert path.read_text() == edited
        assert (tmp_path / "prices.csv.curated").read_text() == "id,usd\na,8\nb,10\n"
    assert "EDITED BY HAND: kept; 2 rows only here, 1 only from the facts" in capsys.readouterr().out
    assert run(curate, tmp_path, NEWER, "prices.csv") == 0
    assert path.read_text() == "id,usd\na,8\nb,10\n"
    assert not (tmp_path / "prices.csv.curated").exists()


def test_an_edit_that_the_facts_caught_up_with_is_no_edit_any_more(curate: ModuleType, tmp_path: Path) -> None:
    run(curate, tmp_path, ROWS)
    (tmp_path / "prices.csv").write_text("id,usd\na,8\nb,10\n")
    assert run(curate, tmp_path, NEWER) == 0
    assert run(curate, tmp_path, ROWS) == 0


def test_a_file_that_no_run_wrote_is_nobodys_to_overwrite(curate: ModuleType, tmp_path: Path) -> None:
    (tmp_path / "mine.csv").write_text("id,usd\nz,1\n")
    assert run(curate, tmp_path, ROWS, name="mine.csv") == 1
    assert (tmp_path / "mine.csv").read_text() == "id,usd\nz,1\n"
    assert run(curate, tmp_path, ROWS, name="other.csv") == 0
    assert (tmp_path / "mine.csv").exists()


def test_a_file_without_facts_goes_unless_it_was_edited(curate: ModuleType, tmp_path: Path) -> None:
    run(curate, tmp_path, ROWS)
    assert run(curate, tmp_path, []) == 0
    assert not (tmp_path / "prices.csv").exists()
    run(curate, tmp_path, ROWS)
    (tmp_path / "prices.csv").write_text("id,usd\na,1\n")
    assert run(curate, tmp_path, []) == 1
    assert (tmp_path / "prices.csv").exists()


def test_what_ships_is_what_the_last_run_wrote() -> None:
    """Edits by hand are welcome: name the file here, so that the next curation is told of it in review."""
    sys.path.insert(0, str(DATASETS))
    import curate_files

    edited = [name for name in curate_files.Files(DATASETS).known if curate_files.Files(DATASETS).edited(name)]
    assert edited == []
