"""One number or word about agreements, savings plans or blocks is changed; the rule that guards it must say so."""

import copy
from functools import cache
from typing import Any

import pytest
from planning import a_scenario, an_offer, flexible, months, on_demand, online, planned

from planner.audit import audit
from planner.domain.records.plan import plan_from_json_value

Json = dict[str, Any]


def scenario_with_all_terms() -> Any:
    """A floor of dollars an hour, peaks on demand, a block for the jobs of the first month, two tiers of spend."""
    halves = [{"name": "day", "hours": 365}, {"name": "night", "hours": 365}]
    block = {"kind": "block", "usd_per_hour": 0.4, "days": 14, "start_period": 0, "max_nodes": 3}
    month = {"kind": "block", "usd_per_hour": 0.55, "days": 30, "max_nodes": 1}
    return a_scenario(
        periods=[{"hours": 730, "slices": halves}] * 2,
        discount_rate=0.1,
        support={"q": 0.1},
        credits=[{"provider": "q", "usd": 500}],
        budget_total_usd=50_000,
        spend_agreements=[
            {
                "provider": "q",
                "covers": ["on_demand", "savings_plan", "block"],
                "tiers": [{"spend_per_year_usd": 20_000, "discount": 0.05}, {"spend_per_year_usd": 66_000, "discount": 0.2}],
                "source": "draft",
                "as_of": "2026-11",
            }
        ],
        savings_plans=[
            {
                "name": "sp", "provider": "q", "term_periods": 2, "upfront_fraction": 0.5, "max_usd_per_hour": 9,
                "rates": [{"discount": 0.3}, {"discount": 0.35, "region": "r2"}], "source": "quote", "as_of": "2026-11",
            }
        ],
        workloads=[
            online("w", [[8.0, 6.0], [8.0, 6.0]], regions=["r1"]),
            online("v", [[2.0, 2.0], [2.0, 2.0]], regions=["r2"]),
            flexible("jobs", [1.0, 0.0]),
        ],
        offers=[
            an_offer("a", {"w": 1, "jobs": 1}, on_demand(1.0), block, month, provider="q", region="r1"),
            an_offer("b", {"v": 1}, on_demand(1.2), provider="q", region="r2"),
        ],
    )  # fmt: skip


@cache
def honest() -> Json:
    return planned(scenario_with_all_terms()).to_json_value()


def at(value: Any, path: str) -> tuple[Any, str | int]:
    *way, last = path.split("/")
    for part in way:
        value = value[int(part)] if isinstance(value, list) else value[part]
    return value, int(last) if isinstance(value, list) else last


def rules_after(*changes: tuple[str, Any]) -> set[str]:
    """Rules that object to the plan with some values changed; a text with a sign in front is added."""
    plan = copy.deepcopy(honest())
    for path, new in changes:
        holder, key = at(plan, path)
        added = isinstance(new, str) and new[:1] in "+-"
        holder[key] = holder[key] + float(new) if added else new
    return {found[0] for found in audit(plan_from_json_value(plan)).discrepancies}


def index(of: str, **traits: Any) -> str:
    """Path of the first record with these traits."""
    return next(f"{of}/{i}" for i, r in enumerate(honest()[of]) if all(r[k] == v for k, v in traits.items()))


def option(name: str) -> str:
    return next(f"inputs/options/{i}" for i, r in enumerate(honest()["inputs"]["options"]) if r["option"] == name)


def test_the_plan_has_all_of_it_and_agrees() -> None:
    plan = honest()
    assert plan["agreements"][0]["level"] == 2
    assert plan["agreements"][0]["shortfall_usd"] > 0 or plan["agreements"][0]["rebate_usd"] > 0
    assert {c["option"] for c in plan["covered"]} == {"offer:a#1", "offer:b"}
    lines = {line["option"] for line in plan["lines"]}
    assert {"savings-plan:sp", "offer:a#2"} <= lines
    assert rules_after() == set()


COVERED = "covered/0"


@pytest.mark.parametrize(
    ("path", "value", "rule"),
    [
        ("agreements/0/level", 1, "agreement-rebate"),
        ("agreements/0/level", 0, "agreement-rebate"),
        ("agreements/0/level", 3, "agreement-level"),
        ("agreements/0/threshold_usd", "+1", "agreement-level"),
        ("agreements/0/discount_fraction", 0.25, "agreement-rebate"),
        ("agreements/0/covered_spend_usd", "+1", "agreement-spend"),
        ("agreements/0/rebate_usd", "+1", "agreement-rebate"),
        ("agreements/0/shortfall_usd", "+1", "agreement-shortfall"),
        ("agreements/0/provider", "r", "agreement-level"),
        ("agreements/0/plan_year", 1, "agreement-level"),
        ("agreements/0/credited_usd/0", "-1", "credit-covered"),
        ("agreements/0/credited_usd/0", "+1", "agreement-rebate"),
        ("agreements/0/credited_usd/1", -400.0, "credit-covered"),
        ("agreements/0/credited_usd", [], "credit-covered"),
        ("agreements/0/credited_usd", [0.0], "credit-covered"),
        ("agreements/0/source", "hearsay", "price-provenance"),
        ("agreements", [], "agreement-level"),
        (f"{COVERED}/nodes", "+50", "savings-nodes"),
        (f"{COVERED}/nodes", "+1", "savings-committed"),
        (f"{COVERED}/usd_per_hour", "-0.1", "savings-rate"),
        (f"{COVERED}/option", "offer:a#2", "savings-scope"),
        (f"{COVERED}/savings_plan", "offer:a#1", "savings-scope"),
        (f"{COVERED}/period", 9, "unknown-slice"),
        (f"{COVERED}/nodes", -1.0, "negative"),
    ],
)
def test_a_changed_record_is_noticed(path: str, value: Any, rule: str) -> None:
    assert rule in rules_after((path, value))


@pytest.mark.parametrize(
    ("name", "field", "value", "rule"),
    [
        ("savings-plan:sp", "usd_per_hour", 0.4, "savings-price"),
        ("savings-plan:sp", "upfront_usd", "-100", "savings-price"),
        ("savings-plan:sp", "term_periods", 1, "savings-price"),
        ("savings-plan:sp", "max_nodes", 99.0, "savings-price"),
        ("savings-plan:sp", "provider", "r", "savings-scope"),
        ("savings-plan:sp", "discount_fraction", 0.1, "option-discount"),
        ("offer:a#2", "block_hours", "+24", "block-length"),
        ("offer:a#2", "period_share", 1.0, "block-length"),
        ("offer:a#2", "term_periods", 2, "block-length"),
        ("offer:a#2", "upfront_usd", "-10", "block-price"),
        ("offer:a#2", "usd_per_hour", 0.1, "block-price"),
        ("offer:a#2", "min_nodes", 2, "inline-price"),
        ("offer:a#1", "period_share", 0.5, "block-origin"),
    ],
)
def test_a_changed_option_is_noticed(name: str, field: str, value: Any, rule: str) -> None:
    assert rule in rules_after((f"{option(name)}/{field}", value))


def test_a_block_that_is_moved_is_noticed() -> None:
    line = index("lines", option="offer:a#2")
    moved = [(f"{line}/{name}", 1) for name in ("signed_index", "start_index")]
    assert "block-start" in rules_after(*moved, (f"{line}/end_index", 2))


def test_covering_less_costs_more() -> None:
    """Nodes that are not covered are on the bill by the hour."""
    assert {"line-missing", "total"} & rules_after((f"{COVERED}/nodes", "-1"))


def test_a_settlement_that_is_left_out_of_the_charges_is_noticed() -> None:
    kept = [c for c in honest()["charges"] if c["kind"] not in ("rebate", "shortfall")]
    assert {"agreement-rebate", "agreement-shortfall"} & rules_after(("charges", kept))
    assert "by-kind" in rules_after(("cost/by_kind/rebate", 0.0))


def test_a_volume_discount_that_is_not_reached_is_noticed() -> None:
    """Nothing is signed, nothing may be missing: the tier above is not there."""
    offer = an_offer("o", {"w": 1}, on_demand(1.0), provider="q")
    tiers = [{"spend_per_year_usd": 80_000, "discount": 0.05}, {"spend_per_year_usd": 170_000, "discount": 0.1}]
    plan = planned(
        a_scenario(
            periods=months(12),
            workloads=[online("w", [10.0] * 12)],
            offers=[offer],
            spend_agreements=[{"provider": "q", "tiers": tiers, "take_or_pay": False}],
        )
    ).to_json_value()
    assert plan["agreements"][0]["level"] == 1
    plan["agreements"][0]["level"] = 2
    found = audit(plan_from_json_value(plan)).discrepancies
    assert any(rule == "agreement-level" and "at least 170000" in wanted for rule, _, _, wanted in found)


LIMITS = {
    "budget_total_usd": "budget-total",
    "budget_per_year_usd": "budget-year",
    "budget_per_period_usd": "budget-period",
    "cash": "runway",
}


@pytest.mark.parametrize("limit", LIMITS)
@pytest.mark.parametrize("share", [0.0, 0.5, 0.9])
def test_nodes_that_are_not_covered_are_spent_from_every_limit(limit: str, share: float) -> None:
    """A node at ten dollars, covered at 90% off: 8,760 a year of 9,000. Covered in part, the rest is paid by the hour on top."""
    money: Any = {"at_hand_usd": 9000} if limit == "cash" else 9000
    plan = planned(
        a_scenario(
            periods=[{"hours": 8760}],
            workloads=[online("w", [1.0])],
            offers=[an_offer("o", {"w": 1}, on_demand(10.0), provider="q")],
            savings_plans=[{"name": "sp", "provider": "q", "term_periods": 1, "rates": [{"discount": 0.9}]}],
            **{limit: money},
        )
    ).to_json_value()
    assert sum(record["nodes"] for record in plan["covered"]) == 1
    plan["covered"] = [record | {"nodes": record["nodes"] * share} for record in plan["covered"] if share]
    found = {rule for rule, *_ in audit(plan_from_json_value(plan)).discrepancies}
    assert LIMITS[limit] in found
    assert found & {"total", "line-missing"}


@pytest.mark.parametrize("share", [0.0, 0.5])
def test_nodes_that_are_not_covered_are_covered_spend_of_an_agreement(share: float) -> None:
    plan = planned(
        a_scenario(
            periods=[{"hours": 8760}],
            workloads=[online("w", [1.0])],
            offers=[an_offer("o", {"w": 1}, on_demand(10.0), provider="q")],
            savings_plans=[{"name": "sp", "provider": "q", "term_periods": 1, "rates": [{"discount": 0.9}]}],
            spend_agreements=[{"provider": "q", "tiers": [{"spend_per_year_usd": 8000, "discount": 0.1}]}],
        )
    ).to_json_value()
    assert plan["agreements"][0]["covered_spend_usd"] == pytest.approx(8760)
    plan["covered"] = [record | {"nodes": record["nodes"] * share} for record in plan["covered"] if share]
    found = {rule for rule, *_ in audit(plan_from_json_value(plan)).discrepancies}
    assert {"agreement-spend", "agreement-rebate"} <= found
