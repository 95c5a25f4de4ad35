"""The audit: every rule over the whole plan, and the record of what they found.

A rule is a function that yields comparisons; it reads the plan only. A rule that stumbles over a malformed
plan is itself a discrepancy, never a traceback.
"""

import sys
from collections.abc import Callable, Iterator
from decimal import localcontext
from itertools import chain
from typing import TypeVar

from planner.audit.books import ZERO, Books, Check
from planner.audit.ledger import DIGITS, Ledger, open_ledger
from planner.audit.money import agreements, carbon, cash, costs, limits, paid_data, terms
from planner.audit.money import totals as money
from planner.audit.owned import inputs as owned_inputs
from planner.audit.owned import lines as owned_lines
from planner.audit.owned import records as owned_records
from planner.audit.owned import sites as owned_sites
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
from planner.domain.records import AuditRecord, Plan

T = TypeVar("T")
MAX_FLOAT = sys.float_info.max
BOOK_RULES: tuple[Callable[[Books], Iterator[Check]], ...] = (
    *periods.RULES,
    *serving.RULES,
    *shares.RULES,
    *runs.RULES,
    *failures.RULES,
    *sizing_cases.RULES,
)
LEDGER_RULES: tuple[Callable[[Ledger], Iterator[Check]], ...] = (
    *lines.RULES,
    *uses.RULES,
    *money.RULES,
    *costs.RULES,
    *paid_data.RULES,
    *cash.RULES,
    *carbon.RULES,
    *limits.RULES,
    *agreements.RULES,
    *terms.RULES,
    *dates.RULES,
    *filters.RULES,
    *fits.RULES,
    *owned_inputs.RULES,
    *owned_lines.RULES,
    *owned_sites.RULES,
    *owned_records.RULES,
)


def audit(plan: Plan) -> AuditRecord:
    """Every number of the plan recomputed from what it embeds; `agrees` if nothing differs."""
    with localcontext() as context:
        context.prec = DIGITS
        checks = list(_checks(plan))
    wrong = tuple(dict.fromkeys((c.rule, c.where, c.claimed, c.recomputed) for c in checks if not c.agrees))
    return AuditRecord(
        agrees=not wrong,
        checks=len(checks),
        largest_difference_usd=min(float(max((c.difference_usd for c in checks), default=ZERO)), MAX_FLOAT),
        discrepancies=wrong,
    )


def _checks(plan: Plan) -> Iterator[Check]:
    books = Books(plan)
    if books.scenario is None or not plan.horizon.periods:
        yield Check("scenario", "scenario.resolved", False, "cannot be read", "a scenario and its periods")
        return
    by_book = (_guarded(rule, books) for rule in BOOK_RULES)
    ledger = open_ledger(books)
    by_ledger = (_guarded(rule, ledger) for rule in LEDGER_RULES)
    yield from chain.from_iterable(chain(by_book, by_ledger))


def _guarded(rule: Callable[[T], Iterator[Check]], subject: T) -> Iterator[Check]:
    """A rule that fails says so."""
    try:
        yield from rule(subject)
    except Exception as error:
        name = rule.__name__.replace("_", "-")
        yield Check("unreadable", name, False, f"{type(error).__name__}: {error}"[:200], "a plan that can be read")
