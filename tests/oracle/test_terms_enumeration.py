"""Drawn instances of agreements, savings plans and blocks against plain enumeration: the same optimum, and an agreeing audit."""

import pytest
from planning import a_scenario, answered
from term_enumeration import Terms, draw, fields_of, least

SEEDS = range(0, 160, 40)


@pytest.mark.parametrize("first", SEEDS)
def test_the_optimum_is_that_of_enumeration(first: int) -> None:
    for seed in range(first, first + SEEDS.step):
        world = draw(seed)
        found = answered(a_scenario(**fields_of(world)))
        assert found.plan is not None, f"seed {seed}: {found.causes}"
        assert found.plan.npv_usd == pytest.approx(least(world), rel=1e-6, abs=1e-3), f"seed {seed}"
        assert found.plan.audit.agrees, f"seed {seed}: {found.plan.audit.discrepancies}"


@pytest.mark.exhaustive
def test_the_draws_reach_what_matters() -> None:
    worlds = [draw(seed) for seed in range(SEEDS.start, SEEDS.stop)]

    def count(*traits: bool) -> int:
        return sum(traits)

    assert count(*(bool(w.tiers) and w.take_or_pay and w.after for w in worlds)) > 20
    assert count(*(bool(w.tiers) and w.take_or_pay and not w.after for w in worlds)) > 20
    assert count(*(bool(w.tiers) and not w.take_or_pay for w in worlds)) > 20
    assert count(*(w.plan is not None and w.second is not None for w in worlds)) > 20
    assert count(*(w.block is not None for w in worlds)) > 60
    assert count(*(w.one_level and len(w.lengths) == 2 for w in worlds)) > 10
    signed = [w for w in worlds if signs(w)]
    assert len(signed) > 20


def signs(w: Terms) -> bool:
    """Whether an agreement is worth having at all."""
    plan = answered(a_scenario(**fields_of(w))).plan if w.tiers else None
    return plan is not None and any(record.level for record in plan.agreements)
