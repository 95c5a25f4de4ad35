"""What is owned, computed a second time: capital, energy and running cost of servers and sites by period.

In: `Books`.
Out: `Estate`, a list of `Flow`s in exact decimals.
Start at `flows.py`.
"""
