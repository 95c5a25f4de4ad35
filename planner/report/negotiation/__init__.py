"""The page that one takes into the call with a seller

In: `Negotiation`.
Out: table, Markdown, HTML, CSV or JSON.
Start at `sheet.py`.
"""

from planner.report.negotiation.sheet import negotiation_report
