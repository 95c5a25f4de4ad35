"""The sections of a plan on demand and how it is served

In: `Plan`.
Out: sections.
Start at `serving.py`.
"""

from planner.report.plan.service import failures, serving, sizing, training
from planner.report.plan.service.demand import Point, demand, point
from planner.report.plan.service.serving import idle_in_short
from planner.report.plan.service.sizing import in_short
from planner.report.plan.service.supply import unconfirmed, unlimited
