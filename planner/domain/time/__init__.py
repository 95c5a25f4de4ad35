"""Time: periods, slices, calendars, load shapes, demand over time

In: a scenario's time keys and profiles.
Out: hours and rates by period and slice.
Start at `horizon.py`.
"""

from planner.domain.time.demand import (
    Hours,
    cut,
    explicit_slices,
    mean_rates,
    shape_of,
    slice_rates,
    span_of,
    spike_of,
    spikes_of,
    with_spikes,
    with_week_slices,
)
from planner.domain.time.horizon import Clock, Horizon, PeriodLengths, Slice, clock, period_lengths, periods_of
