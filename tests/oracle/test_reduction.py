"""The reduction is exact: with and without dominated options a program has the same optimum."""

from collections import Counter

import pytest
from markets import draw_market, two_accelerators
from planning import (
    EXACT,
    a_scenario,
    an_offer,
    commitment,
    months,
    on_demand,
    online,
    optimum,
    question_with_replicas,
    spot,
)
from rival_worlds import CATALOG as RIVALS
from rival_worlds import draw_rivals, rules_of

from planner.domain.scenario.scenario import Scenario
from planner.pipeline import Question, prepare, solve
from planner.solver.watch import Watch

CATALOG = two_accelerators()
SEEDS = range(240)
CHUNK = 30


def least(question: Question) -> float | None:
    found = solve(question, EXACT, Watch())
    assert found.outcome.status in ("optimal", "infeasible")
    return None if found.present is None else float(found.present.npv)


def settled(scenario: Scenario, replicas: dict[tuple[str, str], float]) -> bool:
    """Without the three corners that have their own tests below."""
    shares = {w.max_spot_share for w in scenario.workloads}
    named = any(c.provider or c.accelerator for c in scenario.price_changes)
    if scenario.replicas == "whole" and (0.5 in shares or max(replicas.values(), default=0.0) > 1):
        return False
    return not (scenario.terminal == "market" and named)


@pytest.mark.parametrize("first", range(SEEDS.start, SEEDS.stop, CHUNK))
def test_the_optimum_is_the_same_with_and_without_dominated_options(first: int) -> None:
    dropped = 0
    for seed in range(first, first + CHUNK):
        scenario, replicas = draw_market(seed)
        if not settled(scenario, replicas):
            continue
        reduced = question_with_replicas(scenario, replicas, reduced=True, catalog=CATALOG)
        if not reduced.assembled.dominated_by:
            continue
        dropped += 1
        whole = question_with_replicas(scenario, replicas, reduced=False, catalog=CATALOG)
        expected, got = least(whole), least(reduced)
        if expected is None:
            assert got is None, f"seed {seed}"
        else:
            assert got == pytest.approx(expected, rel=1e-6, abs=1e-3), f"seed {seed}"
    assert dropped >= 3


def test_the_draws_drop_enough_to_prove_something() -> None:
    dropped = 0
    for seed in SEEDS:
        scenario, replicas = draw_market(seed)
        reduced = question_with_replicas(scenario, replicas, reduced=True, catalog=CATALOG)
        dropped += settled(scenario, replicas) and bool(reduced.assembled.dominated_by)
    assert dropped >= 60


def test_a_cheaper_price_that_falls_may_cost_more_at_the_end_of_the_horizon() -> None:
    """One month needed, twelve signed. Beyond the horizon the falling offer overpays, the flat one does not."""
    scenario = a_scenario(
        periods=months(1),
        terminal="market",
        workloads=[online("w", [1.0])],
        price_changes=[{"provider": "falls", "per_year": -0.9}],
        offers=[
            an_offer("a", {"w": 1}, commitment(1.00, 12), provider="falls"),
            an_offer("b", {"w": 1}, commitment(1.05, 12), provider="flat"),
        ],
    )
    assert optimum(scenario, reduced=False) == pytest.approx(730 * 1.05)
    assert optimum(scenario, reduced=True) == pytest.approx(730 * 1.05)


def test_a_faster_spot_node_does_not_replace_a_slower_one_under_a_spot_share() -> None:
    scenario = a_scenario(
        periods=months(1),
        replicas="whole",
        workloads=[online("w", [5.0], max_spot_share=0.6)],
        offers=[
            an_offer("big", {"w": 6}, spot(0.5)),
            an_offer("small", {"w": 3}, spot(0.6)),
            an_offer("firm", {"w": 2}, on_demand(2.0)),
        ],
    )
    assert optimum(scenario, reduced=True) == pytest.approx(optimum(scenario, reduced=False))


def test_a_replica_of_several_nodes_does_not_span_two_providers() -> None:
    """A replica takes eight nodes; each provider has four."""
    offers = [
        an_offer(f"o{n}", {"w": 1}, on_demand(1.0 + n, max_nodes=4), provider=f"p{n}", region=f"r{n}") for n in range(2)
    ]
    scenario = a_scenario(periods=months(1), replicas="whole", workloads=[online("w", [8.0])], offers=offers)
    replicas = {("w", "o0"): 8.0, ("w", "o1"): 8.0}
    assert least(question_with_replicas(scenario, replicas, reduced=True)) is None


def test_what_spans_pools_is_not_made_dearer_by_the_reduction() -> None:
    """Eight nodes a replica: four at `cheap` (capped), four at `plain`; `quick` dominates `cheap`, in its own class."""
    offers = [
        an_offer("plain", {"w": 1.5}, on_demand(1.1)),
        an_offer("cheap", {"w": 1.5}, on_demand(1.0), groups=["g"]),
        an_offer("quick", {"w": 1.8}, on_demand(1.0), groups=["g"]),
    ]
    scenario = a_scenario(
        periods=months(1),
        replicas="whole",
        workloads=[online("w", [9.8])],
        cap_groups=[{"name": "g", "max_nodes": 4}],
        offers=offers,
    )
    replicas = {("w", offer["name"]): 8.0 for offer in offers}
    full = least(question_with_replicas(scenario, replicas, reduced=False))
    assert least(question_with_replicas(scenario, replicas, reduced=True)) == pytest.approx(full)


# --- runs, failures, places, providers, data, charges, carbon ---------------------------------------

MANY = range(320)


def rivals(seed: int) -> Scenario:
    return draw_rivals(seed, periods=2, demand=3.0)


@pytest.mark.parametrize("first", range(MANY.start, MANY.stop, 80))
def test_the_optimum_is_the_same_under_every_rule_that_sets_options_apart(first: int) -> None:
    compared = 0
    for seed in range(first, first + 80):
        scenario = rivals(seed)
        reduced = prepare(scenario, RIVALS, reduced=True)
        if not reduced.assembled.dominated_by:
            continue
        expected, got = least(prepare(scenario, RIVALS, reduced=False)), least(reduced)
        assert (expected is None) == (got is None), f"seed {seed}"
        if expected is not None:
            compared += 1
            assert got == pytest.approx(expected, rel=1e-6, abs=1e-3), f"seed {seed}"
    assert compared >= 20


def test_the_draws_drop_options_and_whole_pools_under_every_rule() -> None:
    dropped: Counter[str] = Counter()
    pools = 0
    for seed in MANY:
        scenario = rivals(seed)
        question = prepare(scenario, RIVALS)
        gone = set(question.assembled.dominated_by)
        if not gone:
            continue
        dropped.update(rules_of(scenario))
        held = {w for w, load in enumerate(scenario.workloads) if load.name in ("run", "late")}
        members: dict[str, set[int]] = {}
        for o in question.assembled.candidates:
            members.setdefault(question.market.options[o].pool, set()).add(o)
        hosts = [pool for pool in members.values() if any((w, o) in question.screened.fits for w in held for o in pool)]
        pools += any(pool <= gone for pool in hosts)
    assert pools >= 40
    assert len(dropped) == 14
    assert min(dropped.values()) >= 15, dropped


# --- corners, one by one ----------------------------------------------------------------------------


def both(scenario: Scenario) -> tuple[float | None, float | None]:
    return optimum(scenario, reduced=True), optimum(scenario, reduced=False)


def test_a_capped_option_does_not_replace_an_uncapped_one() -> None:
    scenario = a_scenario(
        periods=months(1),
        workloads=[online("w", [4.0])],
        offers=[an_offer("few", {"w": 1}, on_demand(1.0, max_nodes=2)), an_offer("many", {"w": 1}, on_demand(2.0))],
    )
    assert both(scenario) == (pytest.approx(730 * (2 * 1 + 2 * 2)),) * 2


def test_an_option_in_a_cap_group_does_not_replace_one_outside() -> None:
    scenario = a_scenario(
        periods=months(1),
        workloads=[online("w", [4.0])],
        cap_groups=[{"name": "g", "max_nodes": 1}],
        offers=[an_offer("in", {"w": 1}, on_demand(1.0), groups=["g"]), an_offer("out", {"w": 1}, on_demand(2.0))],
    )
    assert both(scenario) == (pytest.approx(730 * (1 + 3 * 2)),) * 2


def test_eight_small_nodes_do_not_replace_a_large_one_where_nodes_are_capped() -> None:
    scenario = a_scenario(
        periods=months(1),
        workloads=[online("w", [16.0])],
        cap_groups=[{"name": "g", "max_nodes": 3}],
        offers=[
            an_offer("small", {"w": 1}, on_demand(1.0), groups=["g"]),
            an_offer("large", {"w": 8}, on_demand(8.5), groups=["g"]),
        ],
    )
    assert both(scenario) == (pytest.approx(730 * 17.0),) * 2


def test_eight_small_nodes_replace_a_large_one_where_accelerators_are_capped() -> None:
    offers = [
        an_offer("small", {"w": 1}, on_demand(1.0), groups=["g"], accelerators_per_node=1),
        an_offer("large", {"w": 8}, on_demand(8.5), groups=["g"], accelerators_per_node=8),
    ]
    scenario = a_scenario(
        periods=months(1),
        workloads=[online("w", [16.0])],
        cap_groups=[{"name": "g", "max_accelerators": 16}],
        offers=offers,
    )
    question = question_with_replicas(scenario, {}, reduced=True)
    assert len(question.assembled.dominated_by) == 1
    assert both(scenario) == (pytest.approx(730 * 16.0),) * 2


def test_a_minimum_quantity_is_not_hidden_by_a_cheaper_price() -> None:
    scenario = a_scenario(
        periods=months(1),
        workloads=[online("w", [1.0])],
        offers=[
            an_offer("bulk", {"w": 1}, commitment(0.9, 1, min_nodes=5)),
            an_offer("one", {"w": 1}, commitment(1.0, 1)),
        ],
    )
    assert both(scenario) == (pytest.approx(730.0),) * 2


def test_an_option_that_serves_less_does_not_replace_one_that_serves_more() -> None:
    scenario = a_scenario(
        periods=months(1),
        workloads=[online("v", [1.0]), online("w", [1.0])],
        offers=[an_offer("half", {"v": 1}, on_demand(1.0)), an_offer("both", {"v": 1, "w": 1}, on_demand(1.1))],
    )
    assert both(scenario) == (pytest.approx(730 * (1.0 + 1.1)),) * 2


def test_a_dearer_upfront_is_not_hidden_by_a_cheaper_rate() -> None:
    scenario = a_scenario(
        periods=months(1),
        workloads=[online("w", [1.0])],
        offers=[
            an_offer("rate", {"w": 1}, commitment(0.5, 1, upfront_usd=1000)),
            an_offer("flat", {"w": 1}, commitment(1.0, 1)),
        ],
    )
    assert both(scenario) == (pytest.approx(730.0),) * 2


def test_a_lower_list_price_does_not_hide_the_support_plan_on_top() -> None:
    scenario = a_scenario(
        periods=months(1),
        support={"p": 0.1},
        workloads=[online("w", [1.0])],
        offers=[
            an_offer("listed", {"w": 1}, on_demand(1.0), provider="p"),
            an_offer("paid", {"w": 1}, on_demand(1.05), provider="q"),
        ],
    )
    assert both(scenario) == (pytest.approx(730 * 1.05),) * 2


def test_a_node_does_not_replace_a_container_that_is_paid_for_half_the_time() -> None:
    scenario = a_scenario(
        periods=months(1),
        workloads=[online("w", [0.5])],
        offers=[
            an_offer("node", {"w": 1}, on_demand(1.0)),
            an_offer("container", {"w": 1}, on_demand(1.1), delivery="container"),
        ],
    )
    assert both(scenario) == (pytest.approx(730 * 0.55),) * 2


def test_a_cheaper_hour_elsewhere_does_not_take_a_run_apart() -> None:
    """Four nodes of one pool: two on a commitment at 0.5 and two by the hour at 1.1 beat four by the hour elsewhere at 1."""
    scenario = a_scenario(
        periods=months(1),
        workloads=[
            {
                "name": "run", "kind": "training_run", "unit": "step", "work": 2920, "cluster_sizes": [4],
                "failures_per_accelerator_year": 0, "checkpoint_write_minutes": 0,
            }
        ],
        offers=[
            an_offer("elsewhere", {"run": 1}, on_demand(1.0)),
            an_offer("mixed", {"run": 1}, on_demand(1.1), commitment(0.5, 1, max_nodes=2)),
        ],
    )  # fmt: skip
    assert both(scenario) == (pytest.approx(730 * 3.2),) * 2
