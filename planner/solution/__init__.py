"""The way back: from values of variables to decisions, payments in exact decimals, and records

In: `Built`, `Outcome`.
Out: `Decisions`, `Payment`s, records of the plan.
Start at `decisions.py`.
"""

from planner.solution.charges import beside_of
from planner.solution.decisions import Decisions, decisions_of
from planner.solution.dispatch_after_failure import failures_of
from planner.solution.few import DIRECT_INTEGERS, numbered, within_numbers
from planner.solution.payments import Beside, Charge, Payment, Present, payments, present_value
from planner.solution.payments_owned import owned_payments
from planner.solution.prune import without_idle, without_lines
from planner.solution.records import (
    Busyness,
    cost_of,
    dollars,
    fleet_of,
    horizon_record,
    lines_of,
    serving_of,
    unit_costs_of,
    unserved_of,
)
from planner.solution.records_inputs import cap_records, fit_records, option_records
from planner.solution.records_owned import asset_records, figure_records, funding_of, owned_lines, site_records
from planner.solution.records_terms import (
    agreements_record,
    carbon_record,
    cash_record,
    charges_record,
    covered_record,
    credits_record,
    margins_record,
    runs_record,
)
