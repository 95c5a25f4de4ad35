"""The second accountant on what is owned

In: the plan and its books.
Out: cash flows and findings.
Start at `flows.py`.
"""

from planner.audit.owned import inputs, lines, records, sites
