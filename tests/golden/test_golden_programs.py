"""Every family's rows of a program small enough to be checked by hand, as text to be read."""

from typing import Any

import pytest
from goldens import matches
from planning import (
    EMPTY,
    a_colocation,
    a_datacenter,
    a_scenario,
    a_server,
    an_offer,
    commitment,
    flexible,
    months,
    on_demand,
    online,
    owning,
    spot,
)
from program_text import objective_of, rows_of, variables_of

from planner.domain.scenario.scenario import Scenario
from planner.formulation.build import FAMILIES, Built, build
from planner.pipeline import prepare

# --- two workloads, two options, two periods --------------------------------------------------------

SIGN = an_offer(
    "sign", {"chat": 10, "train": 5}, commitment(2.0, 1, min_nodes=2, max_nodes=3, upfront_usd=100.0), groups=["both"]
)
RENT = an_offer("rent", {"chat": 10, "train": 4}, on_demand(3.0), groups=["both"])
CHANCE = an_offer("chance", {"chat": 10, "train": 4}, spot(1.0, interruptions_per_month=73))


def asked(second: dict[str, Any]) -> Scenario:
    halves = [{"name": "day", "hours": 365}, {"name": "night", "hours": 365}]
    return a_scenario(
        periods=[{"hours": 730, "slices": halves}, {"hours": 730}],
        discount_rate=0.1,
        budget_total_usd=20000,
        budget_per_year_usd=18000,
        cap_groups=[{"name": "both", "max_nodes": 8}],
        workloads=[
            online(
                "chat", [[40.0, 20.0], [50.0]], max_spot_share=0.5, unserved={"usd_per_unit": 1, "max_fraction": 0.1}
            ),
            flexible("train", [8.0, 4.0], interruptible=True),
        ],
        offers=[SIGN, second],
    )


# --- one scenario for each further family -----------------------------------------------------------


def chat(demand: list[float], **fields: Any) -> dict[str, Any]:
    """Online work that a hosted API may serve."""
    return {"name": "chat", "kind": "inference", "model": "m", "demand_per_hour": demand} | fields


def api(name: str, model: str, usd: float) -> dict[str, Any]:
    each = {"usd_per_mtok_input": usd, "usd_per_mtok_output": usd}
    return {"kind": "hosted_api", "name": name, "provider": name, "model": model} | each


def run(**fields: Any) -> dict[str, Any]:
    """A run that never fails: hours = work / (rate × nodes)."""
    calm = {"failures_per_accelerator_year": 0, "checkpoint_write_minutes": 0}
    return {"name": "run", "kind": "training_run", "unit": "step"} | calm | fields


def with_fallback() -> Scenario:
    """A tenth of the hours is a spike of twice the demand, half of which a smaller model may serve."""
    return a_scenario(
        periods=months(1),
        hosted_apis=None,
        workloads=[
            chat(
                [40.0],
                spike={"name": "launch", "multiplier": 2, "hours_per_year": 876},
                fallback={"share": 0.5, "model": "lite", "usd_per_unit": 0.25},
            )
        ],
        offers=[an_offer("node", {"chat": 10, "chat/fallback": 20}, on_demand(3.0)), api("lite", "lite", 0.5)],
    )


def with_residency() -> Scenario:
    """Half of the chat in Europe, a fifth of the jobs and of a run in the country BB."""
    return a_scenario(
        periods=months(1),
        workloads=[
            online("chat", [40.0], residency=[{"share": 0.5, "regions": ["eu"]}]),
            flexible("jobs", [8.0], residency=[{"share": 0.2, "countries": ["BB"]}]),
            run(work=14600, interruptible=True, residency=[{"share": 0.2, "countries": ["BB"]}]),
        ],
        offers=[
            an_offer("east", {"chat": 10, "jobs": 4, "run": 5}, on_demand(2.0), region="eu", country="AA"),
            an_offer("west", {"chat": 8, "jobs": 4, "run": 5}, on_demand(1.0), region="us", country="BB"),
        ],
    )


def with_shares() -> Scenario:
    """No provider may have more than 60 % of the chat: two of nodes, one of a hosted API."""
    return a_scenario(
        periods=months(1),
        hosted_apis=None,
        max_share_per_provider=0.6,
        workloads=[chat([40.0], unserved={"usd_per_unit": 1, "max_fraction": 0.1})],
        offers=[
            an_offer("one", {"chat": 10}, on_demand(2.0), provider="one"),
            an_offer("two", {"chat": 8}, on_demand(1.0), provider="two"),
            api("api", "m", 0.5),
        ],
    )


def with_a_run() -> Scenario:
    """A run of 1.5 periods on four nodes, in two periods: three by the hour at most. Another pool serves the chat alike."""
    return a_scenario(
        periods=months(2),
        discount_rate=0.1,
        workloads=[online("chat", [20.0, 20.0]), run(work=730 * 1.5 * 4 * 2, cluster_sizes=[4])],
        offers=[
            an_offer("host", {"chat": 10, "run": 2}, on_demand(3.0, max_nodes=3), commitment(2.0, 2, max_nodes=5)),
            an_offer("other", {"chat": 10}, on_demand(2.5), provider="other"),
        ],
    )


def with_blocks() -> Scenario:
    """A run of 1,000 hours on two nodes, one by the hour at most: blocks of 45 days, and of 14; jobs share what is left of them."""
    work = 2 * 1000 * 2
    blocks = [{"kind": "block", "usd_per_hour": usd, "days": days} for usd, days in ((1.5, 45), (1.0, 14))]
    return a_scenario(
        periods=months(2),
        workloads=[flexible("jobs", [1.0, 1.0]), run(work=work, cluster_sizes=[2])],
        cap_groups=[{"name": "both", "max_nodes": 5}],
        offers=[an_offer("host", {"jobs": 4, "run": 2}, on_demand(3.0, max_nodes=1), *blocks, groups=["both"])],
    )


def with_a_window() -> Scenario:
    """A run that may stop, in the second and third of four periods."""
    return a_scenario(
        periods=months(4),
        workloads=[run(work=7300, interruptible=True, earliest_period=1, deadline_period=2)],
        offers=[an_offer("node", {"run": 2}, on_demand(3.0))],
    )


def with_failures() -> Scenario:
    """Half of the chat survives the loss of a region, with what may be started within a cap; and a reserve of a fifth."""
    return a_scenario(
        periods=months(1),
        workloads=[online("chat", [40.0])],
        availability={"failure": "region", "survive": 0.5, "standby": ["on_demand"]},
        standing_reserve=0.2,
        cap_groups=[{"name": "both", "max_nodes": 12}],
        offers=[
            an_offer("here", {"chat": 10}, on_demand(3.0), commitment(2.0, 1), region="r1", groups=["both"]),
            an_offer("there", {"chat": 8}, on_demand(2.0, max_nodes=4), region="r2", groups=["both"]),
        ],
    )


def with_data() -> Scenario:
    """Two gigabytes out per unit, data kept where the work is done, half of it in Europe; a run keeps its own."""
    return a_scenario(
        periods=months(1),
        hosted_apis=None,
        egress_usd_per_gb={"default": 0.05, "one": 0.1},
        storage_usd_per_gb_month={"default": 0.02},
        support={"one": 0.1},
        workloads=[
            chat([40.0], egress_gb_per_unit=2, storage_gb=1000, residency=[{"share": 0.5, "regions": ["eu"]}]),
            run(work=1460, cluster_sizes=[1], storage_gb=500),
        ],
        offers=[
            an_offer("one", {"chat": 10, "run": 2}, on_demand(2.0), provider="one", region="eu"),
            api("api", "m", 0.5),
        ],
    )


def with_credits() -> Scenario:
    """Two grants of one provider, one of them gone in the second period; a support plan of a tenth."""
    return a_scenario(
        periods=months(2),
        discount_rate=0.1,
        support={"one": 0.1},
        credits=[{"provider": "one", "usd": 5000}, {"provider": "one", "usd": 1000, "expires_period": 1}],
        workloads=[online("chat", [40.0, 40.0])],
        offers=[
            an_offer("one", {"chat": 10}, on_demand(3.0), commitment(2.0, 2, upfront_usd=100), provider="one"),
            an_offer("two", {"chat": 10}, on_demand(2.5), provider="two"),
        ],
    )


def with_credits_and_tiers() -> Scenario:
    """A grant that is gone in the second period beside an agreement on what is committed; a support plan of a tenth."""
    tier = {"spend_per_year_usd": 60_000, "discount": 0.1}
    return a_scenario(
        periods=months(2),
        support={"one": 0.1},
        credits=[{"provider": "one", "usd": 5000, "expires_period": 1}],
        spend_agreements=[{"provider": "one", "covers": ["commitment"], "tiers": [tier]}],
        workloads=[online("chat", [40.0, 40.0])],
        offers=[an_offer("one", {"chat": 10}, on_demand(3.0), commitment(2.0, 2, upfront_usd=100), provider="one")],
    )


def with_cash() -> Scenario:
    """5,000 at hand of which 1,000 stay, 2,000 a month for 500 of other costs, a round of 3,000 in the second period."""
    return a_scenario(
        periods=months(2),
        budget_per_period_usd=[9000, 8000],
        budget_upfront_per_year_usd=300,
        credits=[{"provider": "inline", "usd": 700}],
        cash={
            "at_hand_usd": 5000,
            "minimum_usd": 1000,
            "income_per_month_usd": 2000,
            "other_costs_per_month_usd": 500,
            "raises": [{"period": 1, "usd": 3000}],
        },
        workloads=[online("chat", [20.0, 20.0])],
        offers=[an_offer("node", {"chat": 10}, on_demand(3.0), commitment(1.0, 1, upfront_usd=100))],
    )


def with_carbon() -> Scenario:
    """Ten tonnes a year at 100 dollars each; a run that takes half a period."""
    return a_scenario(
        periods=months(2),
        carbon={"max_tonnes_per_year": 10, "usd_per_tonne": 100, "intensity_g_per_kwh": {"default": 500}},
        workloads=[online("chat", [20.0, 20.0]), run(work=730, cluster_sizes=[1])],
        offers=[an_offer("node", {"chat": 10, "run": 2}, on_demand(3.0), commitment(2.0, 2), kw_per_node=4.0)],
    )


def with_a_site() -> Scenario:
    """A building in modules of 10 kW and rented power, each for servers of 4 kW that idle at a quarter and may be sold after two
    months; online work and a run."""
    server = a_server(
        "box",
        {"chat": 10, "run": 2},
        10_000,
        nameplate_kw=4,
        idle_draw_fraction=0.25,
        keep_months=[2, 48],
        max_servers=6,
    )
    return a_scenario(
        periods=months(3),
        discount_rate=0.1,
        budget_upfront_per_year_usd=60_000,
        workloads=[online("chat", [20.0, 20.0, 20.0]), run(work=2 * 730 * 2, cluster_sizes=[2])],
        offers=[an_offer("node", {"chat": 10, "run": 2}, on_demand(30.0))],
        own=owning(
            [
                a_datacenter(
                    "hall", land_and_development_usd=5_000, lead_months=1, team_usd_per_year=8760, usd_per_kwh=0.1
                ),
                a_colocation("cage", term_months=2, min_kw=5, max_mw=0.02, usd_per_kwh=0.2, required=True),
            ],
            [server],
        ),
    )


def with_tiers() -> Scenario:
    """Two tiers of a year on what runs and what is committed, the second year cut short; a support plan of a tenth."""
    return a_scenario(
        periods=[{"hours": 8760}, {"hours": 4380}],
        discount_rate=0.1,
        support={"one": 0.1},
        budget_total_usd=100000,
        spend_agreements=[
            {
                "provider": "one",
                "covers": ["on_demand", "commitment"],
                "tiers": [
                    {"spend_per_year_usd": 10000, "discount": 0.1},
                    {"spend_per_year_usd": 20000, "discount": 0.2},
                ],
            }
        ],
        workloads=[online("chat", [20.0, 20.0])],
        offers=[
            an_offer("one", {"chat": 10}, on_demand(3.0), commitment(2.0, 1, upfront_usd=100), provider="one"),
            an_offer("two", {"chat": 10}, on_demand(2.5), provider="two"),
        ],
    )


def with_savings() -> Scenario:
    """A plan of two periods, half of it upfront: 20 % off in one region, 30 % in another; two slices."""
    halves = [{"name": "day", "hours": 365}, {"name": "night", "hours": 365}]
    rates = [{"discount": 0.2}, {"discount": 0.3, "region": "west"}]
    return a_scenario(
        periods=[{"hours": 730, "slices": halves}] * 2,
        savings_plans=[{"name": "sp", "provider": "q", "term_periods": 2, "upfront_fraction": 0.5, "rates": rates}],
        workloads=[online("chat", [[40.0, 20.0], [40.0, 20.0]])],
        offers=[
            an_offer("east", {"chat": 10}, on_demand(3.0), provider="q", region="east"),
            an_offer("west", {"chat": 8}, on_demand(2.0), provider="q", region="west"),
        ],
    )


def with_savings_and_tiers() -> Scenario:
    """What a savings plan covers is neither spent nor covered spend; its dollars are; a support plan of a tenth on all of it."""
    tier = {"spend_per_year_usd": 10000, "discount": 0.1}
    agreement = {"provider": "q", "covers": ["on_demand", "savings_plan"], "tiers": [tier]}
    update = {"spend_agreements": [agreement], "budget_total_usd": 100000, "support": {"q": 0.1}}
    return Scenario.model_validate(with_savings().model_dump(exclude_unset=True) | update)


def with_a_run_and_tiers() -> Scenario:
    """The half period that a run takes by the hour is covered spend; a budget of each year."""
    return a_scenario(
        periods=months(2),
        budget_per_year_usd=50000,
        spend_agreements=[{"provider": "one", "tiers": [{"spend_per_year_usd": 10000, "discount": 0.1}]}],
        workloads=[run(work=730 * 1.5 * 4 * 2, cluster_sizes=[4])],
        offers=[an_offer("host", {"run": 2}, on_demand(3.0), commitment(2.0, 1), provider="one")],
    )


def with_a_site_and_budgets() -> Scenario:
    """Land is paid in the period of opening, the team from first power on; budgets of the year and of each period."""
    update = {"budget_per_year_usd": 90_000, "budget_per_period_usd": 60_000}
    return Scenario.model_validate(with_a_site().model_dump(exclude_unset=True) | update)


def with_support_and_data() -> Scenario:
    """A tenth and a fifth of support on nodes, tokens, data sent and data kept, all of it spent from one budget."""
    update = {"support": {"one": 0.1, "api": 0.2}, "budget_total_usd": 100000}
    return Scenario.model_validate(with_data().model_dump(exclude_unset=True) | update)


def with_unequal_periods() -> Scenario:
    """1,000 and 3,000 hours, and 3,000 in each period beyond; a term that outlasts them, part of it upfront, as prices fall."""
    return a_scenario(
        periods=[{"hours": 1000}, {"hours": 3000}],
        discount_rate=0.1,
        terminal="market",
        price_changes=[{"per_year": -0.2}],
        workloads=[online("chat", [20.0, 20.0])],
        offers=[an_offer("node", {"chat": 10}, on_demand(3.0), commitment(2.0, 4, upfront_usd=1000))],
    )


def with_held_nodes() -> Scenario:
    """Chat holds whole nodes of a class that runs under two stands, of which one is capped; jobs take hours beside it."""
    both = {"chat": 10, "jobs": 4}
    return a_scenario(
        periods=months(1),
        cap_groups=[{"name": "few", "max_accelerators": 30}],
        workloads=[online("chat", [45.0]), flexible("jobs", [8.0])],
        offers=[
            an_offer("near", both, on_demand(2.0), groups=["few"], accelerators_per_node=8),
            an_offer("far", both, on_demand(2.5), commitment(1.5, 1)),
            an_offer("small", {"jobs": 1}, on_demand(0.5), groups=["few"], accelerators_per_node=2),
        ],
    )


def with_few(**limits: Any) -> Scenario:
    """Three providers: nodes by the hour and under contract in two regions, more by the hour, and a hosted API."""
    return a_scenario(
        periods=months(2),
        hosted_apis=None,
        workloads=[chat([40.0, 40.0])],
        offers=[
            an_offer("one", {"chat": 10}, on_demand(2.0, max_nodes=3), commitment(1.5, 2), provider="one", region="eu"),
            an_offer("far", {"chat": 10}, on_demand(1.8), provider="one", region="us"),
            an_offer("two", {"chat": 8}, on_demand(1.0), provider="two"),
            api("api", "m", 0.5),
        ],
        **limits,
    )


OWN = {
    "uses": lambda: with_few(max_providers=2),
    "pools": lambda: with_few(max_pools=2),
    "signings": lambda: with_few(max_signings_per_year=1),
    "lines": lambda: with_few(min_line_usd=2000),
    "savings_and_tiers": with_savings_and_tiers,
    "credits_and_tiers": with_credits_and_tiers,
    "run_and_tiers": with_a_run_and_tiers,
    "site_and_budgets": with_a_site_and_budgets,
    "support_and_data": with_support_and_data,
    "unequal_periods": with_unequal_periods,
    "holding": with_held_nodes,
    "blocks": with_blocks,
    "tiers": with_tiers,
    "savings": with_savings,
    "facility": with_a_site,
    "fallback": with_fallback,
    "residency": with_residency,
    "share": with_shares,
    "gang": with_a_run,
    "window": with_a_window,
    "availability": with_failures,
    "storage": with_data,
    "credit": with_credits,
    "cash": with_cash,
    "carbon": with_carbon,
}


def built(family: str) -> Built:
    scenario = OWN[family]() if family in OWN else asked(CHANCE if family == "spot" else RENT)
    return build(prepare(scenario, EMPTY).parameters)


@pytest.mark.parametrize("family", [family.name for family in FAMILIES])
def test_rows(family: str) -> None:
    matches(f"{family}.lp", rows_of(built(family), family))


@pytest.mark.parametrize(
    ("family", "seen_from"),
    [
        ("window", "demand"),
        ("gang", "capacity"),
        ("blocks", "gang"),
        ("blocks", "capacity"),
        ("blocks", "market"),
        ("tiers", "budget"),
        ("gang", "market"),
        ("holding", "capacity"),
        ("holding", "market"),
        ("fallback", "demand"),
        ("facility", "market"),
        ("facility", "cash"),
        ("savings_and_tiers", "tiers"),
        ("savings_and_tiers", "budget"),
        ("credits_and_tiers", "credit"),
        ("credits_and_tiers", "tiers"),
        ("run_and_tiers", "tiers"),
        ("run_and_tiers", "budget"),
        ("site_and_budgets", "budget"),
        ("site_and_budgets", "cash"),
        ("support_and_data", "budget"),
        ("pools", "uses"),
    ],
)
def test_rows_of_a_family_that_another_one_adds_to(family: str, seen_from: str) -> None:
    matches(f"{seen_from}_with_{family}.lp", rows_of(built(family), seen_from))


def test_objective() -> None:
    matches("objective.lp", objective_of(built("objective")))


@pytest.mark.parametrize(
    "family", ["fallback", "gang", "storage", "credit", "carbon", "facility", "tiers", "savings", "unequal_periods"]
)
def test_objective_with_what_a_family_costs(family: str) -> None:
    matches(f"objective_with_{family}.lp", objective_of(built(family)))


def test_variables() -> None:
    matches("variables.lp", variables_of(built("variables")))


@pytest.mark.parametrize("family", ["gang", "availability", "credit", "facility", "tiers", "savings"])
def test_variables_of_a_family(family: str) -> None:
    matches(f"variables_with_{family}.lp", variables_of(built(family)))


def test_without_limits_a_family_has_no_rows() -> None:
    plain = a_scenario(months=1, workloads=[online("w", 1.0)], offers=[an_offer("o", {"w": 1}, on_demand(1.0))])
    program = build(prepare(plain, EMPTY).parameters)
    assert {family for family, _ in program.program.keys} == {"capacity", "holding", "demand"}
