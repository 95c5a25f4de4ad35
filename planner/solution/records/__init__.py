"""What a plan publishes of decisions and payments: lines, fleet, service, cost, terms, what is owned, inputs

In: `Decisions`, payments, `Parameters`.
Out: records of the plan.
Start at `lines.py`.
"""

from planner.solution.records.costs import cost_of, unit_costs_of
from planner.solution.records.inputs import cap_records, fit_records, option_records
from planner.solution.records.lines import Busyness, lines_of
from planner.solution.records.owned import owned_lines
from planner.solution.records.periods import dollars, horizon_record
from planner.solution.records.service import fleet_of, serving_of, unserved_of
from planner.solution.records.sites import asset_records, figure_records, funding_of, site_records
from planner.solution.records.terms import (
    agreements_record,
    carbon_record,
    cash_record,
    charges_record,
    covered_record,
    credits_record,
    margins_record,
    runs_record,
)
