"""Time: periods, slices, calendars, load shapes, demand over time

In: a scenario's time keys and profiles.
Out: hours and rates by period and slice.
Start at `horizon.py`.
"""
