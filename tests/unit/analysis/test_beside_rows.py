"""Limits that are no rows of the program bind too, and a limit that stands in the rows of a switch as well is taken away there."""

import random
from typing import Any

import pytest
from planning import a_colocation, a_scenario, a_server, an_offer, on_demand, online, owning, planned

from planner.analysis.infeasible.settings import changed
from planner.domain.records.plan import Binding
from planner.domain.scenario.scenario import Scenario
from planner.report.plan.render import render_plan

YEAR = 8760
Json = dict[str, Any]


def a_term(usd: float, count: int, **fields: Any) -> Json:
    return {"kind": "commitment", "usd_per_hour": usd, "term_months": count} | fields


def asked(**fields: Any) -> Scenario:
    return a_scenario(**({"start": "2027-01", "months": 12, "terminal": "liability", "replicas": "whole"} | fields))


def nodes(count: float, *contracts: Json, **fields: Any) -> Json:
    return {"workloads": [online("w", count)], "offers": [an_offer("n", {"w": 1}, *contracts, **fields)]}


OWNED: Json = {
    "months": 36,
    "workloads": [online("w", 2)],
    "offers": [an_offer("n", {"w": 1}, on_demand(10.0))],
    "own": owning([a_colocation("hall", max_mw=0.001)], [a_server("box", {"w": 1}, 100_000)]),
}
FALLS: Json = {"share": 0.3, "when": "always", "model": "small", "usd_per_unit": 1}
OPEN: Json = {
    "workloads": [{"name": "w", "kind": "inference", "model": "gpt-4o", "tokens_per_day": "240M", "fallback": FALLS}],
    "offers": [
        an_offer("card", {"w/fallback": 100}, on_demand(20.0)),
        {"kind": "hosted_api", "name": "api", "provider": "o", "model": "gpt-4o", "usd_per_mtok_input": 10,
         "usd_per_mtok_output": 10},
    ],
    "hosted_apis": None,
}  # fmt: skip
CASES: dict[str, tuple[Json, str, str, float]] = {
    # five nodes for the three months until what was signed is there: 5 × 2,190 × 10, which five nodes signed would serve too
    "delivery": (nodes(5, on_demand(10.0), a_term(5.0, 12, lead_months=3)), "lead_months", "offers.n.contracts.1", 109_500),
    "a date": (
        nodes(3, on_demand(10.0))
        | {"offers": [an_offer("n", {"w": 1}, on_demand(10.0)), an_offer("m", {"w": 1}, on_demand(5.0), available_from="2027-07")]},
        "available_from", "offers.m", 3 * 5 * YEAR / 2,
    ),
    # a lot of eight at 6 for five nodes, instead of five
    "a smallest lot": (nodes(5, on_demand(10.0), a_term(6.0, 12, min_nodes=8)), "min_nodes", "offers.n.contracts.1", 3 * 6 * YEAR),
    "a fixed quantity": (
        nodes(5, on_demand(1.0), a_term(3.0, 12, exact_nodes=1)), "exact_nodes", "offers.n.contracts.1", 2 * YEAR,
    ),
    "the longest term": (
        nodes(3, on_demand(10.0), a_term(6.0, 12), a_term(4.0, 36)) | {"months": 36, "max_term_months": 12},
        "max_term_months", "", 3 * 2 * 3 * YEAR,
    ),
    "what may stay unserved": (
        {"workloads": [online("w", 10, unserved={"usd_per_unit": 0.5, "max_fraction": 0.1})],
         "offers": [an_offer("n", {"w": 1}, on_demand(1.0))]},
        "max_fraction", "workloads.w.unserved", 9 * 0.5 * YEAR,
    ),
    # all of it by the card at 20 and a dollar a unit, instead of seven tenths by the API
    "what may fall back": (OPEN, "share", "workloads.w.fallback", (70 + 20 + 3 - 20 - 10) * YEAR),
}  # fmt: skip


def only(found: tuple[Binding, ...]) -> Binding:
    (binding,) = found
    return binding


@pytest.mark.parametrize("name", CASES)
def test_what_is_no_row_binds_and_costs_what_the_plan_costs_less_without_it(name: str) -> None:
    fields, constraint, key, usd = CASES[name]
    plan = planned(asked(**fields))
    found = only(plan.binding)
    assert (found.constraint, found.key) == (constraint, key)
    assert found.without_saves_usd == pytest.approx(usd, rel=1e-6)
    said = " ".join(render_plan(plan, "table").split())
    assert f"{constraint}{f' ({key})' if key else ''}: without it the plan costs" in said
    assert "No other limit binds: 1 limit was taken away" in said


def test_the_power_of_a_site_binds_where_a_second_server_would_pay() -> None:
    """A server instead of a node by the hour for three years: 262,800 against 100,000, of which a quarter is left."""
    plan = planned(asked(**OWNED))
    found = only(plan.binding)
    assert (found.constraint, found.key) == ("max_mw", "own.sites.0")
    assert found.without_saves_usd == pytest.approx(262_800 - 75_000, rel=1e-3)


def test_dates_that_bind_only_together_are_named_together() -> None:
    """A site and its servers both take a quarter: a server at once needs both."""
    lead = {"lead_months": 3}
    own = owning([a_colocation("hall", **lead)], [a_server("box", {"w": 1}, 1000, **lead)])
    plan = planned(asked(**OWNED | {"own": own, "months": 12}))
    found = only(plan.binding)
    assert found.constraint == "own.sites.0.lead_months and own.servers.0.lead_months"
    assert found.step is None
    assert found.without_saves_usd == pytest.approx(2 * 3 * 7300, rel=1e-2)


def test_a_number_of_pools_does_not_hide_the_quantity_that_binds() -> None:
    """Three nodes at 10 in one pool, since the other has two at 5: a third node there, or a second pool."""
    offers = [an_offer("a", {"w": 1}, on_demand(10.0)), an_offer("new", {"w": 1}, on_demand(5.0, max_nodes=2))]
    plan = planned(asked(max_pools=1, workloads=[online("w", 3)], offers=offers))
    assert plan.npv_usd == pytest.approx(30 * YEAR)
    assert [(b.constraint, b.step, b.step_saves_usd, b.without_saves_usd) for b in plan.binding] == [
        ("max_nodes", 1, pytest.approx(15 * YEAR), pytest.approx(15 * YEAR)),
        ("max_pools", 1, pytest.approx(10 * YEAR), pytest.approx(10 * YEAR)),
    ]


def test_a_smallest_line_binds() -> None:
    """An eleventh node in December at 3: three of its months make a line of 5,000, and cost 0.50 an hour more than at 2.50."""
    offers = [
        an_offer("x", {"w": 1}, on_demand(3.0), provider="x"),
        an_offer("y", {"w": 1}, on_demand(2.5, max_nodes=10), provider="y"),
    ]
    plan = planned(asked(min_line_usd=5000, workloads=[online("w", [10] * 11 + [11])], offers=offers))
    assert plan.npv_usd == pytest.approx(118 * 1825 + 3 * 2190)
    found = {b.constraint: b for b in plan.binding}
    assert found["min_line_usd"].without_saves_usd == pytest.approx(730)
    assert found["max_nodes"].without_saves_usd == pytest.approx(118 * 1825 + 3 * 2190 - 121 * 1825)
    assert "less saves" in " ".join(render_plan(plan, "table").split())


COUNTED = ("max_providers", "max_pools", "min_line_usd", "max_signings_per_year")


def drawn(seed: int) -> Scenario:
    """Two or three sellers with little of the cheap, and a limit on the number or the size of what is used."""
    r = random.Random(f"beside {seed}")
    offers = [
        an_offer(
            f"o{k}", {"w": r.choice([1, 2])},
            on_demand(r.randint(4, 12), **({"max_nodes": r.randint(1, 3)} if k else {})),
            *([a_term(r.randint(3, 6), r.choice([2, 3]), max_nodes=r.randint(1, 2))] if r.random() < 0.6 else []),
            provider=r.choice("pq"),
        )
        for k in range(r.choice([2, 3]))
    ]  # fmt: skip
    limit = r.choice(COUNTED)
    return a_scenario(
        periods=None, start="2027-01", months=3, workloads=[online("w", [r.randint(1, 5) for _ in range(3)])],
        offers=offers, **{limit: r.choice([2000, 9000]) if limit == "min_line_usd" else r.choice([1, 2])},
    )  # fmt: skip


@pytest.mark.parametrize("first", range(0, 60, 20))
def test_on_drawn_worlds_what_a_limit_costs_is_what_the_plan_costs_less_without_it(first: int) -> None:
    named = 0
    for seed in range(first, first + 20):
        scenario = drawn(seed)
        plan = planned(scenario)
        said = {(b.constraint, b.key): b.without_saves_usd for b in plan.binding if b.step is not None}
        gone: dict[tuple[str, str], Scenario] = {
            (name, ""): changed(scenario, {(name,): None}) for name in COUNTED if getattr(scenario, name) is not None
        }
        for o, offer in enumerate(scenario.offers):
            for c, contract in enumerate(offer.contracts):
                if getattr(contract, "max_nodes", None) is not None:
                    key = f"offer:o{o}" + (f"#{c + 1}" if len(offer.contracts) > 1 else "")
                    gone["max_nodes", key] = changed(scenario, {("offers", o, "contracts", c, "max_nodes"): None})
        for limit, freer in gone.items():
            saves = plan.npv_usd - planned(freer).npv_usd
            assert (said.get(limit) or 0.0) == pytest.approx(saves, abs=0.05), (seed, limit, plan.binding)
            named += limit in said
    assert named >= 10, named
