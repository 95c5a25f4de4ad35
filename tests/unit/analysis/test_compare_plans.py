"""What differs between two plans: pairs made by hand, where the arithmetic can be said aloud."""

import pytest
from plan_pairs import compared, grown, tiny, with_cost, with_line, with_lines

from planner.analysis.compare.compare import judged
from planner.domain.answers.comparison import amount_of
from planner.domain.records.plan import UnservedRecord


def fields(change):
    return {field.field: (field.a, field.b) for field in change.fields}


def marks(comparison):
    return [(change.change, change.node_type, change.cash_usd.difference) for change in comparison.changes]


def test_a_plan_does_not_differ_from_itself():
    found = compared(tiny(), tiny())
    assert (found.changes, found.scenario_changes) == ((), ())
    assert found.totals.npv_usd == amount_of(16341.727633, 16341.727633)
    assert (found.totals.unchanged_lines, found.totals.unchanged_usd) == (2, 16498.0)


def test_more_nodes_of_a_line_are_a_change_of_that_line():
    six = with_line(tiny(), 0, nodes=6.0, quantity=8760.0, total_usd=14892.0, in_horizon_usd=14892.0)
    (change,) = compared(tiny(), six).changes
    assert (change.change, change.node_type, change.contract) == ("~", "pool", "2-period commitment")
    assert fields(change) == {"nodes": (4.0, 6.0), "quantity": (5840.0, 8760.0)}
    assert change.cash_usd.difference == 2 * 730 * 2 * 1.7  # 2 more nodes for 2 months
    assert change.cash_usd.change_fraction == 0.5


def test_another_price_or_start_is_a_change_of_the_line_and_not_another_line():
    cheaper = with_line(tiny(), 1, unit_price_usd=2.5, total_usd=5475.0, in_horizon_usd=5475.0)
    (change,) = compared(tiny(), cheaper).changes
    assert fields(change) == {"unit_price_usd": (3.0, 2.5)}
    assert change.cash_usd.difference == -1095.0
    later = with_line(tiny(), 0, start="2027-02", start_index=1, end="2027-03", end_index=3, in_horizon_usd=4964.0)
    (change,) = compared(tiny(), later).changes
    assert fields(change) == {"start": ("2027-01", "2027-02"), "end": ("2027-02", "2027-03")}
    assert (change.cash_usd.difference, change.owed_usd.difference) == (-4964.0, 0.0)


@pytest.mark.parametrize(
    "other",
    [
        {"provider": "north"},
        {"region": "east"},
        {"node_type": "big"},
        {"contract": "1-period commitment"},
        {"term_periods": 1},
        {"action": "lease"},
    ],
    ids=lambda other: next(iter(other)),
)
def test_what_makes_a_line_another_one(other):
    found = compared(tiny(), with_line(tiny(), 0, **other))
    assert sorted((change.change, change.cash_usd.difference) for change in found.changes) == [
        ("+", 9928.0),
        ("-", -9928.0),
    ]


def test_lines_that_come_and_go_with_the_biggest_difference_first():
    assert marks(compared(tiny(), grown())) == [("-", "pool", -6570.0), ("~", "pool", 4088.0), ("+", "m", 100.0)]


def test_signings_of_the_same_thing_are_paired_by_what_is_the_same_then_by_start_then_in_order():
    first = tiny().lines[0]
    second = first.model_copy(update={"start": "2027-02", "start_index": 1, "nodes": 2.0})
    third = first.model_copy(update={"start": "2027-03", "start_index": 2, "nodes": 1.0})
    found = compared(with_lines(tiny(), first, second), with_lines(tiny(), third, second))
    (change,) = found.changes
    assert fields(change)["start"] == ("2027-01", "2027-03")
    assert found.totals.unchanged_lines == 1
    more = second.model_copy(update={"nodes": 5.0})
    found = compared(with_lines(tiny(), first, second), with_lines(tiny(), more, third))
    assert {change.a.start: change.b.start for change in found.changes} == {"2027-01": "2027-03", "2027-02": "2027-02"}


def test_cash_that_no_line_accounts_for_is_a_change_of_its_own():
    lines = tiny().lines
    (change,) = compared(with_lines(tiny(), *lines, beside_usd=50.0), with_lines(tiny(), *lines)).changes
    assert (change.change, change.action, change.a, change.b) == ("~", "other", None, None)
    assert change.cash_usd == amount_of(50.0, 0.0)


def test_a_line_whose_payments_only_fall_elsewhere_is_a_change_too():
    (change,) = compared(tiny(), with_line(tiny(), 0, in_horizon_usd=9000.0)).changes
    assert (change.change, change.fields, change.cash_usd.difference) == ("~", (), -928.0)


def test_sums_by_kind_provider_year_and_unit():
    totals = compared(tiny(), grown()).totals
    assert totals.total_usd == amount_of(16498.0, 14116.0)
    kinds = {kind: usd.difference for kind, usd in totals.by_kind.items()}
    assert kinds == {"commit": 4088.0, "on_demand": -6570.0, "hosted_api": 100.0}
    assert totals.by_kind["hosted_api"] == amount_of(None, 100.0)
    assert totals.by_provider == {"inline": amount_of(16498.0, 14016.0), "tokens": amount_of(None, 100.0)}
    assert totals.by_plan_year == (amount_of(16498.0, 14116.0),)
    chat, train = totals.unit_costs
    assert (chat.workload, chat.usd_per_unit.b, train.usd_per_unit.difference) == ("chat", 0.25, 0.0)


def test_a_year_that_only_one_plan_has():
    longer = with_cost(tiny(), by_plan_year=(16498.0, 1000.0))
    assert compared(tiny(), longer).totals.by_plan_year[1] == amount_of(None, 1000.0)
    assert compared(longer, tiny()).totals.by_plan_year[1] == amount_of(1000.0, None)


def test_what_the_searches_left_open():
    """A lies between 16,341.73 (proven) and itself, B between 13,990 and 14,000."""
    totals = compared(tiny(), grown()).totals
    assert totals.npv_difference_at_least_usd == pytest.approx(13990 - 16341.727633)
    assert totals.npv_difference_at_most_usd == pytest.approx(14000 - 16341.727633)


def test_demand_that_only_one_plan_leaves_unserved():
    left = [
        UnservedRecord(workload="chat", period=t, slice=0, work=w, work_unit="unit", cost_usd=0)
        for t, w in ((0, 5), (1, 2))
    ]
    (change,) = compared(tiny(), tiny().model_copy(update={"unserved": tuple(left)})).totals.unserved
    assert (change.workload, change.work_unit, change.work) == ("chat", "unit", amount_of(None, 7.0))


@pytest.mark.parametrize(
    ("a", "b", "allowed", "passed"),
    [
        (100.0, 105.0, 0.05, True),
        (100.0, 105.02, 0.05, False),
        (100.0, 90.0, 0.0, True),
        (100.0, 100.001, 0.0, True),  # less than half a cent
        (100.0, 100.01, 0.0, False),
        (-100.0, -96.0, 0.05, True),  # 4 USD dearer, of 100
        (-100.0, -94.0, 0.05, False),
        (0.0, 0.0, 0.0, True),
        (0.0, 1.0, 0.5, False),  # any share of nothing is nothing
    ],
)
def test_how_much_dearer_b_may_be(a, b, allowed, passed):
    plans = (tiny().model_copy(update={"npv_usd": npv}) for npv in (a, b))
    policy = judged(compared(*plans), allowed).policy
    assert (policy.passed, policy.fail_above_fraction) == (passed, allowed)


def test_numbers_that_print_alike_differ_by_what_is_printed():
    assert amount_of(0.1, 0.3).difference == 0.2
    assert amount_of(1e-320, 1e300).change_fraction is None  # the share is beyond all numbers
