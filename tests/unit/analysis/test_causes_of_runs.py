"""A training run that cannot be placed is named, with what the largest cluster would do and what is asked."""

import re

import pytest
from planning import EMPTY, a_scenario, an_offer, answered, commitment, months, on_demand, online

from planner.analysis.infeasible.diagnosis import diagnose
from planner.solver.watch import Watch

STEADY = {"failures_per_accelerator_year": 0, "checkpoint_write_minutes": 0}


def test_a_run_that_is_too_large_for_its_window_is_named() -> None:
    """Four nodes of 2 steps an hour do 4 x 2 x 730 = 5,840 steps in the one month there is."""
    run = {"name": "big", "kind": "training_run", "unit": "step", "work": 6000, "max_accelerators": 4} | STEADY
    offer = an_offer("o", {"big": 2.0}, on_demand(1.0))
    found = answered(a_scenario(periods=months(1), workloads=[run], offers=[offer]))
    assert found.stop == "infeasible"
    (cause,) = found.causes
    assert (cause.family, cause.workload, cause.have, cause.need) == ("gang", "big", 5840.0, 6000.0)
    assert "`deadline`" in cause.fix


def test_the_same_run_with_one_more_node_is_placed() -> None:
    run = {"name": "big", "kind": "training_run", "unit": "step", "work": 6000, "max_accelerators": 5} | STEADY
    found = answered(
        a_scenario(periods=months(1), workloads=[run], offers=[an_offer("o", {"big": 2.0}, on_demand(1.0))])
    )
    assert found.stop == "done"


def test_a_run_that_nothing_fits_is_named() -> None:
    run = {"name": "big", "kind": "training_run", "unit": "step", "work": 10} | STEADY
    chat = {"name": "chat", "kind": "inference", "unit": "u", "demand_per_hour": 1.0}
    found = answered(
        a_scenario(periods=months(1), workloads=[run, chat], offers=[an_offer("o", {"chat": 1.0}, on_demand(1.0))])
    )
    assert found.stop == "infeasible"
    assert [(cause.family, cause.workload) for cause in found.causes] == [("throughput", "big")]


@pytest.mark.parametrize("largest", [8, 12, 16, 40])
@pytest.mark.parametrize("work", [9.0, 15.0, 20.0])
def test_what_is_said_to_help_was_solved_or_is_said_not_to_be_enough(largest: int, work: float) -> None:
    """A window of two months, of which the node is there in one; 12 nodes at most, so many in the cluster."""
    run = {"name": "big", "kind": "training_run", "unit": "step", "work": work * 730, "deadline_period": 2} | STEADY
    run |= {"earliest_period": 1, "max_accelerators": largest}
    offer = an_offer("n", {"big": 1.0}, on_demand(2.0, max_nodes=12), accelerators_per_node=1)
    scenario = a_scenario(start="2027-01", months=8, workloads=[run], offers=[offer | {"available_from": "2027-03"}])
    found = answered(scenario)
    assert found.stop == ("done" if work <= min(largest, 12) else "infeasible")
    if found.stop == "done":
        return
    told = diagnose(scenario, EMPTY, found.causes, Watch())
    assert told.repairs
    nodes = min(largest, 12)
    enough = {"max_nodes": work <= largest, "available_from": work <= 2 * nodes, "deadline_period": True}
    enough |= {"max_accelerators": work <= 12, "interruptible": work <= 12}
    for cause in told.causes:
        said = re.match(r"(?:raise|lower|move|relax) `([^`]+)`(, which alone is not enough)?", cause.fix)
        if said is None:
            continue
        path, denied = said.groups()
        assert enough[path.rpartition(".")[2]] is (denied is None), (cause.fix, largest, work)


@pytest.mark.parametrize("first", [0, 1, 2])
@pytest.mark.parametrize("key", ["start", "start_period"])
def test_a_later_start_is_told_from_where_the_work_begins(key: str, first: int) -> None:
    offers = [an_offer("n", {"chat": 1.0}, commitment(1.0, 2, lead_periods=4))]
    asked = [online("chat", 1.0) | {key: first if key == "start_period" else f"2027-0{first + 1}"}]
    scenario = a_scenario(start="2027-01", months=8, workloads=asked, offers=offers)
    told = diagnose(scenario, EMPTY, answered(scenario).causes, Watch())
    (repair,) = [one for one in told.repairs if "start" in one.change]
    assert repair.set == {f"workloads.chat.{key}": 4 if key == "start_period" else "2027-05"}
    assert f"from 2027-0{first + 1} to 2027-05 ({4 - first} periods later)" in repair.by


@pytest.mark.parametrize("end", [4, 6, 7])
@pytest.mark.parametrize("kind", ["inference", "run"])
def test_a_later_start_stays_before_the_end_of_the_work(kind: str, end: int) -> None:
    """Freed, all work began in the last month: what ends before made the scenario wrong, and no way out was found."""
    run = {"name": "a", "kind": "training_run", "unit": "u", "work": 1.0, "deadline": f"2027-0{end}"} | STEADY
    work = [run if kind == "run" else online("a", 1.0, end=f"2027-0{end + 1}"), online("b", 1.0)]
    offers = [an_offer("n", {"a": 1.0, "b": 1.0}, on_demand(2.0)) | {"available_from": "2027-03"}]
    scenario = a_scenario(start="2027-01", months=8, workloads=work, offers=offers, budget_total_usd=5000.0)
    told = diagnose(scenario, EMPTY, answered(scenario).causes, Watch())
    ways = [set(repair.set) for repair in told.repairs]
    assert any("workloads.b.start" in way for way in ways), ways
