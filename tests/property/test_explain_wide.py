"""Explanations and ways out where failures, runs, places, spikes, data, cash and carbon come together."""

import pytest
from planning import a_scenario, answered
from test_wide_enumeration import CATALOG
from wide_worlds import draw_wide, scenario_fields

from planner.analysis.explain.explain import explain
from planner.analysis.infeasible.diagnosis import diagnose
from planner.solver.watch import Watch


@pytest.mark.parametrize("seed", range(20))
def test_wide_worlds_are_explained_or_mended(seed: int) -> None:
    """Those with a plan are explained; then half of their money is taken away, and what is missing is found."""
    fields = scenario_fields(draw_wide(seed))
    scenario = a_scenario(**fields)
    found = answered(scenario, catalog=CATALOG)
    if found.plan is not None:
        explanation = explain(scenario, CATALOG, Watch()).explanation
        assert explanation is not None
        assert explanation.npv_usd == pytest.approx(found.plan.npv_usd, rel=1e-6, abs=0.01)
        assert all(flip.confirmed for flip in explanation.flip_prices)
        close = 1e-6 * abs(explanation.npv_usd) + 1e-3
        for price in explanation.shadow_prices:
            if price.usd_per_unit is not None and price.fixed_up_usd is not None:
                assert price.usd_per_unit * price.step >= price.fixed_up_usd - close
                assert price.fixed_down_usd is None or price.usd_per_unit * price.step <= price.fixed_down_usd + close
        scenario = a_scenario(**fields | {"budget_total_usd": round(found.plan.total_usd * 0.5 + 1, 2)})
        found = answered(scenario, catalog=CATALOG)
    if found.stop == "infeasible":
        diagnosis = diagnose(scenario, CATALOG, found.causes, Watch())
        assert diagnosis.causes
        assert diagnosis.repairs
        assert all(repair.npv_usd is not None for repair in diagnosis.repairs)
