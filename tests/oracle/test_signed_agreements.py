"""Agreements on spend that are signed already or rise by plan-year; plan-years inside of long periods."""

import random
from itertools import product

import pytest

from planner.analysis.answer import answer
from planner.audit import audit
from planner.domain.inputs.catalog import Catalog
from planner.domain.records.plan import Plan, plan_from_json_value
from planner.domain.scenario.scenario import Scenario
from planner.inputs.scenario_file import parse_scenario
from planner.report.plan.render import render_plan

QUARTER, YEAR = 2190.0, 8760.0


def solved(scenario: Scenario) -> Plan:
    found = answer(scenario, Catalog(), gap=0, baselines=False).plan
    assert found is not None
    assert found.audit.agrees, found.audit.discrepancies
    return found


def fleet(
    demand: list[float] | float, agreement: dict, years: int = 1, other: float | None = None, **fields
) -> Scenario:
    """Dollars of nodes an hour, at `aws` under the agreement, or elsewhere at another price."""
    offers = [("vm", "aws", 1.0), *([("vm2", "other", other)] if other is not None else [])]
    return Scenario.model_validate(
        {
            "start": "2027-01",
            "years": years,
            "period": "quarter",
            "discount_rate": 0,
            "catalog": "none",
            "workloads": [{"name": "fleet", "kind": "inference", "unit": "dollar", "demand_per_hour": demand}],
            "offers": [
                {
                    "name": name,
                    "provider": provider,
                    "delivery": "container",
                    "throughput": {"fleet": 1},
                    "contracts": [{"kind": "on_demand", "usd_per_hour": usd}],
                }
                for name, provider, usd in offers
            ],
            "spend_agreements": [{"provider": "aws", **agreement}],
            **fields,
        }
    )


# --- agreements that rise ----------------------------------------------------------------------------------------------

RISING = [342.4658] * 4 + [570.7763] * 4 + [799.0868] * 4
"""3, 5 and 7 million dollars a year."""


def test_a_flat_agreement_of_five_million_is_not_signed_and_the_reason_is_true():
    plan = solved(fleet(RISING, {"level": "horizon", "tiers": [{"spend_per_year_usd": 5e6, "discount": 0.1}]}, 3))
    assert plan.npv_usd == pytest.approx(15.0e6, rel=1e-6)
    assert {record.level for record in plan.agreements} == {0}
    why = plan.agreements[0].why  # 10% of 15 million is given, and 2 million of the first year is missing
    assert "1,500,000" in why
    assert "2,000,00" in why


def test_one_that_rises_with_the_spend_is_signed():
    rising = {"level": "horizon", "tiers": [{"spend_per_year_usd": [3e6, 5e6, 7e6], "discount": 0.1}]}
    plan = solved(fleet(RISING, rising, 3))
    assert plan.npv_usd == pytest.approx(13.5e6, rel=1e-6)
    assert [record.threshold_usd for record in plan.agreements] == [3e6, 5e6, 7e6]
    assert "agree on spend with aws (at least $15.00M over 3 plan-years, 10.0% off)" in render_plan(plan, "table")


@pytest.mark.parametrize("seed", range(16))
def test_drawn_agreements_that_rise_cost_the_best_of_their_tiers(seed):
    """Enumeration over tiers, in every plan-year or once for all, and over who serves each year."""
    r = random.Random(seed)
    years = r.randint(1, 3)
    spend = [r.randint(1, 9) * 1e5 for _ in range(years)]
    demand = [usd / YEAR for usd in spend for _ in range(4)]
    low = [r.randint(1, 6) * 1e5 for _ in range(years)]
    tiers = [(low, 0.05), ([usd * 1.5 for usd in low], r.choice([0.1, 0.3]))][: r.randint(1, 2)]
    level, other = r.choice(["horizon", "plan_year"]), r.choice([None, 0.8, 0.95])
    agreement = {
        "level": level,
        "spend_counts": "after_discount",
        "tiers": [{"spend_per_year_usd": at, "discount": off} for at, off in tiers],
    }

    def year(y: int, tier: int) -> float:
        at, off = (tiers[tier - 1][0][y], tiers[tier - 1][1]) if tier else (0.0, 0.0)
        elsewhere = [0.0, spend[y]] if other is not None else [0.0]
        if other is not None and tier:  # the rest goes elsewhere once the minimum is reached
            elsewhere.append(max(spend[y] - at / (1 - off), 0.0))
        return min(max((1 - off) * (spend[y] - away), at) + away * (other or 0.0) for away in elsewhere)

    levels = range(len(tiers) + 1)
    choices = [(lv,) * years for lv in levels] if level == "horizon" else product(levels, repeat=years)
    best = min(sum(year(y, lv) for y, lv in enumerate(chosen)) for chosen in choices)
    assert solved(fleet(demand, agreement, years, other)).npv_usd == pytest.approx(best, rel=1e-6)


# --- agreements that are signed ----------------------------------------------------------------------------------------


def test_a_signed_minimum_keeps_the_work_where_it_is():
    signed = {
        "level": "horizon",
        "take_or_pay": True,
        "signed": True,
        "tiers": [{"spend_per_year_usd": 1e6, "discount": 0.1}],
    }
    plan = solved(fleet(57.0776, signed, 1, 0.9))
    assert plan.npv_usd == pytest.approx(0.95e6, rel=1e-5)  # 500,000 − 50,000 + 500,000; elsewhere 450,000 + 1,000,000
    assert plan.cost.by_provider["aws"] == pytest.approx(0.95e6, rel=1e-5)
    head = " ".join(render_plan(plan, "table").split("What to sign")[0].split())
    assert "Signed already: the agreement on spend with aws gives back $50,000; $500,000 is missing" in head


@pytest.mark.parametrize("seed", range(16))
def test_drawn_signed_agreements_are_sunk_until_they_end(seed):
    """The minimum of the plan-years in force is owed; what is spent until then counts, at whichever provider it is cheapest."""
    r = random.Random(seed)
    years = r.randint(1, 3)
    spend = [r.randint(1, 9) * 1e5 for _ in range(years)]
    demand = [usd / YEAR for usd in spend for _ in range(4)]
    first, end = sorted(r.sample(range(4 * years + 3), 2))
    first = r.choice([0, first if first < 4 * years else 0])
    at, off, other = (
        [r.randint(1, 9) * 1e5 for _ in range(years)],
        r.choice([0.0, 0.1, 0.2]),
        r.choice([0.7, 0.85, 0.95]),
    )
    month = [f"{2027 + q // 4}-{q % 4 * 3 + 1:02d}" for q in range(4 * years + 4)]
    dates = (
        {"from": month[first], "until": month[end]} if r.random() < 0.5 else {"from_period": first, "until_period": end}
    )
    agreement = {"signed": True, "tiers": [{"spend_per_year_usd": at, "discount": off}], **dates}
    total = 0.0
    for y in range(years):
        inside = sum(first <= q < end for q in range(4 * y, 4 * y + 4))
        here, free = spend[y] * inside / 4, spend[y] * (4 - inside) / 4
        least = at[y] * inside / 4
        ways = [0.0, here, min(here, least)]  # spend is counted before the discount, and linear between these
        stay = [w - off * w + max(least - w, 0) + (here - w) * other for w in ways]
        total += (min(stay) if inside else 0.0) + free * min(1.0, other)
    plan = solved(fleet(demand, agreement, years, other))
    assert plan.npv_usd == pytest.approx(total, rel=1e-6)
    assert all(record.signed for record in plan.agreements)


def test_the_audit_holds_a_signed_agreement_to_its_tier():
    signed = {"signed": True, "until": "2027-07", "tiers": [{"spend_per_year_usd": 1e6, "discount": 0.1}]}
    plan = solved(fleet(57.0776, signed, 1, 0.9))

    def rules_of(**change) -> set[str]:
        value = plan.to_json_value()
        value["agreements"][0].update(change)
        return {rule for rule, *_ in audit(plan_from_json_value(value)).discrepancies}

    assert rules_of() == set()
    assert "agreement-signed" in rules_of(level=0)
    assert "agreement-signed" in rules_of(signed=False)
    assert "agreement-level" in rules_of(threshold_usd=1e6)  # half of the plan-year is half of it


@pytest.mark.parametrize(
    ("agreement", "said"),
    [
        (
            "signed: true, tiers: [{spend_per_year_usd: 1M, discount: 5%}, {spend_per_year_usd: 2M, discount: 9%}]",
            "one tier",
        ),
        ("tiers: [{spend_per_year_usd: 1M, discount: 0%}]", "without a discount"),
        ("tiers: [{spend_per_year_usd: [1M, 2M, 3M], discount: 5%}]", "3 entries for a horizon of 2 plan-years"),
        ("until: 2027-02, tiers: [{spend_per_year_usd: 1M, discount: 5%}]", "2027-02 lies inside a period"),
        ("from: 2030-01, tiers: [{spend_per_year_usd: 1M, discount: 5%}]", "begins after the last period"),
        ("from: 2028-01, until: 2027-04, tiers: [{spend_per_year_usd: 1M, discount: 5%}]", "it lies after"),
    ],
)
def test_agreements_that_mean_nothing_are_refused(agreement, said):
    text = f"""
start: 2027-01
years: 2
period: quarter
catalog: none
workloads: [{{name: w, kind: batch, unit: n, demand_per_hour: 1}}]
offers: [{{name: vm, provider: aws, throughput: {{w: 1}}, contracts: [{{kind: on_demand, usd_per_hour: 1}}]}}]
spend_agreements:
  - {{provider: aws, {agreement}}}
"""
    with pytest.raises(Exception, match=said):
        parse_scenario(text, "agreement.yaml", catalog=Catalog())


def test_an_agreement_may_follow_a_signed_one():
    text = """
start: 2027-01
years: 2
period: quarter
discount_rate: 0
catalog: none
workloads: [{name: w, kind: batch, unit: n, demand_per_hour: 100}]
offers: [{name: vm, provider: aws, throughput: {w: 1}, contracts: [{kind: on_demand, usd_per_hour: 1}]}]
spend_agreements:
  - {provider: aws, signed: true, until: 2028-01, tiers: [{spend_per_year_usd: 1M, discount: 5%}]}
  - {provider: aws, from: 2028-01, tiers: [{spend_per_year_usd: 800k, discount: 20%}]}
"""
    plan = solved(parse_scenario(text, "two.yaml", catalog=Catalog()))
    assert plan.agreements[0].level == 1
    assert plan.cost.by_plan_year[1] == pytest.approx(876_000 * 0.8)


# --- long periods ------------------------------------------------------------------------------------------------------


def long_periods(hours: list[float], usd: float = 1.0, **fields) -> Scenario:
    return Scenario.model_validate(
        {
            "discount_rate": 0,
            "catalog": "none",
            "periods": [{"hours": h} for h in hours],
            "workloads": [{"name": "w", "kind": "inference", "unit": "n", "demand_per_hour": 1}],
            "offers": [
                {"name": "node", "throughput": {"w": 1}, "contracts": [{"kind": "on_demand", "usd_per_hour": usd}]},
            ],
            **fields,
        }
    )


def test_a_period_of_two_years_is_spread_over_both():
    plan = solved(long_periods([8760, 17520, 8760], budget_per_year_usd=9000))
    assert plan.cost.by_plan_year == pytest.approx([8760] * 4)
    assert answer(long_periods([8760, 17520, 8760], budget_per_year_usd=8700), Catalog()).stop == "infeasible"


@pytest.mark.parametrize("seed", range(12))
def test_drawn_periods_fall_on_their_plan_years_hour_by_hour(seed):
    r = random.Random(seed)
    hours = [r.choice([1000.0, 5000.0, 8760.0, 12000.0, 20000.0]) for _ in range(r.randint(1, 4))]
    support = r.choice([0.0, 0.1])
    plan = solved(long_periods(hours, 2.0, support={"inline": support}))
    total = sum(hours)
    expected = [2.0 * (1 + support) * min(YEAR, total - y * YEAR) for y in range(int((total - 1) // YEAR) + 1)]
    assert plan.cost.by_plan_year == pytest.approx(expected)
    most = max(expected)
    assert solved(long_periods(hours, 2.0, support={"inline": support}, budget_per_year_usd=most * 1.001)).npv_usd > 0
    tight = long_periods(hours, 2.0, support={"inline": support}, budget_per_year_usd=most * 0.999)
    assert answer(tight, Catalog()).stop == "infeasible"


@pytest.mark.parametrize("seed", range(8))
def test_tiers_count_the_spend_of_their_plan_years_in_long_periods(seed):
    r = random.Random(seed)
    hours = [r.choice([5000.0, 12000.0, 20000.0]) for _ in range(r.randint(1, 3))]
    at, off = r.choice([6000, 8000, 9500]), 0.25
    scenario = long_periods(
        hours,
        spend_agreements=[
            {
                "provider": "inline",
                "spend_counts": "after_discount",
                "tiers": [{"spend_per_year_usd": at, "discount": off}],
            }
        ],
    )
    total, best = sum(hours), 0.0
    for y in range(int((total - 1) // YEAR) + 1):
        inside = min(YEAR, total - y * YEAR)
        best += min(inside, max(inside * (1 - off), at * inside / YEAR))
    assert solved(scenario).npv_usd == pytest.approx(best)
