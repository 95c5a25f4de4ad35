"""Walk-away prices of every deal that a plan of an example signs, solved again just below and just above."""

import time

import pytest
from example_plans import EXAMPLES, NAMES

from planner.analysis.deals import negotiate
from planner.inputs.catalog.load import load_catalog
from planner.inputs.scenario_file import load_scenario
from planner.solver import Watch

pytestmark = pytest.mark.exhaustive
GAP, SECONDS = 0.02, 1_200.0
SIGNING = {"startup", "scaleup"}
"""Examples whose plans sign something at one price; the others own, agree on spend or pay by use."""


@pytest.mark.parametrize("name", NAMES)
def test_walk_away_prices_of_an_example_are_confirmed_on_both_sides(name: str) -> None:
    watch = Watch(deadline=time.monotonic() + SECONDS)
    found = negotiate(load_scenario(EXAMPLES / f"{name}.yaml").scenario, load_catalog(), watch, gap=GAP).negotiation
    assert found is not None
    assert found.agrees
    assert found.complete or name == "scaleup", "all deals in time"
    priced = [deal for deal in found.deals if deal.walk_away_usd is not None]
    assert bool(priced) >= (name in SIGNING), "there are deals"
    for deal in priced:
        assert deal.confirmed, deal.sentence
        assert deal.below is not None
        assert deal.above is not None
        assert deal.below.signed
        assert not deal.above.signed
        assert deal.walk_away_fraction is not None
        assert deal.below.fraction < deal.walk_away_fraction < deal.above.fraction
        assert deal.below.npv_usd <= deal.above.npv_usd * (1 + 1e-9), "a higher price costs no less"
    for runner_up in (one for deal in found.deals for one in deal.runners_up):
        assert runner_up.confirmed, runner_up.sentence
