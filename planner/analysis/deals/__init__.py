"""Deals that a plan would sign, as one negotiates them: walk-away prices, what a rebate is worth, whom else to ask

In: a scenario.
Out: `Negotiation`.
Start at `negotiate.py`.
"""

from planner.analysis.deals.negotiate import negotiate
