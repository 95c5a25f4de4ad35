"""Scenario, market and fits become the numbers of the program; what is superfluous is removed, with proof

In: `Scenario`, `Market`, `Screened`.
Out: `Parameters`.
Start at `assemble.py`.
"""
