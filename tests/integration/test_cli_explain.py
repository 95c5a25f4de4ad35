"""`planner explain` from the outside: formats, files, exit codes."""

import csv
import io
import json
from pathlib import Path

import pytest

from planner.cli.app import run

SCENARIO = """
name: Tiny
catalog: none
periods: [{hours: 730}, {hours: 730}]
replicas: pooled
workloads:
  - {name: chat, kind: inference, unit: u, demand_per_hour: 31}
offers:
  - {name: near, throughput: {chat: 10}, contracts: [{kind: on_demand, usd_per_hour: 2.0, max_nodes: 3}]}
  - {name: dear, throughput: {chat: 10}, contracts: [{kind: on_demand, usd_per_hour: 2.5}]}
  - {name: other, throughput: {chat: 10}, contracts: [{kind: commitment, usd_per_hour: 3.0, term_periods: 2}]}
"""


@pytest.fixture
def scenario(tmp_path: Path) -> str:
    path = tmp_path / "tiny.yaml"
    path.write_text(SCENARIO, encoding="utf-8")
    return str(path)


def told(capsys: pytest.CaptureFixture[str], *arguments: str, code: int = 0) -> str:
    assert run(["explain", *arguments]) == code
    return capsys.readouterr().out


def test_the_table_tells_reasons_limits_and_prices(scenario: str, capsys: pytest.CaptureFixture[str]) -> None:
    text = told(capsys, scenario, "--why-not", "other")
    for words in ("Why not", "Why each of them", "What the limits are worth", "enters below $2.5"):
        assert words in text
    assert "offer:near" in text


def test_json_carries_the_numbers(scenario: str, capsys: pytest.CaptureFixture[str]) -> None:
    value = json.loads(told(capsys, scenario, "--format", "json"))
    assert value["schema"] == "planner/explanation/1"
    assert value["basis"] == "whole"
    assert {r["option"] for r in value["reasons"]} == {"offer:near", "offer:dear"}
    (flip,) = value["flip_prices"]
    assert (flip["option"], flip["flip_price_usd"], flip["confirmed"]) == ("offer:other", pytest.approx(2.5), True)
    (limit,) = value["shadow_prices"]
    assert limit["limit"] == "max_nodes"


def test_csv_and_markdown_say_the_same(scenario: str, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    rows = list(csv.DictReader(io.StringIO(told(capsys, scenario, "--format", "csv"), newline="")))
    assert {row["section"] for row in rows} == {"reason", "shadow price", "flip price"}
    target = tmp_path / "why.md"
    told(capsys, scenario, "-o", str(target))
    assert target.read_text(encoding="utf-8").startswith("## Why: Tiny")


def test_without_a_plan_it_tells_the_ways_out(scenario: str, capsys: pytest.CaptureFixture[str]) -> None:
    value = json.loads(told(capsys, scenario, "--set", "budget_total_usd=1000", "--format", "json", code=3))
    assert value["status"] == "infeasible"
    assert value["repairs"][0]["set"].keys() == {"budget_total_usd"}


def test_solve_prints_ways_out_that_work_when_set(scenario: str, capsys: pytest.CaptureFixture[str]) -> None:
    asked = [scenario, "--set", "budget_per_period_usd=1000"]
    assert run(["solve", *asked, "--format", "json"]) == 3
    value = json.loads(capsys.readouterr().out)
    repair = value["repairs"][0]
    settings = [f"{path}={json.dumps(number)}" for path, number in repair["set"].items()]
    changed = [part for setting in settings for part in ("--set", setting)]
    assert run(["solve", *asked, *changed, "--no-baselines", "--format", "json"]) == 0
    assert json.loads(capsys.readouterr().out)["npv_usd"] == pytest.approx(repair["npv_usd"], rel=2e-3)
    assert run(["solve", *asked]) == 3
    assert "Ways out" in capsys.readouterr().out


def test_mistakes_of_use_are_told(scenario: str, capsys: pytest.CaptureFixture[str]) -> None:
    told(capsys, scenario, "--why-not", "nothing-of-the-kind", code=2)
    told(capsys, scenario, "--why-not", " ", code=2)
    told(capsys, scenario, "--time-limit", "0", code=2)
