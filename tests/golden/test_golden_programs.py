"""Every family's rows of a program of two workloads, two options and two periods, as text to be read."""

import pytest
from goldens import matches
from planning import EMPTY, a_scenario, an_offer, commitment, flexible, on_demand, online, spot
from program_text import objective_of, rows_of, variables_of

from planner.domain.scenario import Scenario
from planner.formulation.build import FAMILIES, Built, build
from planner.pipeline import prepare

SIGN = an_offer(
    "sign", {"chat": 10, "train": 5}, commitment(2.0, 1, min_nodes=2, max_nodes=3, upfront_usd=100.0), groups=["both"]
)
RENT = an_offer("rent", {"chat": 10, "train": 4}, on_demand(3.0), groups=["both"])
CHANCE = an_offer("chance", {"chat": 10, "train": 4}, spot(1.0, interruptions_per_month=73))


def asked(second: dict) -> Scenario:  # type: ignore[type-arg]
    halves = [{"name": "day", "hours": 365}, {"name": "night", "hours": 365}]
    return a_scenario(
        periods=[{"hours": 730, "slices": halves}, {"hours": 730}],
        discount_rate=0.1,
        budget_total_usd=20000,
        budget_per_year_usd=18000,
        cap_groups=[{"name": "both", "max_nodes": 8}],
        workloads=[
            online(
                "chat", [[40.0, 20.0], [50.0]], max_spot_share=0.5, unserved={"usd_per_unit": 1, "max_fraction": 0.1}
            ),
            flexible("train", [8.0, 4.0], interruptible=True),
        ],
        offers=[SIGN, second],
    )


def built(family: str) -> Built:
    return build(prepare(asked(CHANCE if family == "spot" else RENT), EMPTY).parameters)


@pytest.mark.parametrize("family", [name for name, _ in FAMILIES])
def test_rows(family: str) -> None:
    matches(f"{family}.lp", rows_of(built(family), family))


def test_objective() -> None:
    matches("objective.lp", objective_of(built("objective")))


def test_variables() -> None:
    matches("variables.lp", variables_of(built("variables")))


def test_without_limits_a_family_has_no_rows() -> None:
    plain = a_scenario(months=1, workloads=[online("w", 1.0)], offers=[an_offer("o", {"w": 1}, on_demand(1.0))])
    program = build(prepare(plain, EMPTY).parameters)
    assert {family for family, _ in program.program.keys} == {"capacity", "demand"}
