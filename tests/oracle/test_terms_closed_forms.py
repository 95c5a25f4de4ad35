"""Answers known in closed form for agreements, savings plans and blocks, and what more choice must never do."""

from dataclasses import replace
from typing import Any

import pytest
from markets import two_accelerators
from planning import a_scenario, an_offer, answered, commitment, flexible, months, on_demand, online, optimum, planned
from rival_worlds import CATALOG as RIVALS
from term_worlds import draw_terms

from planner.domain.inputs.catalog import InstancePrice, Provider
from planner.domain.scenario.scenario import Scenario
from planner.report.plan.render import render_plan

YEAR = [{"hours": 8760}]
RAMP = tuple(float(h + 1) for h in range(168))
"""A week whose load takes every level 1 … 168 once; its mean is 84.5."""


def agreement(*tiers: tuple[float, float], **fields: Any) -> dict[str, Any]:
    return {"provider": "q", "tiers": [{"spend_per_year_usd": usd, "discount": off} for usd, off in tiers]} | fields


def savings_plan(*rates: dict[str, Any], **fields: Any) -> dict[str, Any]:
    return {"name": "sp", "provider": "q", "term_periods": 1, "rates": list(rates)} | fields


def a_year(nodes: float, *contracts: dict[str, Any], **fields: Any) -> Scenario:
    """So many nodes of provider q all year; on demand they cost a dollar an hour: 8,760 dollars each."""
    offer = an_offer("o", {"w": 1}, *(contracts or (on_demand(1.0),)), provider="q")
    return a_scenario(**{"periods": YEAR} | fields, workloads=[online("w", [nodes])], offers=[offer])


# --- agreements on spend ------------------------------------------------------------------------------


@pytest.mark.parametrize(("minimum", "signed"), [(80_000, True), (96_350, True), (96_370, False), (120_000, False)])
def test_a_minimum_is_worth_signing_exactly_if_the_discount_exceeds_the_shortfall(minimum: float, signed: bool) -> None:
    """Ten nodes cost 87,600. 10% off and at least M as invoiced: max(78,840, M), less than 87,600 only for M below that."""
    plan = planned(a_year(10, spend_agreements=[agreement((minimum * 0.909, 0.1), spend_counts="after_discount")]))
    least = minimum * 0.909
    assert plan.npv_usd == pytest.approx(min(87_600, max(78_840, least)), abs=0.01)
    (record,) = plan.agreements
    assert record.level == signed
    assert (record.rebate_usd > record.shortfall_usd) == signed
    if signed:
        assert record.shortfall_usd == pytest.approx(max(least - 78_840, 0.0), abs=0.01)


def test_the_discount_against_the_shortfall_where_spend_counts_at_list_prices() -> None:
    """8,760 back for 87,600 spent: a minimum of 96,000 lacks 8,400 (signed), one of 97,400 lacks 9,800 (not signed).

    Hours that idle cost a tenth less than the shortfall they stand in for, and count in full: 96,000 is spent, less a tenth.
    """
    near = planned(a_year(10, spend_agreements=[agreement((96_000, 0.1))]))
    assert near.npv_usd == pytest.approx(min(87_600 - 8_760 + 8_400, 96_000 * 0.9), abs=0.01)
    far = planned(a_year(10, spend_agreements=[agreement((97_400, 0.1))]))
    assert far.npv_usd == pytest.approx(87_600)
    assert [record.level for record in far.agreements] == [0]


def test_of_two_tiers_the_one_that_pays() -> None:
    """87,600 of spend: 5% from 50,000 on gives 4,380; 12% from 100,000 on gives 10,512 but lacks 12,400 (as invoiced more)."""
    tiers = agreement((50_000, 0.05), (100_000, 0.12), spend_counts="after_discount")
    assert planned(a_year(10, spend_agreements=[tiers])).npv_usd == pytest.approx(83_220)
    nearer = agreement((50_000, 0.05), (80_000, 0.12), spend_counts="after_discount")
    plan = planned(a_year(10, spend_agreements=[nearer]))
    assert plan.npv_usd == pytest.approx(80_000)
    assert plan.agreements[0].shortfall_usd == pytest.approx(80_000 - 77_088)


def test_a_volume_discount_has_to_be_reached() -> None:
    """Nothing is signed: at 87,600 of spend a threshold of 90,000 gives nothing; an eleventh node for 2,400 hours reaches it."""
    plan = planned(a_year(10, spend_agreements=[agreement((90_000, 0.1), take_or_pay=False)]))
    assert plan.npv_usd == pytest.approx(90_000 * 0.9)
    small = planned(a_year(10, spend_agreements=[agreement((93_000, 0.05), take_or_pay=False)]))
    assert small.npv_usd == pytest.approx(87_600)


def test_a_year_cut_short_asks_for_its_part_and_settles_in_its_last_month() -> None:
    """Six months: half of the minimum. At 21% the discount comes back 5.5 months after the start."""
    terms = [agreement((80_000, 0.1))]
    scenario = a_scenario(
        periods=months(6),
        discount_rate=0.21,
        workloads=[online("w", [10.0] * 6)],
        offers=[an_offer("o", {"w": 1}, on_demand(1.0), provider="q")],
        spend_agreements=terms,
    )
    plan = planned(scenario)
    spent = sum(7300 * 1.21 ** -((t + 0.5) / 12) for t in range(6))
    assert plan.npv_usd == pytest.approx(spent - 4380 * 1.21 ** -(5.5 / 12))
    assert plan.agreements[0].threshold_usd == pytest.approx(40_000)
    assert plan.cost.by_period[5].by_kind["rebate"] == pytest.approx(-4380)


def test_only_what_is_covered_counts() -> None:
    """Commitments are covered, on demand is not: 6 nodes signed for the year at 0.8, 4 more for half of it on demand."""
    halves = [{"name": "a", "hours": 4380}, {"name": "b", "hours": 4380}]
    scenario = a_scenario(
        periods=[{"hours": 8760, "slices": halves}],
        workloads=[online("w", [[10.0, 6.0]])],
        offers=[an_offer("o", {"w": 1}, on_demand(1.0), commitment(0.8, 1), provider="q")],
        spend_agreements=[agreement((40_000, 0.1), covers=["commitment"])],
    )
    plan = planned(scenario)
    assert plan.npv_usd == pytest.approx(6 * 7008 * 0.9 + 4 * 4380)
    assert plan.agreements[0].covered_spend_usd == pytest.approx(6 * 7008)


def test_an_agreement_may_make_the_dearer_provider_the_cheaper_one() -> None:
    """q asks 1.00 and gives 20% from 70,000 on; r asks 0.90. Ten nodes: 70,080 at q, 78,840 at r."""
    scenario = a_year(10, spend_agreements=[agreement((70_000, 0.2))])
    rival = an_offer("r", {"w": 1}, on_demand(0.9), provider="r")
    both = scenario.model_dump(exclude_unset=True)
    both["offers"] = [*both["offers"], rival]
    plan = planned(Scenario.model_validate(both))
    assert plan.npv_usd == pytest.approx(70_080)
    assert {line.provider for line in plan.lines} == {"q"}


def test_one_tier_for_the_horizon_is_one_tier() -> None:
    """10 nodes in the first year, 5 in the second; 20% from 80,000 on, signed for both: the second lacks 80,000 − 43,800."""
    fields = {"periods": [*YEAR, *YEAR]}
    offer = an_offer("o", {"w": 1}, on_demand(1.0), provider="q")
    work = [online("w", [10.0, 5.0])]
    free = a_scenario(**fields, workloads=work, offers=[offer], spend_agreements=[agreement((80_000, 0.2))])
    assert planned(free).npv_usd == pytest.approx(87_600 * 0.8 + 43_800)
    bound = agreement((80_000, 0.2), level="horizon", spend_counts="after_discount")
    plan = planned(a_scenario(**fields, workloads=work, offers=[offer], spend_agreements=[bound]))
    assert plan.npv_usd == pytest.approx(min(87_600 + 43_800, 80_000 + 80_000))
    assert {record.level for record in plan.agreements} == {0}


# --- savings plans ------------------------------------------------------------------------------------


@pytest.mark.parametrize("off", [0.13, 0.4, 0.48, 0.73])
def test_commit_dollars_for_the_quantile_of_the_load_where_utilisation_is_the_price_ratio(off: float) -> None:
    """Node k is busy in (169 − k)/168 of the hours; a dollar is worth it while that exceeds 1 − discount."""
    scenario = a_scenario(
        months=1,
        slices=168,
        integers="relaxed",
        workloads=[online("w", 84.5, profile=list(RAMP))],
        offers=[an_offer("o", {"w": 1}, on_demand(1.0), provider="q")],
        savings_plans=[savings_plan({"discount": off})],
    )
    plan = planned(scenario)
    nodes = sum((169 - k) / 168 > 1 - off for k in range(1, 169))
    (line,) = [line for line in plan.lines if line.unit == "committed USD"]
    assert line.nodes == pytest.approx(nodes * (1 - off), abs=1e-5)
    rest = sum((169 - k) / 168 for k in range(nodes + 1, 169))
    assert plan.npv_usd == pytest.approx(730 * (nodes * (1 - off) + rest), rel=1e-9)


def test_dollars_move_between_regions_where_nodes_cannot() -> None:
    """Four nodes needed by day in the east, by night in the west: four nodes' dollars serve both."""
    halves = [{"name": "day", "hours": 4380}, {"name": "night", "hours": 4380}]
    scenario = a_scenario(
        periods=[{"hours": 8760, "slices": halves}],
        workloads=[
            online("east", [[4.0, 0.0]], regions=["r1"]),
            online("west", [[0.0, 4.0]], regions=["r2"]),
        ],
        offers=[
            an_offer("e", {"east": 1}, on_demand(1.0), commitment(0.7, 1), provider="q", region="r1"),
            an_offer("w", {"west": 1}, on_demand(1.0), commitment(0.7, 1), provider="q", region="r2"),
        ],
        savings_plans=[savings_plan({"discount": 0.25})],
    )
    plan = planned(scenario)
    assert plan.npv_usd == pytest.approx(8760 * 4 * 0.75)
    assert {line.unit for line in plan.lines} == {"committed USD"}
    assert plan.lines[0].utilisation == pytest.approx(1.0)


def test_the_highest_discount_is_covered_first_and_the_upfront_share_is_paid_at_signing() -> None:
    """One dollar an hour at most: it covers 1 / 0.6 of the node at 40%, nothing of the one at 20%."""
    scenario = a_scenario(
        periods=YEAR,
        discount_rate=0.21,
        workloads=[online("a", [2.0]), online("b", [2.0])],
        offers=[
            an_offer("x", {"a": 1}, on_demand(1.0), provider="q", region="r1"),
            an_offer("y", {"b": 1}, on_demand(1.0), provider="q", region="r2"),
        ],
        savings_plans=[
            savings_plan(
                {"discount": 0.2}, {"discount": 0.4, "region": "r2"}, max_usd_per_hour=1.0, upfront_fraction=0.5
            )
        ],
    )
    plan = planned(scenario)
    (covered,) = plan.covered
    assert (covered.option, covered.nodes) == ("offer:y", pytest.approx(1 / 0.6))
    middle = 1.21**-0.5
    assert plan.npv_usd == pytest.approx(8760 * (0.5 + 0.5 * middle + (4 - 1 / 0.6) * middle))
    assert plan.lines[0].upfront_usd == pytest.approx(4380)


# --- blocks -------------------------------------------------------------------------------------------


def test_a_block_of_two_weeks_serves_work_that_may_wait_for_its_days_only() -> None:
    """336 of 730 hours: two nodes do 672 units for 0.5 a node-hour; the other 58 hours run on demand."""
    block = {"kind": "block", "usd_per_hour": 0.5, "days": 14}
    scenario = a_scenario(
        periods=months(1),
        workloads=[flexible("jobs", [1.0])],
        offers=[an_offer("o", {"jobs": 1}, on_demand(1.0), block)],
        integers="whole",
    )
    plan = planned(scenario)
    assert plan.npv_usd == pytest.approx(2 * 336 * 0.5 + (730 - 2 * 336) * 1.0)
    online_only = a_scenario(
        periods=months(1), workloads=[online("w", [1.0])], offers=[an_offer("o", {"w": 1}, on_demand(1.0), block)]
    )
    assert {line.action for line in planned(online_only).lines} == {"on_demand"}


def test_a_block_with_a_start_is_paid_there_and_serves_there() -> None:
    """Three months of one node; a block of the second month (30 days count as one, and 720 hours are paid)."""
    block = {"kind": "block", "usd_per_hour": 0.5, "days": 30, "start_period": 1}
    scenario = a_scenario(
        periods=months(3),
        discount_rate=0.21,
        workloads=[online("w", [1.0, 1.0, 1.0])],
        offers=[an_offer("o", {"w": 1}, on_demand(1.0), block)],
    )
    plan = planned(scenario)
    rest = 730 * (1.21 ** -(0.5 / 12) + 1.21 ** -(2.5 / 12))
    assert plan.npv_usd == pytest.approx(rest + 360 * 1.21 ** -(1 / 12))
    (line,) = [line for line in plan.lines if line.action == "commit"]
    assert (line.signed_index, line.start_index, line.end_index, line.upfront_usd) == (1, 1, 2, 360.0)


def test_a_run_may_stand_on_blocks() -> None:
    run = {"name": "run", "kind": "training_run", "unit": "step", "work": 730 * 2, "cluster_sizes": [2]}
    run |= {"failures_per_accelerator_year": 0, "checkpoint_write_minutes": 0}
    block = {"kind": "block", "usd_per_hour": 0.5, "days": 31}
    scenario = a_scenario(periods=months(2), workloads=[run], offers=[an_offer("o", {"run": 1}, on_demand(1.0), block)])
    plan = planned(scenario)
    assert plan.npv_usd == pytest.approx(2 * 744 * 0.5)
    assert plan.runs[0].nodes == 2


# --- more choice is never dearer ----------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(300, 312))
def test_each_term_on_offer_never_raises_the_cost(seed: int) -> None:
    scenario = draw_terms(seed, periods=2, demand=2.0)
    full = optimum_of(scenario)
    without = {
        "spend_agreements": (),
        "savings_plans": (),
        "offers": tuple(
            offer
            if offer.kind == "hosted_api"
            else offer.model_copy(update={"contracts": tuple(c for c in offer.contracts if c.kind != "block")})
            for offer in scenario.offers
        ),
    }
    for name, value in without.items():
        less = optimum_of(scenario.model_copy(update={name: value}))
        assert less is None or (full is not None and full <= less + 1e-6 * abs(less) + 1e-3), name


def optimum_of(scenario: Scenario) -> float | None:
    return optimum(scenario, catalog=RIVALS)


def test_dearer_minimums_and_smaller_discounts_never_cost_less() -> None:
    def cost(usd: float, off: float) -> float:
        value = optimum(a_year(10, spend_agreements=[agreement((usd, off))]))
        assert value is not None
        return value

    by_minimum = [cost(usd, 0.1) for usd in (50_000, 88_000, 92_000, 96_000, 100_000)]
    assert by_minimum == sorted(by_minimum)
    by_discount = [cost(90_000, off) for off in (0.3, 0.2, 0.1, 0.05, 0.01)]
    assert by_discount == sorted(by_discount)


@pytest.mark.parametrize(("share", "upfront"), [(0.0, 0.0), (0.5, 4380.0), (1.0, 8760.0)])
def test_a_catalog_row_reaches_the_plan_with_its_upfront_share(share: float, upfront: float) -> None:
    """None, partial and full upfront: the row's dollar an hour for a year, split as its fraction says."""
    row = InstancePrice(
        "row", "q", "r1", "AA", "node", "chip-a", 1, "commitment", "reserved", 12, share, 1, 1.0, 0.0, "listed", "test",
        "2026-10-01", "",
    )  # fmt: skip
    catalog = replace(
        CHIPS,
        prices=(row,),
        providers={"q": Provider("q", "Q", "neocloud", False, 0, 512, 512, 512, 0.0, "", "", "")},
    )
    scenario = bought(months=12, clouds=["q"])
    plan = planned(scenario, catalog=catalog)
    (line,) = plan.lines
    assert line.upfront_usd == pytest.approx(upfront)
    assert line.total_usd == pytest.approx(8760.0)
    assert plan.cost.by_period[0].cash_usd == pytest.approx(upfront + (8760 - upfront) / 12)
    said = render_plan(plan, "markdown")
    assert upfront == 0 or f"${upfront:,.0f}" in said


def test_a_row_of_blocks_is_sold_by_the_month_and_by_the_fortnight() -> None:
    """1,050 accelerator-hours in a month: a block of the month (730) and one of 14 days (336)."""
    row = InstancePrice(
        "row", "q", "r1", "AA", "node", "chip-a", 1, "capacity_block", "block", 6, 1.0, 1, 2.0, 0.0, "listed", "test",
        "2026-10-01", "",
    )  # fmt: skip
    catalog = replace(
        CHIPS,
        prices=(row,),
        providers={"q": Provider("q", "Q", "neocloud", False, 0, 512, 512, 512, 0.0, "", "", "")},
    )
    plan = planned(bought(months=1, clouds=["q"], hours=1050), catalog=catalog)
    found = {line.option: (line.nodes, line.upfront_usd) for line in plan.lines}
    assert found == {"row": (1.0, 1460.0), "row+14d": (1.0, 672.0)}
    assert plan.npv_usd == pytest.approx(2 * (730 + 336))
    yearly = bought(periods=[{"hours": 8760}], clouds=["q"])
    assert answered(yearly, catalog=catalog).plan is None  # no block is a year long


CHIPS = two_accelerators()


def bought(*, hours: float = 730, **fields: Any) -> Scenario:
    """One accelerator busy all the time."""
    work = {"name": "dev", "kind": "training", "accelerator_hours_per_month": hours, "reference_accelerator": "chip-a"}
    return a_scenario(**{"catalog": "bundled", "vendors": None} | fields, workloads=[work])
