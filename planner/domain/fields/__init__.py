"""Types of fields: numbers as people write them, days, countries, strict records

In: what a file says.
Out: values in one unit.
Start at `quantity.py`.
"""

from planner.domain.fields.countries import COUNTRIES, remedy_of, wrong_country
from planner.domain.fields.quantity import (
    LEAST_PER_HOUR,
    MOST,
    MOST_MONTHS,
    MOST_NODES,
    MOST_PER_HOUR,
    SMALLEST_PRICE,
    Change,
    Days,
    Factor,
    Frequency,
    Gigabytes,
    GramsPerKwh,
    Hours,
    Kilowatts,
    Magnitude,
    Milliseconds,
    Month,
    Months,
    Name,
    Nodes,
    PeriodHours,
    Periods,
    PositiveDays,
    PositiveFlop,
    PositiveFrequency,
    PositiveHours,
    PositiveKilowatts,
    PositiveMagnitude,
    PositiveMegawatts,
    PositiveMilliseconds,
    PositiveMonths,
    PositiveNodes,
    PositivePeriods,
    PositivePerNode,
    PositiveShare,
    PositiveUnitPrice,
    PositiveUsd,
    PositiveWhole,
    PositiveYears,
    Price,
    ProperShare,
    Rate,
    Share,
    UnitPrice,
    Usd,
    Within,
    parse_fraction,
    parse_magnitude,
)
from planner.domain.fields.since import Since
from planner.domain.fields.strict import Shown, Strict
