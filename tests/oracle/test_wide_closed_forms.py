"""Runs, failures, places, spikes, charges, cash and carbon in closed form, with the arithmetic said aloud."""

from typing import Any

import pytest
from planning import (
    a_scenario,
    an_offer,
    answered,
    commitment,
    flexible,
    months,
    on_demand,
    online,
    optimum,
    planned,
    spot,
)

from planner.domain.inputs.accelerator import Accelerator
from planner.domain.inputs.catalog import Catalog, PricePath
from planner.domain.records.plan import Plan

HOURS = 730.0


def a_run(work: float, **fields: Any) -> dict[str, Any]:
    """A training run that never fails and writes no checkpoints, unless the fields say otherwise."""
    ideal = {"failures_per_accelerator_year": 0, "checkpoint_write_minutes": 0, "restart_hours": 0}
    return {"name": "run", "kind": "training_run", "unit": "step", "work": work} | ideal | fields


def chat(demand: Any, **fields: Any) -> dict[str, Any]:
    """Online work in tokens, which hosted APIs can serve."""
    return {"name": "w", "kind": "inference", "model": "m", "demand_per_hour": demand} | fields


def an_api(name: str, model: str, usd: float, **fields: Any) -> dict[str, Any]:
    priced = {"usd_per_mtok_input": usd, "usd_per_mtok_output": usd}
    return {"kind": "hosted_api", "name": name, "model": model} | priced | fields


def nodes_by_offer(plan: Plan) -> dict[str, float]:
    found: dict[str, float] = {}
    for line in plan.lines:
        found[line.node_type] = found.get(line.node_type, 0.0) + line.nodes
    return found


def chips(**vendors: str) -> Catalog:
    return Catalog(
        accelerators={
            name.replace("_", "-"): Accelerator(
                id=name.replace("_", "-"), name=name, vendor=vendor, source="test", checked_on="2026-01"
            )
            for name, vendor in vendors.items()
        }
    )


# --- training runs -------------------------------------------------------------------------------------


def alone(run: dict[str, Any], periods: int, *contracts: dict[str, Any], **fields: Any) -> Any:
    """One run on one pool whose nodes do one step an hour."""
    offers = [an_offer("pool", {"run": 1}, *contracts)]
    return a_scenario(periods=months(periods), terminal="liability", workloads=[run], offers=offers, **fields)


def test_a_run_by_the_hour_pays_for_the_hours_it_takes() -> None:
    """1,000 steps: two nodes are ready in 500 h of 730 and are paid for 500 h: 1,000 node-hours."""
    plan = planned(alone(a_run(1000, cluster_sizes=[2]), 1, on_demand(1.5)))
    assert plan.npv_usd == pytest.approx(1000 * 1.5)
    assert (plan.runs[0].nodes, plan.runs[0].hours) == (2, pytest.approx(500))


def test_goodput_by_hand() -> None:
    """Young's formula left aside: checkpoints of 1 h every 10 h, 12 failures per accelerator and year, 2 h to restart.

    Four nodes of two accelerators: a failure every 8760 / (12·8) = 91.25 h; 1 − 1/10 − (5 + 2)/91.25 = 0.823288.
    2,000 steps take 2000 / (4·0.823288) = 607.3 h.
    """
    fields = {
        "failures_per_accelerator_year": 12, "checkpoint_write_minutes": 60, "checkpoint_interval_hours": 10,
        "restart_hours": 2, "cluster_sizes": [8],
    }  # fmt: skip
    scenario = a_scenario(
        periods=months(1),
        workloads=[a_run(2000, **fields)],
        offers=[an_offer("pool", {"run": 1}, on_demand(1.0), accelerators_per_node=2)],
    )
    plan = planned(scenario)
    goodput = 1 - 1 / 10 - (5 + 2) / 91.25
    assert plan.runs[0].goodput == pytest.approx(goodput)
    assert plan.runs[0].hours == pytest.approx(2000 / (4 * goodput))
    assert plan.npv_usd == pytest.approx(2000 / goodput)


def test_the_checkpoint_interval_that_wastes_least_is_that_of_young() -> None:
    """δ = 0.5 h, M = 8760/(4·4) = 547.5 h: τ = √(2·0.5·547.5) = 23.4 h; 1 − δ/τ − (τ/2 + R)/M."""
    fields = {"failures_per_accelerator_year": 4, "checkpoint_write_minutes": 30, "restart_hours": 1}
    plan = planned(alone(a_run(2000, cluster_sizes=[4], **fields), 1, on_demand(1.0)))
    interval = 547.5**0.5
    assert plan.runs[0].goodput == pytest.approx(1 - 0.5 / interval - (interval / 2 + 1) / 547.5)


def test_more_failures_make_the_smaller_cluster_cheaper() -> None:
    """Each node-hour of a larger cluster gets less done: 1 − 0.1 − 5·n/730 at 12 failures a year and node."""
    fields = {"failures_per_accelerator_year": 12, "checkpoint_write_minutes": 60, "checkpoint_interval_hours": 10}
    plan = planned(alone(a_run(1000, cluster_sizes=[2, 4, 8], **fields), 1, on_demand(1.0)))
    assert plan.runs[0].nodes == 2
    assert plan.npv_usd == pytest.approx(1000 / (0.9 - 10 / 730))


@pytest.mark.parametrize(("deadline", "nodes", "usd"), [(None, 1, 4 * 0.5), (1, 2, 4 * 1.0), (0, 4, 4 * 1.0)])
def test_a_deadline_forces_a_larger_cluster(deadline: int | None, nodes: int, usd: float) -> None:
    """Four node-months: one node committed for four months at $0.5, or by the hour at $1 where that is too slow."""
    window = {} if deadline is None else {"deadline_period": deadline}
    scenario = alone(a_run(4 * HOURS, cluster_sizes=[1, 2, 4], **window), 4, on_demand(1.0), commitment(0.5, 4))
    plan = planned(scenario)
    assert plan.npv_usd == pytest.approx(HOURS * usd)
    assert plan.runs[0].nodes >= nodes
    assert plan.runs[0].end_index <= (4 if deadline is None else deadline + 1)


def test_without_stated_sizes_the_smallest_cluster_for_each_number_of_months_is_tried() -> None:
    """Six node-months in four: 6 nodes for one month, 3 for two, 2 for three and more; two are held at $0.5 for three months."""
    plan = planned(alone(a_run(6 * HOURS), 4, on_demand(1.0), commitment(0.5, 3, max_nodes=2)))
    assert (plan.runs[0].nodes, plan.runs[0].end_index - plan.runs[0].start_index) == (2, 3)
    assert plan.npv_usd == pytest.approx(HOURS * 2 * 3 * 0.5)


def test_a_run_uses_what_is_committed_for_a_passing_load() -> None:
    """Four nodes for two months at $0.5 = 4 node-months: online work needs 4, then 1; the run takes three for a month."""
    scenario = a_scenario(
        periods=months(2),
        terminal="liability",
        workloads=[online("w", [4.0, 1.0]), a_run(3 * HOURS, cluster_sizes=[3])],
        offers=[an_offer("pool", {"w": 1, "run": 1}, on_demand(1.0), commitment(0.5, 2))],
    )
    plan = planned(scenario)
    assert plan.npv_usd == pytest.approx(HOURS * 4 * 2 * 0.5)
    assert (plan.runs[0].start_index, plan.runs[0].nodes) == (1, 3)


def test_a_cluster_is_not_shared_with_other_work_in_the_period_in_which_it_ends() -> None:
    """The run needs two nodes for half the month, but the online work must have a third one."""
    scenario = a_scenario(
        periods=months(1),
        workloads=[online("w", [1.0]), a_run(HOURS, cluster_sizes=[2])],
        offers=[an_offer("pool", {"w": 1, "run": 1}, on_demand(1.0), max_nodes=3)],
    )
    assert optimum(scenario) == pytest.approx(HOURS * 1 + HOURS)
    scenario = a_scenario(
        periods=months(1),
        workloads=[online("w", [1.0]), a_run(HOURS, cluster_sizes=[2])],
        offers=[an_offer("pool", {"w": 1, "run": 1}, on_demand(1.0), max_nodes=2)],
    )
    assert answered(scenario).stop == "infeasible"


def test_a_run_that_no_cluster_can_finish_in_time_has_no_plan() -> None:
    """Two nodes need two months for 4 node-months; one month is given."""
    assert answered(alone(a_run(4 * HOURS, cluster_sizes=[2]), 1, on_demand(1.0))).stop == "infeasible"


def test_a_run_waits_for_lower_prices_but_not_before_its_earliest_month() -> None:
    """Prices halve within a year: a node-month in month m costs 0.5^(m/12)."""
    falling = {"price_changes": [{"per_year": -0.5}]}
    for last, first in ((3, 0), (1, 0), (0, 0)):
        run = a_run(HOURS, cluster_sizes=[1], earliest_period=first, deadline_period=last)
        usd = round(0.5 ** (last / 12), 6)
        assert optimum(alone(run, 4, on_demand(1.0), **falling)) == pytest.approx(HOURS * usd)
    rising = {"price_changes": [{"per_year": 1.0}]}
    run = a_run(HOURS, cluster_sizes=[1], earliest_period=2)
    assert optimum(alone(run, 4, on_demand(1.0), **rising)) == pytest.approx(HOURS * round(2 ** (2 / 12), 6))


def test_a_run_that_may_stop_is_spread_over_spot() -> None:
    """73 interruptions a month × (½ + ½) h lose 10%: a spot node does 657 a month, in two 1,314 of 2,000."""
    run = a_run(2000, interruptible=True, restart_hours=0.5, checkpoint_interval_hours=1)
    contracts = (on_demand(1.0), spot(0.3, max_nodes=1, interruptions_per_month=73))
    plan = planned(alone(run, 2, *contracts, integers="relaxed"))
    assert plan.npv_usd == pytest.approx(2 * HOURS * 0.3 + (2000 - 2 * 657) * 1.0)


# --- failures and reserves --------------------------------------------------------------------------------


def in_regions(count: int, demand: float, availability: dict[str, Any] | None, **fields: Any) -> Any:
    """The same pool at $1 in so many regions of one provider."""
    offers = [an_offer(f"o{n}", {"w": 1}, on_demand(1.0), provider="p", region=f"r{n}") for n in range(count)]
    more = {} if availability is None else {"availability": availability}
    return a_scenario(periods=months(1), workloads=[online("w", [demand])], offers=offers, **more, **fields)


@pytest.mark.parametrize(
    ("regions", "survive", "nodes"),
    [(2, 1.0, 12), (3, 1.0, 9), (4, 1.0, 8), (3, 0.5, 6), (2, 0.5, 6), (2, 0.75, 10)],
)
def test_to_survive_a_region_costs_as_many_nodes_as_the_others_must_hold(
    regions: int, survive: float, nodes: int
) -> None:
    """k regions, any k − 1 of which serve σ·6: k/(k−1)·6σ nodes, never fewer than 6, whole ones in each."""
    scenario = in_regions(regions, 6.0, {"failure": "region", "survive": survive, "standby": []})
    assert planned(scenario).npv_usd == pytest.approx(HOURS * nodes)


def test_what_can_be_started_elsewhere_need_not_run() -> None:
    plan = planned(in_regions(2, 6.0, {"failure": "region", "standby": ["on_demand"]}))
    assert plan.npv_usd == pytest.approx(HOURS * 6)
    assert {record.failed for record in plan.failures if record.parts} != set()


def test_caps_hold_for_what_is_started_in_an_emergency() -> None:
    """At most four at each of two places: what is left can have four, so six cannot be survived, four can."""
    offers = [an_offer(f"o{n}", {"w": 1}, on_demand(1.0, max_nodes=4), region=f"r{n}") for n in range(2)]
    fields = {"periods": months(1), "offers": offers, "availability": {"failure": "region"}}
    assert answered(a_scenario(workloads=[online("w", [6.0])], **fields)).stop == "infeasible"
    assert optimum(a_scenario(workloads=[online("w", [4.0])], **fields)) == pytest.approx(HOURS * 4)


def test_one_region_cannot_survive_its_own_loss_but_two_zones_can() -> None:
    offers = [
        an_offer(name, {"w": 1}, on_demand(1.0, max_nodes=5), provider="p", region="r", zone=name) for name in "ab"
    ]
    fields = {"periods": months(1), "workloads": [online("w", [5.0])], "offers": offers}
    assert answered(a_scenario(**fields, availability={"failure": "region"})).stop == "infeasible"
    held = {"failure": "zone", "standby": []}
    assert optimum(a_scenario(**fields, availability=held)) == pytest.approx(HOURS * 10)


def test_a_vendor_is_a_failure_domain() -> None:
    """Two nodes of either vendor; the dearer one is bought for the emergency."""
    offers = [
        an_offer("a", {"w": 1}, on_demand(1.0), accelerator="chip-a"),
        an_offer("b", {"w": 1}, on_demand(1.4), accelerator="chip-b"),
    ]
    scenario = a_scenario(
        periods=months(1),
        workloads=[online("w", [2.0])],
        offers=offers,
        availability={"failure": "vendor", "standby": []},
    )
    assert optimum(scenario, catalog=chips(chip_a="X", chip_b="Y")) == pytest.approx(HOURS * (2 * 1.0 + 2 * 1.4))


@pytest.mark.parametrize(("provider", "failure", "standby", "nodes"), [
    ("h", "provider", ["hosted_api"], 5),
    ("h", "region", ["hosted_api"], 5),
    ("h", "provider", [], None),
    ("p", "provider", ["hosted_api"], None),
])  # fmt: skip
def test_a_hosted_model_helps_out_unless_it_fails_itself(
    provider: str, failure: str, standby: list[str], nodes: int | None
) -> None:
    scenario = a_scenario(
        periods=months(1),
        hosted_apis=None,
        workloads=[chat([5.0])],
        offers=[an_offer("pool", {"w": 1}, on_demand(1.0), provider="p"), an_api("api", "m", 9.0, provider=provider)],
        availability={"failure": failure, "standby": standby},
    )
    if nodes is None:
        assert answered(scenario).stop == "infeasible"
    else:
        assert planned(scenario).npv_usd == pytest.approx(HOURS * nodes)


def test_spot_survives_nothing_and_is_no_reserve() -> None:
    """Spot serves all ten for $0.3; to be safe, ten (then twelve) nodes at $1 take its place."""
    offers = [an_offer("o", {"w": 1}, spot(0.3), on_demand(1.0), provider="p")]
    fields = {"periods": months(1), "workloads": [online("w", [10.0], max_spot_share=1.0)], "offers": offers}
    assert optimum(a_scenario(**fields)) == pytest.approx(HOURS * 10 * 0.3)
    assert optimum(a_scenario(**fields, standing_reserve=0.2)) == pytest.approx(HOURS * 12)


def test_only_the_busiest_slice_and_spikes_are_checked() -> None:
    """Two zones, demand 2 by day and 4 by night: 8 nodes by night, but only 2 by day; with two slices checked 4."""
    slices = [{"name": "day", "hours": 365}, {"name": "night", "hours": 365}]
    offers = [an_offer(name, {"w": 1}, on_demand(1.0), zone=name, provider="p", region="r") for name in "ab"]
    for checked, by_day in ((1, 2), (2, 4)):
        scenario = a_scenario(
            periods=[{"hours": HOURS, "slices": slices}],
            workloads=[online("w", [[2.0, 4.0]])],
            offers=offers,
            availability={"failure": "zone", "standby": [], "slices": checked},
        )
        assert optimum(scenario) == pytest.approx(365 * (8 + by_day)), checked


def test_a_workload_that_need_not_survive_makes_room_for_one_that_must() -> None:
    """`v` runs on 6 nodes of the other region; when `w`'s region fails, `v` stops and `w` moves there."""
    offers = [an_offer(f"o{n}", {"v": 1, "w": 1}, on_demand(1.0, max_nodes=6), region=f"r{n}") for n in range(2)]
    scenario = a_scenario(
        periods=months(1),
        workloads=[online("v", [6.0], survive=0), online("w", [6.0])],
        offers=offers,
        availability={"failure": "region", "standby": []},
    )
    assert optimum(scenario) == pytest.approx(HOURS * 12)


def test_training_stops_for_an_emergency() -> None:
    """Two nodes of training in the other region are enough to survive the loss of two online ones."""
    offers = [
        an_offer("a", {"w": 1}, on_demand(1.0), region="a"),
        an_offer("b", {"w": 1, "t": 1}, on_demand(1.5), region="b"),
    ]
    scenario = a_scenario(
        periods=months(1),
        workloads=[online("w", [2.0]), flexible("t", [2.0])],
        offers=offers,
        availability={"failure": "region", "standby": []},
    )
    assert optimum(scenario) == pytest.approx(HOURS * (2 * 1.0 + 2 * 1.5))


# --- places and providers -----------------------------------------------------------------------------------


def here_and_there(workload: dict[str, Any], **fields: Any) -> Any:
    """$2 in Germany, $1 elsewhere."""
    return a_scenario(
        **{"periods": months(1), "workloads": [workload]} | fields,
        offers=[
            an_offer("here", {"w": 1}, on_demand(2.0), provider="p", region="eu-1", country="DE"),
            an_offer("there", {"w": 1}, on_demand(1.0), provider="q", region="us-1", country="US"),
        ],
    )


@pytest.mark.parametrize("place", [{"countries": ["DE", "FR"]}, {"regions": ["eu-1"]}])
def test_a_share_of_the_work_stays_in_its_place(place: dict[str, Any]) -> None:
    """30% of ten: three nodes at $2, seven at $1."""
    plan = planned(here_and_there(online("w", [10.0], residency=[{"share": 0.3, **place}])))
    assert plan.npv_usd == pytest.approx(HOURS * (3 * 2 + 7 * 1))


def test_residency_of_flexible_work_is_over_the_period() -> None:
    fields = {"integers": "relaxed"}
    workload = flexible("w", [10.0], residency=[{"share": 0.35, "countries": ["DE"]}])
    assert optimum(here_and_there(workload, **fields)) == pytest.approx(HOURS * (3.5 * 2 + 6.5))


def test_a_hosted_model_is_nowhere() -> None:
    """Hosted at $0.5 a unit would serve all; 30% must be in Germany: three nodes there."""
    scenario = a_scenario(
        periods=months(1),
        hosted_apis=None,
        workloads=[chat([10.0], residency=[{"share": 0.3, "countries": ["DE"]}])],
        offers=[an_offer("here", {"w": 1}, on_demand(2.0), country="DE"), an_api("api", "m", 0.5)],
    )
    assert optimum(scenario) == pytest.approx(HOURS * (3 * 2 + 7 * 0.5))


@pytest.mark.parametrize(("share", "expected"), [(1.0, 10.0), (0.6, 6 + 4 * 2.0), (0.5, 5 + 5 * 2.0)])
def test_no_provider_serves_more_than_its_share(share: float, expected: float) -> None:
    plan = planned(here_and_there(online("w", [10.0]), max_share_per_provider=share))
    assert plan.npv_usd == pytest.approx(HOURS * expected)


def test_the_share_of_a_provider_counts_hosted_models_and_leaves_runs_alone() -> None:
    """At most 60% at one provider: six nodes, and four of ten units from an API at $3; the run stays where it is cheap."""
    scenario = a_scenario(
        periods=months(1),
        hosted_apis=None,
        max_share_per_provider=0.6,
        workloads=[chat([10.0]), a_run(HOURS, cluster_sizes=[1])],
        offers=[
            an_offer("pool", {"w": 1, "run": 1}, on_demand(1.0), provider="p"),
            an_api("api", "m", 3.0, provider="h"),
        ],
    )
    assert optimum(scenario) == pytest.approx(HOURS * (6 + 4 * 3.0 + 1))


# --- spikes and fallbacks -------------------------------------------------------------------------------------


SPIKE = {"multiplier": 10, "hours_per_year": 24}


def test_a_spike_is_bought_by_the_hour_next_to_a_commitment() -> None:
    """Two hours a month at ten times the load: one node committed at $0.5, nine more on demand for 2 h a month."""
    scenario = a_scenario(
        periods=months(12),
        workloads=[online("w", 1.0, spike=SPIKE)],
        offers=[an_offer("pool", {"w": 1}, on_demand(1.0), commitment(0.5, 12))],
    )
    plan = planned(scenario)
    assert plan.npv_usd == pytest.approx(12 * (HOURS * 0.5 + 9 * 2 * 1.0))
    assert [(s.name, s.hours) for s in plan.horizon.periods[0].slices] == [("all", 728.0), ("spike", 2.0)]


def test_workloads_that_name_the_same_spike_have_it_together() -> None:
    """Named alike: 2 + 3 nodes in the same two hours; apart: 2 + 1 in two of them and 1 + 3 in two others."""
    for other, extra in (("a", (1 + 2) * 2), ("b", (1 + 0) * 2 + (0 + 2) * 2)):
        spikes = [
            {"name": "a", "multiplier": 2, "hours_per_year": 24},
            {"name": other, "multiplier": 3, "hours_per_year": 24},
        ]
        scenario = a_scenario(
            periods=months(1),
            workloads=[online(name, 1.0, spike=s) for name, s in zip("vw", spikes, strict=True)],
            offers=[an_offer("pool", {"v": 1, "w": 1}, on_demand(1.0))],
        )
        assert optimum(scenario) == pytest.approx(2 * HOURS + extra), other


def test_a_calendar_month_has_its_spike_next_to_the_slices_of_its_week() -> None:
    """Two hours at three times the mean; the day's shape (mean 1) fills the other 728 h."""
    shape = [0.5] * 12 + [1.5] * 12
    scenario = a_scenario(
        months=1,
        slices=24,
        integers="relaxed",
        workloads=[online("w", 4.0, profile=shape, spike={"multiplier": 3, "hours_per_year": 24})],
        offers=[an_offer("pool", {"w": 1}, on_demand(1.0))],
    )
    assert optimum(scenario) == pytest.approx(728 * 4 + 2 * 12)


def fallen_back(when: str, share: float, usd: float, demand: float = 1.0) -> Any:
    """A spike of ten for two hours a month; the lesser model costs $0.2 a unit and `usd` in quality."""
    return a_scenario(
        periods=months(1),
        hosted_apis=None,
        integers="relaxed",
        workloads=[
            chat(demand, spike=SPIKE, fallback={"share": share, "when": when, "model": "lite", "usd_per_unit": usd})
        ],
        offers=[an_offer("pool", {"w": 1}, on_demand(1.0)), an_api("api", "lite", 0.2)],
    )


def test_a_fallback_serves_its_share_of_the_spike_where_it_is_cheaper() -> None:
    """Half of ten for two hours at $0.2 + $0.1 instead of $1; the quality is no cash."""
    plan = planned(fallen_back("spikes", 0.5, 0.1))
    assert plan.npv_usd == pytest.approx(728 + 2 * (5 * 1.0 + 5 * 0.3))
    assert plan.total_usd == pytest.approx(728 + 2 * (5 * 1.0 + 5 * 0.2))
    assert optimum(fallen_back("spikes", 0.5, 0.9)) == pytest.approx(728 + 2 * 10)


def test_a_fallback_that_is_always_allowed_serves_ordinary_hours_too() -> None:
    assert optimum(fallen_back("always", 0.5, 0.1)) == pytest.approx(728 * (0.5 + 0.5 * 0.3) + 2 * (5 + 5 * 0.3))


# --- containers ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("replicas", ["pooled", "whole"])
def test_a_container_is_paid_for_the_time_in_use(replicas: str) -> None:
    """3.3 nodes' worth in use at $0.9; at $1.3 only what is beyond three whole nodes at $1; at $4 a fourth node instead."""

    def least(usd: float) -> float | None:
        return optimum(a_scenario(
            periods=months(1), replicas=replicas, workloads=[online("w", [3.3])],
            offers=[an_offer("node", {"w": 1}, on_demand(1.0)),
                    an_offer("box", {"w": 1}, on_demand(usd), delivery="container")],
        ))  # fmt: skip

    assert least(0.9) == pytest.approx(HOURS * 3.3 * 0.9)
    assert least(1.3) == pytest.approx(HOURS * (3 + 0.3 * 1.3))
    assert least(4.0) == pytest.approx(HOURS * 4)


def test_a_batch_service_takes_no_online_work() -> None:
    scenario = a_scenario(
        periods=months(1),
        workloads=[online("w", [2.0]), flexible("t", [3.0])],
        offers=[
            an_offer("service", {"w": 1, "t": 1}, on_demand(0.5), delivery="batch"),
            an_offer("node", {"w": 1, "t": 1}, on_demand(1.0)),
        ],
    )
    assert optimum(scenario) == pytest.approx(HOURS * (2 * 1.0 + 3 * 0.5))


# --- how prices move --------------------------------------------------------------------------------------------


def with_path(*points: tuple[float, float]) -> Catalog:
    return Catalog(price_paths={"fall": PricePath("fall", points, "test", "2026-01")})


def test_a_falling_path_shortens_the_best_term() -> None:
    """A year's term saves 10%; along a path to 40% in ten months, month m costs max(1 − 0.06·m, 0.4)."""
    fields: dict[str, Any] = {
        "periods": months(12), "terminal": "liability", "workloads": [online("w", [1.0] * 12)],
        "offers": [an_offer("pool", {"w": 1}, commitment(1.0, 1), commitment(0.9, 12))],
    }  # fmt: skip
    flat = planned(a_scenario(**fields))
    assert {line.term_periods for line in flat.lines} == {12}
    fall = a_scenario(**fields, price_changes=[{"path": "fall"}])
    plan = planned(fall, catalog=with_path((0.0, 1.0), (10.0, 0.4)))
    assert {line.term_periods for line in plan.lines} == {1}
    assert plan.npv_usd == pytest.approx(HOURS * sum(max(1 - 0.06 * m, 0.4) for m in range(12)))


def test_a_path_and_a_change_per_year_multiply() -> None:
    """After a year half of the price, and of that 0.8 along the path."""
    scenario = a_scenario(
        periods=[{"hours": 8760}, {"hours": 8760}],
        workloads=[online("w", [1.0, 1.0])],
        price_changes=[{"per_year": -0.5, "path": "fall"}],
        offers=[an_offer("pool", {"w": 1}, on_demand(1.0))],
    )
    assert optimum(scenario, catalog=with_path((0.0, 1.0), (24.0, 0.6))) == pytest.approx(8760 * (1 + 0.5 * 0.8))


OLD = {"accelerator": "old-chip"}


def released(**fields: Any) -> Any:
    return a_scenario(
        **{"periods": months(4), "terminal": "liability", "workloads": [online("w", [1.0] * 4)]} | fields,
    )


def test_a_release_makes_older_ones_cheaper_from_its_month_on() -> None:
    """$1 by the hour, halved from month 2 on: 1 + 1 + ½ + ½ = 3 beats four months at $0.8 = 3.2."""
    drop = {"accelerator": "new-chip", "period": 2, "price_drops": [{**OLD, "by": -0.5}]}
    offers = [an_offer("old", {"w": 1}, on_demand(1.0), commitment(0.8, 4), **OLD)]
    catalog = chips(old_chip="N", new_chip="N")
    assert optimum(released(offers=offers), catalog=catalog) == pytest.approx(HOURS * 3.2)
    assert optimum(released(offers=offers, releases=[drop]), catalog=catalog) == pytest.approx(HOURS * 3.0)
    drop["price_drops"][0]["contract"] = "commitment"  # a term of four months from then on is no use
    assert optimum(released(offers=offers, releases=[drop]), catalog=catalog) == pytest.approx(HOURS * 3.2)


def test_a_coming_accelerator_is_not_there_before_its_month() -> None:
    """$0.2 with the new one, from month 1 on: $1 + 3 · $0.2; its commitment is signed then too."""
    catalog = chips(old_chip="N", new_chip="N")
    for contract in (on_demand(0.2), commitment(0.2, 3)):
        offers = [
            an_offer("old", {"w": 1}, on_demand(1.0), **OLD),
            an_offer("new", {"w": 1}, contract, accelerator="new-chip"),
        ]
        scenario = released(offers=offers, releases=[{"accelerator": "new-chip", "period": 1}])
        assert optimum(scenario, catalog=catalog) == pytest.approx(HOURS * (1 + 3 * 0.2))


def test_the_drop_of_a_release_counts_at_the_end_of_the_horizon() -> None:
    """A term of two months, one asked for: the second is worth half of what is owed once prices have halved."""
    scenario = a_scenario(
        periods=months(2),
        terminal="market",
        workloads=[online("w", [0.0, 1.0])],
        offers=[an_offer("old", {"w": 1}, commitment(1.0, 2), **OLD)],
        releases=[{"accelerator": "new-chip", "period": 1, "price_drops": [{**OLD, "by": -0.5}]}],
    )
    # signed in month 1 at $0.5: owed 0.5 for a month beyond the horizon, worth 0.5 there
    assert optimum(scenario, catalog=chips(old_chip="N", new_chip="N")) == pytest.approx(HOURS * 0.5)


# --- charges -----------------------------------------------------------------------------------------------------


def test_support_comes_on_top_of_everything_paid_to_its_provider() -> None:
    """$1.00 + 10% against $1.08 without support."""

    def least(support: dict[str, float]) -> Plan:
        return planned(a_scenario(
            periods=months(1), workloads=[online("w", [1.0])], support=support,
            offers=[an_offer("a", {"w": 1}, on_demand(1.0), provider="p"),
                    an_offer("b", {"w": 1}, on_demand(1.08), provider="q")],
        ))  # fmt: skip

    assert least({"p": 0.05}).npv_usd == pytest.approx(HOURS * 1.05)
    plan = least({"p": 0.10})
    assert plan.npv_usd == pytest.approx(HOURS * 1.08)
    assert nodes_by_offer(plan) == {"b": 1.0}


def test_support_counts_upfront_payments_and_the_budget_counts_support() -> None:
    """$1,000 upfront and $0.5 an hour, 10% on both."""
    fields: dict[str, Any] = {
        "periods": months(1), "workloads": [online("w", [1.0])], "support": {"p": 0.1},
        "offers": [an_offer("a", {"w": 1}, commitment(0.5, 1, upfront_usd=1000), provider="p")],
    }  # fmt: skip
    usd = 1.1 * (1000 + 0.5 * HOURS)
    assert planned(a_scenario(**fields)).npv_usd == pytest.approx(usd)
    assert answered(a_scenario(**fields, budget_total_usd=usd - 1)).stop == "infeasible"
    assert optimum(a_scenario(**fields, budget_total_usd=usd + 1)) == pytest.approx(usd)


def test_data_that_leaves_is_paid_where_the_work_is_done() -> None:
    """Ten units of 2 GB: at $0.09 a GB $1 becomes $1.18, dearer than $1.1 where nothing is charged."""

    def least(gb: float) -> Plan:
        return planned(a_scenario(
            periods=months(1), workloads=[online("w", [10.0], egress_gb_per_unit=gb)],
            egress_usd_per_gb={"p": 0.09, "default": 0.0},
            offers=[an_offer("a", {"w": 1}, on_demand(1.0), provider="p"),
                    an_offer("b", {"w": 1}, on_demand(1.1), provider="q")],
        ))  # fmt: skip

    assert least(2.0).npv_usd == pytest.approx(HOURS * 10 * 1.1)
    plan = least(1.0)
    assert plan.npv_usd == pytest.approx(HOURS * 10 * 1.09)
    assert sum(charge.usd for charge in plan.charges if charge.kind == "egress") == pytest.approx(HOURS * 10 * 0.09)


def test_data_that_must_stay_in_a_place_leaves_from_there() -> None:
    """The day is free at `q`, where nothing is charged for data; all of `w` must still be served, and its data sent, in r1.

    A node in r1 $1 an hour and 730 GB at $0.5; two nodes committed at $0.9 for the other workload's nights.
    """
    half = [{"name": "day", "hours": 365}, {"name": "night", "hours": 365}]
    scenario = a_scenario(
        periods=[{"hours": HOURS, "slices": half}],
        workloads=[
            online("w", [[1.0, 1.0]], residency=[{"share": 1.0, "regions": ["r1"]}], egress_gb_per_unit=1),
            online("v", [[0.0, 2.0]]),
        ],
        egress_usd_per_gb={"p": 0.5, "q": 0.0},
        offers=[
            an_offer("here", {"w": 1}, on_demand(1.0), provider="p", region="r1"),
            an_offer("there", {"w": 1, "v": 1}, commitment(0.9, 1), provider="q", region="r2"),
        ],
    )
    assert optimum(scenario) == pytest.approx(HOURS * (1.0 + 0.5 + 2 * 0.9))


def test_data_is_kept_at_every_provider_that_serves() -> None:
    """At most nine nodes at $1, any at $1.05: with both the data is kept twice, at $100 a month (then $300) each."""

    def least(gb: float) -> float | None:
        return optimum(a_scenario(
            periods=months(2), workloads=[online("w", [10.0, 5.0], storage_gb=gb)],
            storage_usd_per_gb_month={"default": 0.02},
            offers=[an_offer("a", {"w": 1}, on_demand(1.0, max_nodes=9), provider="p"),
                    an_offer("b", {"w": 1}, on_demand(1.05), provider="q")],
        ))  # fmt: skip

    assert least(5000) == pytest.approx(2 * 2 * 100 + HOURS * (9 * 1.0 + 1 * 1.05 + 5 * 1.0))
    assert least(15000) == pytest.approx(2 * 300 + HOURS * 15 * 1.05)


def test_data_of_a_run_is_kept_where_it_runs() -> None:
    run = a_run(HOURS, cluster_sizes=[1], storage_gb=1000)
    offers = [
        an_offer("a", {"run": 1}, on_demand(1.0), provider="p"),
        an_offer("b", {"run": 1}, on_demand(1.01), provider="q"),
    ]
    prices = {"storage_usd_per_gb_month": {"p": 0.05, "q": 0.01}}
    scenario = a_scenario(periods=months(2), workloads=[run], offers=offers, **prices)
    assert optimum(scenario) == pytest.approx(HOURS * 1.01 + 2 * 10)


# --- credits, cash, budgets ------------------------------------------------------------------------------------------


def on_credit(grants: list[dict[str, Any]], rate: float = 0.0, **fields: Any) -> Any:
    """One node for two months; at `p` it costs $1.2, at `q` $1."""
    return a_scenario(
        periods=months(2),
        discount_rate=rate,
        workloads=[online("w", [1.0, 1.0])],
        credits=grants,
        offers=[
            an_offer("a", {"w": 1}, on_demand(1.2), provider="p"),
            an_offer("b", {"w": 1}, on_demand(1.0), provider="q"),
        ],
        **fields,
    )


def test_credits_pay_the_bills_of_their_provider_until_they_are_gone() -> None:
    """$876 pays a month at `p` ($876); $1,752 pays both; $1,000 pays one and leaves $752 of the second against $730."""
    assert optimum(on_credit([{"provider": "p", "usd": 876}])) == pytest.approx(730)
    assert optimum(on_credit([{"provider": "p", "usd": 5000}])) == pytest.approx(0, abs=1e-6)
    assert optimum(on_credit([{"provider": "p", "usd": 1000}])) == pytest.approx(730)
    assert optimum(on_credit([{"provider": "p", "usd": 1100}])) == pytest.approx(2 * 876 - 1100)


def test_credits_expire() -> None:
    plan = planned(on_credit([{"provider": "p", "usd": 5000, "expires_period": 1}]))
    assert plan.npv_usd == pytest.approx(730)
    assert sum(record.usd for record in plan.credits) == pytest.approx(876)


def test_credits_are_worth_most_where_they_are_used_first() -> None:
    """At 20% a year: the bill of month 0 weighs 1.2^(−1/24), that of month 1 1.2^(−3/24)."""
    first, second = 1.2 ** (-1 / 24), 1.2 ** (-3 / 24)
    scenario = on_credit([{"provider": "q", "usd": 730}], 0.2)
    assert optimum(scenario) == pytest.approx(730 * second)
    scenario = on_credit([{"provider": "q", "usd": 1000}], 0.2)
    assert optimum(scenario) == pytest.approx(730 * (first + second) - 730 * first - 270 * second)


def test_a_budget_of_a_period_counts_after_credits() -> None:
    """Month 1 may cost $500: of $730 at `q` credits must pay $230 then, so only $270 of $500 are left for month 0."""
    scenario = on_credit([{"provider": "q", "usd": 500}], 0.2, budget_per_period_usd=[1000, 500])
    first, second = 1.2 ** (-1 / 24), 1.2 ** (-3 / 24)
    assert optimum(scenario) == pytest.approx((730 - 270) * first + 500 * second)


def runway(**cash: Any) -> Any:
    """One node for four months: $730 a month, or $1,000 upfront for two months."""
    return a_scenario(
        periods=months(4),
        workloads=[online("w", [1.0] * 4)],
        offers=[an_offer("pool", {"w": 1}, on_demand(1.0), commitment(0.0, 2, upfront_usd=1000))],
        **({"cash": cash} if cash else {}),
    )


def test_the_runway_delays_a_payment_upfront() -> None:
    """$100 at hand, $800 a month: 900, then 970 after a month by the hour are too little; in month 2 there are $1,040."""
    assert optimum(runway()) == pytest.approx(2000)
    plan = planned(runway(at_hand_usd=100, income_per_month_usd=800))
    assert plan.npv_usd == pytest.approx(2 * 730 + 1000)
    closing = [record.closing_usd for record in plan.cash]
    assert closing == [pytest.approx(usd) for usd in (170, 240, 40, 840)]


def test_a_raise_comes_in_time_or_not() -> None:
    """$100 more in month 0 pays upfront at once; in month 1 there are then $1,070, and in month 3 it is too late for another."""
    cash = {"at_hand_usd": 100, "income_per_month_usd": 800}
    assert optimum(runway(**cash, raises=[{"period": 0, "usd": 100}])) == pytest.approx(2000)
    assert optimum(runway(**cash, raises=[{"period": 1, "usd": 100}])) == pytest.approx(730 + 1000 + 730)


def test_other_costs_and_a_minimum_shorten_the_runway() -> None:
    """$730 a month must come in; $29 of other costs, or $99 to be kept, are more than there is."""
    cash = {"at_hand_usd": 2000 - 1600, "income_per_month_usd": 730}
    assert optimum(runway(**cash)) == pytest.approx(2000)
    assert optimum(runway(**cash, other_costs_per_month_usd=200, minimum_usd=0)) is None
    assert optimum(runway(**cash, minimum_usd=401)) is None


def test_income_grows() -> None:
    """$365 in the first year's months, twice that a year later: $730 by the hour cannot be paid before."""
    scenario = a_scenario(
        periods=[{"hours": 8760}, {"hours": 8760}],
        workloads=[online("w", [0.5, 1.0])],
        integers="relaxed",
        cash={"at_hand_usd": 0, "income_per_month_usd": 365, "income_growth_per_year": 1.0},
        offers=[an_offer("pool", {"w": 1}, on_demand(1.0))],
    )
    assert optimum(scenario) == pytest.approx(8760 * 1.5)
    dearer = a_scenario(
        periods=[{"hours": 8760}, {"hours": 8760}],
        workloads=[online("w", [0.51, 1.0])],
        integers="relaxed",
        cash={"at_hand_usd": 0, "income_per_month_usd": 365, "income_growth_per_year": 1.0},
        offers=[an_offer("pool", {"w": 1}, on_demand(1.0))],
    )
    assert optimum(dearer) is None


def test_a_budget_of_a_period_and_one_of_capital_forbid_an_upfront_that_would_pay() -> None:
    fields: dict[str, Any] = {
        "periods": months(2), "workloads": [online("w", [1.0, 1.0])],
        "offers": [an_offer("pool", {"w": 1}, on_demand(1.0), commitment(0.1, 2, upfront_usd=900))],
    }  # fmt: skip
    committed, hourly = 900 + 2 * 73, 2 * 730
    assert optimum(a_scenario(**fields)) == pytest.approx(committed)
    assert optimum(a_scenario(**fields, budget_per_period_usd=972)) == pytest.approx(hourly)
    assert optimum(a_scenario(**fields, budget_per_period_usd=974)) == pytest.approx(committed)
    assert optimum(a_scenario(**fields, budget_per_period_usd=[974, 74])) == pytest.approx(committed)
    assert optimum(a_scenario(**fields, budget_upfront_per_year_usd=899)) == pytest.approx(hourly)
    assert optimum(a_scenario(**fields, budget_upfront_per_year_usd=900)) == pytest.approx(committed)
    assert optimum(a_scenario(**fields, budget_upfront_per_year_usd=0)) == pytest.approx(hourly)


def test_a_budget_of_a_plan_year_counts_the_periods_of_its_year() -> None:
    """Four half-years at $0.5 an hour: $2,190 in each, $4,380 in either plan-year."""
    fields: dict[str, Any] = {
        "periods": [{"hours": 4380}] * 4, "workloads": [online("w", [1.0] * 4)],
        "offers": [an_offer("pool", {"w": 1}, commitment(0.5, 4))],
    }  # fmt: skip
    assert optimum(a_scenario(**fields, budget_per_year_usd=[4381, 4381])) == pytest.approx(8760)
    assert answered(a_scenario(**fields, budget_per_year_usd=[4381, 4379])).stop == "infeasible"


def test_what_is_recurring_is_paid_period_by_period() -> None:
    """A commitment of two months at $0.5: $365 in each of them, never $730 in one."""
    fields: dict[str, Any] = {
        "periods": months(2), "workloads": [online("w", [1.0, 1.0])],
        "offers": [an_offer("pool", {"w": 1}, commitment(0.5, 2), provider="p")],
    }  # fmt: skip
    assert optimum(a_scenario(**fields, budget_per_period_usd=366)) == pytest.approx(730)
    assert answered(a_scenario(**fields, budget_per_period_usd=364)).stop == "infeasible"
    cash = {"at_hand_usd": 0, "income_per_month_usd": 365}
    assert optimum(a_scenario(**fields, cash=cash)) == pytest.approx(730)
    credit = [{"provider": "p", "usd": 730, "expires_period": 1}]
    assert optimum(a_scenario(**fields, credits=credit)) == pytest.approx(365)


# --- carbon -------------------------------------------------------------------------------------------------------------


def grids(demand: float, carbon: dict[str, Any], **fields: Any) -> Any:
    """10 kW a node: at $1 on 500 g/kWh (0.005 t an hour), at $1.4 on none."""
    return a_scenario(
        periods=months(1),
        workloads=[online("w", [demand])],
        carbon={"intensity_g_per_kwh": {"coal": 500, "SE": 0}} | carbon,
        offers=[
            an_offer("dirty", {"w": 1}, on_demand(1.0), region="coal", kw_per_node=10),
            an_offer("clean", {"w": 1}, on_demand(1.4), region="north", country="SE", kw_per_node=10),
        ],
        **fields,
    )


@pytest.mark.parametrize(("usd", "cost", "cash"), [(50, 1.25, 1.0), (79, 1.395, 1.0), (81, 1.4, 1.4), (200, 1.4, 1.4)])
def test_a_price_of_carbon_moves_the_work(usd: float, cost: float, cash: float) -> None:
    """$1 + 0.005 t · price against $1.4: equal at $80 a tonne. The price is no cash."""
    plan = planned(grids(1.0, {"usd_per_tonne": usd}))
    assert plan.npv_usd == pytest.approx(HOURS * cost)
    assert plan.total_usd == pytest.approx(HOURS * cash)


def test_a_cap_on_carbon_allows_so_many_nodes() -> None:
    """3.65 t a node and month: 8 t are two of five."""
    plan = planned(grids(5.0, {"max_tonnes_per_year": 8}))
    assert plan.npv_usd == pytest.approx(HOURS * (2 * 1.0 + 3 * 1.4))
    assert plan.carbon is not None
    assert plan.carbon.tonnes == pytest.approx(2 * 3.65)


def test_a_place_of_unknown_intensity_is_left_out_under_a_cap_only() -> None:
    known = {"intensity_g_per_kwh": {"SE": 100}}
    assert optimum(grids(1.0, known)) == pytest.approx(HOURS * 1.0)
    assert optimum(grids(1.0, known | {"max_tonnes_per_year": 1000})) == pytest.approx(HOURS * 1.4)
    guessed = known | {"max_tonnes_per_year": 1000, "unknown_g_per_kwh": 900}
    assert optimum(grids(1.0, guessed)) == pytest.approx(HOURS * 1.0)


def test_commitments_emit_whether_used_or_not_and_runs_only_while_they_run() -> None:
    """At 0.005 t an hour and $100 a tonne: a committed node $0.5 an hour all month; a run's node only for its 365 h."""
    carbon = {"usd_per_tonne": 100, "intensity_g_per_kwh": {"default": 500}}
    half = {"name": "a", "hours": 365}, {"name": "b", "hours": 365}
    scenario = a_scenario(
        periods=[{"hours": HOURS, "slices": half}],
        carbon=carbon,
        workloads=[online("w", [[1.0, 0.0]])],
        offers=[an_offer("pool", {"w": 1}, commitment(1.0, 1), kw_per_node=10)],
    )
    assert optimum(scenario) == pytest.approx(HOURS * 1.5)
    scenario = a_scenario(
        periods=months(1),
        carbon=carbon,
        workloads=[a_run(365, cluster_sizes=[1])],
        offers=[an_offer("pool", {"run": 1}, on_demand(1.0), kw_per_node=10)],
    )
    assert optimum(scenario) == pytest.approx(365 * 1.5)


def test_where_nodes_may_be_fractional_a_cap_on_accelerators_holds_a_fraction_of_a_node() -> None:
    """12 accelerators of 8 a node run by the hour as 1.5 nodes; a cluster of 2 takes the half that is left by commitment.

    730 h x (1.5 x 1.0 + 0.5 x 1.5) = 1,642.5.
    """
    steady = {"failures_per_accelerator_year": 0.0, "checkpoint_write_minutes": 0}
    run = {"name": "r", "kind": "training_run", "unit": "s", "work": 730 * 2, "cluster_sizes": [16]} | steady
    contracts = (on_demand(1.0), commitment(1.5, 1, max_nodes=9))
    offer = an_offer("o", {"r": 1}, *contracts, accelerators_per_node=8, accelerator="chip")
    chip = Accelerator(id="chip", name="chip", vendor="NVIDIA", source="test", checked_on="2026-01")
    asked = a_scenario(periods=months(1), integers="relaxed", workloads=[run], offers=[offer], caps={"inline": 12})
    assert optimum(asked, catalog=Catalog(accelerators={"chip": chip})) == pytest.approx(1642.5)
