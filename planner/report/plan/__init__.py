"""A plan as a document, one section a module

In: `Plan`.
Out: sections.
Start at `render.py`.
"""

from planner.report.plan.bundles import Bundle, contracts
from planner.report.plan.headline import bound_of
from planner.report.plan.provenance import discrepancies, verdict_words
from planner.report.plan.reading import Reading
from planner.report.plan.render import (
    brief_report,
    first_screen_report,
    plan_document,
    plan_report,
    render_plan,
    summary_report,
)
from planner.report.plan.service import Point, demand
from planner.report.plan.short import chips, five_numbers, how_many, in_turn, recommendation
from planner.report.plan.sparks import OVER_TIME
