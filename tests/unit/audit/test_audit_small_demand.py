"""Work that needs a thousandth of a node is met to a ten-millionth of a node, not of the work."""

import pytest
from planning import EMPTY, a_scenario, an_offer, flexible, months, on_demand

from planner.analysis import answer
from planner.audit import audit
from planner.domain.records import Plan


@pytest.fixture(scope="module")
def plan() -> Plan:
    """One unit of work an hour where a node does a thousand."""
    offers = [an_offer("large", {"w": 1000}, on_demand(30.0))]
    found = answer(a_scenario(periods=months(2), workloads=[flexible("w", [1.0, 1.0])], offers=offers), EMPTY).plan
    assert found is not None
    assert found.audit.agrees
    return found


@pytest.mark.parametrize(("missing", "agrees"), [(5e-5, True), (3e-4, False), (-3e-4, False)])
def test_only_what_is_nothing_of_a_node_may_be_missing(plan: Plan, missing: float, agrees: bool) -> None:
    first = plan.serving[0]
    less = first.model_copy(
        update={"work": first.work * (1 - missing), "capacity": None, "nodes": first.nodes * (1 - missing)}
    )
    found = audit(plan.model_copy(update={"serving": (less, *plan.serving[1:])}))
    assert all(rule != "demand" for rule, *_ in found.discrepancies) == agrees
