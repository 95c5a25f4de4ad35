"""A plan as FOCUS rows, for the tools of whoever watches cloud bills

In: a plan and its account statement.
Out: CSV after FOCUS 1.3, with columns of our own behind it.
Start at `focus.py`.
"""

from planner.report.focus.focus import focus_csv
