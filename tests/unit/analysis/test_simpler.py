"""Among the plans within the gap the simplest is published, and what that costs is said."""

import random
from typing import Any

import pytest
from planning import a_scenario, an_offer, commitment, months, on_demand, online, planned, solution

from planner.analysis.simpler import _Pass, size_of
from planner.domain.records.plan import Plan
from planner.report.plan.render import render_plan
from planner.solver import Watch

pytestmark = pytest.mark.slow


def many_cards(**fields: Any) -> Plan:
    """A little of each of four cards is the cheapest; the first can do it all for hardly more."""
    offers = [
        an_offer(name, {"w": 1}, on_demand(usd, max_nodes=most))
        for name, usd, most in (("a", 1.00, 99), ("b", 0.99, 1), ("c", 0.985, 1), ("d", 0.98, 1))
    ]
    work = [online("w", 20.0)]
    return planned(a_scenario(periods=months(2), workloads=work, offers=offers, **fields), gap=0.01)


def test_small_lines_are_left_out_within_half_of_the_gap() -> None:
    """17 + 0.99 + 0.985 + 0.98 = 19.955 an hour, or 20 of the first: 0.045 x 1,460 = 65.70 more, 0.23%."""
    plan = many_cards()
    assert len(plan.lines) == 1
    assert plan.npv_usd == pytest.approx(20 * 1460)
    record = plan.simplicity
    assert record is not None
    assert (record.lines_before, record.lines, record.pools_before, record.pools) == (4, 1, 4, 1)
    assert record.cost_usd == pytest.approx(65.70)
    assert plan.gap == pytest.approx(0.045 / 20, rel=1e-3)
    assert plan.status == "optimal"
    assert plan.audit.agrees
    said = " ".join(render_plan(plan, "table").split())
    assert "Made simpler within 50% of the gap asked for: 1 instead of 4 lines, 1 instead of 4 pools" in said
    assert "for $65.70 more (0.2" in said


def test_simplicity_costs_nothing_where_the_user_says_so() -> None:
    plan = many_cards(simplicity=0, pool_usd_per_month=0)
    assert (len(plan.lines), plan.simplicity) == (4, None)


def test_what_saves_more_than_its_share_of_the_gap_stays() -> None:
    """At a hundredth of a gap of 1% 65.70 is too much, and the first card alone saves no operating cost that is not stated."""
    plan = many_cards(simplicity=0.1, pool_usd_per_month=0)
    assert plan.simplicity is None or plan.simplicity.cost_usd <= 0.001 * plan.npv_usd


def test_what_operating_fewer_pools_saves_counts() -> None:
    """Three pools less for two months at 120 are 720: more than the 65.70."""
    assert len(many_cards(simplicity=0.1, pool_usd_per_month=120).lines) == 1


@pytest.mark.exhaustive
def test_on_drawn_worlds_a_simpler_plan_is_within_its_share_and_the_audit_agrees() -> None:
    made = 0
    for seed in range(20):
        draw = random.Random(seed)
        names = [f"o{i}" for i in range(draw.randint(3, 7))]
        base = draw.uniform(1, 3)
        offers = [
            an_offer(
                name,
                {"w": draw.choice([1, 1, 2]), "v": draw.choice([1, 2])},
                on_demand(base * draw.uniform(0.98, 1.05), max_nodes=draw.choice([1, 2, 3, 40])),
                commitment(base * draw.uniform(0.6, 0.9), draw.choice([1, 3]), max_nodes=draw.choice([1, 5])),
                provider=draw.choice("pq"),
            )
            for name in names
        ]
        offers.append(an_offer("rest", {"w": 1, "v": 1}, on_demand(base * 1.1)))
        work = [online("w", [draw.uniform(2, 12) for _ in range(4)]), online("v", draw.uniform(1, 6))]
        fields = {
            "periods": months(4),
            "workloads": work,
            "offers": offers,
            "pool_usd_per_month": draw.choice([0, 120]),
        }
        plan = planned(a_scenario(**fields, replicas=draw.choice(["whole", "pooled"])), gap=0.05)
        assert plan.audit.agrees, plan.audit.discrepancies[:3]
        assert plan.gap <= 0.05 + 1e-9
        record = plan.simplicity
        if record is None:
            continue
        made += 1
        saved = fields["pool_usd_per_month"] * (record.pool_months_before - record.pool_months)
        assert record.cost_usd <= 0.5 * 0.05 * record.npv_before_usd + max(saved, 0) + 0.01
        assert record.lines < record.lines_before or record.pools < record.pools_before
        assert plan.npv_usd == pytest.approx(record.npv_before_usd + record.cost_usd, abs=0.01)
    assert made >= 7, made


def test_what_is_avoided_is_left_out_where_the_gap_allows_it_and_the_cost_is_said() -> None:
    """The cheaper provider saves 10 of 1,000 an hour-price unit: 1%, within half of 4%; at a gap of 1% it is too much."""
    offers = [
        an_offer("a", {"w": 1}, on_demand(1.00), provider="liked"),
        an_offer("b", {"w": 1}, on_demand(0.99), provider="other"),
    ]
    fields = {"periods": months(2), "workloads": [online("w", 20.0)], "offers": offers, "pool_usd_per_month": 0}
    for wish in ({"avoided": ["Other"]}, {"preferred": ["liked"]}):
        plan = planned(a_scenario(**fields, **wish), gap=0.04)
        assert {line.provider for line in plan.lines} == {"liked"}
        record = plan.simplicity
        assert record is not None
        assert record.preference_cost_usd == pytest.approx(0.01 * 20 * 1460)
        assert (record.disliked_before_usd, record.disliked_usd) == (pytest.approx(0.99 * 20 * 1460), 0.0)
        assert "Preferences move $28,908 of $28,908" in " ".join(render_plan(plan, "table").split())
        assert plan.audit.agrees
        near = planned(a_scenario(**fields, **wish), gap=0.01)
        assert {line.provider for line in near.lines} == {"other"}


def test_a_preference_that_costs_too_much_is_told_with_what_it_costs() -> None:
    """One node at 1.00 or at 1.02: 175.20 a year for the seller that is preferred, of which the gap allows 4.38."""
    offers = [
        an_offer(name, {"w": 1}, on_demand(usd), provider=name) for name, usd in (("other", 1.0), ("liked", 1.02))
    ]
    fields: dict[str, Any] = {"periods": months(12), "workloads": [online("w", 1.0)], "offers": offers}
    for wish in ({"avoided": ["other"]}, {"preferred": ["liked"]}):
        plan = planned(a_scenario(**fields, **wish), gap=0.001)
        assert plan.npv_usd == pytest.approx(8760)
        assert plan.simplicity is not None
        assert plan.simplicity.preference_least_usd == pytest.approx(175.2)
        said = " ".join(render_plan(plan, "table").split())
        assert (
            "Preferences are not followed for $8,760: a plan without what is avoided or not preferred costs at least $175.20"
            in said
        )
        assert "Made simpler" not in said
    alone = planned(a_scenario(**fields | {"offers": offers[:1]}, avoided=["other"]), gap=0.001)
    assert alone.simplicity is None  # nothing else can be had


def test_what_is_cheaper_and_left_for_a_preference_says_so() -> None:
    offers = [
        an_offer(name, {"w": 1}, on_demand(usd), provider=name) for name, usd in (("other", 1.0), ("liked", 1.0003))
    ]
    plan = planned(
        a_scenario(periods=months(12), workloads=[online("w", 1.0)], offers=offers, preferred=["liked"]), gap=0.001
    )
    (left,) = plan.alternatives
    assert left.reason == "a plan with it costs $2.63 less, which is within the gap: this one is simpler, or preferred"


def test_other_dates_are_tried_only_where_something_is_signed_between_them(monkeypatch: pytest.MonkeyPatch) -> None:
    """A quarter is signed twice, in the first and in the fourth month."""
    offers = [an_offer("a", {"w": 1}, commitment(0.5, 3), on_demand(1.0))]
    scenario = a_scenario(periods=months(6), workloads=[online("w", 1.0)], offers=offers)
    found = solution(scenario)
    assert found.decisions is not None
    assert sorted(v for _, v in found.decisions.signed) == [0, 3]
    one_pass = _Pass(found, 0.05, 1.0, 1e9, size_of(found), Watch())
    assert one_pass.late(6)
    assert not one_pass.late(3)
    tried: list[int] = []
    monkeypatch.setattr(_Pass, "attempt", lambda _self, _kept, every: tried.append(every))
    one_pass.fewer_dates()
    assert tried == [12, 6]  # a month has 730 hours: half a year is six of them, a quarter three
