"""Price paths: what a price is worth, relative to the start, so many months later."""

from bisect import bisect_right
from collections.abc import Sequence
from decimal import ROUND_HALF_EVEN, Decimal

FACTOR_PLACES = 9
"""Decimal places of a factor, for everyone who works with it."""
_QUANTUM = Decimal(1).scaleb(-FACTOR_PLACES)


def factor_at(points: Sequence[tuple[float, float]], months: float) -> Decimal:
    """Price relative to the start after `months`: linear between points, constant before the first and after the last.

    f(m) = f0 + (f1 − f0) · (m − m0) / (m1 − m0), in decimal arithmetic on the numbers as they are
    written, rounded half to even to nine places. `points` are (months, factor) in rising order of months.

    >>> replay = ((0.0, 1.0), (12.0, 0.7), (36.0, 1.0))
    >>> [str(factor_at(replay, m)) for m in (0, 6, 12, 13, 36, 60)]
    ['1.000000000', '0.850000000', '0.700000000', '0.712500000', '1.000000000', '1.000000000']
    >>> factor_at(((0.0, 1.0),), 24)
    Decimal('1.000000000')
    """
    after = bisect_right([at for at, _ in points], months)
    if after in (0, len(points)):
        return _exact(points[max(after - 1, 0)][1]).quantize(_QUANTUM, rounding=ROUND_HALF_EVEN)
    (m0, f0), (m1, f1) = ((_exact(at), _exact(factor)) for at, factor in points[after - 1 : after + 1])
    value = f0 + (f1 - f0) * (_exact(months) - m0) / (m1 - m0)
    return value.quantize(_QUANTUM, rounding=ROUND_HALF_EVEN)


def _exact(number: float) -> Decimal:
    return Decimal(repr(number))
