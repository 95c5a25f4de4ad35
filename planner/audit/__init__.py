"""The second accountant: it has never seen the program, and recomputes every number of a plan.

The package can be called like its main function, so that `planner.audit(plan)` works before and after anything of it was imported.
"""

import sys
from types import ModuleType

from planner.audit.checks import audit
from planner.audit.ledger import CashFlow, cash_flows
from planner.audit.statement import statement
from planner.domain.records import AuditRecord, Plan

__all__ = ["CashFlow", "audit", "cash_flows", "statement"]


class _Package(ModuleType):
    """A module that can be called."""

    def __call__(self, plan: Plan) -> AuditRecord:
        """Recompute every number of a plan."""
        return audit(plan)


sys.modules[__name__].__class__ = _Package
