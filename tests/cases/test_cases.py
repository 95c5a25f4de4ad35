"""The shared cases: the optimum that others proved, to a millionth; and drawn instances within their gap."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from planning import answered, planned
from scaling import scaled_case
from to_scenario import scenario_of

from planner.domain.scenario.scenario import Scenario

HERE = Path(__file__).parent
CASES: dict[str, dict[str, Any]] = {p.stem: json.loads(p.read_text()) for p in sorted(HERE.glob("*.json"))}
TIGHT = 1e-6


def posed(case: dict[str, Any], *, relaxed: bool = False) -> Scenario:
    return Scenario.model_validate(scenario_of(case, relaxed=relaxed))


def ids(wanted: str) -> list[str]:
    return [name for name, case in CASES.items() if wanted in (case["expected"]["status"], *_stated(case))]


def _stated(case: dict[str, Any]) -> list[str]:
    return [f"number:{k}" for k, v in case["expected"]["objective"].items() if v is not None] + [
        f"bounds:{k}" for k in case["expected"].get("bounds", {})
    ]


@pytest.mark.parametrize("name", ids("number:lp"))
def test_the_relaxed_optimum_is_the_stated_one(name: str) -> None:
    plan = planned(posed(CASES[name], relaxed=True))
    assert plan.npv_usd == pytest.approx(CASES[name]["expected"]["objective"]["lp"], rel=TIGHT)


@pytest.mark.parametrize("name", ids("number:pooled"))
def test_the_pooled_optimum_is_the_stated_one(name: str) -> None:
    plan = planned(posed(CASES[name]), gap=TIGHT / 2)
    assert plan.npv_usd == pytest.approx(CASES[name]["expected"]["objective"]["pooled"], rel=TIGHT)
    assert plan.bound_usd <= plan.npv_usd


@pytest.mark.parametrize("name", ids("bounds:pooled"))
def test_the_pooled_plan_lies_between_the_proven_bounds(name: str) -> None:
    known = CASES[name]["expected"]["bounds"]["pooled"]
    plan = planned(posed(CASES[name]), gap=0.004)
    assert known["lower"] * (1 - TIGHT) <= plan.npv_usd <= known["best_known"] * 1.004
    assert plan.bound_usd <= known["best_known"] * (1 + TIGHT)
    assert plan.gap <= 0.004


@pytest.mark.parametrize("name", ids("infeasible"))
@pytest.mark.parametrize("relaxed", [False, True])
def test_an_infeasible_case_is_said_to_be_so_with_its_causes(name: str, relaxed: bool) -> None:
    found = answered(posed(CASES[name], relaxed=relaxed))
    assert found.stop == "infeasible"
    assert found.plan is None
    assert found.causes


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_drawn_instance_is_solved_within_its_gap(seed: int) -> None:
    case = scaled_case(20, 12, 3, seed)
    relaxed = planned(posed(case, relaxed=True))
    plan = planned(posed(case), gap=0.01)
    assert plan.status == "optimal"
    assert plan.gap <= 0.01
    assert relaxed.npv_usd * (1 - TIGHT) <= plan.bound_usd <= plan.npv_usd


def test_the_command_prints_what_the_module_poses(tmp_path: Path) -> None:
    name = "terms-6x2x1"
    command = [sys.executable, str(HERE / "to_scenario.py"), str(HERE / f"{name}.json"), "--relaxed"]
    printed = subprocess.run(command, capture_output=True, text=True, check=True, cwd=tmp_path).stdout
    assert json.loads(printed) == scenario_of(CASES[name], relaxed=True)


# --- every field of the format -------------------------------------------------------------------


def a_case(**fields: Any) -> dict[str, Any]:
    """Ten units of work an hour for two periods of 100 h; one unit does 5 at $2 on demand, $1 reserved."""
    base: dict[str, Any] = {
        "id": "small",
        "periods": [{"id": "a", "hours": 100}, {"id": "b", "hours": 100}],
        "offers": [
            {"id": "od", "price_per_hour": 2.0, "commitment": "on_demand", "max_units": None, "groups": [], "cores": 4},
            {"id": "rs", "price_per_hour": 1.0, "commitment": "reserved", "max_units": None, "groups": [], "cores": 4},
        ],
        "groups": [],
        "workloads": [{"id": "w", "demand": [10, 20]}],
        "performance": {"od": {"w": 5.0}, "rs": {"w": 5.0}},
    }
    return base | fields


def cost(case: dict[str, Any]) -> float:
    return planned(posed(case)).npv_usd


def test_a_reserved_unit_is_paid_for_the_whole_horizon() -> None:
    assert cost(a_case()) == pytest.approx(4 * 200 * 1.0)  # 4 × $200 is no dearer than 2 × $200 + 2 × 100 h × $2


def test_a_cap_on_cores_counts_cores() -> None:
    case = a_case(groups=[{"id": "g", "max_units": None, "max_cores": 11}])
    case["offers"][1]["groups"] = ["g"]  # 11 cores = 2 whole units of 4
    assert cost(case) == pytest.approx(2 * 200 * 1.0 + 2 * 100 * 2.0)
    case["groups"][0]["max_cores"] = 7
    assert cost(case) == pytest.approx(1 * 200 * 1.0 + 1 * 100 * 2.0 + 3 * 100 * 2.0)


def test_a_cap_on_a_group_counts_reserved_and_on_demand_units_together() -> None:
    case = a_case(groups=[{"id": "g", "max_units": 3, "max_cores": None}])
    for offer in case["offers"]:
        offer["groups"] = ["g"]
    assert answered(posed(case)).stop == "infeasible"
    case["groups"][0]["max_units"] = 4
    assert cost(case) == pytest.approx(800.0)


@pytest.mark.parametrize("how", ["map", "offer"])
def test_fixed_units_are_bought_even_if_they_are_not_the_cheapest(how: str) -> None:
    case = a_case()
    if how == "map":
        case["fixed_units"] = {"od": 1}
    else:
        case["offers"][0]["fixed_units"] = 1
    assert cost(case) == pytest.approx(1 * 200 * 2.0 + 3 * 200 * 1.0)


def test_fixed_units_of_what_serves_nothing_are_paid_all_the_same() -> None:
    case = a_case(fixed_units={"idle": 2})
    case["offers"].append(
        {"id": "idle", "price_per_hour": 3.0, "commitment": "reserved", "max_units": None, "groups": [], "cores": 1}
    )
    assert cost(case) == pytest.approx(800.0 + 2 * 200 * 3.0)


def test_max_units_of_a_reserved_offer_caps_live_units_not_signings() -> None:
    case = a_case()
    case["offers"][1] |= {"term_periods": 1, "max_units": 2}
    assert cost(case) == pytest.approx(2 * 100 + 2 * 100 + 2 * 100 * 2.0)  # two signings of 2, then on demand


def test_a_term_past_the_horizon_is_paid_inside_only_and_its_upfront_in_full() -> None:
    case = a_case(workloads=[{"id": "w", "demand": [0, 10]}])
    case["offers"][1] |= {"term_periods": 12, "upfront": 50.0}
    assert cost(case) == pytest.approx(2 * (50.0 + 100 * 1.0))


def test_no_demand_costs_nothing() -> None:
    assert cost(a_case(workloads=[{"id": "w", "demand": [0, 0]}])) == 0.0


def test_missing_and_zero_performance_cannot_serve() -> None:
    case = a_case()
    case["performance"] = {"od": {"w": 5.0}, "rs": {}}
    assert cost(case) == pytest.approx(2 * 100 * 2.0 + 4 * 100 * 2.0)
    case["performance"] = {"od": {"w": 5.0}, "rs": {"w": 0}}
    assert cost(case) == pytest.approx(1200.0)


def test_prices_with_many_decimals_are_kept_to_a_billionth() -> None:
    case = a_case(workloads=[{"id": "w", "demand": [10**6, 2 * 10**6]}])
    case["offers"][1]["price_per_hour"] = 0.0012345678912
    assert cost(case) == pytest.approx(4e5 * 200 * 0.0012345678912, rel=1e-9)
