"""`planner catalog refresh` from the outside: the report in every format, exit codes, and what is said where httpx is missing."""

import csv
import io
import json
import sys
from pathlib import Path

import httpx
import pytest
from price_sources import TODAY, Lists, price_lists, small_catalog

from planner.cli.app import run
from planner.cli.commands.catalog import refreshing
from planner.inputs.refresh import SOURCES


def test_the_list_of_sources_asks_nobody(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "httpx", None)
    assert run(["catalog", "refresh", "--list", "--format", "csv"]) == 0
    rows = list(csv.DictReader(io.StringIO(capsys.readouterr().out)))
    assert [row["source"] for row in rows] == list(SOURCES)
    assert all(row["terms"] and row["hosts"] for row in rows)


def test_what_is_missing_or_unknown_is_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert run(["catalog", "refresh"]) == 2
    assert "name the folder" in capsys.readouterr().err
    assert run(["catalog", "refresh", str(tmp_path / "mine"), "--source", "azur"]) == 2
    assert "did you mean `azure`?" in capsys.readouterr().err
    monkeypatch.setitem(sys.modules, "httpx", None)
    assert run(["catalog", "refresh", str(tmp_path / "mine"), "--source", "azure"]) == 2
    assert "planner[refresh]" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_the_report(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    base, mine = small_catalog(tmp_path / "base"), str(tmp_path / "mine")
    with price_lists() as lists:
        here(lists, monkeypatch)
        monkeypatch.setattr(refreshing, "today", lambda: TODAY)
        asked = ["catalog", "refresh", mine, "--datasets", str(base), "--source", "azure", "--source", "litellm"]
        assert run([*asked, "--format", "json"]) == 0
        done = json.loads(capsys.readouterr().out)
        assert (done["schema"], done["written"], done["held_back"]) == ("planner/catalog-refresh/1", True, [])
        assert {s["source"]: s["new"] for s in done["sources"]} == {"azure": 2, "litellm": 1}
        lists.answers.pop("prices.azure.com/api/retail/prices")
        assert run(asked) == 0
        out, err = capsys.readouterr()
        assert "1 source failed" in out
        assert "warning: azure answers with status 404" in err
        assert run(["catalog", "refresh", mine, "--source", "azure"]) == 2
        assert "No source could be read" in capsys.readouterr().out


def here(lists: Lists, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every client that names no way of its own goes to the server of the test."""
    client = httpx.AsyncClient
    monkeypatch.setattr(
        httpx,
        "AsyncClient",
        lambda **given: client(**{**given, "transport": given["transport"] or lists.transport()}),  # type: ignore[arg-type]
    )
