"""Work that needs a thousandth of a node is met to a billionth of a node."""

import pytest
from planning import EMPTY, a_scenario, an_offer, flexible, months, on_demand, online, planned

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


@pytest.mark.parametrize(("missing", "agrees"), [(5e-7, True), (5e-6, False), (-5e-6, False)])
def test_only_what_is_nothing_of_a_node_may_be_missing(plan: Plan, missing: float, agrees: bool) -> None:
    first = plan.serving[0]
    less = first.model_copy(
        update={"work": first.work * (1 - missing), "capacity": None, "nodes": first.nodes * (1 - missing)}
    )
    found = audit(plan.model_copy(update={"serving": (less, *plan.serving[1:])}))
    assert all(rule != "demand" for rule, *_ in found.discrepancies) == agrees


@pytest.mark.parametrize("demand", [4e-9, 1e-6, 2e-5])
def test_shares_of_next_to_nothing_are_met_to_what_is_nothing_of_a_node(demand: float) -> None:
    """A tenth of it must not depend on one provider; nodes are written to a billionth."""
    offers = [an_offer(name, {"w": 3, "v": 3}, on_demand(usd), provider=name) for name, usd in (("p", 3.0), ("q", 4.0))]
    works = [online("w", [4.0, 4.0]), flexible("v", [demand, demand])]
    scenario = a_scenario(periods=months(2), workloads=works, offers=offers, max_share_per_provider=0.9)
    plan = planned(scenario)
    assert plan.audit.agrees, plan.audit.discrepancies
    alone = [r for r in plan.serving if plan.inputs.options[0].option == r.option or r.workload == "v"]
    assert not audit(plan.model_copy(update={"serving": tuple(alone)})).agrees


def test_a_cap_on_next_to_no_carbon_is_held_to_a_millionth_of_it() -> None:
    """730 kWh at a millionth of a gram; a cap is not kept by being small."""
    offers = [an_offer("n", {"w": 1}, on_demand(3.0), region="r", kw_per_node=1.0)]
    carbon = {"max_tonnes_per_year": 1.0, "intensity_g_per_kwh": {"default": 1e-6}}
    plan = planned(a_scenario(periods=months(1), workloads=[online("w", [1.0])], offers=offers, carbon=carbon))
    emitted, asked = 730 * 1e-12, plan.scenario.resolved
    for share, agrees in ((1.000001, True), (0.9, False)):
        capped = {**asked, "carbon": {**asked["carbon"], "max_tonnes_per_year": emitted * share}}
        changed = plan.model_copy(update={"scenario": plan.scenario.model_copy(update={"resolved": capped})})
        assert all(rule != "carbon-cap" for rule, *_ in audit(changed).discrepancies) == agrees
