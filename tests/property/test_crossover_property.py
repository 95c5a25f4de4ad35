"""Every size of every instance is solved as if its program had been built for it; more to choose from is never dearer."""

from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from planning import a_colocation, a_datacenter, a_scenario, a_server, owning
from small_worlds import draw_world
from small_worlds import scenario_fields as small_fields
from wide_worlds import CHIPS, PATH, draw_wide
from wide_worlds import scenario_fields as wide_fields

from planner.analysis.crossover.sizes import Sizes, ways_of
from planner.domain.inputs.accelerator import Accelerator
from planner.domain.inputs.catalog import Catalog, PricePath
from planner.pipeline import prepare
from planner.sensitivity.scaled_sites import scales
from planner.solver.watch import Watch

CATALOG = Catalog(
    accelerators={
        name: Accelerator(id=name, name=name, vendor=vendor, source="test", checked_on="2026-01")
        for name, vendor in CHIPS.items()
    },
    price_paths={"p": PricePath("p", PATH, "test", "2026-01")},
)
FREE = ("budget_total_usd", "budget_per_year_usd", "cash", "budget_per_period_usd", "budget_upfront_per_year_usd")


def with_own(fields: dict[str, Any]) -> dict[str, Any]:
    """The instance with two sites and a server that serves everything, without limits on money."""
    throughput = {work["name"]: 3.0 for work in fields["workloads"] if work["kind"] != "training_run"}
    sites = [
        a_colocation("hall", team_usd_per_year=2e4, setup_usd=50, max_mw=0.02),
        a_datacenter("campus", team_usd_per_year=4e4, capex_usd_per_mw=2e5),
    ]
    kept = {key: value for key, value in fields.items() if key not in FREE}
    own = owning(sites, [a_server("box", throughput, 9_000, life_months=24, residual_curve=[[0, 1], [24, 0.2]])])
    return kept | {"own": own, "objective": "least_cost"}


def check(fields: dict[str, Any], multiple: float) -> bool:
    """Compare the program of one size as it is stretched and as it is built; whether it can be stretched."""
    question = prepare(a_scenario(**with_own(fields)), CATALOG)
    if not scales(question.parameters):
        return False
    stretched, built = Sizes(question, Watch()), Sizes(question, Watch())
    built.program = None
    mine, theirs = stretched.at(multiple), built.at(multiple)
    nothing = mine.value(frozenset())
    for way in ways_of(question):
        for one, other in ((mine.without(way), theirs.without(way)), (mine.owning(way), theirs.owning(way))):
            assert one.possible == other.possible
            if one.possible:
                assert one.objective == pytest.approx(other.objective, rel=1e-6, abs=1e-9)
        everything = mine.value(way.sites | way.beside)
        if nothing.possible:
            assert everything.objective <= nothing.objective + 1e-6 * abs(nothing.objective)
        if mine.owning(way).possible:
            assert everything.objective <= mine.owning(way).objective * (1 + 1e-6) + 1e-9
    return True


def few(examples: int) -> Any:
    return settings(
        derandomize=True,
        database=None,
        deadline=None,
        max_examples=examples,
        phases=(Phase.generate,),
        suppress_health_check=list(HealthCheck),
    )


SEEDS = st.integers(min_value=0, max_value=10**6)
MULTIPLES = st.sampled_from([0.02, 0.3, 0.8, 1.0, 2.5, 40.0])


def test_small_instances_at_any_size() -> None:
    stretched: list[bool] = []

    @given(SEEDS, MULTIPLES)
    @few(40)
    def each(seed: int, multiple: float) -> None:
        stretched.append(check(small_fields(draw_world(seed)), multiple))

    each()
    assert sum(stretched) >= 10, "too few of the draws can be stretched"


def test_wide_instances_at_any_size() -> None:
    stretched: list[bool] = []

    @given(SEEDS, MULTIPLES)
    @few(120)
    def each(seed: int, multiple: float) -> None:
        stretched.append(check(wide_fields(draw_wide(seed)), multiple))

    each()
    assert sum(stretched) >= 5, "too few of the draws can be stretched"
