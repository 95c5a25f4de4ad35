"""What a plan must keep, rule by rule

In: the plan and its books.
Out: findings.
Start at `lines.py`.
"""
