"""Every answer as a page: whole, without a request or a script, and with the words of the table."""

import json
import re
from html import unescape
from pathlib import Path

import pytest
from planning import a_scenario, an_offer, on_demand, online

from planner.cli import run

ROOT = Path(__file__).parents[2]
PLAN = str(ROOT / "tests" / "golden" / "tiny.json")
SCENARIO = a_scenario(
    periods=[{"hours": 730}],
    workloads=[online("w", 4)],
    offers=[an_offer("n", {"w": 2}, on_demand(3.0))],
    name="Two <b>",
)
HOPELESS = a_scenario(periods=[{"hours": 730}], workloads=[online("w", 4)], offers=[], name="None <b>")


@pytest.fixture
def small(tmp_path: Path) -> str:
    (tmp_path / "s.json").write_text(json.dumps(SCENARIO.model_dump(mode="json", exclude_defaults=True)))
    return str(tmp_path / "s.json")


def words(page: str) -> str:
    body = re.sub(r"<style>.*?</style>", "", page, flags=re.DOTALL)
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", body)).split())


CHARTED = ("whatif",)


def whole(page: str, *, charts: bool = False) -> None:
    assert page.startswith("<!doctype html>")
    assert page.endswith("</html>\n")
    assert ("<script" in page) == charts
    page = re.sub(r"<script.*?</script>", "", page, flags=re.DOTALL)
    assert "<b>" not in page
    assert [link for link in re.findall(r'(?:href|src)="([^"]*)"', page) if not link.startswith("#")] == []
    marks = re.findall(r' id="([^"]*)"', page)
    assert len(marks) == len(set(marks)), "each name once"
    assert set(re.findall(r'href="#([^"]*)"', page)) <= set(marks)


COMMANDS = {
    "compare": ["compare", PLAN, PLAN],
    "whatif": ["whatif", "SMALL", "--set", "demand_scale=1,2"],
    "commitments": ["whatif", "SMALL", "--commitments"],
    "explain": ["explain", "SMALL"],
    "estimate": ["estimate", "llama-3.1-8b"],
    "simulate": ["simulate", PLAN, "--samples", "2"],
    "audit": ["audit", PLAN],
    "validate": ["validate", "SMALL"],
    "resolved": ["validate", "SMALL", "--resolved"],
    "catalog": ["catalog", "list", "--limit", "3", "--as-of", "2026-11-01"],
    "brief": ["show", PLAN, "--brief"],
}


@pytest.mark.parametrize("name", COMMANDS)
def test_an_answer_is_a_page(name: str, small: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    arguments = [small if part == "SMALL" else part for part in COMMANDS[name]]
    code = run([*arguments, "--format", "markdown"])
    title = capsys.readouterr().out.splitlines()[0].lstrip("# ").replace("\\", "")
    target = tmp_path / "answer.html"
    assert run([*arguments, "-o", str(target)]) == code
    page = target.read_text(encoding="utf-8")
    whole(page, charts=name in CHARTED)
    assert unescape(title) in words(page)


@pytest.mark.exhaustive
def test_no_plan_is_a_page(tmp_path: Path) -> None:
    target = tmp_path / "none.html"
    assert run(["solve", str(ROOT / "examples" / "infeasible.yaml"), "--time-limit", "20", "-o", str(target)]) == 3
    page = target.read_text(encoding="utf-8")
    whole(page)
    assert "no plan exists" in page


def test_several_estimates_are_one_page(tmp_path: Path) -> None:
    questions, target = tmp_path / "q.json", tmp_path / "answer.html"
    questions.write_text(json.dumps([{"model": "llama-3.1-8b"}, {"model": "llama-3.1-70b"}]))
    assert run(["estimate", "--request", str(questions), "-o", str(target)]) == 0
    page = target.read_text(encoding="utf-8")
    whole(page)
    assert page.count("<html") == 1
    assert "Llama-3.1 8B" in page
    assert "Llama-3.1 70B" in page
