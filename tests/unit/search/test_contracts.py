"""First tries for contracts of power that have a smallest size."""

from dataclasses import replace

import numpy as np
import pytest
from planning import a_colocation, a_scenario, a_server, an_offer, months, on_demand, online, owning, solution

from planner.search.options import DEFAULT
from planner.search.power_contracts import Contracts


def test_a_contract_is_signed_once_those_before_are_used_up() -> None:
    """60, 10, 10, 10, 10 kW at 50 kW at least: 60, then 50 for the growth of all that follows."""
    contracts = Contracts((0, 1, 2, 3, 4), (5, 6, 7, 8, 9), 50.0)
    x = np.array([0.0, 0, 0, 0, 0, 60, 10, 10, 10, 10])
    assert contracts.preferred(x) == {0: 1.0, 1: 1.0, 2: 0.0, 3: 0.0, 4: 0.0}
    assert sum(contracts.preferred(np.zeros(10)).values()) == 0.0


def test_growth_by_small_steps_is_owned_under_large_contracts(monkeypatch: pytest.MonkeyPatch) -> None:
    """The relaxation signs a little every month, which rounds to no contract at all; the plan owns nevertheless."""
    monkeypatch.setattr("planner.search.routing.DEFAULT", replace(DEFAULT, direct_integers=-1))
    monkeypatch.setattr("planner.search.site_tree.MOST_NODES", 2)
    monkeypatch.setattr("planner.search.site_tree.MEDIUM_INTEGERS", 0)
    demand = [300.0 * 1.12**t for t in range(24)]
    site = a_colocation("hall", term_months=12, min_kw=60, rent_usd_per_kw_month=10, team_usd_per_year=5000)
    found = solution(
        a_scenario(
            periods=months(24),
            workloads=[online("work", demand)],
            offers=[an_offer("node", {"work": 10}, on_demand(3.0))],
            own=owning([site], [a_server("box", {"work": 10}, 20_000)]),
        ),
        gap=0.05,
    )
    assert found.decisions is not None
    assert found.decisions.opened
    assert found.outcome.status == "optimal"
