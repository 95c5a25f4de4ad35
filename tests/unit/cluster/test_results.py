"""Answers that are kept: whole, by what they hang on, and in files of this program only."""

import sqlite3
import subprocess
import sys

import pytest

from planner.cluster import Results, fingerprint
from planner.errors import InputErrors


def test_what_was_put_is_there_for_the_next(tmp_path):
    file = tmp_path / "kept.results"
    with Results(file) as first:
        first.put("a", {"npv": 1.5})
        first.put("a", {"npv": 2.5})
        first.put("b", {"causes": []})
    with Results(file) as second:
        assert second.get("a") == {"npv": 2.5}
        assert second.get("b") == {"causes": []}
        assert second.get("c") is None


def test_without_a_file_nothing_outlives_it():
    with Results(None) as first:
        first.put("a", {})
        assert first.get("a") == {}
    with Results(None) as second:
        assert second.get("a") is None


def test_a_writer_that_was_killed_leaves_whole_answers(tmp_path):
    file = tmp_path / "kept.results"
    program = f"""
import os, pathlib
from planner.cluster import Results
killed = Results(pathlib.Path({str(file)!r}))
killed.put("a", {{"npv": 1}})
killed.database.execute("BEGIN")
killed.database.execute("INSERT INTO answers VALUES ('b', '[')")
os._exit(9)
"""
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 9
    with Results(file) as other:
        assert other.get("a") == {"npv": 1}
        assert other.get("b") is None


@pytest.mark.parametrize("content", [b"name: scenario\n" * 100, b"SQLite format 3\0" + b"\xff" * 4000])
def test_other_files_are_left_alone(tmp_path, content):
    file = tmp_path / "scenario.yaml"
    file.write_bytes(content)
    with pytest.raises(InputErrors, match="cannot keep results"):
        Results(file)
    assert file.read_bytes() == content


def test_other_databases_are_left_alone(tmp_path):
    file = tmp_path / "other.sqlite"
    database = sqlite3.connect(file)
    database.execute("CREATE TABLE mine (x)")
    database.commit()
    database.close()
    before = file.read_bytes()
    with pytest.raises(InputErrors, match="another program"):
        Results(file)
    assert file.read_bytes() == before


def test_a_folder_that_is_not_there(tmp_path):
    with pytest.raises(InputErrors, match="unable to open"):
        Results(tmp_path / "nowhere" / "kept.results")


def test_a_fingerprint_tells_facts_apart():
    facts = [(), (1,), ((1,), 2), (1, (2,)), ("1",), ({1: 2},), ({2: 1},), ({1, 2},), ([],), ({},), (None,), (True,)]
    assert len({fingerprint(*fact) for fact in facts}) == len(facts)
