"""The sections of a plan on what is owned

In: `Plan`.
Out: sections.
Start at `headline.py`.
"""

from planner.report.plan.owned import basis, headline, lines, money, sites
from planner.report.plan.owned.money import unit_of
from planner.report.plan.owned.sources import figures_of
