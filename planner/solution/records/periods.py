"""Periods and published amounts of a plan."""

from decimal import Decimal

from planner.assembly import Assembled
from planner.domain.records import HorizonRecord, PeriodRecord, SliceRecord
from planner.domain.time import Horizon
from planner.units import HOURS_PER_MONTH, month_after

CENT_PLACES = 6


def dollars(value: Decimal) -> float:
    """A published amount: to a millionth of a dollar."""
    return float(round(value, CENT_PLACES))


def label(horizon: Horizon, index: int) -> str:
    """Label of a period, also beyond the horizon."""
    periods = horizon.periods
    if index < len(periods):
        return periods[index].start
    start = periods[0].start
    if start[:1].isdigit():
        return month_after(start, round(index * periods[-1].hours / HOURS_PER_MONTH))
    return f"p{index}"


def horizon_record(assembled: Assembled) -> HorizonRecord:
    periods = tuple(
        PeriodRecord(
            index=t.index,
            start=t.start,
            hours=t.hours,
            plan_year=t.plan_year,
            slices=tuple(SliceRecord(name=s.name, hours=s.hours, spike=s.spike) for s in t.slices),
        )
        for t in assembled.parameters.horizon.periods
    )
    return HorizonRecord(start=periods[0].start, periods=periods, week_hours=assembled.week)
