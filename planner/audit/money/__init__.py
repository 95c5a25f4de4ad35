"""What the totals, budgets and agreements of a plan must say

In: the plan and its ledger.
Out: findings.
Start at `totals.py`.
"""
