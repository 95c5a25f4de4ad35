"""Time value of money. Pure functions; nominal US dollars; rates a year as fractions.

Recurring cash falls in the middle of its period, upfront cash at the start (model.md, "Money").
"""

from collections.abc import Sequence
from decimal import ROUND_HALF_EVEN, Decimal
from itertools import accumulate
from typing import NamedTuple

from planner.domain.finance.price_path import FACTOR_PLACES, factor_at
from planner.units import MONEY_PLACES

_QUANTUM = Decimal(1).scaleb(-MONEY_PLACES)
_NINE_PLACES = Decimal(1).scaleb(-FACTOR_PLACES)


def discount_factor(rate_per_year: float, years: float) -> float:
    """Present value of one dollar paid after `years`: (1 + r)^-years.

    >>> round(discount_factor(0.10, 1.0), 6)
    0.909091
    >>> discount_factor(0.0, 3.0)
    1.0
    """
    return float((1.0 + rate_per_year) ** -years)


def price_on_path(price_usd: float | Decimal, change_per_year: float, years: float) -> float:
    """A price after `years` on its path, rounded to a millionth of a dollar.

    p(t) = p0 · (1 + g)^t. Computed in decimal arithmetic, so that everyone who
    works with the price works with exactly the same one.

    >>> price_on_path(2.0, -0.10, 1.0)
    1.8
    """
    value = price_usd if isinstance(price_usd, Decimal) else Decimal(repr(price_usd))
    if change_per_year != 0.0 and years != 0.0:
        value *= (1 + Decimal(repr(change_per_year))) ** Decimal(repr(years))
    return float(value.quantize(_QUANTUM, rounding=ROUND_HALF_EVEN))


# ── cash over time ───────────────────────────────────────────────────────────────────────────────────────────────


def threshold_usd_per_year(fixed_usd_per_year: float, variable_cost_ratio: float) -> float | None:
    """Yearly rent above which owning is cheaper: F / (1 − r); none if an owned hour costs as much as a rented one.

    F is the yearly cost of owning that does not depend on size, r the owned cost that does over the rented
    price of the same delivered hours.

    >>> threshold_usd_per_year(9e6, 0.7), threshold_usd_per_year(9e6, 1.0)
    (30000000.0, None)
    """
    return None if variable_cost_ratio >= 1 else round(fixed_usd_per_year / (1 - variable_cost_ratio), MONEY_PLACES)


class Funding(NamedTuple):
    """The deepest hole that a series of cash digs, and where it is deepest."""

    usd: float
    period: int
    """First period with the deepest hole; 0 if there is none."""


def peak_funding(cash_usd: Sequence[float]) -> Funding:
    """Most money that must be raised: the lowest point of cumulated cash (income positive), at the end of a period.

    >>> peak_funding([-100, -50, 80, -90, 200])
    Funding(usd=160, period=3)
    >>> peak_funding([10, -5])
    Funding(usd=0.0, period=0)
    """
    deepest = Funding(0.0, 0)
    for t, balance in enumerate(accumulate(cash_usd)):
        if -balance > deepest.usd:
            deepest = Funding(-balance, t)
    return deepest


# ── what owned things are worth ──────────────────────────────────────────────────────────────────────────────────


def book_value_usd(price_usd: float, age_months: float, life_months: float, salvage_fraction: float = 0.0) -> float:
    """Straight line: from the price down to its salvage share over the life, then constant.

    >>> book_value_usd(300_000, 18, 72), book_value_usd(300_000, 90, 72), book_value_usd(300_000, 72, 72, 0.1)
    (225000.0, 0.0, 30000.0)
    """
    salvage = Decimal(repr(salvage_fraction))
    age = min(max(Decimal(repr(age_months)) / Decimal(repr(life_months)), Decimal(0)), Decimal(1))
    return _money(Decimal(repr(price_usd)) * (1 - (1 - salvage) * age))


def residual_fraction(points: Sequence[tuple[float, float]], age_months: float) -> Decimal:
    """Share of the price when new that is left at an age: linear between points, nine decimal places.

    After the last point the last slope goes on, down to 0: what nobody has seen is not worth more than that.

    >>> curve = ((0, 1.0), (12, 0.78), (24, 0.6))
    >>> [float(residual_fraction(curve, m)) for m in (0, 6, 24, 36, 120)]
    [1.0, 0.89, 0.6, 0.42, 0.0]
    """
    if len(points) < 2 or age_months <= points[-1][0]:
        return factor_at(points, age_months)
    (m0, f0), (m1, f1) = (tuple(Decimal(repr(number)) for number in point) for point in points[-2:])
    left = f1 + (f1 - f0) * (Decimal(repr(age_months)) - m1) / (m1 - m0)
    return max(left, Decimal(0)).quantize(_NINE_PLACES, rounding=ROUND_HALF_EVEN)


def _money(value: Decimal) -> float:
    return float(value.quantize(_QUANTUM, rounding=ROUND_HALF_EVEN))
