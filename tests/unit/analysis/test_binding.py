"""What binds is found by taking limits away, and worth what the next step that changes anything saves."""

import random
from typing import Any

import pytest
from planning import EXACT, a_scenario, an_offer, answered, commitment, months, on_demand, online, planned

from planner.analysis.answer import answer
from planner.analysis.infeasible.settings import changed
from planner.domain.inputs.catalog import Catalog, PricePath
from planner.domain.records.plan import Binding, Plan
from planner.domain.scenario.scenario import Scenario
from planner.report.plan.render import render_plan

UPFRONT = {"kind": "commitment", "upfront_usd": 60_000, "term_months": 12}
CLOUD = on_demand(12.0)


def lumpy(**fields: Any) -> Scenario:
    """Two nodes for a year: 105,120 each by the hour, or 60,000 upfront."""
    work = online("w", 2.0)
    return a_scenario(
        **{"months": 12, "workloads": [work], "offers": [an_offer("node", {"w": 1}, CLOUD, UPFRONT)]} | fields
    )


def only(plan: Plan) -> Binding:
    (binding,) = plan.binding
    return binding


def test_a_budget_with_room_left_binds_where_the_next_node_does_not_fit() -> None:
    """100,000 pay for one node upfront; 20,000 more for the second: 120,000 instead of 60,000 + 105,120."""
    plan = planned(lumpy(budget_upfront_per_year_usd=100_000))
    assert plan.npv_usd == pytest.approx(165_120)
    found = only(plan)
    assert (found.constraint, found.key) == ("budget_upfront_per_year_usd", "plan-year 1")
    assert (found.step, found.step_saves_usd, found.without_saves_usd) == pytest.approx((20_000, 45_120, 45_120))
    assert "$20,000 more saves $45,120; without it the plan costs $45,120 less" in " ".join(
        render_plan(plan, "table").split()
    )


def test_a_budget_of_a_period_binds_in_the_period_in_which_all_is_paid() -> None:
    found = only(planned(lumpy(budget_per_period_usd=100_000)))
    assert (found.constraint, found.key) == ("budget_per_period_usd", "2027-01") or found.key.startswith("p")
    assert found.step == pytest.approx(20_000)


def test_over_fractional_nodes_a_budget_is_worth_its_percent() -> None:
    found = only(planned(lumpy(budget_upfront_per_year_usd=100_000, integers="relaxed")))
    assert found.step == pytest.approx(1000.0)
    assert found.step_saves_usd == pytest.approx(1000 / 60_000 * 45_120, abs=0.01)


def test_a_share_of_a_provider_binds_though_less_than_it_is_used() -> None:
    """At most 60% of two whole nodes from one provider is one: the second costs 175,200 instead of 60,000."""
    offers = [
        an_offer("node", {"w": 1}, CLOUD, UPFRONT, provider="a"),
        an_offer("node2", {"w": 1}, on_demand(20.0), provider="b"),
    ]
    found = only(planned(lumpy(offers=offers, max_share_per_provider=0.6, replicas="whole")))
    assert found.constraint == "max_share_per_provider"
    assert (found.step, found.without_saves_usd) == pytest.approx((0.4, 115_200), abs=1e-4)


def test_a_deadline_binds_with_the_periods_that_it_takes_to_change_anything() -> None:
    """The price of an hour falls to 1 in the third month: two months later the run costs 730 less."""
    run = {"name": "run", "kind": "training_run", "unit": "h", "work": 730, "deadline_period": 0}
    run |= {"failures_per_accelerator_year": 0, "checkpoint_interval_hours": 1e5, "checkpoint_write_minutes": 0}
    path = PricePath("fall", ((0, 1.0), (1.99, 1.0), (2, 0.5)), "", "")
    scenario = a_scenario(
        periods=months(4),
        workloads=[run],
        offers=[an_offer("o", {"run": 1}, on_demand(2.0))],
        price_changes=[{"path": "fall"}],
    )
    plan = answer(scenario, Catalog(price_paths={"fall": path}), gap=EXACT, baselines=False).plan
    assert plan is not None
    found = only(plan)
    assert (found.constraint, found.key, found.step) == ("deadline", "run", 2.0)
    assert found.step_saves_usd == pytest.approx(730, rel=1e-3)


def test_where_no_limit_is_worth_anything_all_were_taken_away_at_once() -> None:
    plan = planned(lumpy(budget_upfront_per_year_usd=120_000, budget_total_usd=200_000))
    assert (plan.binding, plan.limits.basis, plan.limits.count) == ((), "whole", 2)
    assert "No limit binds: 2 limits were taken away" in " ".join(render_plan(plan, "table").split())


def test_limits_that_bind_only_together_are_named_together() -> None:
    """Two nodes cost 7,300 each by the hour or 5,000 upfront; the budget and the quantity each forbid the second of these."""
    offers = [an_offer("node", {"w": 1}, on_demand(10.0)), an_offer("u", {"w": 1}, _one() | {"max_nodes": 1})]
    found = only(planned(lumpy(periods=months(1), months=None, offers=offers, budget_upfront_per_year_usd=9_000)))
    assert (found.step, found.without_saves_usd) == (None, pytest.approx(2300))
    assert found.constraint == "budget_upfront_per_year_usd (plan-year 1) and max_nodes (offer:u)"


def _one() -> dict[str, Any]:
    return {"kind": "commitment", "upfront_usd": 5_000, "term_periods": 1}


LIMITS = ("budget_total_usd", "budget_per_year_usd", "budget_per_period_usd", "budget_upfront_per_year_usd")


def drawn(seed: int) -> Scenario:
    """A small world with lumpy contracts, two providers and one or two limits, tight or not."""
    draw = random.Random(seed)
    demand = draw.randint(1, 4)
    offers = [
        an_offer("a", {"w": 1}, on_demand(draw.randint(8, 20), max_nodes=draw.choice([1, 2, 9])), provider="a"),
        an_offer("b", {"w": 1}, on_demand(draw.randint(18, 30)), provider="b"),
        an_offer(
            "c", {"w": draw.choice([1, 2])}, commitment(0, 3, upfront_usd=draw.randint(5, 20) * 1000), provider="a"
        ),
    ]
    fields: dict[str, Any] = {"periods": months(3), "workloads": [online("w", demand)], "offers": offers}
    whole = planned(a_scenario(**fields)).npv_usd
    for name in draw.sample(LIMITS, draw.choice([1, 1, 2])):
        part = (1.0, 1.4) if name in ("budget_total_usd", "budget_per_year_usd") else (0.2, 1.1)
        fields[name] = round(whole * draw.uniform(*part), 2)
    if draw.random() < 0.3:
        fields["max_share_per_provider"] = draw.choice([0.5, 0.6, 0.8])
    return a_scenario(**fields)


def test_on_drawn_worlds_what_is_said_of_limits_holds_when_the_scenario_is_solved_again() -> None:
    """The stated step saves what it says, a step a little smaller nothing; what is not named may go without effect."""
    named = free = 0
    for seed in range(50):
        scenario = drawn(seed)
        plan = answered(scenario).plan
        if plan is None:
            continue
        stated = [name for name in (*LIMITS, "max_share_per_provider") if getattr(scenario, name) is not None]
        for found in plan.binding:
            if found.step is None or found.constraint not in stated:
                continue
            now = getattr(scenario, found.constraint)
            most = 1.0 if found.constraint == "max_share_per_provider" else 1e9
            more = planned(changed(scenario, {(found.constraint,): min(now + found.step * (1 + 1e-9), most)}))
            assert plan.npv_usd - more.npv_usd == pytest.approx(found.step_saves_usd, abs=0.02), seed
            gone = planned(changed(scenario, {(found.constraint,): None}))
            assert plan.npv_usd - gone.npv_usd == pytest.approx(found.without_saves_usd, abs=0.02), seed
            named += 1
        if not plan.binding:
            assert plan.limits.basis == "whole"
            gone = planned(changed(scenario, {(name,): None for name in stated}))
            assert gone.npv_usd == pytest.approx(plan.npv_usd, rel=1e-5), seed
            free += 1
    assert named >= 8, named
    assert free >= 4, free


@pytest.mark.parametrize("size", [1, 2, 8])
@pytest.mark.parametrize("others", [0, 1])
def test_a_cap_on_accelerators_is_told_by_accelerators_whether_one_node_type_is_under_it_or_more(
    size: int, others: int
) -> None:
    """16 chips at a dollar each and the rest at two: a node more of them saves a dollar a chip and hour."""
    nodes = {f"n{k}": (size, 1.0 + k / 100) for k in range(1 + others)} | {"dear": (1, 2.0)}
    offers = [
        an_offer(name, {"w": count}, on_demand(usd * count), provider="far" if name == "dear" else "near",
                 accelerator="h100-sxm-80gb", accelerators_per_node=count)
        for name, (count, usd) in nodes.items()
    ]  # fmt: skip
    plan = planned(a_scenario(periods=months(1), workloads=[online("w", 40.0)], offers=offers, caps={"near": 16}))
    found = only(plan)
    assert (found.constraint, found.unit, found.step) == ("cap", "at once", size)
    assert found.step_saves_usd == pytest.approx(730 * size)
    said = " ".join(render_plan(plan, "table").split())
    assert f"at most 16 h100-sxm-80gb at once on demand from near: {size} more at once saves" in said


def test_a_signed_savings_plan_is_told_by_its_dollars_an_hour() -> None:
    """A dollar more an hour covers two thirds of a node at 1.50: 1.6 dollars on spot less, each hour of the year."""
    held = {"name": "sp", "provider": "aws", "kind": "savings_plan", "usd_per_hour": 4, "until": "2028-01"}
    spot = {"kind": "spot", "usd_per_hour": 1.6, "interruptions_per_month": 0}
    work = {"name": "jobs", "kind": "batch", "unit": "node-hour", "demand_per_hour": 5}
    offers = [an_offer("m", {"jobs": 1}, on_demand(3.0), spot, provider="aws")]
    scenario = a_scenario(
        start="2027-01", months=12, workloads=[work], offers=offers, held=[{**held, "rates": [{"discount": 0.5}]}]
    )
    plan = planned(scenario)
    assert plan.npv_usd == pytest.approx(8760 * (4 + (5 - 4 / 1.5) * 1.6))
    found = only(plan)
    assert (found.constraint, found.step, found.unit) == ("usd_per_hour", 1, "USD an hour")
    assert found.step_saves_usd == pytest.approx(8760 * (1.6 / 1.5 - 1))


def test_a_cap_that_keeps_an_option_out_of_the_plan_is_told_by_what_it_limits() -> None:
    """Half a node is no node: nothing of the cheap one is used, and its cap binds."""
    cheap = an_offer("cheap", {"w": 1}, on_demand(1.0), accelerators_per_node=8, groups=["hall"])
    plan = planned(
        a_scenario(
            months=12,
            workloads=[online("w", 2.0)],
            offers=[cheap, an_offer("dear", {"w": 1}, CLOUD)],
            cap_groups=[{"name": "hall", "max_accelerators": 4}],
        )
    )
    found = only(plan)
    assert found.constraint == "cap"
    assert found.key in {cap.name for cap in plan.inputs.caps}
    assert "the cap of group `hall`" in " ".join(render_plan(plan, "table").split())
