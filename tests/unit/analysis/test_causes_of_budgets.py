"""Budgets that can each be met, but not together: the least common raise, and nothing where the time was over."""

from typing import Any

import numpy as np
import pytest
from planning import EMPTY, a_scenario, an_offer, answered, commitment, on_demand, online

from planner.analysis.infeasible.shortages import below_budget
from planner.pipeline import prepare
from planner.solver import Watch

YEAR = 8760.0


def asked(first: float, second: float, hourly: float = 1.0, upfront: float = 0.9, **fields: Any) -> Any:
    """One node for two years: by the hour, or for both at once, 2 · `upfront` years of an hour; budgets in years of an hour."""
    offer = an_offer(
        "pool", {"w": 10}, on_demand(hourly), commitment(upfront, 2, upfront_fraction=1.0), provider="seller"
    )
    return a_scenario(
        periods=[{"hours": YEAR}, {"hours": YEAR}],
        workloads=[online("w", [10.0, 10.0])],
        offers=[offer],
        budget_per_year_usd=[first * YEAR, second * YEAR],
        **fields,
    )


@pytest.mark.parametrize("agreed", [False, True])
def test_the_least_common_raise_is_told(agreed: bool) -> None:
    """A share s of the node is bought for both years: 1 + 0.8 s <= 1.2 f and 1 - s <= 0.2 f, so f = 1.8 / 1.36."""
    tiers = [{"spend_per_year_usd": 10_000 * YEAR, "discount": 0.0001}]
    fields = {"spend_agreements": [{"provider": "seller", "tiers": tiers}]} if agreed else {}
    (cause,) = answered(asked(1.2, 0.2, **fields)).causes
    assert (
        cause.message
        == "each budget alone can be met, but not all of them: the demand needs 32.4% more in every budget"
    )
    assert cause.need == pytest.approx(1.324 * 1.4 * YEAR)


@pytest.mark.parametrize("seed", range(30))
def test_the_raise_is_the_least_in_drawn_budgets(seed: int) -> None:
    r = np.random.default_rng(seed)
    first, second, upfront = float(r.uniform(0.9, 1.6)), float(r.uniform(0.05, 0.9)), float(r.uniform(0.7, 0.95))
    question = prepare(asked(first, second, upfront=upfront), EMPTY)
    total, raised = 2 * upfront - 1, max(1.0 / first, 0.0)
    factor = max(2 * upfront / (first + total * second), raised)  # s = 1 - f · second, 1 + total · s <= f · first
    causes = below_budget(question.parameters, Watch())
    if first < 1 or factor <= 1:
        assert all("each budget alone" not in cause.message for cause in causes)
        return
    assert len(causes) == 1
    assert causes[0].need == pytest.approx(factor * (first + second) * YEAR, rel=1e-3)


def test_what_is_not_known_in_time_is_not_told() -> None:
    question = prepare(asked(1.2, 0.2), EMPTY)
    assert below_budget(question.parameters, Watch(deadline=0.0)) == ()
