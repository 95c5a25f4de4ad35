"""A solution as the plan that is published: its records, its assumptions, the reasons of its lines

In: `Solution`.
Out: `Plan`.
Start at `plan.py`.
"""

from planner.analysis.plan.plan import plan_of
from planner.analysis.plan.unit_prices import Unit, hourly_usd, unit_prices
