"""What the totals, budgets and agreements of a plan must say

In: the plan and its ledger.
Out: findings.
Start at `totals.py`.
"""

from planner.audit.money import agreements, carbon, cash, costs, limits, paid_data, terms, totals
from planner.audit.money.carbon import carbon_due
from planner.audit.money.cash import UPFRONT
from planner.audit.money.costs import Attribution
from planner.audit.money.totals import counted, fallback_due, sums_by, unserved_due
