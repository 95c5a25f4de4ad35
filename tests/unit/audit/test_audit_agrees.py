"""Honest plans: the second accountant finds nothing."""

import audit_plans as plans
import pytest

from planner.audit import audit


@pytest.mark.parametrize("terminal", ["market", "annuity", "liability"])
def test_an_honest_plan_has_no_discrepancy(terminal: str) -> None:
    record = audit(plans.read(plans.startup(terminal)))
    assert record.discrepancies == ()
    assert record.agrees
    assert record.checks > 300
    assert record.largest_difference_usd < 0.01
