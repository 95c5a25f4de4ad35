"""A training run that cannot be placed is named, with what the largest cluster would do and what is asked."""

from planning import a_scenario, an_offer, answered, months, on_demand

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
