"""Limits on money a little above what the relaxation spends: where branch and bound of the whole finds a plan, so does the search.

The limits are drawn: of one kind (total, plan-years, periods, upfront payments, runway) at 1.00 to 1.15 times what the
relaxation without limits spends there.
"""

from dataclasses import replace

import numpy as np
import pytest
from markets import draw_market, two_accelerators
from planning import a_scenario, question_with_replicas
from small_worlds import draw_world, scenario_fields

from planner.formulation.build import build
from planner.formulation.parameters import Parameters
from planner.search import search
from planner.search.options import DEFAULT
from planner.solver import Watch, holds, solve_lp, solved_directly

KINDS = ("total", "year", "period", "upfront", "runway")
FREE = 1e7
CATALOG = two_accelerators()
SEEDS = range(40)


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


def compared(seed: int) -> bool:
    """Whether there was a plan to be found; it must be found."""
    r = np.random.default_rng(seed)
    kind, factor = KINDS[seed // 2 % len(KINDS)], float(r.uniform(1.0, 1.15))
    p = tight(drawn(seed), kind, factor)
    built = build(p)
    whole = solved_directly(built.matrix, 1e-3, Watch())
    found = search(built, p, 1e-3, Watch(), options=replace(DEFAULT, direct_integers=-1, medium_integers=0))
    if whole.x is None:
        assert found.x is None, (seed, kind)
        return False
    assert found.x is not None, (seed, kind, factor, whole.objective)
    assert holds(built.matrix, found.x)
    assert found.bound <= whole.objective + 1e-6 * abs(whole.objective) + 1e-9
    return True


@pytest.mark.parametrize("part", range(4))
def test_a_plan_within_tight_limits_is_found_where_there_is_one(part: int) -> None:
    count = sum(compared(seed) for seed in SEEDS if seed % 4 == part)
    assert count >= 3
