"""Time value of money. Pure functions; nominal US dollars; rates a year as fractions.

Recurring cash falls in the middle of its period, upfront cash at the start (model.md, "Money").
"""

from decimal import ROUND_HALF_EVEN, Decimal

from planner.units import MONEY_PLACES

_QUANTUM = Decimal(1).scaleb(-MONEY_PLACES)


def discount_factor(rate_per_year: float, years: float) -> float:
    """Present value of one dollar paid after `years`: (1 + r)^-years.

    >>> round(discount_factor(0.10, 1.0), 6)
    0.909091
    >>> discount_factor(0.0, 3.0)
    1.0
    """
    return float((1.0 + rate_per_year) ** -years)


def annuity_factor(rate_per_year: float, years: int) -> float:
    """Share of an upfront cost to pay each year so that all is repaid: r / (1 − (1+r)^−n).

    >>> round(annuity_factor(0.08, 5), 4)
    0.2505
    >>> annuity_factor(0.0, 4)
    0.25
    """
    return 1 / years if rate_per_year == 0 else rate_per_year / (1 - (1 + rate_per_year) ** -years)


def price_on_path(
    price_usd: float | Decimal, change_per_year: float, years: float, discount_fraction: float = 0.0
) -> float:
    """A list price after a negotiated discount and `years` on its path, rounded to a millionth of a dollar.

    p(t) = p0 · (1 − d) · (1 + g)^t. Computed in decimal arithmetic, so that everyone who
    works with the price works with exactly the same one.

    >>> price_on_path(2.0, -0.10, 1.0)
    1.8
    >>> price_on_path(3.9, 0.0, 2.0, discount_fraction=0.12)
    3.432
    """
    exact = price_usd if isinstance(price_usd, Decimal) else Decimal(repr(price_usd))
    value = exact * (1 - Decimal(repr(discount_fraction)))
    if change_per_year != 0.0 and years != 0.0:
        value *= (1 + Decimal(repr(change_per_year))) ** Decimal(repr(years))
    return float(value.quantize(_QUANTUM, rounding=ROUND_HALF_EVEN))
