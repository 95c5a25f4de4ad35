"""Answers known in closed form: the arithmetic is said aloud, the planner must find it."""

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

from planner.domain.records.plan import Plan

HOURS = 730.0
RAMP = tuple(float(h + 1) for h in range(168))
"""A week whose load takes every level 1 … 168 once; its mean is 84.5."""


def nodes_by_option(plan: Plan) -> dict[str, float]:
    found: dict[str, float] = {}
    for line in plan.lines:
        found[line.option] = found.get(line.option, 0.0) + line.nodes
    return found


def ramped(*contracts: dict, **fields):  # type: ignore[no-untyped-def]
    """One pool, one workload of mean 84.5 units an hour whose hours of the week take the levels 1 … 168."""
    return a_scenario(
        **{"months": 1, "slices": 168, "integers": "relaxed"} | fields,
        workloads=[online("w", 84.5, profile=list(RAMP))],
        offers=[an_offer("pool", {"w": 1}, *contracts)],
    )


# --- how much to commit ------------------------------------------------------------------------------


@pytest.mark.parametrize("ratio", [0.27, 0.52, 0.6, 0.9])
def test_commit_to_the_load_that_is_exceeded_for_the_price_ratio_of_the_hours(ratio: float) -> None:
    """Node k is busy in (169 − k)/168 of the hours; it is committed if that is above r = committed / on demand."""
    plan = planned(ramped(on_demand(1.0), commitment(ratio, "horizon")))
    expected = sum((169 - k) / 168 > ratio for k in range(1, 169))
    assert nodes_by_option(plan)["offer:pool#2"] == pytest.approx(expected)
    rest = sum((169 - k) / 168 for k in range(expected + 1, 169))
    assert plan.npv_usd == pytest.approx(HOURS * (expected * ratio + rest), rel=1e-9)


def test_no_discount_no_commitment() -> None:
    plan = planned(ramped(on_demand(1.0), commitment(1.0, "horizon")))
    assert plan.npv_usd == pytest.approx(HOURS * 84.5)
    dearer = planned(ramped(on_demand(1.0), commitment(1.01, "horizon")))
    assert {line.action for line in dearer.lines} == {"on_demand"}


def test_two_terms_take_the_nodes_between_the_crossings_of_the_screening_curve() -> None:
    """A year of quarters; load: 6 nodes always, 3 more in two quarters, 2 more in one.

    A year at $0.5 an hour pays from 50% of the on-demand hours on; a quarter at $0.8 pays from 80% of its own.
    Node 1–6 needed 4 quarters: year. 7–9 needed 2: year 4·0.5 = 2.0 against quarters 2·0.8 = 1.6: quarters.
    10–11 are needed for half the hours of one quarter: on demand 0.5 against 0.8.
    """
    half = [{"name": "a", "hours": 1095}, {"name": "b", "hours": 1095}]
    scenario = a_scenario(
        periods=[{"hours": 2190, "slices": half}] * 4,
        terminal="liability",
        workloads=[online("w", [[6, 6], [9, 9], [11, 9], [6, 6]])],
        offers=[an_offer("pool", {"w": 1}, on_demand(1.0), commitment(0.8, 1), commitment(0.5, 4))],
    )
    plan = planned(scenario)
    found = {(line.option, line.signed_index): line.nodes for line in plan.lines}
    assert found == {
        ("offer:pool#3", 0): 6.0,
        ("offer:pool#2", 1): 3.0,
        ("offer:pool#2", 2): 3.0,
        ("offer:pool#1", 2): 2.0,
    }
    assert plan.npv_usd == pytest.approx(2190 * (6 * 4 * 0.5 + 3 * 2 * 0.8 + 2 * 0.5))


@pytest.mark.parametrize(("change", "term"), [(0.0, 12), (-0.6, 1)])
def test_rents_that_fall_shorten_terms(change: float, term: int) -> None:
    """A year's term saves 5%; rents that fall by 60% a year lose far more over it. Month m pays 0.4^(m/12)."""
    scenario = a_scenario(
        periods=months(12),
        terminal="liability",
        workloads=[online("w", [1.0] * 12)],
        price_changes=[{"per_year": change}],
        offers=[an_offer("pool", {"w": 1}, commitment(1.0, 1), commitment(0.95, 12))],
    )
    plan = planned(scenario)
    assert {line.term_periods for line in plan.lines} == {term}
    monthly = sum(round((1 + change) ** (m / 12), 6) for m in range(12))
    assert plan.npv_usd == pytest.approx(HOURS * min(monthly, 12 * 0.95))


# --- prices in time ------------------------------------------------------------------------------------


def two_years(rate: float, *contracts: dict, **fields):  # type: ignore[no-untyped-def]
    return a_scenario(
        **{"periods": [{"hours": 8760}, {"hours": 8760}], "discount_rate": rate} | fields,
        workloads=[online("w", [1.0, 1.0])],
        offers=[an_offer("pool", {"w": 1}, *contracts)],
    )


def test_recurring_cash_is_discounted_from_the_middle_of_its_period() -> None:
    assert optimum(two_years(0.21, on_demand(1.0))) == pytest.approx(8760 * (1.21**-0.5 + 1.21**-1.5))


def test_upfront_cash_is_not_discounted_at_the_start_and_recurring_is() -> None:
    value = optimum(two_years(0.21, commitment(0.3, 2, upfront_usd=1000)))
    assert value == pytest.approx(1000 + 0.3 * 8760 * (1.21**-0.5 + 1.21**-1.5))


def test_upfront_pays_only_below_the_rate_at_which_it_costs_what_it_saves() -> None:
    """$8,760 now against $0.55 an hour over two years: equal where 0.55 (q + q³) = 1, q = (1+r)^−½."""
    contracts = (commitment(0.0, 2, upfront_usd=8760.0), commitment(0.55, 2))
    low, high = planned(two_years(0.05, *contracts)), planned(two_years(0.30, *contracts))
    assert [line.option for line in low.lines] == ["offer:pool#1"]
    assert [line.option for line in high.lines] == ["offer:pool#2"]
    assert low.npv_usd == pytest.approx(8760.0)
    assert high.npv_usd == pytest.approx(0.55 * 8760 * (1.3**-0.5 + 1.3**-1.5))


@pytest.mark.parametrize(
    ("terminal", "change", "beyond"),
    [
        ("annuity", 0.0, 0.0),
        ("annuity", -0.19, 0.0),
        ("liability", 0.0, 1.0),
        ("liability", -0.19, 1.0),
        ("market", 0.0, 0.0),
        ("market", 0.5, 0.0),
        ("market", -0.19, 0.19),  # after one year the same contract costs 0.81 of what is owed
    ],
)
def test_payments_beyond_the_horizon_count_by_the_terminal_rule(terminal: str, change: float, beyond: float) -> None:
    """Two years signed, one asked for; discounted at 10% to the middle of each year."""
    scenario = a_scenario(
        periods=[{"hours": 8760}],
        discount_rate=0.1,
        terminal=terminal,
        price_changes=[{"per_year": change}] if change else [],
        workloads=[online("w", [1.0])],
        offers=[an_offer("pool", {"w": 1}, commitment(1.0, 2))],
    )
    plan = planned(scenario)
    assert plan.npv_usd == pytest.approx(8760 * (1.1**-0.5 + beyond * 1.1**-1.5))
    assert plan.total_usd == pytest.approx(8760)
    assert plan.cost.outstanding_liability_usd == pytest.approx(8760)


def test_upfront_counts_in_full_under_every_terminal_rule() -> None:
    for terminal in ("market", "annuity", "liability"):
        scenario = a_scenario(
            periods=[{"hours": 8760}],
            terminal=terminal,
            workloads=[online("w", [1.0])],
            offers=[an_offer("pool", {"w": 1}, commitment(0.0, 3, upfront_usd=900))],
        )
        assert optimum(scenario) == pytest.approx(900), terminal


def test_a_commitment_keeps_the_price_of_the_day_on_which_it_was_signed() -> None:
    """Prices double each year: signed at the start for $1, on demand in year 2 is $2."""
    scenario = two_years(0.0, commitment(1.4, 2), on_demand(1.0), price_changes=[{"per_year": 1.0}])
    assert optimum(scenario) == pytest.approx(8760 * 2.8)
    scenario = two_years(0.0, commitment(1.6, 2), on_demand(1.0), price_changes=[{"per_year": 1.0}])
    assert optimum(scenario) == pytest.approx(8760 * 3.0)


# --- kinds of contract -------------------------------------------------------------------------------


def test_spot_delivers_what_interruptions_leave() -> None:
    """73 interruptions a month × (0.5 + 0.5) hours = 10% lost: 9 units need ten nodes."""
    scenario = a_scenario(
        periods=months(1),
        workloads=[flexible("train", [9.0], interruptible=True, restart_hours=0.5, checkpoint_interval_hours=1.0)],
        offers=[an_offer("pool", {"train": 1}, spot(0.5, interruptions_per_month=73), on_demand(1.0))],
    )
    plan = planned(scenario)
    assert nodes_by_option(plan) == {"offer:pool#1": 10.0}
    assert plan.npv_usd == pytest.approx(HOURS * 10 * 0.5)


def test_spot_that_loses_everything_serves_nothing() -> None:
    scenario = a_scenario(
        periods=months(1),
        workloads=[flexible("train", [9.0], interruptible=True)],
        offers=[an_offer("pool", {"train": 1}, spot(0.01, interruptions_per_month=1e5), on_demand(1.0))],
    )
    assert optimum(scenario) == pytest.approx(HOURS * 9)


@pytest.mark.parametrize(("share", "expected"), [(None, 10.0), (0.4, 4 * 0.3 + 6.0), (1.0, 10 * 0.3)])
def test_online_work_uses_no_more_spot_than_it_allows(share: float | None, expected: float) -> None:
    scenario = a_scenario(
        periods=months(1),
        workloads=[online("w", [10.0], max_spot_share=share)],
        offers=[an_offer("pool", {"w": 1}, spot(0.3), on_demand(1.0))],
    )
    assert optimum(scenario) == pytest.approx(HOURS * expected)


def test_the_spot_share_of_flexible_work_is_of_its_period_not_of_each_slice() -> None:
    """Half may be spot, 3,000 of 6,000 units: four spot nodes of the long slice alone could do 4,000."""
    slices = [{"name": "a", "hours": 200}, {"name": "b", "hours": 1000}]
    scenario = a_scenario(
        periods=[{"hours": 1200, "slices": slices}],
        integers="relaxed",
        workloads=[flexible("train", [5.0], max_spot_share=0.5)],
        offers=[an_offer("pool", {"train": 1}, spot(0.3, max_nodes=4), on_demand(1.0))],
    )
    assert optimum(scenario) == pytest.approx(0.5 * 6000 * 0.3 + 0.5 * 6000 * 1.0)


@pytest.mark.parametrize(("tokens_per_day", "action"), [("20M", "hosted_api"), ("100M", "on_demand")])
def test_a_hosted_api_is_taken_below_the_volume_that_pays_for_a_node(tokens_per_day: str, action: str) -> None:
    """$2 per Mtok (equal in and out) against $4 an hour = $96 a day: break-even at 48 Mtok a day."""
    scenario = a_scenario(
        months=1,
        hosted_apis=None,
        workloads=[
            {
                "name": "chat", "kind": "inference", "model": "m", "tokens_per_day": tokens_per_day,
                "input_tokens": 100, "output_tokens": 100,
            }
        ],
        offers=[
            {"kind": "hosted_api", "name": "api", "model": "m", "usd_per_mtok_input": 1, "usd_per_mtok_output": 3},
            an_offer("pool", {"chat": 10}, on_demand(4.0)),
        ],
    )  # fmt: skip
    plan = planned(scenario)
    assert {line.action for line in plan.lines} == {action}
    daily = float(tokens_per_day[:-1])
    assert plan.npv_usd == pytest.approx(HOURS / 24 * min(2 * daily, 96), rel=1e-6)


def test_a_hosted_price_is_the_blend_of_input_and_output() -> None:
    """900 tokens in at $1, 100 out at $11 per Mtok: (900·1 + 100·11)/1000 = $2 per Mtok."""
    scenario = a_scenario(
        months=1,
        hosted_apis=None,
        workloads=[
            {
                "name": "chat", "kind": "inference", "model": "m", "requests_per_day": 24000, "input_tokens": 900,
                "output_tokens": 100,
            }
        ],
        offers=[
            {"kind": "hosted_api", "name": "api", "model": "m", "usd_per_mtok_input": 1, "usd_per_mtok_output": 11}
        ],
    )  # fmt: skip
    assert optimum(scenario) == pytest.approx(HOURS * 1.0 * 2.0)  # 24,000 requests a day = 1 Mtok an hour


def test_a_minimum_quantity_is_signed_in_full_or_not_at_all() -> None:
    def cost(demand: float) -> float | None:
        return optimum(
            a_scenario(
                periods=months(1),
                workloads=[online("w", [demand])],
                offers=[an_offer("pool", {"w": 1}, on_demand(1.0), commitment(0.5, 1, min_nodes=8))],
            )
        )

    assert cost(3.0) == pytest.approx(HOURS * 3.0)  # 8 × 0.5 = 4 is dearer
    assert cost(5.0) == pytest.approx(HOURS * 4.0)  # 8 × 0.5 = 4 is cheaper than 5
    assert cost(10.0) == pytest.approx(HOURS * 5.0)


def test_a_lead_time_is_bridged_by_the_hour() -> None:
    """Two months of lead: the commitment signed at once serves months 3 … 6 only, and only they are paid."""
    scenario = a_scenario(
        periods=months(6),
        workloads=[online("w", [4.0] * 6)],
        offers=[an_offer("pool", {"w": 1}, on_demand(1.0), commitment(0.5, 4, lead_periods=2))],
    )
    plan = planned(scenario)
    assert plan.npv_usd == pytest.approx(HOURS * 4 * (2 * 1.0 + 4 * 0.5))
    signed = next(line for line in plan.lines if line.action == "commit")
    assert (signed.signed_index, signed.start_index, signed.end_index) == (0, 2, 6)


def test_what_is_held_is_owed_and_used_first() -> None:
    """Three nodes held for two of four months at $0.9: paid although on demand costs $0.8, and used before it."""
    scenario = a_scenario(
        periods=months(4),
        workloads=[online("w", [5.0] * 4)],
        held=[{"name": "old", "throughput": {"w": 1}, "nodes": 3, "periods": 2, "usd_per_hour": 0.9}],
        offers=[an_offer("pool", {"w": 1}, on_demand(0.8))],
    )
    plan = planned(scenario)
    assert plan.npv_usd == pytest.approx(HOURS * (3 * 2 * 0.9 + (2 * 2 + 5 * 2) * 0.8))


# --- limits ------------------------------------------------------------------------------------------


def test_a_cap_sends_the_rest_to_the_next_best() -> None:
    scenario = a_scenario(
        periods=months(1),
        workloads=[online("w", [10.0])],
        offers=[an_offer("near", {"w": 1}, on_demand(1.0, max_nodes=6)), an_offer("far", {"w": 1}, on_demand(1.5))],
    )
    assert optimum(scenario) == pytest.approx(HOURS * (6 * 1.0 + 4 * 1.5))


def test_a_cap_over_an_offer_counts_all_its_contracts() -> None:
    scenario = a_scenario(
        periods=months(1),
        workloads=[online("w", [10.0])],
        offers=[
            an_offer("near", {"w": 1}, on_demand(1.0), commitment(0.5, 1, max_nodes=4), max_nodes=6),
            an_offer("far", {"w": 1}, on_demand(1.5)),
        ],
    )
    assert optimum(scenario) == pytest.approx(HOURS * (4 * 0.5 + 2 * 1.0 + 4 * 1.5))


def test_a_cap_group_is_given_to_the_offer_that_gains_most() -> None:
    """Three nodes in all: `a` saves $1.0 against the open market, `b` saves $0.5."""
    scenario = a_scenario(
        periods=months(1),
        workloads=[online("v", [2.0]), online("w", [2.0])],
        cap_groups=[{"name": "g", "max_nodes": 3}],
        offers=[
            an_offer("a", {"v": 1}, on_demand(1.0), groups=["g"]),
            an_offer("b", {"w": 1}, on_demand(1.5), groups=["g"]),
            an_offer("open", {"v": 1, "w": 1}, on_demand(2.0)),
        ],
    )
    assert optimum(scenario) == pytest.approx(HOURS * (2 * 1.0 + 1 * 1.5 + 1 * 2.0))


def test_a_total_budget_drives_to_the_option_with_less_cash() -> None:
    """On demand is 2 × $8,760 of cash, but the cheapest at a discount of 100% a year; upfront is $15,000."""
    contracts = (on_demand(1.0), commitment(0.0, 2, upfront_usd=15000))
    free = optimum(two_years(1.0, *contracts))
    assert free == pytest.approx(8760 * (2**-0.5 + 2**-1.5))
    assert optimum(two_years(1.0, *contracts, budget_total_usd=17000)) == pytest.approx(15000)
    assert answered(two_years(1.0, *contracts, budget_total_usd=14999)).stop == "infeasible"


def test_a_budget_of_a_plan_year_forbids_an_upfront_that_would_pay() -> None:
    contracts = (on_demand(1.0), commitment(0.0, 2, upfront_usd=12000))
    assert optimum(two_years(0.0, *contracts)) == pytest.approx(12000)
    assert optimum(two_years(0.0, *contracts, budget_per_year_usd=11999)) == pytest.approx(2 * 8760)
    assert optimum(two_years(0.0, *contracts, budget_per_year_usd=[11999, 1e6])) == pytest.approx(2 * 8760)
    assert optimum(two_years(0.0, *contracts, budget_per_year_usd=[12001, 1])) == pytest.approx(12000)


def test_a_budget_below_the_least_cash_is_a_cause() -> None:
    found = answered(two_years(0.0, on_demand(1.0), budget_per_year_usd=8000))
    assert found.stop == "infeasible"
    assert {cause.family for cause in found.causes} == {"budget"}
    assert [cause.need for cause in found.causes] == [pytest.approx(8760)] * 2


@pytest.mark.parametrize(
    ("usd", "fraction", "expected"), [(0.5, 1.0, 10 * 0.5), (0.5, 0.3, 3 * 0.5 + 7), (2.0, 1.0, 10.0)]
)
def test_demand_is_left_unserved_only_where_that_is_cheaper_and_permitted(
    usd: float, fraction: float, expected: float
) -> None:
    scenario = a_scenario(
        periods=months(1),
        workloads=[online("w", [10.0], unserved={"usd_per_unit": usd, "max_fraction": fraction})],
        offers=[an_offer("pool", {"w": 1}, on_demand(1.0))],
    )
    assert optimum(scenario) == pytest.approx(HOURS * expected)


def test_too_little_on_the_market_is_said_with_its_period() -> None:
    scenario = a_scenario(
        periods=months(2),
        workloads=[online("w", [3.0, 9.0])],
        offers=[an_offer("pool", {"w": 1}, on_demand(1.0, max_nodes=5))],
    )
    found = answered(scenario)
    assert found.stop == "infeasible"
    cause = found.causes[0]
    assert (cause.family, cause.workload, cause.period) == ("market", "w", "p1")
    assert (cause.have, cause.need) == (pytest.approx(5.0), pytest.approx(9.0))


# --- shape of demand, whole things ----------------------------------------------------------------------


def test_training_rides_in_the_troughs_of_online_load() -> None:
    """Ten nodes committed for the day's peak are free at night: 10 nodes × 365 h of training cost nothing more."""
    half = [{"name": "day", "hours": 365}, {"name": "night", "hours": 365}]
    scenario = a_scenario(
        periods=[{"hours": 730, "slices": half}],
        workloads=[online("chat", [[10.0, 0.0]]), flexible("train", [5.0])],
        offers=[an_offer("pool", {"chat": 1, "train": 1}, commitment(0.5, "horizon"), on_demand(1.5))],
    )
    plan = planned(scenario)
    assert nodes_by_option(plan) == {"offer:pool#1": 10.0}
    assert plan.npv_usd == pytest.approx(10 * HOURS * 0.5)
    assert {(r.workload, r.slice) for r in plan.serving} == {("chat", 0), ("train", 1)}


def test_peaks_at_different_hours_share_nodes() -> None:
    half = [{"name": "day", "hours": 365}, {"name": "night", "hours": 365}]
    together, apart = (
        optimum(
            a_scenario(
                periods=[{"hours": 730, "slices": half}],
                workloads=[online("a", [[8.0, 2.0]]), online("b", [second])],
                offers=[an_offer("pool", {"a": 1, "b": 1}, commitment(1.0, "horizon"))],
            )
        )
        for second in ([8.0, 2.0], [2.0, 8.0])
    )
    assert together == pytest.approx(16 * HOURS)
    assert apart == pytest.approx(10 * HOURS)


@pytest.mark.parametrize(("replicas", "nodes"), [("pooled", 4), ("whole", 6)])
def test_whole_replicas_do_not_share_a_node(replicas: str, nodes: int) -> None:
    """1.2 nodes' worth each: pooled ⌈3.6⌉ = 4, whole 3 × ⌈1.2⌉ = 6."""
    names = ("a", "b", "c")
    scenario = a_scenario(
        periods=months(1),
        replicas=replicas,
        workloads=[online(name, [1.2]) for name in names],
        offers=[an_offer("pool", dict.fromkeys(names, 1.0), on_demand(1.0))],
    )
    assert optimum(scenario) == pytest.approx(HOURS * nodes)


@pytest.mark.parametrize(("integers", "nodes"), [("whole", 3.0), ("relaxed", 2.1)])
def test_nodes_are_whole_unless_relaxed(integers: str, nodes: float) -> None:
    scenario = a_scenario(
        periods=months(1),
        integers=integers,
        workloads=[online("w", [2.1])],
        offers=[an_offer("pool", {"w": 1}, on_demand(1.0))],
    )
    assert optimum(scenario) == pytest.approx(HOURS * nodes)


def test_exact_nodes_are_paid_whether_used_or_not() -> None:
    scenario = a_scenario(
        periods=months(1),
        workloads=[online("w", [1.0])],
        offers=[an_offer("pool", {"w": 1}, on_demand(1.0, exact_nodes=3))],
    )
    assert optimum(scenario) == pytest.approx(HOURS * 3)


def test_growth_gives_the_first_period_the_stated_demand() -> None:
    """100% a year, two years: rate 10, then 20."""
    scenario = a_scenario(
        periods=[{"hours": 8760}, {"hours": 8760}],
        workloads=[online("w", 10.0, growth_per_year="100%")],
        offers=[an_offer("pool", {"w": 1}, on_demand(1.0))],
    )
    assert optimum(scenario) == pytest.approx(8760 * 30)
