"""`planner show`, `--brief` and `--full`: a saved plan again in every format and length."""

import copy
import json
import os
import random
import time
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import url2pathname

import pytest
from planning import a_scenario, an_offer, on_demand, online
from test_cli_crossover import WORLD

from planner.cli import run
from planner.domain.records import Plan
from planner.errors import PlannerError
from planner.inputs.plan_file import read_plan
from planner.report.document import render
from planner.report.plan import render_plan, summary_report

GOLDEN = Path(__file__).parents[1] / "golden"
SCENARIO = a_scenario(
    periods=[{"hours": 730}], workloads=[online("w", 4)], offers=[an_offer("n", {"w": 2}, on_demand(3.0))], name="Two"
)


@pytest.fixture
def saved(tmp_path: Path) -> Path:
    (tmp_path / "s.json").write_text(json.dumps(SCENARIO.model_dump(mode="json", exclude_defaults=True)))
    assert run(["solve", str(tmp_path / "s.json"), "--no-baselines", "-o", str(tmp_path / "plan.json")]) == 0
    return tmp_path / "plan.json"


@pytest.mark.parametrize("form", ["table", "json", "csv", "markdown"])
def test_a_saved_plan_is_shown_as_it_was_solved(saved: Path, form: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["solve", str(saved.parent / "s.json"), "--no-baselines", "--format", form]) == 0
    solved = capsys.readouterr().out
    assert run(["show", str(saved), "--format", form]) == 0
    assert capsys.readouterr().out == solved


def test_brief_is_the_head_alone(saved: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["show", str(saved), "--brief"]) == 0
    head = capsys.readouterr().out
    assert run(["show", str(saved)]) == 0
    whole = capsys.readouterr().out
    title, *said = head.splitlines()
    assert whole.splitlines()[0] == title
    assert len(said) <= 4
    assert all(len(line) <= 100 for line in head.splitlines())
    assert "Proven to be the cheapest" in head
    assert "What to sign and use" not in head
    assert run(["solve", str(saved.parent / "s.json"), "--no-baselines", "--brief"]) == 0
    assert capsys.readouterr().out == head


def test_brief_says_what_to_sign_first(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["show", str(GOLDEN / "tiny.json"), "--brief"]) == 0
    said = capsys.readouterr().out
    plan = read_plan(GOLDEN / "tiny.json")
    first = min((line for line in plan.lines if line.action == "commit"), key=lambda line: line.signed_index)
    assert f"first {first.nodes:,.0f} × {first.node_type} of {first.provider} in {first.signed}." in said


def test_a_pipe_and_a_file_get_what_a_person_reads_and_all_of_it_on_request(
    saved: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    plan = read_plan(saved)
    assert run(["show", str(saved)]) == 0
    short = capsys.readouterr().out
    assert short == render(summary_report(plan))
    assert run(["show", str(saved), "-o", str(saved.parent / "plan.txt")]) == 0
    assert (saved.parent / "plan.txt").read_text() == short
    assert run(["show", str(saved), "--full"]) == 0
    assert capsys.readouterr().out == render_plan(plan, "table")
    assert run(["solve", str(saved.parent / "s.json"), "--no-baselines", "--full"]) == 0
    assert capsys.readouterr().out == render_plan(plan, "table")


def test_brief_needs_a_format_with_a_head(saved: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["show", str(saved), "--brief", "--format", "json"]) == 2
    assert "`--brief` is the head of a report, and json has none" in capsys.readouterr().err


def test_a_plan_that_was_changed_is_shown_and_disowned(saved: Path, capsys: pytest.CaptureFixture[str]) -> None:
    value = json.loads(saved.read_text())
    value["npv_usd"] += 100
    saved.write_text(json.dumps(value))
    assert run(["show", str(saved), "--brief"]) == 5
    assert "the audit disagrees" in capsys.readouterr().err


def test_a_plan_of_python_reads_what_the_command_wrote(saved: Path) -> None:
    plan = read_plan(saved)
    assert plan.lines[0].nodes == 2
    assert json.loads(plan.to_json()) == json.loads(saved.read_text())


def test_open_writes_a_page_and_opens_the_browser(
    saved: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    opened: list[str] = []
    monkeypatch.setattr("webbrowser.open", lambda address: opened.append(address) or True)
    assert run(["open", str(saved)]) == 0
    assert capsys.readouterr().out == ""
    (address,) = opened
    page = Path(url2pathname(urlsplit(address).path))
    assert run(["show", str(saved), "--format", "html"]) == 0
    assert page.read_text(encoding="utf-8") == capsys.readouterr().out
    assert page.parent.stat().st_mode & 0o077 == 0, "nobody else reads it"


@pytest.mark.parametrize("arguments", [["--no-browser"], []])
def test_open_tells_where_the_page_is_if_no_browser_shows_it(
    saved: Path, arguments: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def unavailable(address: str) -> bool:
        assert not arguments, "a browser that was not wanted"
        return False

    monkeypatch.setattr("webbrowser.open", unavailable)
    assert run(["open", str(saved), *arguments]) == 0
    page = Path(capsys.readouterr().out.strip())
    assert page.read_text(encoding="utf-8").startswith("<!doctype html>")


def test_open_takes_away_what_it_left_a_day_ago_and_nothing_else(
    saved: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    kept = {
        "planner-page-new": ["plan.html"],
        "planner-page-more": ["plan.html", "mine.txt"],
        "planner-other": ["plan.html"],
    }
    for name, files in {"planner-page-old": ["plan.html"], **kept}.items():
        (tmp_path / name).mkdir()
        for file in files:
            (tmp_path / name / file).write_text("x")
        age = 0 if name.endswith("new") else 90_000
        os.utime(tmp_path / name, (time.time() - age,) * 2)
    (tmp_path / "planner-page-link").symlink_to(tmp_path / "planner-other")
    assert run(["open", str(saved), "--no-browser"]) == 0
    page = Path(capsys.readouterr().out.strip())
    there = {path.name for path in tmp_path.iterdir() if path.name.startswith("planner-")}
    assert there == {*kept, "planner-page-link", page.parent.name}
    assert (tmp_path / "planner-other" / "plan.html").exists()
    assert (tmp_path / "planner-page-more" / "mine.txt").exists()


def test_open_shows_a_changed_plan_and_disowns_it(saved: Path, capsys: pytest.CaptureFixture[str]) -> None:
    value = json.loads(saved.read_text())
    value["npv_usd"] += 100
    saved.write_text(json.dumps(value))
    assert run(["open", str(saved), "--no-browser"]) == 5
    said = capsys.readouterr()
    assert "the audit disagrees" in said.err
    assert 'role="alert"' in Path(said.out.strip()).read_text(encoding="utf-8")


@pytest.mark.parametrize("width", [80, 140])
def test_a_terminal_gets_the_first_screen(
    saved: Path, width: int, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Decision, proof, five numbers and dates within forty lines; all of it on request."""
    monkeypatch.setattr("planner.cli.output.is_terminal", lambda _: True)
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setenv("COLUMNS", str(width))
    assert run(["show", str(saved)]) == 0
    screen = capsys.readouterr().out
    assert len(screen.splitlines()) <= 40
    assert all(len(line) <= width for line in screen.splitlines())
    for said in ("In short: ", "Proven to be the cheapest", "Five numbers", "To sign and to use", "--full"):
        assert said in screen
    assert run(["show", str(saved), "--full"]) == 0
    whole = capsys.readouterr().out
    assert "What to sign and use" in whole
    assert "Five numbers" not in whole


TWO_SELLERS = a_scenario(
    periods=[{"hours": 730}],
    workloads=[online("w", 4)],
    offers=[an_offer(name, {"w": 2}, on_demand(3.0), provider=name) for name in ("a", "b")],
    availability={"failure": "provider"},
)
QUESTIONS = {
    "explain": ["explain", "s.json"],
    "compare": ["compare", "s.json", "s.json"],
    "grid": ["whatif", "s.json", "--set", "demand_scale=1,2"],
    "commitments": ["whatif", "s.json", "--commitments"],
    "negotiate": ["negotiate", "s.json"],
    "crossover": ["crossover", "own.yaml", "--no-sensitivities", "--precision", "10%"],
    "estimate": ["estimate", "llama-3.1-8b", "--accelerator", "h100-sxm-80gb"],
    "estimates": ["estimate", "--request", "asked.json"],
    "estimate of training": ["estimate", "llama-3.1-8b", "--tokens", "1B", "--accelerator", "h100-sxm-80gb"],
    "rules of thumb": ["estimate", "llama-3.1-8b", "--rule-of-thumb"],
    "audit": ["audit", "plan.json"],
    "audit that disagrees": ["audit", "changed.json"],
    "simulate": ["simulate", "plan.json"],
    "simulate that disagrees": ["simulate", "other.json"],
    "infeasible": ["solve", "no.json"],
}

CODES = {"infeasible": 3, "audit that disagrees": 5, "simulate that disagrees": 5}


@pytest.mark.parametrize("question", QUESTIONS)
def test_every_saved_answer_is_shown_as_it_was_given(
    question: str, saved: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(saved.parent)
    no_plan = SCENARIO.model_copy(update={"budget_total_usd": 10.0})
    Path("no.json").write_text(json.dumps(no_plan.model_dump(mode="json", exclude_defaults=True)))
    Path("own.yaml").write_text(WORLD)
    changed = json.loads(saved.read_text())
    Path("two.json").write_text(json.dumps(TWO_SELLERS.model_dump(mode="json", exclude_defaults=True)))
    assert run(["solve", "two.json", "--no-baselines", "-o", "watched.json"]) == 0
    watched = json.loads(Path("watched.json").read_text())
    watched["availability"]["workloads"][0]["availability"] -= 0.1
    Path("other.json").write_text(json.dumps(watched))
    Path("changed.json").write_text(json.dumps({**changed, "npv_usd": changed["npv_usd"] + 100}))
    asked = [{"model": "llama-3.1-8b", "request": {"accelerator": name}} for name in ("h100-sxm-80gb", "a100-sxm-80gb")]
    Path("asked.json").write_text(json.dumps(asked))
    capsys.readouterr()
    for form in ("json", "html"):
        code = run([*QUESTIONS[question], "--format", form])
        given = capsys.readouterr().out
        if form == "json":
            Path("answer.json").write_text(given)
        assert run(["show", "answer.json", "--format", form]) == code
        assert capsys.readouterr().out == given
    for form in ("table", "csv", "markdown"):
        assert run(["show", "answer.json", "--format", form]) == code
        assert capsys.readouterr().out
    assert code == CODES.get(question, 0)
    assert run(["show", "answer.json", "--format", "xlsx"]) == 2
    assert "this answer has no format `xlsx`" in capsys.readouterr().err
    assert run(["open", "answer.json", "--no-browser"]) == code
    assert Path(capsys.readouterr().out.strip()).read_text(encoding="utf-8") == given


@pytest.mark.parametrize(
    "text",
    [
        '{"schema": "planner/infeasible/1"}',
        '{"schema": "planner/infeasible/1", "scenario": {"name": 3}, "causes": [], "repairs": [], "conflict": []}',
        '{"schema": "planner/infeasible/1", "scenario": {"name": "x"}, "causes": [7], "repairs": [], "conflict": []}',
        '{"schema": "planner/compare/1", "a": 3}',
        '{"schema": "planner/crossover/1", "scenario": 3}',
        '{"schema": "planner/audit/1", "scenario": {"name": "x", "sha256": ""}, "discrepancies": [7]}',
        '{"schema": "planner/simulation/1", "scenario": {"name": "x", "sha256": ""}, "samples": "x"}',
        '{"schema": "planner/estimate/1", "estimates": 3}',
        '{"schema": "planner/estimate/1", "mode": ["serve"], "results": [3]}',
        '{"schema": ["planner/compare/1"]}',
        "[]",
    ],
)
def test_what_is_no_answer_is_refused(text: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "x.json").write_text(text)
    assert run(["show", str(tmp_path / "x.json")]) == 2
    assert "x.json` is not " in capsys.readouterr().err


@pytest.mark.parametrize(
    "text", ["", "{", "[]", "3", "{}", '{"a": 1}', '{"schema": "planner/compare/1"}', "\ud800", "[" * 100_000]
)
def test_what_is_no_plan_is_refused_in_python(text: str) -> None:
    with pytest.raises(PlannerError, match=r"^`text` is not ") as refused:
        Plan.from_json(text)
    assert refused.value.exit_code == 2


def test_a_broken_plan_is_refused_with_the_place(
    saved: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Drawn: a part of a plan goes, or is something else."""
    draw = random.Random(7)
    plan = json.loads(saved.read_text(encoding="utf-8"))
    for _ in range(30):
        broken = copy.deepcopy(plan)
        place, key = broken, draw.choice([name for name in broken if name != "schema"])
        while isinstance(place[key], dict | list) and place[key] and draw.random() < 0.7:
            place = place[key]
            key = draw.choice(list(place)) if isinstance(place, dict) else draw.randrange(len(place))
        place[key] = draw.choice(["x", -1e300, None, [], {}, [7], {"x": 1}])
        text = json.dumps(broken)
        (tmp_path / "broken.json").write_text(text)
        code = run(["show", str(tmp_path / "broken.json")])
        said = capsys.readouterr().err
        assert code in (0, 2, 5), (key, place[key], said)
        if code == 2 and "is not a plan" in said:
            with pytest.raises(PlannerError, match=r"^`text` is not a plan"):
                Plan.from_json(text)
