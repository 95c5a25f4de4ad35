"""Time: periods, slices, calendars, load shapes, demand over time

In: a scenario's time keys and profiles.
Out: hours and rates by period and slice.
Start at `horizon.py`.
"""

from planner.domain.time.calendar import PeriodLengths, period_lengths
from planner.domain.time.demand import (
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
from planner.domain.time.horizon import Clock, Horizon, Slice, clock, periods_of
from planner.domain.time.load import Hours, cut
