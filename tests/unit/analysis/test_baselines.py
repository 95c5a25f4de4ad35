"""The four usual ways to buy: within the caps where that is possible, plainly said where it is not, as cheap as they can be."""

import random
from collections.abc import Iterator
from math import inf
from typing import Any

import pytest
from markets import draw_market, two_accelerators
from planning import EMPTY, a_scenario, an_offer, commitment, months, on_demand, online
from wide_worlds import CHIPS, PATH, draw_wide, scenario_fields

from planner.analysis.baselines import baselines
from planner.analysis.baselines import prices as baseline_prices
from planner.analysis.baselines.baselines import baselines_of
from planner.analysis.baselines.bounds import averaged, lower_bound
from planner.analysis.baselines.prices import LeastCost, least_cost
from planner.domain.inputs.accelerator import Accelerator
from planner.domain.inputs.catalog import Catalog, PricePath, Provider
from planner.domain.records.plan import Baseline
from planner.domain.scenario.scenario import Scenario
from planner.formulation.build import build
from planner.formulation.parameters.parameters import THOUSAND, Parameters
from planner.pipeline import Question, prepare, restricted, solve
from planner.solver.highs import Solved, solve_lp
from planner.solver.matrix import matrix_of
from planner.solver.watch import Watch

approx = pytest.approx
HOURS = 730.0
CLOUDS = Catalog(
    providers={
        name: Provider(name, name, "hyperscaler", False, rank, 8, 8, 64, 1.0, "", "", "")
        for name, rank in (("alpha", 1), ("beta", 2))
    }
)


def asked(scenario: Scenario, catalog: Catalog = EMPTY) -> Question:
    """The question with the caps that the scenario states per provider taken as assumed ones."""
    question = prepare(scenario, catalog)
    caps = {name: cap._replace(assumed=cap.counts == "running") for name, cap in question.market.caps.items()}
    return question._replace(market=question.market._replace(caps=caps))


def ways(scenario: Scenario, npv_usd: float = 1.0, catalog: Catalog = EMPTY) -> dict[str, Baseline]:
    found = baselines_of(asked(scenario, catalog), npv_usd, Watch())
    return {baseline.name.split()[0]: baseline for baseline in found}


def chip(provider: str, usd: float, *more: dict[str, Any], speed: float = 1.0, **fields: Any) -> dict[str, Any]:
    """An offer of one provider, nodes of one accelerator that do so many units of `chat` an hour."""
    known = {"provider": provider, "accelerator": "chip", "accelerators_per_node": 1}
    return an_offer(f"{provider}-node", {"chat": speed}, on_demand(usd), *more, **known | fields)


def a_market(*offers: dict[str, Any], demand: float = 20.0, **fields: Any) -> Scenario:
    """One month of 20 units an hour of `chat`."""
    return a_scenario(**{"periods": months(1), "workloads": [online("chat", demand)], "offers": list(offers)} | fields)


# --- caps -----------------------------------------------------------------------------------------


def test_a_provider_that_cannot_deliver_is_not_the_best_single_one() -> None:
    scenario = a_market(chip("small", 1.0), chip("large", 2.0), caps={"small": 8})
    best = ways(scenario, npv_usd=32.0 * HOURS)["best"]
    assert best.npv_usd == approx(20 * 2.0 * HOURS)
    assert best.saving_fraction == approx(1 - 32 / 40)
    assert best.note == (
        "large, all contracts; of 2 that fit every workload 1 computed, 1 cannot serve it within the caps;"
        " at least: fractional nodes, no budgets"
    )


def test_where_no_provider_can_deliver_it_is_said_what_would_have_to_be_true() -> None:
    scenario = a_market(chip("small", 1.0), chip("large", 2.0), caps={"small": 8, "large": 16})
    best = ways(scenario, npv_usd=32.0 * HOURS)["best"]
    assert best.npv_usd == approx(20 * 1.0 * HOURS)
    assert best.saving_fraction is None  # 20 node-hours cost less than the plan, but cannot be had
    assert "small, all contracts; of 2 that fit every workload 1 computed, 1 cannot be cheaper" in best.note
    assert "; only if small could deliver 2.5x what it is assumed to have; " in best.note  # 20 of 8
    assert best.note.endswith("at least: fractional nodes, no budgets, no assumed caps")


def test_a_saving_against_what_cannot_be_had_is_kept_if_it_is_one() -> None:
    best = ways(a_market(chip("small", 1.0), caps={"small": 8}), npv_usd=15.0 * HOURS)["best"]
    assert best.saving_fraction == approx(1 - 15 / 20)
    assert "2.5x" in best.note


def test_a_stated_cap_is_never_left_out() -> None:
    offer = chip("small", 1.0) | {"contracts": [on_demand(1.0, max_nodes=8)]}
    best = ways(a_market(offer))["best"]
    assert best == Baseline(
        name="best single provider",
        npv_usd=None,
        saving_fraction=None,
        note="no single provider can serve all workloads",
    )


def test_the_largest_cloud_that_can_deliver_is_taken() -> None:
    """alpha is larger, but has only 8 of the 20 nodes."""
    scenario = a_market(chip("alpha", 1.0), chip("beta", 3.0), caps={"alpha": 8})
    everything = ways(scenario, catalog=CLOUDS)["everything"]
    assert (everything.npv_usd, everything.note.split(",")[0]) == (approx(60 * HOURS), "beta")
    scenario = a_market(chip("alpha", 1.0), chip("beta", 3.0), caps={"alpha": 8, "beta": 8})
    everything = ways(scenario, catalog=CLOUDS)["everything"]
    assert everything.npv_usd == approx(20 * HOURS)
    assert everything.note.startswith("alpha, on demand only; only if alpha could deliver 2.5x what it is assumed")


def test_what_is_not_committed_at_the_mean_obeys_the_caps() -> None:
    """A mean of 10 is committed for $1, the other 10 of the busy half run at $2 (4 of them) and at $5 (6 of them)."""
    halves = [{"hours": HOURS, "slices": [{"name": "a", "hours": HOURS / 2}, {"name": "b", "hours": HOURS / 2}]}]
    demand = [[0.0, 20.0]]
    offers = (chip("p", 2.0, commitment(1.0, 1)), chip("q", 5.0))
    scenario = a_market(*offers, periods=halves, caps={"p": 4}, workloads=[online("chat", demand)])
    found = ways(scenario)
    assert found["commit"].name == "commit to the mean"
    assert found["commit"].npv_usd == approx(10 * HOURS + (4 * 2 + 6 * 5) * HOURS / 2)
    scenario = a_market(offers[0], periods=halves, caps={"p": 4}, workloads=[online("chat", demand)])
    relaxed = ways(scenario)["commit"]
    assert relaxed.npv_usd == approx(10 * HOURS + 10 * 2 * HOURS / 2)
    assert "only if providers could deliver 2.5x what they are assumed to have" in relaxed.note


@pytest.mark.parametrize(
    "limit",
    [
        {"budget_total_usd": 1.0},
        {"budget_per_year_usd": 1.0},
        {"budget_per_period_usd": 1.0},
        {"budget_upfront_per_year_usd": 0.0},
        {"cash": {"at_hand_usd": 1.0}},
    ],
    ids=lambda limit: next(iter(limit)),
)
def test_no_budget_counts(limit: dict[str, Any]) -> None:
    upfront = commitment(0.0, 1, upfront_usd=0.5 * HOURS)
    assert ways(a_market(chip("p", 1.0, upfront), **limit))["best"].npv_usd == approx(20 * 0.5 * HOURS)


def test_credits_count() -> None:
    granted = [{"provider": "p", "usd": 1000.0}]
    assert ways(a_market(chip("p", 1.0), credits=granted))["best"].npv_usd == approx(20 * HOURS - 1000)


def test_a_way_is_not_called_impossible_because_the_time_was_up() -> None:
    watch = Watch(deadline=0.0)
    found = baselines_of(asked(a_market(chip("p", 1.0))), 1.0, watch)
    assert {b.note for b in found[1:]} == {"not computed: the time was up"}


# --- levelled demand --------------------------------------------------------------------------------


def commitments_only(scenario: Scenario) -> float | None:
    found = baselines_of(asked(scenario), 1.0, Watch())
    return found[2].npv_usd


def test_the_peak_of_a_list_per_slice_is_its_largest() -> None:
    halves = [{"hours": HOURS, "slices": [{"name": "a", "hours": 100.0}, {"name": "b", "hours": HOURS - 100.0}]}] * 2
    demand = [[7.0, 20.0], [5.0, 1.0]]
    scenario = a_market(chip("p", 9.0, commitment(1.0, 1)), periods=halves, workloads=[online("chat", demand)])
    assert commitments_only(scenario) == approx((20 + 5) * HOURS)


@pytest.mark.parametrize("stated", [6.0, [6.0]])
def test_the_peak_of_a_load_shape_holds_for_stated_rates(stated: Any) -> None:
    """Half of the day at double the mean."""
    work = online("chat", stated, profile=[2.0] * 12 + [0.0] * 12)
    scenario = a_market(chip("p", 9.0, commitment(1.0, 1)), periods=None, months=1, workloads=[work])
    if isinstance(stated, list):
        scenario = a_market(chip("p", 9.0, commitment(1.0, 1)), workloads=[work])
        assert commitments_only(scenario) == approx(6 * HOURS)  # explicit periods have no load shape
    else:
        assert commitments_only(scenario) == approx(12 * HOURS)


def test_a_spike_is_the_peak_less_what_its_fallback_takes() -> None:
    spike = {"spike": {"name": "rush", "multiplier": 3.0, "hours_per_year": 120.0}}
    offer = chip("p", 9.0, commitment(1.0, 1))
    offer["throughput"]["chat/fallback"] = 2.0
    assert commitments_only(a_market(offer, workloads=[online("chat", 6.0, **spike)])) == approx(18 * HOURS)
    lesser = spike | {"fallback": {"share": 0.5, "model": "lite"}}
    assert commitments_only(a_market(offer, workloads=[online("chat", 6.0, **lesser)])) == approx(9 * HOURS)


# --- kinds of work ----------------------------------------------------------------------------------


def test_a_run_keeps_to_the_pools_that_can_hold_it() -> None:
    """Four nodes for a month; the cheap provider has two at a time (and never comes into question), the other enough."""
    run = {"name": "run", "kind": "training_run", "unit": "chat", "work": 4 * HOURS, "min_accelerators": 4}
    run |= {"cluster_sizes": [4], "failures_per_accelerator_year": 0, "checkpoint_interval_hours": 8e5}
    run |= {"checkpoint_write_minutes": 0}
    offers = [chip("small", 1.0), chip("large", 2.0)]
    for offer in offers:
        offer["throughput"] = {"run": 1.0}
    best = ways(a_market(*offers, workloads=[run], caps={"small": 2}))["best"]
    assert best.npv_usd == approx(4 * 2 * HOURS, rel=1e-3)
    assert best.note.startswith("large, all contracts; of 2 that fit every workload 1 computed, 1 cannot serve it")
    alone = ways(a_market(offers[0], workloads=[run], caps={"small": 2}))["best"]
    assert alone.npv_usd == approx(4 * HOURS, rel=1e-3)
    assert "only if small could deliver 2x what it is assumed to have" in alone.note


def test_a_provider_that_also_serves_the_fallback_is_a_single_provider() -> None:
    """Half of the demand may be served twice as fast, at 10 cents a unit in quality."""
    work = online("chat", 20.0, fallback={"share": 0.5, "when": "always", "model": "lite", "usd_per_unit": 0.1})
    offer = chip("p", 1.0, commitment(0.9, 1))
    offer["throughput"]["chat/fallback"] = 2.0
    found = ways(a_market(offer, workloads=[work]))
    assert found["best"].npv_usd == approx((10 + 5) * 0.9 * HOURS + 10 * 0.1 * HOURS)
    assert found["commit"].npv_usd == approx(found["best"].npv_usd or 0)


def test_heads_of_every_plan_year_are_levelled() -> None:
    """73 hours a head and month are 0.1 nodes; 20, then 60 heads; half of the day has all the load."""
    work = {"name": "lab", "kind": "development", "headcount": [20, 60], "accelerator_hours_per_head_per_month": 73}
    work |= {"reference_accelerator": "chip", "profile": [2.0] * 12 + [0.0] * 12}
    offer = chip("p", 9.0, commitment(1.0, 1)) | {"throughput": {"lab": 1.0}}
    scenario = a_market(offer, periods=None, months=24, workloads=[work])
    assert commitments_only(scenario) == approx((2 * 12 + 6 * 12) * 2 * HOURS)


# --- what makes it quick changes nothing --------------------------------------------------------------


KNOWN = Catalog(
    accelerators={
        name: Accelerator(id=name, name=name, vendor=vendor, source="test", checked_on="2026-01")
        for name, vendor in CHIPS.items()
    },
    price_paths={"p": PricePath("p", PATH, "test", "2026-01")},
)


def drawn(seed: int) -> Iterator[Question]:
    """A market of many contracts and caps, and a world of runs, failures, places and charges, with fractional nodes."""
    market = draw_market(seed)[0].model_copy(update={"integers": "relaxed"})
    yield prepare(market, two_accelerators())
    yield prepare(a_scenario(**scenario_fields(draw_wide(seed))).model_copy(update={"integers": "relaxed"}), KNOWN)


def at_once(p: Parameters) -> Solved:
    """The whole program with fractional nodes."""
    built = build(p)
    return solve_lp(matrix_of(built.program.problem, built.columns).relaxed(), Watch())


@pytest.mark.parametrize("seed", range(60))
def test_pricing_what_is_left_out_finds_the_optimum(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(baseline_prices, "FEW", 0)
    for near in (0.8, 1e9):  # a sensible start, and one with nothing that could be left out
        monkeypatch.setattr(baseline_prices, "NEAR", near)
        for question in drawn(seed):
            whole, ids = at_once(question.parameters), [member.option.id for member in question.parameters.options]
            for likely in (frozenset[str](), frozenset(random.Random(seed).sample(ids, len(ids) // 3))):
                found = least_cost(question.parameters, Watch(), likely)
                assert (found is None) == (whole.verdict == "infeasible")
                if found is not None:
                    assert found.cost == approx(whole.objective, rel=1e-7, abs=1e-6)


@pytest.mark.parametrize("seed", range(60))
def test_the_bound_is_never_above_the_cost(seed: int) -> None:
    for question in drawn(seed):
        whole, bound = at_once(question.parameters), lower_bound(question.parameters, Watch())
        assert whole.verdict == "infeasible" or bound <= whole.objective + 1e-6 * abs(whole.objective)


def test_the_bound_knows_the_mean_and_the_caps_but_not_the_peak() -> None:
    """9 units in two thirds of the hours, 3 in the rest: 7 on average, of which 2 at $1 and 5 at $4."""
    slices = [{"name": "a", "hours": HOURS * 2 / 3}, {"name": "b", "hours": HOURS / 3}]
    work = online("chat", [[9.0, 3.0]])
    offers = (chip("p", 1.0), chip("q", 4.0))
    scenario = a_market(*offers, periods=[{"hours": HOURS, "slices": slices}], workloads=[work], caps={"p": 2})
    p = prepare(scenario, EMPTY).parameters
    assert averaged(p).online == {(0, 0, 0): approx(7.0)}
    assert lower_bound(p, Watch()) * THOUSAND == approx((2 * 1 + 5 * 4) * HOURS)
    assert lower_bound(prepare(a_market(offers[0], caps={"p": 2}), EMPTY).parameters, Watch()) == inf


@pytest.mark.parametrize("seed", range(30))
def test_the_best_single_provider_is_the_best_of_all(seed: int) -> None:
    scenario = draw_market(seed)[0].model_copy(update={"budget_total_usd": None, "integers": "relaxed"})
    question = prepare(scenario, two_accelerators())
    (best,) = [b for b in baselines_of(question, 1.0, Watch()) if b.name == "best single provider"]
    costs = []
    for provider in {o.provider for o in question.market.options}:
        part = restricted(question, lambda o: o.held or o.provider == provider)  # noqa: B023
        if {w for w, _ in part.screened.fits} >= {w for w, load in enumerate(scenario.workloads) if not load.unserved}:
            found = solve(part, 1e-9, Watch())
            costs += [] if found.present is None else [float(found.present.npv)]
    assert best.npv_usd == (approx(min(costs), rel=1e-6) if costs else None)


def test_providers_that_cannot_be_cheaper_are_not_solved(monkeypatch: pytest.MonkeyPatch) -> None:
    solved = []

    def counted(p: Parameters, watch: Watch) -> LeastCost | None:
        solved.append({member.option.provider for member in p.options})
        return least_cost(p, watch)

    monkeypatch.setattr(baselines, "least_cost", counted)
    offers = [chip(f"p{k}", 1.0 + k) for k in range(5)]
    best = ways(a_market(*offers))["best"]
    assert solved.count({"p0"}) == 1
    assert not any(providers <= {"p1", "p2", "p3", "p4"} for providers in solved)
    assert best.note.startswith("p0, all contracts; of 5 that fit every workload 1 computed, 4 cannot be cheaper; ")


def test_a_way_tells_what_it_pays_in_every_period() -> None:
    """Two months, 20 units an hour on nodes of one unit: 20 x 730 h x $3 by the hour; by contract $2, a quarter of it upfront."""
    contract = commitment(1.5, 2, upfront_usd=730.0)
    found = ways(a_market(chip("alpha", 3.0, contract), periods=months(2)), catalog=CLOUDS)
    assert found["everything"].cash_by_period == approx((43_800.0, 43_800.0))
    signed = 20 * 730.0 + 20 * HOURS * 1.5, 20 * HOURS * 1.5
    assert found["commit"].cash_by_period == approx(signed)
    assert found["best"].cash_by_period == approx(signed)


def test_without_discounting_what_a_way_pays_is_its_present_value() -> None:
    for seed in range(6):
        offers = chip("alpha", 3.0 + seed / 7, commitment(2.0, 1)), chip("beta", 2.5, speed=0.8)
        scenario = a_market(*offers, periods=months(3), demand=7.0 + seed)
        for way in ways(scenario, catalog=CLOUDS).values():
            if way.npv_usd is not None:
                assert sum(way.cash_by_period) == approx(way.npv_usd, rel=1e-6)
