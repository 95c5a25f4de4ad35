"""`planner compare`: what may be compared, what may not, exit codes, dresses, pipes."""

import csv
import io
import json
import os
import subprocess
import sys
from functools import cache
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
DEARER = TINY.replace("usd_per_hour: 2", "usd_per_hour: 2.1")
"""5% dearer."""


@pytest.fixture(autouse=True)
def _read_the_catalog_once(monkeypatch):
    monkeypatch.setattr("planner.inputs.catalog.load_catalog", cache(load_catalog))


@pytest.fixture
def tiny(tmp_path):
    path = tmp_path / "tiny.yaml"
    path.write_text(TINY)
    return path


@pytest.fixture
def dearer(tmp_path):
    path = tmp_path / "dearer.yaml"
    path.write_text(DEARER)
    return path


@pytest.fixture
def plan(capsys, tiny, tmp_path):
    """The plan of the tiny scenario, in a file."""
    path = tmp_path / "plan.json"
    assert called(capsys, "solve", tiny, "-o", path, "--no-baselines") == (0, "", "")
    return path


def called(capsys, *arguments):
    code = run([str(argument) for argument in arguments])
    said = capsys.readouterr()
    return code, said.out, said.err


def from_stdin(monkeypatch, text):
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(text.encode())))


def compared(capsys, *arguments):
    """The comparison as JSON values; nothing is said beside it."""
    code, out, err = called(capsys, "compare", *arguments, "--format", "json")
    assert (code, err) == (0, "")
    return json.loads(out)


# ── what is compared ─────────────────────────────────────────────────────────────────────────────────────────────


def test_a_plan_and_its_scenario_do_not_differ(capsys, plan, tiny):
    found = compared(capsys, plan, tiny)
    assert next(iter(found)) == "schema"
    assert (found["schema"], found["changes"], found["scenario_changes"]) == ("planner/compare/1", [], [])
    assert (found["a"]["kind"], found["b"]["kind"]) == ("plan", "scenario")
    assert found["a"]["sha256"] == found["b"]["sha256"]


def test_a_dearer_price_is_told_by_line_sum_and_field_of_the_question(capsys, tiny, dearer):
    found = compared(capsys, tiny, dearer)
    (change,) = found["changes"]
    assert (change["change"], change["node_type"], change["provider"]) == ("~", "box", "inline")
    assert change["fields"] == [{"field": "unit_price_usd", "a": 2.0, "b": 2.1}]
    rise = pytest.approx(0.05 * COST_USD)
    assert change["cash_usd"]["difference"] == rise
    assert found["totals"]["npv_usd"]["difference"] == rise
    assert found["totals"]["npv_usd"]["change_fraction"] == pytest.approx(0.05)
    assert found["totals"]["by_kind"]["on_demand"]["difference"] == rise
    assert found["scenario_changes"] == [
        {"change": "~", "path": "offers.box.contracts.0.usd_per_hour", "a": 2.0, "b": 2.1}
    ]


def test_set_changes_the_scenarios_but_no_plan(capsys, plan, tiny):
    setting = ("--set", "offers.box.contracts.0.usd_per_hour=3")
    found = compared(capsys, plan, tiny, *setting)
    assert found["totals"]["total_usd"]["difference"] == pytest.approx(COST_USD / 2)
    assert compared(capsys, tiny, tiny, *setting)["changes"] == []
    code, out, err = called(capsys, "compare", plan, plan, *setting)
    assert (code, out) == (Exit.BAD_INPUT, "")
    assert "both sides are plans" in err


def test_one_side_by_standard_input_a_plan_or_a_scenario(capsys, monkeypatch, plan, dearer):
    by_file = compared(capsys, plan, dearer)
    from_stdin(monkeypatch, plan.read_text())
    by_pipe = compared(capsys, "-", dearer)
    assert by_pipe["a"].pop("source") == "<stdin>"
    assert by_file["a"].pop("source") == str(plan)
    assert by_pipe == by_file
    from_stdin(monkeypatch, DEARER)
    assert compared(capsys, plan, "-")["changes"] == by_file["changes"]
    code, out, err = called(capsys, "compare", "-", "-")
    assert (code, out) == (Exit.BAD_INPUT, "")
    assert "only one of A and B can be `-`" in err


def test_a_scenario_may_be_json_and_files_it_names_are_sought_beside_it(capsys, tmp_path, plan):
    shape = tmp_path / "shape.csv"
    shape.write_text("\n".join(["1"] * 24))
    question = {
        "start": "2027-01", "months": 3, "catalog": "none", "discount_rate": 0, "name": "Tiny",
        "workloads": [{"name": "chat", "kind": "inference", "demand_per_hour": 10, "unit": "images",
                       "profile": {"csv": "shape.csv"}}],
        "offers": [{"name": "box", "throughput": {"chat": 5}, "contracts": [{"kind": "on_demand", "usd_per_hour": 2}]}],
    }  # fmt: skip
    path = tmp_path / "question.json"
    path.write_text(json.dumps(question))
    found = compared(capsys, plan, path)
    assert found["b"]["kind"] == "scenario"
    paths = ["workloads.render", "workloads.chat", "offers.box.throughput.render", "offers.box.throughput.chat"]
    assert [change["path"] for change in found["scenario_changes"]] == paths


# ── dresses ──────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("form", ["table", "markdown"])
def test_for_people(capsys, tiny, dearer, form):
    code, out, err = called(capsys, "compare", tiny, dearer, "--format", form)
    assert (code, err) == (0, "")
    assert "Tiny, A → B: +$438.00 (+5.0%) in NPV" in out
    assert "unit price $2.0000 → $2.1000" in out
    assert "\x1b" not in out


def test_as_csv(capsys, tiny, dearer):
    _, out, _ = called(capsys, "compare", tiny, dearer, "--format", "csv")
    rows = {(row["section"], row["item"], row["field"]): row for row in csv.DictReader(io.StringIO(out))}
    assert float(rows["total", "npv_usd", ""]["difference"]) == pytest.approx(438.0)
    assert rows["scenario", "offers.box.contracts.0.usd_per_hour", ""]["b"] == "2.1"


def test_into_a_file_by_its_suffix(capsys, tiny, dearer, tmp_path):
    for name, begins in (("diff.json", "{"), ("diff.csv", "section,"), ("diff.md", "## Tiny"), ("diff.txt", "Tiny")):
        assert called(capsys, "compare", tiny, dearer, "-o", tmp_path / name) == (0, "", "")
        assert (tmp_path / name).read_text().startswith(begins)


def test_color_is_for_terminals_without_no_color(capsys, plan, monkeypatch):
    monkeypatch.setattr("planner.cli.output.is_terminal", lambda stream: stream is sys.stdout)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "60")
    monkeypatch.delenv("NO_COLOR", raising=False)
    assert "\x1b[1m" in called(capsys, "compare", plan, plan)[1]
    monkeypatch.setenv("NO_COLOR", "1")
    plain = called(capsys, "compare", plan, plan)[1]
    assert "\x1b" not in plain
    assert max(map(len, plain.splitlines())) <= 60


# ── the policy ───────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("allowed", "expected"),
    [("5%", 0), ("0.05", 0), ("4.9%", Exit.POLICY), ("0.049", Exit.POLICY), ("0", Exit.POLICY), ("150%", 0)],
)
def test_how_much_dearer_b_may_be(capsys, tiny, dearer, allowed, expected):
    code, out, err = called(capsys, "compare", tiny, dearer, "--fail-above", allowed, "--format", "json")
    assert code == expected
    assert json.loads(out)["policy"]["passed"] is (expected == 0)
    assert ("above that of" in err) is (expected != 0)
    code, _, err = called(capsys, "compare", dearer, tiny, "--fail-above", allowed)
    assert (code, err) == (0, "")


@pytest.mark.parametrize("written", ["5", "-1%", "much", "nan", "inf", ""])
def test_shares_that_make_no_sense(capsys, tiny, written):
    code, out, err = called(capsys, "compare", tiny, tiny, f"--fail-above={written}")
    assert (code, out) == (Exit.BAD_INPUT, "")
    assert "`--fail-above`" in err
    assert "write e.g. `--fail-above 5%`" in err


# ── what must not be compared ────────────────────────────────────────────────────────────────────────────────────


def test_a_plan_the_audit_disagrees_with_is_not_compared_whatever_it_says_of_itself(capsys, plan, tiny, tmp_path):
    value = json.loads(plan.read_text())
    assert value["audit"]["agrees"] is True
    wrong = tmp_path / "wrong.json"
    wrong.write_text(json.dumps({**value, "npv_usd": value["npv_usd"] - 1000}))
    for sides in ((wrong, plan), (plan, wrong), (tiny, wrong)):
        code, out, err = called(capsys, "compare", *sides)
        assert (code, out) == (Exit.POLICY, "")
        assert err.startswith(f"error: the audit disagrees with `{wrong}`")
        assert "npv" in err
        assert f"`planner audit {wrong}` lists every difference" in err


def test_a_scenario_whose_plan_the_audit_disagrees_with(capsys, plan, tiny, monkeypatch):
    value = json.loads(plan.read_text())
    wrong = plan_from_json_value({**value, "audit": {**value["audit"], "agrees": False}})
    monkeypatch.setattr("planner.analysis.answer", lambda *_, **__: Answer("done", wrong))
    code, out, err = called(capsys, "compare", plan, tiny)
    assert (code, out) == (Exit.POLICY, "")
    assert "the audit disagrees" in err


def test_no_plan_exists(capsys, plan, tiny):
    cap = ("--set", "offers.box.max_nodes=1")
    code, out, err = called(capsys, "compare", plan, tiny, *cap, "--format", "json")
    assert code == Exit.INFEASIBLE
    assert json.loads(out)["causes"]
    assert f"`{tiny}` has no plan" in err


def test_a_limit_that_comes_first_is_told_beside_the_comparison(capsys, plan, tiny, monkeypatch):
    early = plan_from_json_value({**json.loads(plan.read_text()), "status": "feasible", "gap": 0.02})
    monkeypatch.setattr("planner.analysis.answer", lambda *_, **__: Answer("limit", early))
    code, out, err = called(capsys, "compare", plan, tiny)
    assert code == Exit.LIMIT
    assert "not proven to be the cheapest (within 2.0% of the best)" in out
    assert "within 2.0% of the best" in err
    monkeypatch.setattr("planner.analysis.answer", lambda *_, **__: Answer("limit", None))
    code, out, err = called(capsys, "compare", plan, tiny)
    assert (code, out) == (Exit.LIMIT, "")
    assert "allow more time" in err


def test_an_interruption_ends_it_without_a_word(capsys, plan, tiny, monkeypatch):
    found = plan_from_json_value(json.loads(plan.read_text()))
    monkeypatch.setattr("planner.analysis.answer", lambda *_, **__: Answer("interrupted", found))
    assert called(capsys, "compare", plan, tiny) == (Exit.INTERRUPTED, "", "")


def test_gap_time_and_threads_reach_the_solver(capsys, plan, tiny, monkeypatch):
    asked = {}

    def answer(scenario, catalog, **options):
        asked.update(options)
        return Answer("done", plan_from_json_value(json.loads(plan.read_text())))

    monkeypatch.setattr("planner.analysis.answer", answer)
    options = ("--gap", "1%", "--threads", "2", "--time-limit", "7.5")
    assert called(capsys, "compare", plan, tiny, *options)[0] == 0
    assert asked == {"gap": 0.01, "threads": 2, "time_limit": 7.5, "baselines": False}
    assert called(capsys, "compare", plan, tiny, "--time-limit", "0")[0] == Exit.BAD_INPUT


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        ("x.json", "", "holds no JSON object"),
        ("x.json", "[1]", "holds no JSON object"),
        ("x.json", '{"schema": "planner/plan/1", "npv_usd": 1', "is not JSON"),
        ("x.json", '{"schema": "planner/plan/1", "npv_usd": NaN}', "NaN is not a number"),
        ("x.json", '{"schema": "planner/plan/1"}', "  scenario: field required"),
        ("x.json", '{"schema": "planner/plan/2", "workloads": []}', 'its `schema` is "planner/plan/2"'),
        ("x.json", '{"a": 1}', "its `schema` is none"),
        ("x.json", '{"status": "infeasible"}', "says that no plan exists"),
        ("x.json", '{"workloads": 3}', "--> "),
        ("x.yaml", "", "the file is empty"),
        ("x.yaml", "workloads: []\nbudgets: 1", "unknown key `budgets`"),
        ("x.yaml", "{", "--> "),
        ("x.yaml", "a: \x00", "error: "),
        ("x.yaml", "\udcff", "is not UTF-8"),
    ],
)
def test_what_is_neither_plan_nor_scenario(capsys, tmp_path, plan, name, text, words):
    path = tmp_path / name
    path.write_bytes(text.encode("utf-8", "surrogateescape"))
    for sides in ((path, plan), (plan, path)):
        code, out, err = called(capsys, "compare", *sides)
        assert (code, out) == (Exit.BAD_INPUT, "")
        assert err.startswith("error: ")
        assert words in err
        assert "Traceback" not in err


def test_a_file_that_is_not_there(capsys, plan, tmp_path):
    for missing in (tmp_path / "no.yaml", tmp_path / "no.json", tmp_path):
        code, out, err = called(capsys, "compare", plan, missing)
        assert (code, out) == (Exit.BAD_INPUT, "")
        assert f"cannot read `{missing}`" in err


def test_sides_that_are_missing_or_too_many(capsys, plan):
    assert called(capsys, "compare")[0] == Exit.BAD_INPUT
    assert called(capsys, "compare", plan)[0] == Exit.BAD_INPUT
    assert called(capsys, "compare", plan, plan, plan)[0] == Exit.BAD_INPUT


def test_solve_and_compare_as_processes_joined_by_a_pipe(tiny, dearer):
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

    solved = planner("solve", dearer, "--format", "json", "--no-baselines")
    found = planner("compare", tiny, "-", "--fail-above", "1%", stdin=solved.stdout)
    assert found.returncode == Exit.POLICY
    assert "unit price $2.0000 → $2.1000" in found.stdout
    assert found.stderr.startswith("error: the NPV of `<stdin>` is above")
