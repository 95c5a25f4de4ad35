"""`planner negotiate` from the outside: formats, files, exit codes."""

import csv
import io
import json
from pathlib import Path

import pytest

from planner.cli.app import run

SCENARIO = """
name: =cmd <b>Tiny</b>
catalog: none
periods: [{hours: 730}, {hours: 730}]
replicas: pooled
workloads:
  - {name: chat, kind: inference, unit: u, demand_per_hour: 30}
offers:
  - name: near
    provider: "<i>north</i>"
    throughput: {chat: 10}
    contracts: [{kind: commitment, usd_per_hour: 2.0, term_periods: 2}]
  - {name: far, provider: south, throughput: {chat: 10}, contracts: [{kind: on_demand, usd_per_hour: 2.6}]}
"""


@pytest.fixture
def scenario(tmp_path: Path) -> str:
    path = tmp_path / "tiny.yaml"
    path.write_text(SCENARIO, encoding="utf-8")
    return str(path)


def told(capsys: pytest.CaptureFixture[str], *arguments: str, code: int = 0) -> str:
    assert run(["negotiate", *arguments]) == code
    return capsys.readouterr().out


def test_the_table_is_the_page_for_the_call(scenario: str, capsys: pytest.CaptureFixture[str]) -> None:
    text = told(capsys, scenario)
    for words in ("Walk away above", "$2.60", "offer:far", "5.0% off saves", "It rests on", "Ask beside", "just above"):
        assert words in text


def test_json_csv_markdown_and_html_say_the_same(
    scenario: str, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    value = json.loads(told(capsys, scenario, "--format", "json"))
    assert value["schema"] == "planner/negotiation/1"
    (deal,) = value["deals"]
    assert deal["walk_away_usd"] == pytest.approx(2.6, abs=1e-5)
    rows = list(csv.DictReader(io.StringIO(told(capsys, scenario, "--format", "csv"), newline="")))
    assert {row["section"] for row in rows} == {"deal", "walk away", "signing", "rebate", "solved again", "runner-up"}
    (walk,) = [row for row in rows if row["section"] == "walk away"]
    assert float(walk["price_usd"]) == deal["walk_away_usd"]
    for name in ("call.md", "call.html"):
        target = tmp_path / name
        told(capsys, scenario, "-o", str(target))
        text = target.read_text(encoding="utf-8")
        assert "Walk away" in text
        assert "<b>" not in text
        assert "<i>" not in text


def test_no_plan_and_bad_options_have_their_codes(
    scenario: str, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    told(capsys, scenario, "--set", "budget_total_usd=1", code=3)
    told(capsys, scenario, "--time-limit", "0", code=2)
    told(capsys, scenario, "-o", str(tmp_path / "call.xlsx"), code=2)


def test_a_block_has_no_price_by_the_hour(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    block = "{kind: block, usd_per_hour: 2.0, days: 30, start_period: 0}"
    text = SCENARIO.replace("{kind: commitment, usd_per_hour: 2.0, term_periods: 2}", block)
    path = tmp_path / "block.yaml"
    path.write_text(text.replace("periods: [{hours: 730}, {hours: 730}]", "periods: [{hours: 720}]"), encoding="utf-8")
    page = " ".join(told(capsys, str(path)).split())
    assert "$2.0000 per node-hour, all of it upfront" in page
    assert "recurring" not in page
    assert "5.0% off saves $216" in page  # 3 nodes × 720 h × 0.10
