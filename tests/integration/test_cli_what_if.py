"""`planner whatif` as a user meets it: a grid, named variants, infeasible rows, terms; each format and exit code."""

import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest

from planner.cli import run

SCENARIO = """
name: Small
catalog: none
hosted_apis: none
discount_rate: 10%
replicas: pooled
periods: [{hours: 730}, {hours: 730}, {hours: 730}]
budget_total_usd: 200k
workloads:
  - {name: chat, kind: inference, unit: unit, demand_per_hour: 4}
offers:
  - name: box
    throughput: {chat: 1.0}
    contracts:
      - {kind: on_demand, usd_per_hour: 10}
      - {kind: commitment, usd_per_hour: 6, term_periods: 3}
what_if:
  - name: twice the demand
    set: {demand_scale: 2}
  - name: no money
    set: {budget_total_usd: 1k}
"""


@pytest.fixture
def scenario(tmp_path: Path) -> str:
    path = tmp_path / "small.yaml"
    path.write_text(SCENARIO, encoding="utf-8")
    return str(path)


def asked(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    code = run(["whatif", *arguments])
    captured = capsys.readouterr()
    return code, captured.out, captured.err


def of_json(capsys: pytest.CaptureFixture[str], *arguments: str) -> dict[str, Any]:
    code, out, _ = asked(capsys, *arguments, "--format", "json")
    assert code == 0
    value: dict[str, Any] = json.loads(out)
    return value


def test_a_grid_is_the_product_of_its_axes(capsys: pytest.CaptureFixture[str], scenario: str) -> None:
    answer = of_json(capsys, scenario, "--set", "demand_scale=1,2", "--set", "discount_rate=0,10%,20%")
    assert answer["schema"] == "planner/whatif/1"
    assert [axis["path"] for axis in answer["axes"]] == ["demand_scale", "discount_rate"]
    settings = [tuple(s["value"] for s in point["settings"]) for point in answer["points"]]
    assert settings == [(d, r) for d in ("1", "2") for r in ("0", "10%", "20%")]
    npv = dict(zip(settings, (point["figures"]["npv_usd"] for point in answer["points"]), strict=True))
    assert npv["1", "0"] == pytest.approx(4 * 6 * 730 * 3)
    assert npv["2", "0"] == pytest.approx(2 * npv["1", "0"])
    assert npv["1", "20%"] < npv["1", "10%"] < npv["1", "0"]
    assert all(point["audit_agrees"] and point["figures"]["gap"] <= 0.001 for point in answer["points"])
    assert answer["points"][1]["npv_difference_usd"] == pytest.approx(0.0)
    doubled = answer["points"][3]["comparison"]["changes"][0]
    assert (doubled["a"]["nodes"], doubled["b"]["nodes"]) == (4.0, 8.0)


def test_figures_say_what_is_committed_and_used(capsys: pytest.CaptureFixture[str], scenario: str) -> None:
    figures = of_json(capsys, scenario, "--set", "discount_rate=0,10%")["points"][0]["figures"]
    assert figures["commitment_fraction"] == 1.0
    assert figures["utilisation_fraction"] == pytest.approx(1.0)
    assert figures["peak_funding_usd"] == pytest.approx(figures["total_usd"])
    assert figures["peak_period_usd"] == pytest.approx(4 * 6 * 730)


def test_named_variants_and_a_row_without_a_plan(capsys: pytest.CaptureFixture[str], scenario: str) -> None:
    code, out, _ = asked(capsys, scenario)
    assert code == 0
    assert "twice the demand" in out
    assert "no plan" in out
    assert "Why some have no plan" in out
    assert "budget" in out


def test_a_map_stands_where_there_are_two_axes(capsys: pytest.CaptureFixture[str], scenario: str) -> None:
    _, out, _ = asked(capsys, scenario, "--set", "demand_scale=1,2,3", "--set", "discount_rate=0,20%")
    assert "NPV by" in out
    assert "█" in out
    assert "░" in out


def test_csv_has_a_row_for_each_point_and_the_base(capsys: pytest.CaptureFixture[str], scenario: str) -> None:
    code, out, _ = asked(capsys, scenario, "--set", "demand_scale=1,2", "--format", "csv")
    rows = list(csv.DictReader(io.StringIO(out)))
    assert code == 0
    assert [row["demand_scale"] for row in rows] == ["", "1", "2"]
    assert float(rows[2]["npv_usd"]) == pytest.approx(2 * float(rows[1]["npv_usd"]))


def test_markdown_goes_to_a_file(capsys: pytest.CaptureFixture[str], scenario: str, tmp_path: Path) -> None:
    code, out, _ = asked(capsys, scenario, "--set", "demand_scale=1,2", "-o", str(tmp_path / "grid.md"))
    assert (code, out) == (0, "")
    assert "| " in (tmp_path / "grid.md").read_text(encoding="utf-8")


def test_one_value_is_set_in_all(capsys: pytest.CaptureFixture[str], scenario: str) -> None:
    answer = of_json(capsys, scenario, "--set", "demand_scale=2", "--set", "discount_rate=0,10%")
    assert answer["base"]["figures"]["npv_usd"] == pytest.approx(answer["points"][1]["figures"]["npv_usd"])
    assert answer["points"][0]["figures"]["npv_usd"] == pytest.approx(2 * 4 * 6 * 730 * 3)


def test_exit_code_3_if_nothing_has_a_plan(capsys: pytest.CaptureFixture[str], scenario: str) -> None:
    code, out, _ = asked(capsys, scenario, "--set", "budget_total_usd=1k,2k", "--set", "demand_scale=9")
    assert code == 3
    assert out.count("no plan") >= 3


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--set", "demand_scale"], "PATH=VALUE"),
        (["--set", "demand_scale=1,,2"], "empty value"),
        (["--set", "demand_scale=1,1"], "twice"),
        (["--set", "demand_scal=1,2"], "demand_scale"),
        (["--set", "demand_scale=1,2", "--commitments"], "axes of its own"),
        (["--set", "demand_scale=" + ",".join(map(str, range(1, 1002)))], "1,001 points"),
    ],
)
def test_usage_errors(capsys: pytest.CaptureFixture[str], scenario: str, arguments: list[str], said: str) -> None:
    code, out, err = asked(capsys, scenario, *arguments)
    assert (code, out) == (2, "")
    assert said in err


def test_nothing_to_change_says_what_to_write(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    path = tmp_path / "plain.yaml"
    path.write_text(SCENARIO.partition("what_if:")[0], encoding="utf-8")
    code, _, err = asked(capsys, str(path))
    assert code == 2
    assert "--set demand_scale=0.8,1,1.2" in err


def test_commitments_tell_the_quantity_the_ladder_and_the_thresholds(
    capsys: pytest.CaptureFixture[str], scenario: str
) -> None:
    answer = of_json(capsys, scenario, "--commitments")
    assert answer["schema"] == "planner/commitments/1"
    (pool,) = answer["pools"]
    assert pool["stable_number_of_instances"] == 4.0
    assert pool["optimal"] == [["P1", 3.0, 4.0]] or pool["optimal"][0][1:] == [3.0, 4.0]
    planned = [r for r in pool["recommendations"] if r["demand_change_fraction"] == 0]
    (known,) = [r for r in planned if r["basis"] != "question"]
    assert known["discount_fraction"] == pytest.approx(0.4)
    assert known["break_even_utilization_fraction"] == pytest.approx(0.6)
    assert known["recommended_number_of_instances_to_purchase"] == 4.0
    assert all(r["source"] for r in planned if r["basis"] != "question")
    assert all(not r["source"] for r in planned if r["basis"] == "question")
    halved = [r for r in pool["recommendations"] if r["demand_change_fraction"] == -0.5 and r["basis"] != "question"]
    assert halved[0]["recommended_number_of_instances_to_purchase"] == 2.0
    (threshold,) = [t for t in pool["thresholds"] if t["term_months"] == 3.0]
    assert threshold["known_discount_fraction"] == pytest.approx(0.4)
    assert 0 <= threshold["enters_at_discount_fraction"] < 0.001


@pytest.mark.parametrize("form", ["table", "csv", "markdown"])
def test_commitments_in_every_format(capsys: pytest.CaptureFixture[str], scenario: str, form: str) -> None:
    code, out, _ = asked(capsys, scenario, "--commitments", "--format", form)
    assert code == 0
    assert "box" in out
    assert ("not offered" in out) or form == "csv"
