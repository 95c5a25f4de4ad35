"""`planner whatif` on savings plans, agreements, limits and `most_served`: figures known by hand, and exit codes."""

import json
from pathlib import Path
from typing import Any

import pytest

from planner.cli import run

Fields = dict[str, Any]
ON_DEMAND = {"kind": "on_demand", "usd_per_hour": 3.0}
PLAN = {"name": "sp", "provider": "acme", "term_periods": 1, "rates": [{"discount": 0.4}]}


def a_file(tmp_path: Path, contracts: list[Fields], **fields: Any) -> str:
    """Four slices of equal length with 2, 4, 6 and 8 nodes' worth of work."""
    slices = [{"name": name, "hours": 100} for name in "abcd"]
    scenario: Fields = {
        "name": "Four slices",
        "catalog": "none",
        "hosted_apis": "none",
        "discount_rate": 0,
        "terminal": "annuity",
        "replicas": "pooled",
        "gap": 1e-6,
        "periods": [{"hours": 400, "slices": slices}],
        "workloads": [{"name": "chat", "kind": "inference", "unit": "unit", "demand_per_hour": [[2, 4, 6, 8]]}],
        "offers": [{"name": "box", "provider": "acme", "throughput": {"chat": 1.0}, "contracts": contracts}],
    }
    path = tmp_path / "four.yaml"
    path.write_text(json.dumps(scenario | fields), encoding="utf-8")
    return str(path)


def of_json(capsys: pytest.CaptureFixture[str], *arguments: str, code: int = 0) -> Fields:
    got = run([*arguments, "--format", "json"])
    captured = capsys.readouterr()
    assert got == code, captured.err
    value: Fields = json.loads(captured.out)
    return value


def test_a_savings_plan_has_the_figures_of_the_commitment_it_equals(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """At 60% of the price on demand 4 nodes are committed: the 5th would be used half of the time, the 4th three quarters."""
    commitment = {"kind": "commitment", "usd_per_hour": 1.8, "term_periods": 1}
    by_node = of_json(capsys, "whatif", a_file(tmp_path, [ON_DEMAND, commitment]), "--set", "discount_rate=0,1%")
    path = a_file(tmp_path, [ON_DEMAND], savings_plans=[PLAN])
    by_dollars = of_json(capsys, "whatif", path, "--set", "discount_rate=0,1%")
    for answer in (by_node, by_dollars):
        figures = answer["base"]["figures"]
        assert figures["npv_usd"] == pytest.approx(100 * (4 * 4 * 1.8 + (2 + 4) * 3.0))
        assert figures["coverage_fraction"] == pytest.approx((2 + 4 + 4 + 4) / 20)
        assert figures["utilisation_fraction"] == pytest.approx((2 + 4 + 4 + 4) / 16)


def test_no_node_runs_idle_under_a_savings_plan(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    plan = of_json(capsys, "solve", a_file(tmp_path, [ON_DEMAND], savings_plans=[PLAN]), "--no-baselines")
    assert [record["nodes"] for record in plan["fleet"]] == [2, 4, 6, 8]
    assert [record["nodes"] for record in plan["covered"]] == [2, 4, 4, 4]
    assert {line["action"]: line["utilisation"] for line in plan["lines"]} == {
        "commit": pytest.approx(14 / 16),
        "on_demand": pytest.approx(1.0),
    }
    assert plan["audit"]["agrees"]


def test_a_savings_plan_is_not_counted_in_nodes(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    path = a_file(tmp_path, [ON_DEMAND], savings_plans=[PLAN])
    answer = of_json(capsys, "whatif", path, "--set", "savings_plans.sp.rates.0.discount=60%,80%")
    changes = [change for point in answer["points"] for change in point["changes"] if change["node_type"] == "sp"]
    assert changes
    assert all(change["nodes_difference"] == 0 and change["cash_difference_usd"] for change in changes)


def test_terms_ask_about_the_load_and_not_about_what_a_savings_plan_could_cover(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    answer = of_json(capsys, "whatif", a_file(tmp_path, [ON_DEMAND], savings_plans=[PLAN]), "--commitments")
    (pool,) = answer["pools"]
    assert pool["average_number_of_instances_used_per_hour"] == pytest.approx(5)
    assert any("savings plan sp" in text for text in answer["left_out"])


def test_a_run_on_nodes_that_a_savings_plan_pays_for_is_audited(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """Such nodes have no line of their own: everything they cost is in the savings plan."""
    model = {"name": "model", "kind": "training_run", "unit": "node-hour", "work": 700, "deadline_period": 0}
    path = a_file(
        tmp_path,
        [ON_DEMAND],
        periods=[{"hours": 400}],
        workloads=[model | {"cluster_sizes": [2]}],
        savings_plans=[PLAN],
        offers=[{"name": "box", "provider": "acme", "throughput": {"model": 1.0}, "contracts": [ON_DEMAND]}],
    )
    plan = of_json(capsys, "solve", path, "--no-baselines")
    assert plan["covered"]
    assert [line["action"] for line in plan["lines"]] == ["commit"]
    assert plan["audit"]["agrees"]


def test_terms_of_the_most_that_can_be_served(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    path = a_file(tmp_path, [ON_DEMAND], objective="most_served", budget_total_usd=3000)
    answer = of_json(capsys, "whatif", path, "--commitments")
    (pool,) = answer["pools"]
    assert answer["npv_usd"] == pytest.approx(3000, rel=0.2)
    assert pool["average_number_of_instances_used_per_hour"] == pytest.approx(answer["npv_usd"] / 400 / 3)


@pytest.mark.parametrize(
    ("fields", "arguments", "code", "status"),
    [
        ({}, ["--time-limit", "0.000001"], 4, "limit"),
        ({"budget_total_usd": 5}, [], 3, "infeasible"),
        ({}, [], 0, "optimal"),
    ],
)
def test_terms_say_what_became_of_the_plan(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, fields: Fields, arguments: list[str], code: int, status: str
) -> None:
    path = a_file(tmp_path, [ON_DEMAND], **fields)
    answer = of_json(capsys, "whatif", path, "--commitments", *arguments, code=code)
    assert answer["status"] == status
    assert bool(answer["pools"]) == (status == "optimal")


@pytest.mark.parametrize("second", ["demand_scale=3", "demand_scale=3,4"])
def test_a_field_is_varied_once(capsys: pytest.CaptureFixture[str], tmp_path: Path, second: str) -> None:
    assert run(["whatif", a_file(tmp_path, [ON_DEMAND]), "--set", "demand_scale=1,2", "--set", second]) == 2
    assert "more than once" in capsys.readouterr().err


def test_a_block_of_a_few_days_is_no_rate_for_a_whole_period(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """100 of 400 hours at 2.7 an hour are 10% off for that time, not 77% off for all of it."""
    days = {"kind": "block", "usd_per_hour": 2.7}
    path = a_file(tmp_path, [ON_DEMAND, days | {"days": 100 / 24}])
    (pool,) = of_json(capsys, "whatif", path, "--commitments")["pools"]
    assert pool["optimal"] == []
    assert {r["basis"] for r in pool["recommendations"]} <= {"question"}
    path = a_file(tmp_path, [ON_DEMAND, days | {"days": 400 / 24}])
    (pool,) = of_json(capsys, "whatif", path, "--commitments")["pools"]
    assert [nodes for _, _, nodes in pool["optimal"]] == [2.0]
    known = [r["discount_fraction"] for r in pool["recommendations"] if r["basis"] != "question"]
    assert known
    assert all(discount == pytest.approx(0.1) for discount in known)
