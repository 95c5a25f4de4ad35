"""The same search on neighbouring questions, on a live model

In: arrays that differ in costs, bounds and right-hand sides.
Out: one `Outcome` each.
Start at `sequence.py`.
"""

from planner.search.warm.sequence import Line
