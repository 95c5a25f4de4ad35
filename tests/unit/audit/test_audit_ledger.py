"""Invoices as they would arrive; unit prices in exact decimals; price paths."""

from decimal import Decimal

import audit_plans as plans
import pytest

from planner.audit import cash_flows
from planner.audit.books.calendar import Calendar
from planner.audit.books.demands import growth, stated_rate
from planner.audit.books.prices import change_per_year
from planner.domain.records.plan_inputs import OptionRecord
from planner.domain.scenario.market_rules import PriceChange
from planner.domain.scenario.scenario import Scenario


def test_a_commitment_is_invoiced_over_its_whole_term() -> None:
    flows = [f for f in cash_flows(plans.read(plans.startup())) if f.line == 0]
    assert [(f.kind, f.period_index, f.amount_usd) for f in flows] == [
        ("upfront", 0, Decimal("900")),
        ("commitment", 0, Decimal("1314")),
        ("commitment", 1, Decimal("1314")),
        ("commitment", 2, Decimal("1314")),  # beyond the horizon of two months
        ("commitment", 3, Decimal("1314")),
    ]
    assert [round(float(f.date_years) * 24) for f in flows] == [0, 1, 3, 5, 7]  # start, then middles


def test_what_is_paid_by_use_is_invoiced_by_period() -> None:
    flows = [f for f in cash_flows(plans.read(plans.startup())) if f.kind in {"on_demand", "hosted_api"}]
    assert [(f.kind, f.period_index, f.quantity, f.unit_price_usd) for f in flows] == [
        ("hosted_api", 0, Decimal("657.0"), Decimal("0.9")),
        ("on_demand", 0, Decimal("730.0"), Decimal("3.6")),
        ("hosted_api", 1, Decimal("657.0"), Decimal("0.9")),
        ("on_demand", 1, Decimal("1460.0"), Decimal(repr(plans.RENT[1]))),
    ]


def test_flows_are_exact() -> None:
    total = sum(f.amount_usd for f in cash_flows(plans.read(plans.startup())) if f.period_index < 2)
    assert float(total) == pytest.approx(sum(plans.CASH), abs=1e-9)


def test_periods_beyond_the_horizon_have_the_length_of_the_last() -> None:
    calendar = Calendar((Decimal(100), Decimal(200)))
    assert [calendar.hours(t) for t in (0, 1, 2, 3)] == [100, 200, 200, 200]
    assert [calendar.start_years(t) * 8760 for t in (0, 1, 2, 3)] == [0, 100, 300, 500]
    assert float(calendar.middle_years(3) * 8760) == pytest.approx(600)


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ([], 0.0),
        ([{"per_year": 0.1}], 0.1),
        ([{"per_year": 0.1, "provider": "inline"}, {"per_year": 0.2}], 0.1),  # more named fields
        ([{"per_year": 0.1, "provider": "inline"}, {"per_year": 0.2, "contract": "spot"}], 0.2),  # the later
        ([{"per_year": 0.1, "accelerator": "chip"}], 0.0),  # the option has none
        ([{"per_year": 0.1, "provider": "other"}], 0.0),
    ],
)
def test_the_most_specific_price_change_wins(changes: list[dict[str, object]], expected: float) -> None:
    spot = OptionRecord.model_validate(plans.OPTIONS[2])
    assert change_per_year(tuple(PriceChange.model_validate(c) for c in changes), spot) == expected


@pytest.mark.parametrize(
    ("workload", "rate"),
    [
        ({"kind": "inference", "model": "m", "tokens_per_day": 48e6}, 2.0),  # 48 Mtok / 24 h
        ({"kind": "batch", "model": "m", "requests_per_day": 24e3, "input_tokens": 700, "output_tokens": 300}, 1.0),
        ({"kind": "training", "model": "m", "tokens_per_month": 730e6}, 1.0),
        ({"kind": "training", "reference_accelerator": "c", "accelerator_hours_per_month": 1460}, 2.0),
        (
            {
                "kind": "development",
                "reference_accelerator": "c",
                "headcount": 10,
                "accelerator_hours_per_head_per_month": 73,
            },
            1.0,
        ),
    ],
)
def test_mean_rates(workload: dict[str, object], rate: float) -> None:
    scenario = Scenario.model_validate({"workloads": [{"name": "w", **workload}]})
    assert stated_rate(scenario.workloads[0], Calendar((Decimal(730),)), 0) == pytest.approx(rate)


@pytest.mark.parametrize(
    ("stated", "factor"),
    [
        ({"growth_per_week": 0.01}, 1.01 ** (8760 / 168)),
        ({"growth_per_month": 0.1}, 1.1**12),
        ({"growth_per_year": 0.8}, 1.8),
    ],
)
def test_growth_over_a_year(stated: dict[str, float], factor: float) -> None:
    chat = {"name": "w", "kind": "inference", "model": "m", "tokens_per_day": 1, **stated}
    scenario = Scenario.model_validate({"workloads": [chat]})
    assert growth(scenario.workloads[0], 1.0) == pytest.approx(factor)
