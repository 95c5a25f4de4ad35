"""`planner solve` and `planner audit`: the answer, its dresses, its exit codes."""

import csv
import io
import json
import os
import subprocess
import sys
from functools import cache
from itertools import pairwise
from pathlib import Path

import pytest

from planner.analysis.answer import Answer
from planner.cli import run
from planner.domain.records.plan import plan_from_json_value
from planner.errors import Exit
from planner.inputs.catalog.load import load_catalog

ROOT = Path(__file__).resolve().parents[2]
TINY = """\
name: Tiny
start: 2027-01
months: 3
catalog: none
discount_rate: 0
workloads:
  - name: render
    kind: batch
    demand_per_hour: 10
    unit: images
offers:
  - name: box
    throughput: {render: 5}
    contracts:
      - {kind: on_demand, usd_per_hour: 2}
"""
COST_USD = 10 / 5 * 2 * 730 * 3
"""10 images an hour, 5 a node-hour, 2 USD a node-hour, 730 hours a month, 3 months."""


@pytest.fixture(autouse=True)
def _read_the_catalog_once(monkeypatch):
    monkeypatch.setattr("planner.inputs.catalog.load_catalog", cache(load_catalog))


@pytest.fixture
def tiny(tmp_path):
    path = tmp_path / "tiny.yaml"
    path.write_text(TINY)
    return path


@pytest.fixture
def plan(capsys, tiny):
    """The plan of the tiny scenario, as JSON values."""
    code, out, err = called(capsys, "solve", tiny, "--format", "json")
    assert (code, err) == (0, "")
    return json.loads(out)


def called(capsys, *arguments):
    code = run([str(argument) for argument in arguments])
    said = capsys.readouterr()
    return code, said.out, said.err


def from_stdin(monkeypatch, text):
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(text.encode())))


def test_the_plan_as_json(plan):
    assert next(iter(plan)) == "schema"
    assert (plan["schema"], plan["status"]) == ("planner/plan/1", "optimal")
    assert plan["total_usd"] == pytest.approx(COST_USD)
    assert plan["npv_usd"] == pytest.approx(COST_USD)
    assert plan["audit"]["agrees"] is True


@pytest.mark.parametrize("form", ["table", "markdown"])
def test_the_plan_for_people(capsys, tiny, form):
    code, out, err = called(capsys, "solve", tiny, "--format", form)
    assert (code, err) == (0, "")
    assert "$8,760" in out


def test_the_plan_as_csv(capsys, tiny):
    _, out, _ = called(capsys, "solve", tiny, "--format", "csv")
    (line,) = csv.DictReader(io.StringIO(out))
    assert (line["option"], float(line["total_usd"])) == ("offer:box", pytest.approx(COST_USD))


def test_set_changes_the_question(capsys, tiny):
    _, out, _ = called(
        capsys, "solve", tiny, "--set", "months=6", "--set", "offers.box.contracts.0.usd_per_hour=3", "--format", "json"
    )
    assert json.loads(out)["total_usd"] == pytest.approx(COST_USD * 2 * 1.5)


def test_a_scenario_by_standard_input(capsys, monkeypatch, plan):
    from_stdin(monkeypatch, TINY)
    code, out, _ = called(capsys, "solve", "-", "--format", "json")
    assert code == 0
    assert json.loads(out) == plan


def test_the_format_of_a_file_is_guessed_and_stdout_stays_empty(capsys, tiny, tmp_path, plan):
    for name, begins in (("plan.json", "{"), ("plan.csv", "action,"), ("memo.md", "## Tiny"), ("plan.txt", "Tiny")):
        assert called(capsys, "solve", tiny, "-o", tmp_path / name) == (0, "", "")
        assert (tmp_path / name).read_text().startswith(begins)
    assert json.loads((tmp_path / "plan.json").read_text()) == plan
    assert called(capsys, "solve", tiny, "-o", tmp_path / "plan.txt", "--format", "json")[0] == 0
    assert json.loads((tmp_path / "plan.txt").read_text()) == plan


def test_a_file_that_cannot_be_written_is_told_and_left_alone(capsys, tiny, tmp_path):
    code, out, err = called(capsys, "solve", tiny, "-o", tmp_path / "no" / "plan.json")
    assert (code, out) == (Exit.BAD_INPUT, "")
    assert "create the folder" in err
    assert sorted(path.name for path in tmp_path.iterdir()) == ["tiny.yaml"]


def test_gap_and_threads_and_baselines_reach_the_solver(capsys, tiny, monkeypatch, plan):
    asked = {}

    def answer(scenario, catalog, **options):
        asked.update(options, name=scenario.name)
        return Answer("done", plan_from_json_value(plan))

    monkeypatch.setattr("planner.analysis.answer", answer)
    options = ["--gap", "1%", "--threads", "2", "--time-limit", "7.5", "--no-baselines"]
    assert called(capsys, "solve", tiny, *options)[0] == 0
    assert 0 < asked.pop("time_limit") <= 7.5, "reading the catalog and the scenario counts too"
    assert asked == {"name": "Tiny", "gap": 0.01, "threads": 2, "baselines": False, "solver": None}
    assert called(capsys, "solve", tiny)[0] == 0
    assert asked == {"name": "Tiny", "gap": None, "threads": 1, "time_limit": None, "baselines": True, "solver": None}


def test_infeasible_is_an_answer_on_stdout_with_exit_code_3(capsys, tiny):
    cap = ("--set", "offers.box.max_nodes=1")
    code, out, err = called(capsys, "solve", tiny, *cap, "--format", "json")
    assert (code, err) == (Exit.INFEASIBLE, "")
    answer = json.loads(out)
    assert answer["status"] == "infeasible"
    assert answer["causes"]
    code, out, err = called(capsys, "solve", tiny, *cap)
    assert (code, err) == (Exit.INFEASIBLE, "")
    assert "no plan exists" in out


@pytest.mark.parametrize(("stop", "expected"), [("limit", Exit.LIMIT), ("interrupted", Exit.INTERRUPTED)])
def test_what_was_found_before_the_end_is_printed_first(capsys, tiny, monkeypatch, plan, stop, expected):
    found = Answer(stop, plan_from_json_value({**plan, "status": "feasible", "gap": 0.02}))
    monkeypatch.setattr("planner.analysis.answer", lambda *_, **__: found)
    code, out, err = called(capsys, "solve", tiny, "--format", "json")
    assert code == expected
    assert json.loads(out)["status"] == "feasible"
    assert err.startswith("warning: ")
    assert "within 2.0% of the best" in err
    unbounded = Answer(stop, plan_from_json_value({**plan, "status": "feasible", "gap": 1.0, "bound_usd": 0.0}))
    monkeypatch.setattr("planner.analysis.answer", lambda *_, **__: unbounded)
    assert "nothing bounds yet" in called(capsys, "solve", tiny)[2]
    monkeypatch.setattr("planner.analysis.answer", lambda *_, **__: Answer(stop, None))
    code, out, err = called(capsys, "solve", tiny, "--format", "json")
    assert (code, out) == (expected, "")
    assert "before any plan was found" in err


def test_an_interruption_outside_the_search_is_silent(capsys, tiny, monkeypatch):
    def interrupted(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr("planner.analysis.answer", interrupted)
    assert called(capsys, "solve", tiny) == (Exit.INTERRUPTED, "", "")


def test_a_plan_the_audit_disagrees_with_is_printed_with_exit_code_5(capsys, tiny, monkeypatch, plan):
    wrong = plan_from_json_value({**plan, "audit": {**plan["audit"], "agrees": False}})
    monkeypatch.setattr("planner.analysis.answer", lambda *_, **__: Answer("done", wrong))
    code, out, err = called(capsys, "solve", tiny)
    assert code == Exit.POLICY
    assert "Tiny" in out
    assert "do not rely on it" in err


def test_color_and_width_are_for_terminals_only(capsys, tiny, monkeypatch):
    _, plain, _ = called(capsys, "solve", tiny)
    assert "\x1b" not in plain
    monkeypatch.setattr("planner.cli.output.is_terminal", lambda stream: stream is sys.stdout)
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "60")
    _, colored, _ = called(capsys, "validate", tiny, "--resolved")
    assert "\x1b[1m" in colored
    monkeypatch.setenv("NO_COLOR", "1")
    _, narrow, _ = called(capsys, "solve", tiny)
    assert "\x1b" not in narrow
    assert max(map(len, narrow.splitlines())) <= 60


def test_progress_is_for_terminals_only(capsys, tiny, monkeypatch):
    monkeypatch.setattr("planner.cli.progress.is_terminal", lambda stream: stream is sys.stderr)
    code, out, err = called(capsys, "solve", tiny, "--format", "json")
    assert code == 0
    assert json.loads(out)
    assert "solving Tiny … " in err
    assert "CPU" in err


def test_progress_as_lines_of_json(capsys, tiny):
    code, out, err = called(capsys, "solve", tiny, "--format", "json", "--progress", "json")
    assert code == 0
    events = [json.loads(line) for line in err.splitlines()]
    search = [event for event in events if event["phase"] == "search"]
    assert search[-1]["plan_usd"] == pytest.approx(json.loads(out)["npv_usd"])
    assert search[-1]["bound_usd"] == pytest.approx(search[-1]["plan_usd"])
    assert {event["what"] for event in events} == {"solving Tiny"}
    assert all(a["elapsed_s"] <= b["elapsed_s"] for a, b in pairwise(events))


@pytest.mark.parametrize(
    ("command", "phase"),
    [
        (("whatif", "--set", "demand_scale=1,2"), "variants"),
        (("whatif", "--commitments"), "plan"),
        (("explain",), "search"),
    ],
)
def test_long_commands_tell_their_progress(capsys, tiny, command, phase):
    name, *rest = command
    _, _, err = called(capsys, name, tiny, *rest, "--progress", "json")
    events = [json.loads(line) for line in err.splitlines() if line.startswith("{")]
    assert phase in {event["phase"] for event in events}
    counted = [event for event in events if event["of"]]
    assert not counted or counted[-1]["done"] == counted[-1]["of"]


# ── audit ────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_sound_plan_passes_the_audit(capsys, tmp_path, plan):
    path = tmp_path / "plan.json"
    path.write_text(json.dumps(plan))
    code, out, err = called(capsys, "audit", path, "--format", "json")
    assert (code, err) == (0, "")
    assert json.loads(out)["agrees"] is True
    for form in ("table", "csv", "markdown"):
        assert called(capsys, "audit", path, "--format", form)[0] == 0


def test_a_corrupted_plan_fails_the_audit_whatever_it_says_of_itself(capsys, monkeypatch, plan):
    from_stdin(monkeypatch, json.dumps({**plan, "npv_usd": plan["npv_usd"] - 1000}))
    code, out, _ = called(capsys, "audit", "-", "--format", "json")
    assert code == Exit.POLICY
    assert json.loads(out)["discrepancies"]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "not JSON"),
        ("{", "not JSON"),
        ("\udcff", "not JSON"),
        ("[1]", "expected an object"),
        ("{}", "its `schema` is none"),
        ('{"schema": "planner/plan/2"}', 'its `schema` is "planner/plan/2"'),
        ('{"schema": "planner/plan/1", "npv_usd": NaN}', "NaN is not a number"),
        ('{"schema": "planner/plan/1", "schema": "planner/plan/1"}', "twice"),
        ('{"schema": "planner/plan/1"}', "  scenario: field required"),
        ("[" * 100_000, "nested too deeply"),
        ('{"a": ' + "9" * 5000 + "}", "not JSON"),
        ('{"status": "infeasible"}', "not a plan"),
    ],
    ids=lambda text: text[:30].encode("ascii", "replace").decode() or "nothing",
)
def test_what_is_no_plan_is_refused_with_exit_code_2(capsys, tmp_path, text, words):
    path = tmp_path / "plan.json"
    path.write_bytes(text.encode("utf-8", "surrogateescape"))
    code, out, err = called(capsys, "audit", path)
    assert (code, out) == (Exit.BAD_INPUT, "")
    assert words in err
    assert "Traceback" not in err


def test_mistakes_in_a_plan_are_told_by_their_path_and_the_first_twenty_only(capsys, tmp_path, plan):
    path = tmp_path / "plan.json"
    path.write_text(json.dumps({**plan, "lines": [{**plan["lines"][0], "nodes": "many"}]}))
    code, _, err = called(capsys, "audit", path)
    assert code == Exit.BAD_INPUT
    assert "  lines.0.nodes: input should be a valid number" in err
    path.write_text(json.dumps({**plan, "fleet": [{}] * 10}))
    code, _, err = called(capsys, "audit", path)
    assert err.count("field required") == 20
    assert "… and 20 more" in err


def test_solve_and_audit_as_processes_joined_by_a_pipe(tiny):
    def planner(*arguments, stdin=None):
        return subprocess.run(
            [sys.executable, "-m", "planner", *map(str, arguments)],
            cwd=ROOT,
            input=stdin,
            capture_output=True,
            text=True,
            env=os.environ,
            timeout=120,
        )

    solved = planner("solve", tiny, "--format", "json")
    assert (solved.returncode, solved.stderr) == (0, "")
    audited = planner("audit", "-", stdin=solved.stdout)
    assert (audited.returncode, audited.stderr) == (0, "")
    assert "agrees" in audited.stdout
