"""Situations that people reported of what they put in, with the answer that is right, and drawn ones of their kind."""

from math import ceil
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from planning import EMPTY, a_scenario, an_offer, commitment, on_demand, online, spot

from planner.analysis.answer import answer
from planner.domain.scenario.scenario import Scenario
from planner.errors import InputErrors
from planner.inputs.scenario_file import parse_scenario
from planner.report.plan.render import render_plan

HOURS = 730
NEAR_ZERO: dict[str, Any] = {
    "catalog": "none",
    "discount_rate": 0,
    "replicas": "whole",
    "periods": [{"hours": 730, "slices": [{"name": "a", "hours": 219}, {"name": "b", "hours": 511}]}],
    "workloads": [
        online("w0", [[14.036, 14.773]], max_spot_share=1),
        online("w1", [15.402], kind="batch", max_spot_share=0.5, interruptible=True),
    ],
    "offers": [
        an_offer("n0", {"w0": 4.48, "w1": 4.73}, on_demand(2.682), commitment(1.037, 2), provider="p1", region="r0"),
        an_offer(
            "n1",
            {"w1": 2.66},
            on_demand(2.086, max_nodes=4),
            spot(1.222, interruptions_per_month=200),
            provider="p2",
            region="r1",
        ),
    ],
    "budget_upfront_per_year_usd": 2618,
    "savings_plans": [
        {"name": "sp", "provider": "p1", "term_periods": 4, "upfront_fraction": 1, "rates": [{"discount": 0.35}]}
    ],
    "credits": [{"provider": "p1", "usd": 16022.6, "expires_period": 1}],
    "cash": {"at_hand_usd": 12980.66, "income_per_month_usd": 977.2, "income_growth_per_year": 0.3, "minimum_usd": 100},
}


def the_plan(scenario: Scenario) -> Any:
    found = answer(scenario, EMPTY, baselines=False)
    assert found.stop == "done"
    assert found.plan is not None
    assert found.plan.audit.agrees, found.plan.audit.discrepancies[:5]
    return found.plan


def test_an_offer_and_a_holding_of_one_name_do_not_share_a_throughput():
    scenario = Scenario.model_validate(
        {
            "catalog": "none",
            "periods": [{"hours": HOURS}],
            "workloads": [online("w", 4) | {"unit": "u"}],
            "offers": [an_offer("n", {"w": 2}, on_demand(3))],
            "held": [{"name": "n", "nodes": 1, "periods": 1, "usd_per_hour": 1, "throughput": {"w": 1}}],
        }
    )
    # held: 1 of 4 units for $730; the other 3 on two nodes of 2 units for 2 * 3 * 730; paid in the middle of the month
    assert the_plan(scenario).npv_usd == pytest.approx((730 + 4380) * 1.1 ** (-1 / 24), rel=1e-6)


@settings(max_examples=12, deadline=None)
@given(
    st.sampled_from(["n", "held:n", "offer:n", "own:n", "n#2"]),
    st.sampled_from(["n", "held:n", "offer:n", "own:n", "n#2"]),
    st.integers(1, 3),
    st.integers(1, 3),
)
def test_names_never_mix_the_rates_of_two_sources(offered: str, held: str, fast: int, slow: int):
    scenario = a_scenario(
        periods=[{"hours": HOURS}],
        workloads=[online("w", 12)],
        offers=[an_offer(offered, {"w": fast}, on_demand(3), on_demand(4))],
        held=[{"name": held, "nodes": 2, "periods": 1, "usd_per_hour": 1, "throughput": {"w": slow}}],
    )
    nodes = -(-(12 - 2 * slow) // fast)
    assert the_plan(scenario).total_usd == pytest.approx(HOURS * (2 * 1 + nodes * 3))


def test_a_cost_near_zero_is_proven_by_the_dollar():
    plan = the_plan(Scenario.model_validate(NEAR_ZERO))
    assert plan.status == "optimal"
    assert plan.npv_usd == pytest.approx(0, abs=1)
    assert "gap of 100" not in render_plan(plan, "table")


@settings(max_examples=15, deadline=None)
@given(st.floats(1, 50), st.floats(0.5, 5), st.floats(1, 9), st.floats(0.9, 1.1), st.integers(0, 12))
def test_credits_that_pay_about_everything_leave_no_gap(
    demand: float, rate: float, usd: float, share: float, places: int
):
    nodes = ceil(demand / rate - 1e-6)  # the dust of a float is no node
    credit = max(round(nodes * usd * HOURS * share, places), 1)
    scenario = a_scenario(
        periods=[{"hours": HOURS}],
        workloads=[online("w", demand)],
        offers=[an_offer("n", {"w": rate}, on_demand(usd), provider="p")],
        credits=[{"provider": "p", "usd": credit}],
    )
    plan = the_plan(scenario)
    assert plan.status == "optimal"
    assert plan.npv_usd == pytest.approx(max(nodes * round(usd, 6) * HOURS - credit, 0), abs=1)


SCENARIO = """
name: words
start: 2027-01
years: 1
workloads:
  - {name: run, kind: training_run, reference_accelerator: h100}
  - {name: chat, kind: inference, model: llama-3.1-8b}
  - {name: team, kind: development, reference_accelerator: l4}
  - {name: tune, kind: training}
offers:
  - {name: n, provider: p, contracts: [{kind: commitment, usd_per_hour: 2}]}
held:
  - {name: h, provider: p, until: 2027-05}
"""


@pytest.mark.parametrize(
    ("path", "meant"),
    [
        ("annual_budget_usd", "budget_per_year_usd"),
        ("workloads.run.training_tokens", "tokens"),
        ("workloads.run.gpu_hours", "accelerator_hours"),
        ("workloads.run.preemptible", "interruptible"),
        ("workloads.run.end_date", "end"),
        ("workloads.chat.tokens_per_month", "tokens_per_day"),
        ("workloads.chat.growth", "growth_per_year"),
        ("workloads.chat.monthly_growth", "growth_per_month"),
        ("workloads.team.engineers", "headcount"),
        ("workloads.team.hours_per_month", "accelerator_hours_per_head_per_month"),
        ("workloads.tune.gpu", "reference_accelerator"),
        ("workloads.tune.gpu_hours_per_month", "accelerator_hours_per_month"),
        ("offers.n.gpu", "accelerator"),
        ("offers.n.gpus_per_node", "accelerators_per_node"),
        ("offers.n.contracts.0.months", "term_months"),
        ("offers.n.contracts.0.upfront", "upfront_fraction"),
        ("held.h.count", "nodes"),
        ("held.h.start", "from"),
    ],
)
def test_a_word_that_people_write_gets_the_key_that_is_meant(path: str, meant: str):
    with pytest.raises(InputErrors) as refused:
        parse_scenario(SCENARIO, "words.yaml", overrides=[f"{path}=1"])
    key = path.rpartition(".")[2]
    told = [mistake.help for mistake in refused.value.mistakes if f"`{key}`" in mistake.what]
    assert told == [f"did you mean `{meant}`?"]
