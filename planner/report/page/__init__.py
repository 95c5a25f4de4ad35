"""A plan as one HTML page: the decision on the first screen, charts with their tables, every section of the report below.

In: `Plan`.
Out: HTML that is complete in itself.
Start at `plan_page.py`.
"""

from planner.report.page.charts import charts_of
from planner.report.page.plan_page import charted, plan_page, vendored
from planner.report.page.stacked import COLORS
