"""What the second accountant reads before any arithmetic: the plan by key, prices and their origin, demand, comparisons.

In: the plan and its embedded scenario.
Out: `Books`, `Demand`, `Check`.
Start at `plan_index.py`.
"""
