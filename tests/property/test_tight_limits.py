"""Limits on money a little above what the relaxation spends: where branch and bound of the whole finds a plan, so does the search.

The limits are drawn: of one kind (total, plan-years, periods, upfront payments, runway) at 1.00 to 1.15 times what the
relaxation without limits spends there.
"""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from markets import draw_market, two_accelerators
from planning import a_scenario, question_with_replicas
from small_worlds import draw_world, scenario_fields

from planner.cli import run
from planner.formulation.build import build
from planner.formulation.parameters import Parameters
from planner.search.engine import Engine
from planner.search.options import DEFAULT
from planner.search.routing import search
from planner.search.soft_limits import SoftLimits
from planner.solver.highs import solve_lp
from planner.solver.outcome import solved_directly
from planner.solver.second_look import holds
from planner.solver.watch import Watch

KINDS = ("total", "year", "period", "upfront", "runway")
FREE = 1e7
CATALOG = two_accelerators()
GAP = 1e-3
SMALL = 1e-6
STARTUP = Path(__file__).parents[2] / "examples" / "startup.yaml"


def drawn(seed: int) -> Parameters:
    if seed % 2:
        scenario, replicas = draw_market(seed)
        return question_with_replicas(scenario, replicas, reduced=True, catalog=CATALOG).parameters
    return question_with_replicas(a_scenario(**scenario_fields(draw_world(seed))), {}, reduced=True).parameters


def limited(p: Parameters, kind: str, amounts: dict[int, float]) -> Parameters:
    """With limits of a kind, by plan-year or period."""
    years, periods = p.horizon.plan_years, len(p.hours)
    by_year = tuple(amounts.get(y, FREE) for y in range(years))
    by_period = tuple(amounts.get(t, FREE) for t in range(periods))
    if kind == "total":
        return replace(p, budget_total=amounts.get(-1, FREE))
    if kind == "year":
        return replace(p, budgets=by_year)
    if kind == "period":
        return replace(p, period_budgets=by_period)
    if kind == "upfront":
        return replace(p, upfront_budgets=by_year)
    return replace(p, runway=by_period)


def tight(p: Parameters, kind: str, factor: float) -> Parameters:
    free = build(limited(p, kind, {}))
    relaxed = solve_lp(free.matrix.relaxed(), Watch())
    if relaxed.x is None:
        return limited(p, kind, {})
    activity = free.matrix.activity(relaxed.x)
    rows = {key[0]: i for i, (family, key) in enumerate(free.program.keys) if free.matrix.row_upper[i] == FREE}
    return limited(p, kind, {key: factor * float(activity[row]) for key, row in rows.items()})


def compared(seed: int) -> bool | None:
    """Whether a plan was found where there is one; None where there is none."""
    r = np.random.default_rng(seed)
    kind, factor = KINDS[seed // 2 % len(KINDS)], float(r.uniform(1.0, 1.15))
    p = tight(drawn(seed), kind, factor)
    built = build(p)
    whole = solved_directly(built.matrix, GAP, Watch())
    found = search(built, p, GAP, Watch(), options=replace(DEFAULT, direct_integers=-1, medium_integers=0))
    if whole.x is None:
        assert found.x is None, (seed, kind)
        return None
    assert found.bound <= whole.objective + SMALL * abs(whole.objective), (seed, kind)
    if found.x is None:
        return False
    assert holds(built.matrix, found.x), (seed, kind)
    assert found.objective >= whole.objective * (1 - GAP) - SMALL, (seed, kind)
    return True


@pytest.mark.parametrize("first", range(0, 120, 40))
def test_a_plan_within_tight_limits_is_found_where_there_is_one(first: int) -> None:
    found = [answer for seed in range(first, first + 40) if (answer := compared(seed)) is not None]
    assert len(found) >= 10
    assert all(found)


def test_limits_that_may_be_exceeded_lead_to_most_plans(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without branch and bound of the whole, which large programs cannot have."""
    monkeypatch.setattr(Engine, "branch", lambda engine, seconds: None)
    found = [answer for seed in range(60) if (answer := compared(seed)) is not None]
    assert len(found) >= 20
    soft = sum(found)
    assert soft >= 0.9 * len(found)
    monkeypatch.setattr(SoftLimits, "within", lambda soft: None)
    assert sum(filter(None, map(compared, range(60)))) < soft, "the same without"


@pytest.mark.exhaustive
def test_a_tenth_more_of_the_startup_has_a_plan(tmp_path: Path) -> None:
    """Without announced generations its third budget leaves rounding no room: the relaxation spends all of it."""
    plan = tmp_path / "plan.json"
    tight = ["--set", "demand_scale=1.1", "--set", "successors=[]", "--gap", "5%"]
    order = ["solve", str(STARTUP), *tight, "--no-baselines", "-o", str(plan)]
    assert run(order) == 0
