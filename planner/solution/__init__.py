"""The way back: from values of variables to decisions, payments in exact decimals, and records

In: `Built`, `Outcome`.
Out: `Decisions`, `Payment`s, records of the plan.
Start at `decisions.py`.
"""
