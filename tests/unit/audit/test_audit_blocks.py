"""Blocks that end within a period: what stands on them is looked at by the second accountant as well."""

import copy
from functools import cache
from typing import Any

import pytest
from planning import a_scenario, an_offer, flexible, on_demand, online, planned

from planner.audit import audit
from planner.domain.records.plan import plan_from_json_value


@cache
def honest() -> dict[str, Any]:
    """1,000 hours of a run on two nodes of three blocks of 45 days, jobs on the third; nothing is had by the hour."""
    calm = {"failures_per_accelerator_year": 0, "checkpoint_write_minutes": 0}
    run = {"name": "run", "kind": "training_run", "unit": "step", "work": 2000, "cluster_sizes": [2]} | calm
    block = {"kind": "block", "usd_per_hour": 1.0, "days": 45, "start_period": 0}
    rates = {"run": 1.0, "jobs": 1.0, "chat": 1.0}
    plan = planned(
        a_scenario(
            months=2,
            start="2027-01",
            workloads=[
                run,
                flexible("jobs", [1.0, 350 / 730]),
                online("chat", [0.0, 0.5], unserved={"usd_per_unit": 1.0}),
            ],
            offers=[an_offer("node", rates, on_demand(90.0), block)],
        )
    )
    return plan.to_json_value()


def rules_after(change: Any) -> set[str]:
    plan = copy.deepcopy(honest())
    change(plan)
    return {found[0] for found in audit(plan_from_json_value(plan)).discrepancies}


def last_share(plan: dict[str, Any]) -> dict[str, Any]:
    return next(share for share in plan["runs"][0]["shares"] if share["period"] == 1)


def test_the_run_and_the_jobs_end_on_the_blocks() -> None:
    assert [line["nodes"] for line in honest()["lines"]] == [3]
    assert last_share(honest())["hours"] == pytest.approx(270)
    jobs = [record for record in honest()["serving"] if record["workload"] == "jobs" and record["period"] == 1]
    assert sum(record["nodes"] for record in jobs) == pytest.approx(350 / 730)
    assert rules_after(lambda plan: None) == set()


def test_fewer_blocks_than_stand_on_them_are_noticed() -> None:
    def fewer(plan: dict[str, Any]) -> None:
        plan["lines"][0]["nodes"] = 2

    assert "busy-nodes" in rules_after(fewer)


def test_a_run_may_not_outlast_the_block() -> None:
    def longer(plan: dict[str, Any]) -> None:
        last_share(plan)["hours"] = 400.0
        plan["runs"][0]["last_period_hours"] = 400.0

    assert "run-nodes" in rules_after(longer)


def test_a_run_may_not_hold_it_for_the_whole_period() -> None:
    def whole(plan: dict[str, Any]) -> None:
        last_share(plan)["hours"] = 730.0

    assert "busy-nodes" in rules_after(whole)


def test_more_jobs_than_its_hours_are_noticed() -> None:
    def more(plan: dict[str, Any]) -> None:
        for record in plan["serving"]:
            if record["workload"] == "jobs" and record["period"] == 1:
                record["nodes"] *= 1.1
                record["work"] *= 1.1

    assert "busy-nodes" in rules_after(more)


def test_online_work_does_not_stand_on_it() -> None:
    def online_work(plan: dict[str, Any]) -> None:
        for record in plan["serving"]:
            if record["workload"] == "jobs" and record["period"] == 1:
                record["workload"], record["work_unit"] = "chat", "unit"

    assert "busy-nodes" in rules_after(online_work)


def test_another_share_of_the_period_is_noticed() -> None:
    def share(plan: dict[str, Any]) -> None:
        next(o for o in plan["inputs"]["options"] if o["block_hours"] > 0)["period_share"] = 0.9

    assert "block-length" in rules_after(share)
