"""Price paths, read off again: linear between two points, constant outside of them, to nine decimal places."""

from collections.abc import Sequence
from decimal import ROUND_HALF_EVEN, Decimal

from planner.audit.books.check import exact

_NINE_PLACES = Decimal("1e-9")


def factor_on_path(points: Sequence[tuple[float, float]], months: Decimal) -> Decimal:
    """Factor after so many months.

    >>> factor_on_path(((0.0, 1.0), (10.0, 0.5)), Decimal(4))
    Decimal('0.800000000')
    >>> factor_on_path(((0.0, 1.0), (10.0, 0.5)), Decimal(99))
    Decimal('0.500000000')
    """
    before = [p for p in points if exact(p[0]) <= months]
    later = [p for p in points if exact(p[0]) > months]
    low, high = (before or later)[-1 if before else 0], (later or before)[0 if later else -1]
    start, end = exact(low[1]), exact(high[1])
    width = exact(high[0]) - exact(low[0])
    way = (months - exact(low[0])) / width if before and later and width > 0 else Decimal(0)
    return (start * (1 - way) + end * way).quantize(_NINE_PLACES, rounding=ROUND_HALF_EVEN)
