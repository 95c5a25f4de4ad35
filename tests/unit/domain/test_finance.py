"""Money over time, against numpy-financial and closed forms."""

import math
from decimal import Decimal

import numpy_financial as npf  # type: ignore[import-untyped]
import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.domain.finance.finance import (
    Funding,
    annuity_factor,
    book_value_usd,
    levelised_usd_per_hour,
    peak_funding,
    present_value,
    residual_fraction,
    residual_value_usd,
    threshold_usd_per_year,
)
from planner.domain.finance.price_path import factor_at

rates = st.floats(0.0, 0.5)
cash = st.lists(st.floats(-1e9, 1e9), min_size=1, max_size=40)
CURVE = ((0.0, 1.0), (12.0, 0.78), (24.0, 0.6), (36.0, 0.46), (48.0, 0.35))


@given(rates, cash)
def test_upfront_cash_is_what_a_spreadsheet_calls_npv(rate: float, usd: list[float]) -> None:
    assert present_value(rate, usd) == pytest.approx(npf.npv(rate, usd), rel=1e-9, abs=1e-3)


@given(rates, cash)
def test_recurring_cash_is_half_a_period_later(rate: float, usd: list[float]) -> None:
    expected = npf.npv(rate, usd) / math.sqrt(1 + rate)
    assert present_value(rate, recurring_usd=usd) == pytest.approx(expected, rel=1e-9, abs=1e-3)


@given(rates, cash)
def test_months_discount_at_the_monthly_rate(rate: float, usd: list[float]) -> None:
    monthly = (1 + rate) ** (1 / 12) - 1
    assert present_value(rate, usd, months_per_period=1) == pytest.approx(npf.npv(monthly, usd), rel=1e-9, abs=1e-3)


@given(st.floats(0.001, 0.5), st.integers(1, 40))
def test_an_annuity_repays_a_loan(rate: float, years: int) -> None:
    assert annuity_factor(rate, years) == pytest.approx(-npf.pmt(rate, years, 1), rel=1e-9)
    paid_at_the_end_of_each_year = [0.0, *[annuity_factor(rate, years)] * years]
    assert present_value(rate, paid_at_the_end_of_each_year) == pytest.approx(1, rel=1e-9)


def test_present_value_at_the_internal_rate_of_return_is_nothing() -> None:
    invested = [-1000.0, 300.0, 420.0, 680.0]
    assert present_value(npf.irr(invested), invested) == pytest.approx(0, abs=1e-6)


def test_a_server_levelised_by_hand() -> None:
    """37,500 USD, 4 years, 6,000 USD a year, 35% left, 70% used, 10% cost of capital.

    37,500 − 13,125 / 1.4641 = 28,535.45; 1.1^-0.5 + 1.1^-1.5 + 1.1^-2.5 + 1.1^-3.5 = 0.953463 · 3.486852 = 3.324583;
    6,000 · 3.324583 = 19,947.50; hours 6,132 · 3.324583 = 20,386.34; 48,482.95 / 20,386.34 = 2.37821 USD an hour.
    """
    left = residual_value_usd(37_500, CURVE, 48)
    assert left == 13_125
    costs = present_value(0.10, [37_500, 0, 0, 0, -left], [6_000] * 4)
    assert costs == pytest.approx(48_482.95, abs=0.01)
    assert levelised_usd_per_hour(0.10, costs, [8_760 * 0.7] * 4) == pytest.approx(2.37821, abs=5e-6)


@given(rates, st.floats(1, 1e6), st.lists(st.floats(1, 9_000), min_size=1, max_size=60))
def test_paying_the_levelised_price_for_every_hour_pays_the_costs(rate: float, usd: float, hours: list[float]) -> None:
    price = levelised_usd_per_hour(rate, usd, hours, months_per_period=1)
    paid = present_value(rate, recurring_usd=[price * h for h in hours], months_per_period=1)
    assert paid == pytest.approx(usd, rel=1e-9)


def test_the_threshold_is_where_both_cost_the_same() -> None:
    fixed, ratio = 9e6, 0.82
    spend = threshold_usd_per_year(fixed, ratio)
    assert spend is not None
    assert fixed + ratio * spend == pytest.approx(spend)
    assert threshold_usd_per_year(0.0, ratio) == 0  # without a cost that is fixed there is no threshold
    assert threshold_usd_per_year(fixed, 1.2) is None


@given(cash)
def test_with_the_peak_funding_the_cash_box_is_never_empty(usd: list[float]) -> None:
    need = peak_funding(usd)
    balance = [math.fsum(usd[: t + 1]) for t in range(len(usd))]
    assert need.usd == pytest.approx(max(0.0, -min(balance)), rel=1e-9, abs=1e-3)
    assert balance[need.period] <= min(balance) + 1e-3 or need == Funding(0.0, 0)


@pytest.mark.parametrize(("age", "book"), [(-1, 80), (0, 80), (12, 62), (24, 44), (48, 8), (60, 8)])
def test_book_value_falls_in_a_straight_line(age: float, book: float) -> None:
    assert book_value_usd(80, age, 48, 0.1) == book  # 72 of 80 over 48 months: 18 a year


@pytest.mark.parametrize(
    ("age", "fraction"),
    [
        (-6, "1"),
        (0, "1"),
        (6, "0.89"),
        (12, "0.78"),
        (20, "0.66"),  # 0.78 − 0.18 · 8 / 12
        (48, "0.35"),
        (60, "0.24"),  # the last year's 0.11 goes on
        (86, "0.001666667"),  # 0.35 − 0.11 · 38 / 12
        (87, "0"),
    ],
)
def test_residual_fraction(age: float, fraction: str) -> None:
    assert residual_fraction(CURVE, age) == Decimal(fraction)


def test_a_curve_of_one_point_stays_there() -> None:
    assert residual_fraction(((0.0, 1.0),), 24) == 1


@given(st.floats(0, 200))
def test_a_factor_is_a_line_between_its_neighbours(months: float) -> None:
    points = ((0.0, 1.0), (9.0, 0.61), (33.0, 0.557377), (43.0, 0.918033))
    at = min(months, 43.0)
    i = max(i for i, (m, _) in enumerate(points) if m <= at and i < 3)
    (m0, f0), (m1, f1) = points[i], points[i + 1]
    factor = factor_at(points, months)
    assert float(factor) == pytest.approx(f0 + (f1 - f0) * (at - m0) / (m1 - m0), abs=1e-9)
    assert factor == factor.quantize(Decimal("1e-9"))
