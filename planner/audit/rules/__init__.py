"""What a plan must keep, rule by rule

In: the plan and its books.
Out: findings.
Start at `lines.py`.
"""

from planner.audit.rules import (
    dates,
    failures,
    filters,
    fits,
    lines,
    periods,
    runs,
    serving,
    shares,
    sizing_cases,
    uses,
)
from planner.audit.rules.periods import labels
from planner.audit.rules.runs import total_work
from planner.audit.rules.shares import uncovered
