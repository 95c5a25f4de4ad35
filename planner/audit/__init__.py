"""The second accountant: it has never seen the program, and recomputes every number of a plan."""

from planner.audit.checks import audit
from planner.audit.ledger.ledger import CashFlow, cash_flows
from planner.audit.statement import statement

__all__ = ["CashFlow", "audit", "cash_flows", "statement"]
