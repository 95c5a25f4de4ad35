"""A plan for people with little time: five lines, a screen, two pages

In: `Plan`.
Out: documents.
Start at `two_pages.py`.
"""

from planner.report.plan.short.five_lines import brief
from planner.report.plan.short.one_screen import (
    chips,
    first_screen,
    five_numbers,
    how_many,
    in_turn,
    recommendation,
)
from planner.report.plan.short.two_pages import summary
