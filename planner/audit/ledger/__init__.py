"""The second accountant's books: prices, payments and settlements of a plan, in exact decimals

In: the plan and its embedded scenario.
Out: cash flows, and how they compare.
Start at `ledger.py`.
"""
