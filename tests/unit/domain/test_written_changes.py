"""What a plan keeps of a question can be read again, also where something more than doubles."""

import pytest
from planning import a_scenario, an_offer, flexible, months, on_demand, planned

from planner.domain.scenario.scenario import Scenario


@pytest.mark.parametrize("growth", ["-50%", 0.35, "100%", "300%", "123.456%", "9999%"])
def test_growth_survives_being_written_down(growth: str | float) -> None:
    asked = a_scenario(
        periods=months(2),
        workloads=[flexible("w", 1.0, growth_per_year=growth)],
        offers=[an_offer("o", {"w": 1}, on_demand(1.0))],
    )
    again = Scenario.model_validate(asked.model_dump(mode="json"))
    assert again == asked
    assert planned(asked).audit.agrees
