"""Whatever passes validation is answered: no traceback, no exit 1 or 5, and an end near the time limit."""

import copy
import random
from typing import Any

import pytest
from planning import a_scenario, on_demand
from scenario_mutants import BASES, mutant, tried

from planner.analysis.answer import answer
from planner.domain.scenario.scenario import Scenario
from planner.inputs.catalog.load import load_catalog

SAMPLE = 12


@pytest.mark.parametrize("base", range(len(BASES)))
def test_the_bases_are_scenarios(base: int) -> None:
    assert Scenario.model_validate(BASES[base]).workloads


def test_mutants_differ_from_their_bases() -> None:
    assert sum(mutant(seed) not in BASES for seed in range(60)) > 50


@pytest.mark.parametrize("seed", range(SAMPLE))
def test_a_mutant_is_answered(seed: int) -> None:
    trial = tried(seed)
    assert trial.fault == "", trial.said


SMALL_AGREEMENT = {"provider": "p", "tiers": [{"spend_per_year_usd": 20000, "discount": "10%"}]}


@pytest.mark.parametrize(
    ("base", "path", "value"),
    [
        (1, ("workloads", 1, "work"), 4e-9),  # costs a billionth of the budget
        (1, ("workloads", 1, "work"), 4e-6),
        (1, ("offers", 0, "contracts", 1, "upfront_usd"), 5e11),
        (0, ("offers", 0, "contracts", 1, "min_nodes"), 20_000_000),
        (2, ("own", "servers", 0, "nameplate_kw"), 2e7),
        (2, ("workloads", 0, "demand_per_hour"), 1e-6),  # less than a billionth of a server
        (2, ("workloads", 0, "demand_per_hour"), 1e-9),
        (2, ("offers", 0, "contracts", 0, "usd_per_hour"), 1e6),
    ],
)
@pytest.mark.parametrize("more", [{}, {"spend_agreements": [SMALL_AGREEMENT], "budget_upfront_per_year_usd": 1e12}])
def test_amounts_of_any_size_are_planned_for(
    base: int, path: tuple[Any, ...], value: float, more: dict[str, Any]
) -> None:
    changed = copy.deepcopy(BASES[base]) | more
    place: Any = changed
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = value
    found = answer(Scenario.model_validate(changed), load_catalog(), baselines=False)
    assert found.plan is not None
    assert found.plan.audit.agrees, found.plan.audit.discrepancies[:5]


@pytest.mark.parametrize("base", range(len(BASES)))
@pytest.mark.parametrize("scale", [1e-4, 1e-5, 3e-6, 2e-7, 2e-8, 1e-9])
@pytest.mark.parametrize("replicas", ["whole", "pooled"])
def test_a_demand_of_next_to_no_nodes_is_planned_for(base: int, scale: float, replicas: str) -> None:
    """The solver keeps rows to a billionth of a node."""
    changed = copy.deepcopy(BASES[base]) | {"demand_scale": scale, "replicas": replicas}
    found = answer(Scenario.model_validate(changed), load_catalog(), baselines=False)
    assert found.plan is not None
    assert found.plan.audit.agrees, found.plan.audit.discrepancies[:5]


def test_a_demand_that_stands_on_two_options_loses_nothing() -> None:
    """Reported: 2e-9 of 2e-5 nodes of `dev` were on another option than the rest, and left out."""
    reported = {"vendors": [], "clouds": [], "demand_scale": 1e-5, "credits": [{"provider": "p", "usd": 1e12}]}
    found = answer(Scenario.model_validate(copy.deepcopy(BASES[1]) | reported), load_catalog(), baselines=False)
    assert found.plan is not None
    assert found.plan.audit.agrees, found.plan.audit.discrepancies[:5]
    slices = [(0, 0, 730), (1, 0, 190), (1, 1, 2000)]
    for t, s, hours in slices:
        done = [r.work for r in found.plan.serving if (r.workload, r.period, r.slice) == ("dev", t, s)]
        assert sum(done) == pytest.approx(2e-5 * hours, rel=1e-6)


@pytest.mark.parametrize("scale", [1e-4, 1e-5, 1e-6])
@pytest.mark.parametrize("hours", [7372, 9001, 12345])
def test_a_small_run_that_may_be_interrupted_is_done(hours: int, scale: float) -> None:
    """Reported: 0.073719395 of 0.07372 hours on 5.05e-5 nodes, which were told to nine digits behind the point."""
    node = {"name": "n", "provider": "p", "accelerator": "h100-sxm-80gb", "accelerators_per_node": 2}
    run = {"name": "run", "kind": "training_run", "accelerator_hours": hours, "interruptible": True}
    workloads = [run | {"reference_accelerator": "h100-sxm-80gb"}]
    scenario = a_scenario(
        months=3,
        start="2027-01",
        workloads=workloads,
        offers=[node | {"contracts": [on_demand(7)]}],
        demand_scale=scale,
    )
    found = answer(scenario, load_catalog(), baselines=False)
    assert found.plan is not None
    assert found.plan.audit.agrees, found.plan.audit.discrepancies[:5]


@pytest.mark.parametrize("seed", range(12))
def test_a_run_on_nodes_that_are_paid_for_is_placed_once(seed: int) -> None:
    """Reported: of eight nodes held for two months, a run of one month on four of them stood in the plan in either month."""
    draw = random.Random(seed)
    node: dict[str, Any] = {"provider": "p", "accelerator": "h100-sxm-80gb", "accelerators_per_node": 8}
    runs = [
        {"name": f"run{i}", "kind": "training_run", "accelerator_hours": draw.choice([9000, 23360, 40000]),
         "reference_accelerator": "h100-sxm-80gb", "cluster_sizes": [draw.choice([16, 32])], "failures_per_accelerator_year": 0,
         "checkpoint_write_minutes": 0}
        for i in range(draw.choice([1, 2]))
    ]  # fmt: skip
    held = node | {
        "name": "held",
        "nodes": draw.choice([8, 12, 16]),
        "from": "2027-02",
        "until": "2027-06",
        "usd_per_hour": 9,
    }
    offers = [node | {"name": "n", "contracts": [on_demand(40)]}]
    scenario = a_scenario(months=6, start="2027-01", discount_rate=0, workloads=runs, offers=offers, held=[held])
    found = answer(scenario, load_catalog(), baselines=False)
    assert found.plan is not None
    assert found.plan.audit.agrees, found.plan.audit.discrepancies[:5]
    assert sorted(run.workload for run in found.plan.runs) == [run["name"] for run in runs]


def test_a_run_of_billions_of_nodes_is_refused_with_its_cause() -> None:
    run = {"name": "run", "kind": "training_run", "accelerator_hours": 8e13, "reference_accelerator": "h100-sxm-80gb"}
    offer = {"name": "n", "accelerator": "h100-sxm-80gb", "accelerators_per_node": 8}
    blocks = [{"kind": "block", "usd_per_hour": 39, "days": 14}]
    asked = a_scenario(start="2027-01", months=3, workloads=[run], offers=[offer | {"contracts": blocks}])
    found = answer(asked, load_catalog(), baselines=False)
    assert [(cause.family, cause.workload) for cause in found.causes] == [("gang", "run")]


@pytest.mark.parametrize("seed", range(10))
def test_small_work_of_a_hosted_api_is_served_to_the_digit(seed: int) -> None:
    """Reported: 10,000 tokens a day in eight slices, each rounded up to a whole token, are more than what is asked for."""
    draw = random.Random(seed)
    apis = [
        {"kind": "hosted_api", "name": name, "provider": name, "model": "llama-3.1-8b", "usd_per_mtok_input": usd,
         "usd_per_mtok_output": usd}
        for name, usd in (("a", 0.3), ("b", 0.2))
    ]  # fmt: skip
    work = {"name": "bot", "kind": draw.choice(["inference", "batch"]), "model": "llama-3.1-8b",
            "tokens_per_day": 10 ** draw.uniform(1, 7), "growth_per_year": draw.choice(["0%", "80%"])}  # fmt: skip
    if work["kind"] == "inference":
        work |= {"profile": "business_hours", "max_spot_share": "50%"}
    found = answer(
        a_scenario(start="2027-01", months=3, workloads=[work], offers=apis), load_catalog(), baselines=False
    )
    assert found.plan is not None
    assert found.plan.audit.agrees, found.plan.audit.discrepancies[:5]


@pytest.mark.parametrize("share", [0.01, 0.2, 0.4, 0.55, 0.7])
@pytest.mark.parametrize("kind", ["inference", "batch"])
def test_apis_do_no_more_than_is_asked_for_to_keep_a_share(share: float, kind: str) -> None:
    """Reported: two APIs each did 99% of the work, so that neither did more than 1% alone."""
    apis = [
        {"kind": "hosted_api", "name": name, "provider": name, "model": "llama-3.1-8b", "usd_per_mtok_input": usd,
         "usd_per_mtok_output": usd}
        for name, usd in (("a", 0.3), ("b", 0.2))
    ]  # fmt: skip
    work = {"name": "w", "kind": kind, "model": "llama-3.1-8b", "tokens_per_day": "300M"}
    fields = {"start": "2027-01", "months": 2, "workloads": [work], "offers": apis, "max_share_per_provider": share}
    found = answer(a_scenario(**fields), load_catalog(), baselines=False)
    assert (found.plan is not None) == (share >= 0.5)
    if found.plan is not None:
        assert found.plan.audit.agrees, found.plan.audit.discrepancies[:5]
        assert sum(r.work for r in found.plan.serving) == pytest.approx(300 * 730 * 2 / 24)


def test_a_plan_of_millions_of_nodes_is_told_though_the_solver_keeps_no_limit_on_its_proof() -> None:
    """Which limits bind is asked at gap 0 over whole blocks of nine hours: HiGHS 1.16 does not return from it."""
    run = {
        "name": "run",
        "kind": "training_run",
        "accelerator_hours": 163_840_000,
        "reference_accelerator": "h100-sxm-80gb",
    }
    run |= {"failures_per_accelerator_year": 0, "checkpoint_write_minutes": 0, "interruptible": True}
    blocks = [{"kind": "block", "usd_per_hour": 39, "days": 14}, {"kind": "block", "usd_per_hour": 42, "days": 0.37}]
    offer = {"name": "p5", "accelerator": "h100-sxm-80gb", "accelerators_per_node": 8}
    asked = {
        "catalog": "none", "start": "2027-01", "months": 6, "discount_rate": 0,
        "workloads": [run | {"earliest": "2027-03", "deadline": "2027-04"}],
        "offers": [offer | {"contracts": [{"kind": "on_demand", "usd_per_hour": 98}, *blocks]}],
    }  # fmt: skip
    found = answer(Scenario.model_validate(asked), load_catalog(), baselines=False, time_limit=20)
    assert found.plan is not None
    assert found.plan.audit.agrees, found.plan.audit.discrepancies[:5]


@pytest.mark.parametrize(
    "fields",
    [
        {"discounts": {"p": "99.99999%"}},
        {"price_changes": [{"per_year": "-99.9%"}]},
        {"price_changes": [{"per_year": "-99.999%"}]},
    ],
)
def test_a_price_does_not_fall_to_none(fields: dict[str, Any]) -> None:
    """Reported: a price of 3e-7 dollars was rounded to nothing, which the audit takes for a price that is missing."""
    offer = {"name": "n", "provider": "p", "throughput": {"w": 1}, "contracts": [on_demand(3)]}
    work = {"name": "w", "kind": "inference", "unit": "u", "demand_per_hour": 3}
    found = answer(
        a_scenario(start="2027-01", years=4, workloads=[work], offers=[offer], **fields),
        load_catalog(),
        baselines=False,
    )
    assert found.plan is not None
    assert found.plan.audit.agrees, found.plan.audit.discrepancies[:5]
    assert min(line.unit_price_usd for line in found.plan.lines) == 1e-6


def test_a_discount_of_everything_is_refused() -> None:
    with pytest.raises(ValueError, match="less than 1"):
        Scenario.model_validate(copy.deepcopy(BASES[0]) | {"discounts": {"p": "100%"}})
