"""Every example through the whole walk: its answer, its gap, its audit."""

from pathlib import Path

import pytest

from planner.analysis.answer import answer
from planner.analysis.crossover.sizes import Sizes, ways_of
from planner.audit.availability.simulation import simulate
from planner.domain.records.plan import Plan, plan_from_json_value
from planner.inputs.catalog.load import load_catalog
from planner.inputs.scenario_file import read_scenario
from planner.pipeline import prepare
from planner.solver.watch import Watch

EXAMPLES = Path(__file__).parents[2] / "examples"


@pytest.fixture(scope="module")
def startup() -> Plan:
    catalog = load_catalog()
    found = answer(read_scenario(EXAMPLES / "startup.yaml", catalog=catalog), catalog)
    assert found.stop == "done"
    assert found.plan is not None
    return found.plan


def test_the_startup_plan_is_proven_and_audited(startup: Plan) -> None:
    assert startup.status == "optimal"
    assert 0 <= startup.gap <= 1e-3
    assert startup.audit.agrees
    assert startup.audit.discrepancies == ()


def test_the_startup_plan_is_a_real_mix(startup: Plan) -> None:
    assert {line.action for line in startup.lines} == {"commit", "on_demand", "spot", "hosted_api"}
    assert len({line.provider for line in startup.lines}) >= 4


def test_every_line_of_the_startup_plan_has_its_price_with_source_and_date(startup: Plan) -> None:
    for line in startup.lines:
        assert line.price_source
        assert line.price_as_of
        assert line.unit_price_usd > 0 or line.upfront_usd > 0
    assert startup.facts.catalog_rows_considered >= 2000


def test_the_startup_plan_beats_the_usual_ways(startup: Plan) -> None:
    assert len(startup.baselines) == 4
    known = [baseline for baseline in startup.baselines if baseline.npv_usd is not None]
    assert len(known) >= 3
    assert all(baseline.npv_usd is not None and baseline.npv_usd > startup.npv_usd for baseline in known)
    assert all(baseline.note for baseline in startup.baselines if baseline not in known), (
        "why it cannot serve the demand"
    )


def test_the_startup_plan_survives_its_own_file(startup: Plan) -> None:
    assert plan_from_json_value(startup.to_json_value()) == startup


def test_the_infeasible_example_names_a_cause() -> None:
    catalog = load_catalog()
    found = answer(read_scenario(EXAMPLES / "infeasible.yaml", catalog=catalog), catalog)
    assert found.stop == "infeasible"
    assert found.plan is None
    assert found.causes[0].workload == "assistant"
    assert "countr" in found.causes[0].fix


@pytest.fixture(
    scope="module",
    params=[
        pytest.param("inference_api", marks=pytest.mark.exhaustive),
        pytest.param("scaleup", marks=pytest.mark.exhaustive),
        "batch_research",
        "frontier_lab",
        "build_vs_rent",
        "sovereign",
    ],
)
def other(request: pytest.FixtureRequest) -> Plan:
    catalog = load_catalog()
    scenario = read_scenario(EXAMPLES / f"{request.param}.yaml", catalog=catalog)
    found = answer(scenario, catalog, baselines=False)
    assert found.stop == "done"
    assert found.plan is not None
    return found.plan


def test_the_other_examples_are_proven_audited_and_self_contained(other: Plan) -> None:
    asked = other.scenario.resolved
    assert 0 <= other.gap <= asked["gap"] <= 0.005
    assert other.audit.agrees, other.audit.discrepancies
    assert other.audit.checks > 500  # the simplest plan within the gap may have three lines
    assert plan_from_json_value(other.to_json_value()) == other
    if other.scenario.name == "Token API":
        _survives(other)
    elif other.scenario.name == "Scale-up":
        _trains_in_time(other)
    elif other.scenario.name == "Frontier lab":
        _owns_the_base_and_rents_the_peaks(other)
    elif other.scenario.name == "Build or rent":
        _owns_in_colocation(other)
    elif other.scenario.name == "Sovereign":
        _owns_all(other)
    else:
        _uses_what_is_cheap(other)


def _survives(plan: Plan) -> None:
    """Every provider may fail; what the plan says its availability is comes out of the plan file alone."""
    assert {record.failed for record in plan.failures} == {line.provider for line in plan.lines}
    assert plan.availability is not None
    again = simulate(plan_from_json_value(plan.to_json_value()))
    assert again == plan.availability
    served = {w.workload: w.availability for w in plan.availability.workloads}
    assert set(served) == {"chat", "code"}
    assert min(served.values()) > 0.9995
    assert any(s.mode == "fallback" for s in plan.serving)
    assert {m.workload for m in plan.margins} == {"chat", "code", "summaries"}


def _trains_in_time(plan: Plan) -> None:
    (run,) = plan.runs
    assert run.accelerators >= 512
    assert "2027-04" <= run.start <= run.end <= "2027-12"
    assert run.hours * run.nodes * run.rate_per_node_hour * run.goodput == pytest.approx(run.work)
    assert 25e6 < min(plan.cost.by_plan_year) <= max(plan.cost.by_plan_year) < 60e6
    assert plan.inputs.price_paths["falling"]
    assert plan.facts.catalog_rows_considered > 8000


def _uses_what_is_cheap(plan: Plan) -> None:
    paid = plan.cost.by_kind
    assert paid["spot"] > 0.5 * sum(usd for kind, usd in paid.items() if kind != "credits")
    assert -150_000 <= paid["credits"] < -140_000
    assert all(record.period < 3 for record in plan.credits)
    assert plan.carbon is not None
    assert plan.carbon.tonnes > 0
    assert plan.cost.carbon_npv_usd > 0
    (run,) = plan.runs
    assert 32 <= run.accelerators <= 128


def _owns_the_base_and_rents_the_peaks(plan: Plan) -> None:
    assert sum(plan.cost.by_plan_year) / len(plan.cost.by_plan_year) > 140e6
    actions = {line.action for line in plan.lines}
    assert {"buy", "lease", "on_demand"} <= actions
    owned = {line.option for line in plan.lines if line.action == "buy"}
    later = [part for part in plan.serving if part.period >= 8]
    hours = {True: 0.0, False: 0.0}
    for part in later:
        hours[part.option in owned] += part.nodes * plan.horizon.periods[part.period].slices[max(part.slice, 0)].hours
    assert 0.005 < hours[False] / (hours[True] + hours[False]) < 0.25


def test_a_hundredth_of_the_frontier_lab_owns_nothing() -> None:
    """No plan that opens a site is as cheap as the best that opens none: by bounds, for every way of owning."""
    catalog = load_catalog()
    question = prepare(read_scenario(EXAMPLES / "frontier_lab.yaml", catalog=catalog), catalog)
    sizes = Sizes(question, Watch())
    ways = ways_of(question)
    assert [way.name for way in ways] == ["colocation", "own building", "own building beside colocation"]
    assert {sizes.at(0.01).verdict(way) for way in ways} == {"rents"}
    assert sizes.at(1.0).verdict(ways[0]) == "owns"


def _owns_in_colocation(plan: Plan) -> None:
    (site,) = plan.sites
    assert site.kind == "colocation"
    assert max(period.accelerators for period in site.periods) >= 992


def _owns_all(plan: Plan) -> None:
    """Nothing is rented but what is held until the first power."""
    rented = [line for line in plan.lines if line.action in ("commit", "on_demand", "spot", "hosted_api")]
    assert {line.provider for line in rented} == {"research-centre"}
    assert {line.country for line in plan.lines} == {"DE"}
    assert plan.sites[0].first_power == "2027-07"
    assert plan.cost.carbon_npv_usd > 0
