"""Grids on a real scheduler and two workers, one of which is killed on the way; the same answers as without."""

import csv
import os
import signal
import time
from importlib import import_module
from pathlib import Path

import pytest

from planner.cli import run
from planner.cluster import Results, spread
from planner.errors import Exit, InputErrors
from planner.solver import Watch

distributed = pytest.importorskip("distributed")
TINY = """\
name: Tiny
start: 2027-01
months: 6
catalog: none
workloads:
  - {name: render, kind: batch, demand_per_hour: 10, unit: images}
offers:
  - name: box
    throughput: {render: 5}
    contracts:
      - {kind: on_demand, usd_per_hour: 2}
      - {kind: commitment, term_months: 3, usd_per_hour: 1.5}
"""
GRID = ("--set", "demand_scale=0.5,1,2", "--set", "discount_rate=0,5%,10%")


@pytest.fixture(scope="module")
def cluster():
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, host="127.0.0.1", dashboard_address="127.0.0.1:0", silence_logs=50
    ) as found:
        yield found


@pytest.fixture
def tiny(tmp_path):
    path = tmp_path / "tiny.yaml"
    path.write_text(TINY)
    return path


def rows_of(capsys, *arguments):
    """Rows of the CSV that a command writes, and its exit code."""
    code = run([*map(str, arguments), "--format", "csv"])
    found = capsys.readouterr()
    return list(csv.DictReader(found.out.splitlines())), code, found.err


def doubled(shared, numbers, _seconds):
    """What workers are asked: slow enough to be killed meanwhile."""
    time.sleep(0.2)
    with (Path(shared) / f"{numbers[0]}").open("a") as file:
        file.write(f"{os.getpid()}\n")
    return [2 * number for number in numbers]


def slow(_shared, _argument, _seconds):
    time.sleep(60)


def test_a_lost_worker_loses_nothing(cluster, tmp_path):
    found, killed = {}, None
    for number, answer in spread(
        doubled, str(tmp_path), lambda _: [[i] for i in range(12)], cluster.scheduler_address, Watch()
    ):
        found[number[0]] = answer
        if killed is None:
            killed = int((tmp_path / f"{number[0]}").read_text())
            os.kill(killed, signal.SIGKILL)
    assert found == {i: [2 * i] for i in range(12)}
    by = {int(line) for i in range(12) for line in (tmp_path / f"{i}").read_text().split()}
    assert by - {killed}


def test_a_grid_has_the_same_answers_on_a_cluster(cluster, tiny, tmp_path, capsys):
    kept = tmp_path / "kept.results"
    here, code, _ = rows_of(capsys, "whatif", tiny, *GRID)
    there, same, _ = rows_of(capsys, "whatif", tiny, *GRID, "--cluster", cluster.scheduler_address, "--results", kept)
    assert code == same == Exit.ANSWERED
    assert len(here) == 10
    assert there == here
    with Results(kept) as results:
        count = results.database.execute("SELECT count(*) FROM answers").fetchone()[0]
    assert count == 9  # the scenario as it is is one point of its grid


def test_what_is_kept_is_not_solved_again(tiny, tmp_path, capsys, monkeypatch):
    kept = tmp_path / "kept.results"
    first, _, _ = rows_of(capsys, "whatif", tiny, *GRID, "--results", kept)
    solved = []
    module = import_module("planner.analysis.compare.what_if")
    whole = module._solve
    monkeypatch.setattr(module, "_solve", lambda *asked: solved.append(asked) or whole(*asked))
    again, code, _ = rows_of(capsys, "whatif", tiny, *GRID, "--results", kept)
    assert (again, code, solved) == (first, Exit.ANSWERED, [])
    more, _, _ = rows_of(capsys, "whatif", tiny, "--set", "demand_scale=0.5,3", "--results", kept)
    assert len(solved) == 1  # half the demand at the default rate was a point of the grid
    assert len(more) == 3


def deadly(_shared, argument, _seconds):
    if argument == "deadly":
        os.kill(os.getpid(), signal.SIGKILL)
    return argument


def test_a_call_that_ends_every_worker_is_unanswered(cluster):
    found = dict(spread(deadly, None, lambda _: ["a", "deadly", "b"], cluster.scheduler_address, Watch()))
    assert {name: answer for name, answer in found.items() if name != answer} == {}
    assert "deadly" not in found


def killed_once(shared, mark, _seconds):
    if not Path(mark).exists():
        Path(mark).touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return shared


def test_what_all_calls_share_outlives_every_worker(tmp_path):
    """There is one worker, and its first call kills it: the one after it needs what was sent to the first."""
    marks = [str(tmp_path / name) for name in "ab"]
    found = dict(spread(killed_once, {"facts": 1}, lambda _: marks, "local:1", Watch()))
    assert found == {mark: {"facts": 1} for mark in marks}


def mistaken(_shared, _argument, _seconds):
    raise InputErrors([])


def test_a_mistake_of_a_call_is_raised(cluster):
    with pytest.raises(InputErrors):
        list(spread(mistaken, None, lambda _: [1], cluster.scheduler_address, Watch()))


def test_the_time_limit_ends_what_workers_do(cluster):
    watch = Watch(time.monotonic() + 1)
    began = time.monotonic()
    assert list(spread(slow, None, lambda _: [1, 2], cluster.scheduler_address, watch)) == []
    assert time.monotonic() - began < 30


@pytest.mark.parametrize("address", ["locally", "local:0", "local:x", "http://127.0.0.1:1", "", "file:///etc"])
def test_what_is_no_cluster_is_refused(address):
    with pytest.raises(InputErrors, match="--cluster"):
        list(spread(doubled, "", lambda _: [[1]], address, Watch()))


def test_other_versions_are_refused(cluster, monkeypatch):
    monkeypatch.setattr("planner.cluster.workers.__version__", "9.9.9")
    with pytest.raises(InputErrors, match="this is 9"):
        list(spread(doubled, "", lambda _: [[1]], cluster.scheduler_address, Watch()))
