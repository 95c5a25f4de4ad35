"""Every number of a scenario has a largest value, and what is above it is refused at its field with that value."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.domain.fields.quantity import MOST_PER_HOUR, MOST_PERIODS
from planner.errors import InputErrors
from planner.inputs.json_schema import scenario_schema
from planner.inputs.scenario_file import parse_scenario

SCHEMA = scenario_schema()
LEAST: dict[str, Any] = {
    "catalog": "none",
    "periods": [{"hours": 730}],
    "workloads": [{"name": "w", "kind": "inference", "unit": "u", "demand_per_hour": 4}],
    "savings_plans": [{"name": "sp", "provider": "p", "term_periods": 1, "rates": [{"discount": "20%"}]}],
    "offers": [
        {
            "name": "n",
            "provider": "p",
            "throughput": {"w": 2},
            "contracts": [
                {"kind": "on_demand", "usd_per_hour": 3, "max_nodes": 9},
                {"kind": "commitment", "usd_per_hour": 2, "term_periods": 3, "upfront_usd": 5, "lead_periods": 1},
                {"kind": "spot", "usd_per_hour": 1, "interruptions_per_month": 2},
            ],
        }
    ],
    "held": [{"name": "h", "nodes": 1, "periods": 1, "usd_per_hour": 1, "throughput": {"w": 1}}],
    "cash": {"at_hand_usd": 1000000, "income_per_month_usd": 5, "other_costs_per_month_usd": 1, "minimum_usd": 1},
    "budget_total_usd": 100000,
    "carbon": {"usd_per_tonne": 10},
    "own": {
        "sites": [{"name": "s", "kind": "colocation", "country": "DE", "term_months": 1, "staff_usd_per_mw_year": 5}],
        "servers": [{"name": "b", "throughput": {"w": 3}, "price_usd": 10, "software_usd_per_accelerator_year": 7}],
    },
}
"""A scenario with many amounts; it is enough that its fields are valid one by one."""


def numbers(node: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], dict[str, Any]]]:
    """(Path, schema) of every number in a JSON Schema."""
    if isinstance(node, dict):
        if node.get("type") in ("number", "integer"):
            yield path, node
        for key, value in node.items():
            yield from numbers(value, (*path, str(key)))
    elif isinstance(node, list):
        for i, value in enumerate(node):
            yield from numbers(value, (*path, str(i)))


def amounts(node: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Paths of the numbers of a scenario."""
    if isinstance(node, dict):
        for key, value in node.items():
            yield from amounts(value, (*path, key))
    elif isinstance(node, list):
        for i, value in enumerate(node):
            yield from amounts(value, (*path, i))
    elif isinstance(node, int | float) and not isinstance(node, bool):
        yield path


def with_value(path: tuple[Any, ...], value: Any) -> str:
    changed = json.loads(json.dumps(LEAST))
    place = changed
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = value
    return json.dumps(changed)


def refused(text: str) -> list[tuple[str, str]]:
    with pytest.raises(InputErrors) as caught:
        parse_scenario(text, "s.json")
    return [(mistake.path, mistake.what) for mistake in caught.value.mistakes]


def dotted(path: tuple[Any, ...]) -> str:
    return ".".join(str(key) for key in path)


def test_every_number_of_the_schema_has_a_largest_value():
    found = list(numbers(SCHEMA))
    assert len(found) > 150
    assert [path for path, node in found if not {"maximum", "exclusiveMaximum"} & set(node)] == []


def test_a_term_of_two_million_periods_is_refused_at_its_field():
    path = ("savings_plans", 0, "term_periods")
    assert refused(with_value(path, 2_000_000)) == [
        (dotted(path), f"must be at most {MOST_PERIODS:,}, not `2000000`"),
    ]


def test_a_price_of_1e18_is_refused_at_its_field():
    path = ("offers", 0, "contracts", 0, "usd_per_hour")
    assert refused(with_value(path, 1e18)) == [(dotted(path), "must be at most 1,000,000, not `1e+18`")]


@pytest.mark.parametrize("hours", [8.76e-6, 5e-05])
def test_a_period_of_next_to_no_time_is_refused_at_its_field(hours: float):
    """Reported: in 8.76e-6 hours all money is less than what it is rounded to, and the audit disagreed."""
    path = ("periods", 0, "hours")
    assert refused(with_value(path, hours)) == [(dotted(path), f"must be at least 0.0001, not `{hours}`")]


def test_wages_of_1e30_are_refused_at_their_field():
    path = ("own", "sites", 0, "staff_usd_per_mw_year")
    assert refused(with_value(path, 1e30)) == [(dotted(path), "must be at most 1,000,000,000,000, not `1e+30`")]


def test_a_demand_of_1e11_units_is_refused_at_its_field():
    path = ("workloads", 0, "demand_per_hour")
    assert refused(with_value(path, 1e11)) == [(dotted(path), "must be at most 1,000,000,000, not `100000000000.0`")]


@given(st.sampled_from(list(amounts(LEAST))), st.floats(16, 300), st.booleans())
def test_whatever_is_far_too_large_is_refused_where_it_stands(path: tuple[Any, ...], exponent: float, short: bool):
    huge: Any = f"{10 ** (exponent - 12):.6e}T" if short else 10**exponent
    said = dict(refused(with_value(path, huge)))
    assert dotted(path) in said
    assert "at most" in said[dotted(path)] or "below" in said[dotted(path)] or "whole number" in said[dotted(path)]


@pytest.mark.parametrize(
    ("change", "where"),
    [
        ({"growth_per_week": "10000%"}, "growth_per_week"),
        ({"growth_per_year": "10000%"}, "growth_per_year"),
        ({"surges": [{"after_months": 0, "weeks": 200, "growth_per_week": "100%"}]}, "surges"),
        ({"demand_per_hour": 1e9, "spike": {"multiplier": 1e6, "hours_per_year": 9}}, "spike"),
    ],
)
def test_growth_that_compounds_beyond_the_limit_is_refused_at_the_growth(change: dict[str, Any], where: str):
    scenario = {"workloads": [{**LEAST["workloads"][0], **change}], "years": 10, "start": "2027-01"}
    ((path, what),) = refused(json.dumps(scenario))
    assert path == f"workloads.w.{where}" or path == f"workloads.0.{where}"
    assert f"{MOST_PER_HOUR:,.0f}" in what


def test_a_throughput_that_would_need_more_nodes_than_can_be_counted_is_refused():
    ((path, what),) = refused(with_value(("offers", 0, "throughput", "w"), 1e-9))
    assert path == "offers.0.throughput.w"
    assert what == "`w` would need 4e+09 nodes of `n` at 1e-09 an hour each, at most 100,000,000"


def test_a_multiple_of_all_demand_counts():
    scenario = {"workloads": [{**LEAST["workloads"][0], "demand_per_hour": 1e6}], "years": 1, "demand_scale": 1e6}
    ((path, what),) = refused(json.dumps(scenario))
    assert path == "workloads.0.demand_per_hour"
    assert "at `demand_scale` 1e+06" in what


@pytest.mark.parametrize("rate", [1e-7, 7e-9, 1e-300])
def test_a_demand_that_no_solver_can_tell_from_none_is_refused(rate: float):
    ((path, what),) = refused(with_value(("workloads", 0, "demand_per_hour"), rate))
    assert path == "workloads.0.demand_per_hour"
    assert "too little to plan" in what


def test_no_demand_is_a_demand():
    assert parse_scenario(with_value(("workloads", 0, "demand_per_hour"), 0), "s.json").workloads


@pytest.mark.parametrize(("years", "grows", "right"), [(30, "50%", True), (5, "200%", True), (30, "10000%", False)])
def test_prices_stay_countable_to_the_end(years: int, grows: str, right: bool) -> None:
    """Four dollars that grow a hundredfold a year for thirty years ended in an internal error."""
    fields: dict[str, Any] = {key: LEAST[key] for key in ("catalog", "workloads")} | {
        "start": "2027-01",
        "years": years,
    }
    fields["offers"] = [LEAST["offers"][0] | {"contracts": [{"kind": "on_demand", "usd_per_hour": 4}]}]
    fields["price_changes"] = [{"per_year": grows}]
    if right:
        assert parse_scenario(json.dumps(fields), "s.json").price_changes
        return
    with pytest.raises(InputErrors) as found:
        parse_scenario(json.dumps(fields), "s.json")
    assert [m.path for m in found.value.mistakes] == ["price_changes.0.per_year"]
