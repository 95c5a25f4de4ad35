"""What is not delivered or not released in time is not called a cap."""

from planning import a_scenario, an_offer, answered, commitment, on_demand, online

from planner.domain.records.findings import Cause


def cause_of(*contracts: dict[str, object], **fields: object) -> Cause:
    """Why 31 units an hour from 2027-01 on cannot be served by nodes that do 10 each."""
    offer = an_offer("pool", {"chat": 10}, *contracts, accelerator="new", accelerators_per_node=1)
    scenario = a_scenario(start="2027-01", months=6, workloads=[online("chat", 31.0)], offers=[offer], **fields)
    (cause,) = answered(scenario).causes
    return cause


def test_what_is_delivered_later_is_said_to_be_late() -> None:
    cause = cause_of(commitment(1.7, 2, lead_periods=2))
    assert cause.message.endswith("serves 0: what fits is delivered only from 2027-03 on")
    assert cause.fix.startswith("shorten what delivery takes (`lead_times`, `lead_periods`, `lead_months`)")
    assert cause.period == "2027-01"


def test_what_is_there_already_is_told_apart_from_what_is_late() -> None:
    cause = cause_of(commitment(1.7, 2, lead_periods=2), on_demand(3.0, max_nodes=1))
    assert "serves 10: some of what fits is delivered only from 2027-03 on, and of the rest no more" in cause.message


def test_what_is_not_released_yet_cannot_be_had() -> None:
    cause = cause_of(on_demand(3.0), releases=[{"accelerator": "new", "month": "2027-04"}])
    assert cause.message.endswith("what fits can be had only from 2027-04 on")
    assert "`lead_times`" not in cause.fix


def test_a_cap_is_still_called_a_cap() -> None:
    assert cause_of(on_demand(3.0, max_nodes=2)).message.endswith(
        "serves 20: the caps on what can be had at once are too low"
    )
