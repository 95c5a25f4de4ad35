"""The second accountant's books: prices, payments and settlements of a plan, in exact decimals

In: the plan and its embedded scenario.
Out: cash flows, and how they compare.
Start at `ledger.py`.
"""

from planner.audit.ledger.charges_due import egress_price, work_by_provider
from planner.audit.ledger.ledger import DIGITS, SETTLED, CashFlow, Ledger, bill_of, cash_flows, open_ledger
from planner.audit.ledger.settlements import in_force
