"""The program: parameters, variables, objective, rows

In: `Parameters`.
Out: `Built` (a PuLP program with keyed rows) or the same as arrays.
Start at `build.py`, which names the constraint families in order.
"""
