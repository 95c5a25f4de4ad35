"""No plan: why, and the cheapest ways out, each confirmed by a solve

In: a scenario that has no plan.
Out: causes and repairs.
Start at `diagnosis.py`.
"""
