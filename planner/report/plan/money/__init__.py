"""The sections of a plan on money

In: `Plan`.
Out: sections.
Start at `years.py`.
"""

from planner.report.plan.money import agreements, carbon, cash, charges, margin, runway
from planner.report.plan.money.agreements import agreed_anew, signed_agreements
from planner.report.plan.money.cash import other_rule
from planner.report.plan.money.charges import unused_credits
from planner.report.plan.money.outlook import announced_in_short, announced_lines, generation_of, outlook
from planner.report.plan.money.years import YEARS_ACROSS, by_year, money_row, transposed, year_table, year_titles
