"""Money over time, against numpy-financial and closed forms."""

import math
from decimal import Decimal

import numpy_financial as npf  # type: ignore[import-untyped]
import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.domain.finance.finance import (
    Funding,
    book_value_usd,
    discount_factor,
    peak_funding,
    residual_fraction,
    threshold_usd_per_year,
)
from planner.domain.finance.price_path import factor_at

rates = st.floats(0.0, 0.5)
cash = st.lists(st.floats(-1e9, 1e9), min_size=1, max_size=40)
CURVE = ((0.0, 1.0), (12.0, 0.78), (24.0, 0.6), (36.0, 0.46), (48.0, 0.35))


@given(rates, cash)
def test_discounted_cash_is_what_a_spreadsheet_calls_npv(rate: float, usd: list[float]) -> None:
    discounted = sum(amount * discount_factor(rate, float(year)) for year, amount in enumerate(usd))
    assert discounted == pytest.approx(npf.npv(rate, usd), rel=1e-9, abs=1e-3)


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
