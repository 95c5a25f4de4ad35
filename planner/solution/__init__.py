"""The way back: from values of variables to decisions, payments in exact decimals, and records

In: `Built`, `Outcome`.
Out: `Decisions`, `Payment`s, records of the plan.
Start at `decisions.py`.
"""

from planner.solution.charges import beside_of
from planner.solution.decisions import Decisions
from planner.solution.dispatch_after_failure import failures_of
from planner.solution.few import DIRECT_INTEGERS, numbered, within_numbers, without_numbers
from planner.solution.payments import Beside, Charge, Payment, Present, payments, present_value
from planner.solution.payments_owned import owned_payments
from planner.solution.prune import without_idle, without_lines
from planner.solution.read_off import decisions_of
