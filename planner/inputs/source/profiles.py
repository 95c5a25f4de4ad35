"""Numbers of a load profile."""

import math

from planner.units import HOURS_PER_WEEK


def mean_week(year: list[float]) -> list[float]:
    """The mean of every hour of the week over an hourly year.

    >>> mean_week([float(h % 168) for h in range(8760)])[:3]
    [0.0, 1.0, 2.0]
    """
    hours = [year[h::HOURS_PER_WEEK] for h in range(HOURS_PER_WEEK)]
    return [sum(same) / len(same) for same in hours]


def number(text: str) -> float | None:
    try:
        value = float(text)
    except ValueError:
        return None
    return value if math.isfinite(value) and abs(value) <= 1e300 else None
